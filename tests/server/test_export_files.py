"""Files that other programs open: graphs, workbooks, other tools' imports; and who took them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import networkx
import openpyxl
import pytest
from msgspec.structs import replace

from rooms.commands import AddAttendees, ChangeEvent, KeepInTouch
from rooms.deciding import ORGANISER
from rooms.people import NEWS, Attendee
from server.exports.cells import csv_lines
from server.exports.graphs import gexf, graphml
from server.exports.rows import (
    PAIR_COLUMNS,
    SUMMARY_COLUMNS,
    pair_lines,
    pair_rows,
    summary_lines,
    summary_rows,
)
from server.exports.sheets import pieces, workbook
from server.exports.tools import (
    NOT_PROVIDED,
    NoTemplate,
    in_cp932,
    names_of,
    not_in_cp932,
    sansan_lines,
    template_columns,
    tool_lines,
)
from tests.rooms.evenings import Evening
from tests.server.callers import Doors, bearer
from tests.server.desk import house
from tests.server.test_exports import allows

__all__ = ["house"]

NASTY = '=cmd|"calc"!A1, <b>&amp;\u0007 "x"\n髙😀'


def an_evening() -> Evening:
    """Ana, Bo and Chidi in one room; Emre alone on the list; Ana's organisation is nasty."""
    evening = Evening(seconds=100, preview=1)
    evening.adds(
        Attendee(id="ana", name="Ana Lima", email="ana@example.org", phone="+81 3 1234",
                 organisation=NASTY, interests=("Tea", "Go")),
        Attendee(id="bo", name=NASTY, email="bo@example.org", interests=("tea",)),
        Attendee(id="emre", name="Emre Kaya", email="emre@example.org", organisation="Kuzey"),
    )  # fmt: skip
    evening.comes("ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    evening.passes(40)
    for one, other in (("ana", "bo"), ("bo", "ana")):
        evening.asks(one, KeepInTouch(about=other))
    evening.passes(60)
    allows(evening, "ana", "organisation", "email", "phone", NEWS)
    return evening


def whole(lines: Iterator[bytes]) -> bytes:
    return b"".join(lines)


# Graphs


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_a_graph_reads_back_as_it_was(form: str) -> None:
    evening = an_evening()
    given = (evening.event, evening.register, evening.now)
    if form == "graphml":
        graph = networkx.read_graphml(io.BytesIO(whole(graphml(*given))))
    else:
        graph = networkx.read_gexf(io.BytesIO(whole(gexf(*given))))
    assert not graph.is_directed()
    assert set(graph.nodes) == {"ana", "bo", "chidi", "emre"}
    ana, bo = graph.nodes["ana"], graph.nodes["bo"]
    assert ana["organisation"] == NASTY.replace("\u0007", "")
    assert bo["name"] == NASTY.replace("\u0007", "")
    assert (bo["organisation"], ana["interests"]) == ("", "Tea;Go")
    edges = {
        tuple(sorted((a, b))): (d["seconds"], d["rounds"], d["weight"], d["contact"])
        for a, b, d in graph.edges(data=True)
    }
    assert edges == {
        ("ana", "bo"): (100, 1, 1.667, True),
        ("ana", "chidi"): (100, 1, 1.667, False),
        ("bo", "chidi"): (100, 1, 1.667, False),
    }
    assert graph.edges["ana", "bo"]["shared_interests"] == "Tea"


# Lines and workbooks


def test_the_quick_way_to_lines_writes_what_rows_have() -> None:
    evening = an_evening()
    given = (evening.event, evening.register, evening.now)
    rows = (row.cells() for row in pair_rows(*given))
    assert whole(pair_lines(*given)) == whole(csv_lines(PAIR_COLUMNS, rows))
    rows = (row.cells() for row in summary_rows(*given))
    assert whole(summary_lines(*given)) == whole(csv_lines(SUMMARY_COLUMNS, rows))


def test_a_workbook_has_the_rows_and_no_formula() -> None:
    evening = an_evening()
    rows = [row.cells() for row in pair_rows(evening.event, evening.register, evening.now)]
    book = openpyxl.load_workbook(io.BytesIO(whole(pieces(workbook("pairs", PAIR_COLUMNS, rows)))))
    [sheet] = book.worksheets
    read = list(sheet.iter_rows(values_only=True))
    assert read[0] == PAIR_COLUMNS
    assert [row[PAIR_COLUMNS.index("seconds_together")] for row in read[1:]] == [100, 100, 100]
    nasty = sheet.cell(2, PAIR_COLUMNS.index("a_organisation") + 1)
    assert (nasty.data_type, nasty.hyperlink) == ("s", None)
    assert str(nasty.value).startswith("=cmd")


# Other tools


def people(name: str, evening: Evening) -> list[dict[str, str]]:
    data = whole(tool_lines(name, evening.event, evening.register))
    assert not data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_whoever_lets_the_organiser_have_nothing_is_in_no_file_for_other_tools() -> None:
    evening = an_evening()
    for name, column in (
        ("hubspot.csv", "Email"),
        ("salesforce.csv", "Email"),
        ("mailchimp.csv", "Email Address"),
        ("google-contacts.csv", "E-mail 1 - Value"),
    ):
        assert [row[column] for row in people(name, evening)] == ["ana@example.org"], name


def test_what_was_agreed_holds_for_whoever_had_a_place_whether_they_came_or_not() -> None:
    evening = an_evening()
    allows(evening, "emre", "email", NEWS)  # who never came
    evening.asks(ORGANISER, ChangeEvent(plan=replace(evening.event.plan, capacity=3)))
    lea = Attendee(id="lea", name="Lea", email="lea@example.org")
    evening.asks(ORGANISER, AddAttendees(people=(lea,), by_event_link=True))
    allows(evening, "lea", "email", NEWS)
    assert evening.event.people["lea"].place == "waiting"
    for name, column in (("hubspot.csv", "Email"), ("mailchimp.csv", "Email Address")):
        had_a_place = ["ana@example.org", "emre@example.org"]
        assert [row[column] for row in people(name, evening)] == had_a_place, name


def test_only_those_who_agreed_to_hear_from_the_organiser_are_in_a_mailing() -> None:
    evening = an_evening()
    allows(evening, "emre", "email")
    assert [row["Email"] for row in people("hubspot.csv", evening)] == [
        "ana@example.org", "emre@example.org",
    ]  # fmt: skip
    assert [row["Email Address"] for row in people("mailchimp.csv", evening)] == ["ana@example.org"]
    leads = {row["Last Name"]: row for row in people("salesforce.csv", evening)}
    assert (leads["Lima"]["Email Opt Out"], leads["Kaya"]["Email Opt Out"]) == ("0", "1")
    assert leads["Kaya"]["Company"] == NOT_PROVIDED, "Emre's organisation is his own"


def test_other_tools_get_numbers_as_they_are_and_no_formula() -> None:
    [ana] = people("hubspot.csv", an_evening())
    assert ana["Phone Number"] == "+81 3 1234"
    assert ana["Company Name"].startswith("cmd|")
    assert (ana["First Name"], ana["Last Name"]) == ("Ana", "Lima")


@pytest.mark.parametrize(
    ("person", "names"),
    [
        (Attendee(id="a", name="山田 花子"), ("山田", "花子")),
        (Attendee(id="a", name="Ana Maria Lima"), ("Lima", "Ana Maria")),
        (Attendee(id="a", name="Pelé"), ("Pelé", "")),
        (Attendee(id="a", name="x", family_name="Lima", given_name="Ana"), ("Lima", "Ana")),
        (Attendee(id="a", name="x", given_name="Ana"), ("Ana", "")),
    ],
)
def test_names_are_split_as_they_are_most_likely_read(
    person: Attendee, names: tuple[str, str]
) -> None:
    assert names_of(person) == names


# Sansan

TEMPLATE = (
    "名刺所有者ユーザID（必須）,会社名（必須）,部署名,役職,"
    "氏名[姓]（必須）,氏名[名],e-mail(1),TEL(1),タグ\r\n"
)


def test_sansans_own_format_is_filled_and_what_its_encoding_lacks_is_named() -> None:
    evening = Evening()
    evening.adds(
        Attendee(
            id="hana", name="髙橋 花子😀", email="hana@example.org", organisation="①株式会社é"
        ),
        Attendee(id="bo", name="Bo", organisation="Quiet"),
    )
    allows(evening, "hana", "organisation")
    columns = template_columns(TEMPLATE.encode("cp932"))
    lines = sansan_lines(columns, "u-1", evening.event, evening.register)
    [head, row] = whole(lines).decode("cp932").splitlines()
    assert head + "\r\n" == TEMPLATE
    assert row == "u-1,①株式会社e,,,髙橋,花子〓,,,"
    assert list(not_in_cp932(evening.event, evening.register)) == [("髙橋 花子😀", "😀é")]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"name,email\r\n", b"PK\x03\x04"])
