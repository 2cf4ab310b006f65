"""The solver: which people make which rooms, so that the rooms are worth most.

Objective. Given an n×n array of weights (what two people in one room are worth), split n people
into rooms of given sizes so that the sum of weights within rooms is greatest. For rooms of two this
is weighted matching, which is easy; from three on it is NP-hard, so this is a search: a good answer
at once, and better ones for as long as it may go on.

Method. A start by assignment: every room gets one person, then all get a second, and so on, each
time so that the sum is greatest. Then steps of two kinds:

- *Exchange by assignment* (a large neighbourhood): take one person out of every room, then put them
  all back so that the sum is greatest. What a person is worth to a room does not depend on where
  the other people taken out go, so the best way back is a linear assignment problem, solved exactly
  (R. Jonker and A. Volgenant, LAPJV, 1987). One step chooses among R! neighbours. O(R³) at worst,
  in practice some R²; with more than 256 rooms, 256 of them take part in a step. So as not to stay
  at the first good answer the costs get a little noise, which falls to none and comes back, in
  cycles that grow longer (annealing; C. Charon and O. Hudry, "The noising method", 1993). The best
  answer is kept.
- *Swaps*, in few rooms, or large ones, where the assignment has too few neighbours to leave a poor
  answer: people of two rooms change places, in several copies of the seating at once (`copies.py`),
  with heat (`heat.py`); as long as something is to be mended, with memory (`swaps.py`).

What may bend is a weight below zero: a repeat costs more than all liking can bring. What must not
is a weight far below that (`FORBIDDEN`), or a rule about the whole room (`RoomRules`), which the
assignment obeys exactly. A size range (least, most) is a room of `most` seats, some of which may
stay empty: an empty seat is a person whom nobody minds.

Up to 300 people in pairs are matched exactly (`pairs.py`); thousands are seated a block of rooms at
a time (`blocks.py`).

Known weaknesses: no proof of optimality from rooms of three on; one person at a time leaves a room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import lap
import numpy as np
from numpy.typing import NDArray

from rooms.matching.budget import Budget
from rooms.matching.heat import Cooling, Tempering, heated
from rooms.matching.room_rules import Bools, Ints, RoomRules
from rooms.matching.swaps import Swaps

FORBIDDEN = 1e9
"""Cost of a pair or a room against a hard rule: more than any number of repeats."""

TOO_FEW = 1e3 * FORBIDDEN
"""Cost of leaving a room below its least: never traded for anything, since it never must be."""

REPEAT = 1e4
"""Cost of two people meeting again: more than one exchange of people can gain by affinity."""

MENDED = -REPEAT / 2
"""Weights below are repeats or broken rules, to be mended; a little below 0 is mere dislike."""

ROOMS_A_STEP = 256
"""Rooms that take part in one assignment, which then takes some 0.5 ms; fewer find less. Of pairs
twice as many: there are few steps until nothing is better."""

HEAT = 0.4
"""Noise on an assignment when the first cycle begins, in standard deviations of the weights."""

HOTTEST = 2.0
"""Longer cycles begin with more noise, up to so many times the first one's."""

CYCLE = 100
"""Steps of the first cycle of noise; each is longer than the one before it by the factor SLOWER."""

SLOWER = 1.3

CLEAN = 0.3
"""The last part of a cycle, without noise."""

SWAP_SEATS = 64
"""Up to so many seats swaps are searched instead of assignments; beyond, in few large rooms."""

BETTER = 1e-6
"""By how much an answer must be better to count: sums with FORBIDDEN are right to 1e-7."""

Floats = NDArray[np.float64]


