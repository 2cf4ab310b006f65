"""Keep in touch, cards, blocks, notes, stars (rules 13, 16 to 19): who may see what of whom."""

from __future__ import annotations

import pytest
from msgspec import json

from rooms import messages as m
from rooms.board import board
from rooms.commands import (
    Block,
    CloseEvent,
    Command,
    EndRound,
    GiveCard,
    KeepInTouch,
    Note,
    Profile,
    Rate,
    Report,
    SitOut,
    Unblock,
)
from rooms.contacts import MOST_REPORTS, fields_by_card, fields_by_yes, is_contact
from rooms.facts import Blocked, ContactMade, Unseated
from tests.rooms.evenings import Evening, kinds, only

DAY = 24 * 3600


def talk(evening: Evening | None = None) -> Evening:
    """Ana, Bo and Chidi talk; 花子 and Ines do in another room."""
    evening = evening or Evening()
    evening.comes("dana", "ana", "bo", "chidi", "hana", "ines")
    evening.talking([["ana", "bo", "chidi"], ["hana", "ines"]])
    evening.hushes()
    return evening


def fields(evening: Evening, viewer: str, about: str) -> dict[str, str]:
    """The contact fields of somebody that a viewer may see, beside the name."""
    seen = fields_by_yes(evening.event, evening.register, viewer, about)
    seen |= fields_by_card(evening.event, evening.register, viewer, about)
    return {name: value for name, value in seen.items() if name != "name"}


def everything_told(evening: Evening, name: str) -> bytes:
    """All that somebody was told, and all they may see now."""
    return json.encode((evening.heard[name], evening.sees(name)))


def both_say_yes(evening: Evening) -> None:
    evening.asks("ana", KeepInTouch(about="bo", fields=("email",)))
    evening.asks("bo", KeepInTouch(about="ana", fields=("phone", "link")))


# Keep in touch (rule 16)


def test_a_yes_is_quiet() -> None:
    evening = talk()
    evening.asks("ana", KeepInTouch(about="bo"))
    evening.passes(600)
    assert not evening.told("bo", m.Contact)
    assert not any(met.yes for met in evening.sees("bo").you.met)
    assert b"ana@example.org" not in everything_told(evening, "bo")


def test_when_both_said_yes_the_contact_is_made_at_the_end_of_the_round() -> None:
    evening = talk()
    both_say_yes(evening)
    evening.passes(479.9)
    assert not evening.told("ana", m.Contact)
    assert not evening.told("bo", m.Contact)
    assert only(evening.passes(0.1), ContactMade)
    assert is_contact(evening.event, "bo", "ana")
    assert evening.last("ana", m.Contact).card.id == "bo"


def test_each_sees_only_the_fields_that_the_other_chose() -> None:
    evening = talk()
    both_say_yes(evening)
    evening.passes(480)
    assert fields(evening, "ana", "bo") == {
        "phone": "+81-bo",
        "link": "https://example.org/bo",
    }
    assert fields(evening, "bo", "ana") == {"email": "ana@example.org"}
    assert b"bo@example.org" not in everything_told(evening, "ana")
    assert b"+81-ana" not in everything_told(evening, "bo")
    assert b"ana@" not in everything_told(evening, "chidi")


def test_a_yes_can_be_given_from_the_preview_on() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    assert evening.refuses("ana", KeepInTouch(about="bo")) == "not-met"
    evening.seated([["ana", "bo"]])
    assert kinds(evening.asks("ana", KeepInTouch(about="bo"))) == ["YesGiven"]


def test_a_yes_is_about_somebody_one_shares_or_has_shared_a_room_with() -> None:
    evening = talk()
    assert evening.refuses("ana", KeepInTouch(about="hana")) == "not-met"
    assert evening.refuses("ana", KeepInTouch(about="ana")) == "not-met"
    assert evening.refuses("ana", KeepInTouch(about="nobody")) == "unknown-person"
    evening.passes(490)
    assert evening.asks("ana", KeepInTouch(about="bo"))


def test_a_contact_that_arises_later_is_made_at_once() -> None:
    evening = talk()
    evening.asks("ana", KeepInTouch(about="bo"))
    evening.passes(490)
    happened = evening.asks("bo", KeepInTouch(about="ana"))
    assert kinds(happened) == ["YesGiven", "ContactMade"]


