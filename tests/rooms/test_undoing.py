"""Undo: the latest change of seats, or the closing, taken back within 30 s (rule 15)."""

from __future__ import annotations

from rooms import messages as m
from rooms.board import touches
from rooms.commands import (
    Block,
    CloseEvent,
    EndRound,
    Move,
    Pin,
    Relax,
    Reshuffle,
    StartRound,
    Swap,
    Unblock,
    Undo,
)
from rooms.matching.wanted import wanted
from rooms.people import Attendee, Role
from rooms.programme import Allow
from rooms.undoing import undo_views
from tests.rooms.evenings import Evening
from tests.rooms.test_proposal import EIGHT, FOUR, proposed, rooms_of


def test_a_swap_can_be_undone_for_thirty_seconds_by_who_made_it() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Swap(a="ana", b="ines"))
    evening.passes(30)
    evening.asks("dana", Undo())
    assert rooms_of(evening)[0] == set(FOUR)
    assert evening.event.pinned == ()
    assert evening.refuses("dana", Undo()) == "nothing-to-undo"
    evening.asks("dana", Swap(a="ana", b="ines"))
    evening.passes(30.1)
    assert evening.refuses("dana", Undo()) == "too-late"


def test_the_closing_can_be_undone_until_it_takes_effect_by_who_asked_for_it() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", CloseEvent())
    evening.passes(29)
    assert evening.refuses("organiser", Undo()) == "nothing-to-undo"
    evening.asks("dana", Undo())
    assert evening.last("ana", m.PhaseChanged).closes_at is None
    evening.passes(60)
    assert evening.phase == "lobby", "the evening goes on"
    evening.asks("dana", CloseEvent())
    evening.passes(31)
    assert evening.phase == "ended"


def test_a_second_host_who_closes_the_event_reads_that_it_closes_already() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", CloseEvent())
    assert evening.refuses("organiser", CloseEvent()) == "already-closing"
    assert evening.asks("dana", CloseEvent()) == [], "the same press again is none"


def test_whatever_a_host_does_after_it_the_closing_can_be_undone_until_it_takes_effect() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", CloseEvent())
    evening.asks("dana", StartRound())
    evening.asks("dana", Move(attendee="ana", room=evening.event.people["jun"].seat or ""))
    assert [(one.by, one.closing) for one in undo_views(evening.event)] == [
        ("dana", False),
        ("dana", True),
    ]
    assert evening.refuses("organiser", Undo(closing=True)) == "nothing-to-undo"
    evening.asks("dana", Undo(closing=True))
    assert evening.event.closes_at is None
    assert evening.refuses("dana", Undo(closing=True)) == "nothing-to-undo"
    evening.asks("dana", Undo())
    assert evening.event.people["ana"].seat == evening.event.people["bo"].seat
    evening.passes(60)
    assert evening.phase == "round"


def test_an_undo_after_a_newer_proposal_comes_too_late() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Swap(a="ana", b="ines"))
    evening.asks("dana", Pin())
    evening.offers([EIGHT[4:], FOUR], repeats=0)
    assert evening.refuses("dana", Undo()) == "too-late"


def test_a_move_can_be_undone_and_minutes_stay() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", StartRound())
    evening.passes_until(evening.event.starts_at)
    evening.passes(60)
    home, other = evening.event.people["ana"].seat, evening.event.people["jun"].seat
    assert home
    assert other
    evening.asks("dana", Move(attendee="ana", room=other))
    evening.passes(10)
    evening.asks("dana", Undo())
    assert evening.event.people["ana"].seat == home
    evening.asks("dana", Move(attendee="ana", room="lobby"))
    evening.asks("dana", Undo())
    assert evening.event.people["ana"].seat == home


def test_a_move_is_not_undone_once_something_else_touched_the_rooms() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", StartRound())
    evening.passes_until(evening.event.starts_at)
    home, other = evening.event.people["ana"].seat, evening.event.people["jun"].seat
    assert home
    assert other
    evening.asks("dana", Move(attendee="ana", room=other))
    evening.asks("bo", Block(about="chidi", leave=True))
    assert evening.refuses("dana", Undo()) == "too-late"
    evening.asks("dana", Move(attendee="ana", room=home))
    evening.asks("dana", EndRound(room=other))
    assert evening.refuses("dana", Undo()) == "too-late"


def test_an_undo_brings_nobody_back_to_whom_they_were_blocked_by_meanwhile() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Swap(a="ana", b="ines"))
    evening.asks("bo", Block(about="ana"))
    assert evening.refuses("dana", Undo()) == "private", "Bo and Ana were to share a room"
    evening.asks("bo", Unblock(about="ana"))
    evening.asks("dana", Undo())
    evening.asks("dana", StartRound())
    evening.passes_until(evening.event.starts_at)
    evening.asks("dana", Move(attendee="ana", room=evening.event.people["jun"].seat or ""))
    evening.asks("bo", Block(about="ana"))
    assert since(evening) == [("dana", "")], "the board gives no block away"
    assert evening.refuses("dana", Undo()) == "private"


def since(evening: Evening) -> list[tuple[str, str]]:
    return [(one.by, one.since) for one in undo_views(evening.event)]


def test_hosts_see_as_soon_as_something_else_prevents_an_undo() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Swap(a="ana", b="ines"))
    assert since(evening) == [("dana", "")]
    evening.asks("organiser", Pin(room="1"))
    assert since(evening) == [("dana", "proposal"), ("organiser", "")]
    evening.asks("dana", StartRound())
    assert since(evening) == []
    assert "undo" in touches(evening.event, evening.journal[-1])[1], "what was proposed has begun"
    evening.passes_until(evening.event.starts_at)
    evening.asks("dana", Move(attendee="ana", room=evening.event.people["bo"].seat or ""))
    assert since(evening)[0] == ("dana", "")
    evening.drops("ana")
    assert since(evening)[0] == ("dana", "rooms")
    assert touches(evening.event, evening.journal[-1])[1] >= {"undo", "pool"}, "boards are told"
    assert evening.refuses("dana", Undo()) == "too-late"
    evening.comes("ana")
    evening.asks("dana", Undo())
    assert since(evening) == []
    evening.passes(31)
    evening.drops("bo")
    assert "undo" not in touches(evening.event, evening.journal[-1])[1], "it is over for all"


def test_a_relaxation_is_undone_with_the_seating_it_brought() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Relax(allow=Allow.SIT_OUTS))
    evening.offers([FOUR], sitting_out=EIGHT[4:], repeats=0)
    evening.asks("dana", Undo())
    assert evening.event.gives_way is Allow.PROGRAMME
    assert rooms_of(evening) == [set(FOUR), set(EIGHT[4:])]
    assert wanted(evening.event, evening.register, evening.now) is None


def test_another_draw_is_undone_with_the_seating_it_brought() -> None:
    evening = proposed(*EIGHT)
    evening.asks("dana", Reshuffle())
    evening.offers([EIGHT[::2], EIGHT[1::2]], repeats=0)
    evening.asks("dana", Undo())
    assert rooms_of(evening) == [set(FOUR), set(EIGHT[4:])]
    assert wanted(evening.event, evening.register, evening.now) is None


def test_a_relaxation_is_not_undone_after_another_host_did_something() -> None:
    evening = proposed(*EIGHT)
    evening.adds(Attendee(id="dina", name="Dina", role=Role.HOST))
    evening.asks("dana", Relax(allow=Allow.REPEATS))
    evening.asks("dina", Swap(a="ana", b="ines"))
    assert evening.refuses("dana", Undo()) == "too-late"
