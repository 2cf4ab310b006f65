"""From what is wanted to an offer: groups, tables, assistants, and the numbers beside it.

Responsible for turning `Wanted` into `OfferSeating`: who may meet at all is split into groups
(whoever a hard rule does not connect: on-site people and online people too, where modes stay
apart), each group is seated (`seating.py`), what time is left betters all groups in turn, and
assistants join their persons. Deliberately decides nothing about the event: the offer is checked
again when it arrives.

Invariants: no room of the offer breaks a hard rule; everybody wanted is in one room or in
`sitting_out`; the same `Wanted`, seed and steps give the same offer.

Five people at size 2: Emre is the only one on site, so that nobody can sit with him, and 花子 has
blocked Bo, with whom she shares chess.

>>> people = tuple(Seeker(id=id, interests=tuple(tags.split())) for id, tags in (
...     ("ana", "jazz hiking"), ("bo", "jazz chess"), ("chidi", "hiking"), ("hanako", "chess")))
>>> emre = Seeker(id="emre", interests=("jazz",), mode=Mode.ON_SITE)
>>> offer = solve_wanted(Wanted(event="e", round=1, basis="b", size=2, least=2, most=3,
...     people=(*people, emre), blocked=(("bo", "hanako"),)), seconds=0, steps=50)
>>> offer.rooms, offer.sitting_out
((('ana', 'bo'), ('chidi', 'hanako')), ('emre',))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
from msgspec.structs import replace

from rooms.commands import OfferSeating
from rooms.matching.affinity import affinity_matrix
from rooms.matching.ask import Seeker, Wanted
from rooms.matching.budget import Budget
from rooms.matching.clearing import allowed
from rooms.matching.fairness import catching_up
from rooms.matching.figures import Figures, figures
from rooms.matching.group import Group, Sizes
from rooms.matching.mixing import going_round, shares
from rooms.matching.room_rules import Bools, Ints
from rooms.matching.rules import HardRules, hard_rules_of, table_of
from rooms.matching.seating import Seated, seat
from rooms.matching.sizes import room_counts
from rooms.matching.soft import soft_terms
from rooms.matching.solver import Floats, Search
from rooms.people import Mode
from rooms.standing import Pair

CALLED_PLANNING = 1_500
"""Steps at most for finding a plan of the rounds ahead while somebody waits: some 0.15 s."""

PLANNING = 2_000
"""Steps at most for finding one when nobody waits."""

MADE_UP = 1_000_000
"""From here on, numbers of tables are those of people kept together, not of real tables."""

BETTERING = 50
"""Steps for bettering that a slow machine takes even when the time is over."""


def solve_wanted(
    wanted: Wanted,
    seconds: float,
    seed: int | None = None,
    *,
    steps: int | None = None,
    hurry: Callable[[], bool] = lambda: False,
) -> OfferSeating:
    """Returns a seating for what is wanted, after `seconds` or exactly `steps` of searching.

    `seed` is the one in `wanted` unless given. `hurry` is asked before each step and ends the time
    by saying yes. Somebody sits out only when no hard rule allows them a room.
    """
    seed = wanted.seed if seed is None else seed
    rng = np.random.default_rng([seed, wanted.round])
    budget = Budget(seconds, steps, hurry)
    pool = Pool(wanted, rng)
    seated: list[tuple[list[int], Seated]] = []
    planning = (CALLED_PLANNING if wanted.called else PLANNING) // pool.modes
    groups = pool.groups()
    for number, (members, group) in enumerate(groups):
        answer = seat(
            group,
            rng,
            budget,
            rounds_left=wanted.rounds_left,
            planning_steps=budget.share(planning, len(groups) - number),
        )
        if answer is not None:
            seated.append((members, answer))
    _better([answer for _, answer in seated], budget)
    rooms = [[members[p] for p in room] for members, answer in seated for room in answer.rooms]
    return pool.offer(sorted(rooms), seed, budget.taken)


def _better(answers: Sequence[Seated], budget: Budget) -> None:
    """Spends what is left of the budget on all groups in turn."""
    searches = [answer.search for answer in answers if not answer.search.is_over]
    budget.grant(BETTERING)
    for search in searches:
        if isinstance(search, Search) and search.debt == 0:
            search.expect(lambda: budget.left() / len(searches))
    while searches:
        for search in searches:
            if not budget.step():
                return
            search.step()


class Pool:
    """Everybody to be seated, numbered; assistants stand behind their persons."""

    def __init__(self, wanted: Wanted, rng: np.random.Generator | None = None) -> None:
        self.wanted = wanted
        self.rules: HardRules = hard_rules_of(wanted)
        everybody = self.rules.people
        self.heads = [p for p in everybody.values() if self.rules.persons[p.id] == p.id]
        self.number = {head.id: row for row, head in enumerate(self.heads)}
        self.escorts = self.rules.escorts
        self.bound_to = self._bound_to()
        self.affinity = self._affinity()
        self.repeats = self._repeats()
        self.liking = self._liking()
        self.apart = self._apart()
        luck = rng if rng is not None else np.random.default_rng(0)
        self.luck = luck.random(len(self.heads))

    @property
    def modes(self) -> int:
        """How many modes there are among the people."""
        return max(1, len({head.mode for head in self.heads}))

    def groups(self) -> list[tuple[list[int], Group]]:
        """Returns the groups that are seated apart from each other, each with its members."""
        free = np.ones(len(self.heads), dtype=np.bool_)
        free[self._crowded_out()] = False
        parts = [part for part in self._components(free) if len(part) > 1]
        limits, stations = self._limits(parts), self._stations(parts)
        kept = [
            (self._with_tables(part, limit), limit, own)
            for part, limit, own in zip(parts, limits, stations, strict=True)
        ]
        return [(part, self._group(part, limit, own)) for part, limit, own in kept if len(part) > 1]

    def offer(self, rooms: list[list[int]], seed: int, steps: int) -> OfferSeating:
        """Returns the offer for these rooms of persons' numbers, with what it says of them."""
        ids = [self._with_escorts([self.heads[p].id for p in room]) for room in rooms]
        return self.offer_of(ids, seed=seed, steps=steps)

    def offer_of(self, rooms: Sequence[Sequence[str]], *, seed: int, steps: int) -> OfferSeating:
        """Returns the offer for these rooms, with its numbers; those kept by a host count in them.

        Whoever breaks a hard rule in them sits out. Repeats are counted among the people to be
        seated alone.
        """
        rooms = allowed(rooms, self.rules)
        seated = {id for room in rooms for id in room}
        numbered = [[self.number[id] for id in room if id in self.number] for room in rooms]
        found = self._figures(rooms)
        return OfferSeating(
            round=self.wanted.round,
            basis=self.wanted.basis,
            rooms=tuple(tuple(room) for room in rooms),
            sitting_out=tuple(p.id for p in self.wanted.people if p.id not in seated),
            seed=seed,
            steps=steps,
            repeats=sum(
                int(self.repeats[a, b] > 0) for room in numbered for a, b in combinations(room, 2)
            ),
            mean_affinity=found.mean,
            worst_affinity=found.worst,
            random_affinity=found.random,
            random_worst=found.random_worst,
            bound_affinity=found.bound,
        )

    def _figures(self, rooms: Sequence[Sequence[str]]) -> Figures:
        kept = self.wanted.kept
        if kept:
            people = (*self.wanted.people, *(person for room in kept for person in room))
            everybody = Pool(replace(self.wanted, people=people, kept=()))
            return everybody._figures([*rooms, *([person.id for person in room] for room in kept)])
        numbered = [[self.number[id] for id in room if id in self.number] for room in rooms]
        may = ~self.apart
        np.fill_diagonal(may, False)
        return figures(
            self.affinity,
            may,
            self.repeats > 0,
            [
                [room for room in numbered if room and self.heads[room[0]].mode in modes]
                for modes in ([{*Mode}] if self.rules.stations is not None else [{m} for m in Mode])
            ],
            np.random.default_rng(self.wanted.round),
            in_a_hurry=self.wanted.called,
        )

    def _with_escorts(self, room: list[str]) -> tuple[str, ...]:
        return tuple(id for head in room for id in (head, *self.escorts.get(head, ())))

    def _affinity(self) -> Floats:
        """Returns affinity; those who only glimpsed each other would feel it as a repeat."""
        found = affinity_matrix(self.heads, self.wanted.weights)
        for i, j in self._rows(self.wanted.glimpsed):
            found[i, j] = found[j, i] = 0.0
        return found

    def _liking(self) -> Floats:
        """Returns what pairs are worth to the search: affinity, fairness so far, and soft rules."""
        sat = self.repeats > 0
        full = self.affinity
        if self.wanted.sat:  # meeting again is welcome: then they have not met, but they have sat
            full = affinity_matrix(self.heads, self.wanted.weights)
            for i, j in self._rows(self.wanted.sat):
                sat[i, j] = sat[j, i] = True
        liking = catching_up(full, sat)
        liking[self.affinity == 0] = 0.0
        liking = liking + soft_terms(self.heads, self.wanted.weights)
        return liking + going_round(self.heads) if self.rules.stations is not None else liking

    def _rows(self, pairs: Iterable[Pair]) -> Iterator[tuple[int, int]]:
        """Yields the numbers of two people, where both are to be seated."""
        for a, b in pairs:
            i, j = self.number.get(a), self.number.get(b)
            if i is not None and j is not None:
                yield i, j

    def _repeats(self) -> Floats:
        """Returns what meeting again costs: 1 for the oldest to 1.5 for the latest round."""
        repeats = np.zeros((len(self.heads), len(self.heads)))
        for a, b, last in self.wanted.met:
            if a in self.number and b in self.number:
                i, j = self.number[a], self.number[b]
                recent = min(1.0, max(0.0, last / max(1, self.wanted.round)))
                repeats[i, j] = repeats[j, i] = 1 + recent / 2
        return repeats

    def _apart(self) -> Bools:
        """Returns the pairs of persons whom a hard rule keeps apart, as `rules.broken` would."""
        n = len(self.heads)
        modes = np.array([head.mode is Mode.ON_SITE for head in self.heads], dtype=np.bool_)
        apart: Bools = np.zeros((n, n), dtype=np.bool_)
        if self.rules.stations is None:
            apart |= modes[:, None] != modes[None, :]
        party = {id: row for id, row in self.number.items()}
        for head, assistants in self.escorts.items():
            party |= {assistant: self.number[head] for assistant in assistants}
        for a, b in self.rules.blocked:
            if a in party and b in party:
                apart[party[a], party[b]] = apart[party[b], party[a]] = True
        tables = np.array([self._table_of_party(head) for head in self.heads], dtype=np.intp)
        fixed = tables >= 0
        if self.rules.stations is not None:
            # Nobody online sits at a table without a station.
            bare = modes & fixed & (tables < MADE_UP) & ~np.isin(tables, [*self.rules.stations])
            apart |= bare[:, None] & ~modes[None, :]
        apart |= (fixed[:, None] & fixed[None, :]) & (tables[:, None] != tables[None, :])
        topics = np.array([head.topic for head in self.heads], dtype=np.str_)
        named = topics != ""
        apart |= (named[:, None] & named[None, :]) & (topics[:, None] != topics[None, :])
        segments = np.array([head.segment for head in self.heads], dtype=np.str_)
        for a, b in self.rules.never:
            apart |= (segments == a)[:, None] & (segments == b)[None, :]
        if self.rules.common_language:
            apart |= self._without_language()
        apart |= apart.T
        apart[np.arange(n), np.arange(n)] = False
        return apart

    def _own_table(self, head: str) -> int | None:
        """Returns the table at which somebody, or an assistant of theirs, is fixed."""
        party = (self.rules.people[id] for id in (head, *self.escorts.get(head, ())))
        return max((at for p in party if (at := table_of(p)) is not None), default=None)

    def _table_of_party(self, head: Seeker) -> int:
        own = self._own_table(head.id)
        return self.bound_to.get(head.id, -1 if own is None else own)

    def _bound_to(self) -> dict[str, int]:
        """Returns the table of those whom a host keeps together: a real one, or one made up."""
        bound: dict[str, int] = {}
        for number, ids in enumerate(self.wanted.together):
            here = sorted({self.rules.persons.get(id) or id for id in ids} & self.number.keys())
            party = [*here, *(id for head in here for id in self.escorts.get(head, ()))]
            tables = [at for id in party if (at := table_of(self.rules.people[id])) is not None]
            table = tables[0] if tables else MADE_UP + number
            # Whoever is fixed elsewhere stays there: a host's wish is no hard rule.
            bound |= {head: table for head in here if self._own_table(head) in (None, table)}
        return bound

    def _without_language(self) -> Bools:
        talks = [self.rules.languages[head.id] for head in self.heads]
        names = sorted(frozenset[str]().union(*talks))
        spoken = np.array([[name in known for name in names] for known in talks], dtype=np.float64)
        spoken = spoken.reshape(len(talks), len(names))
        known = np.array([bool(languages) for languages in talks], dtype=np.bool_)
        none: Bools = (spoken @ spoken.T == 0) & known[:, None] & known[None, :]
        return none

    def _crowded_out(self) -> list[int]:
        """Returns who cannot sit at the table they are fixed at, since others there keep them off.

        Those who have sat out before are seated first.
        """
        kept: dict[int, list[int]] = {}
        out: list[int] = []
        for person in reversed(self._yielding(range(len(self.heads)))):
            table = self._table_of_party(self.heads[person])
            if table < 0:
                continue
            if self.apart[person, kept.setdefault(table, [])].any():
                out.append(person)
            else:
                kept[table].append(person)
        return out

    def _components(self, free: Bools) -> list[list[int]]:
        """Returns the sets of people whom chains of people who may share a room connect."""
        unseen = free.copy()
        parts: list[list[int]] = []
        for first in range(len(self.heads)):
            if not unseen[first]:
                continue
            reached = np.zeros(len(self.heads), dtype=np.bool_)
            reached[first] = True
            edge: Ints = np.array([first], dtype=np.intp)
            while edge.size:
                near = (~self.apart[edge]).any(axis=0) & free & ~reached
                reached |= near
                edge = np.flatnonzero(near)
            unseen &= ~reached
            parts.append(np.flatnonzero(reached).tolist())
        return parts

    def _limits(self, parts: list[list[int]]) -> list[int | None]:
        """Shares out the tables among groups on site, larger ones first; None: no limit."""
        tables = self.wanted.tables
        limits: list[int | None] = [None] * len(parts)
        on_site = [i for i, part in enumerate(parts) if any(map(self._is_on_site, part))]
        if tables is None:
            return limits
        on_site.sort(key=lambda i: (-len(parts[i]), i))
        wishes = {i: self._rooms_wished(parts[i]) for i in on_site[:tables]}
        while sum(wishes.values()) > tables:
            tightest = min(wishes, key=lambda i: (wishes[i] == 1, len(parts[i]) / wishes[i], i))
            wishes[tightest] -= 1
        for i in on_site:
            limits[i] = wishes.get(i, 0)
        return limits

    def _rooms_wished(self, part: list[int]) -> int:
        wanted = self.wanted
        fixed = {t for p in part if (t := self._table_of_party(self.heads[p])) >= 0}
        here = sum(map(self._is_on_site, part))
        if here < len(part):  # with people online there may be two of them at a table
            return max(1, here // 2, len(fixed))
        counts = room_counts(here, wanted.size, wanted.least, wanted.most)
        return max(counts[0], len(fixed))

    def _is_on_site(self, person: int) -> bool:
        return self.heads[person].mode is Mode.ON_SITE

    def _stations(self, parts: list[list[int]]) -> list[int]:
        """Shares out the stations among groups; at those where people are fixed only they sit."""
        fixed = {self._own_table(head.id) for head in self.heads}
        free = sum(table not in fixed for table in self.rules.stations or ())
        here = [sum(map(self._is_on_site, part)) for part in parts]
        return shares(free, [(n, len(part) - n) for n, part in zip(here, parts, strict=True)])

    def _group(self, part: list[int], limit: int | None, stations: int) -> Group:
        block = np.ix_(part, part)
        heads = [self.heads[p] for p in part]
        homes = self._homes(part)
        at = (self._table_of_party(self.heads[person]) for person in part)
        tables = dict(zip(homes, at, strict=False))
        tables.pop(-1, None)
        stood = self.rules.stations or frozenset()
        on_site = [self._is_on_site(person) for person in part]
        languages = [self.rules.languages[head.id] for head in heads]
        return Group(
            affinity=self.liking[block],
            repeats=self.repeats[block],
            apart=self.apart[block],
            sizes=Sizes(
                self.wanted.size,
                self.wanted.least,
                self.wanted.most,
                limit,
                self.wanted.allow,
                self.wanted.mixing,
                stations,
            ),
            yields=[part.index(p) for p in self._yielding(part)],
            languages=languages if self._languages_differ(languages) else None,
            segments=[head.segment for head in heads],
            segment_most=self.rules.segment_most,
            company=self.rules.company,
            homes=homes,
            on_site=on_site if 0 < sum(on_site) < len(part) else (),
            equipped=frozenset(n for n, table in tables.items() if table in stood),
            loose=frozenset(n for n, table in tables.items() if table >= MADE_UP),
        )

    def _languages_differ(self, languages: Sequence[frozenset[str]]) -> bool:
        """Says whether language can matter beyond pairs: nobody's languages are all the same."""
        return self.rules.common_language and len({known for known in languages if known}) > 1

    def _with_tables(self, part: list[int], limit: int | None) -> list[int]:
        """Returns those who can be seated with so many rooms, a table each where it is fixed.

        A table at which people are fixed needs a room of two, so there may be too many of them.
        """
        if limit == 0:
            return [person for person in part if not self._is_on_site(person)]
        counts = Counter(self._table_of_party(self.heads[person]) for person in part)
        counts.pop(-1, None)
        here = {self._table_of_party(self.heads[p]) for p in part if self._is_on_site(p)}
        people, tables = len(part), [table for table, _ in counts.most_common()]
        while tables and (
            sum(max(2, counts[table]) for table in tables) > people
            or (limit is not None and sum(table in here for table in tables) > limit)
        ):
            people -= counts[tables.pop()]
        able = {-1, *tables}
        return [person for person in part if self._table_of_party(self.heads[person]) in able]

    def _homes(self, part: list[int]) -> list[int]:
        """Returns the room each is bound to, -1 for none: the first rooms, one for each table."""
        tables = [self._table_of_party(self.heads[person]) for person in part]
        fixed = sorted({table for table in tables if table >= 0}, key=lambda t: -tables.count(t))
        number = {table: room for room, table in enumerate(fixed)}
        return [number.get(table, -1) for table in tables] if fixed else []

    def _yielding(self, people: Sequence[int]) -> list[int]:
        """Returns people in the order in which they give up a seat: floaters, then the lucky."""

        def patience(person: int) -> tuple[bool, int, float]:
            head = self.heads[person]
            return not head.floater, head.sat_out, float(self.luck[person])

        return sorted(people, key=patience)
