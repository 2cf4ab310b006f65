"""Rounds to come: seats for all remaining rounds of a small event at once, nobody meeting twice.

Responsible for telling who may sit together now so that the later rounds can still be without
repeats, and for choosing, among all such plans, one that people like. In a small event the first is
not so by itself: 21 people in rooms of four find the fifth round closed if the first four were
solved one after another. (It is the social golfer problem.) Nor is the second: of the plans without
repeats one found by chance is worth as much as rooms drawn by lot.

Method, for a plan: where the event is tight, a construction (`designs.py`), placed so that those
who have met lie in rounds already played; else constraint-based local search with a tabu list (I.
Dotú and P. Van Hentenryck, "Scheduling Social Golfers Locally", CPAIOR 2005): all rounds are seated
greedily; then, in a round that holds a repeat, the swap that leaves the fewest repeats is made, one
of the two being in a repeat, unless it was made recently.

Method, for a better plan, two searches that take turns:

- *Two people change places in all rounds.* No repeat comes of it, however tight the plan. Its gain
  is that of a quadratic assignment problem, for all pairs at once by one product of matrices (E.
  Taillard, "Robust taboo search for the quadratic assignment problem", 1991).
- *Two people change places in one round.* What a repeat costs falls while there is none and rises
  while there are some (strategic oscillation: F. Glover), so that the search passes through plans
  with repeats and comes back.

Of rounds with rooms of the same sizes the best is played first. O(n²·rooms) a step, some 0.1 ms.

Known weaknesses: later rounds are planned for the same people, who will come and go.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rooms.matching.budget import Budget
from rooms.matching.designs import design
from rooms.matching.places import places
from rooms.matching.room_rules import Bools, Ints
from rooms.matching.solver import REPEAT, Search

PATIENCE = 1_500
"""Steps without fewer repeats until all rounds are seated anew."""

CHANGES = 40
"""Steps of two changing places in all rounds, without a better plan, until single rounds' turn."""

BENDS = 150
"""Steps of two changing places in one round, without a better plan, until the best is taken up."""

ONE_ROUND = 60
"""Steps for each round of a first plan."""

TIGHT = 0.75
"""From this share of somebody's possible partners on, a construction is tried before a search."""

LATER = 0.97
"""How much a round counts, beside the one before it: who knows who will still be there."""

HINT = 0.05
"""What affinity counts beside a repeat while a plan is sought: it decides between equals."""

Counts = NDArray[np.float64]
Rooms = list[list[int]]


