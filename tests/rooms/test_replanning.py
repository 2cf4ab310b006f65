"""The programme changed while it runs; visits; links that end."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rooms import facts as f
from rooms import messages as m
from rooms.board import board
from rooms.commands import (
    ChangeEvent,
    ChangeProgramme,
    Command,
    EndLink,
    EndRound,
    Leave,
    Move,
    ProposeRound,
    Rejoin,
    RoundAsked,
    StartRound,
    Visit,
)
from rooms.deciding import ORGANISER
from rooms.lobby import where_may_speak
from rooms.matching.wanted import wanted
from rooms.people import Attendee, Role
from rooms.programme import Kind, planned_round
from tests.rooms.evenings import Evening, kinds, only

FOUR = ("ana", "bo", "chidi", "hana")
LONG = RoundAsked(seconds=600, size=3, least=2)
FLOOR = RoundAsked(kind=Kind.OPEN, seconds=0)


def talking() -> Evening:
    """Round 1 of 3 runs, with four people in a room."""
    evening = Evening(rounds=3)
    evening.comes("dana", *FOUR)
    evening.talking([FOUR])
    return evening


def revision(evening: Evening) -> int:
    """Returns the revision that the hosts' board shows."""
    shown = board(evening.event, evening.register).parts.programme
    assert isinstance(shown, m.ProgrammeView)
    return shown.revision


# The programme


def test_rounds_to_come_are_added_dropped_and_changed_and_everybody_hears() -> None:
    evening = talking()
    evening.asks("dana", ChangeProgramme(rounds=(LONG, FLOOR), revision=revision(evening)))
    told = evening.last("ana", m.PhaseChanged).programme
    assert told
    assert [(planned.kind, planned.seconds) for planned in told] == [
        ("matched", 480),
        ("matched", 600),
        ("open", 0),
    ]
    assert evening.last("ana", m.PhaseChanged).rounds == 3
    assert evening.event.log[-1].what == "programme-changed"


def test_the_round_that_runs_is_not_touched() -> None:
    evening = talking()
    before = (evening.event.starts_at, evening.event.ends_at, evening.event.plan.rounds[0])
    evening.asks("dana", ChangeProgramme(rounds=()))
    assert (evening.event.starts_at, evening.event.ends_at, evening.event.plan.rounds[0]) == before
    plan = evening.event.plan
    longer = replace(plan, rounds=(planned_round(seconds=900), *plan.rounds[1:]))
    assert evening.refuses("dana", ChangeEvent(plan=longer)) == "bad-field"


def test_of_two_hosts_changes_the_later_one_is_told_that_it_was_overtaken() -> None:
    evening = talking()
    evening.comes("dina")
    evening.asks(ORGANISER, ChangeEvent())
    seen = revision(evening)
    evening.asks("dana", ChangeProgramme(rounds=(LONG,), revision=seen))
    assert evening.refuses("dana", ChangeProgramme(rounds=(), revision=seen)) == "overtaken"
    evening.asks("dana", ChangeProgramme(rounds=(), revision=revision(evening)))


def test_a_change_that_the_next_round_overtook_is_refused() -> None:
    evening = talking()
    seen = revision(evening)
    evening.asks("dana", EndRound())
    evening.seated([FOUR])
    assert evening.refuses("dana", ChangeProgramme(rounds=(LONG,), revision=seen)) == "overtaken"


def test_a_round_that_is_called_cannot_be_changed_any_more() -> None:
    evening = Evening(rounds=2)
    evening.comes("dana", *FOUR)
    evening.asks("dana", StartRound())
    assert evening.event.called is not None
    assert evening.refuses("dana", ChangeProgramme(rounds=(LONG,))) == "already-called"
    assert evening.refuses("dana", ProposeRound(seconds=60)) == "already-called"
    plan = evening.event.plan
    changed = replace(plan, rounds=(planned_round(size=2), *plan.rounds[1:]))
    assert evening.refuses(ORGANISER, ChangeEvent(plan=changed)) == "already-called"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (RoundAsked(seconds=0), "bad-field"),
        (RoundAsked(size=4, most=3), "bad-field"),
        (RoundAsked(kind=Kind.PLENARY, stream_url="http://example.org/a"), "bad-field"),
        (RoundAsked(kind=Kind.PLENARY, stream_url="javascript:alert(1)"), "bad-field"),
        (RoundAsked(kind=Kind.TOPICS, topics=("\u200b",)), "bad-field"),
    ],
)
def test_a_round_that_cannot_be_held_is_refused_with_a_sentence(
    asked: RoundAsked, code: str
) -> None:
    assert talking().refuses("dana", ChangeProgramme(rounds=(asked,))) == code


def test_only_hosts_change_it() -> None:
    evening = talking()
    evening.adds(Attendee(id="heli", name="Heli", role=Role.HELPER))
    assert evening.refuses("ana", ChangeProgramme(rounds=())) == "not-allowed"
    assert evening.refuses("heli", ChangeProgramme(rounds=())) == "not-allowed"


