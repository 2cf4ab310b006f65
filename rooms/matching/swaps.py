"""Swaps of two people with memory: how `solver.py` mends what must not be in few rooms.

Responsible for the best swap of all (tabu search: F. Glover, 1989): that does not undo a recent
one, even when it is worse than none; O(n) a step, for a part of the people at a time. When nothing
gets better for a while, some people of the best answer are swapped at random (a kick). Heat, which
finds better answers (`heat.py`), would bring more repeats than it takes away. Where there are rules
about whole rooms only people whom no rule tells apart change places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rooms.matching.room_rules import Bools, Ints

if TYPE_CHECKING:
    from rooms.matching.solver import Search

SWAPPED = 48
"""People, and the rest of a room, whose swaps with everybody are looked at in one step."""

PATIENCE = 80
"""Swaps without a better answer, per room, until a kick."""


class Swaps:
    """The steps by swaps of one search; what is seated where is the search's."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.tabu = np.zeros((search.seated, len(search.most)), dtype=np.int64)
        self.unlike: Bools | None = None
        """Who must not change places, because of rules about whole rooms."""
        if search.rules is not None:
            self.unlike = ~search.rules.alike()
            self.unlike[search.people :] = self.unlike[:, search.people :] = True

    def step(self) -> None:
        """Makes the best swap, from elsewhere when nothing has got better for long."""
        if self.search.waiting > PATIENCE * len(self.search.most):
            self._kick()
        self._swap_best()

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
        if self.unlike is not None:
            no |= self.unlike[rows]
        elif search.seated > search.people:
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
            if search.room_of[a] != search.room_of[b] and not self._tells_apart(a, b):
                search.swap(a, b)

    def _tells_apart(self, a: int, b: int) -> bool:
        return self.unlike is not None and bool(self.unlike[a, b])
