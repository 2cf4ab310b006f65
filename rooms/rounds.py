"""The clock of an evening: phases, deadlines, and what is due when (rules 8 and 9).

Invariant: an alarm that has been acted on is not due again; `due` is None or an instant whose
action brings facts.

Which command may be given in which phase:

| command | draft | lobby | preview | round | break | ended |
|---|---|---|---|---|---|---|
| open-doors | yes | | | | | |
| start-round | yes | yes | | | yes | |
| pause, resume | | | yes | yes | yes | |
| end-round | | a room | yes | yes | a room | |
| extend | | a room | yes | yes | yes | |
| close-event | yes | yes | yes | yes | yes | |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from msgspec.structs import replace

from rooms import commands as c
from rooms import facts as f
from rooms import floor, seating, seats
from rooms.deciding import CLOCK, SERVER, Deciding
from rooms.event import Event
from rooms.lobby import pool
from rooms.messages import Phase
from rooms.people import Mode
from rooms.programme import SEATING_KINDS, Kind
from rooms.proposal import check_is_ahead
from rooms.refusal import Refusal
from rooms.standing import Room

CLOSING_MS = 30_000
"""`close-event` takes effect after this long."""

NOT_HERE_YET_MS = 20_000
"""Rule 11: how far into the round somebody hidden is awaited."""

SOLVING_MS = 5_000
"""A called round that no solver answered for so long is dealt without one."""

WARNINGS_S = (60, 10)
"""Rule 9."""

WISH_MS = 60_000
"""Rule 9: in the last 60 s each may wish for more time."""

LONGEST_MS = 24 * 3600 * 1000
"""What a round may be extended to, from now."""

PHASES: dict[type[c.Command], frozenset[Phase]] = {
    c.OpenDoors: frozenset({Phase.DRAFT}),
    c.StartRound: frozenset({Phase.DRAFT, Phase.LOBBY, Phase.BREAK}),
    c.Pause: frozenset({Phase.PREVIEW, Phase.ROUND, Phase.BREAK}),
    c.Resume: frozenset({Phase.PREVIEW, Phase.ROUND, Phase.BREAK}),
    c.EndRound: frozenset({Phase.LOBBY, Phase.PREVIEW, Phase.ROUND, Phase.BREAK}),
    c.Extend: frozenset({Phase.LOBBY, Phase.PREVIEW, Phase.ROUND, Phase.BREAK}),
    c.CloseEvent: frozenset(set(Phase) - {Phase.ENDED}),
}

Action = Callable[[Deciding], None]


def check_phase(event: Event, command: c.Command) -> None:
    """Refuses a command that is out of turn, saying how things stand."""
    allowed = PHASES.get(type(command))
    if allowed is None or event.phase in allowed:
        return
    if event.phase is Phase.ENDED:
        raise Refusal("event-over", "This event is over.")
    if isinstance(command, c.StartRound):
        raise Refusal("already-running", "Round {round} is on already.", round=event.round)
    if isinstance(command, c.OpenDoors):
        raise Refusal("already-open", "The doors are open already.")
    raise Refusal("out-of-turn", "No round is on now.")


# What is due


def due(event: Event) -> int | None:
    """Returns the instant (ms) at which the clock acts next; None: nothing is to come."""
    return min((at for at, _ in _alarms(event)), default=None)


def run_clock(deciding: Deciding) -> None:
    """Does everything whose time has come, in its order; an alarm that is late acts now, once."""
    for _ in range(10_000):
        alarms = [alarm for alarm in _alarms(deciding.event) if alarm[0] <= deciding.now]
        if not alarms:
            return
        before = len(deciding.facts)
        min(alarms, key=lambda alarm: alarm[0])[1](deciding)
        if len(deciding.facts) == before:
            raise AssertionError("an alarm brought no fact")


def _alarms(event: Event) -> Iterator[tuple[int, Action]]:
    if event.phase is Phase.ENDED:
        return
    if event.closes_at is not None:
        yield event.closes_at, _end_event
    starts_at = event.plan.starts_at
    if event.phase is Phase.DRAFT and starts_at is not None:
        yield starts_at, lambda d: d.happened(f.DoorsOpened(at=d.now, by=CLOCK))
    if not event.is_running and event.paused_at is None:
        for room in event.running_rooms():
            yield from _room_alarms(event, room)
    if event.called is not None:
        yield event.called.at + SOLVING_MS, _deal
        return
    following = event.next_planned
    if event.phase is Phase.LOBBY and event.round == 0 and following and following.auto:
        if starts_at is not None:
            yield starts_at, _call_next
    elif event.phase is Phase.BREAK and event.break_ends_at is not None:
        if event.paused_at is None:
            yield event.break_ends_at, _call_next if following else _end_break
    elif event.is_running:
        yield from _round_alarms(event)


def _round_alarms(event: Event) -> Iterator[tuple[int, Action]]:
    starts_at, ends_at = event.starts_at or 0, event.ends_at or 0
    for id, planned in event.joins.items():
        yield planned.join_at, partial(seats.join, id=id)
    if event.phase is Phase.ROUND:
        for id in event.alone:
            yield from _alone_alarms(event, id)
    if event.kind is Kind.OPEN:
        for id in event.dropped:
            at = event.people[id].dropped_at or 0
            yield at + floor.KEPT_MS, partial(floor.let_go, id=id)
    if event.paused_at is not None:
        return
    if event.phase is Phase.PREVIEW:
        yield starts_at, _start
        return
    yield ends_at, _end_round_by_clock
    for seconds in WARNINGS_S:
        is_due = seconds not in event.warned and not event.until_ended
        if is_due and event.round_seconds > seconds:
            yield ends_at - seconds * 1000, partial(_warn, seconds=seconds, room=None)
    for id in event.unseen:
        links = event.people[id].connections
        if links:
            at = max(starts_at, links[-1].at) + NOT_HERE_YET_MS
            yield at, partial(_await_no_longer, id=id)
    for room in event.running_rooms():
        if room.ends_at != ends_at:
            yield from _room_alarms(event, room)


def _room_alarms(event: Event, room: Room) -> Iterator[tuple[int, Action]]:
    """Yields the alarms of a room that has a deadline of its own."""
    if room.ends_at < (event.ends_at or 0) or not event.is_running:
        yield room.ends_at, lambda d: d.happened(f.RoomEnded(at=d.now, room=room.id))
    for seconds in WARNINGS_S:
        if seconds not in room.warned and event.round_seconds > seconds:
            yield room.ends_at - seconds * 1000, partial(_warn, seconds=seconds, room=room.id)


def _alone_alarms(event: Event, id: str) -> Iterator[tuple[int, Action]]:
    alone = event.alone[id]
    at = seats.moves_at(event, id)
    if id in event.joins or at is None or seats.company_is_coming(event, alone.room):
        return
    if at < (event.ends_at or 0) or event.paused_at is not None:
        yield at - seats.join_warning_ms(event), lambda d: seats.plan_for_stranded(d, id)


def _await_no_longer(deciding: Deciding, id: str) -> None:
    deciding.happened(f.NotHereYet(at=deciding.now, id=id))


def _warn(deciding: Deciding, seconds: int, room: str | None) -> None:
    deciding.happened(f.Warned(at=deciding.now, seconds=seconds, room=room))


# Phases


def open_doors(deciding: Deciding) -> None:
    """Opens the doors: the event is in the lobby."""
    deciding.require_host()
    deciding.happened(f.DoorsOpened(at=deciding.now, by=deciding.by))


def start_round(deciding: Deciding, command: c.StartRound) -> None:
    """Calls the next round: at once with a fresh proposal, else when its seating is offered."""
    deciding.require_host()
    event = deciding.event
    check_is_ahead(event, command.size)
    if event.next_kind in SEATING_KINDS and len(pool(event, deciding.now)) < 2:
        raise Refusal("nobody-to-seat", "A round needs at least two people who are here.")
    if event.phase is Phase.DRAFT:
        deciding.happened(f.DoorsOpened(at=deciding.now, by=deciding.by))
    _call(deciding, command.seconds, command.size, by=deciding.by)


def _call_next(deciding: Deciding) -> None:
    """The clock calls the next round; one that nobody came to keeps its time without rooms."""
    seats_people = deciding.event.next_kind in SEATING_KINDS
    if seats_people and len(pool(deciding.event, deciding.now)) < 2:
        seating.fix(deciding, [], seconds=None, size=None)
    else:
        _call(deciding, None, None, by=CLOCK)


def _call(deciding: Deciding, seconds: int | None, size: int | None, *, by: str) -> None:
    event = deciding.event
    if event.next_kind not in SEATING_KINDS:
        seating.fix(deciding, [], seconds=seconds, size=None)
        return
    if size is None and _fix_from_proposal(deciding, seconds):
        return
    deciding.happened(
        f.RoundCalled(at=deciding.now, round=event.round + 1, seconds=seconds, size=size, by=by)
    )


def _fix_from_proposal(deciding: Deciding, seconds: int | None) -> bool:
    """Fixes the proposal if, mended for who came and went, it is as good as a new one."""
    event, proposal, following = (
        deciding.event,
        deciding.event.proposal,
        deciding.event.next_planned,
    )
    if proposal is None or following is None or proposal.round != event.round + 1:
        return False
    meant = {id for ids in (*proposal.rooms, proposal.sitting_out) for id in ids}
    here = set(pool(event, deciding.now))
    if len(meant ^ here) > max(2, len(here) // 20):
        return False
    if proposal.sitting_out and meant != here:
        return False
    rooms, unplaced = seating.repaired(
        event,
        deciding.register,
        proposal.rooms,
        proposal.sitting_out,
        deciding.now,
        size=event.next_size,
        least=min(following.least, event.next_size),
        most=max(following.most, event.next_size),
    )
    if unplaced or not rooms or seating.count_repeats(event, rooms) > proposal.repeats:
        return False
    if len(meant - here) and any(len(ids) < following.least for ids in rooms):
        return False
    seating.fix(deciding, rooms, seconds=seconds, size=None, seen=proposal)
    return True


def offer_seating(deciding: Deciding, offer: c.OfferSeating) -> None:
    """Takes a solver's seating: fixes it if the round is called, else keeps it as the proposal."""
    if deciding.by != SERVER:
        raise Refusal("not-allowed", "Only a host can do this.")
    event = deciding.event
    following = event.next_planned
    is_wanted = event.next_kind in SEATING_KINDS and event.phase is not Phase.ENDED
    if following is None or offer.round != event.round + 1 or not is_wanted:
        raise Refusal("stale-offer", "This seating is for another round.")
    kept = seating.kept_rooms(event, deciding.now)
    if {id for ids in kept for id in ids} & {
        id for ids in offer.rooms for id in ids
    } or seating.parts_company(event, deciding.now, offer.rooms):
        raise Refusal("stale-offer", "People came or went meanwhile; it is solved again.")
    offer = replace(offer, rooms=(*kept, *offer.rooms))
    called = event.called
    if called is None:
        deciding.happened(_proposal(deciding, offer))
        return
    size = called.size if called.size is not None else event.next_size
    rooms, unplaced = seating.repaired(
        event,
        deciding.register,
        offer.rooms,
        offer.sitting_out,
        deciding.now,
        size=size,
        least=min(following.least, size),
        most=max(following.most, size),
    )
    waited = deciding.now - called.at
    if unplaced and waited < SOLVING_MS // 2:
        raise Refusal("stale-offer", "People came or went meanwhile; it is solved again.")
    if not rooms and called.by != CLOCK:
        deciding.happened(
            f.CallWithdrawn(at=deciding.now, round=offer.round, because="nobody-to-seat")
        )
        return
    seen = event.proposal
    deciding.happened(_proposal(deciding, offer))
    seating.fix(deciding, rooms, seconds=called.seconds, size=called.size, seen=seen)


