"""One group of people to be split into rooms: which sizes, which repeats, and who is left over.

Responsible for rules 4 to 6 among people who may be seated together (connected by who may share
a room; of both modes where the event mixes them, `mixing.py`). Hard rules always hold in the
answer; then, in the programme's order: sizes within least and most, sizes beyond, the fewest and
oldest repeats, and sitting out. Deliberately knows nothing of names, tables' numbers or assistants
(`solving.py` does).

How: in a small event all rounds still to come are planned together (`ahead.py`). Otherwise splits
are tried in order of preference, each for a few steps, until one is without repeats. What then time
is left improves affinity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import assert_never

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from rooms.matching.ahead import RoundsAhead, is_tight, plan_rounds
from rooms.matching.budget import Budget
from rooms.matching.mixing import Crowd, Home, RoomPlan, layouts
from rooms.matching.room_rules import Bools, RoomRules
from rooms.matching.sizes import beyond, even_with, room_counts
from rooms.matching.solver import FORBIDDEN, REPEAT, Floats, Search
from rooms.people import Mode, RoomMode, room_mode
from rooms.programme import Allow, Mixing

PLANNED_PEOPLE = 60
"""Up to so many people the rounds to come are planned; beyond, rooms of few never get tight."""

PLANNING_STEPS = 1_000
"""Steps for one pattern of sizes; 60 µs each with 21 people."""

TRIALS = 8
"""Splits tried for one group before the best of them is taken."""

TRIAL_STEPS = 100
"""Steps for one split, which a seating without repeats ends early."""

Rooms = list[list[int]]

Modes = tuple[int, int, int, int]
"""The least and most on site, then online, of one room."""

ANY = 1 << 16
"""More people than a room has."""


class Sizes(Struct, frozen=True):
    """What the programme says of one round's rooms; `limit`: how many rooms there are."""

    size: int
    least: int
    most: int
    limit: int | None = None
    allow: Allow = Allow.PROGRAMME
    """What gives way first."""
    mixing: Mixing = Mixing.APART
    stations: int = 0
    """Stations at tables at which nobody is fixed."""


class Split(Struct, frozen=True):
    """How many rooms, and how large; `far`: by how many people the worst is out of bounds."""

    sizes: list[int]
    far: int = 0
    on_site: tuple[int, ...] = ()
    """Of each room, how many are on site; empty: all people are of one mode."""