def test_another_file_is_not_taken_for_sansans_format(data: bytes) -> None:
    with pytest.raises(NoTemplate, match="Sansan"):
        template_columns(data)


def test_like_characters_stand_for_those_an_encoding_lacks() -> None:
    assert in_cp932("ﬁn Łódź 한") == "fin 〓odz 〓"


# Through the door


async def test_each_file_is_the_organisers_alone_and_is_written_down(house: Doors) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    names = (
        "pairs.xlsx", "pairs.xlsx?summary=1", "network.graphml", "network.gexf",
        "import/hubspot.csv", "import/salesforce.csv", "import/mailchimp.csv",
        "import/google-contacts.csv",
    )  # fmt: skip
    for name in names:
        path = f"/api/events/{made['id']}/{name}"
        answer = await house.client.get(path)
        assert answer.status_code == 200, answer.text
        assert "attachment" in answer.headers["content-disposition"]
        other = await house.client.get(path, headers=bearer(ana.key))
        assert other.status_code == 403
    unknown = await house.client.get(f"/api/events/{made['id']}/import/nothing.csv")
    assert unknown.status_code == 404
    journal = (await house.client.get(f"/api/events/{made['id']}/journal.jsonl")).text
    taken = [line for line in journal.splitlines() if '"type":"exported"' in line]
    assert len(taken) == len(names) + 1, "refused ones were not taken"
    assert '"what":"pairs.xlsx?summary=1","by":"organiser"' in taken[1]