def plan_rounds(
    apart: Bools,
    rounds: Sequence[Sequence[int]],
    rng: np.random.Generator,
    budget: Budget,
    steps: int,
    *,
    affinity: Counts | None = None,
    met: Ints | None = None,
) -> RoundsAhead | None:
    """Returns rooms for each round in which nobody meets twice, or None when none were found.

    `apart` are the pairs that must not meet at all (they have met, or must not share a room), as
    an n×n array; `met` says in which round, from 1, they met, where they did. `rounds` holds each
    round's room sizes. Takes at most `steps` steps, of which the budget allows all.
    """
    if not _may_exist(apart, rounds):
        return None
    worth = affinity if affinity is not None else np.zeros(apart.shape)
    taken = budget.taken
    budget.grant(steps)
    constructed = _constructed(apart, rounds, rng, worth, met)
    if constructed is not None and is_tight(apart, rounds) and constructed.mend(budget, steps // 3):
        constructed.is_kept = True
        return constructed
    ahead = RoundsAhead(worth, apart, rounds, rng)
    if ahead.mend(budget, steps - (budget.taken - taken)):
        return ahead
    if constructed is not None and constructed.mend(budget, 0):
        return constructed
    return None


def is_tight(apart: Bools, rounds: Sequence[Sequence[int]]) -> bool:
    """Says whether somebody needs most of those they have not met yet."""
    still = len(apart) - 1 - int((apart.sum(axis=1) - apart.diagonal()).max())
    return sum(max(sizes) - 1 for sizes in rounds) >= TIGHT * still


def _constructed(
    apart: Bools,
    rounds: Sequence[Sequence[int]],
    rng: np.random.Generator,
    affinity: Counts,
    met: Ints | None,
) -> RoundsAhead | None:
    """Returns a plan made of a construction, in which some who are apart may still meet."""
    people, sizes = len(apart), sorted(rounds[0])
    if any(sorted(other) != sizes for other in rounds) or sizes[-1] - sizes[0] > 1:
        return None
    points = _point_rounds(design(len(sizes), sizes[-1]), people, len(rounds))
    if points is None:
        return None
    found = places(points, met, rng) if met is not None and met.any() else None
    place, free = found or (rng.permutation(people), np.arange(len(points)))
    if len(free) < len(rounds):
        return None
    order = [_as_rooms(points[number][place], sizes, rounds[0]) for number in free]
    same = [room_of[:, None] == room_of[None, :] for room_of in order]
    clashes = np.array([(apart & pairs).sum() for pairs in same])
    kept = np.argsort(clashes, kind="stable")[: len(rounds)]
    return RoundsAhead(affinity, apart, rounds, rng, np.array([order[k] for k in kept]))


def _point_rounds(plan: list[Rooms], people: int, needed: int) -> list[Ints] | None:
    """Returns the room of each point in each round, with points left out until `people` are left.

    Rounds in which two of those left out would share a room are left out too.
    """
    if len(plan) < needed:
        return None
    points = sum(map(len, plan[0]))
    room_of = np.empty((len(plan), points), dtype=np.intp)
    for number, rooms in enumerate(plan):
        for room, held in enumerate(rooms):
            room_of[number, held] = room
    best: list[Ints] | None = None
    for first in range(points if people < points else 1):
        out: list[int] = [first] if people < points else []
        rounds = np.ones(len(plan), dtype=np.bool_)
        while len(out) < points - people:
            meets = (room_of[:, :, None] == room_of[:, out][:, None, :]).any(axis=2)
            lost = (meets & rounds[:, None]).sum(axis=0)
            lost[out] = len(plan) + 1
            out.append(int(np.argmin(lost)))
            rounds &= ~meets[:, out[-1]]
        if best is None or rounds.sum() > len(best):
            kept = np.delete(room_of, out, axis=1)
            best = [kept[number] for number in np.flatnonzero(rounds)]
        if len(best) == len(plan):
            break
    return best if best is not None and len(best) >= needed else None


def _as_rooms(room_of: Ints, sizes: Sequence[int], wanted: Sequence[int]) -> Ints:
    """Numbers the rooms so that room i has the i-th of the sizes wanted."""
    held = np.bincount(room_of, minlength=len(sizes))
    name = np.empty(len(sizes), dtype=np.intp)
    name[np.argsort(held, kind="stable")] = np.argsort(wanted, kind="stable")
    numbered: Ints = name[room_of]
    return numbered


class RoundsAhead:
    """All rounds at once. `met[a, b]` counts the rounds two people share, and 1 for `apart`."""

    def __init__(
        self,
        affinity: Counts,
        apart: Bools,
        rounds: Sequence[Sequence[int]],
        rng: np.random.Generator,
        room_of: Ints | None = None,
    ) -> None:
        self.affinity = affinity
        self.apart = apart.astype(np.float64)
        np.fill_diagonal(self.apart, 0.0)
        self.sizes = rounds
        self.rng = rng
        self.people = len(apart)
        self.taken = 0
        self.is_kept = False
        """Whether it stays a construction, so that its rounds are found again in the next one."""
        self.counts = LATER ** np.arange(len(rounds))
        self._take_up(room_of if room_of is not None else self._round_by_round())

    @property
    def repeats(self) -> int:
        """How many meetings too many there are."""
        return int(np.maximum(self.met - 1, 0).sum() / 2)

    @property
    def rounds(self) -> list[Rooms]:
        """The best rounds so far, the one to be played first at the front."""
        room_of = self.best_room_of
        order = sorted(range(len(room_of)), key=lambda number: -self._liking(room_of[number]))
        queues: dict[tuple[int, ...], list[int]] = {}
        for number in order:
            queues.setdefault(tuple(self.sizes[number]), []).append(number)
        played = [queues[tuple(sizes)].pop(0) for sizes in self.sizes]
        return [
            [np.flatnonzero(room_of[number] == room).tolist() for room in range(len(sizes))]
            for number, sizes in zip(played, self.sizes, strict=True)
        ]

    @property
    def best(self) -> Rooms:
        """The rooms of the round to be played now."""
        return self.rounds[0]

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to search: one room."""
        return max(map(len, self.sizes)) < 2

    def mend(self, budget: Budget, steps: int) -> bool:
        """Takes away repeats, for so many steps at the most, and says whether none are left."""
        for _ in range(steps):
            if self.now == 0 or not budget.step():
                break
            self._mend()
        if self.now == 0:
            self._keep()
        return self.now == 0

    def step(self) -> None:
        """Takes one step towards a plan that is liked better, and keeps it if it is the best."""
        self.taken += 1
        since = self.taken - self.better_at
        if since > CHANGES + (0 if self.is_kept else BENDS):
            self._take_up(self.best_room_of)
            self._kick()
            since = 0
        if since <= CHANGES:
            self._change_places()
        else:
            self._bend()
        if self.now == 0 and self.worth > self.best_worth + 1e-9:
            self._keep()

    def _keep(self) -> None:
        self.best_room_of = self.room_of.copy()
        self.best_worth = self.worth
        self.better_at = self.taken

    def _liking(self, room_of: Ints) -> float:
        return float(self.affinity[room_of[:, None] == room_of[None, :]].sum()) / 2

    def _round_by_round(self) -> Ints:
        """Seats one round after another as well as can be, without a thought of the next."""
        met = self.apart.copy()
        room_of = np.zeros((len(self.sizes), self.people), dtype=np.intp)
        for number, sizes in enumerate(self.sizes):
            weights = self.affinity - REPEAT * met
            np.fill_diagonal(weights, 0.0)
            search = Search(weights, [(size, size) for size in sizes], self.rng)
            search.mends = True
            for _ in range(ONE_ROUND):
                search.step()
            for room, people in enumerate(search.best):
                room_of[number, people] = room
                met[np.ix_(people, people)] += 1
        return room_of

    def _begin(self) -> None:
        """Seats all rounds anew, everybody where they have met the fewest."""
        met = self.apart.copy()
        room_of = np.zeros((len(self.sizes), self.people), dtype=np.intp)
        for number, sizes in enumerate(self.sizes):
            free = np.array(sizes, dtype=np.intp)
            cost = np.zeros((len(sizes), self.people))
            for person in self.rng.permutation(self.people):
                worth = cost[:, person] + self.rng.random(len(sizes)) * 0.1
                room = int(np.argmin(np.where(free > 0, worth, np.inf)))
                room_of[number, person] = room
                free[room] -= 1
                cost[room] += met[person] - HINT * self.affinity[person]
            met += room_of[number][:, None] == room_of[number][None, :]
            np.fill_diagonal(met, 0.0)
        self._take_up(room_of)

    def _take_up(self, room_of: Ints) -> None:
        """Goes on from these rounds, with nothing forbidden by memory."""
        self.tabu = np.zeros((len(self.sizes), self.people, self.people), dtype=np.int64)
        self.tabu_all = np.zeros((self.people, self.people), dtype=np.int64)
        self.better_at = self.taken
        self.price = 1.0
        self._set(room_of.copy())
        self.fewest = self.now

    def _set(self, room_of: Ints) -> None:
        self.room_of = room_of
        same = room_of[:, :, None] == room_of[:, None, :]
        self.met = self.apart + same.sum(axis=0)
        np.fill_diagonal(self.met, 0.0)
        likings = np.array([self._liking(each) for each in room_of])
        self.worth = float(self.counts @ likings)
        self.now = self.repeats

    def _kick(self) -> None:
        """Has a few people change places in all rounds, at random."""
        for _ in range(3):
            a, b = (int(p) for p in self.rng.integers(0, self.people, 2))
            if a != b:
                self._change(a, b)

    def _mend(self) -> None:
        """Makes the swap that leaves the fewest repeats in one round that holds a repeat."""
        self.taken += 1
        if self.taken - self.better_at > PATIENCE:
            self._begin()
            return
        now = int(self.rng.choice(self._wrong_rounds()))
        delta, wrong = self._deltas(now, 1.0, HINT)
        delta += self.rng.random(delta.shape) * 0.1
        delta[~wrong] = np.inf
        delta[(self.tabu[now] > self.taken) & (self.now + delta >= self.fewest - 0.5)] = np.inf
        self._swap_cheapest(now, delta, 14)
        if self.now < self.fewest:
            self.fewest, self.better_at = self.now, self.taken

    def _bend(self) -> None:
        """Makes the cheapest swap in one round, repeats costing what they do at present."""
        now = int(self.rng.integers(len(self.sizes)))
        if self.now:
            now = int(self.rng.choice(self._wrong_rounds()))
        self.price = min(10.0, self.price * 1.1) if self.now else max(0.1, self.price * 0.8)
        delta, wrong = self._deltas(now, self.price, float(self.counts[now]))
        if self.now:
            delta[~wrong] = np.inf
        delta[self.tabu[now] > self.taken] = np.inf
        self._swap_cheapest(now, delta, 10)

    def _deltas(self, now: int, price: float, liking: float) -> tuple[Counts, Bools]:
        """Returns what each swap in a round costs, and in which the first is in a repeat."""
        room_of = self.room_of[now]
        inside = (np.arange(len(self.sizes[now]))[:, None] == room_of).astype(float)
        coming_in = price * (self.met >= 1) - liking * self.affinity
        going_out = price * (self.met >= 2) - liking * self.affinity
        coming = (coming_in @ inside.T)[:, room_of]
        leaving = np.einsum("ab,ba->a", going_out, inside[room_of].T)
        delta: Counts = coming + coming.T - leaving[:, None] - leaving[None, :] - 2 * coming_in
        same = room_of[:, None] == room_of[None, :]
        delta[same] = np.inf
        wrong = (same & (self.met >= 2)).any(axis=1)
        return delta, np.broadcast_to(wrong[:, None], delta.shape)

    def _swap_cheapest(self, now: int, delta: Counts, longest: int) -> None:
        a, b = divmod(int(np.argmin(delta)), self.people)
        if delta[a, b] < np.inf:
            until = self.taken + self.rng.integers(4, longest)
            self.tabu[now, a, b] = self.tabu[now, b, a] = until
            self._swap(now, a, b)

    def _wrong_rounds(self) -> Ints:
        """Returns the rounds in which two people sit together who meet more than once."""
        same = self.room_of[:, :, None] == self.room_of[:, None, :]
        wrong: Ints = np.flatnonzero((same & (self.met >= 2)[None]).any(axis=(1, 2)))
        return wrong

    def _swap(self, number: int, a: int, b: int) -> None:
        room_of = self.room_of[number]
        with_a, with_b = room_of == room_of[a], room_of == room_of[b]
        with_a[a] = with_b[b] = False
        for person, others, change in (
            (a, with_a, -1),
            (b, with_b, -1),
            (a, with_b, 1),
            (b, with_a, 1),
        ):
            self.met[person, others] += change
            self.met[others, person] += change
            liking = float(self.affinity[person, others].sum())
            self.worth += change * float(self.counts[number]) * liking
        room_of[a], room_of[b] = room_of[b], room_of[a]
        self.now = self.repeats

    def _change_places(self) -> None:
        """Has the two change places in all rounds who gain most by it, or lose least."""
        same = self.room_of[:, :, None] == self.room_of[:, None, :]
        together: Counts = np.tensordot(self.counts, same, axes=1)
        np.fill_diagonal(together, 0.0)
        liking = self.affinity - 100.0 * self.apart
        gains = together @ liking
        own = gains.diagonal()
        delta = gains + gains.T - own[:, None] - own[None, :] + 2 * together * liking
        np.fill_diagonal(delta, -np.inf)
        recent = self.tabu_all > self.taken
        delta[recent & (self.worth + delta <= self.best_worth + 1e-9)] = -np.inf
        a, b = divmod(int(np.argmax(delta)), self.people)
        if delta[a, b] > -np.inf:
            until = self.taken + self.rng.integers(self.people // 2, 2 * self.people)
            self.tabu_all[a, b] = self.tabu_all[b, a] = until
            self._change(a, b)

    def _change(self, a: int, b: int) -> None:
        room_of = self.room_of.copy()
        room_of[:, [a, b]] = room_of[:, [b, a]]
        self._set(room_of)


def _may_exist(apart: Bools, rounds: Sequence[Sequence[int]]) -> bool:
    """Says whether counting leaves room for such a plan: pairs in all, and for each person."""
    people = len(apart)
    open_pairs = people * (people - 1) - int(apart.sum() - apart.diagonal().sum())
    needed = sum(size * (size - 1) for sizes in rounds for size in sizes)
    fewest = sum(min(sizes) - 1 for sizes in rounds)
    still = people - 1 - (apart.sum(axis=1) - apart.diagonal())
    return needed <= open_pairs and bool((still >= fewest).all())