def _proposal(deciding: Deciding, offer: c.OfferSeating) -> f.SeatingOffered:
    return f.SeatingOffered(
        at=deciding.now,
        round=offer.round,
        basis=offer.basis,
        rooms=offer.rooms,
        sitting_out=offer.sitting_out,
        seed=offer.seed,
        steps=offer.steps,
        repeats=seating.count_repeats(deciding.event, offer.rooms),
        mean_affinity=offer.mean_affinity,
        worst_affinity=offer.worst_affinity,
        random_affinity=offer.random_affinity,
        random_worst=offer.random_worst,
        bound_affinity=offer.bound_affinity,
        causes=offer.causes,
        relaxations=offer.relaxations,
    )


def _deal(deciding: Deciding) -> None:
    """Seats a called round one by one when no solver answers: right, if not the best."""
    event, called, following = deciding.event, deciding.event.called, deciding.event.next_planned
    if called is None or following is None:
        return
    size = called.size if called.size is not None else event.next_size
    rooms = seating.dealt(
        event,
        deciding.register,
        deciding.now,
        size=size,
        least=min(following.least, size),
        most=max(following.most, size),
    )
    if not rooms and called.by != CLOCK:
        deciding.happened(
            f.CallWithdrawn(at=deciding.now, round=called.round, because="nobody-to-seat")
        )
        return
    seating.fix(deciding, rooms, seconds=called.seconds, size=called.size)


