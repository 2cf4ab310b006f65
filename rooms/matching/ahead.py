"""Rounds to come: seats for all remaining rounds of a small event at once, nobody meeting twice.

Responsible for telling which people of this round may meet now so that the later rounds can still
be without repeats. In a small event that is not so by itself: 21 people in rooms of four find the
fifth round closed if the first four were solved one after another. (It is the social golfer
problem.) Deliberately knows nothing of affinity; `seating.py` improves the first round within the
plan.

Method: constraint-based local search with a tabu list (I. Dotú and P. Van Hentenryck, "Scheduling
Social Golfers Locally", CPAIOR 2005). All rounds are seated greedily; then, in a round that holds a
repeat, the swap that leaves the fewest repeats is made, one of the two being in a repeat, unless it
was made recently. O(n²) a step.

Known weaknesses: finds no plan where only an algebraic construction does; later rounds are planned
for the same people, who will come and go.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rooms.matching.budget import Budget
from rooms.matching.room_rules import Bools, Ints

PATIENCE = 1_500
"""Steps without fewer repeats until all rounds are seated anew."""

Counts = NDArray[np.float64]


def plan_rounds(
    apart: Bools,
    rounds: Sequence[Sequence[int]],
    rng: np.random.Generator,
    budget: Budget,
    steps: int,
) -> list[list[list[int]]] | None:
    """Returns rooms for each round in which nobody meets twice, or None when none were found.

    `apart` are the pairs that must not meet at all (they have met, or must not share a room), as
    an n×n array; `rounds` holds each round's room sizes. Takes at most `steps` steps of the budget.
    """
    if not _may_exist(apart, rounds):
        return None
    plan = _Plan(apart, rounds, rng)
    for _ in range(steps):
        if plan.repeats == 0 or not budget.step():
            break
        plan.step()
    return plan.rooms() if plan.repeats == 0 else None


class _Plan:
    """All rounds at once. `met[a, b]` counts the rounds two people share, and 1 for `apart`."""

    def __init__(
        self, apart: Bools, rounds: Sequence[Sequence[int]], rng: np.random.Generator
    ) -> None:
        self.apart = apart.astype(np.float64)
        np.fill_diagonal(self.apart, 0.0)
        self.sizes = rounds
        self.rng = rng
        self.people = len(apart)
        self._begin()

    @property
    def repeats(self) -> int:
        """How many meetings too many there are."""
        return int(np.maximum(self.met - 1, 0).sum() / 2)

    def rooms(self) -> list[list[list[int]]]:
        return [
            [np.flatnonzero(room_of == room).tolist() for room in range(len(sizes))]
            for room_of, sizes in zip(self.room_of, self.sizes, strict=True)
        ]

    def step(self) -> None:
        """Makes one swap in one round that holds a repeat."""
        self.taken += 1
        if self.taken - self.better_at > PATIENCE:
            self._begin()
            return
        now = int(self.rng.choice(self._wrong_rounds()))
        room_of = self.room_of[now]
        inside = self._inside(now)
        seen, again = (self.met >= 1).astype(float), (self.met >= 2).astype(float)
        coming = (seen @ inside.T)[:, room_of]
        leaving = (again @ inside.T)[np.arange(self.people), room_of]
        delta = coming + coming.T - leaving[:, None] - leaving[None, :] - 2 * seen
        delta += self.rng.random(delta.shape) * 0.1
        no = (room_of[:, None] == room_of[None, :]) | (leaving[:, None] == 0)
        no |= (self.tabu[now] > self.taken) & (self.now + delta >= self.fewest - 0.5)
        delta[no] = np.inf
        a, b = divmod(int(np.argmin(delta)), self.people)
        if delta[a, b] == np.inf:
            return
        self.tabu[now, a, b] = self.tabu[now, b, a] = self.taken + self.rng.integers(4, 14)
        self._swap(now, a, b)

    def _begin(self) -> None:
        """Seats all rounds anew, everybody where they have met the fewest."""
        self.met = self.apart.copy()
        self.room_of = np.zeros((len(self.sizes), self.people), dtype=np.intp)
        self.tabu = np.zeros((len(self.sizes), self.people, self.people), dtype=np.int64)
        for number, sizes in enumerate(self.sizes):
            free = np.array(sizes, dtype=np.intp)
            cost = np.zeros((len(sizes), self.people))
            for person in self.rng.permutation(self.people):
                worth = cost[:, person] + self.rng.random(len(sizes)) * 0.1
                room = int(np.argmin(np.where(free > 0, worth, np.inf)))
                self.room_of[number, person] = room
                free[room] -= 1
                cost[room] += self.met[person]
            inside = self._inside(number)
            self.met += inside.T @ inside
            np.fill_diagonal(self.met, 0.0)
        self.taken = self.better_at = 0
        self.fewest = self.now = self.repeats

    def _inside(self, number: int) -> Counts:
        room_of = self.room_of[number]
        inside: Counts = (np.arange(len(self.sizes[number]))[:, None] == room_of).astype(float)
        return inside

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
        room_of[a], room_of[b] = room_of[b], room_of[a]
        self.now = self.repeats
        if self.now < self.fewest:
            self.fewest, self.better_at = self.now, self.taken


def _may_exist(apart: Bools, rounds: Sequence[Sequence[int]]) -> bool:
    """Says whether counting leaves room for such a plan: pairs in all, and for each person."""
    people = len(apart)
    open_pairs = people * (people - 1) - int(apart.sum() - apart.diagonal().sum())
    needed = sum(size * (size - 1) for sizes in rounds for size in sizes)
    fewest = sum(min(sizes) - 1 for sizes in rounds)
    still = people - 1 - (apart.sum(axis=1) - apart.diagonal())
    return needed <= open_pairs and bool((still >= fewest).all())