class Search:
    """One search for the best rooms. `best` is the best answer so far: rooms of person numbers."""

    def __init__(
        self,
        weights: Floats,
        sizes: Sequence[tuple[int, int]],
        rng: np.random.Generator,
        *,
        rules: RoomRules | None = None,
        start: Sequence[Sequence[int]] | None = None,
    ) -> None:
        """Seats everybody column by column, or as in `start`.

        `weights` has a diagonal of 0; `rules` counts all seats.
        """
        self.people = len(weights)
        self.least = np.array([least for least, _ in sizes], dtype=np.intp)
        self.most = np.array([most for _, most in sizes], dtype=np.intp)
        self.seated = int(self.most.sum())
        self.weights = weights
        if self.seated > self.people:
            self.weights = np.zeros((self.seated, self.seated))
            self.weights[: self.people, : self.people] = weights
        self.rng = rng
        self.rules = rules
        self.heat = HEAT * _spread(weights)
        self.cycle, self.at = float(CYCLE), 0
        self.at_once = ROOMS_A_STEP * (2 if self.most.max(initial=0) == 2 else 1)
        self._clear()
        if start is None:
            self._seat_by_columns()
        else:
            self._seat_as(start)
        self.best_seats = self.seats.copy()
        self.best_value = self.value = self._value()
        self.waiting = 0
        self.taken = 0
        self.swaps: Swaps | None = None
        self.heated: Tempering | Cooling | None = None
        self.mends = False
        """Whether repeats are to be taken away: heat would bring as many as it takes."""
        self.left: Callable[[], float] = lambda: np.inf
        """How many steps there will probably still be."""

    @property
    def best(self) -> list[list[int]]:
        """The best rooms found so far, each in ascending order of person numbers."""
        return [sorted(int(p) for p in room if p < self.people) for room in self.best_seats]

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to search: fewer than two rooms, or nobody."""
        return len(self.most) < 2 or self.people < 2

    @property
    def has_few_rooms(self) -> bool:
        """Whether assignments have too few neighbours: in few rooms, or large ones."""
        return self.seated <= SWAP_SEATS or len(self.most) <= 2 * self.seats.shape[1]

    @property
    def uses_assignments(self) -> bool:
        """Whether steps are exchanges by assignment; else they are swaps."""
        return self.rules is not None or not self.has_few_rooms

    @property
    def is_forbidden(self) -> bool:
        """Whether the best answer breaks a hard rule."""
        broken = self.rules is not None and self.rules.broken(self.best_seats) > 0
        return broken or bool((self._pairs() <= -FORBIDDEN / 2).any())

    @property
    def debt(self) -> float:
        """What the best answer costs by repeats and broken rules; 0: there is nothing to mend."""
        broken = self.rules.broken(self.best_seats) if self.rules is not None else 0
        pairs = self._pairs()
        return FORBIDDEN * broken - float(pairs[pairs < MENDED].sum()) / 2

    def step(self) -> None:
        """Takes one step and keeps the answer if it is the best so far."""
        if self.is_over:
            return
        self.taken += 1
        if self.uses_assignments and not self._mends_by_swaps():
            self._exchange(self._noise())
        elif self.mends:
            self.swaps = self.swaps or Swaps(self)
            self.swaps.step()
        else:
            self._step_with_heat()
            return
        self.value = self._value()
        self.waiting += 1
        if self.value > self.best_value + BETTER:
            self.best_value = self.value
            self.best_seats = self.seats.copy()
            self.waiting = 0

    def _mends_by_swaps(self) -> bool:
        """Says whether an exchange by assignment gives way to a swap.

        Every second one does while people meet again in few rooms, each of which takes so many on
        site and online: then even fewer of those taken out can sit elsewhere.
        """
        mixed = self.rules is not None and len(self.rules.modes) > 0
        few = self.mends and self.has_few_rooms and self.taken % 2 == 0
        return mixed and few and self.value > -FORBIDDEN / 2

    def _step_with_heat(self) -> None:
        self.heated = self.heated or heated(self)
        if self.heated.step(BETTER):
            self.best_value = self.heated.copies.best_value
            self.best_seats = self.heated.copies.seats_of_best()

    def run(self, budget: Budget) -> None:
        """Takes steps until the budget is used up."""
        self.expect(budget.left)
        while not self.is_over and budget.step():
            self.step()

    def expect(self, left: Callable[[], float]) -> None:
        """Has what is to come fitted to so many steps: cooling that never ends serves nobody."""
        self.left = left
        self.mends = False
        self.swaps = self.heated = None

    def _pairs(self) -> Floats:
        """Returns the weights of every two people of a room in the best answer, twice each."""
        seats = self.best_seats
        here = seats < self.seated
        held = np.where(here, seats, 0)
        pairs: Floats = self.weights[held[:, :, None], held[:, None, :]]
        return pairs[here[:, :, None] & here[:, None, :]]

    def _clear(self) -> None:
        rooms = len(self.most)
        width = int(self.most.max(initial=0))
        self.seats = np.full((rooms, width), self.seated, dtype=np.intp)
        self.room_of = np.zeros(self.seated, dtype=np.intp)
        self.gain = np.zeros((rooms, self.seated))

    def _seat_as(self, start: Sequence[Sequence[int]]) -> None:
        taken = np.zeros(len(self.most), dtype=np.intp)
        empty = iter(range(self.people, self.seated))
        for room, people in enumerate(start):
            for person in people:
                self._sit(person, room, taken)
            for _ in range(int(self.most[room]) - len(people)):
                self._sit(next(empty), room, taken)

    def _seat_by_columns(self) -> None:
        """Gives every room one person at a time, all rooms together as well as can be."""
        taken = np.zeros(len(self.most), dtype=np.intp)
        empty = iter(range(self.people, self.seated))
        for room, left in enumerate(self.most - first_sizes(self.least, self.most, self.people)):
            for _ in range(left):
                self._sit(next(empty), room, taken)
        waiting = self.rng.permutation(self.people)
        while waiting.size:
            rooms = np.flatnonzero(taken < self.most)[:ROOMS_A_STEP]
            rooms = rooms[np.argsort(taken[rooms], kind="stable")][: len(waiting)]
            coming, waiting = waiting[: len(rooms)], waiting[len(rooms) :]
            worth = self.gain[rooms[:, None], coming]
            if self.rules is not None:
                worth -= FORBIDDEN * self.rules.breaches(self.seats[rooms], coming, rooms)
            for room, person in zip(rooms, coming[_assign(-worth)], strict=True):
                self._sit(int(person), int(room), taken)

    def _sit(self, person: int, room: int, taken: Ints) -> None:
        self.seats[room, taken[room]] = person
        self.room_of[person] = room
        self.gain[room] += self.weights[person]
        taken[room] += 1

    def _value(self) -> float:
        pairs = self.gain[self.room_of, np.arange(self.seated)].sum() / 2
        broken = self.rules.broken(self.seats) if self.rules is not None else 0
        return float(pairs - FORBIDDEN * broken)

    def _noise(self) -> float:
        """Returns how much noise there is now: it falls to none within a cycle, then comes back."""
        self.at += 1
        if self.at > self.cycle:
            self.cycle, self.at = self.cycle * SLOWER, 0
        heat = self.heat * min(HOTTEST, self.cycle / CYCLE)
        return heat * max(0.0, 1 - self.at / (self.cycle * (1 - CLEAN)))

    def _exchange(self, noise: float) -> None:
        """Takes one person out of every room and puts them all back as well as possible."""
        rooms: Ints = np.arange(len(self.most))
        if len(rooms) > self.at_once:
            rooms = self.rng.choice(len(rooms), self.at_once, replace=False)
        columns = (self.rng.random(len(rooms)) * self.most[rooms]).astype(np.intp)
        out = self.seats[rooms, columns]
        cost = self.weights[out[:, None], out] - self.gain[rooms[:, None], out]
        if self.seated > self.people:
            cost += TOO_FEW * self._too_few(rooms, out)
        if self.rules is not None:
            rest = self.seats[rooms]
            rest[np.arange(len(rooms)), columns] = self.seated
            cost += FORBIDDEN * self.rules.breaches(rest, out, rooms)
        if noise > 0:
            cost -= noise * self.rng.random(cost.shape)
        chosen = out[_assign(cost)]
        moved = chosen != out
        self._replace(rooms[moved], columns[moved], chosen[moved])

    def _too_few(self, rooms: Ints, out: Ints) -> Bools:
        """Says for which rooms an empty seat among those taken out would leave too few people."""
        empty = out >= self.people
        here = (self.seats[rooms] < self.people).sum(axis=1) - ~empty
        short: Bools = (here < self.least[rooms])[:, None] & empty[None, :]
        return short

    def _replace(self, rooms: Ints, columns: Ints, coming: Ints) -> None:
        leaving = self.seats[rooms, columns]
        self.gain[rooms] += self.weights[coming] - self.weights[leaving]
        self.seats[rooms, columns] = coming
        self.room_of[coming] = rooms

    def swap(self, a: int, b: int) -> None:
        """Has two people, or a person and an empty seat, change places."""
        rooms = self.room_of[[a, b]]
        columns = np.array([np.flatnonzero(self.seats[self.room_of[p]] == p)[0] for p in (a, b)])
        self._replace(rooms, columns, np.array([b, a], dtype=np.intp))

    def take_up_best(self) -> None:
        """Goes on from the best answer."""
        self.seats = self.best_seats.copy()
        for room, people in enumerate(self.seats):
            self.room_of[people[people < self.seated]] = room
            self.gain[room] = self.weights[people[people < self.seated]].sum(axis=0)


def first_sizes(least: Ints, most: Ints, people: int) -> Ints:
    """Returns sizes within least and most that add up to all people, with the most pairs of them.

    Pairs grow with the square, so some rooms are as large as can be and the others as small: which,
    is a knapsack, filled room by room (R. Bellman, 1957), O(rooms·most·people).
    """
    spare = people - int(least.sum())
    pairs = np.full(spare + 1, -1)
    pairs[0] = 0
    taken = np.zeros((len(least), spare + 1), dtype=np.intp)
    for room, (low, high) in enumerate(zip(least.tolist(), most.tolist(), strict=True)):
        best = np.full(spare + 1, -1)
        for more in range(min(high - low, spare) + 1):
            before = pairs[: spare + 1 - more]
            reached = np.where(before >= 0, before + (low + more) ** 2, -1)
            better = reached > best[more:]
            best[more:][better] = reached[better]
            taken[room, more:][better] = more
        pairs = best
    sizes = least.copy()
    for room in range(len(least) - 1, -1, -1):
        sizes[room] += taken[room, spare]
        spare -= int(taken[room, spare])
    return sizes


def _spread(weights: Floats) -> float:
    """Returns the standard deviation of the weights that are likings, looking at some of them."""
    some = weights[: 64 * ROOMS_A_STEP // max(64, len(weights)) + 1]
    likings = some[some > 0]
    return float(likings.std()) if likings.size else 0.0


def _assign(cost: Floats) -> Ints:
    """Returns, for each row, the column of the cheapest assignment."""
    found: Any = lap.lapjv(np.ascontiguousarray(cost))
    return np.asarray(found[1], dtype=np.intp)