def test_without_choosing_fields_ones_own_choice_for_all_holds() -> None:
    evening = talk()
    evening.asks("ana", Profile(contact_fields=("link",)))
    evening.asks("ana", KeepInTouch(about="bo"))
    evening.asks("bo", KeepInTouch(about="ana"))
    evening.passes(490)
    assert fields(evening, "bo", "ana") == {"link": "https://example.org/ana"}


def test_a_contact_who_shows_no_field_is_still_a_contact() -> None:
    evening = talk()
    evening.asks("ana", KeepInTouch(about="bo", fields=()))
    evening.asks("bo", KeepInTouch(about="ana", fields=()))
    evening.passes(480)
    assert fields(evening, "bo", "ana") == {}
    assert evening.last("bo", m.Contact).fields, "an empty one would read as withdrawn"
    assert [contact.card.id for contact in evening.sees("bo").contacts] == ["ana"]


def test_saying_yes_again_changes_the_fields_and_the_other_sees_them_at_once() -> None:
    evening = talk()
    both_say_yes(evening)
    evening.passes(490)
    evening.asks("ana", KeepInTouch(about="bo", fields=("phone",)))
    assert fields(evening, "bo", "ana") == {"phone": "+81-ana"}
    assert "phone" in evening.last("bo", m.Contact).fields
    assert evening.asks("ana", KeepInTouch(about="bo", fields=("phone",))) == []


def test_a_no_and_a_yes_taken_back_in_time_are_never_shown() -> None:
    evening = talk()
    both_say_yes(evening)
    evening.asks("ana", KeepInTouch(about="bo", yes=False))
    assert evening.asks("chidi", KeepInTouch(about="ana", yes=False)) == []
    evening.passes(600)
    assert not evening.told("bo", m.Contact)
    assert not evening.told("ana", m.Contact)


def test_a_yes_taken_back_later_takes_the_fields_at_once() -> None:
    evening = talk()
    both_say_yes(evening)
    evening.passes(490)
    evening.hushes()
    evening.asks("ana", KeepInTouch(about="bo", yes=False))
    assert evening.last("bo", m.Contact).fields == {}
    assert evening.last("ana", m.Contact).fields == {}
    assert fields(evening, "bo", "ana") == fields(evening, "ana", "bo") == {}
    assert evening.sees("bo").contacts == ()


def test_a_yes_can_be_given_until_14_days_after_the_event() -> None:
    evening = talk()
    evening.asks("ana", KeepInTouch(about="bo"))
    evening.asks("dana", CloseEvent())
    evening.passes(30 + 14 * DAY)
    evening.asks("bo", KeepInTouch(about="ana"))
    assert is_contact(evening.event, "ana", "bo")
    evening.passes(1)
    assert evening.refuses("chidi", KeepInTouch(about="ana")) == "too-late"
    evening.asks("bo", KeepInTouch(about="ana", yes=False))
    assert not is_contact(evening.event, "ana", "bo"), "withdrawing stays possible"


def test_closing_the_event_reveals_what_its_rooms_held_back() -> None:
    evening = talk()
    both_say_yes(evening)
    evening.asks("dana", CloseEvent())
    assert only(evening.passes(30), ContactMade)


def test_a_room_ended_early_reveals_its_contacts() -> None:
    evening = talk()
    both_say_yes(evening)
    assert only(evening.asks("dana", EndRound(room="r1-1")), ContactMade)


def test_a_field_that_does_not_exist_is_refused() -> None:
    evening = talk()
    command = KeepInTouch(about="bo", fields=("birthday",))
    assert evening.refuses("ana", command) == "bad-field"


def test_a_changed_address_reaches_contacts_and_holders_of_the_card() -> None:
    evening = talk()
    both_say_yes(evening)
    evening.asks("ana", GiveCard(to="chidi", fields=("email",)))
    evening.passes(490)
    evening.asks("ana", Profile(email="new@example.org"))
    assert evening.last("bo", m.Contact).fields["email"] == "new@example.org"
    assert evening.last("chidi", m.CardGiven).fields["email"] == "new@example.org"


# Cards (rule 17)


