"""What a key writes into the command line, and whether it is sent off at once. Pure.

Grave commands are only written by their keys: Enter is the confirmation. Keys that concern the
screen alone (another list, light or dark) are `app`'s.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from rooms.messages import BoardRoom, Phase
from rooms.people import Mode
from server.console import board as b
from server.console import naming
from server.console.board import Board
from server.console.sentences import RUNNING, room_sign


class Selected(Struct, frozen=True):
    """What the cursor is on: a room, a person's id, the number of a proposed room."""

    room: BoardRoom | None = None
    person: str = ""
    proposed: str = ""
    in_room: bool = False
    """One room alone is shown."""


class Written(Struct, frozen=True):
    """A command line as a key writes it; `at_once`: without Enter."""

    line: str
    at_once: bool = False


def written_by(action: str, board: Board, selected: Selected) -> Written:
    """Returns what the key of an action in `WRITES` writes now."""
    return WRITES[action](board, selected)


def name_typed(board: Board, id: str) -> str:
    """Returns somebody's name as it can be typed, and a blank; or nothing."""
    seat = b.seat_of(board, id) if id else None
    return naming.typed_name(board, seat) + " " if seat is not None else ""


def _start(board: Board, selected: Selected) -> Written:
    doors = board.event is not None and board.event.phase is Phase.DRAFT
    return Written("open-doors" if doors else "start-round", at_once=True)


def _pause(board: Board, selected: Selected) -> Written:
    event = board.event
    stands = event is not None and event.paused is not None and event.phase in RUNNING
    return Written("resume" if stands else "pause", at_once=True)


def _end(board: Board, selected: Selected) -> Written:
    here = selected.room if selected.in_room else None
    return Written(f"end-round {room_sign(here)}" if here is not None else "end-round")


def _announce_here(board: Board, selected: Selected) -> Written:
    room = selected.room
    return Written(f"announce @{room_sign(room)} " if room is not None else "announce @")


def _answer(board: Board, selected: Selected) -> Written:
    """Answers the oldest call."""
    calls = b.open_calls(board)
    name = name_typed(board, calls[0].sender).strip() if calls else ""
    return Written(f"answer-call {name}: " if name else "answer-call ")


def _move(board: Board, selected: Selected) -> Written:
    return Written(f"move {name_typed(board, selected.person)}")


def _visit(board: Board, selected: Selected) -> Written:
    """Visits the selected room, or leaves it."""
    room, you = selected.room, board.you
    if you is not None and you.visiting and (room is None or room.id == you.visiting):
        return Written("visit", at_once=True)
    if room is not None:
        return Written(f"visit {room_sign(room)}", at_once=True)
    return Written("visit ")


def _remove(board: Board, selected: Selected) -> Written:
    name = name_typed(board, selected.person).strip()
    return Written(f"remove {name}: " if name else "remove ")


def _check_in(board: Board, selected: Selected) -> Written:
    """Checks the selected person in or out; somebody online is not checked in by mistake."""
    seat = board.people.get(selected.person)
    if seat is None or seat.mode is not Mode.ON_SITE:
        return Written("check-in ")
    command = "check-out" if seat.state == "here" else "check-in"
    return Written(f"{command} {naming.typed_name(board, seat)}", at_once=True)


def _swap(board: Board, selected: Selected) -> Written:
    return Written(f"swap {name_typed(board, selected.person)}")


def _keep(board: Board, selected: Selected) -> Written:
    """Keeps the selected room of the proposal as it is, or lets go of it."""
    number, proposal = selected.proposed, board.proposal
    if not number or proposal is None:
        return Written("pin ")
    pinned = any(one.id == number and one.pinned for one in proposal.seating)
    return Written(f"unpin room {number}" if pinned else f"pin room {number}", at_once=True)


def _always(line: str, *, at_once: bool = False) -> Callable[[Board, Selected], Written]:
    written = Written(line, at_once=at_once)
    return lambda board, selected: written


WRITES: dict[str, Callable[[Board, Selected], Written]] = {
    "start": _start,
    "pause": _pause,
    "longer": _always("extend +60", at_once=True),
    "shorter": _always("extend -60", at_once=True),
    "end": _end,
    "announce": _always("announce "),
    "announce_here": _announce_here,
    "answer": _answer,
    "move": _move,
    "visit": _visit,
    "remove": _remove,
    "check_in": _check_in,
    "swap": _swap,
    "keep": _keep,
    "draw": _always("reshuffle", at_once=True),
    "undo": _always("undo", at_once=True),
    "find": _always("find "),
    "command": _always(""),
}
"""By the action of a key, what it writes."""
