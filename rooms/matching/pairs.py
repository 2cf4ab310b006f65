"""Rooms of two, solved exactly: a matching of greatest weight in a general graph.

Responsible for rooms of two (and of one: whoever is alone is paired with an empty chair). Knows no
rules but forbidden pairs. The algorithm is Edmonds' ("Paths, trees, and flowers", 1965) as improved
by Galil (1986), O(n³), from rustworkx: some 0.2 s for 300 people, 20 s for 1,000, where the search
stays within 0.1 % of it in a second.

>>> weights = np.array([[0, 3, 2, 0], [3, 0, 0, 2], [2, 0, 0, 0], [0, 2, 0, 0]], dtype=float)
>>> best_pairs(weights, None, 0)
[[0, 2], [1, 3]]
"""

from __future__ import annotations

import numpy as np
import rustworkx
from numpy.typing import NDArray

from rooms.matching.room_rules import Bools

EXACT = 300
"""Up to so many people pairs are matched exactly."""

ALONE = 100
"""So many of them at most in rooms of one: that takes 0.6 s, and 280 would take 2 s. With more of
them the search, which ends when it should, found the same in all cases tried."""

UNIT = 2.0**40
"""Weights become whole numbers, of which the greatest weight has so many."""


def best_pairs(
    weights: NDArray[np.float64], apart: Bools | None, alone: int
) -> list[list[int]] | None:
    """Returns the pairs worth most, then so many people alone; None: no such pairs are allowed.

    Pairs and those alone are in ascending order of numbers.
    """
    people = len(weights)
    graph: rustworkx.PyGraph[None, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * (people + alone))
    a, b = np.triu_indices(people, 1)
    if apart is not None:
        allowed = ~apart[a, b]
        a, b = a[allowed], b[allowed]
    greatest = float(weights.max(initial=0.0)) or 1.0
    worth = np.rint(weights[a, b] / greatest * UNIT).astype(np.int64)
    graph.add_edges_from(list(zip(a.tolist(), b.tolist(), worth.tolist(), strict=True)))
    graph.add_edges_from([(p, people + i, 0) for i in range(alone) for p in range(people)])
    matched = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    if 2 * len(matched) < people + alone:
        return None
    rooms = sorted(sorted(person for person in pair if person < people) for pair in matched)
    return sorted(rooms, key=lambda room: -len(room))