def _start(deciding: Deciding) -> None:
    deciding.happened(f.RoundStarted(at=deciding.now, round=deciding.event.round))


def shorten_preview(deciding: Deciding) -> None:
    """Cuts the walking time once all on-site people have arrived at their tables."""
    event, planned = deciding.event, deciding.event.planned
    if event.phase is not Phase.PREVIEW or planned is None or event.paused_at is not None:
        return
    walking = [
        event.people[id]
        for room in event.running_rooms()
        if room.mode.has_table
        for id in room.people
        if event.people[id].mode is Mode.ON_SITE
    ]
    if not walking or not all(person.arrived for person in walking):
        return
    preview_ends_at = (event.preview_at or 0) + planned.preview_seconds * 1000
    starts_at = max(deciding.now, preview_ends_at)
    if starts_at < (event.starts_at or 0):
        deciding.happened(
            f.PreviewShortened(
                at=deciding.now,
                starts_at=starts_at,
                ends_at=(event.ends_at or 0) + starts_at - (event.starts_at or 0),
            )
        )


def _end_round_by_clock(deciding: Deciding) -> None:
    _end_round(deciding, deciding.event.ends_at or deciding.now, by="")


def _end_round(deciding: Deciding, as_of: int, by: str) -> None:
    event, planned = deciding.event, deciding.event.planned
    following = event.next_planned
    break_ms = planned.break_seconds * 1000 if planned else 0
    waits_for_host = following is not None and not following.auto
    deciding.happened(
        f.RoundEnded(
            at=deciding.now,
            round=event.round,
            as_of=as_of,
            break_ends_at=None if waits_for_host else as_of + break_ms,
            by=by,
        )
    )


