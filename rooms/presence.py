"""Presence: what connections, check-in and signs of life change about who is here (11, 12, 22, 26).

Online a connection whose page was looked at, on site from check-in to check-out. Responsible for
folding those facts, in place; the rules that bring them are in `lobby.py`, and whether somebody
counts as present is `Person.present`.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from rooms import facts as f
from rooms import stays
from rooms.event import Event
from rooms.people import HOST_ROLES, SEATED_ROLES, Mode
from rooms.standing import Link, Person


def apply_connection(event: Event, fact: f.Connected | f.Disconnected | f.NodeLost) -> None:
    """Folds a connection's beginning or end, or the loss of all those of a process."""
    match fact:
        case f.Connected():
            person = event.people[fact.id]
            link = Link(fact.connection, fact.node, fact.at)
            # An attendee has one connection, the newest tab; hosts may have several.
            kept = person.connections if person.role in HOST_ROLES else ()
            stays.put(
                event,
                replace(
                    person,
                    connections=(*kept, link),
                    dropped_at=person.dropped_at if person.not_here_yet and person.seat else None,
                    left_at=None,
                    not_here_yet=person.not_here_yet and person.seat is not None,
                ),
                fact.at,
            )
        case f.Disconnected():
            person = event.people[fact.id]
            left = tuple(c for c in person.connections if c.connection != fact.connection)
            stays.cut(event, fact.as_of, event.been.get(fact.id, ()), connection=fact.connection)
            if left != person.connections:
                away = _without_connections(person, left, fact.as_of, fact.on_purpose)
                stays.put(event, away, fact.as_of if left else fact.at)
        case f.NodeLost():
            stays.cut(event, fact.as_of, event.rooms_since(fact.as_of), node=fact.node)
            for person in list(event.people.values()):
                left = tuple(c for c in person.connections if c.node != fact.node)
                if left != person.connections:
                    away = _without_connections(person, left, fact.as_of, on_purpose=False)
                    stays.put(event, away, fact.as_of if left else fact.at)
            for id, alone in event.alone.items():
                event.alone[id] = replace(alone, since=max(alone.since, fact.at))


def _without_connections(
    person: Person, left: tuple[Link, ...], as_of: int, on_purpose: bool
) -> Person:
    """Takes connections from somebody; with a tab left they are here as before."""
    if left:
        return replace(person, connections=left)
    away_already = person.not_here_yet and person.dropped_at is not None
    return replace(
        person,
        connections=(),
        dropped_at=None if on_purpose else person.dropped_at if away_already else as_of,
        left_at=as_of if on_purpose else None,
        microphone=False,
        camera=False,
        screen=False,
        ready=person.ready and not on_purpose,
    )


def apply_presence(
    event: Event,
    fact: f.Looked
    | f.Spoken
    | f.NotHereYet
    | f.CheckedIn
    | f.CheckedOut
    | f.ArrivedAtTable
    | f.SatOut
    | f.Rejoined
    | f.SaidReady
    | f.MediaChanged,
) -> None:
    """Folds what somebody, or staff about them, did or said beside their connection."""
    person = event.people[fact.id]
    match fact:
        case f.Looked():
            links = tuple(
                replace(c, visible=fact.visible) if c.connection == fact.connection else c
                for c in person.connections
            )
            person = replace(person, connections=links)
            if fact.visible:
                person = _here(event, person)
        case f.Spoken():
            person = _here(event, person)
        case f.NotHereYet():
            person = replace(person, not_here_yet=True, dropped_at=fact.at)
            event.unseen.pop(fact.id, None)
        case f.CheckedIn():
            person = replace(
                person, mode=Mode.ON_SITE, checked_in_at=fact.at, checked_out_at=None, held=False
            )
        case f.CheckedOut():
            person = replace(person, checked_out_at=fact.at)
        case f.ArrivedAtTable():
            _confirm_stay(event, person, fact.at)
            person = replace(person, arrived=True)
        case f.SatOut():
            takes_seat = person.takes_seat and person.role in SEATED_ROLES
            sitting_out = person.role in SEATED_ROLES
            person = replace(person, sitting_out=sitting_out, takes_seat=takes_seat, ready=False)
        case f.Rejoined():
            person = replace(person, sitting_out=False, takes_seat=True, held=False)
        case f.SaidReady():
            person = replace(person, ready=True)
        case f.MediaChanged():
            muted_at = fact.at if person.microphone and not fact.microphone else person.muted_at
            person = replace(
                person,
                microphone=fact.microphone,
                camera=fact.camera,
                screen=fact.screen,
                muted_at=muted_at,
            )
            if fact.microphone:
                person = _here(event, person)
        case _:
            assert_never(fact)
    stays.put(event, person, fact.at)


def _here(event: Event, person: Person) -> Person:
    event.unseen.pop(person.id, None)
    if not person.not_here_yet:
        return person
    return replace(person, not_here_yet=False, dropped_at=None)


def _confirm_stay(event: Event, person: Person, at: int) -> None:
    """Rule 22: minutes on site run from the arrival that somebody said."""
    if person.seat is None or person.arrived:
        return
    room = event.rooms[person.seat]
    stays = tuple(
        replace(s, from_at=max(s.from_at, at), confirmed=True)
        if s.id == person.id and s.to_at is None
        else s
        for s in room.stays
    )
    event.rooms[room.id] = replace(room, stays=stays)
