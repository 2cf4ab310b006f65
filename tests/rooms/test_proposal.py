"""The proposal in the hosts' hands (rules 2 and 15)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rooms import messages as m
from rooms.board import board
from rooms.commands import (
    Block,
    ChangeEvent,
    Pin,
    ProposeRound,
    Relax,
    Reshuffle,
    StartRound,
    Swap,
    Undo,
)
from rooms.deciding import ORGANISER
from rooms.matching.solving import solve_wanted
from rooms.matching.wanted import wanted
from rooms.people import Attendee, Mode, Role
from rooms.programme import Allow
from tests.rooms.evenings import Evening

FOUR = ("ana", "bo", "chidi", "hana")
EIGHT = (*FOUR, "ines", "jun", "kofi", "lena")


def proposed(*names: str) -> Evening:
    """An evening with a proposal of rooms of four, in the order people came."""
    evening = Evening()
    evening.comes("dana", *names)
    evening.offers([names[i : i + 4] for i in range(0, len(names), 4)], repeats=0)
    return evening


def rooms_of(evening: Evening) -> list[set[str]]:
    proposal = evening.event.proposal
    assert proposal is not None
    return [set(ids) for ids in proposal.rooms]


def test_two_people_swap_and_their_rooms_are_kept_so() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Swap(a="ana", b="ines"))
    assert rooms_of(evening) == [{"ines", "bo", "chidi", "hana"}, {"ana", "jun", "kofi", "lena"}]
    assert wanted(evening.event, evening.register, evening.now) is None, "nothing is left to solve"
    evening.asks("dana", StartRound())
    assert evening.event.people["ana"].seat == evening.event.people["jun"].seat


def test_a_pinned_room_stays_while_the_rest_is_drawn_anew() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Pin(room="1"))
    evening.asks("dana", Reshuffle())
    asked = wanted(evening.event, evening.register, evening.now)
    assert asked is not None
    assert {person.id for person in asked.people} == set(EIGHT[4:])
    evening.offers([EIGHT[4:]], repeats=0)
    assert rooms_of(evening) == [set(FOUR), set(EIGHT[4:])]
    shown = board(evening.event, evening.register).parts.proposal
    assert isinstance(shown, m.Proposal)
    assert [(room.id, room.pinned) for room in shown.seating] == [("1", True), ("2", False)]


def test_another_seating_is_another_one_however_few_people_there_are() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Reshuffle())
    asked = wanted(evening.event, evening.register, evening.now)
    assert asked is not None
    offer = solve_wanted(asked, 1.0, 1, steps=100)
    assert {frozenset(ids) for ids in offer.rooms} != {frozenset(FOUR), frozenset(EIGHT[4:])}


def test_people_pinned_together_come_into_one_room() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Pin(people=("ana", "ines")))
    assert {"ana", "ines"} <= rooms_of(evening)[0]
    evening.asks("dana", Pin(people=("bo",), room="2"))
    assert "bo" in rooms_of(evening)[1]


def test_pins_are_let_go_of_by_an_empty_pin_and_by_the_round() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Pin(room="1"))
    evening.asks("dana", Pin())
    assert evening.event.pinned == ()
    evening.asks("dana", Pin(room="1"))
    evening.asks("dana", StartRound())
    assert evening.event.pinned == ()


def test_who_is_gone_is_taken_out_of_a_pinned_room() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Pin(room="1"))
    evening.drops("ana")
    evening.passes(21)
    evening.offers([EIGHT[4:]], repeats=0)
    assert rooms_of(evening)[0] == {"bo", "chidi", "hana"}


def test_a_block_keeps_a_swap_from_happening_and_is_not_named() -> None:
    evening = proposed(*EIGHT)
    evening.asks("ana", Block(about="jun"))
    evening.offers([FOUR, EIGHT[4:]], repeats=0)
    assert evening.refuses("dana", Swap(a="ana", b="ines")) == "private"
    assert rooms_of(evening)[0] == set(FOUR)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Swap(a="ana", b="bo"), "already-there"),
        (Swap(a="ana", b="dana"), "not-seated"),
        (Pin(room="9"), "unknown-room"),
        (Pin(people=("dana",)), "not-seated"),
        (Pin(people=("ines", "jun", "kofi"), room="1"), "room-full"),
        (ProposeRound(size=40), "bad-size"),
        (Undo(), "nothing-to-undo"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_code(command: Swap, code: str) -> None:
    evening = proposed(*EIGHT)
    assert evening.refuses("dana", command) == code
    assert evening.refuses("ana", command) == "not-allowed"


def test_without_a_proposal_there_is_nothing_to_change() -> None:
    evening = Evening()
    evening.comes("dana", *FOUR)
    assert evening.refuses("dana", Reshuffle()) == "no-proposal"


def test_overrides_hold_for_the_next_round_only() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", ProposeRound(seconds=90, size=3, prompt="What did you make?"))
    asked = wanted(evening.event, evening.register, evening.now)
    assert asked is not None
    assert asked.size == 3
    evening.offers([FOUR, EIGHT[4:]], repeats=0)
    evening.asks("dana", StartRound())
    room = evening.last("ana", m.Room)
    assert room.ends_at is not None
    assert (room.ends_at - room.starts_at, room.prompt) == (90_000, "What did you make?")
    assert evening.event.asked is None


def test_an_offer_solved_before_a_pin_is_stale_and_seats_nobody_twice() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Pin(room="1"))
    late = evening.offer([FOUR, EIGHT[4:]], repeats=0)
    assert evening.refuses("server", late) == "stale-offer"
    assert rooms_of(evening) == [set(FOUR), set(EIGHT[4:])]


# What gives way first (rule 6)


def test_what_a_host_lets_give_way_holds_for_the_next_round_and_is_drawn_anew() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Relax(allow=Allow.SIT_OUTS))
    asked = wanted(evening.event, evening.register, evening.now)
    assert asked is not None
    assert asked.allow is Allow.SIT_OUTS
    assert asked.standing == (), "all rooms are drawn anew"
    evening.offers([FOUR], sitting_out=EIGHT[4:], repeats=0)
    evening.asks("dana", StartRound())
    assert evening.event.gives_way is Allow.PROGRAMME


def test_what_gives_way_can_be_left_to_the_programme_again() -> None:
    evening = proposed(*EIGHT)
    assert evening.refuses("dana", Relax(allow=Allow.PROGRAMME)) == "already-there"
    evening.asks("dana", Relax(allow=Allow.REPEATS))
    evening.asks("dana", Relax(allow=Allow.PROGRAMME))
    assert evening.event.gives_way is Allow.PROGRAMME


def test_the_programme_may_say_what_gives_way_with_nobody_at_the_console() -> None:
    evening = proposed(*EIGHT)
    plan = replace(evening.event.plan, allow=Allow.SIT_OUTS)
    evening.asks(ORGANISER, ChangeEvent(plan=plan))
    asked = wanted(evening.event, evening.register, evening.now)
    assert asked is not None
    assert asked.allow is Allow.SIT_OUTS


# Pins of people


def test_people_kept_together_stay_while_their_roommates_are_drawn_anew() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Pin(people=("ana", "bo")))
    evening.asks("dana", Reshuffle())
    asked = wanted(evening.event, evening.register, evening.now)
    assert asked is not None
    assert {person.id for person in asked.people} == set(EIGHT)
    assert asked.together == (("ana", "bo"),)
    offer = solve_wanted(asked, 1.0, 1, steps=100)
    assert any({"ana", "bo"} <= set(ids) for ids in offer.rooms)


def test_one_person_or_one_room_is_let_go_of() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Pin(people=("ana", "bo")))
    evening.asks("dana", Pin(room="2"))
    evening.asks("dana", Pin(people=("bo",), keep=False))
    assert evening.event.together == (("ana",),)
    evening.asks("dana", Pin(room="2", keep=False))
    assert evening.event.pinned == ()


def test_an_offer_that_parts_people_kept_together_is_stale() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Pin(people=("ana", "bo")))
    assert evening.refuses("server", evening.offer([EIGHT[::2], EIGHT[1::2]])) == "stale-offer"


def test_two_people_of_whom_one_blocked_the_other_are_not_kept_together() -> None:
    evening = proposed(*EIGHT)
    evening.asks("ana", Block(about="jun"))
    evening.offers([FOUR, EIGHT[4:]], repeats=0)
    assert evening.refuses("dana", Pin(people=("ana", "jun"))) == "private"


def test_somebody_who_sits_out_is_swapped_in() -> None:
    evening = Evening()
    evening.comes("dana", *EIGHT)
    evening.offers([FOUR, EIGHT[4:7]], sitting_out=["lena"], repeats=0)
    evening.asks("dana", Swap(a="lena", b="ana"))
    assert rooms_of(evening)[0] == {"lena", "bo", "chidi", "hana"}
    assert evening.event.proposal is not None
    assert evening.event.proposal.sitting_out == ("ana",)


def test_nobody_is_pinned_to_another_table_than_the_one_they_are_fixed_at() -> None:
    evening = Evening(size=2, least=2)
    evening.adds(*(Attendee(id=n, name=n, mode=Mode.ON_SITE) for n in ("ana", "bo")))
    evening.adds(
        Attendee(id="emre", name="Emre", mode=Mode.ON_SITE, table=1),
        Attendee(id="fay", name="Fay", mode=Mode.ON_SITE, table=1),
        Attendee(id="gus", name="Gus", mode=Mode.ON_SITE, table=2),
        Attendee(id="hal", name="Hal", mode=Mode.ON_SITE, table=2),
    )
    evening.comes("dana")
    evening.on_site("ana", "bo", "emre", "fay", "gus", "hal")
    evening.offers([["emre", "fay"], ["gus", "hal"], ["ana", "bo"]], repeats=0)
    assert evening.refuses("dana", Pin(people=("emre",), room="2")) == "rule-broken"
    assert evening.refuses("dana", Swap(a="emre", b="ana")) == "rule-broken"


def test_an_assistant_goes_where_their_person_goes() -> None:
    evening = Evening()
    evening.comes("dana", *EIGHT)
    evening.adds(Attendee(id="iris", name="Iris", sits_with="ana"))
    evening.comes("iris")
    evening.offers([(*FOUR, "iris"), EIGHT[4:]], repeats=0)
    evening.asks("dana", Swap(a="ana", b="jun"))
    assert {"ana", "iris"} <= rooms_of(evening)[1]
    evening.asks("dana", Pin(people=("ana",), room="1"))
    assert {"ana", "iris"} <= rooms_of(evening)[0]


def test_an_unknown_person_is_neither_swapped_nor_pinned() -> None:
    evening = proposed(*EIGHT)
    assert evening.refuses("dana", Swap(a="ana", b="nobody")) == "unknown-person"
    assert evening.refuses("dana", Pin(people=("nobody",))) == "unknown-person"


# Two hosts at once


def two_hosts() -> Evening:
    """Returns an evening with a proposal of two fours, and a second host."""
    evening = Evening()
    evening.adds(Attendee(id="emre", name="Emre", role=Role.HOST))
    evening.comes("dana", "emre", *EIGHT)
    evening.offers([FOUR, EIGHT[4:]], repeats=0)
    return evening


def version(evening: Evening) -> int:
    """Returns the version of the proposal that hosts see."""
    shown = board(evening.event, evening.register).parts.proposal
    assert isinstance(shown, m.Proposal)
    return shown.version


@pytest.mark.parametrize(
    "late", [Swap(a="bo", b="jun"), Pin(room="1"), Pin(people=("bo",), room="2")]
)
def test_what_a_host_asked_of_a_seating_that_another_has_changed_is_overtaken(
    late: Swap | Pin,
) -> None:
    evening = two_hosts()
    seen = version(evening)
    evening.asks("dana", Swap(a="ana", b="ines", seen=version(evening)))
    after = rooms_of(evening)
    assert evening.refuses("emre", replace(late, seen=seen)) == "overtaken"
    assert rooms_of(evening) == after
    evening.asks("emre", replace(late, seen=version(evening)))


def test_a_host_in_a_hurry_is_not_overtaken_by_their_own_change() -> None:
    evening = two_hosts()
    seen = version(evening)
    evening.asks("dana", Swap(a="ana", b="ines", seen=seen))
    evening.asks("dana", Swap(a="bo", b="jun", seen=seen))
    assert rooms_of(evening)[0] == {"ines", "jun", "chidi", "hana"}
    evening.asks("emre", Swap(a="chidi", b="kofi"))
    assert evening.refuses("dana", Swap(a="bo", b="jun", seen=seen)) == "overtaken"
