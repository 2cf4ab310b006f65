"""Calls, announcements, removal and readmission (rules 13 and 14)."""

from __future__ import annotations

import pytest

from rooms import messages as m
from rooms.board import board
from rooms.commands import (
    AddAttendees,
    Announce,
    AnswerCall,
    CallHost,
    CallSeen,
    CheckIn,
    Connect,
    Readmit,
    Ready,
    Remove,
)
from rooms.deciding import ORGANISER, SERVER
from rooms.facts import Announced, HostCalled, Unseated
from rooms.hosting import MOST_CALLS
from rooms.lobby import where_may_speak
from rooms.people import Attendee, Mode, Role
from rooms.refusal import Refusal
from tests.rooms.evenings import Evening, only


def talk() -> Evening:
    """Ana, Bo and Chidi talk."""
    evening = Evening()
    evening.comes("dana", "ana", "bo", "chidi")
    evening.talking([["ana", "bo", "chidi"]])
    evening.hushes()
    return evening


def newcomer(name: str) -> AddAttendees:
    """Somebody who comes by the event's open link."""
    return AddAttendees(people=(Attendee(id=name, name=name.title()),), by_event_link=True)


# Calls


def test_a_call_stays_on_the_board_until_it_is_answered() -> None:
    evening = talk()
    call = only(evening.asks("ana", CallHost(text="No sound")), HostCalled).id
    (open_call,) = board(evening.event, evening.register).parts.calls or ()
    assert (open_call.sender, open_call.room, open_call.answered) == ("ana", "r1-1", None)
    evening.asks("dana", CallSeen(call=call))
    assert evening.last("ana", m.Call).seen
    assert evening.asks("dana", CallSeen(call=call)) == []
    evening.asks("dana", AnswerCall(call=call, text="Coming"))
    assert evening.last("ana", m.Call).answered == "Coming"
    assert evening.refuses("dana", AnswerCall(call=call)) == "already-answered"
    assert evening.refuses("dana", AnswerCall(call="t999")) == "no-call"


def test_calling_works_from_the_lobby_and_says_whether_a_host_is_here() -> None:
    evening = Evening()
    evening.comes("ana")
    evening.asks("ana", CallHost())
    assert evening.last("ana", m.Call).hosts_present == 0


def test_only_hosts_answer() -> None:
    evening = talk()
    call = only(evening.asks("ana", CallHost()), HostCalled).id
    assert evening.refuses("bo", AnswerCall(call=call)) == "not-allowed"
    assert evening.refuses("bo", CallSeen(call=call)) == "not-allowed"


# Announcements


def test_an_announcement_counts_whom_it_reached() -> None:
    evening = talk()
    evening.on_site("emre", phone=False)
    evening.drops("bo")
    said = only(evening.asks("dana", Announce(text="Cake!")), Announced)
    assert (said.reached, said.of) == (2, 4)


def test_an_announcement_to_a_room_counts_its_people() -> None:
    evening = talk()
    evening.comes("ines")
    said = only(evening.asks("dana", Announce(text="?", rooms=("r1-1", "r1-1"))), Announced)
    assert (said.reached, said.of) == (3, 3)


def test_announcements_are_for_hosts_and_for_rooms_that_are_open() -> None:
    evening = talk()
    assert evening.refuses("ana", Announce(text="!")) == "not-allowed"
    assert evening.refuses("dana", Announce(text="!", rooms=("r9-9",))) == "unknown-room"
    evening.passes(490)
    assert evening.refuses("dana", Announce(text="!", rooms=("r1-1",))) == "room-ended"


def test_one_writes_to_ones_room_or_the_lobby_and_not_while_waiting_for_a_yes() -> None:
    evening = talk()
    assert where_may_speak(evening.event, "ana") == "r1-1"
    evening.asks("dana", Remove(attendee="bo"))
    evening.asks(SERVER, newcomer("jun"))
    for name in ("bo", "jun", "nobody"):
        with pytest.raises(Refusal, match="cannot write"):
            where_may_speak(evening.event, name)
    evening.passes(490)
    assert where_may_speak(evening.event, "ana") == "lobby"


# Removing


