"""Finding rounds already played in a construction: which person is which of its points.

Responsible for one question: are the rounds of this event so far rounds of a given plan, and under
which names? Then the plan's other rounds are still without repeats. Nothing is remembered between
rounds but who has met whom, so that a plan begun in one process goes on in another, and after
people left. Knows no affinity and no rules.

Method: backtracking. People are placed one after another, each on a point that shares with the
points of those they met a round of the plan that stands for the round in which they met. The first
few choices decide nearly all others, so that wrong ones are noticed soon; a limit ends the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rooms.matching.room_rules import Bools, Ints

LIMIT = 4_000
"""Placements tried, some 20 µs each, until the rounds played are taken for another plan's."""


def places(points: Sequence[Ints], met: Ints, rng: np.random.Generator) -> tuple[Ints, Ints] | None:
    """Returns each person's point and the rounds still unplayed, or None when none were found.

    `points` holds each round's room of every point; `met` is n×n: the round in which two people
    met, from 1, or 0. There are as many points as people.
    """
    return _Placing(points, met, rng).find()


class _Placing:
    def __init__(self, points: Sequence[Ints], met: Ints, rng: np.random.Generator) -> None:
        self.people = len(met)
        self.met = met
        self.rng = rng
        self.shared = np.full((self.people, self.people), -1, dtype=np.intp)
        for number, room_of in enumerate(points):
            self.shared[room_of[:, None] == room_of[None, :]] = number
        np.fill_diagonal(self.shared, -1)
        self.stands_for: dict[int, int] = {}
        """Round played → round of the plan."""
        self.rounds = len(points)
        self.place = np.full(self.people, -1, dtype=np.intp)
        self.free: Bools = np.ones(self.people, dtype=np.bool_)
        self.order = self._order()
        self.tried = 0

    def find(self) -> tuple[Ints, Ints] | None:
        if len(np.unique(self.met)) - 1 > self.rounds or not self._put(0):
            return None
        played = set(self.stands_for.values())
        left = np.array([n for n in range(self.rounds) if n not in played], dtype=np.intp)
        return self.place, left

    def _order(self) -> list[int]:
        """Returns people so that each has met many of those before them."""
        order: list[int] = []
        ties = np.zeros(self.people)
        for _ in range(self.people):
            ties[order] = -1.0
            order.append(int(np.argmax(ties)))
            ties += self.met[order[-1]] > 0
        return order

    def _put(self, depth: int) -> bool:
        """Places the people from this one on, and says whether it could be done."""
        if depth == self.people:
            return True
        person = self.order[depth]
        before = np.array(self.order[:depth], dtype=np.intp)
        known = before[self.met[person, before] > 0]
        for point in self.rng.permutation(np.flatnonzero(self._fits(person, known))):
            self.tried += 1
            if self.tried > LIMIT:
                return False
            new = self._agree(person, known, int(point))
            if new is None:
                continue
            self.stands_for |= new
            self.place[person], self.free[point] = point, False
            if self._put(depth + 1):
                return True
            self.place[person], self.free[point] = -1, True
            for number in new:
                del self.stands_for[number]
        return False

    def _fits(self, person: int, known: Ints) -> Bools:
        """Says which free points share the right rounds with the points of those one has met."""
        fits = self.free.copy()
        taken = np.zeros(self.rounds + 1, dtype=np.bool_)
        taken[list(self.stands_for.values())] = True
        taken[-1] = True
        for other in known:
            shared = self.shared[:, self.place[other]]
            stand = self.stands_for.get(int(self.met[person, other]))
            fits &= shared == stand if stand is not None else ~taken[shared]
        return fits

    def _agree(self, person: int, known: Ints, point: int) -> dict[int, int] | None:
        """Returns what rounds this point makes known, or None when it contradicts itself."""
        new: dict[int, int] = {}
        for other in known:
            number = int(self.met[person, other])
            if number in self.stands_for:
                continue
            shared = int(self.shared[point, self.place[other]])
            if new.setdefault(number, shared) != shared:
                return None
        return new if len(set(new.values())) == len(new) else None
