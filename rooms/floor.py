"""The open floor: people choose whom to sit with, and move as they like (the kind `open`).

Responsible for choosing a room, taking an empty one, leaving, and for rooms that nobody is in any
more. There is always an empty room to take: it opens when its first one comes. Meeting again is
welcome; a room takes no more than its round's `most`.

A room at a table with a station is one for people on site and online, from its first one on.

Blocked people never share a room: to each of them the other's room is a full one, in every word.
"""

from __future__ import annotations

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import Deciding
from rooms.event import Event
from rooms.lobby import station_tables
from rooms.matching.rules import UNTIL_OTHERS_COME, broken
from rooms.messages import LOBBY
from rooms.people import Mode, RoomMode, room_mode
from rooms.programme import Kind
from rooms.refusal import Refusal
from rooms.seating import placing, refuse_broken
from rooms.standing import Person, Room

NEW = "new"
"""What `choose-room` calls a room that nobody is in yet."""

TABLE = "table-"
"""What it calls a table on site by: `table-7`."""

KEPT_MS = 60_000
"""Who dropped keeps the seat so long; on a floor without end empty seats would fill the rooms."""

MOST_TABLES = 999
"""The highest table number where the organiser did not say how many there are."""


def is_open(event: Event) -> bool:
    """Says whether rooms can be chosen now."""
    return event.kind is Kind.OPEN and event.is_running


def choose_room(deciding: Deciding, command: c.ChooseRoom) -> None:
    """Goes into a room of one's choice, an empty one, or back to the lobby."""
    event, me = deciding.event, deciding.me
    if not is_open(event):
        raise Refusal("out-of-turn", "Rooms can be chosen while the floor is open.")
    if command.room == LOBBY:
        if me.seat is None:
            raise Refusal("already-there", "You are in the lobby already.")
        deciding.happened(f.Unseated(at=deciding.now, id=me.id, room=me.seat, because="chose"))
        return
    if me.waits_for_yes:
        raise Refusal("waits-for-yes", "A host has to let you in first.")
    if not me.present:
        raise Refusal("not-here", "Check in first, please.")
    room, table = _meant(event, me, command.room)
    if room is None:
        _check_table(event, me, table, station_tables(event, deciding.now))
        _open(deciding, me, table)
        return
    if room.id == me.seat:
        raise Refusal("already-there", "You are in that room already.")
    _check_may_join(deciding, me, room)
    _rise(deciding, me, room.id)
    deciding.happened(f.Seated(at=deciding.now, id=me.id, room=room.id, because="chosen"))
    _arrive(deciding, me.id)


def _meant(event: Event, me: Person, named: str) -> tuple[Room | None, int | None]:
    """Returns the room that is meant, or None and the table of one to be opened."""
    standing = {room.table: room for room in event.running_rooms() if room.table is not None}
    if named == NEW:
        free = (n for n in range(1, MOST_TABLES + 1) if n not in standing)
        return None, (me.table or next(free)) if me.mode is Mode.ON_SITE else None
    number = named.removeprefix(TABLE)
    if named.startswith(TABLE) and number.isdecimal() and len(number) < 4:
        return standing.get(int(number)), int(number)
    room = event.rooms.get(named)
    if room is None:
        raise Refusal("unknown-room", "There is no room with this id.")
    if room.ended_at is not None:
        raise Refusal("room-ended", "That room has ended.")
    return room, room.table


def _check_table(event: Event, me: Person, table: int | None, stations: tuple[int, ...]) -> None:
    if table is None:
        return
    if me.mode is not Mode.ON_SITE and table not in stations:
        raise Refusal("rule-broken", "On-site and online people do not share a room here.")
    limit = event.plan.tables if event.plan.tables is not None else MOST_TABLES
    if not 1 <= table <= limit:
        raise Refusal("no-table", "There is no free table with this number.")
    if me.table not in (None, table):
        raise Refusal("rule-broken", "A rule of this event keeps you at another table.")
    if any(room.table == table for room in event.running_rooms()):
        raise Refusal("no-table", "There is no free table with this number.")


def _check_may_join(deciding: Deciding, me: Person, room: Room) -> None:
    event = deciding.event
    planned = event.planned
    most = planned.most if planned is not None else event.round_size
    full = Refusal("room-full", "That room is full: it takes {most} people.", most=most)
    if not room.mode.takes(me.mode):
        raise Refusal("rule-broken", "On-site and online people do not share a room here.")
    # The attack: a block would be learned of from an answer that a full room does not give.
    if len(room.people) >= most or is_kept_out(event, me.id, room):
        raise full
    stations = (room.table,) if room.mode is RoomMode.MIXED and room.table is not None else ()
    look = placing(event, deciding.register, [me.id, *room.people], stations=stations)
    before = broken(room.people, look.rules, table=room.table)
    causes = broken([*room.people, me.id], look.rules, table=room.table) - before
    refuse_broken(cause for cause in causes if cause.rule not in UNTIL_OTHERS_COME)


def is_kept_out(event: Event, id: str, room: Room) -> bool:
    """Says whether a block keeps somebody out of a room: to them it is full."""
    return any(event.is_blocked(id, other) for other in room.people if other != id)


def _open(deciding: Deciding, me: Person, table: int | None) -> None:
    event, now = deciding.event, deciding.now
    id = f"r{event.round}-{len(event.current) + 1}"
    mode = room_mode([me.mode])
    if table is not None and table in station_tables(event, now):
        mode = RoomMode.MIXED
    _rise(deciding, me, id)
    deciding.happened(
        f.RoomOpened(
            at=now,
            room=f.Seats(id=id, people=(me.id,), mode=mode, table=table),
            starts_at=max(now, event.starts_at or now),
            ends_at=event.ends_at or now,
            by=me.id,
        )
    )
    _arrive(deciding, me.id)


def _rise(deciding: Deciding, me: Person, onward: str) -> None:
    """Takes somebody out of where they are: their room, or the people who sit out."""
    if me.sitting_out or not me.takes_seat:
        deciding.happened(f.Rejoined(at=deciding.now, id=me.id))
    if me.seat is not None:
        deciding.happened(
            f.Unseated(at=deciding.now, id=me.id, room=me.seat, because="chose", onward=onward)
        )


def _arrive(deciding: Deciding, id: str) -> None:
    """Notes that who chose a table is at it (rule 22)."""
    if deciding.event.people[id].mode is Mode.ON_SITE:
        deciding.happened(f.ArrivedAtTable(at=deciding.now, id=id, by=id))


def let_go(deciding: Deciding, id: str) -> None:
    """Gives up the seat of somebody who dropped too long ago."""
    seat = deciding.event.people[id].seat
    if seat is not None:
        deciding.happened(f.Unseated(at=deciding.now, id=id, room=seat, because="gone"))


def close_empty(deciding: Deciding) -> None:
    """Ends rooms that everybody has left."""
    event = deciding.event
    if not is_open(event):
        return
    for id in [id for id in event.holding if not event.rooms[id].people]:
        deciding.happened(f.RoomEnded(at=deciding.now, room=id, because="empty"))