class Group(Struct):
    """People, numbered from 0, and all that counts among them."""

    affinity: Floats
    repeats: Floats
    """What meeting again costs, in repeats: 0 for the unmet, 1 and more for the met."""
    apart: Bools
    """Pairs that a hard rule keeps apart."""
    sizes: Sizes
    yields: Sequence[int]
    """People in the order in which they give up a seat."""
    languages: Sequence[frozenset[str]] | None = None
    segments: Sequence[str] = ()
    segment_most: int | None = None
    company: Sequence[tuple[str, str]] = ()
    homes: Sequence[int] = ()
    """The number of the room in which somebody must sit, else -1; homes are the first rooms."""
    on_site: Sequence[bool] = ()
    """Who is on site, where on-site and online people may share rooms; empty: nobody may."""
    equipped: frozenset[int] = frozenset()
    """Homes at a table with a station."""
    loose: frozenset[int] = frozenset()
    """Homes at no table of their own: they may take any."""

    @property
    def people(self) -> int:
        return len(self.affinity)

    @property
    def has_room_rules(self) -> bool:
        """Whether a rule looks at more than two people of a room."""
        homes = any(home >= 0 for home in self.homes)
        most = self.segment_most is not None and any(self.segments)
        modes = bool(self.on_site)
        return self.languages is not None or homes or most or modes or bool(self.company)

    def closed_by_pairs(self) -> Bools | None:
        """Returns the pairs that all rules of rooms come down to; None: they come down to none.

        At most one of a segment is a rule about pairs. So is a table at which only one is fixed:
        the others are kept off by `apart`.
        """
        closed = self.apart.copy()
        if not self.has_room_rules:
            return closed
        at_home = [home for home in self.homes if home >= 0]
        if self.company or len(at_home) > len(set(at_home)) or self.languages is not None:
            return None
        if self.on_site:
            return None
        if self.segment_most is not None and any(self.segments):
            if self.segment_most > 1:
                return None
            names = np.array(self.segments, dtype=np.str_)
            closed |= (names[:, None] == names[None, :]) & (names != "")[:, None]
            np.fill_diagonal(closed, False)
        return closed

    def room_rules(self, seats: int, modes: Sequence[Modes] = ()) -> RoomRules | None:
        """Returns the rules about whole rooms for a search with so many seats.

        `modes`: how many on site and online each room takes, where these may share rooms.
        """
        if not self.has_room_rules:
            return None
        return RoomRules(
            seats,
            languages=self.languages,
            segments=self.segments,
            segment_most=self.segment_most,
            company=self.company,
            homes=self.homes or None,
            on_site=self.on_site or None,
            modes=modes,
        )

    def mode_of(self, room: Sequence[int]) -> RoomMode:
        """Returns the mode of a room, where modes may share rooms."""
        return room_mode(Mode.ON_SITE if self.on_site[p] else Mode.ONLINE for p in room)


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
    weights = _weights(group)
    plan = _planned(group, rng, budget, rounds_left, planning_steps)
    if plan is not None:
        return Seated(list(range(group.people)), plan)
    search = _best_split(group, weights, rng, budget)
    if search is None:
        return None
    if search.is_forbidden:
        return _with_sit_outs(group, weights, search.best, rng)
    return Seated(list(range(group.people)), search)


def _weights(group: Group) -> Floats:
    weights: Floats = group.affinity - REPEAT * group.repeats
    weights[group.apart] = -FORBIDDEN
    np.fill_diagonal(weights, 0.0)
    return weights


def _seat_some(group: Group, rng: np.random.Generator, budget: Budget) -> Seated | None:
    """Seats as many as can be within least and most and without a repeat; the others sit out.

    So many as no sizes fit for sit out first, in the order of `yields`; then whoever meets again.
    """
    chosen = _chosen(group)
    if not chosen:
        return None
    homes = [group.homes[p] for p in chosen] if group.homes else []
    part = _part(group, chosen, homes)
    part.apart = part.apart | (part.repeats > 0)
    weights = _weights(part)
    search = _best_split(part, weights, rng, budget)
    if search is None:
        return None
    if not search.is_forbidden:
        return Seated(chosen, search)
    seated = _with_sit_outs(part, weights, search.best, rng)
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
            if any(split.far == 0 for split in _splits(_part(group, rest, homes))):
                return rest
    return []


def _is_within(people: int, sizes: Sizes) -> bool:
    counts = room_counts(people, sizes.size, sizes.least, sizes.most, sizes.limit)
    return bool(counts) and beyond(people, counts[0], sizes.least, sizes.most) == 0


def _part(group: Group, people: Sequence[int], homes: Sequence[int]) -> Group:
    """Returns some people of a group as a group of their own."""
    block = np.ix_(people, people)
    return Group(
        affinity=group.affinity[block],
        repeats=group.repeats[block],
        apart=group.apart[block],
        sizes=group.sizes,
        yields=[list(people).index(p) for p in group.yields if p in set(people)],
        languages=[group.languages[p] for p in people] if group.languages is not None else None,
        segments=[group.segments[p] for p in people] if group.segments else (),
        segment_most=group.segment_most,
        company=group.company,
        homes=homes,
        on_site=[group.on_site[p] for p in people] if group.on_site else (),
        equipped=group.equipped,
        loose=group.loose,
    )


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


