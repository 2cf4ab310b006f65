"""Swaps of two people: how `solver.py` searches few rooms, or large ones.

Responsible for steps in which people of two rooms change places, or a person and an empty seat. In
few rooms an exchange by assignment has too few neighbours to choose from. Knows no rules but
weights.

Two kinds of steps take turns, in cycles that grow longer:

- *All rooms in pairs, with heat.* Rooms are paired at random, and in each pair one of all swaps is
  made, or none: of each the gain is taken, plus noise as high as it is hot, and the greatest wins
  (simulated annealing: S. Kirkpatrick et al., 1983; noise of Gumbel's distribution makes a swap as
  likely as exp(gain / heat)). It cools until no swap helps. Ten swaps a step in twenty rooms.
- *The best swap of all, with memory* (tabu search: F. Glover, 1989): that does not undo a recent
  one, even when it is worse than none; O(n) a step, for a part of the people at a time. When
  nothing gets better for a while, some people of the best answer are swapped at random (a kick).

A cycle begins hot, from the best answer, and is longer than the one before it, up to what serves so
many people; the last one is fitted to what is left of the budget, as far as that can be told. How
hot follows from the spread of what swaps bring at random.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rooms.matching.room_rules import Bools, Ints

if TYPE_CHECKING:
    from rooms.matching.solver import Floats, Search

CYCLE = 400
"""Steps of cooling in the first cycle."""

LONGER = 2.0
"""How much longer each cycle is than the one before it."""

LONGEST = 100
"""Steps of the longest cycle, for each person."""

MEMORY = (0.3, 15)
"""Steps with memory after so many of cooling: this share, or the other divided by the people, since
such a step takes the longer the more there are."""

FITTED = 64
"""Steps after which the length of the last cycle is fitted again."""

HOT = 0.3
"""Heat at the beginning of a cycle, in standard deviations of what a swap at random brings."""

COLD = 0.15
"""Heat at its end, as a share of that at the beginning."""

CLEAN = 0.05
"""The last part of cooling, without any heat."""

PAIRED = 24
"""Pairs of rooms, at most, that take part in one step with heat."""

SEATS = 32
"""Seats of each room, at most, that take part in one such step."""

NOISE = 1 << 16
"""Numbers of noise drawn once, and read from another place each time."""

SWAPPED = 48
"""People, and the rest of a room, whose swaps with everybody are looked at in one step."""

PATIENCE = 80
"""Swaps with memory without a better answer, per room, until a kick."""

NEVER = -1e30
"""The gain of a swap that must not be."""


class Swaps:
    """The steps by swaps of one search; what is seated where is the search's."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.hottest = HOT * _spread(search)
        self.tabu = np.zeros((search.seated, len(search.most)), dtype=np.int64)
        self.noise = -np.log(-np.log(search.rng.random(NOISE)))
        self.cycle, self.at = float(CYCLE), 0
        self.longest = float(LONGEST * search.people)
        self.memory = min(MEMORY[0], MEMORY[1] / search.people)
        self.is_last = False
        self.is_full = search.seated == search.people and search.most.min() == search.most.max()

    def step(self) -> None:
        """Makes the swaps of one step: with memory alone while something is to be mended."""
        if self.search.mends:
            self._swap_with_memory()
            return
        if self.at == 0 or (self.is_last and self.at % FITTED == 0):
            self._fit()
        cooling = int(self.cycle)
        if self.at < cooling:
            done = self.at / cooling
            hot = self.hottest * COLD**done if done < 1 - CLEAN else 0.0
            self._swap_in_pairs(hot)
        else:
            if self.at == cooling:
                self.search.take_up_best()
            self._swap_with_memory()
        self.at += 1
        if self.at >= cooling * (1 + self.memory) and not self.is_last:
            self.at, self.cycle = 0, min(self.longest, self.cycle * LONGER)
            self.search.take_up_best()

    def _swap_with_memory(self) -> None:
        """Makes the best swap of all, from elsewhere when nothing has got better for long."""
        if self.search.waiting > PATIENCE * len(self.search.most):
            self._kick()
        self._swap_best()

    def _fit(self) -> None:
        """Makes this cycle as long as the budget, when there would not be another after it."""
        left = self.search.left()
        whole = (self.at + left) / (1 + self.memory)
        if self.at == 0:
            self.is_last = whole < 2 * self.longest
            if self.longest <= whole < 2 * self.longest:
                whole /= 2
                self.is_last = False
            if left < np.inf:
                self.cycle = max(20.0, min(whole, self.longest))
        elif self.at < self.cycle:
            self.cycle = max(self.at + 1.0, whole)

    def _swap_in_pairs(self, hot: float) -> None:
        """Makes at most one swap in each of some pairs of rooms."""
        search, rng = self.search, self.search.rng
        rooms = rng.permutation(len(search.most))
        pairs = min(PAIRED, len(rooms) // 2)
        one, other = rooms[:pairs, None], rooms[pairs : 2 * pairs, None]
        columns = np.arange(search.seats.shape[1])
        if len(columns) > SEATS:
            columns = rng.permutation(columns)[:SEATS]
        here, there = search.seats[one, columns], search.seats[other, columns]
        no = None if self.is_full else self._not_allowed(here, there, one, other)
        if no is not None:
            here, there = (np.minimum(seats, search.seated - 1) for seats in (here, there))
        delta: Floats = search.weights[here[:, :, None], there[:, None, :]]
        delta *= -2
        delta += (search.gain[other, here] - search.gain[one, here])[:, :, None]
        delta += (search.gain[one, there] - search.gain[other, there])[:, None, :]
        if no is not None:
            delta[no] = NEVER
        swaps = delta.reshape(pairs, -1)
        staying = np.zeros(pairs)
        if hot > 0:
            at = int(rng.integers(NOISE - swaps.size - pairs))
            swaps += hot * self.noise[at : at + swaps.size].reshape(swaps.shape)
            staying = hot * self.noise[at + swaps.size : at + swaps.size + pairs]
        chosen = swaps.argmax(axis=1)
        better = np.flatnonzero(swaps[np.arange(pairs), chosen] > staying + 1e-9)
        if better.size:
            first, second = np.divmod(chosen[better], len(columns))
            self._swap_all(one[better, 0], other[better, 0], columns[first], columns[second])

    def _swap_all(self, one: Ints, other: Ints, first: Ints, second: Ints) -> None:
        """Swaps the people in column `first` of each room `one` and `second` of each `other`."""
        search = self.search
        a, b = search.seats[one, first], search.seats[other, second]
        change = search.weights[b] - search.weights[a]
        search.gain[one] += change
        search.gain[other] -= change
        search.seats[one, first], search.seats[other, second] = b, a
        search.room_of[a], search.room_of[b] = other, one

    def _not_allowed(self, here: Ints, there: Ints, one: Ints, other: Ints) -> Bools:
        """Says which swaps are of no seat, of two empty ones, or leave too few people."""
        search = self.search
        sitting = (search.seats < search.people).sum(axis=1)
        kept = sitting <= search.least
        nobody_here, nobody_there = here >= search.people, there >= search.people
        kept_here = kept[one] & ~nobody_here
        kept_there = kept[other] & ~nobody_there
        no: Bools = (nobody_here | kept_here)[:, :, None] & nobody_there[:, None, :]
        no |= nobody_here[:, :, None] & (nobody_there | kept_there)[:, None, :]
        no |= (here == search.seated)[:, :, None] | (there == search.seated)[:, None, :]
        return no

    def _swap_best(self) -> None:
        """Swaps the two people, or a person and an empty seat, whose swap is worth most.

        One of the two is in one of a few rooms, taken at random: all rooms when they are few.
        """
        search, rng = self.search, self.search.rng
        some = rng.permutation(len(search.most))[: 1 + SWAPPED // search.seats.shape[1]]
        rows = search.seats[some].ravel()
        rows = rows[rows < search.seated]
        rooms = search.room_of[rows]
        own = search.gain[search.room_of, np.arange(search.seated)]
        delta = search.gain[:, rows].T[:, search.room_of] + search.gain[rooms]
        delta -= 2 * search.weights[rows] + own + own[rows][:, None]
        delta += rng.random(delta.shape) * 1e-9
        no = rooms[:, None] == search.room_of[None, :]
        if search.seated > search.people:
            no |= self._empties(rows)
        recent = self.tabu[rows][:, search.room_of] > search.taken
        recent |= (self.tabu[:, rooms] > search.taken).T
        recent &= search.value + delta <= search.best_value + 1e-6
        delta[no | recent] = -np.inf
        row, b = divmod(int(np.argmax(delta)), search.seated)
        if delta[row, b] == -np.inf:
            self._kick()
            return
        a = int(rows[row])
        tenure = search.taken + rng.integers(3, 8 + len(search.most))
        self.tabu[a, search.room_of[a]] = self.tabu[b, search.room_of[b]] = tenure
        search.swap(a, b)

    def _empties(self, rows: Ints) -> Bools:
        """Says which swaps are of two empty seats, or would leave a room with too few people."""
        search = self.search
        empty = np.arange(search.seated) >= search.people
        here = (search.seats < search.people).sum(axis=1)
        kept = (here <= search.least)[search.room_of] & ~empty
        leaves: Bools = kept[rows][:, None] & empty[None, :]
        leaves |= empty[rows][:, None] & (kept | empty)[None, :]
        return leaves

    def _kick(self) -> None:
        """Goes back to the best answer and swaps some of its people at random."""
        search, rng = self.search, self.search.rng
        search.waiting = 0
        search.take_up_best()
        for _ in range(int(rng.integers(2, 4 + len(search.most) // 4))):
            a, b = (int(p) for p in rng.integers(0, search.people, 2))
            if search.room_of[a] != search.room_of[b]:
                search.swap(a, b)


def _spread(search: Search) -> float:
    """Returns the standard deviation of what swaps bring where everybody sits at random."""
    likings: NDArray[np.float64] = np.maximum(search.weights[: search.people, : search.people], 0.0)
    order = search.rng.permutation(search.people)
    rooms = max(2, len(search.most))
    inside = np.zeros((search.people, rooms))
    inside[order, np.arange(search.people) % rooms] = 1.0
    gain = likings @ inside
    a, b = order, np.roll(order, 1)
    room_a, room_b = inside[a].argmax(axis=1), inside[b].argmax(axis=1)
    moved = gain[a, room_b] - gain[a, room_a] + gain[b, room_a] - gain[b, room_b]
    moved -= 2 * likings[a, b]
    return float(moved[room_a != room_b].std()) if (room_a != room_b).any() else 0.0
