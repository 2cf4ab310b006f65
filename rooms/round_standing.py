"""The round as it stands: what facts change about its instants, its rooms and its seats.

Responsible for folding those facts, in place: preview, deadlines, pauses, the end, and who is
seated where meanwhile. The rules that bring them are in `rounds.py` and `seats.py`; what a seat
brings with it is in `stays.py`.

Invariant: `starts_at` and `ends_at` are the round's, from the preview on; pausing moves what is
ahead, and only that.
"""

from __future__ import annotations

from msgspec.structs import replace

from rooms import facts as f
from rooms import stays
from rooms.event import Event
from rooms.messages import Phase
from rooms.people import Mode
from rooms.programme import Allow
from rooms.standing import WITHOUT_SEAT
from rooms.topic_standing import begin_topics


def begin_preview(event: Event, fact: f.SeatingFixed) -> None:
    """Begins a round's preview: its rooms are open, and what was proposed for it is used up."""
    for id in list(event.holding):
        stays.end_room(event, id, fact.at, "round-ended")
    event.phase = Phase.PREVIEW
    event.round = fact.round
    event.kind, event.until_ended = fact.kind, fact.until_ended
    begin_topics(event, fact)
    event.round_seconds, event.round_size = fact.seconds, fact.size
    event.preview_at, event.starts_at, event.ends_at = fact.at, fact.starts_at, fact.ends_at
    if event.proposal is not None and event.proposal.round == fact.round:
        event.drawn[fact.round] = event.proposal
    event.paused_at = event.break_ends_at = event.called = event.proposal = None
    event.warned = ()
    if event.asked is not None and event.asked.prompt:
        event.prompts[fact.round] = event.asked.prompt
    event.lets_sit_out = event.gives_way is Allow.SIT_OUTS
    event.asked, event.pinned, event.together, event.allowed = None, (), (), None
    event.rooms_changed = 0
    for kept in (event.current, event.joins, event.alone, event.unseen, event.undoable):
        kept.clear()
    left_over = {left.id: left.because for left in fact.left_over}
    for person in list(event.people.values()):
        because = left_over.get(person.id, "")
        sat_out = person.sat_out + (because in WITHOUT_SEAT)
        event.people[person.id] = replace(
            person, ready=False, held=False, arrived=False, because=because, sat_out=sat_out
        )
    event.visits.clear()
    for seats in fact.rooms:
        stays.open_room(event, seats, fact.round, fact.starts_at, fact.ends_at, fact.at)
        for id in seats.people:
            person = event.people[id]
            if person.mode is Mode.ONLINE and not person.visible and not person.microphone:
                event.unseen[id] = None
    for person in list(event.people.values()):
        if person.seat is None:
            stays.put(event, person, fact.at)


def apply_deadline(event: Event, fact: f.PreviewShortened | f.DeadlineMoved | f.Resumed) -> None:
    """Folds what moved the round's instants: earlier, later, or on after a pause."""
    match fact:
        case f.PreviewShortened():
            shift = fact.ends_at - (event.ends_at or fact.ends_at)
            event.starts_at, event.ends_at = fact.starts_at, fact.ends_at
            for room in event.running_rooms():
                event.rooms[room.id] = replace(
                    room, starts_at=fact.starts_at, ends_at=room.ends_at + shift
                )
        case f.DeadlineMoved() if fact.room is not None:
            room = event.rooms[fact.room]
            warned = tuple(w for w in room.warned if fact.ends_at - fact.at <= w * 1000)
            event.rooms[room.id] = replace(
                room, ends_at=fact.ends_at, warned=warned, granted=room.granted or not fact.by
            )
        case f.DeadlineMoved() if event.phase is Phase.BREAK:
            event.break_ends_at = fact.ends_at
        case f.DeadlineMoved():
            shift = fact.ends_at - (event.ends_at or fact.ends_at)
            event.ends_at, event.until_ended = fact.ends_at, False
            event.warned = tuple(w for w in event.warned if fact.ends_at - fact.at <= w * 1000)
            for room in event.running_rooms():
                ends_at = room.ends_at + shift
                warned = tuple(w for w in room.warned if ends_at - fact.at <= w * 1000)
                event.rooms[room.id] = replace(room, ends_at=ends_at, warned=warned)
        case f.Resumed():
            _resume(event, fact.at)


