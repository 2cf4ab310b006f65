"""What is kept in the journal beside the evening: meetings seen elsewhere, files taken home.

Responsible for taking over observations (badges, sensors, a list kept by hand) as encounters like
any others, and for the audit of exports. Not for what stands in a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import Deciding
from rooms.messages import Phase
from rooms.refusal import Refusal
from rooms.standing import meeting_room, pair


def record_meetings(deciding: Deciding, command: c.RecordMeetings) -> None:
    """Keeps meetings of two as rooms of an event that held none of its own, each of them once."""
    event = deciding.event
    if event.phase is not Phase.DRAFT:
        raise Refusal("out-of-turn", "Meetings are brought in before an event opens its doors.")
    meetings = []
    for seen in command.meetings:
        a, b = pair(deciding.person(seen.a).id, deciding.person(seen.b).id)
        if a == b or not _are_in_order(seen.spans, command.starts_at, command.ends_at):
            raise Refusal("bad-field", "A meeting is of two people, in the time of its round.")
        if meeting_room(command.round, a, b) in event.rooms:
            raise Refusal("already-there", "These meetings are there already.")
        meetings.append(f.Meeting(a=a, b=b, spans=seen.spans))
    if meetings:
        deciding.happened(
            f.MeetingsRecorded(
                at=deciding.now,
                round=command.round,
                starts_at=command.starts_at,
                ends_at=command.ends_at,
                meetings=tuple(meetings),
            )
        )
    if command.ends:
        deciding.happened(f.EventEnded(at=deciding.now))


def _are_in_order(spans: Sequence[tuple[int, int]], first: int, last: int) -> bool:
    """Says whether there are spans, and each begins after the one before it, within its round."""
    ends = [first, *(instant for span in spans for instant in span), last]
    return bool(spans) and all(a < b for a, b in spans) and all(a <= b for a, b in pairwise(ends))


def note_desk(deciding: Deciding, command: c.NoteDesk) -> None:
    """Keeps what was done with people's data: what, how many, by whom, when."""
    deciding.require_host()
    deciding.happened(
        f.DeskNoted(at=deciding.now, what=command.what, count=command.count, by=deciding.by)
    )


def note_export(deciding: Deciding, command: c.NoteExport) -> None:
    """Keeps that a file is taken home: who, what, when."""
    deciding.happened(f.Exported(at=deciding.now, what=command.what, by=deciding.by))