def _end_break(deciding: Deciding) -> None:
    deciding.happened(f.BreakEnded(at=deciding.now, round=deciding.event.round))


def _end_event(deciding: Deciding) -> None:
    if deciding.event.is_running:
        ends_at = deciding.event.ends_at or deciding.now
        # While paused the deadline stands still, and people talk on until now.
        paused = deciding.event.paused_at is not None
        _end_round(deciding, deciding.now if paused else min(ends_at, deciding.now), by=CLOCK)
    deciding.happened(f.EventEnded(at=deciding.now))


def close_event(deciding: Deciding) -> None:
    """Closes the event in 30 s; another host is told that it closes already, and cannot undo it."""
    deciding.require_host()
    closing = deciding.event.closing
    if closing is not None and closing.by != deciding.by:
        raise Refusal("already-closing", "The event closes already.")
    if closing is None:
        deciding.happened(
            f.ClosingBegan(at=deciding.now, closes_at=deciding.now + CLOSING_MS, by=deciding.by)
        )


# Deadlines


def pause(deciding: Deciding) -> None:
    """Stops the clock for everybody; minutes together run on."""
    deciding.require_host()
    if deciding.event.paused_at is not None:
        raise Refusal("already-paused", "The clock is paused already.")
    deciding.happened(f.Paused(at=deciding.now, by=deciding.by))


