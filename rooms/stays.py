"""Stays: who is in which room from when to when, and what a change of one person brings with it.

Responsible for putting people and rooms into the event, in place, so that what follows from it is
right at once: who is present, waits, is alone, has been where, and who has met (rule 4). Which fact
asks for it is said by `apply.py` and what it calls; minutes are counted by `encounters.py`.

Invariants: a stay is open only while its person is in the room and present; whom a room lists are
those whose seat it is, until it is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from msgspec.structs import replace

from rooms import facts as f
from rooms.encounters import met_after_ms, met_in, together
from rooms.event import Event
from rooms.messages import Phase
from rooms.people import Mode, Role
from rooms.standing import WITHOUT_SEAT, Alone, Pair, Person, Room, Stay, pair


def put(event: Event, person: Person, at: int) -> None:
    """Writes somebody, and what follows from it: presence, stays, who is alone."""
    before = event.people.get(person.id)
    event.people[person.id] = person
    takes_part = person.takes_seat and person.present
    if takes_part and event.phase not in (Phase.DRAFT, Phase.ENDED):
        event.came.setdefault(person.id, at)
    waits = takes_part and person.seat is None and not person.sitting_out and not person.held
    is_dropped = bool(person.seat) and person.dropped_at is not None and person.mode is Mode.ONLINE
    for ids, belongs in (
        (event.stations, person.role is Role.STATION and not person.erased),
        (event.present, takes_part),
        (event.waiting, waits),
        (event.dropped, is_dropped),
    ):
        if belongs:
            ids[person.id] = None
        else:
            ids.pop(person.id, None)
    if before and before.seat and before.seat != person.seat:
        _take_out(event, person.id, before.seat, at)
    if person.seat:
        _settle_stay(event, person, at)
        look_for_alone(event, person.seat, at)


def open_doors(event: Event, at: int) -> None:
    """Opens the doors: whoever is here has come. To look in before, or to try one's camera on the
    days before, is no coming."""
    event.phase = Phase.LOBBY
    for id in event.present:
        event.came.setdefault(id, at)


def _take_out(event: Event, id: str, room_id: str, at: int) -> None:
    room = event.rooms[room_id]
    stays = tuple(
        replace(s, to_at=max(s.from_at, at)) if s.id == id and s.to_at is None else s
        for s in room.stays
    )
    people = tuple(p for p in room.people if p != id)
    wishes = tuple(w for w in room.wishes if w != id)
    event.rooms[room_id] = replace(
        room, stays=stays, people=people, wishes=wishes, touched=event.count
    )
    event.alone.pop(id, None)
    event.unseen.pop(id, None)
    look_for_alone(event, room_id, at)


def _settle_stay(event: Event, person: Person, at: int) -> None:
    """Opens or closes somebody's stay so that it is open just while they are present."""
    room = event.rooms[person.seat or ""]
    link = person.connections[-1] if person.connections else None
    connection = link.connection if link and person.mode is Mode.ONLINE else ""
    stays = list(room.stays)
    still = next((i for i, s in enumerate(stays) if s.id == person.id and s.to_at is None), None)
    belongs = person.present and room.ended_at is None
    if still is not None and belongs and stays[still].connection == connection:
        return
    if still is not None:
        stays[still] = replace(stays[still], to_at=max(stays[still].from_at, at))
    if belongs:
        ended = (s.to_at for s in stays if s.id == person.id and s.to_at is not None)
        stays.append(
            Stay(
                id=person.id,
                from_at=max([at, *ended]),
                connection=connection,
                node=link.node if link and connection else "",
                confirmed=person.mode is Mode.ONLINE or person.arrived,
            )
        )
    if stays != list(room.stays):
        event.rooms[room.id] = replace(room, stays=tuple(stays))


def look_for_alone(event: Event, room_id: str, at: int) -> None:
    """Notes who is the only one present in a room, and who no longer is."""
    room = event.rooms[room_id]
    here = [id for id in room.people if event.people[id].present]
    lonely = here[0] if len(here) == 1 and room.ended_at is None else None
    if room.id in event.current and not (event.phase is Phase.ROUND and event.seats_people):
        lonely = None
    for id in room.people:
        if id != lonely:
            event.alone.pop(id, None)
    if lonely is not None and lonely not in event.alone:
        event.alone[lonely] = Alone(room.id, max(at, room.starts_at))


