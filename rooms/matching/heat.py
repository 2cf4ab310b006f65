"""How hot it is: what leads the swaps of `copies.py` to good answers.

Responsible for the heat of each copy at each step, in the search of few rooms, or large ones
(`solver.py`). Knows no rules but weights.

- *Few people: copies at different heats* (parallel tempering: R. Swendsen and J.-S. Wang, 1986).
  Each copy stays at its heat, from so hot that everything changes to so cold that only what is
  better does; again and again two copies next to each other in heat change theirs, as likely as
  leaves each heat its own distribution. Need not know how long it may go on. At which heat these
  weights freeze (distances do at a tenth of what random weights do) is seen after some steps from
  how many swaps there were at each heat; copies then stand closer together where it matters.
- *More people: copies that cool together* (simulated annealing: S. Kirkpatrick et al., 1983), since
  tempering would need too many heats. A cycle begins hot, from the best answer, and is longer than
  the one before it, up to what serves so many people; it is fitted to what is left of the budget,
  as far as that can be told.

How hot follows from the spread of what swaps bring at random.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rooms.matching.copies import Copies
from rooms.matching.room_rules import Ints

if TYPE_CHECKING:
    from rooms.matching.solver import Floats, Search

FEW = 100
"""Up to so many people copies stay at their heats."""

HEATS = (0.36, 0.009)
"""Heat of the hottest and the coldest copy to begin with, in standard deviations of a random swap's
gain."""

TRIED = 300
"""Steps after which heats are fitted to these weights."""

MOVING = (0.6, 0.1)
"""Of the pairs of rooms of the hottest and the coldest copy, how many then make a swap in a step:
hotter copies forget what they had, colder ones stand still."""

RUNGS = 12
"""Heats; with twice as many copies two stand at each."""

TEMPERED = (20_000, 24)
"""Swaps that a step of tempering looks at, about, and copies, at most."""

COOLED = (10_000, 16)
"""The same for a step of cooling, where steps count for more than copies."""

CYCLE = 400
"""Steps of the first cycle of cooling."""

LONGER = 2.0
"""How much longer each cycle is than the one before it."""

LONGEST = 400
"""Steps of the longest cycle, for each person."""

FITTED = 64
"""Steps after which the length of a cycle is fitted again."""

HOT = 0.3
"""Heat at the beginning of a cycle, in standard deviations of a random swap's gain."""

COLD = 0.1
"""Heat at its end, as a share of that at the beginning."""

CLEAN = 0.05
"""The last part of a cycle, so cold that only what is better happens."""

KEPT = 0.5
"""From this part of a cycle on what it has reached is looked at."""


class Tempering:
    """Copies at different heats, which they exchange."""

    def __init__(self, search: Search) -> None:
        self.rng = search.rng
        self.copies = Copies(search, *TEMPERED)
        self.ladders = max(1, self.copies.copies // RUNGS)
        self.rungs = self.copies.copies // self.ladders
        self.heat = self._heats(_spread(search) * np.geomspace(*HEATS, self.rungs))
        self.moves = np.zeros((self.rungs, self.ladders))
        self.at = 0

    def step(self, better: float) -> bool:
        """Makes the swaps of one step; says whether the best answer got better by so much."""
        self.copies.step(self.heat)
        self.at += 1
        rungs = np.argsort(-self.heat, kind="stable")[: self.rungs * self.ladders]
        rungs = rungs.reshape(self.rungs, self.ladders)
        if self.at <= TRIED:
            self._fit(rungs)
        self._exchange(rungs[self.at % 2 :])
        return self.copies.keep(better)

    def _heats(self, ladder: Floats) -> Floats:
        """Returns the heat of each copy; copies left over are as cold as can be."""
        heat = np.full(self.copies.copies, ladder[-1])
        heat[: self.rungs * self.ladders] = np.repeat(ladder, self.ladders)
        return heat

    def _fit(self, rungs: Ints) -> None:
        """Counts swaps at each heat, and has heats begin and end where they are `MOVING`."""
        if self.at > TRIED // 3:
            self.moves += self.copies.moved[rungs]
        if self.at < TRIED or self.rungs < 2:
            return
        share = self.moves.mean(axis=1) / (self.copies.pairs * (TRIED - TRIED // 3))
        rising = np.maximum.accumulate(share[::-1])
        heats = np.log(self.heat[rungs[::-1, 0]])
        hot, cold = np.exp(np.interp(MOVING, rising, heats))
        by_rung = np.geomspace(hot, cold, self.rungs)
        self.heat[:] = by_rung[-1]
        self.heat[rungs] = by_rung[:, None]

    def _exchange(self, rungs: Ints) -> None:
        """Lets every second pair of neighbours change heats (N. Metropolis et al., 1953)."""
        hotter, colder = rungs[: len(rungs) // 2 * 2 : 2].ravel(), rungs[1::2].ravel()
        cold = 1 / self.heat
        likely = (cold[hotter] - cold[colder]) * (
            self.copies.value[colder] - self.copies.value[hotter]
        )
        change = self.rng.random(len(likely)) < np.exp(np.minimum(likely, 0.0))
        a, b = hotter[change], colder[change]
        self.heat[a], self.heat[b] = self.heat[b], self.heat[a]


class Cooling:
    """Copies that cool together, in cycles."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.copies = Copies(search, *COOLED)
        self.hottest = HOT * _spread(search)
        self.cycle, self.at = float(CYCLE), 0
        self.longest = float(LONGEST * search.people)

    def step(self, better: float) -> bool:
        """Makes the swaps of one step; says whether the best answer got better by so much."""
        if self.at >= int(self.cycle):
            self.at, self.cycle = 0, min(self.longest, self.cycle * LONGER)
            self.copies.take_up_best()
        if self.at % FITTED == 0:
            self._fit()
        done = self.at / self.cycle
        hot = self.hottest * (COLD**done if done < 1 - CLEAN else COLD / 100)
        self.copies.step(np.full(self.copies.copies, hot))
        self.at += 1
        return done >= KEPT and self.copies.keep(better)

    def _fit(self) -> None:
        """Ends this cycle with the budget, when there would not be as long a one after it."""
        whole = self.at + self.search.left()
        if whole < 2 * self.cycle or self.at == 0:
            if self.longest <= whole < 2 * self.longest:
                whole /= 2
            if whole < 2 * self.longest:
                self.cycle = max(20.0, self.at + 1.0, min(whole, self.longest))


def heated(search: Search) -> Tempering | Cooling:
    """Returns what better serves so many people."""
    return Tempering(search) if search.people <= FEW else Cooling(search)


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
    spread = float(moved[room_a != room_b].std()) if (room_a != room_b).any() else 0.0
    return max(spread, 1e-9)
