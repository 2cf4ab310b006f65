"""Profiles, consent, erasure, and how tags are compared (rules 7, 20, 21)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace

from rooms import messages as m
from rooms.commands import (
    AddAttendees,
    Announce,
    AnswerCall,
    CallHost,
    ChooseShown,
    CloseEvent,
    Erase,
    GiveCard,
    GiveConsent,
    KeepInTouch,
    Note,
    Profile,
    Remove,
    Report,
)
from rooms.deciding import ORGANISER, SERVER
from rooms.facts import ConsentGiven, Erased, HostCalled
from rooms.people import (
    Attendee,
    Consent,
    Mode,
    Role,
    Text,
    card,
    consent_key,
    normalise,
    shared_interests,
)
from rooms.synonyms import meanings
from tests.rooms.evenings import Evening, kinds, only


@pytest.mark.parametrize(
    ("written", "compared"),
    [("AI", "ai"), ("  ai ", "ai"), ("ＡＩ", "ai"), ("ﾃﾆｽ", "テニス"), ("Straße", "strasse")],
)
def test_tags_are_compared_without_width_case_and_white_space(written: str, compared: str) -> None:
    assert normalise(written) == compared


def test_shared_interests_are_worded_as_the_first_person_wrote_them() -> None:
    people = [
        Attendee(id="ana", name="Ana", interests=("Ｔｅａ", "Go", "")),
        Attendee(id="bo", name="Bo", interests=("tea", "rain", "")),
        Attendee(id="chidi", name="Chidi", interests=("TEA", "Rain", "rain")),
    ]
    tea, rain = shared_interests(people)
    assert (tea.people, tea.interests) == (("ana", "bo", "chidi"), ("Ｔｅａ",))
    assert (rain.people, rain.interests) == (("bo", "chidi"), ("rain",))


def test_everybody_keeps_their_own_word_for_what_they_share() -> None:
    people = [
        Attendee(id="ana", name="Ana", interests=("AI", "tea")),
        Attendee(id="hanako", name="花子", interests=("お茶", "機械学習")),
        Attendee(id="bo", name="Bo", interests=("tea", "人工知能", "AI")),
    ]
    same = meanings((("AI", "人工知能", "機械学習"), ("tea", "お茶")))
    (one,) = shared_interests(people, same)
    assert one.people == ("ana", "hanako", "bo")
    assert one.interests == ("AI", "tea")
    assert one.own == {"hanako": ("機械学習", "お茶"), "bo": ("人工知能", "tea")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("❤", "❤\ufe0f"),
        ("tea", "\u200ftea\u200b"),
        ("מוזיקה", "\u2067מוזיקה\u2069"),
        ("ǰazz", "J̌azz"),
        ("株式会社", "㍿"),
    ],
)
def test_marks_that_nobody_sees_make_no_other_tag(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_flags_are_not_all_the_same() -> None:
    england, scotland = (
        "\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in code) + "\U000e007f"
        for code in ("gbeng", "gbsct")
    )
    assert normalise(england) != normalise(scotland)


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(written: str) -> None:
    once = normalise(written)
    assert normalise(once) == once


def test_a_card_has_no_contact_field() -> None:
    someone = Attendee(id="ana", name="Ana", email="a@b.c", phone="1", link="https://d.e")
    frame = json.encode(card(someone))
    for value in (b"a@b.c", b'"1"', b"https"):
        assert value not in frame


# Profiles


def test_one_changes_ones_own_fields_and_those_left_out_stay() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.asks("ana", Profile(title="Dr", interests=("tea",)))
    profile = evening.register.attendee("ana")
    assert (profile.title, profile.interests, profile.email) == ("Dr", ("tea",), "ana@example.org")
    assert evening.asks("ana", Profile(title="Dr")) == []
    assert evening.refuses("ana", Profile(name="  ")) == "bad-field"


def test_what_one_types_about_oneself_is_tidied_as_an_import_tidies_it() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.asks("ana", Profile(name=" A\x00na\x1b ", interests=("", " tea", "tea ", "\u3000")))
    profile = evening.register.attendee("ana")
    assert (profile.name, profile.interests) == ("Ana", ("tea",))
    assert evening.refuses("ana", Profile(name="\u200b\u2060")) == "bad-field"


def test_a_link_is_a_web_address_and_nothing_that_runs() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.asks("ana", Profile(link="example.org/ana"))
    assert evening.register.attendee("ana").link == "https://example.org/ana"
    for link in (
        "javascript:alert(1)",
        "data:text/html,x",
        "nowhere",
        "javascript://a.b/%0aalert()",
    ):
        assert evening.refuses("ana", Profile(link=link)) == "bad-field", link
    evening.asks("ana", Profile(link=""))
    assert evening.register.attendee("ana").link == ""


def test_a_list_compared_with_the_people_before_leaves_their_own_choices() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.asks("ana", Profile(organiser_may_export=("email",)))
    as_listed = replace(evening.register.attendee("ana"), title="Dr")
    evening.asks("ana", Profile(organiser_may_export=(), contact_fields=("link",)))
    evening.asks(ORGANISER, AddAttendees(people=(as_listed,)))
    ana = evening.register.attendee("ana")
    assert (ana.title, ana.organiser_may_export, ana.contact_fields) == ("Dr", (), ("link",))


def test_a_list_from_before_an_erasure_brings_nobody_back() -> None:
    evening = Evening()
    evening.comes("ana")
    as_listed = evening.register.attendee("ana")
    evening.asks(ORGANISER, Erase(attendee="ana"))
    command = AddAttendees(people=(as_listed,))
    assert evening.refuses(ORGANISER, command) == "unknown-person"
    assert not evening.register.has("ana")


def test_the_mode_changes_between_rounds() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.asks("ana", Profile(mode=Mode.ON_SITE))
    assert evening.event.people["ana"].mode is Mode.ON_SITE
    assert not evening.event.people["ana"].present, "on site begins with check-in"


def test_importing_again_changes_profiles_and_keeps_people() -> None:
    evening = Evening()
    evening.comes("ana")
    happened = evening.asks(
        ORGANISER, AddAttendees(people=(Attendee(id="ana", name="Ana B.", role=Role.HELPER),))
    )
    assert kinds(happened) == ["ProfileChanged"]
    assert not evening.event.people["ana"].takes_seat
    assert evening.event.people["ana"].connections


def test_fields_that_do_not_exist_are_refused() -> None:
    evening = Evening()
    evening.comes("ana")
    assert evening.refuses("ana", Profile(organiser_may_export=("birthday",))) == "bad-field"
    assert evening.refuses("ana", Profile(contact_fields=("birthday",))) == "bad-field"


def test_facts_about_people_hold_nothing_they_typed() -> None:
    evening = Evening()
    typed = Attendee(id="ana", name="NAME", email="MAIL", interests=("TAG",), segment="SEG")
    evening.adds(typed)
    evening.comes("ana", "bo")
    evening.asks("ana", Profile(title="TITLE", organisation="ORG"))
    evening.talking([["ana", "bo"]])
    evening.asks("ana", Note(about="bo", text="NOTE"))
    evening.asks("ana", CallHost(text="CALL"))
    evening.asks("ana", Report(about="bo", text="REPORT"))
    evening.asks("dana", Announce(text="SAID"))
    evening.asks("dana", Remove(attendee="bo", reason="REASON"))
    journal = json.encode(evening.journal)
    for word in ("NAME", "MAIL", "TAG", "SEG", "TITLE", "ORG", "NOTE", "CALL", "REPORT", "SAID"):
        assert word.encode() not in journal
    assert b"REASON" not in journal


# Consent (rule 20)


def test_each_consent_keeps_wording_version_instant_and_recipient() -> None:
    evening = Evening()
    evening.comes("ana")
    consent = Consent(
        attendee="ana",
        wording="We record who met whom.",
        version="1",
        at=evening.now,
        recipient="organiser",
        fields=("email",),
    )
    happened = evening.asks(ORGANISER, GiveConsent(consent=consent))
    assert only(happened, ConsentGiven).fields == ("email",)
    assert evening.register.rows[consent_key("ana", 0)] == consent
    assert evening.register.attendee("ana").organiser_may_export == ("email",)
    assert evening.register.attendee("ana").consent_version == "1"
    assert evening.event.consents["ana"] == ("1", 1)


def test_letting_the_organiser_export_fields_is_a_choice_that_is_kept_and_taken_back() -> None:
    evening = Evening()
    evening.comes("ana")
    assert evening.register.attendee("ana").organiser_may_export == ()
    evening.asks("ana", Profile(organiser_may_export=("email", "phone")))
    evening.passes(10)
    evening.asks("ana", Profile(organiser_may_export=()))
    kept = [evening.register.rows[consent_key("ana", i)] for i in range(2)]
    assert [row.fields for row in kept if isinstance(row, Consent)] == [("email", "phone"), ()]
    assert evening.register.attendee("ana").organiser_may_export == ()


def test_hearing_from_the_organiser_hands_over_the_address_and_is_kept_and_taken_back() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.asks("ana", Profile(organiser_may_export=("news",)))
    assert evening.register.attendee("ana").organiser_may_export == ("email", "news")
    evening.asks("ana", Profile(organiser_may_export=("email",)))
    kept = [evening.register.rows[consent_key("ana", i)] for i in range(2)]
    assert [row.fields for row in kept if isinstance(row, Consent)] == [
        ("email", "news"),
        ("email",),
    ]


# Erasure (rule 21)


def erased() -> Evening:
    """Ana has met Bo, became his contact, wrote and was written about; then she is erased."""
    evening = Evening()
    evening.comes("dana", "ana", "bo")
    evening.talking([["ana", "bo"]])
    evening.asks("ana", KeepInTouch(about="bo", fields=("email",)))
    evening.asks("bo", KeepInTouch(about="ana", fields=("email",)))
    evening.asks("ana", GiveCard(to="bo", fields=("phone",)))
    evening.asks("ana", Note(about="bo", text="ana wrote"))
    evening.asks("bo", Note(about="ana", text="about ana"))
    call = only(evening.asks("ana", CallHost(text="ana calls")), HostCalled).id
    evening.asks("dana", AnswerCall(call=call, text="ana, I come"))
    evening.asks("bo", Report(about="ana", text="ana shouts"))
    evening.passes(490)
    evening.hushes()
    evening.asks(ORGANISER, Erase(attendee="ana"))
    return evening


def test_erasure_leaves_no_row_about_the_person() -> None:
    evening = erased()
    rows = json.encode({key: repr(row) for key, row in evening.register.rows.items()})
    assert b"ana" not in rows.lower().replace(b"dana", b"")


def test_erasure_takes_contacts_and_cards_from_the_others_at_once() -> None:
    evening = erased()
    assert evening.last("bo", m.Contact).fields == {}
    assert evening.last("bo", m.CardGiven).fields == {}
    assert evening.sees("bo").contacts == ()
    assert not any(isinstance(message, m.CardGiven) for message in evening.sees("bo").then)


def test_erasure_leaves_the_others_minutes_with_somebody_unnamed() -> None:
    evening = erased()
    assert evening.together("ana", "bo") == 480
    (met,) = evening.sees("bo").you.met
    assert (met.card.name, met.seconds, met.text) == ("", 480, "")


def test_erasure_is_kept_as_an_instant_and_by_whom() -> None:
    evening = erased()
    assert evening.event.people["ana"].erased_at == evening.now
    again = Evening()
    again.comes("ana")
    assert only(again.asks("ana", Erase(attendee="ana")), Erased).by == "ana"


def test_erasure_reaches_what_others_wish_for_and_whom_they_sit_with() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo", "chidi")
    ana = Attendee(id="ana", name="Ana Silva", organisation="Tea Ltd", external_id="x-1")
    bo = Attendee(
        id="bo",
        name="Bo",
        organisation="Cup Ltd",
        wishes=("ana", "ＡＮＡ silva", "Tea Ltd", "Cup Ltd", "x-1", "chidi"),
        sits_with="ana",
    )
    evening.asks(ORGANISER, AddAttendees(people=(ana, bo)))
    evening.asks(ORGANISER, Erase(attendee="ana"))
    assert evening.register.attendee("bo").wishes == ("Cup Ltd", "chidi")
    assert evening.register.attendee("bo").sits_with == ""
    assert evening.event.people["bo"].sits_with == ""


def test_erasure_takes_every_row_named_after_the_person_of_kinds_yet_to_come_too() -> None:
    evening = erased()
    assert not any("ana" in key.split(":")[1:] for key in evening.register.rows)
    evening = Evening()
    evening.comes("ana", "bo")
    for key in ("q:ana:3", "z:bo:ana", "q:bo:3"):
        evening.register.write({key: Text(text=key)})
    evening.asks(ORGANISER, Erase(attendee="ana"))
    assert "q:bo:3" in evening.register.rows
    assert not {"q:ana:3", "z:bo:ana"} & set(evening.register.rows)


def test_a_choice_on_ones_page_is_kept_with_the_words_shown_and_agrees_to_nothing_else() -> None:
    evening = Evening()
    evening.comes("ana")
    choice = ChooseShown(
        organiser_may_export=("email",), wording="Only if", version="page-1", recipient="Tea"
    )
    evening.asks("ana", choice)
    kept = evening.register.rows[consent_key("ana", 0)]
    assert isinstance(kept, Consent)
    assert (kept.wording, kept.version, kept.recipient) == ("Only if", "page-1", "Tea")
    assert kept.fields == ("email",)
    assert evening.register.attendee("ana").consent_version == ""


def test_an_erased_person_is_nobody_any_more() -> None:
    evening = erased()
    assert evening.refuses("ana", Profile(title="Dr")) == "unknown-person"
    assert evening.refuses("bo", KeepInTouch(about="ana")) == "unknown-person"
    assert evening.refuses(ORGANISER, Erase(attendee="ana")) == "unknown-person"


def test_erasure_reaches_the_reason_of_a_removal() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.asks("dana", Remove(attendee="ana", reason="He shouted."))
    evening.asks(ORGANISER, Erase(attendee="ana"))
    assert "He shouted." not in repr(list(evening.register.rows.values()))


def test_erasure_during_a_round_gives_the_seat_up() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    evening.asks("ana", Erase(attendee="ana"))
    assert evening.mates("bo") == ["bo", "chidi"]
    assert evening.last("bo", m.RoomPeople).left == ("ana",)


def test_one_erases_oneself_and_nobody_else() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    assert evening.refuses("ana", Erase(attendee="bo")) == "not-allowed"


def test_after_the_end_nobody_joins_by_the_events_link() -> None:
    evening = Evening()
    evening.asks("dana", CloseEvent())
    evening.passes(30)
    late = AddAttendees(people=(Attendee(id="jun", name="Jun"),), by_event_link=True)
    assert evening.refuses(SERVER, late) == "event-over"
