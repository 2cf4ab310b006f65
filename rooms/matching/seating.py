"""One group of people to be split into rooms: which sizes, which repeats, and who is left over.

Responsible for rules 4 to 6 among people who may be seated together (connected by who may share
a room; of both modes where the event mixes them, `mixing.py`). Hard rules always hold in the
answer; then, in the programme's order: sizes within least and most, sizes beyond, the fewest and
oldest repeats, and sitting out. Deliberately knows nothing of names, tables' numbers or assistants
(`solving.py` does).

How: in a small event all rounds still to come are planned together (`ahead.py`). Otherwise splits
(`splits.py`) are tried in order of preference, each for a few steps, until one is without repeats;
where none obeys every hard rule, some people are left out (`left_out.py`). What then time is left
improves affinity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from msgspec import Struct

from rooms.matching.ahead import RoundsAhead, is_tight, plan_rounds
from rooms.matching.budget import Budget
from rooms.matching.group import Group, Modes, Rooms, Sizes
from rooms.matching.left_out import standing
from rooms.matching.sizes import beyond, room_counts
from rooms.matching.solver import Floats, Search
from rooms.matching.splits import bounds, exact, splits, wide
from rooms.programme import Allow

PLANNED_PEOPLE = 60
"""Up to so many people the rounds to come are planned; beyond, rooms of few never get tight."""

PLANNING_STEPS = 1_000
"""Steps for one pattern of sizes; 60 µs each with 21 people."""

TRIALS = 8
"""Splits tried for one group before the best of them is taken."""

TRIAL_STEPS = 100
"""Steps for one split, which a seating without repeats ends early."""

SHARED = 4
"""Splits at most that share few steps: the first are preferred, and fewer steps mend nothing."""


class Seated(Struct):
    """A group's answer: rooms of persons' numbers, and a search that can still better them."""

    people: list[int]
    """The group's persons whom the search seats, in the order it numbers them."""
    search: Search | RoundsAhead

    @property
    def rooms(self) -> Rooms:
        """The rooms, in the group's numbers."""
        return [[self.people[person] for person in room] for room in self.search.best]


def seat(
    group: Group,
    rng: np.random.Generator,
    budget: Budget,
    *,
    rounds_left: int = 1,
    planning_steps: int = 3 * PLANNING_STEPS,
) -> Seated | None:
    """Returns rooms in which no hard rule is broken; people of none sit out. None: nobody sits.

    Of the repeats there are as few, and as old, as were found within the budget's steps.
    """
    if group.sizes.allow is Allow.SIT_OUTS:
        return _seat_some(group, rng, budget)
    plan = _planned(group, rng, budget, rounds_left, planning_steps)
    if plan is not None:
        return Seated(list(range(group.people)), plan)
    search = _best_split(group, group.weights(), rng, budget)
    if search is None:
        return None
    if search.is_forbidden:
        return _with_sit_outs(group, search.best, rng)
    return Seated(list(range(group.people)), search)


def _seat_some(group: Group, rng: np.random.Generator, budget: Budget) -> Seated | None:
    """Seats as many as can be within least and most and without a repeat; the others sit out.

    So many as no sizes fit for sit out first, in the order of `yields`; then whoever meets again.
    """
    chosen = _chosen(group)
    if not chosen:
        return None
    homes = [group.homes[p] for p in chosen] if group.homes else []
    part = group.part(chosen, homes)
    part.apart = part.apart | (part.repeats > 0)
    search = _best_split(part, part.weights(), rng, budget)
    if search is None:
        return None
    if not search.is_forbidden:
        return Seated(chosen, search)
    seated = _with_sit_outs(part, search.best, rng)
    if seated is not None:
        seated.people = [chosen[p] for p in seated.people]
    return seated


def _chosen(group: Group) -> list[int]:
    """Returns as many as sizes fit for, those who are to yield first left out; empty: nobody."""
    sizes = group.sizes
    if not group.on_site:
        fits = [n for n in range(group.people, 1, -1) if _is_within(n, sizes)]
        return sorted(group.yields[group.people - fits[0] :]) if fits else []
    here = [p for p in group.yields if group.on_site[p]]
    online = [p for p in group.yields if not group.on_site[p]]
    for left in range(group.people - 1):
        for out in range(max(0, left - len(online)), min(left, len(here)) + 1):
            rest = sorted(here[out:] + online[left - out :])
            homes = [group.homes[p] for p in rest] if group.homes else []
            if any(split.far == 0 for split in splits(group.part(rest, homes))):
                return rest
    return []


def _is_within(people: int, sizes: Sizes) -> bool:
    counts = room_counts(people, sizes.size, sizes.least, sizes.most, sizes.limit)
    return bool(counts) and beyond(people, counts[0], sizes.least, sizes.most) == 0