def seat(event: Event, id: str, room_id: str, at: int) -> None:
    """Puts somebody into a room, out of the one they were in."""
    room = event.rooms[room_id]
    if room_id not in event.been.get(id, ()):
        event.been[id] = (*event.been.get(id, ()), room_id)
    if id not in room.people:
        event.rooms[room_id] = replace(room, people=(*room.people, id), touched=event.count)
    for other in room.people:
        if other != id:
            key = pair(id, other)
            known = event.acquainted.get(key, ())
            if room_id not in known:
                event.acquainted[key] = (*known, room_id)
    person = replace(_no_longer_left_over(event.people[id]), seat=room_id, sitting_out=False)
    event.joins.pop(id, None)
    put(event, person, at)


def open_room(
    event: Event, seats: f.Seats, round: int, starts_at: int, ends_at: int, at: int
) -> None:
    """Adds a room with its people."""
    event.rooms[seats.id] = Room(
        id=seats.id,
        round=round,
        people=seats.people,
        starts_at=starts_at,
        ends_at=ends_at,
        mode=seats.mode,
        table=seats.table,
        topic=seats.topic,
        met_ms=met_after_ms(event.round_seconds),
    )
    event.current[seats.id] = None
    event.holding[seats.id] = None
    for a, b in combinations(seats.people, 2):
        key = pair(a, b)
        event.acquainted[key] = (*event.acquainted.get(key, ()), seats.id)
    for id in seats.people:
        event.been[id] = (*event.been.get(id, ()), seats.id)
        event.joins.pop(id, None)
        person = _no_longer_left_over(event.people[id])
        put(event, replace(person, seat=seats.id, arrived=False), at)


def record(event: Event, room: Room, key: Pair) -> None:
    """Adds a room of two that was observed elsewhere, and is over."""
    event.rooms[room.id] = room
    event.acquainted[key] = (*event.acquainted.get(key, ()), room.id)
    for id in key:
        event.been[id] = (*event.been.get(id, ()), room.id)
        event.came[id] = min(event.came.get(id, room.ends_at), min(s.from_at for s in room.stays))
    _note_whether_met(event, key)


def end_room(event: Event, room_id: str, as_of: int, because: str) -> None:
    """Ends a room as of an instant: stays close, its people have no seat and who met is noted.

    Those whose room was ended before the round are not seated again before the next one.
    """
    room = event.rooms[room_id]
    stays = tuple(
        replace(s, to_at=max(s.from_at, as_of)) if s.to_at is None or s.to_at > as_of else s
        for s in room.stays
    )
    # While paused people talk on past the deadline as it stands; minutes run to the end.
    ends_at = room.ends_at if event.paused_at is None else as_of
    event.rooms[room_id] = replace(room, ended_at=as_of, ends_at=ends_at, stays=stays)
    event.holding.pop(room_id, None)
    for id in room.people:
        person = event.people.get(id)
        if person is None or person.seat != room_id:
            continue
        event.alone.pop(id, None)
        event.unseen.pop(id, None)
        held = person.held or because == "room-ended"
        event.people[id] = replace(person, seat=None, arrived=False, because=because, held=held)
    # The room keeps the list of those who were in it to the end; seats point to it no more.
    for id in room.people:
        put(event, event.people[id], as_of)
    for key in together(event.rooms[room_id], as_of):
        _note_whether_met(event, key)


def _note_whether_met(event: Event, key: Pair) -> None:
    """Keeps the last round in which two people met, by rooms that are over (rule 4)."""
    event.met.pop(key, None)
    if any(id in event.people and event.people[id].sits_with for id in key):
        return
    for room in (event.rooms[id] for id in event.acquainted.get(key, ())):
        if room.ended_at is not None and met_in(room, key):
            event.met[key] = room.round


def cut(
    event: Event, as_of: int, rooms: Iterable[str], *, connection: str = "", node: str = ""
) -> None:
    """Closes the stays of a connection or a process as of an instant, also behind later facts.

    Who has met by then is found anew in rooms that are over.
    """
    for room_id in rooms:
        room = event.rooms[room_id]
        stays = tuple(
            replace(s, to_at=max(s.from_at, as_of))
            if (s.to_at is None or s.to_at > as_of)
            and s.connection
            and (s.connection == connection or (node and s.node == node))
            else s
            for s in room.stays
        )
        if stays == room.stays:
            continue
        event.rooms[room_id] = replace(room, stays=stays)
        if room.ended_at is not None:
            for key in together(room, room.ended_at):
                _note_whether_met(event, key)


def _no_longer_left_over(person: Person) -> Person:
    """Rule 5: who finds a seat after all has not sat out."""
    sat_out = person.sat_out - (person.because in WITHOUT_SEAT)
    return replace(person, because="", held=False, sat_out=sat_out)