def _resume(event: Event, at: int) -> None:
    """Moves all that was ahead when the pause began by as long as it lasted."""
    paused_at = event.paused_at if event.paused_at is not None else at
    shift = at - paused_at

    def moved(instant: int | None) -> int | None:
        return instant + shift if instant is not None and instant >= paused_at else instant

    if event.phase is Phase.PREVIEW and event.preview_at is not None:
        event.preview_at += shift
    event.starts_at, event.ends_at = moved(event.starts_at), moved(event.ends_at)
    event.break_ends_at = moved(event.break_ends_at)
    for room in event.running_rooms():
        began = room.starts_at < paused_at
        event.rooms[room.id] = replace(
            room,
            starts_at=moved(room.starts_at) or room.starts_at,
            ends_at=moved(room.ends_at) or room.ends_at,
            stood_ms=room.stood_ms + (shift if began else 0),
        )
    event.paused_at = None


def end_round(event: Event, fact: f.RoundEnded) -> None:
    """Ends a round: rooms whose time is over end with it; those with more time talk on."""
    by_host = bool(fact.by)
    event.rounds_ended[fact.round] = fact.as_of
    for room in event.running_rooms():
        if by_host or room.ends_at <= fact.as_of:
            stays.end_room(event, room.id, fact.as_of, "")
    event.phase = Phase.BREAK
    event.paused_at = None
    event.ends_at = fact.as_of
    event.break_ends_at = fact.break_ends_at
    event.joins.clear()
    event.alone.clear()
    for person in list(event.people.values()):
        if person.because and person.seat is None:
            event.people[person.id] = replace(person, because="")


def end_event(event: Event, fact: f.EventEnded) -> None:
    """Ends the evening, and whatever still goes on."""
    if event.is_running:
        event.rounds_ended[event.round] = fact.at
    for id in list(event.holding):
        stays.end_room(event, id, fact.at, "round-ended")
    event.phase = Phase.ENDED
    event.ended_at = fact.at
    event.paused_at = event.break_ends_at = event.called = event.proposal = None
    event.joins.clear()
    event.undoable.clear()
    event.closing = None


def apply_seat(
    event: Event,
    fact: f.Seated
    | f.Unseated
    | f.RoomOpened
    | f.JoinPlanned
    | f.JoinCancelled
    | f.ChoseToWait
    | f.ChoseToMeetOthers
    | f.MoreTimeWished,
) -> None:
    """Folds who has a seat in a running round, or none, or is about to, and what they wish."""
    match fact:
        case f.Seated():
            stays.seat(event, fact.id, fact.room, fact.at)
        case f.Unseated():
            person = replace(
                event.people[fact.id],
                seat=None,
                arrived=False,
                because=fact.because,
                held=fact.because == "moved" and bool(fact.by),
            )
            event.joins.pop(fact.id, None)
            stays.put(event, person, fact.at)
        case f.RoomOpened():
            stays.open_room(event, fact.room, event.round, fact.starts_at, fact.ends_at, fact.at)
            stays.look_for_alone(event, fact.room.id, fact.at)
        case f.JoinPlanned():
            event.joins[fact.id] = fact
        case f.JoinCancelled():
            event.joins.pop(fact.id, None)
        case f.ChoseToWait() if fact.id in event.alone:
            event.alone[fact.id] = replace(
                event.alone[fact.id], waits_until=fact.until, wants_others=False
            )
        case f.ChoseToMeetOthers() if fact.id in event.alone:
            event.alone[fact.id] = replace(
                event.alone[fact.id], waits_until=None, wants_others=True
            )
        case f.MoreTimeWished():
            room = event.rooms[fact.room]
            event.rooms[room.id] = replace(room, wishes=(*room.wishes, fact.id))
        case _:
            pass  # alone no more