def _planned(
    group: Group,
    rng: np.random.Generator,
    budget: Budget,
    rounds_left: int,
    steps: int,
) -> RoundsAhead | None:
    """Seats this round within a plan of as many rounds to come as can be without repeats."""
    pairs = group.closed_by_pairs() if group.people <= PLANNED_PEOPLE else None
    if pairs is None:
        return None
    closed = pairs | (group.repeats > 0)
    met = np.unique(group.repeats, return_inverse=True)[1].reshape(group.repeats.shape)
    ends_at = budget.taken + steps
    for pattern in _patterns(group, rounds_left):
        if len(pattern) == 1 and not is_tight(closed, pattern):
            return None
        left = min(PLANNING_STEPS, ends_at - budget.taken)
        if left <= 0:
            return None
        plan = plan_rounds(closed, pattern, rng, budget, left, affinity=group.affinity, met=met)
        if plan is not None:
            return plan
    return None


def _best_split(
    group: Group, weights: Floats, rng: np.random.Generator, budget: Budget
) -> Search | None:
    """Tries splits until one breaks nothing; else takes the one that breaks least.

    Sizes beyond least and most are worth it only when they save every hard rule and every repeat;
    where they are to give way first, already when they save one.
    """
    best: tuple[float, Search] | None = None
    strict = group.sizes.allow in (Allow.REPEATS, Allow.SIT_OUTS)
    choices = list(islice(splits(group), TRIALS))
    for number, split in enumerate(choices):
        far = split.far
        if strict and far and best is not None:
            break
        ranges = [(size, size) for size in split.sizes]
        search = _search(group, weights, ranges, rng, modes=exact(split))
        _try(search, budget, len(choices) - number if group.on_site else 1)
        cost = search.debt
        if cost == 0:
            return search
        if best is None or (cost < best[0] and (not far or group.sizes.allow is Allow.SIZES)):
            best = cost, search
    if best is None or not best[1].is_forbidden:
        return best[1] if best else None
    return _uneven(group, weights, rng, budget, best[1])


def _uneven(
    group: Group, weights: Floats, rng: np.random.Generator, budget: Budget, even: Search
) -> Search:
    """Lets every room find its own size, since even sizes break a hard rule."""
    sizes, best = group.sizes, even
    wider = () if sizes.allow is Allow.SIT_OUTS else ((2, 2 * sizes.most),)
    for least, most in ((sizes.least, sizes.most), *wider):
        for split in islice(splits(group), 3):
            ranges = [(min(least, size), max(most, size)) for size in split.sizes]
            search = _search(group, weights, ranges, rng, modes=wide(split))
            _try(search, budget)
            if search.debt < best.debt:
                best = search
            if not best.is_forbidden:
                return best
    return best


def _search(
    group: Group,
    weights: Floats,
    ranges: Sequence[tuple[int, int]],
    rng: np.random.Generator,
    start: Rooms | None = None,
    modes: Sequence[Modes] = (),
) -> Search:
    rules = group.room_rules(sum(most for _, most in ranges), modes)
    return Search(weights, ranges, rng, rules=rules, start=start)


def _try(search: Search, budget: Budget, trials: int = 1) -> None:
    """Searches until nothing is broken and nobody meets again, for a few steps at the most.

    Where their number is given they are shared by so many trials, this one among them.
    """
    steps = TRIAL_STEPS if search.uses_assignments else 4 * TRIAL_STEPS
    if search.uses_assignments and search.has_few_rooms:
        steps *= 2
    steps = budget.share(steps, min(trials, SHARED))
    budget.grant(steps)
    search.mends = True
    for _ in range(steps):
        if search.debt == 0 or search.is_over or not budget.step():
            return
        search.step()


def _patterns(group: Group, rounds_left: int) -> Iterator[list[list[int]]]:
    """Yields sizes of rounds: as many rounds as possible, smaller rooms as late as possible."""
    sizes = [split.sizes for split in splits(group) if not split.far][:2]
    for rounds in range(rounds_left if sizes else 0, 0, -1):
        for later in range(rounds + 1 if len(sizes) > 1 else 1):
            yield [sizes[round >= rounds - later] for round in range(rounds)]


def _with_sit_outs(group: Group, rooms: Rooms, rng: np.random.Generator) -> Seated | None:
    """Leaves out as few as it can, and returns the others' rooms: their sizes stay."""
    rooms = standing(group, rooms)
    if not rooms:
        return None
    people = sorted(person for room in rooms for person in room)
    rows = {person: row for row, person in enumerate(people)}
    homes: list[int] = []
    if group.homes:
        at = {group.homes[p]: number for number, room in enumerate(rooms) for p in room}
        homes = [at[group.homes[p]] if group.homes[p] >= 0 else -1 for p in people]
    part = group.part(people, homes)
    start = [[rows[person] for person in room] for room in rooms]
    ranges = [(len(room), len(room)) for room in rooms]
    modes = [bounds(group.mode_of(room)) for room in rooms] if group.on_site else []
    return Seated(people, _search(part, part.weights(), ranges, rng, start, modes))
