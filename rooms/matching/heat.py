"""How hot it is: what leads the swaps of `copies.py` to good answers.

Responsible for the heat of each copy at each step, in the search of few rooms, or large ones
(`solver.py`). Knows no rules but weights.

- *Few people: copies at different heats* (parallel tempering: R. Swendsen and J.-S. Wang, 1986).
  Each copy stays at its heat, from so hot that everything changes to so cold that only what is
  better does; again and again two copies next to each other in heat change theirs, as likely as
  leaves each heat its own distribution. Need not know how long it may go on, nor at which heat
  these weights freeze (distances do at a tenth of what random weights do).
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

if TYPE_CHECKING:
    from rooms.matching.solver import Search

FEW = 100
"""Up to so many people copies stay at their heats."""

HEATS = (0.36, 0.009)
"""Heat of the hottest and the coldest copy, in standard deviations of a random swap's gain."""

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
        self.heat = _spread(search) * np.geomspace(*HEATS, self.copies.copies)
        self.at = 0

    def step(self, better: float) -> bool:
        """Makes the swaps of one step; says whether the best answer got better by so much."""
        self.copies.step(self.heat)
        self.at += 1
        self._exchange(self.at % 2)
        return self.copies.keep(better)

    def _exchange(self, first: int) -> None:
        """Lets every second pair of neighbours change heats (N. Metropolis et al., 1953)."""
        by_heat = np.argsort(-self.heat, kind="stable")[first:]
        hotter, colder = by_heat[: len(by_heat) // 2 * 2 : 2], by_heat[1::2]
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
