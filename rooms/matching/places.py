"""Finding rounds already played in a construction: which person is which of its points.

Responsible for one question: are the rounds of this event so far rounds of a given plan, and under
which names? Then the plan's other rounds are still without repeats. Nothing is remembered between
rounds but who has met whom, so that a plan begun in one process goes on in another, and after
people left. Knows no affinity and no rules.

Method: backtracking. People are placed one after another, each on a point that shares with the
points of those they met a round of the plan that stands for the round in which they met, and with
others none that was played. Next is always whoever has the fewest points left.

It begins with what two rounds stand for. How two rounds lie across each other gives everybody a
colour (in how many small rings of rooms they are), which a person and their point have in common;
two rounds of the plan whose colours differ from those of the rounds played are not tried at all.
Of what is tried the first few choices decide nearly all others, so that wrong ones are noticed
soon; where not, another beginning has its turn, and the first comes again later.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from rooms.matching.room_rules import Bools, Ints

LIMIT = 150
"""Placements tried, some 40 µs each, from one beginning."""

TRIED = 6_000
"""Placements tried in all until the rounds played are taken for another plan's."""


def places(points: Sequence[Ints], met: Ints, rng: np.random.Generator) -> tuple[Ints, Ints] | None:
    """Returns each person's point and the rounds still unplayed, or None when none were found.

    `points` holds each round's room of every point; `met` is n×n: the round in which two people
    met, from 1, or 0. There are as many points as people.
    """
    return _Placing(points, met, rng).find()


class _Placing:
    def __init__(self, points: Sequence[Ints], met: Ints, rng: np.random.Generator) -> None:
        self.people = len(met)
        self.points = points
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
        self.tried = 0

    def find(self) -> tuple[Ints, Ints] | None:
        beginnings = self._beginnings()
        limit = LIMIT
        while beginnings and self.tried < TRIED:
            again: list[tuple[dict[int, int], Bools]] = []
            for stands_for, alike in beginnings:
                self.stands_for, self.alike = dict(stands_for), alike
                self.ends_at = min(TRIED, self.tried + limit)
                if self._put():
                    played = set(self.stands_for.values())
                    left = [number for number in range(self.rounds) if number not in played]
                    return self.place, np.array(left, dtype=np.intp)
                if self.tried > self.ends_at:
                    again.append((stands_for, alike))
                if self.tried > TRIED:
                    break
            beginnings, limit = again, 2 * limit
        return None

    def _beginnings(self) -> list[tuple[dict[int, int], Bools]]:
        """Returns what two rounds played may stand for, and which person may be which point."""
        played = [int(number) for number in np.unique(self.met) if number > 0]
        everybody = np.ones((self.people, self.people), dtype=np.bool_)
        if len(played) > self.rounds:
            return []
        if len(played) < 2:
            return [({}, everybody)]
        first, second = played[0], played[1]
        colours = _colours(_rooms_of(self.met == first), _rooms_of(self.met == second))
        found: list[tuple[dict[int, int], Bools]] = []
        for a, b in permutations(self.rng.permutation(self.rounds).tolist(), 2):
            of_plan = _colours(self.points[a], self.points[b])
            if np.array_equal(np.sort(colours), np.sort(of_plan)):
                found.append(({first: a, second: b}, colours[:, None] == of_plan[None, :]))
        return found

    def _put(self) -> bool:
        """Places everybody who has no point yet, and says whether it could be done."""
        waiting = np.flatnonzero(self.place < 0)
        if not waiting.size:
            return True
        fits = self._fits(waiting)
        if fits.any(axis=0).sum() < waiting.size:
            return False
        choices = fits.sum(axis=1)
        ties = (self.met[waiting][:, self.place >= 0] > 0).sum(axis=1)
        at = int(np.lexsort((-ties, choices))[0])
        person = int(waiting[at])
        for point in self.rng.permutation(np.flatnonzero(fits[at])):
            self.tried += 1
            if self.tried > self.ends_at:
                return False
            new = self._agree(person, int(point))
            if new is None:
                continue
            self.stands_for |= new
            self.place[person] = point
            if self._put():
                return True
            self.place[person] = -1
            for number in new:
                del self.stands_for[number]
        return False

    def _fits(self, waiting: Ints) -> Bools:
        """Says which points share the right rounds with those of everybody placed, by person."""
        placed = np.flatnonzero(self.place >= 0)
        shared = self.shared[:, self.place[placed]]
        played = np.zeros(self.rounds + 1, dtype=np.bool_)
        played[list(self.stands_for.values())] = True
        unmet = ~played[shared]
        unknown = unmet & (shared >= 0)
        stand = np.full(int(self.met.max()) + 1, -1, dtype=np.intp)
        stand[list(self.stands_for)] = list(self.stands_for.values())
        played_in = self.met[waiting][:, None, placed]
        due = stand[played_in]
        right = np.where(due >= 0, shared == due, np.where(played_in > 0, unknown, unmet))
        fits: Bools = self.alike[waiting] & np.all(right, axis=2)
        fits[:, self.place[placed]] = False
        return fits

    def _agree(self, person: int, point: int) -> dict[int, int] | None:
        """Returns what rounds this point makes known, or None when it contradicts itself."""
        new: dict[int, int] = {}
        for other in np.flatnonzero((self.met[person] > 0) & (self.place >= 0)):
            number = int(self.met[person, other])
            if number in self.stands_for:
                continue
            shared = int(self.shared[point, self.place[other]])
            if new.setdefault(number, shared) != shared:
                return None
        return new if len(set(new.values())) == len(new) else None


def _rooms_of(together: Bools) -> Ints:
    """Returns a number of the room of each person in a round, from who sat with whom."""
    with_self = together | np.eye(len(together), dtype=np.bool_)
    rooms: Ints = np.unique(with_self.argmax(axis=1), return_inverse=True)[1]
    return rooms


def _colours(one: Ints, other: Ints) -> Ints:
    """Returns for each person in how many rings of rooms of two rounds they are, twice refined."""
    across = np.zeros((one.max() + 1, other.max() + 1), dtype=np.int64)
    across[one, other] = 1
    rings = across @ across.T @ across
    weighed = across * (1 + rings * rings)
    further = weighed @ weighed.T @ weighed
    colours: Ints = (further * 1_009 + rings)[one, other]
    return colours
