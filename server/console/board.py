"""What a host's console knows: a fold of the socket's messages, pure, without words or time.

It is the counterpart of the web console's `static/host/board.js`, over the server's own structs.
It words nothing (`sentences` does) and asks nothing (`line` does). Invariant: a resumed connection
goes on with the board there is; a full welcome replaces all of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from msgspec import UNSET, Struct
from msgspec.structs import replace

from rooms import messages as m
from server.attending import Heard

SAID_KEPT = 50
SILENT_MS = 60_000
"""A room in which nobody could be heard, nor wrote, for so long stands out."""

AWAY = frozenset({"dropped", "not-here-yet"})


class Board(Struct, frozen=True, kw_only=True):
    """Everything hosts see. `event` None: nothing was heard yet."""

    event: m.EventView | None = None
    you: m.You | None = None
    rooms: dict[str, m.BoardRoom] = {}
    people: dict[str, m.Seat] = {}
    pool: m.PoolView | None = None
    proposal: m.Proposal | None = None
    calls: tuple[m.Call, ...] = ()
    deliveries: tuple[m.Delivery, ...] = ()
    reports: tuple[m.ReportView, ...] = ()
    log: tuple[m.LogLine, ...] = ()
    called: bool = False
    topics: m.TopicsView | None = None
    programme: m.ProgrammeView | None = None
    met_few: tuple[m.MetFew, ...] = ()
    undo: tuple[m.UndoView, ...] = ()
    said: tuple[m.Said, ...] = ()
    """In the room one visits, since one came."""
    store_away: bool = False
    sound: bool = False
    """Whether rooms carry sound at all."""


def heard(board: Board, message: Heard) -> Board:
    """Returns the board after a message; the same one where it changes nothing."""
    match message:
        case m.Welcome(resumed=True):
            return replace(board, you=message.you, sound=message.media.policy != "none")
        case m.Welcome():
            sound = message.media.policy != "none"
            return Board(you=message.you, event=message.event or None, sound=sound)
        case m.YouChanged(you=you):
            stays = board.you is not None and you.visiting == board.you.visiting
            return replace(board, you=you, said=board.said if stays else ())
        case m.PhaseChanged() if board.event is not None:
            return replace(board, event=_moved_on(board.event, message))
        case m.Board():
            rooms = {room.id: room for room in message.rooms}
            return replace(_with_parts(board, message.parts), rooms=rooms)
        case m.BoardChange():
            return _changed(board, message)
        case m.Call():
            others = tuple(call for call in board.calls if call.id != message.id)
            return replace(board, calls=tuple(sorted((*others, message), key=_when)))
        case m.Lobby(present=present) if board.event is not None:
            return replace(board, event=replace(board.event, present=present))
        case m.Said() if board.you is not None and board.you.visiting == message.room:
            return replace(board, said=(*board.said, message)[-SAID_KEPT:])
        case m.Notice(code="store-away" | "store-back" as code):
            return replace(board, store_away=code == "store-away")
        case _:
            return board


def _when(call: m.Call) -> int:
    return call.at


def _moved_on(event: m.EventView, message: m.PhaseChanged) -> m.EventView:
    programme = event.programme if message.programme is UNSET else message.programme
    return replace(
        event,
        phase=message.phase,
        round=message.round,
        rounds=message.rounds,
        starts_at=message.starts_at,
        ends_at=message.ends_at,
        paused=message.paused,
        closes_at=message.closes_at,
        kind=message.kind,
        stream_url=message.stream_url,
        programme=programme,
    )


def _changed(board: Board, message: m.BoardChange) -> Board:
    board = _with_parts(board, message.parts)
    if not message.rooms and not message.gone:
        return board
    rooms = {**board.rooms, **{room.id: room for room in message.rooms}}
    for id in message.gone:
        rooms.pop(id, None)
    return replace(board, rooms=rooms)


def _with_parts(board: Board, parts: m.BoardParts) -> Board:
    told = {
        name: value
        for name in m.BoardParts.__struct_fields__
        if (value := getattr(parts, name)) is not UNSET
    }
    if "people" in told:
        told["people"] = {seat.id: seat for seat in told["people"]}
    return replace(board, **told) if told else board


# What is asked of a board


def in_order(rooms: Iterable[m.BoardRoom]) -> list[m.BoardRoom]:
    """Returns rooms by their numbers, as they were seated."""
    return sorted(rooms, key=lambda room: [int(n) for n in re.findall(r"\d+", room.id)])


def name_of(board: Board, id: str) -> str:
    """Returns somebody's name, wherever the board knows them from; "" when it does not."""
    seat = seat_of(board, id)
    if seat is not None:
        return seat.name
    return board.you.name if board.you is not None and board.you.id == id else ""


