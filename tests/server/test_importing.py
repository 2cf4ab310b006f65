"""Lists of people: as spreadsheets and ticket services write them, good rows and bad ones."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from rooms.people import Attendee, Mode, Role
from server.columns import CUSTOM, LEFT_OUT
from server.delimited import Unreadable
from server.importing import Reading, plan_import, read_json, read_people
from server.person_rows import PersonRow

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "timed-rounds-people.csv"


def names(reading: Reading) -> list[object]:
    return [row.name for row in reading.rows]


def reasons(reading: Reading) -> list[tuple[int, str]]:
    return [(named.row, str(named.why)) for named in reading.rejected]


def only(data: str) -> PersonRow:
    [row] = read_people(data.encode()).rows
    return row


def test_all_of_the_contracts_columns_land() -> None:
    row = only(
        "name,email,phone,organisation,department,title,family_name,given_name,reading,interests,"
        "offers,seeks,languages,mode,role,segment,table,sits_with,link,external_id,wishes,"
        "first_timer,shoe size\n"
        "Ana Lima,ana@example.org,+81 3,Tokei,R&D,Engineer,Lima,Ana,アナ,AI; tea ;AI,talks,jobs,"
        "en;pt,on-site,helper,mentors,7,bo,https://example.org/ana,x1,Bo;Tokei,yes,37\n"
    )
    assert row.name == "Ana Lima"
    assert row.interests == ("AI", "tea")
    assert (row.offers, row.seeks, row.languages) == (("talks",), ("jobs",), ("en", "pt"))
    assert (row.mode, row.role, row.table) == (Mode.ON_SITE, Role.HELPER, 7)
    assert (row.family_name, row.given_name, row.reading) == ("Lima", "Ana", "アナ")
    assert (row.segment, row.sits_with, row.external_id) == ("mentors", "bo", "x1")
    assert row.link == "https://example.org/ana"
    assert (row.wishes, row.first_timer) == (("Bo", "Tokei"), True)
    assert row.custom == {"shoe size": "37"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_reads_what_spreadsheets_write(encoding: str, delimiter: str, end: str) -> None:
    text = end.join(
        [delimiter.join(["name", "organisation"]), delimiter.join(["髙橋 花子", "①社"])]
    )
    [row] = read_people((text + end).encode(encoding)).rows
    assert (row.name, row.organisation, row.row) == ("髙橋 花子", "①社", 2)


def test_says_which_encoding_it_took_when_it_had_to_guess() -> None:
    reading = read_people("name\n花子\n".encode("cp932"))
    assert "CP932" in str(reading.notes[0])


def test_accented_names_from_western_windows_are_not_read_as_japanese() -> None:
    reading = read_people("name;organisation\nJosé Núñez;Café Zoë\n".encode("cp1252"))
    assert names(reading) == ["José Núñez"]


def test_a_row_with_broken_bytes_costs_only_itself() -> None:
    data = "name\n花子\n太郎\n".encode() + b"Jos\xe9\n"
    reading = read_people(data)
    assert names(reading) == ["花子", "太郎"]
    assert reasons(reading) == [
        (4, "The column “name” has bytes that are not UTF-8: save the list as “CSV UTF-8”.")
    ]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n", b"  \r\n"])
def test_an_empty_file_says_so(data: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read_people(data)
    assert refused.value.code == "empty-file"


def test_a_file_without_names_says_what_it_has_instead() -> None:
    with pytest.raises(Unreadable) as refused:
        read_people(b"email,town\nana@example.org,Lisboa\n")
    assert refused.value.code == "no-name-column"
    assert "“email”, “town”" in refused.value.sentence.format_map(refused.value.details)


def test_a_picture_is_not_a_list() -> None:
    with pytest.raises(Unreadable):
        read_people(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x81\x00\xff")


def test_a_file_of_another_kind_with_one_endless_line_is_refused_at_once() -> None:
    with pytest.raises(Unreadable) as refused:
        read_people(b'{"a":1,' * 200_000)
    assert refused.value.code == "too-many-columns"


def test_columns_of_the_same_name_are_told_apart() -> None:
    reading = read_people(b"name,hat,hat,hat,\nAna,a,b,c,d\n")
    custom = {"hat": "a", "hat (2)": "b", "hat (3)": "c", "column 5": "d"}
    assert reading.rows[0].custom == custom


def test_a_header_alone_brings_nobody_and_says_so() -> None:
    reading = read_people(b"name,email\n")
    assert not reading.rows
    assert str(reading.notes[0]) == "The file has a header, but no people below it."


def test_ten_thousand_good_rows_land_and_three_bad_ones_are_named() -> None:
    lines = [f"Person {n},p{n}@example.org,ai;topic {n % 50}" for n in range(10_003)]
    lines[100] = "No Address,nowhere,ai"
    lines[5000] = ",nameless@example.org x,ai"
    lines[9000] = f'Big,"{"x" * 1_048_576}",ai'
    began = time.monotonic()
    plan = plan_import(read_people(("name,email,interests\n" + "\n".join(lines)).encode()), [])
    assert len(plan.landings) == 10_000
    assert [(named.row, str(named.why)) for named in plan.rejected] == [
        (102, "“nowhere” is not an e-mail address."),
        (5002, "“nameless@example.org x” is not an e-mail address."),
        (9002, "The column “email” has 1048576 characters; at most 200 are kept."),
    ]
    assert time.monotonic() - began < 60, "each row is looked at once, and not all for each"


def test_a_quote_that_is_never_closed_costs_its_own_row() -> None:
    reading = read_people(b'name,email\nAna,a@x.org\n"Bo,b@x.org\nChidi,c@x.org\nDana,d@x.org\n')
    assert names(reading) == ["Ana", "Chidi", "Dana"]
    assert reasons(reading) == [(3, "A quotation mark opens in this row and is never closed.")]


def test_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    reading = read_people(b'name,town\n"Ana\nLima",Lisboa\n\nBo,a,b\n')
    assert [row.row for row in reading.rows] == [2]
    assert [row for row, _ in reasons(reading)] == [4]


def test_a_formula_in_a_name_is_kept_as_it_was_typed() -> None:
    assert only('name\n"=HYPERLINK(""http://x"")"\n').name == '=HYPERLINK("http://x")'


def test_names_in_two_columns_make_a_name_as_each_script_writes_it() -> None:
    reading = read_people("family_name,given_name\n高橋,花子\nLima,Ana\n,Bo\n".encode())
    assert names(reading) == ["高橋 花子", "Ana Lima", "Bo"]


def test_lists_are_split_at_semicolons_and_at_commas_only_where_there_are_none() -> None:
    assert only("name;interests\nAna;food, wine\n").interests == ("food", "wine")
    assert only('name,interests\nAna,"food, wine; tea"\n').interests == ("food, wine", "tea")
    assert only("name,interests\n花子,茶道、登山\n").interests == ("茶道", "登山")
    assert only("name,interests\nAna,tea|chess\n").interests == ("tea", "chess")
    note = read_people(b"name,interests\nAna,tea|chess\n").notes[0]
    assert str(note) == "The column “interests” has no “;”, so it was split at “|”."


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("email", "ana at x", "“ana at x” is not an e-mail address."),
        ("link", "javascript:alert(1)//.", "is not a web address"),
        ("mode", "by post", "write “online” or “on-site”"),
        ("role", "organiser", "The role “organiser” is not known"),
        ("table", "0", "is not a number from 1 up"),
        ("table", "-3", "is not a number from 1 up"),
        ("interests", "x" * 81, "has 81 characters; at most 80"),
        ("interests", ";".join(f"t{n}" for n in range(61)), "lists 61 things; at most 60"),
        ("organisation", "x" * 201, "has 201 characters; at most 200"),
        ("note of mine", "x" * 2001, "has 2001 characters; at most 2000"),
    ],
)
def test_a_bad_cell_is_named_with_what_to_mend(column: str, value: str, sentence: str) -> None:
    reading = read_people(f"name,{column}\nAna,ok\nBo,{value}\n".encode())
    assert sentence in {row: why for row, why in reasons(reading)}[3]


def test_luma_lists_are_understood_and_those_not_coming_left_out() -> None:
    reading = read_people(
        b"api_id,name,first_name,last_name,email,phone_number,created_at,approval_status\n"
        b"gst-1,,Ana,Lima,ana@example.org,+351,2026-01-01,approved\n"
        b"gst-2,Bo,Bo,,bo@example.org,,2026-01-01,declined\n"
        b"gst-3,Chidi,Chidi,,chidi@example.org,,2026-01-01,waitlist\n"
    )
    [ana] = reading.rows
    assert (ana.name, ana.phone, ana.external_id) == ("Ana Lima", "+351", "gst-1")
    assert ana.custom == {"created_at": "2026-01-01", "approval_status": "approved"}
    assert [(n.row, str(n.why)) for n in reading.skipped] == [
        (3, "Not coming (“declined”), so left out."),
        (4, "Not coming (“waitlist”), so left out."),
    ]


def test_eventbrite_lists_are_understood() -> None:
    reading = read_people(
        b"Order #,Attendee #,First Name,Last Name,Email,Attendee Status,Company,Job Title\n"
        b"9,1,Ana,Lima,ana@example.org,Attending,Tokei,Engineer\n"
        b"9,2,Bo,Berg,bo@example.org,Not Attending,Tokei,Engineer\n"
    )
    [ana] = reading.rows
    assert (ana.name, ana.organisation, ana.title) == ("Ana Lima", "Tokei", "Engineer")
    assert [named.row for named in reading.skipped] == [3]


def test_connpass_lists_are_understood() -> None:
    text = (
        "参加枠名,ユーザー名,表示名,利用開始日,コメント,参加ステータス,出欠ステータス,更新日時,受付番号\n"
        "一般,hanako,花子,2020年1月1日,,参加,出席,2026年11月1日,7001\n"
        "一般,taro,太郎,2020年1月1日,,参加キャンセル,,2026年11月1日,7002\n"
        "一般,jiro,次郎,2020年1月1日,,補欠,,2026年11月1日,7003\n"
        "一般,(退会ユーザー),(退会ユーザー),,,参加,,2026年11月1日,7004\n"
    )
    read = read_people(text.encode("cp932"))
    [row] = read.rows
    assert (row.name, row.external_id) == ("花子", "hanako")
    assert [one.row for one in read.skipped] == [3, 4, 5]


def test_lists_of_luma_are_understood_by_its_older_and_its_newer_titles() -> None:
    for id in ("api_id", "guest_id"):
        text = (
            f"{id},name,first_name,last_name,email,phone_number,created_at,approval_status,"
            "checked_in_at,utm_source,qr_code_url,amount,ticket_name,What is your job title?\n"
            "gst-1,Ana Ito,Ana,Ito,ana@example.org,+81 90,2026,approved,,x,https://luma.example/1,"
            "$0,Standard,CTO\n"
            "gst-2,Bo,Bo,,bo@example.org,,2026,pending_approval,,,,,,\n"
            "gst-3,Chidi,Chidi,,chidi@example.org,,2026,waitlist,,,,,,\n"
        )
        read = read_people(text.encode())
        [row] = read.rows
        assert (row.external_id, row.name, row.given_name) == ("gst-1", "Ana Ito", "Ana")
        assert (row.email, row.phone) == ("ana@example.org", "+81 90")
        assert row.custom["What is your job title?"] == "CTO"
        assert [one.row for one in read.skipped] == [3, 4]


def test_lists_of_eventbrite_are_understood() -> None:
    text = (
        "Order #,Order Date,First Name,Last Name,Email,Quantity,Price Tier,Ticket Type,Attendee #,"
        "Group,Order Type,Currency,Total Paid,Attendee Status,Home City,Cell Phone,Job Title,"
        "Company,Website\n"
        "111,2026-11-01,Ana,Ito,ana@example.org,1,,Standard,9001,,Free,JPY,0,Attending,Tokyo,090,"
        "CTO,Ana Works,https://ana.example\n"
        "112,2026-11-01,Bo,Bo,bo@example.org,1,,Standard,9002,,Free,JPY,0,Checked In,,,,,\n"
        "113,2026-11-01,Chidi,C,c@example.org,1,,Standard,9003,,Free,JPY,0,Not Attending,,,,,\n"
        "114,2026-11-01,Dana,D,d@example.org,1,,Standard,9004,,Free,JPY,0,Refunded,,,,,\n"
    )
    read = read_people(text.encode())
    [ana, bo] = read.rows
    assert (ana.name, ana.external_id, ana.title) == ("Ana Ito", "9001", "CTO")
    assert (ana.organisation, ana.phone, ana.link) == ("Ana Works", "090", "https://ana.example")
    assert bo.external_id == "9002"
    assert [one.row for one in read.skipped] == [4, 5]


def test_of_a_list_put_together_in_two_encodings_the_rows_that_can_be_read_come_in() -> None:
    mixed = "name,organisation\n花子,巡り社\n".encode() + "太郎,株式会社\nBo,\n".encode("cp932")
    read = read_people(mixed)
    assert [row.name for row in read.rows] == ["花子", "Bo"]
    [bad] = read.rejected
    assert bad.row == 3
    assert "UTF-8" in bad.why.sentence


def test_a_score_for_reading_is_not_how_a_name_is_read() -> None:
    reading = read_people(b"name,reading\nAna,8\nBo,3\n")
    assert reading.rows[0].custom == {"reading": "8"}
    assert "kept as a custom field" in str(reading.notes[0])


SOME_REAL = b"""\
external_id,wave,side,name,field,career,interests,sports,tvsports,exercise,dining,museums,art,\
hiking,gaming,clubbing,reading,tv,theater,movies,concerts,music,shopping,yoga
p001,1,A,Attendee 001,Law,,concerts; film; dining out; music; playing sports; television; \
exercise; shopping,9,2,8,9,1,1,5,1,5,6,9,1,10,10,9,8,1
p004,1,A,Attendee 004,Law,Lawyer,theatre; concerts; yoga,1,1,6,7,6,7,7,5,7,7,7,9,7,8,7,1,8
"""
"""Two of the 377 people of the real evenings, for where the whole file is not at hand."""


def test_the_real_people_import_as_they_are() -> None:
    data = REAL.read_bytes() if REAL.exists() else SOME_REAL
    reading = read_people(data)
    assert len(reading.rows) == data.count(b"\n") - 1
    assert not reading.rejected
    first = reading.rows[0]
    assert (first.name, first.external_id) == ("Attendee 001", "p001")
    assert first.interests
    assert len(first.interests) == 8
    assert first.custom["reading"] == "6"


# Whom rows make or change


def planned(data: str, *existing: Attendee) -> dict[int, tuple[str, bool]]:
    plan = plan_import(read_people(data.encode()), existing)
    return {landing.row: (landing.attendee.id, landing.created) for landing in plan.landings}


ANA = Attendee(id="a1", name="Ana", email="ana@example.org", external_id="x1", title="Engineer")


def test_a_row_updates_by_external_id_else_by_email() -> None:
    data = "name,email,external_id\nAnna,new@example.org,x1\n"
    assert planned(data, ANA) == {2: ("a1", False)}
    assert planned("name,email\nAnna,ANA@example.org\n", ANA) == {2: ("a1", False)}
    [(id, created)] = planned("name,email,external_id\nAl,ana@example.org,x2\n", ANA).values()
    assert created, "two people may share an address if their external ids differ"
    assert id != "a1"


def test_what_a_row_leaves_out_stays() -> None:
    plan = plan_import(read_people(b"name,email,title\nAnna,ana@example.org,\n"), [ANA])
    assert plan.landings[0].attendee.title == "Engineer"
    assert plan.landings[0].attendee.name == "Anna"


def test_a_second_row_with_the_same_address_updates_the_first_and_says_so() -> None:
    plan = plan_import(read_people(b"name,email,title\nA,a@x.org,One\nB,A@x.org,Two\n"), [])
    first, second = plan.landings
    assert (first.created, second.created) == (True, False)
    assert first.attendee.id == second.attendee.id
    assert second.attendee.name == "B"
    assert [str(note) for note in plan.notes] == [
        "Row 3 has the same e-mail address as row 2 and updates it."
    ]


def test_many_repeated_rows_are_told_as_a_number() -> None:
    rows = "".join(f"Ana {n},a@x.org\n" for n in range(1000))
    plan = plan_import(read_people(("name,email\n" + rows).encode()), [])
    assert len(plan.landings) == 1000
    assert plan.landings[-1].attendee.name == "Ana 999"
    assert str(plan.notes[-1]) == "Another 979 rows repeat earlier ones and update them."


def test_companions_are_found_by_any_name_and_unknown_ones_named() -> None:
    data = "name,external_id,sits_with\nEmre,e1,\nAida,e2,e1\nIris,,Emre\nBo,b,nobody\nCy,c,b\n"
    plan = plan_import(read_people(data.encode()), [])
    emre = plan.landings[0].attendee
    assert [landing.attendee.sits_with for landing in plan.landings] == ["", emre.id, emre.id]
    assert [(named.row, str(named.why)) for named in plan.rejected] == [
        (5, "“nobody”, whom this person sits with, is not known."),
        (6, "“b”, whom this person sits with, is not known."),
    ]


def test_wishes_become_people_by_any_name_and_others_wait_for_theirs() -> None:
    data = (
        "name,email,external_id,organisation,wishes\n"
        "Ana,ana@example.org,,Tokei,ＢＯ;x9;Nadia;Tokei;ana@example.org\n"
        "Bo,,b,Acme,ANA@example.org;acme\nChidi,,x9,,Twin\nTwin,,t1,,\nTwin,,t2,,\n"
    )
    plan = plan_import(read_people(data.encode()), [])
    ana, bo, chidi, *_ = (landing.attendee for landing in plan.landings)
    assert ana.wishes == (bo.id, chidi.id, "Nadia", "Tokei")
    assert bo.wishes == (ana.id, "acme")
    assert chidi.wishes == ("Twin",), "two people have this name, so it is nobody's"
    assert [str(note).split(",")[0] for note in plan.notes] == ["“Nadia”", "“Twin”"]
    later = plan_import(read_people(b"name,wishes\nNadia,Bo\n"), [ana, bo, chidi])
    assert [landing.attendee.wishes for landing in later.landings] == [(bo.id,)]


@pytest.mark.parametrize(
    ("written", "new"), [("Yes", True), ("はい", True), ("ｘ", True), ("NO", False), ("", False)]
)
def test_first_timers_say_so_in_a_word(written: str, new: bool) -> None:
    plan = plan_import(read_people(f"name,First timer\nAna,{written}\n".encode()), [])
    assert plan.landings[0].attendee.first_timer is new


def test_a_row_without_a_name_updates_but_does_not_create() -> None:
    plan = plan_import(read_people(b"name,email,title\n,ana@example.org,Boss\n,b@x.org,x\n"), [ANA])
    assert plan.landings[0].attendee.title == "Boss"
    assert [named.row for named in plan.rejected] == [3]


def test_a_name_of_marks_that_nobody_sees_is_none() -> None:
    rows = "name,email\n\u200b\u2060,ana@example.org\n\u202e,c@example.org\n".encode()
    assert [named.row for named in plan_import(read_people(rows), [ANA]).rejected] == [2, 3]


# JSON


def test_people_come_as_json_too() -> None:
    reading = read_json(
        b'[{"name":"Ana","interests":["AI","tea"],"table":3,"shoe":37,"custom":{"hat":"m"}},'
        b'{"name":"Bo","interests":"AI;tea","languages":null},{"email":"x"},"Chidi",{"name":["x"]}]'
    )
    ana, bo = reading.rows
    assert (ana.interests, ana.table, ana.custom) == (("AI", "tea"), 3, {"shoe": "37", "hat": "m"})
    assert (bo.interests, bo.languages) == (("AI", "tea"), ())
    assert reasons(reading) == [
        (3, "“x” is not an e-mail address."),
        (4, "It is not an object with a “name”."),
        (5, "The field “name” must be a text."),
    ]


@pytest.mark.parametrize("data", [b"", b"{", b"3", b'{"name":"Ana"}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read_json(data)
    assert refused.value.code == "bad-json"


def test_a_row_never_lands_on_somebody_who_took_anothers_address() -> None:
    """Anybody may give an address as their own; an import must not then overwrite the wrong one."""
    there = [
        Attendee(id="a1", name="Mallory", email="ana@example.org"),
        Attendee(id="a2", name="Ana", email="Ana@example.org", external_id="7"),
    ]
    by_address = plan_import(read_people(b"name,email,phone\nAna,ana@example.org,1\n"), there)
    assert by_address.landings == ()
    assert [named.row for named in by_address.rejected] == [2]
    by_id = plan_import(read_people(b"name,email,external_id\nAna,ana@example.org,7\n"), there)
    assert [landing.attendee.id for landing in by_id.landings] == ["a2"]


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_is_read_whatever_its_file_is_called() -> None:
    data = workbook(
        ["氏名", "電話番号", "", "興味"], ["髙橋 花子", 9012345678, None, "茶;AI"], [], ["Bo"]
    )
    reading = read_people(data)
    assert [(row.row, row.name) for row in reading.rows] == [(2, "髙橋 花子"), (4, "Bo")]
    assert (reading.rows[0].phone, reading.rows[0].interests) == ("9012345678", ("茶", "AI"))
    assert str(reading.notes[0]) == "The sheet “Sheet” of an Excel workbook was read."


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 is no zip", "unreadable-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an .xls", "old-workbook"),
        (workbook(), "empty-file"),
    ],
)
def test_a_workbook_that_cannot_be_read_says_what_to_do(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_people(data)
    assert refused.value.code == code


def test_a_workbook_with_entities_is_refused_before_they_grow() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(Unreadable, match="no Excel workbook"):
        read_people(file.getvalue())


def test_columns_are_chosen_by_hand_where_a_title_says_nothing() -> None:
    data = b"who,name,secret,email\nAna,ana-nick,shh,ana@example.org\n"
    [row] = read_people(data, {0: "name", 1: CUSTOM, 2: LEFT_OUT}).rows
    assert (row.name, row.email) == ("Ana", "ana@example.org")
    assert row.custom == {"name": "ana-nick"}


def test_the_same_landing_twice_makes_nobody_twice() -> None:
    reading = read_people(b"name\nAna\nBo\n")
    first = plan_import(reading, (), lambda row: f"r{row}")
    again = plan_import(reading, [one.attendee for one in first.landings], lambda row: f"r{row}")
    assert [one.created for one in first.landings] == [True, True]
    assert [(one.created, one.attendee) for one in again.landings] == [
        (False, one.attendee) for one in first.landings
    ]
