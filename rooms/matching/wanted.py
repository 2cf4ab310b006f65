"""What should be solved next: the pool, who has met, and the rules, as data for a solver."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from rooms.event import Event
from rooms.lobby import pool, station_tables
from rooms.matching.ask import Seeker, Wanted
from rooms.messages import Phase
from rooms.people import Details, Register, RoomMode, room_mode
from rooms.programme import SEATING_KINDS
from rooms.seating import kept_rooms, kept_together, met_so_far, seekers
from rooms.standing import Pair, pair
from rooms.topics import assigned


def wanted(event: Event, register: Register, now: int) -> Wanted | None:
    """Returns the seating to be solved next; None: nothing is wanted, or the proposal still fits.

    Proposed from `draft` on, also while a round or break runs, for the pool at `now` (ms).
    """
    planned = event.next_planned
    if planned is None or event.phase is Phase.ENDED or event.next_kind not in SEATING_KINDS:
        return None
    here = _undecided(event, now)
    if len(here) < 2:
        return None
    called = event.called
    size = called.size if called is not None and called.size is not None else event.next_size
    met = met_so_far(event)
    people = tuple(seekers(event, register, here, assigned(event, register, here)))
    details = register.details
    basis = _basis(event, people, details, size, len(met), now)
    if called is None and event.proposal is not None and event.proposal.basis == basis:
        return None
    number = event.round + 1
    kept = kept_rooms(event, now)
    at_kept = [room_mode(event.people[id].mode for id in ids) for ids in kept]
    taken = sum(mode.has_table for mode in at_kept)
    return Wanted(
        event=event.id,
        round=number,
        basis=basis,
        called=called is not None,
        size=size,
        least=min(planned.least, size),
        most=max(planned.most, size),
        people=people,
        met=tuple((a, b, last) for (a, b), last in met.items()),
        glimpsed=tuple(key for key in {**event.acquainted, **_unwanted(event)} if key not in met),
        sat=tuple(event.acquainted) if event.plan.reunions else (),
        blocked=tuple(sorted({pair(a, b) for a, b in event.blocks})),
        common_language=event.plan.common_language,
        segments=details.segments,
        segment_most=details.segment_most,
        tables=max(0, tables - taken) if (tables := event.plan.tables) is not None else None,
        mixing=event.plan.mixing,
        stations=_free_stations(event, now, kept),
        weights=event.plan.weights,
        allow=event.gives_way,
        together=tuple(kept_together(event, now)),
        kept=tuple(tuple(seekers(event, register, ids)) for ids in kept),
        standing=_standing(event, basis, kept),
        rounds_left=1 + sum(later.seats_people for later in event.plan.rounds[number:]),
        seed=_seed(event),
    )


def basis_now(event: Event, register: Register, now: int) -> str:
    """Returns the digest that a proposal must have to need no solving at `now` (ms)."""
    here = _undecided(event, now)
    people = tuple(seekers(event, register, here, assigned(event, register, here)))
    met = met_so_far(event)
    return _basis(event, people, register.details, event.next_size, len(met), now)


def terms_of(basis: str) -> str:
    """Returns what a digest says of everything but who is here and whom they have met."""
    return basis.partition("-")[0]


def _standing(event: Event, basis: str, kept: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Returns the rooms already proposed for this round on these terms, but for those kept."""
    offered = event.proposal
    if offered is None or offered.round != event.round + 1:
        return ()
    if terms_of(offered.basis) != terms_of(basis):
        return ()
    fixed = {id for ids in kept for id in ids}
    return tuple(ids for ids in offered.rooms if not fixed & set(ids))


def _free_stations(event: Event, now: int, kept: list[tuple[str, ...]]) -> tuple[int, ...]:
    """Returns the tables with a station that rooms kept by a host leave to others."""
    stations = station_tables(event, now)
    fixed = [{event.people[id].table for id in ids} for ids in kept]
    free = [table for table in stations if not any(table in tables for tables in fixed)]
    # A kept room that is mixed, and fixed nowhere, will take one of those.
    loose = sum(
        room_mode(event.people[id].mode for id in ids) is RoomMode.MIXED
        and tables.isdisjoint(stations)
        for ids, tables in zip(kept, fixed, strict=True)
    )
    return tuple(free[: max(0, len(free) - loose)])


def _undecided(event: Event, now: int) -> list[str]:
    """Returns the pool without those whose rooms a host keeps as they are."""
    kept = {id for ids in kept_rooms(event, now) for id in ids}
    return [id for id in pool(event, now) if id not in kept]


def _unwanted(event: Event) -> dict[Pair, int]:
    """Returns pairs of a proposal that a host had drawn anew: they are worth nothing to it."""
    rooms = event.asked.instead_of if event.asked is not None else ()
    return {pair(a, b): 0 for ids in rooms for i, a in enumerate(ids) for b in ids[i + 1 :]}


def _meeting_now(event: Event) -> dict[Pair, int]:
    """Returns pairs who sit together in a room that is not over: they will have met."""
    return {
        pair(a, b): room.round
        for room in event.running_rooms()
        for i, a in enumerate(room.people)
        for b in room.people[i + 1 :]
    }


def _basis(
    event: Event, people: tuple[Seeker, ...], details: Details, size: int, met: int, now: int
) -> str:
    """Returns a digest of what a seating depends on; the same basis wants no second solving.

    The terms come first (`terms_of`), then who is here, and whom they have met.
    """
    plan = event.plan
    terms = (
        event.id,
        event.round + 1,
        size,
        sorted(event.blocks),
        (details.segments, details.segment_most),
        (event.pinned, event.together, event.gives_way),
        event.asked.seed if event.asked is not None else None,
        (plan.common_language, plan.tables, plan.reunions, plan.rounds[event.round]),
        plan.weights,
        (plan.mixing, station_tables(event, now)),
    )
    met_now = sorted(_meeting_now(event))
    before = () if plan.reunions else tuple(event.met_before)
    return f"{_digest(terms)}-{_digest((met, people, met_now, *before))}"


def _seed(event: Event) -> int:
    """Returns the seed of the next round's seating: a host's own, else the same for all draws.

    What giving way would bring is then what it brings.
    """
    if event.asked is not None and event.asked.seed is not None:
        return event.asked.seed
    named = f"{event.id} {event.round + 1}".encode()
    return int.from_bytes(blake2b(named, digest_size=4).digest(), "big")


def _digest(depends_on: object) -> str:
    return blake2b(msgspec.json.encode(depends_on), digest_size=6).hexdigest()