def test_a_card_reaches_the_other_after_the_round_without_an_answer() -> None:
    evening = talk()
    evening.asks("ana", GiveCard(to="bo", fields=("email",)))
    evening.passes(479.9)
    assert not evening.told("bo", m.CardGiven)
    assert fields(evening, "bo", "ana") == {}
    evening.passes(0.1)
    assert evening.last("bo", m.CardGiven).fields["email"] == "ana@example.org"
    assert fields(evening, "bo", "ana") == {"email": "ana@example.org"}
    assert fields(evening, "ana", "bo") == {}


def test_a_card_for_the_room_reaches_everybody_in_it() -> None:
    evening = talk()
    evening.asks("ana", GiveCard(to="room", fields=("link",)))
    evening.passes(480)
    assert evening.told("bo", m.CardGiven)
    assert evening.told("chidi", m.CardGiven)
    assert not evening.told("hana", m.CardGiven)
    assert evening.refuses("ana", GiveCard(to="room", fields=("link",))) == "no-room"


def test_a_card_for_the_room_leaves_out_whom_one_has_blocked() -> None:
    evening = talk()
    evening.asks("ana", Block(about="bo"))
    evening.asks("ana", GiveCard(to="room", fields=("link",)))
    evening.passes(480)
    assert not evening.told("bo", m.CardGiven)
    assert evening.told("chidi", m.CardGiven)


def test_a_card_given_after_the_round_reaches_at_once() -> None:
    evening = talk()
    evening.passes(490)
    assert kinds(evening.asks("ana", GiveCard(to="bo", fields=("email",)))) == [
        "CardGiven",
        "CardReached",
    ]


def test_a_card_taken_back_loses_its_fields_at_once() -> None:
    evening = talk()
    evening.asks("ana", GiveCard(to="bo", fields=("email",)))
    evening.passes(490)
    evening.asks("ana", GiveCard(to="bo"))
    assert evening.last("bo", m.CardGiven).fields == {}
    assert fields(evening, "bo", "ana") == {}


def test_a_card_taken_back_in_time_never_shows() -> None:
    evening = talk()
    evening.asks("ana", GiveCard(to="bo", fields=("email",)))
    evening.asks("ana", GiveCard(to="bo"))
    evening.passes(600)
    assert not evening.told("bo", m.CardGiven)


def test_cards_are_for_people_met() -> None:
    evening = talk()
    assert evening.refuses("ana", GiveCard(to="hana", fields=("email",))) == "not-met"


def test_a_page_opened_anew_shows_the_cards_given() -> None:
    evening = talk()
    evening.asks("ana", GiveCard(to="bo", fields=("email",)))
    evening.passes(490)
    cards = [message for message in evening.sees("bo").then if isinstance(message, m.CardGiven)]
    assert [card.fields["email"] for card in cards] == ["ana@example.org"]


# Blocking (rule 13)


def test_blocking_is_quiet() -> None:
    evening = talk()
    evening.asks("ana", Block(about="bo"))
    assert not evening.heard["bo"]
    assert not evening.heard["dana"]
    assert [card.id for card in evening.last("ana", m.YouChanged).you.blocked] == ["bo"]
    seen = json.encode(board(evening.event, evening.register))
    assert b"block" not in seen


def test_blocking_and_leaving_is_one_press_and_reads_as_moved() -> None:
    evening = talk()
    happened = evening.asks("ana", Block(about="bo", leave=True))
    assert only(happened, Unseated).because == "moved"
    assert evening.last("bo", m.RoomPeople).moved == ("ana",)
    assert evening.last("bo", m.RoomPeople).left == ()
    assert evening.why("ana") == "moved"
    evening.passes(5)
    assert evening.mates("ana") == ["ana", "hana", "ines"]


def test_blocking_and_leaving_with_no_other_room_leads_to_the_lobby() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    evening.asks("ana", Block(about="bo", leave=True))
    evening.passes(100)
    assert evening.mates("ana") is None


def test_blocking_withdraws_yes_and_card() -> None:
    evening = talk()
    both_say_yes(evening)
    evening.asks("ana", GiveCard(to="bo", fields=("phone",)))
    evening.passes(490)
    assert set(fields(evening, "bo", "ana")) == {"email", "phone"}
    evening.asks("ana", Block(about="bo"))
    assert fields(evening, "bo", "ana") == {}
    assert evening.last("bo", m.Contact).fields == {}
    assert evening.last("bo", m.CardGiven).fields == {}


