"""Thousands of people: the search of `solver.py`, a few hundred rooms at a time.

Responsible for seating more people than one search should look at. People who are alike are seated
in one block, as many rooms as an assignment takes; then blocks of rooms that are alike are searched
further, again and again, never the same ones. Knows no rules but forbidden pairs.

Memory is what the caller's weights take, and some ten megabytes: weights are read where they are,
in the precision they have, a block at a time. O(n) a block beside the search.

Known weaknesses: two rooms are only ever compared when a block holds them both.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rooms.matching.budget import Budget
from rooms.matching.room_rules import Bools, Ints
from rooms.matching.solver import FORBIDDEN, Floats, Search, first_sizes

MANY = 1_200
"""From so many people on they are seated in blocks."""

BLOCK = 192
"""Rooms in a block."""

VISIT = 60
"""Steps for one block, without noise."""

LONG_VISIT = 130
"""Steps for one block with a cycle of noise, when all rooms have been visited `OFTEN` times."""

OFTEN = 15

STRANGERS = 0.1
"""The part of a block's rooms taken at random, so that every two rooms may come together."""

Weights = Floats | NDArray[np.float32]


class BlockSearch:
    """One search for the best rooms of very many people, with the interface of `Search`."""

    def __init__(
        self,
        weights: Weights,
        sizes: Sequence[tuple[int, int]],
        rng: np.random.Generator,
        *,
        apart: Bools | None = None,
    ) -> None:
        """Seats everybody, block by block."""
        self.weights = weights
        self.sizes = sizes
        self.rng = rng
        self.apart = apart
        self.scale = max(float(weights[row].max()) for row in range(len(weights))) or 1.0
        self.best: list[list[int]] = [[] for _ in sizes]
        self.room_of = np.zeros(len(weights), dtype=np.intp)
        self.visit: tuple[Ints, Ints, Search] | None = None
        self.visits = 0
        self._start()
        self.taken = 0

    def run(self, budget: Budget) -> None:
        """Takes steps until the budget is used up."""
        while budget.step():
            self.step()
        self._leave()

    def step(self) -> None:
        """Takes one step in the block that is visited, or in the next one."""
        if self.visit is None or self.visit[2].taken >= self._long():
            self._leave()
            self._enter(self._alike())
        if self.visit is not None:
            self.visit[2].step()
            self.taken += 1

    def _long(self) -> int:
        return VISIT if self.visits * BLOCK < OFTEN * len(self.sizes) else LONG_VISIT

    def clashes(self) -> list[int]:
        """Returns the people who sit with somebody they must not share a room with."""
        return sorted(p for room in self.best for p in self._clashing(room))

    def _clashing(self, room: list[int]) -> list[int]:
        if self.apart is None:
            return []
        against = np.flatnonzero(self.apart[np.ix_(room, room)].any(axis=1))
        return [room[at] for at in against]

    def _start(self) -> None:
        """Shares out seats, then people who are alike to blocks of rooms, and seats each block."""
        least = np.array([least for least, _ in self.sizes], dtype=np.intp)
        most = np.array([most for _, most in self.sizes], dtype=np.intp)
        held = first_sizes(least, most, len(self.weights))
        blocks = -(-len(held) // BLOCK)
        ends = np.linspace(0, len(held), blocks + 1).astype(np.intp)
        shares = [int(held[a:b].sum()) for a, b in pairwise(ends)]
        parts = self._split(self.rng.permutation(len(self.weights)), shares)
        for (first, last), people in zip(pairwise(ends), parts, strict=True):
            rooms = np.arange(first, last)
            self.visit = rooms, people, self._search(rooms, people, None)
            self._leave()

    def _split(self, people: Ints, shares: list[int]) -> list[Ints]:
        """Splits people in parts of these sizes, again and again in two who differ most."""
        if len(shares) == 1:
            return [people]
        half, at = len(shares) // 2, sum(shares[: len(shares) // 2])
        if len(people) < 2:  # blocks of rooms that stay empty
            return self._split(people[:at], shares[:half]) + self._split(people[at:], shares[half:])
        first = int(people[0])
        other = int(people[np.argmin(self.weights[first, people[1:]]) + 1])
        leaning = self.weights[first, people] - self.weights[other, people]
        order = people[np.argsort(-leaning, kind="stable")]
        return self._split(order[:at], shares[:half]) + self._split(order[at:], shares[half:])

    def _alike(self) -> Ints:
        """Returns rooms whose people like one room's people, and some taken at random.

        A room in which somebody sits who must not is taken first, with rooms of people who may.
        """
        pivot = int(self.rng.integers(len(self.sizes)))
        company: Ints = np.zeros(0, dtype=np.intp)
        if self.apart is not None and (wrong := self.clashes()):
            person = int(self.rng.choice(wrong))
            pivot = int(self.room_of[person])
            company = self.room_of[self.rng.permutation(np.flatnonzero(~self.apart[person]))]
        if not self.best[pivot]:
            some: Ints = self.rng.permutation(len(self.sizes))[:BLOCK]
            return some
        liking = self.weights[self.best[pivot]].sum(axis=0)
        total = np.bincount(self.room_of, weights=liking, minlength=len(self.sizes))
        per_room = total / np.maximum(1, np.bincount(self.room_of, minlength=len(self.sizes)))
        per_room[company[: BLOCK // 2]] = np.inf
        per_room[pivot] = np.inf
        strangers = self.rng.random(len(self.sizes)) < STRANGERS * BLOCK / len(self.sizes)
        per_room[strangers] = np.inf
        alike: Ints = np.sort(np.argsort(-per_room, kind="stable")[:BLOCK])
        return alike

    def _enter(self, rooms: Ints) -> None:
        people = np.array([p for room in rooms for p in self.best[room]], dtype=np.intp)
        start: list[list[int]] = []
        at = 0
        for room in rooms:
            start.append(list(range(at, at + len(self.best[room]))))
            at += len(self.best[room])
        self.visit = rooms, people, self._search(rooms, people, start)

    def _search(self, rooms: Ints, people: Ints, start: list[list[int]] | None) -> Search:
        table: Floats = self.weights[np.ix_(people, people)].astype(np.float64) / self.scale
        if self.apart is not None:
            table[self.apart[np.ix_(people, people)]] = -FORBIDDEN
        np.fill_diagonal(table, 0.0)
        search = Search(table, [self.sizes[room] for room in rooms], self.rng, start=start)
        if self._long() == VISIT:
            search.heat = 0.0
        self.visits += 1
        return search

    def _leave(self) -> None:
        if self.visit is None:
            return
        rooms, people, search = self.visit
        for room, seated in zip(rooms, search.best, strict=True):
            self.best[room] = [int(p) for p in np.sort(people[seated])]
            self.room_of[self.best[room]] = room
        self.visit = None