def test_a_removed_person_loses_seat_and_connections_and_the_others_read_moved() -> None:
    evening = talk()
    assert only(evening.asks("dana", Remove(attendee="bo")), Unseated).because == "removed"
    assert evening.last("ana", m.RoomPeople).moved == ("bo",)
    assert evening.event.people["bo"].connections == ()
    assert not evening.told("bo", m.SittingOut)


def test_a_removed_person_comes_back_only_with_a_hosts_yes() -> None:
    evening = talk()
    evening.asks("dana", Remove(attendee="bo", reason="shouting"))
    back = Connect(attendee="bo", connection="c99", node="n1")
    assert evening.refuses(SERVER, back) == "removed"
    assert evening.refuses("bo", Ready()) == "removed"
    evening.asks("dana", Readmit(attendee="bo"))
    evening.comes("bo")
    evening.passes(5)
    assert evening.mates("bo") == ["ana", "bo", "chidi"]


def test_the_organiser_changing_a_removed_persons_profile_does_not_let_them_in() -> None:
    evening = talk()
    evening.asks("dana", Remove(attendee="bo"))
    evening.adds("bo")
    back = Connect(attendee="bo", connection="c99", node="n1")
    assert evening.refuses(SERVER, back) == "removed"


def test_after_a_removal_newcomers_by_the_events_link_wait_for_a_yes() -> None:
    evening = talk()
    evening.asks(SERVER, newcomer("ines"))
    evening.comes("ines")
    evening.passes(5)
    assert evening.mates("ines") is not None, "before a removal they do not wait"
    evening.asks("dana", Remove(attendee="bo"))
    evening.asks(SERVER, newcomer("jun"))
    evening.comes("jun")
    evening.passes(60)
    assert evening.mates("jun") is None
    assert evening.sees("jun").you.waits_for_yes
    assert evening.sees("jun").then == (m.SittingOut(because="waits-for-yes", next_at=None),)
    evening.asks("dana", Readmit(attendee="jun"))
    assert not evening.last("jun", m.YouChanged).you.waits_for_yes
    evening.passes(5)
    assert evening.mates("jun") is not None


def test_people_the_organiser_adds_do_not_wait() -> None:
    evening = talk()
    evening.asks("dana", Remove(attendee="bo"))
    evening.comes("ines")
    evening.passes(5)
    assert evening.mates("ines") == ["ana", "chidi", "ines"]


def test_who_waits_for_a_yes_is_told_so_when_a_round_begins() -> None:
    evening = Evening()
    evening.comes("dana", "ana", "bo", "chidi")
    evening.asks("dana", Remove(attendee="chidi"))
    evening.asks(SERVER, newcomer("jun"))
    evening.comes("jun")
    evening.seated([["ana", "bo"]])
    assert evening.why("jun") == "waits-for-yes"


def test_removing_is_for_hosts_and_hosts_are_the_organisers() -> None:
    evening = talk()
    evening.adds(Attendee(id="dina", name="Dina", role=Role.HOST))
    assert evening.refuses("ana", Remove(attendee="bo")) == "not-allowed"
    assert evening.refuses("dana", Remove(attendee="dina")) == "not-allowed"
    assert evening.refuses("dana", Remove(attendee="dana")) == "not-allowed"
    assert evening.refuses("dana", Readmit(attendee="bo")) == "already-there"
    assert evening.asks(ORGANISER, Remove(attendee="dina"))
    assert evening.refuses(ORGANISER, Remove(attendee="dina")) == "already-there"


def test_a_removed_person_is_not_checked_in_by_the_way() -> None:
    evening = talk()
    evening.adds(Attendee(id="emre", name="Emre", mode=Mode.ON_SITE))
    evening.asks("dana", Remove(attendee="emre"))
    assert evening.refuses("dana", CheckIn(attendee="emre")) == "removed-person"


def test_nobody_fills_the_board_with_calls() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "dana")
    calls = [only(evening.asks("ana", CallHost()), HostCalled).id for _ in range(MOST_CALLS)]
    assert evening.refuses("ana", CallHost()) == "too-many"
    assert evening.asks("bo", CallHost()), "others still can"
    evening.asks("dana", AnswerCall(call=calls[0]))
    assert evening.asks("ana", CallHost()), "once one is answered, the next goes through"
