"""The log of an evening that hosts read back: which facts stand in it, and with what.

Ids and choices only; the host's page words them. It is for reading back, never for deciding.
"""

from __future__ import annotations

from msgspec.structs import replace

from rooms import facts as f
from rooms.messages import LOBBY, LogLine
from rooms.programme import Kind

LINES = 120
"""How many lines are kept; the oldest fall out."""


def with_line(log: tuple[LogLine, ...], fact: f.AnyFact) -> tuple[LogLine, ...]:
    """Returns a log with the line of a fact, if it has one."""
    line = line_of(fact)
    return log if line is None else (*log[-LINES + 1 :], line)


def line_of(fact: f.AnyFact) -> LogLine | None:
    """Returns what hosts read of a fact; None: it is not for the log."""
    by = getattr(fact, "by", "")
    line = LogLine(at=fact.at, what=str(fact.__struct_config__.tag), by=by)
    match fact:
        case (
            f.DoorsOpened()
            | f.ClosingBegan()
            | f.EventEnded()
            | f.RoundCalled()
            | f.CallWithdrawn()
            | f.RoundStarted()
            | f.RoundEnded()
            | f.BreakEnded()
            | f.Paused()
            | f.Resumed()
            | f.PreviewShortened()
            | f.ProposalChanged()
            | f.Undone()
        ):
            return line
        case f.SeatingFixed(kind=Kind.OPEN | Kind.PLENARY as kind):
            return replace(line, what=f"{kind}-called")  # nobody is seated
        case f.SeatingFixed():
            return replace(line, changed=fact.changed)
        case f.DeadlineMoved():
            return replace(line, room=fact.room or "", seconds=fact.seconds)
        case f.EventChanged() if fact.by:
            return replace(line, what="programme-changed")
        case f.Visited() | f.VisitEnded():
            return replace(line, by=fact.id, room=fact.room)
        case f.TopicAccepted() | f.TopicDropped() if fact.by:
            return replace(line, about=fact.id)
        case f.Seated() if fact.because == "chosen":
            return None  # on an open floor people come and go as they like
        case f.Unseated() if fact.because in ("chose", "gone"):
            return None
        case f.RoomOpened() if fact.by:
            return None
        case f.RoomEnded() if fact.because == "empty":
            return None
        case f.Seated():
            return replace(line, what=f"seated-{fact.because}", about=fact.id, room=fact.room)
        case f.Unseated() if not fact.onward:
            return replace(line, what=f"unseated-{fact.because}", about=fact.id, room=fact.room)
        case f.RoomOpened():
            return replace(line, room=fact.room.id)
        case f.RoomEnded():
            return replace(line, room=fact.room)
        case f.Rearranged(moves=((moved, _, to),)):  # not read: what can be undone is named by it
            return replace(line, about=moved, room="" if to == LOBBY else to)
        case f.Removed() | f.Readmitted():
            return replace(line, about=fact.id)
        case f.Announced() | f.HostCalled() | f.CallAnswered():
            return replace(line, about=fact.id)
        case _:
            return None