def _patterns(group: Group, rounds_left: int) -> Iterator[list[list[int]]]:
    """Yields sizes of rounds: as many rounds as possible, smaller rooms as late as possible."""
    splits = [split.sizes for split in _splits(group) if not split.far][:2]
    for rounds in range(rounds_left if splits else 0, 0, -1):
        for later in range(rounds + 1 if len(splits) > 1 else 1):
            yield [splits[round >= rounds - later] for round in range(rounds)]


def _splits(group: Group) -> Iterator[Split]:
    """Yields sizes, and how far they lie beyond least and most, in the order of preference.

    Never rooms larger than preferred ones: they hold more pairs that can break a rule.
    """
    sizes = group.sizes
    fixed = [0] * (max(group.homes, default=-1) + 1)
    for home in group.homes:
        if home >= 0:
            fixed[home] += 1
    if group.on_site:
        yield from _mixed_splits(group, fixed)
        return
    counts = room_counts(group.people, sizes.size, sizes.least, sizes.most, sizes.limit)
    splits = [even_with(group.people, rooms, fixed) for rooms in counts]
    found = [(_far(split, sizes, fixed), split) for split in splits if split is not None]
    found.sort(key=lambda one: one[0])  # stable: else in the order of preference
    for far, split in found:
        if len(split) >= len(found[0][1]):
            yield Split(split, far)


def _mixed_splits(group: Group, fixed: Sequence[int]) -> Iterator[Split]:
    """Yields sizes with how many are on site in each room (`mixing.py`)."""
    sizes = group.sizes
    crowd = Crowd(
        on_site=sum(group.on_site),
        online=group.people - sum(group.on_site),
        stations=sizes.stations,
        tables=sizes.limit,
        homes=tuple(_home(group, number) for number in range(len(fixed))),
    )
    numbers = (sizes.size, sizes.least, sizes.most, sizes.mixing)
    # Where those who must sit together cannot, they are seated like others, and some sit out.
    for layout in layouts(crowd, *numbers) or layouts(replace(crowd, homes=()), *numbers):
        yield Split(
            [room.size for room in layout.rooms],
            layout.far,
            tuple(room.on_site for room in layout.rooms),
        )


def _home(group: Group, number: int) -> Home:
    those = [group.on_site[p] for p in range(group.people) if group.homes[p] == number]
    return Home(
        on_site=sum(those),
        online=len(those) - sum(those),
        has_station=number in group.equipped,
    )


def _exact(split: Split) -> list[Modes]:
    """Returns what each room of a split takes of either mode."""
    rooms = zip(split.sizes, split.on_site, strict=True) if split.on_site else ()
    return [(here, here, size - here, size - here) for size, here in rooms]


def _wide(split: Split) -> list[Modes]:
    """Returns what rooms take whose modes stay, and whose sizes may change."""
    rooms = zip(split.sizes, split.on_site, strict=True) if split.on_site else ()
    return [_bounds(RoomPlan(size, here).mode) for size, here in rooms]


def _bounds(mode: RoomMode) -> Modes:
    """Returns how many of either mode a room of this mode takes."""
    match mode:
        case RoomMode.ONLINE:
            return (0, 0, 0, ANY)
        case RoomMode.ON_SITE:
            return (0, ANY, 0, 0)
        case RoomMode.MIXED:
            return (1, ANY, 1, ANY)
        case _:
            assert_never(mode)


def _far(split: Sequence[int], sizes: Sizes, fixed: Sequence[int]) -> int:
    """Returns by how many people rooms lie beyond least and most, the worst of them.

    More may be fixed at one table than a room takes: that is no room's size to mend.
    """
    beyond_most = (
        size - max(sizes.most, fixed[room] if room < len(fixed) else 0)
        for room, size in enumerate(split)
    )
    return max(0, sizes.least - min(split), *beyond_most)


