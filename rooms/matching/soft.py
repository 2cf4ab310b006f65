"""Soft rules about who sits with whom: ambassadors spread over the rooms, first-timers with one.

Responsible for turning these wishes into terms of the solver's sum, pair by pair, so that the
search needs to know nothing of them. Deliberately no part of affinity: the numbers beside a
proposal say how well people suit each other, not how well the organiser's helpers are spread.

Two floaters (ambassadors, and helpers who take a seat) in one room cost `SPREAD`. For n floaters in
a room that is n(n - 1) / 2 times, which grows faster than n: so the cheapest seating spreads them
as evenly as can be, one in every room while there are enough, and never two while a room has none.
A first-timer with a floater is worth `WELCOME`.

Measured on generated evenings of 40 to 200 people and six rounds, as many floaters as rooms: every
room has one (by liking alone 68 %), every first-timer sits with one (56 %), for 2 % of affinity. In
a tight event (21 people, five rounds of four without a repeat) 88 % of rooms have one.

The order of what counts: hard rules, meeting again (`solver.REPEAT`), these, liking. Sit-outs are
fair by the order in which people give up seats (`solving.py`), not by a weight.

Invariants: symmetric, a diagonal of 0; nothing but roles and weights counts.

>>> ana, bo, chidi = (Seeker(id=id, floater=id != "chidi", first_timer=id == "chidi")
...     for id in ("ana", "bo", "chidi"))
>>> soft_terms([ana, bo, chidi], Weights())
array([[ 0., -8.,  1.],
       [-8.,  0.,  1.],
       [ 1.,  1.,  0.]])
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rooms.matching.ask import Seeker
from rooms.programme import Weights

SPREAD = 8.0
"""What two floaters in one room cost: more than two people can gain in rooms of four or five."""

WELCOME = 1.0
"""What a first-timer with a floater is worth: as much as liking can be, and so little beside
`SPREAD` that a room full of first-timers does not take two floaters while another has none."""


def soft_terms(people: Sequence[Seeker], weights: Weights) -> NDArray[np.float64]:
    """Returns what soft rules add to the worth of every two people, as an n×n array."""
    floats = np.array([person.floater for person in people], dtype=np.float64)
    new = np.array([person.first_timer and not person.floater for person in people], np.float64)
    terms: NDArray[np.float64] = -SPREAD * weights.ambassadors * np.outer(floats, floats)
    met = np.outer(floats, new)
    terms += WELCOME * weights.first_timers * (met + met.T)
    np.fill_diagonal(terms, 0.0)
    return terms + 0.0  # no -0.0
