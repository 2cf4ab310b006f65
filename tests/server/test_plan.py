"""An evening on paper: `meguri plan` from a list of people to files that say who sits where."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from rooms.programme import planned_round
from server import cli, paper, paper_files
from server.files import SAMPLE
from tests.server.test_cli import meguri

PEOPLE = [*(f"Guest {n:02}" for n in range(1, 18)), "花子", "=HYPERLINK(1)", "<b>Bo</b>"]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Twenty people, some of whose names are no friends of spreadsheets and pages."""
    file = tmp_path / "people.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["name", "external_id", "email", "interests", "offers", "seeks"])
        for n, name in enumerate(PEOPLE):
            interests = f"tea; {'jazz' if n % 2 else '陶芸'}; rare{n % 5}"
            offers, seeks = ("funding", "") if n % 3 else ("", "funding")
            writer.writerow([name, f"x{n}", f"g{n}@example.com", interests, offers, seeks])
    return file


def written(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_all_files_say_the_same(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "evening"
    arguments = ["plan", str(people), "--rounds", "4", "--size", "4", "--format", "all"]
    assert cli.run([*arguments, "-o", str(folder), "--title", "Tea & talk"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "Nobody meets the same person twice." in told.err
    assert "20 people, 4 rounds, up to 5 tables. Everybody meets 12 others." in told.err

    tables = {(row["round"], row["table"]): row for row in written(folder / "rooms.csv")}
    assert len(tables) == 20
    rows = written(folder / "people.csv")
    assert len(rows) == 80
    for row in rows:
        at = tables[row["round"], row["table"]]
        seats = sorted(at[f"seat_{n}"].lstrip("'") for n in range(1, 5))
        with_them = [row["name"], *row["with"].split(";")]
        assert sorted(name.lstrip("'") for name in with_them) == seats
        assert "tea" in row["shared_interests"].split(";")
    assert "'=HYPERLINK(1)" in {row["name"] for row in rows}
    assert any(row["they_offer"] == "funding" for row in rows)

    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    ids = {person["id"]: person for person in plan["people"]}
    assert [person["name"] for person in plan["people"]] == PEOPLE
    for one in plan["rounds"]:
        assert one["repeats"] == 0
        assert sorted(id for room in one["rooms"] for id in room["people"]) == sorted(ids)
        for room in one["rooms"]:
            for id in room["people"]:
                stop = ids[id]["itinerary"][one["round"] - 1]
                assert stop["table"] == room["table"]
                assert {mate["id"] for mate in stop["with"]} == {*room["people"]} - {id}
    assert ids[plan["people"][0]["id"]]["row"] == 2


def test_the_page_holds_everybody_and_nothing_from_elsewhere(people: Path, tmp_path: Path) -> None:
    output = tmp_path / "page.html"
    arguments = ["plan", str(people), "--rounds", "3", "--language", "ja", "--title", "春の夕べ"]
    assert cli.run([*arguments, "-o", str(output)]) == 0
    page = output.read_text(encoding="utf-8")
    slips = re.findall(r'<article class="slip">(.*?)</article>', page, re.DOTALL)
    names = [re.search(r"<h2>(.*?)</h2>", slip) for slip in slips]
    assert sorted(html.unescape(name.group(1)) for name in names if name) == sorted(PEOPLE)
    assert all(slip.count('<th scope="row">') == 3 for slip in slips)
    sheets = re.findall(r'<section class="sheet">(.*?)</section>', page, re.DOTALL)
    assert len(sheets) == 3
    for number, sheet in enumerate(sheets, 1):
        assert f"<h1>ラウンド{number}</h1>" in sheet
        assert all(html.escape(name) in sheet for name in PEOPLE)
    assert "<b>Bo" not in page
    assert "@example.com" not in page
    assert not re.search(r"(src|href)=|url\(|@import|<script", page)
    assert '<html lang="ja">' in page
    assert "求めていること：funding" in page


async def test_the_same_seed_gives_the_same_plan_in_every_process() -> None:
    file = str(SAMPLE / "people-en.csv")
    arguments = ["plan", file, "--rounds", "3", "--format", "people"]
    one, other = [await meguri(*arguments, "--seed", "5") for _ in range(2)]
    assert one.code == 0
    assert one.out == other.out


def test_rules_of_the_list_hold_on_paper(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    lines = ["氏名;segment;table;sits_with;role;approval_status"]
    lines += [f"買い手{n};buyer;;;;" for n in range(6)]
    lines += [f"売り手{n};seller;;;;" for n in range(5)]
    lines += ["花子;seller;9;;;", "通訳;;;花子;;", "Dana;;;;host;", "Emre;;;;;declined", ";;;;;"]
    lines += ["Nobody;;;誰か;;"]
    file = tmp_path / "people.csv"
    file.write_bytes("\r\n".join(lines).encode("cp932"))
    arguments = ["plan", str(file), "--rounds", "3", "--size", "2", "--format", "people"]
    assert cli.run([*arguments, "--must-not-meet", "Buyer", "buyer"]) == 0
    told = capsysbinary.readouterr()
    rows = list(csv.DictReader(io.StringIO(told.out.decode("utf-8-sig"), newline="")))
    assert {row["table"] for row in rows if row["name"] in ("花子", "通訳")} == {"9"}
    for row in rows:
        if row["name"].startswith("買い手"):
            assert "買い手" not in row["with"]
    remarks = told.err.decode()
    assert "Dana" in remarks
    assert "Row 16: Not coming" in remarks
    assert "Row 18 was not taken" in remarks


def test_an_events_settings_hold_on_paper_and_options_go_before_them(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    lines = ["name,interests,segment,role,first_timer,wishes"]
    lines += [f"Ana {n},AI,buyer,{'ambassador' if n < 3 else ''},,Bo 1" for n in range(6)]
    lines += [f"Bo {n},人工知能,seller,,yes," for n in range(6)]
    file, settings = tmp_path / "people.csv", tmp_path / "settings.json"
    file.write_text("\n".join(lines), encoding="utf-8")
    rule = {"a": "buyer", "b": "seller", "rule": "must"}
    event = {"settings": {"segments": [rule], "synonyms": [["AI", "人工知能"]], "segment_most": 3}}
    settings.write_text(json.dumps(event), encoding="utf-8")
    arguments = ["plan", str(file), "--rounds", "1", "--format", "json"]
    arguments += ["--settings", str(settings), "--segment-most", "2", "--weight", "wishes", "3"]
    assert cli.run(arguments) == 0
    told = capsysbinary.readouterr()
    [one] = json.loads(told.out)["rounds"]
    shared = {tag for room in one["rooms"] for tag in room["shared_interests"]}
    assert shared == {"AI"}, "worded once, as it was first written"
    for room in one["rooms"]:
        names = [name[:3] for name in room["people"]]
        assert len(names) == 4
    remarks = told.err.decode()
    assert "3 of 3 tables over the evening have an ambassador." in remarks
    assert "First-timers sit with an ambassador 6 of 6 times." in remarks
    assert "of 5 wishes" in remarks or "of 6 wishes" in remarks


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--synonyms", "AI"], "alone in its group"),
        (["--must-meet", "a", "b", "--must-not-meet", "B", "A"], "both have to meet"),
        (["--weight", "luck", "1"], "luck"),
        (["--weight", "wishes", "nan"], "nan is no number"),
        (["--weight", "wishes", "11"], "11"),
    ],
)
def test_settings_that_contradict_each_other_are_wrong_usage(
    options: list[str], sentence: str, people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["plan", str(people), *options]) == 2
    assert sentence in capsys.readouterr().err


def test_a_settings_file_that_is_none_is_wrong_usage(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "settings.json"
    for content in ("{", "[]", '{"settings": 3}', '{"weights": {"offers": -1}}'):
        settings.write_text(content)
        assert cli.run(["plan", str(people), "--settings", str(settings)]) == 2, content
        assert "Error" in (told := capsys.readouterr().err)
        assert content != "{" or f"{settings} holds no JSON object" in told


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "empty"),
        ("name\n", "nobody"),
        ("name\nAna\n", "only Ana"),
        ("what,ever\n1,2\n", "no column “name”"),
        ("name,role\nAna,host\nBo,host\n", "nobody"),
        ("name,languages\nAna,en\n花子,ja\n", "No two of them"),
    ],
)
def test_a_list_without_a_plan_is_a_sentence(
    content: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(content, encoding="utf-8")
    output = tmp_path / "out.csv"
    assert cli.run(["plan", str(file), "--common-language", "-o", str(output)]) == 1
    assert sentence in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize(
    "options",
    [
        ["--size", "3", "--least", "4"],
        ["--rounds", "0"],
        ["--format", "xlsx"],
        ["--format", "all"],
        ["--seconds", "-1"],
        ["--seconds", "nan"],
        ["--seconds", "inf"],
    ],
)
def test_wrong_usage_ends_with_2(
    options: list[str], people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["plan", str(people), *options]) == 2
    assert capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_a_sentence(
    people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["plan", str(people), "--rounds", "1", "-o", f"{people}/in/a/file.csv"]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_what_could_not_be_had_is_said(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = tmp_path / "few.csv"
    few.write_text("name,organisation\nAna,Acme\nAna,Tea\nBo,\nChidi,\nDana,\n", encoding="utf-8")
    options = ["--rounds", "2", "--size", "2", "--must-meet", "a", "b", "--format", "people"]
    assert cli.run(["plan", str(few), *options, "--most", "2", "--seconds", "0.05"]) == 0
    told = capsys.readouterr()
    assert "Nobody in the list is of the segment “a”." in told.err
    assert "Ana (Tea)" in told.out
    assert cli.run(["plan", str(few), "--rounds", "5", "--format", "rooms"]) == 0
    told = capsys.readouterr()
    assert "together again: 5 people have too few new faces for 5 rounds" in told.err


def test_who_is_kept_apart_never_shares_a_table_and_nothing_written_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strangers = ";".join(f"nobody{n}@example.com" for n in range(200))
    rows = [f"Guest {n},x{n},g{n}@example.com,," for n in range(4, 10)]
    rows += [
        "Ana,x1,ana@example.com,Bo;x3,",
        f"Bo,x2,bo@example.com,,chidi@example.com;{strangers}",
        "Chidi,x3,chidi@example.com,,",
    ]
    file = tmp_path / "people.csv"
    file.write_text("\n".join(["name,external_id,email,Blocks,keep apart from", *rows]))
    folder = tmp_path / "evening"
    options = ["--rounds", "4", "--size", "3", "--format", "all", "-o", str(folder)]
    assert cli.run(["plan", str(file), *options]) == 0
    told = capsys.readouterr().err
    assert "3 pairs are kept apart; nothing that is written says so." in told
    assert "Row 9: this person is to be kept apart from “nobody0@example.com”, “nobody1" in told
    assert "and 195 more, who is nobody else of the list." in told
    assert "was not taken" not in told
    for row in written(folder / "rooms.csv"):
        seats = {row[f"seat_{n}"] for n in range(1, 4)}
        assert len(seats & {"Ana", "Bo", "Chidi"}) < 2
    for path in folder.iterdir():
        assert "nobody0" not in path.read_text(encoding="utf-8"), path


def test_a_round_in_which_nobody_can_be_seated_is_said_to_be_one(people: Path) -> None:
    listed = paper.listed(people.read_bytes())
    choices = paper.Choices(planned=planned_round(size=4), rounds=2)
    first, second = paper.planned_rounds(listed, choices)
    everybody = tuple(person.id for person in listed.people)
    second = replace(second, tables=(), sitting_out=everybody, repeats=0)
    planned = paper.Paper(listed, choices, [first, second])
    assert paper.round_sentence(second) == "Round 2: nobody can be seated"
    page = paper_files.page(planned, "en").decode()
    assert "Nobody can be seated in this round." in page
    assert "0 tables" not in page
    assert "席にご案内できる方がいません" in paper_files.page(planned, "ja").decode()
