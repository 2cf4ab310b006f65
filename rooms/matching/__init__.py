"""Matching: who sits with whom, and why.

`ask.py` is what a solver is asked; `affinity.py` who suits whom, `soft.py` and `fairness.py` what
else is wished; `rules.py` which rooms are fine; `sizes.py` how many rooms there are. `door.py` is
the solver's door for anybody; `solver.py` the search for the best rooms, `pairs.py` and `blocks.py`
those of two and of thousands; `room_rules.py` its rules about whole rooms, `budget.py` its end.
`ahead.py` is the rounds to come, `designs.py` those known by algebra, `places.py` where in them an
evening stands. `seating.py` seats one group (`group.py`) in rooms of some sizes (`splits.py`),
and says who is left out (`left_out.py`); `solving.py` the whole pool, from `Wanted` to
`OfferSeating`; `causes.py` what is in its way, `repair.py` who came or left since, `figures.py` the
numbers beside it; `proposing.py` what a host is then shown; `wanted.py` what to solve next;
`offline.py` a whole programme at once, `outlook.py` what it would be like.

Nothing here loads NumPy until something is solved: `ask`, `affinity` (but its matrix), `rules` and
`sizes` are plain Python, used in the server's own process for one person at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def solve(
    weights: ArrayLike,
    sizes: Sequence[int | tuple[int, int]],
    *,
    forbidden: ArrayLike | None = None,
    seed: int = 0,
    seconds: float = 1.0,
    steps: int | None = None,
) -> list[list[int]]:
    """Returns the rooms that are worth most together; see `door.solve`."""
    from rooms.matching import door

    return door.solve(weights, sizes, forbidden=forbidden, seed=seed, seconds=seconds, steps=steps)
