"""What hosts do beside clock and seats: announce, answer calls, visit, remove, readmit (13, 14).

Helpers announce and answer too; all else here is for hosts, ending links for the organiser.

Calling a host is here too: the two ends of one thing.
"""

from __future__ import annotations

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import ORGANISER, Deciding
from rooms.event import Event
from rooms.people import HOST_ROLES, text_key
from rooms.people import Text as TextRow
from rooms.refusal import Refusal

MOST_CALLS = 5
"""Calls of one person that may wait for an answer: all of them stay on every host's board."""


def audience(event: Event, rooms: tuple[str, ...] | None) -> list[str]:
    """Returns who is meant by an announcement: everybody here, or who sits in these rooms."""
    if rooms is None:
        return [
            p.id
            for p in event.people.values()
            if p.belongs and p.role not in HOST_ROLES and (p.present or p.seat or p.connections)
        ]
    return [id for room in dict.fromkeys(rooms) for id in event.rooms[room].people]


def announce(deciding: Deciding, command: c.Announce) -> None:
    """Says something to everybody or to some rooms, and counts how many connections it reached."""
    deciding.require_staff()
    event = deciding.event
    for id in command.rooms or ():
        deciding.running_room(id)
    meant = audience(event, command.rooms)
    text = deciding.wrote_text(command.text)
    deciding.happened(
        f.Announced(
            at=deciding.now,
            id=text,
            rooms=command.rooms,
            reached=sum(1 for id in meant if event.people[id].connections),
            of=len(meant),
            by=deciding.by,
        )
    )


def call_host(deciding: Deciding, command: c.CallHost) -> None:
    """Calls a host; the call stays on the board until it is answered."""
    me = deciding.me
    waiting = [k for k in deciding.event.calls.values() if k.by == me.id and not k.answered_by]
    if len(waiting) >= MOST_CALLS:
        raise Refusal("too-many", "The hosts have your calls. Please wait for an answer.")
    id = deciding.wrote_text(command.text)
    deciding.happened(f.HostCalled(at=deciding.now, id=id, by=me.id, room=me.seat))


def call_seen(deciding: Deciding, command: c.CallSeen) -> None:
    """Notes that a host has seen a call."""
    deciding.require_staff()
    call = deciding.event.calls.get(command.call)
    if call is None:
        raise Refusal("no-call", "There is no such call.")
    if not call.seen:
        deciding.happened(f.CallWasSeen(at=deciding.now, id=call.id, by=deciding.by))


def answer_call(deciding: Deciding, command: c.AnswerCall) -> None:
    """Answers a call; the caller reads the answer."""
    deciding.require_staff()
    call = deciding.event.calls.get(command.call)
    if call is None:
        raise Refusal("no-call", "There is no such call.")
    if call.answered_by:
        raise Refusal("already-answered", "This call is answered already.")
    text = deciding.wrote_text(command.text)
    deciding.happened(f.CallAnswered(at=deciding.now, id=call.id, by=deciding.by, text=text))


def remove(deciding: Deciding, command: c.Remove) -> None:
    """Removes somebody, who comes back only with a host's yes (rule 13)."""
    deciding.require_host()
    person = deciding.person(command.attendee)
    if person.role in HOST_ROLES and deciding.by != ORGANISER:
        raise Refusal("not-allowed", "Only the organiser can remove a host.")
    if person.id == deciding.by:
        raise Refusal("not-allowed", "You cannot remove yourself.")
    if person.removed_at is not None:
        raise Refusal("already-there", "This person was removed already.")
    if person.seat is not None:
        deciding.happened(
            f.Unseated(
                at=deciding.now, id=person.id, room=person.seat, because="removed", by=deciding.by
            )
        )
    if command.reason:
        deciding.wrote(text_key(f"removed-{person.id}"), TextRow(text=command.reason))
    deciding.happened(f.Removed(at=deciding.now, id=person.id, by=deciding.by))


def readmit(deciding: Deciding, command: c.Readmit) -> None:
    """Lets somebody removed, or a newcomer who waits, come in."""
    deciding.require_host()
    person = deciding.person(command.attendee)
    if person.removed_at is None and not person.waits_for_yes:
        raise Refusal("already-there", "This person may take part already.")
    deciding.happened(f.Readmitted(at=deciding.now, id=person.id, by=deciding.by))


# Visiting (rule 14)


def visit(deciding: Deciding, command: c.Visit) -> None:
    """Goes to see a room, which sees it, or leaves; a visit is no seat and no encounter."""
    deciding.require_host()
    event, now = deciding.event, deciding.now
    me = event.people.get(deciding.by)
    if me is None:
        raise Refusal("not-allowed", "To visit a room, use a host's own link.")
    before = event.visits.get(me.id)
    if command.room is None:
        if before is None:
            raise Refusal("already-there", "You are visiting no room.")
        deciding.happened(f.VisitEnded(at=now, id=me.id, room=before))
        return
    room = deciding.running_room(command.room)
    if room.id in (before, me.seat):
        raise Refusal("already-there", "You are in that room already.")
    if me.seat is not None:
        raise Refusal("out-of-turn", "You have a seat in another room now.")
    if not me.connections:
        raise Refusal("not-here", "To visit a room, open the host's page.")
    if before is not None:
        deciding.happened(f.VisitEnded(at=now, id=me.id, room=before))
    deciding.happened(f.Visited(at=now, id=me.id, room=room.id))


def end_visits(deciding: Deciding) -> None:
    """Ends visits to rooms that are over, and of hosts who are gone, seated, or hosts no more."""
    event = deciding.event
    for id, room in list(event.visits.items()):
        person = event.people[id]
        may_stay = person.connections and person.seat is None and person.role in HOST_ROLES
        if not may_stay or not person.belongs or event.rooms[room].ended_at is not None:
            deciding.happened(f.VisitEnded(at=deciding.now, id=id, room=room))


# Links


def end_link(deciding: Deciding, command: c.EndLink) -> None:
    """Notes that somebody's link was revoked or replaced."""
    if deciding.by != ORGANISER:
        raise Refusal("not-allowed", "Only the organiser can do this.")
    person = deciding.person(command.attendee)
    deciding.happened(f.LinkEnded(at=deciding.now, id=person.id, by=deciding.by))
