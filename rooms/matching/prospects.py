"""How good a room each person could have at best, before anybody is seated.

Responsible for one number a person: the mean affinity with the people who suit them best. It
promises no seat: everybody's best company cannot be had by all at once.

Complexity: n² numbers, 32 MB for 2,000 people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rooms.matching.affinity import affinity_matrix, speechless
from rooms.matching.ask import Seeker
from rooms.matching.rules import MUST_NOT
from rooms.people import SegmentRule, normalise
from rooms.programme import USUAL_WEIGHTS, Weights


def best_company(
    people: Sequence[Seeker],
    others: int,
    weights: Weights = USUAL_WEIGHTS,
    *,
    common_language: bool = False,
    segments: Iterable[SegmentRule] = (),
) -> list[float]:
    """Returns each person's mean affinity with the `others` people who suit them best.

    Whom a rule keeps away from somebody is worth nothing to them.

    >>> ana = Seeker(id="ana", interests=("jazz",), languages=("en",))
    >>> bo = Seeker(id="bo", interests=("jazz",), languages=("en", "ja"))
    >>> hanako = Seeker(id="hanako", languages=("ja",))
    >>> [round(one, 2) for one in best_company([ana, bo, hanako], 1)]
    [0.33, 0.33, 0.1]
    """
    import numpy as np

    count = min(others, len(people) - 1)
    if count < 1:
        return [0.0 for _ in people]
    worth = affinity_matrix(people, weights)
    if common_language:
        worth[speechless(people)] = 0.0
    for rule in segments:
        if rule.rule == MUST_NOT:
            a, b = (_rows(people, segment) for segment in (rule.a, rule.b))
            worth[np.ix_(a, b)] = worth[np.ix_(b, a)] = 0.0
    np.fill_diagonal(worth, -1.0)  # oneself is nobody's company
    best = np.partition(worth, len(people) - count, axis=1)[:, len(people) - count :]
    return [float(mean) for mean in best.mean(axis=1)]


def _rows(people: Sequence[Seeker], segment: str) -> list[int]:
    name = normalise(segment)
    return [row for row, person in enumerate(people) if person.segment == name]
