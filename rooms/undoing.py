"""Undoing: the asker's latest change of seats, or closing, taken back within 30 s (rule 15).

An undo adds facts, it removes none. What has happened since may prevent it, which hosts see before
they press: `why_not` says so from the fold. A hard rule that came meanwhile (somebody blocked
somebody) is only looked at when an undo is asked for, so that no board gives a block away.
"""

from __future__ import annotations

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import Deciding
from rooms.event import Event
from rooms.messages import LOBBY, UndoView
from rooms.proposal import check_rules, draw_anew, offer
from rooms.refusal import Refusal
from rooms.seats import refuse_broken_by
from rooms.standing import Undoable

UNDO_MS = 30_000
"""Rule 15: a change of seats can be undone for so long."""

SINCE = {
    "rooms": "Something else has happened in those rooms since.",
    "proposal": "The proposal has changed since.",
}
"""What prevents an undo: by its code, the sentence."""


def undo(deciding: Deciding, command: c.Undo) -> None:
    """Takes back the asker's latest change of seats, or closing."""
    deciding.require_host()
    event, by = deciding.event, deciding.by
    last, closing = event.undoable.get(by), event.closing
    if closing is not None and closing.by != by:
        closing = None
    if closing is not None and (command.closing or last is None or last.at <= closing.at):
        deciding.happened(f.Undone(at=deciding.now, by=by, closing=True))
        return
    if last is None or command.closing:
        raise Refusal("nothing-to-undo", "There is nothing to undo.")
    if deciding.now - last.at > UNDO_MS:
        raise Refusal("too-late", "That was more than 30 seconds ago.")
    since = why_not(event, last)
    if since:
        raise Refusal("too-late", SINCE[since])
    if last.moves:
        _move_back(deciding, last)
    else:
        _propose_again(deciding, last)
    deciding.happened(f.Undone(at=deciding.now, by=by))


def why_not(event: Event, last: Undoable) -> str:
    """Returns what has happened since that keeps a change from being undone, as a code; or ""."""
    if last.moves:
        return "" if _rooms_stand(event, last) else "rooms"
    stands = event.handled if last.redrawn else event.proposed
    return "" if stands == last.proposed and event.called is None else "proposal"


def _rooms_stand(event: Event, last: Undoable) -> bool:
    """Says whether a move's rooms, and those who were moved, are as the move left them."""
    rooms = ((event.rooms[id], count) for id, count in last.touched.items())
    moved = ((event.people[id], went_to) for id, _, went_to in last.moves)
    return all(room.ended_at is None and room.touched == count for room, count in rooms) and all(
        person.present and (person.seat or LOBBY) == went_to for person, went_to in moved
    )


def recently_changed(event: Event, now: int) -> bool:
    """Says whether any host's change is so young that it may still be undone."""
    return any(now - last.at <= UNDO_MS for last in event.undoable.values())


def undo_views(event: Event) -> tuple[UndoView, ...]:
    """Returns each host's latest change, and what prevents taking it back; then a closing.

    Sorted by whose they are. How long ago they were is left to who reads it.
    """
    changes = [
        UndoView(by=by, at=last.at, since=why_not(event, last))
        for by, last in sorted(event.undoable.items())
    ]
    if event.closing is not None:
        changes.append(UndoView(by=event.closing.by, at=event.closing.at, closing=True))
    return tuple(changes)


def _move_back(deciding: Deciding, last: Undoable) -> None:
    event, now, by = deciding.event, deciding.now, deciding.by
    for id, came_from, _ in last.moves:
        person = event.people[id]
        onward = came_from if came_from != LOBBY else ""
        if onward:
            refuse_broken_by(deciding, [id], event.rooms[onward])
        if person.seat is not None:
            deciding.happened(
                f.Unseated(at=now, id=id, room=person.seat, because="moved", by=by, onward=onward)
            )
        if onward:
            deciding.happened(f.Seated(at=now, id=id, room=onward, because="moved", by=by))


def _propose_again(deciding: Deciding, last: Undoable) -> None:
    check_rules(deciding, last.rooms)
    if last.redrawn:
        deciding.happened(f.Relaxed(at=deciding.now, allow=last.allow, by=deciding.by))
        draw_anew(deciding, seed=last.seed, instead_of=last.instead_of)
    deciding.happened(
        f.Pinned(at=deciding.now, rooms=last.pinned, together=last.together, by=deciding.by)
    )
    offer(deciding, last.rooms, last.sitting_out)