def _best_split(
    group: Group, weights: Floats, rng: np.random.Generator, budget: Budget
) -> Search | None:
    """Tries splits until one breaks nothing; else takes the one that breaks least.

    Sizes beyond least and most are worth it only when they save every hard rule and every repeat;
    where they are to give way first, already when they save one.
    """
    best: tuple[float, Search] | None = None
    strict = group.sizes.allow in (Allow.REPEATS, Allow.SIT_OUTS)
    splits = list(islice(_splits(group), TRIALS))
    for number, split in enumerate(splits):
        far = split.far
        if strict and far and best is not None:
            break
        ranges = [(size, size) for size in split.sizes]
        search = _search(group, weights, ranges, rng, modes=_exact(split))
        _try(search, budget, len(splits) - number)
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
        for split in islice(_splits(group), 3):
            ranges = [(min(least, size), max(most, size)) for size in split.sizes]
            search = _search(group, weights, ranges, rng, modes=_wide(split))
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

    So many trials, this one among them, share what steps there are.
    """
    steps = TRIAL_STEPS if search.uses_assignments else 4 * TRIAL_STEPS
    if search.uses_assignments and search.has_few_rooms:
        steps *= 2
    if budget.most is not None:
        steps = min(steps, -(-(budget.most - budget.taken) // trials))
    budget.grant(steps)
    search.mends = True
    for _ in range(steps):
        if search.debt == 0 or search.is_over or not budget.step():
            return
        search.step()


def _with_sit_outs(
    group: Group, weights: Floats, rooms: Rooms, rng: np.random.Generator
) -> Seated | None:
    """Takes people out of rooms until no hard rule is broken, and seats them elsewhere if it can.

    Who goes first is who breaks most, then who is first in `yields`.
    """
    rank = {person: place for place, person in enumerate(group.yields)}
    check = _RoomCheck(group)
    kept: Rooms = []
    out: list[int] = []
    for number, seated in enumerate(rooms):
        room = [person for person in seated if check.home(person) in (-1, number)]
        if not check.has_place(room, None, kept):
            # Of the wrong mode, or beyond tables: those stay who are more, if they can.
            for some in _by_mode(group, room):
                if check.has_place(some, None, kept):
                    room = some
                    break
            else:
                room = []
        while len(room) > 1 and check.breaches(room):
            after = {p: check.breaches([q for q in room if q != p]) for p in room}
            room.remove(min(room, key=lambda p: (after[p], rank[p])))
        if len(room) > 1:
            kept.append(room)
        out += [person for person in seated if len(room) < 2 or person not in room]
    limit = group.sizes.limit
    if limit is None or group.on_site:
        limit = group.people  # of tables and stations `has_place` knows
    for person in sorted(out, key=lambda p: -rank[p]):
        if person in out:
            _find_seat(check, person, kept, out, limit)
    if group.sizes.allow is Allow.SIT_OUTS:
        _break_up_small(check, kept, out, group.sizes)
    _give_way(check, kept, out, rank)
    return _kept(group, weights, kept, rng) if kept else None


def _find_seat(check: _RoomCheck, person: int, rooms: Rooms, out: list[int], limit: int) -> None:
    """Seats somebody taken out: in the smallest room that allows it, else with another such."""
    strict = check.group.sizes.allow is Allow.SIT_OUTS
    most = check.group.sizes.most if strict else check.group.people
    for room in sorted(rooms, key=len):
        if len(room) < most and check.may_be([*room, person], room, rooms):
            room.append(person)
            out.remove(person)
            return
    for other in out if len(rooms) < limit else ():
        if other != person and check.may_be([person, other], None, rooms):
            rooms.append([person, other])
            out.remove(person)
            out.remove(other)
            return


def _break_up_small(check: _RoomCheck, rooms: Rooms, out: list[int], sizes: Sizes) -> None:
    """Breaks up rooms below the least, smallest first, each time seating their people elsewhere."""
    while small := [room for room in rooms if len(room) < sizes.least]:
        room = min(small, key=len)
        rooms.remove(room)
        out += room
        for person in room:
            _find_seat(check, person, rooms, out, limit=0)


def _give_way(check: _RoomCheck, rooms: Rooms, out: list[int], rank: dict[int, int]) -> None:
    """Has those who are to yield first give their seats to people left out, wherever it is fine.

    Nobody is then left out who could have the seat of somebody before them in `yields`.
    """
    seats = [(person, room) for room in rooms for person in room]
    for leaving, room in sorted(seats, key=lambda seat: rank[seat[0]]):
        for coming in sorted(out, key=lambda p: -rank[p]):
            if rank[coming] < rank[leaving]:
                break
            others = [person for person in room if person != leaving]
            if check.may_be([*others, coming], room, rooms):
                room[room.index(leaving)] = coming
                out[out.index(coming)] = leaving
                break


def _kept(group: Group, weights: Floats, rooms: Rooms, rng: np.random.Generator) -> Seated:
    """Returns these rooms as an answer that can be bettered without changing their sizes."""
    people = sorted(person for room in rooms for person in room)
    rows = {person: row for row, person in enumerate(people)}
    block = np.ix_(people, people)
    homes: list[int] = []
    if group.homes:
        at = {group.homes[p]: number for number, room in enumerate(rooms) for p in room}
        homes = [at[group.homes[p]] if group.homes[p] >= 0 else -1 for p in people]
    part = _part(group, people, homes)
    start = [[rows[person] for person in room] for room in rooms]
    ranges = [(len(room), len(room)) for room in rooms]
    modes = [_bounds(group.mode_of(room)) for room in rooms] if group.on_site else []
    return Seated(people, _search(part, weights[block], ranges, rng, start, modes))


def _by_mode(group: Group, room: Sequence[int]) -> list[list[int]]:
    """Returns the people of a room who are on site, and those online, the more first."""
    if not group.on_site:
        return []
    here = [person for person in room if group.on_site[person]]
    online = [person for person in room if not group.on_site[person]]
    return sorted((here, online), key=len, reverse=True)


class _RoomCheck:
    """Counts the hard rules that one room breaks, whichever room it is."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.rules = group.room_rules(group.people)
        if self.rules is not None:
            self.rules.homes[:] = -1

    def home(self, person: int) -> int:
        return self.group.homes[person] if self.group.homes else -1

    def breaches(self, room: Sequence[int]) -> int:
        """Returns how many rules these people break in one room, wherever it is."""
        pairs = int(self.group.apart[np.ix_(room, room)].sum()) // 2
        whole = self.rules.broken(np.array([room], dtype=np.intp)) if self.rules is not None else 0
        return pairs + whole + max(0, len({self.home(person) for person in room} - {-1}) - 1)

    def may_be(self, room: Sequence[int], now: list[int] | None, rooms: Rooms) -> bool:
        """Says whether `now` may become `room`: nothing broken, and no home in two rooms."""
        homes = {self.home(person) for person in room} - {-1}
        elsewhere = {self.home(p) for other in rooms if other is not now for p in other}
        fits = not homes & elsewhere and self.breaches(room) == 0
        return fits and self.has_place(room, now, rooms)

    def has_place(self, room: Sequence[int], now: list[int] | None, rooms: Rooms) -> bool:
        """Says whether there are tables and stations for `room` beside the others."""
        group = self.group
        if not group.on_site or group.mode_of(room) is RoomMode.ONLINE:
            return True
        others = [other for other in rooms if other is not now]
        limit, modes = group.sizes.limit, [group.mode_of(other) for other in others]
        if limit is not None and sum(mode.has_table for mode in modes) >= limit:
            return False
        if group.mode_of(room) is RoomMode.ON_SITE:
            return True
        if tied := self._tied(room):
            return tied <= group.equipped
        taken = sum(
            mode is RoomMode.MIXED and not self._tied(other)
            for mode, other in zip(modes, others, strict=True)
        )
        return taken < group.sizes.stations

    def _tied(self, room: Sequence[int]) -> set[int]:
        """Returns the homes of these people that are at a table of their own."""
        return {self.home(person) for person in room} - {-1} - self.group.loose
