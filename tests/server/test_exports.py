"""Exports: who met whom, with what each lets the organiser have, in files that run nothing."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterable, Mapping

import pytest

from rooms.commands import (
    AddAttendees,
    Block,
    Erase,
    GiveCard,
    GiveConsent,
    KeepInTouch,
    Merge,
    Note,
    Rate,
    SitOut,
)
from rooms.deciding import ORGANISER
from rooms.people import Attendee, Consent
from server import words
from server.exports import (
    PAIR_COLUMNS,
    SECRET_FACTS,
    SUMMARY_COLUMNS,
    Cell,
    attendee_rows,
    csv_lines,
    pair_rows,
    round_rows,
    safe,
    summary_rows,
)
from server.exports.consents import CONSENT_COLUMNS, consent_rows
from server.redis import Store
from tests.guests import Guest, guests, quick_round
from tests.rooms.evenings import Evening
from tests.server.callers import Doors
from tests.server.desk import house
from tests.server.house import KEY, a_house

__all__ = ["house"]


def read(lines: Iterable[bytes]) -> list[dict[str, str]]:
    """Reads a CSV file as a spreadsheet would, having checked its mark and line ends."""
    data = b"".join(lines)
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    assert text.splitlines(keepends=True)[0].endswith("\r\n")
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def pairs(evening: Evening) -> list[dict[str, str]]:
    rows = pair_rows(evening.event, evening.register, evening.now)
    return read(csv_lines(PAIR_COLUMNS, (row.cells() for row in rows)))


def allows(evening: Evening, id: str, *fields: str) -> None:
    """Somebody lets the organiser have these fields."""
    consent = Consent(
        attendee=id, wording="w", version="1", at=evening.now, recipient="Tea", fields=fields
    )
    evening.asks(id, GiveConsent(consent=consent))


def an_evening() -> Evening:
    """Two rounds: Ana and Bo meet in both, Chidi meets them in the first only."""
    evening = Evening(seconds=100, preview=1, pause_between=10)
    evening.adds(
        Attendee(id="ana", name="Ana", external_id="x1", email="ana@example.org",
                 organisation="Tokei", interests=("Tea", "Go")),
        Attendee(id="bo", name="Bo", email="bo@example.org", interests=("tea", "jazz")),
    )  # fmt: skip
    evening.comes("ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    evening.passes(100)
    evening.asks("chidi", SitOut())
    evening.talking([["ana", "bo"]])
    evening.passes(40)
    return evening


def test_pairs_have_the_contracts_columns_and_one_row_a_pair_and_round() -> None:
    rows = pairs(an_evening())
    assert tuple(rows[0]) == PAIR_COLUMNS
    assert [(row["round"], row["a_id"], row["b_id"], row["seconds_together"]) for row in rows] == [
        ("1", "ana", "bo", "100"),
        ("1", "ana", "chidi", "100"),
        ("1", "bo", "chidi", "100"),
        ("2", "ana", "bo", "40"),
    ]
    first = rows[0]
    assert first["event_id"] == "evening22222"
    assert first["met_at"] == "2027-01-15T08:00:01Z"
    assert (first["presence"], first["table"]) == ("confirmed", "")
    assert (first["a_external_id"], first["a_name"], first["b_name"]) == ("x1", "Ana", "Bo")
    assert (first["shared_interests"], first["contact"]) == ("Tea", "none")


def test_two_rooms_of_one_round_are_one_row() -> None:
    evening = Evening(seconds=100, preview=1)
    evening.comes("ana", "bo", "chidi", "emre")
    [one, two] = evening.talking([["ana", "bo"], ["chidi", "emre"]])
    evening.passes(40)
    evening.asks("dana", Merge(room=one.id, into=two.id))
    evening.passes(60)
    rows = [row for row in pairs(evening) if (row["a_id"], row["b_id"]) == ("ana", "bo")]
    assert [row["seconds_together"] for row in rows] == ["100"]


def test_contact_fields_stand_only_where_their_owner_lets_the_organiser_have_them() -> None:
    evening = an_evening()
    assert {pairs(evening)[0][f"a_{field}"] for field in ("email", "organisation")} == {""}
    allows(evening, "ana", "email")
    first = pairs(evening)[0]
    assert (first["a_email"], first["a_organisation"]) == ("ana@example.org", "")
    assert (first["a_consent"], first["b_consent"], first["b_email"]) == ("email", "", "")


def test_a_contact_is_there_once_both_said_yes_and_never_before() -> None:
    evening = an_evening()
    evening.asks("ana", KeepInTouch(about="bo"))
    before = pairs(evening)
    assert {row["contact"] for row in before} == {"none"}
    evening.asks("bo", KeepInTouch(about="ana"))
    evening.passes(60)
    assert {(row["a_id"], row["b_id"]): row["contact"] for row in pairs(evening)} == {
        ("ana", "bo"): "mutual",
        ("ana", "chidi"): "none",
        ("bo", "chidi"): "none",
    }


def test_the_summary_has_a_row_a_pair() -> None:
    evening = an_evening()
    rows = read(
        csv_lines(
            SUMMARY_COLUMNS,
            (row.cells() for row in summary_rows(evening.event, evening.register, evening.now)),
        )
    )
    assert {
        (row["a_id"], row["b_id"]): (row["rounds_together"], row["seconds_together"])
        for row in rows
    } == {
        ("ana", "bo"): ("2", "140"),
        ("ana", "chidi"): ("1", "100"),
        ("bo", "chidi"): ("1", "100"),
    }


def test_somebody_erased_is_someone_in_others_minutes() -> None:
    evening = an_evening()
    evening.asks(ORGANISER, Erase(attendee="bo"))
    row = pairs(evening)[0]
    assert (row["b_name"], row["b_email"], row["shared_interests"]) == ("someone", "", "")
    assert row["seconds_together"] == "100"


def test_on_site_minutes_that_nobody_confirmed_are_assumed() -> None:
    evening = Evening(seconds=100, preview=1, walking=0)
    evening.on_site("ana", "bo")
    evening.talking([["ana", "bo"]])
    evening.passes(100)
    [row] = pairs(evening)
    assert (row["presence"], row["table"]) == ("assumed", "1")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+81 3", "'+81 3"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        ("Ana=", "Ana="),
        # Where lists are separated by `;`, a cell begins there too.
        ("tea;=1+1", "tea;'=1+1"),
        ("tea; @x;go", "tea;' @x;go"),
        ("=a;-b", "'=a;'-b"),
        (-3, -3),
        (None, None),
    ],
)
def test_no_cell_is_a_formula(typed: Cell, written: Cell) -> None:
    assert safe(typed) == written


def test_names_with_quotes_commas_lines_and_formulas_survive_a_spreadsheet() -> None:
    evening = Evening(seconds=100, preview=1)
    evening.adds(Attendee(id="ana", name='=HYPERLINK("http://x","y")'))
    evening.adds(Attendee(id="bo", name='Bo "B, the\nsecond"'))
    evening.comes("ana", "bo")
    evening.talking([["ana", "bo"]])
    evening.passes(10)
    [row] = pairs(evening)
    assert row["a_name"] == '\'=HYPERLINK("http://x","y")'
    assert row["b_name"] == 'Bo "B, the\nsecond"'


def test_attendees_and_rounds_add_up() -> None:
    evening = an_evening()
    evening.asks(
        ORGANISER, AddAttendees(people=(Attendee(id="hana", name="花子", custom={"wave": "1"}),))
    )
    rows: list[Mapping[str, Cell]] = list(
        attendee_rows(evening.event, evening.register, evening.now, ["wave"])
    )
    figures = {
        row["name"]: (row["rounds"], row["people_met"], row["seconds_together"]) for row in rows
    }
    assert figures["Ana"] == (2, 2, 240)
    assert figures["Chidi"] == (1, 2, 200)
    assert figures["花子"] == (0, 0, 0)
    assert [row["wave"] for row in rows if row["id"] == "hana"] == ["1"]
    [one, two] = round_rows(evening.event, evening.now)
    assert (one["round"], one["rooms"], one["people"], one["pairs"]) == (1, 1, 3, 3)
    assert (two["round"], two["people"], two["seconds_together"]) == (2, 2, 40)


def test_every_consent_is_told_with_its_words_and_instant_and_goes_with_its_owner() -> None:
    evening = an_evening()
    allows(evening, "ana", "email", "organisation")
    evening.passes(60)
    allows(evening, "ana")
    allows(evening, "bo", "phone")

    def rows() -> list[tuple[str, str, str]]:
        found = read(csv_lines(CONSENT_COLUMNS, consent_rows(evening.event, evening.register)))
        for row in found:
            assert (row["wording"], row["version"], row["recipient"]) == ("w", "1", "Tea")
        return [(row["name"], row["fields"], row["given_at"]) for row in found]

    first, then = words.iso(evening.now - 60_000), words.iso(evening.now)
    assert rows() == [
        ("Ana", "email;organisation", first),
        ("Ana", "", then),
        ("Bo", "phone", then),
    ]
    evening.asks(ORGANISER, Erase(attendee="ana"))
    assert rows() == [("Bo", "phone", then)]


# Through the door


async def test_files_are_the_organisers_and_are_named(house: Doors) -> None:
    made = await house.makes_event()
    [ana, _] = await house.brings(made["id"])
    for name, kind in (
        ("pairs.csv", "text/csv; charset=utf-8"),
        ("pairs.csv?summary=1", "text/csv; charset=utf-8"),
        ("attendees.csv", "text/csv; charset=utf-8"),
        ("rounds.csv", "text/csv; charset=utf-8"),
        ("consents.csv", "text/csv; charset=utf-8"),
        ("pairs.jsonl", "application/jsonl"),
        ("journal.jsonl", "application/jsonl"),
    ):
        path = f"/api/events/{made['id']}/{name}"
        answer = await house.client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert "attachment" in answer.headers["content-disposition"]
        for key in (ana.key, made["host_key"], "wrong"):
            other = await house.client.get(path, headers={"authorization": f"Bearer {key}"})
            assert other.status_code in (401, 403)


async def test_the_journal_leaves_the_house_without_its_secrets(store: Store) -> None:
    async with a_house(store) as house:
        await house.opens(["Ana", "Bo"], rounds=[quick_round(size=2)])
        async with guests(house, "Ana", "Bo") as (ana, bo):
            await house.commands("start-round")
            await ana.sees("room")
            await bo.sees("room")
            await _keeps_secrets(ana, bo)
            lines = (await house.reads("journal.jsonl")).splitlines()
            pair_lines = (await house.reads("pairs.jsonl")).splitlines()
    facts = [json.loads(line) for line in lines]
    kinds = {fact["type"] for fact in facts}
    assert {"event-created", "seating-fixed", "connected"} <= kinds
    secret = {str(fact.__struct_config__.tag) for fact in SECRET_FACTS}
    assert not kinds & secret
    text = "\n".join(lines)
    for typed in ("private words", "Ana", "Bo", "example.org"):
        assert typed not in text
    for line in pair_lines:
        assert json.loads(line)["contact"] == "none"


async def _keeps_secrets(ana: Guest, bo: Guest) -> None:
    """Ana says yes, gives a card, notes, rates and blocks; none of which an export may show."""
    await ana.asks("keep-in-touch", about=bo.id)
    await ana.asks("give-card", to=bo.id, fields=["email"])
    await ana.asks("note", about=bo.id, text="private words")
    await ana.asks("rate", stars=1)
    await ana.asks("block", about=bo.id)


def test_the_secret_facts_are_those_of_the_contract() -> None:
    evening = an_evening()
    for by, command in (
        ("ana", KeepInTouch(about="bo")),
        ("ana", GiveCard(to="bo", fields=("email",))),
        ("ana", Note(about="bo", text="x")),
        ("ana", Rate(stars=3)),
        ("ana", Block(about="bo")),
    ):
        facts = evening.asks(by, command)
        assert isinstance(facts[0], SECRET_FACTS), facts


async def test_the_desk_lists_what_was_done_with_peoples_data(house: Doors) -> None:
    made = await house.makes_event()
    [ana, *_] = await house.brings(made["id"])
    here = f"/api/events/{made['id']}"
    await house.client.get(f"{here}/consents.csv")
    await house.client.post(f"{here}/attendees/{ana.id}/link")
    await house.client.delete(f"{here}/attendees/{ana.id}/link")
    await house.client.delete(f"{here}/attendees/{ana.id}")
    async with house.browser() as browser:
        await browser.post("/desk", data={"key": KEY})
        page = (await browser.get(f"/desk/{made['id']}", headers={"accept-language": "en"})).text
    for said in (
        "People were brought in: 2", "Taken home: consents.csv", "A personal link was made",
        "A personal link was ended", "Somebody was erased",
    ):  # fmt: skip
        assert page.count(f"{said} · by the organiser") == 1, said


async def test_an_organiser_at_the_desk_takes_every_file_home_as_fast_as_they_click(
    house: Doors,
) -> None:
    made = await house.makes_event()
    await house.brings(made["id"])
    async with house.browser() as browser:
        await browser.post("/desk", data={"key": KEY})
        desk = (await browser.get(f"/desk/{made['id']}")).text
        files = re.findall(r'href="(/api/[^"]+)"[^>]* download', desk)
        assert len(files) > 12
        answers = await asyncio.gather(*(browser.get(file) for file in files * 5))
        assert {answer.status_code for answer in answers} == {200}
        # A door that hosts may use too is as wide for the organiser.
        plan = f"/api/events/{made['id']}/rehearsal"
        answers = await asyncio.gather(*(browser.get(plan) for _ in range(80)))
        assert {answer.status_code for answer in answers} == {200}
