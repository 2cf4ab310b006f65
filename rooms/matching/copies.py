"""Several copies of one seating, in which people change rooms at once: steps for `swaps.py`.

Responsible for one step of heat: in every copy rooms are paired at random, and in each pair at most
one swap is made. Of all swaps of two people, and of a person and an empty seat, the gain is taken,
plus noise as high as that copy is hot, and the greatest wins, or staying (noise of Gumbel's
distribution makes a swap as likely as exp(gain / heat)). All pairs of all copies are one
expression, since in few rooms calling NumPy costs more than what it computes. Knows no rules but
weights and sizes, and decides no heat.

Invariants: every copy seats everybody, rooms keep to (least, most); `best_value` never falls.

Room `r` of copy `k` is row `k·rooms + r`; a hole, where nobody sits, is the number of people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rooms.matching.room_rules import Bools, Ints

if TYPE_CHECKING:
    from rooms.matching.solver import Floats, Search

PAIRED = 24
"""Pairs of rooms of a copy, at most, that take part in one step."""

SEATS = 32
"""Seats of each room, at most, that take part in one step."""

NOISE = 1 << 16
"""Numbers of noise drawn once, and read from another place each time."""

NEVER = -1e30
"""The gain of a swap that must not be."""


class Copies:
    """Copies of the best answer of a search; each goes its own way."""

    def __init__(self, search: Search, swaps: int, most: int) -> None:
        """Makes `most` copies, or fewer, so that a step looks at about so many swaps."""
        self.search = search
        self.rng = search.rng
        self.people = people = search.people
        self.rooms = rooms = len(search.most)
        self.is_free = bool((search.least != search.most).any())
        self.has_holes = self.is_free or search.most.min() < search.most.max()
        # The last column is a hole in every room: the empty seat that somebody may move to.
        self.width = int(search.most.max()) + self.has_holes
        self.pairs = min(PAIRED, rooms // 2)
        width = min(self.width, SEATS + self.has_holes)
        self.copies = int(np.clip(swaps // max(1, self.pairs * width**2), 1, most))
        self.least, self.most = (np.tile(x, self.copies) for x in (search.least, search.most))
        self.weights = np.zeros((people + 1, people + 1))
        self.weights[:people, :people] = search.weights[:people, :people]
        self.order = np.tile(np.arange(rooms), (self.copies, 1))
        self.noise = -np.log(-np.log(self.rng.random(NOISE)))
        self.best_seats = np.full((rooms, self.width), people, dtype=np.intp)
        self.best_seats[:, : search.best_seats.shape[1]] = search.best_seats
        self.best_seats[self.best_seats > people] = people
        self.best_value = search.best_value
        self.moved = np.zeros(self.copies, dtype=np.intp)
        """How many swaps each copy made in the last step."""
        self.take_up_best()

    def take_up_best(self) -> None:
        """Has all copies begin again from the best answer."""
        self.seats = np.tile(self.best_seats, (self.copies, 1))
        self.held = (self.seats < self.people).sum(axis=1)
        gain: Floats = np.stack([self.weights[room].sum(axis=0) for room in self.best_seats])
        self.gain = np.tile(gain, (self.copies, 1))
        self.value = np.full(self.copies, self._value(0))

    def step(self, heat: Floats) -> None:
        """Makes at most one swap in each pair of rooms; `heat` is above 0, one for each copy."""
        rooms = self.rng.permuted(self.order, axis=1)
        rooms += np.arange(self.copies)[:, None] * self.rooms
        one = rooms[:, : self.pairs].ravel()
        other = rooms[:, self.pairs : 2 * self.pairs].ravel()
        columns = self._columns()
        here, there = self.seats[one], self.seats[other]
        if len(columns) < self.width:
            here, there = here[:, columns], there[:, columns]
        delta = self._gains(one, other, here, there).reshape(len(one), -1)
        hot = np.repeat(heat, self.pairs)
        at = int(self.rng.integers(NOISE - delta.size - len(one)))
        noisy = self.noise[at : at + delta.size].reshape(delta.shape) * hot[:, None]
        noisy += delta
        staying = self.noise[at + delta.size : at + delta.size + len(one)] * hot
        chosen = noisy.argmax(axis=1)
        rows = np.arange(len(one))
        moved = np.flatnonzero(noisy[rows, chosen] > staying)
        self.moved = np.bincount(moved // self.pairs, minlength=self.copies)
        if moved.size:
            first, second = np.divmod(chosen[moved], len(columns))
            x, y = here[moved, first], there[moved, second]
            one, other = one[moved], other[moved]
            self._swap(one, other, (columns[first], columns[second]), (x, y))
            self.value += np.bincount(
                moved // self.pairs, weights=delta[moved, chosen[moved]], minlength=self.copies
            )

    def keep(self, better: float) -> bool:
        """Keeps the best copy's seating if it is better than the best so far; says whether."""
        copy = int(self.value.argmax())
        if self.value[copy] <= self.best_value + better:
            return False
        value = self._value(copy)
        if value <= self.best_value + better:
            return False
        self.best_value = value
        self.best_seats = self.seats[copy * self.rooms : (copy + 1) * self.rooms].copy()
        return True

    def seats_of_best(self) -> Ints:
        """Returns the best seating as `Search` numbers it: each empty seat is somebody too."""
        search = self.search
        width = search.best_seats.shape[1]
        seats: Ints = np.sort(self.best_seats, axis=1)[:, :width]
        hole = seats == self.people
        seats[hole] = search.seated
        empty: Bools = hole & (np.arange(width) < search.most[:, None])
        seats[empty] = np.arange(self.people, search.seated)
        return seats

    def _columns(self) -> Ints:
        """Returns the seats of a room that take part, and the hole at the end where there is."""
        columns: Ints = np.arange(self.width)
        if self.width - self.has_holes > SEATS:
            some = self.rng.permutation(self.width - self.has_holes)[:SEATS]
            columns = np.append(some, columns[-1:]) if self.has_holes else some
        return columns

    def _gains(self, one: Ints, other: Ints, here: Ints, there: Ints) -> Floats:
        """Returns for each pair of rooms what every swap of two of their seats brings."""
        across = self.people + 1
        gain = self.gain.ravel()
        one_at, other_at = one[:, None] * across, other[:, None] * across
        leaving = gain.take(other_at + here) - gain.take(one_at + here)
        coming = gain.take(one_at + there) - gain.take(other_at + there)
        if self.has_holes:
            leaving[here == self.people] = NEVER
            coming[there == self.people] = NEVER
        if self.is_free:
            spare, room = self.held > self.least, self.held < self.most
            leaving[:, -1] = np.where(room[one] & spare[other], 0.0, NEVER)
            coming[:, -1] = np.where(room[other] & spare[one], 0.0, NEVER)
        delta: Floats = self.weights.ravel().take((here * across)[:, :, None] + there[:, None, :])
        delta *= -2
        delta += leaving[:, :, None]
        delta += coming[:, None, :]
        return delta

    def _swap(
        self, one: Ints, other: Ints, columns: tuple[Ints, Ints], people: tuple[Ints, Ints]
    ) -> None:
        """Has the people in these columns of `one` and `other`, or holes, change places."""
        (first, second), (x, y) = columns, people
        if self.is_free:
            # The hole at the end stays: whoever comes sits down in the first one of the room.
            from_hole, to_hole = x == self.people, y == self.people
            first = np.where(from_hole, (self.seats[one] == self.people).argmax(axis=1), first)
            second = np.where(to_hole, (self.seats[other] == self.people).argmax(axis=1), second)
            change = from_hole.astype(np.intp) - to_hole
            self.held[one] += change
            self.held[other] -= change
        self.seats[one, first], self.seats[other, second] = y, x
        change_of_gain: NDArray[np.float64] = self.weights[y] - self.weights[x]
        self.gain[one] += change_of_gain
        self.gain[other] -= change_of_gain

    def _value(self, copy: int) -> float:
        rows = slice(copy * self.rooms, (copy + 1) * self.rooms)
        return float(np.take_along_axis(self.gain[rows], self.seats[rows], axis=1).sum() / 2)