def resume(deciding: Deciding) -> None:
    """Lets the clock run on: what is left of all deadlines is as it was."""
    deciding.require_host()
    if deciding.event.paused_at is None:
        raise Refusal("not-paused", "The clock is not paused.")
    deciding.happened(f.Resumed(at=deciding.now, by=deciding.by))


def end_round(deciding: Deciding, command: c.EndRound) -> None:
    """Ends the round for all, or one room."""
    deciding.require_host()
    event = deciding.event
    if command.room is None:
        if not event.is_running:
            raise Refusal("out-of-turn", "No round is on now.")
        _end_round(deciding, deciding.now, by=deciding.by)
        return
    room = deciding.running_room(command.room)
    deciding.happened(f.RoomEnded(at=deciding.now, room=room.id, by=deciding.by))


def extend(deciding: Deciding, command: c.Extend) -> None:
    """Moves the deadline of all rooms, of one, or of the break; a negative number shortens."""
    deciding.require_host()
    event = deciding.event
    now = event.clock(deciding.now)
    if command.seconds == 0:
        raise Refusal("too-short", "Nothing changes by 0 seconds.")
    if command.room is not None:
        room = deciding.running_room(command.room)
        if event.kind is Kind.OPEN:
            raise Refusal("out-of-turn", "The rooms of an open floor end together.")
        ends_at = room.ends_at + command.seconds * 1000
        latest = event.break_ends_at if event.phase is Phase.BREAK else event.next_preview_at()
        if latest is not None and ends_at > latest:
            raise Refusal("too-long", "The room would not end before the next preview.")
        starts_at = room.starts_at
    else:
        current = event.break_ends_at if event.phase is Phase.BREAK else event.ends_at
        if event.is_running and event.until_ended:
            # A floor without a deadline gets one.
            current = max(now, event.starts_at or now)
        if event.phase is Phase.LOBBY:
            raise Refusal("out-of-turn", "No round is on now.")
        if current is None:
            raise Refusal("out-of-turn", "The break ends when you start the next round.")
        ends_at = current + command.seconds * 1000
        starts_at = 0 if event.phase is Phase.BREAK else event.starts_at or 0
    if ends_at <= max(now, starts_at):
        raise Refusal("too-short", "That is more than is left; end the round instead.")
    if ends_at > now + LONGEST_MS:
        raise Refusal("too-long", "A round can last 24 hours at the most.")
    deciding.happened(
        f.DeadlineMoved(
            at=deciding.now,
            ends_at=ends_at,
            room=command.room,
            seconds=command.seconds,
            by=deciding.by,
        )
    )


def wish_more_time(deciding: Deciding) -> None:
    """Wishes quietly for more time; granted only when all in the room do (rule 9)."""
    event, me = deciding.event, deciding.me
    room, planned = event.room_of(me.id), event.planned
    if room is None or event.phase is Phase.PREVIEW or planned is None:
        raise Refusal("no-room", "You are not in a room now.")
    if not planned.more_time or not event.seats_people:
        raise Refusal("not-allowed", "Rooms cannot ask for more time in this round.")
    if room.granted:
        raise Refusal("already-granted", "This room has had more time already.")
    if room.ends_at - event.clock(deciding.now) > WISH_MS:
        raise Refusal("too-soon", "You can wish for more time in the last minute.")
    if me.id not in room.wishes:
        deciding.happened(f.MoreTimeWished(at=deciding.now, id=me.id, room=room.id))
    room = event.rooms[room.id]
    present = [id for id in room.people if event.people[id].present]
    if not set(present) <= set(room.wishes):
        return
    ends_at = room.ends_at + event.round_seconds * 500
    latest = event.next_preview_at()
    if latest is not None:
        ends_at = min(ends_at, latest - 1000)
    if ends_at > room.ends_at:
        deciding.happened(
            f.DeadlineMoved(
                at=deciding.now,
                ends_at=ends_at,
                room=room.id,
                seconds=(ends_at - room.ends_at) // 1000,
            )
        )
