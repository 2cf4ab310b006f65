"""The numbers beside a proposal."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rooms.matching.affinity import affinity_matrix
from rooms.matching.figures import bound, figures
from rooms.matching.solver import Floats
from rooms.matching.solving import solve_wanted
from tests.rooms.matching.crowd import ask, crowd
from tests.rooms.matching.test_solver import weights


def best_of_all(affinity: Floats, may: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
    """Returns the highest mean of two rooms of three, by trying all."""
    found = []
    for room in combinations(range(6), 3):
        other = [person for person in range(6) if person not in room]
        pairs = [*combinations(room, 2), *combinations(other, 2)]
        if all(may[a, b] for a, b in pairs):
            found.append(sum(float(affinity[a, b]) for a, b in pairs) / 6)
    return max(found, default=0.0)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 3))
def test_no_seating_is_above_the_bound(seed: int, forbidden: int) -> None:
    affinity = np.abs(weights(6, seed))
    np.fill_diagonal(affinity, 0.0)
    may = ~np.eye(6, dtype=np.bool_)
    for a, b in list(combinations(range(6), 2))[:forbidden]:
        may[a, b] = may[b, a] = False
    highest = best_of_all(affinity, may)
    for steps in (0, 1, 50):
        assert bound(affinity, may, [3, 3], found=highest * 6, steps=steps) >= highest - 1e-9


@pytest.mark.parametrize("sizes", [(2, 4), (4, 2)])
def test_the_bound_holds_for_rooms_of_unlike_sizes(sizes: tuple[int, ...]) -> None:
    affinity = affinity_matrix(crowd(6))
    may = ~np.eye(6, dtype=np.bool_)
    means = []
    for couple in combinations(range(6), 2):
        four = [person for person in range(6) if person not in couple]
        pairs = [couple, *combinations(four, 2)]
        means.append(sum(float(affinity[a, b]) for a, b in pairs) / 7)
    assert bound(affinity, may, sizes, found=0.0) >= max(means) - 1e-9


def test_prices_make_the_bound_tighter() -> None:
    affinity = affinity_matrix(crowd(80))
    may = ~np.eye(80, dtype=np.bool_)
    loose = bound(affinity, may, [4] * 20, found=0.0, steps=0)
    assert bound(affinity, may, [4] * 20, found=60.0, steps=100) < loose


def test_a_proposal_is_between_a_draw_by_lot_and_the_bound() -> None:
    offer = solve_wanted(ask(crowd(60), called=False), 0, steps=400)
    assert offer.random_affinity < offer.mean_affinity <= offer.bound_affinity
    assert offer.random_worst < offer.worst_affinity


def test_rooms_kept_by_a_host_count_in_the_numbers() -> None:
    people = crowd(12)
    whole = solve_wanted(ask(people), 0, steps=50)
    first, rest = whole.rooms[0], {id for room in whole.rooms[1:] for id in room}
    kept = (tuple(person for person in people if person.id in first),)
    others = tuple(person for person in people if person.id in rest)
    part = solve_wanted(ask(others, kept=kept), 0, steps=50)
    alone = solve_wanted(ask(others), 0, steps=50)
    assert part.rooms == alone.rooms
    assert part.mean_affinity != alone.mean_affinity


def test_nobody_in_a_room_has_no_numbers() -> None:
    nothing = np.zeros((0, 0))
    empty = np.zeros((0, 0), dtype=np.bool_)
    assert figures(nothing, empty, empty, [[], []], np.random.default_rng(0)).mean == 0.0