@pytest.mark.parametrize("by", ["ana", "bo"])
def test_no_contact_is_made_over_a_block_either_way(by: str) -> None:
    evening = talk()
    other = "bo" if by == "ana" else "ana"
    evening.asks(by, Block(about=other))
    both_say_yes(evening)
    evening.passes(490)
    assert not is_contact(evening.event, "ana", "bo")


def test_a_block_can_be_taken_back() -> None:
    evening = talk()
    evening.asks("ana", Block(about="bo"))
    evening.asks("ana", Unblock(about="bo"))
    both_say_yes(evening)
    evening.passes(490)
    assert is_contact(evening.event, "ana", "bo")
    assert evening.sees("ana").you.blocked == ()


def test_one_can_block_anybody_but_oneself_and_twice_is_once() -> None:
    evening = talk()
    assert evening.refuses("ana", Block(about="ana")) == "bad-field"
    evening.asks("ana", Block(about="ines"))
    assert not any(isinstance(x, Blocked) for x in evening.asks("ana", Block(about="ines")))


def test_a_report_goes_to_hosts_only() -> None:
    evening = talk()
    evening.asks("ana", Report(about="bo", text="He shouted."))
    assert not evening.heard["bo"]
    reports = board(evening.event, evening.register).parts.reports
    assert [(r.about, r.text) for r in reports or ()] == [("bo", "He shouted.")]
    assert b"shouted" not in everything_told(evening, "bo")


# Notes and stars (rule 19)


def test_notes_belong_to_their_writer() -> None:
    evening = talk()
    evening.asks("ana", Note(about="bo", text="Likes tea."))
    evening.asks("ana", Note(about="bo", next_step="Write on Monday."))
    mine = next(met for met in evening.sees("ana").you.met if met.card.id == "bo")
    assert (mine.text, mine.next_step) == ("Likes tea.", "Write on Monday.")
    for name in ("bo", "chidi", "dana"):
        assert b"Likes tea" not in everything_told(evening, name)
    assert evening.refuses("ana", Note(about="hana", text="?")) == "not-met"


def test_stars_are_for_the_round_one_was_in() -> None:
    evening = talk()
    evening.asks("ana", Rate(stars=5))
    evening.asks("ana", Rate(stars=4))
    assert evening.event.ratings == {("ana", 1): 4}
    assert not evening.heard["bo"]
    evening.asks("ines", SitOut())
    evening.comes("jun")
    assert evening.asks("ines", Rate(stars=3))
    assert evening.refuses("jun", Rate(stars=3)) == "no-room"


def test_stars_can_be_given_later_and_their_giver_sees_them_again() -> None:
    evening = talk()
    evening.passes(600)
    evening.asks("ana", Rate(stars=2, round=1))
    assert evening.sees("ana").you.rated == {1: 2}
    assert evening.sees("bo").you.rated == {}
    assert evening.refuses("ana", Rate(stars=2, round=7)) == "no-room"


# Nobody else (rule 18)


@pytest.mark.parametrize(
    "command",
    [
        KeepInTouch(about="bo"),
        GiveCard(to="bo", fields=("email", "phone", "link")),
        Block(about="bo"),
        Note(about="bo", text="secret"),
        Rate(stars=1),
    ],
)
def test_nobody_else_learns_of_it(command: Command) -> None:
    evening = talk()
    evening.asks("ana", command)  # type: ignore[arg-type]
    for name in ("bo", "chidi", "hana", "dana"):
        assert not evening.heard[name]
    evening.passes(600)
    for name in ("chidi", "hana", "dana"):
        told = everything_told(evening, name)
        for private in (b'"ana@example.org', b"+81-ana", b"example.org/ana", b"secret"):
            assert private not in told


def test_a_room_shows_cards_without_contact_fields() -> None:
    evening = talk()
    room = json.encode(evening.sees("ana").room)
    assert b"Bo" in room
    assert b"example.org" not in room
    assert b"+81" not in room


def test_nobody_fills_the_board_with_reports() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    for _ in range(MOST_REPORTS):
        evening.asks("ana", Report(about="bo", text="He shouted."))
    assert evening.refuses("ana", Report(about="bo")) == "too-many"
    assert evening.asks("chidi", Report(about="bo")), "others still can"