def room_of(board: Board, id: str) -> m.BoardRoom | None:
    """Returns the room that somebody sits in now."""
    for room in board.rooms.values():
        if not room.ended and any(seat.id == id for seat in room.people):
            return room
    return None


def seat_of(board: Board, id: str) -> m.Seat | None:
    """Returns somebody as they are now; the list of everybody is as of its last change."""
    room = room_of(board, id)
    waiting = board.pool.waiting if board.pool is not None else ()
    for seat in (*(room.people if room is not None else ()), *waiting):
        if seat.id == id:
            return seat
    return board.people.get(id)


def open_calls(board: Board) -> list[m.Call]:
    """Returns the calls that nobody has answered, the oldest first."""
    return [call for call in board.calls if call.answered is None]


def is_silent(board: Board, room: m.BoardRoom, now: int) -> bool:
    """Says whether all microphones of a room are off and nobody wrote for a minute.

    Whether anybody speaks is not known to the server, and must not be.
    """
    if not board.sound or room.quiet_since is None:
        return False
    there = sum(1 for seat in room.people if seat.state == "here")
    return there > 1 and now - room.quiet_since >= SILENT_MS


def stands_out(board: Board, room: m.BoardRoom, now: int | None = None) -> str:
    """Returns what stands out in a room: `calls`, `alone`, `station`, `away`, `silent` or "".

    The gravest counts. `now` (ms) is left out where rooms stand still.
    """
    if room.ended:
        return ""
    if room.calls or any(call.room == room.id for call in open_calls(board)):
        return "calls"
    if room.alone:
        return "alone"
    if room.station_away:
        return "station"
    if any(seat.state in AWAY for seat in room.people):
        return "away"
    return "silent" if now is not None and is_silent(board, room, now) else ""


def listens_at(board: Board, now: int) -> int | None:
    """Returns `now` (ms) while a round runs; None where rooms stand still, and none is silent."""
    event = board.event
    runs = event is not None and event.phase is m.Phase.ROUND and event.paused is None
    return now if runs else None


GRAVITY = ("calls", "alone", "station", "away", "silent", "")

SILENT_SHOWN = 3
"""So many silent rooms are named one by one; more of them are one thing to look at."""


class Need(Struct, frozen=True, kw_only=True):
    """Something that waits for a host. `key` tells it from all others."""

    key: str
    call: m.Call | None = None
    report: m.ReportView | None = None
    room: m.BoardRoom | None = None
    why: str = ""
    """What a room needs a host for: `alone`, `station` or `silent`."""
    seat: m.Seat | None = None
    silent: int = 0
    """So many silent rooms, where they are too many to be named."""

    @property
    def may_be_seen_to(self) -> bool:
        """Whether only the host can tell that it is over: the board cannot."""
        return self.report is not None or self.why == "silent" or self.silent > 0


def needs(
    board: Board, now: int | None = None, seen_to: Collection[str] = frozenset()
) -> list[Need]:
    """Returns everything that waits for a host, the gravest first, but for what was seen to.

    `now` (ms) is left out where rooms stand still: then none is silent.
    """
    return [need for need in _needs(board, now, seen_to) if need.key not in seen_to]


def _needs(board: Board, now: int | None, seen_to: Collection[str]) -> list[Need]:
    waiting = board.pool.waiting if board.pool is not None else ()
    rooms = [room for room in in_order(board.rooms.values()) if not room.ended]
    return [
        *(Need(key=f"call-{call.id}", call=call) for call in open_calls(board)),
        *(Need(key=f"report-{report.id}", report=report) for report in board.reports),
        *(
            Need(key=f"yes-{seat.id}", seat=seat)
            for seat in waiting
            if seat.state == "waits-for-yes"
        ),
        *(
            Need(key=f"alone-{room.id}-{room.alone}", room=room, why="alone")
            for room in rooms
            if room.alone
        ),
        *(
            Need(key=f"station-{room.id}", room=room, why="station")
            for room in rooms
            if room.station_away
        ),
        *_silent_needs(board, rooms, now, seen_to),
    ]


def _silent_needs(
    board: Board, rooms: list[m.BoardRoom], now: int | None, seen_to: Collection[str]
) -> list[Need]:
    calling = {call.room for call in open_calls(board)}
    keys = {
        f"silent-{room.id}": room
        for room in rooms
        if now is not None and room.id not in calling and is_silent(board, room, now)
    }
    found = [(key, room) for key, room in keys.items() if key not in seen_to]
    if len(found) <= SILENT_SHOWN:
        return [Need(key=key, room=room, why="silent") for key, room in found]
    return [Need(key=f"silent-{rooms[0].round}", silent=len(found))]


def folded(text: str) -> str:
    """Returns a text as it is compared: width, case and spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def name_matches(name: str, sought: str) -> bool:
    """Says whether a name is meant by `sought` (folded): each of its words is in the name."""
    whole = folded(name)
    return all(word in whole for word in sought.split())