def test_the_seating_worked_out_before_falls_with_the_round_it_was_for() -> None:
    evening = talking()
    evening.offers([["ana", "bo"], ["chidi", "hana"]])
    evening.asks("dana", ProposeRound(size=2))
    evening.asks("dana", ChangeProgramme(rounds=(LONG,)))
    assert (evening.event.proposal, evening.event.next_size) == (None, 3)
    asked = wanted(evening.event, evening.register, evening.now)
    assert asked is not None
    assert asked.size == 3
    evening.asks("dana", ChangeProgramme(rounds=(FLOOR,)))
    assert wanted(evening.event, evening.register, evening.now) is None


def test_prompts_and_streams_go_with_their_rounds() -> None:
    evening = talking()
    words = RoundAsked(prompt="What did you make?")
    stream = RoundAsked(kind=Kind.PLENARY, stream_url="https://example.org/tea")
    evening.asks("dana", ChangeProgramme(rounds=(words, stream)))
    assert evening.register.details.prompts == ("", "What did you make?", "")
    assert evening.register.details.streams == ("", "", "https://example.org/tea")


def test_after_the_last_round_another_one_can_be_added() -> None:
    evening = Evening(rounds=1, pause_between=30)
    evening.comes("dana", *FOUR)
    evening.talking([FOUR])
    evening.passes(600)
    assert evening.phase == "lobby"
    evening.asks("dana", ChangeProgramme(rounds=(FLOOR,)))
    assert kinds(evening.asks("dana", StartRound())) == ["SeatingFixed"]


# Visits (rule 14)


def visiting() -> Evening:
    evening = talking()
    evening.hushes()
    evening.asks("dana", Visit(room="r1-1"))
    return evening


def test_a_room_sees_the_host_come_and_go() -> None:
    evening = visiting()
    came = evening.last("ana", m.RoomPeople)
    assert ([card.id for card in came.joined], came.visiting) == (["dana"], ("dana",))
    assert [card.id for card in evening.last("dana", m.Room).people] == list(FOUR)
    room = evening.sees("bo").room
    assert room is not None
    assert [card.id for card in room.visitors] == ["dana"]
    evening.asks("dana", Visit())
    assert evening.last("ana", m.RoomPeople).left == ("dana",)
    assert evening.sees("dana").room is None


def test_a_visit_is_no_seat_and_no_encounter() -> None:
    evening = visiting()
    assert evening.event.rooms["r1-1"].people == FOUR
    evening.passes(120)
    assert not [key for key in evening.minutes() if "dana" in key]
    evening.passes_until(evening.event.ends_at)
    assert not [key for key in evening.event.met if "dana" in key]


def test_the_host_speaks_and_is_signalled_to_only_while_visiting() -> None:
    evening = visiting()
    assert where_may_speak(evening.event, "dana") == "r1-1"
    assert evening.event.are_roommates("dana", "ana")
    evening.asks("dana", Visit())
    assert where_may_speak(evening.event, "dana") == "lobby"
    assert not evening.event.are_roommates("dana", "ana")


@pytest.mark.parametrize(
    "ends", [("dana", EndRound()), ("dana", EndRound(room="r1-1")), ("dana", Leave())]
)
def test_a_visit_ends_with_its_room_and_with_the_host(ends: tuple[str, Command]) -> None:
    evening = visiting()
    happened = evening.asks(ends[0], ends[1])  # type: ignore[arg-type]
    assert only(happened, f.VisitEnded).room == "r1-1"
    assert evening.event.visits == {}


def test_a_visit_ends_when_the_host_drops_or_takes_a_seat() -> None:
    evening = visiting()
    evening.drops("dana")
    assert evening.last("ana", m.RoomPeople).left == ("dana",)
    evening.comes("dana")
    evening.asks("dana", Visit(room="r1-1"))
    evening.asks("dana", Rejoin())
    evening.asks("dana", Move(attendee="dana", room="r1-1"))
    assert evening.event.visits == {}
    assert evening.refuses("dana", Visit(room="r1-1")) == "already-there"


@pytest.mark.parametrize(
    ("by", "room", "code"),
    [
        ("ana", "r1-1", "not-allowed"),
        (ORGANISER, "r1-1", "not-allowed"),
        ("dana", "r9-9", "unknown-room"),
        ("dana", None, "already-there"),
    ],
)
def test_a_visit_that_cannot_be_is_refused(by: str, room: str | None, code: str) -> None:
    assert talking().refuses(by, Visit(room=room)) == code


# Links


def test_only_the_organiser_ends_a_link() -> None:
    evening = talking()
    assert evening.refuses("dana", EndLink(attendee="ana")) == "not-allowed"
    assert kinds(evening.asks(ORGANISER, EndLink(attendee="ana"))) == ["LinkEnded"]
    assert evening.event.people["ana"].link_ended_at == evening.now
