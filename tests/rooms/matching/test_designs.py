"""Constructions: rounds without a repeat, as many as are promised."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from rooms.matching.designs import design
from rooms.matching.places import places


@pytest.mark.parametrize("rooms", range(2, 17))
@pytest.mark.parametrize("size", range(2, 8))
def test_no_two_points_of_a_construction_share_two_rooms(rooms: int, size: int) -> None:
    together: set[tuple[int, int]] = set()
    for seated in design(rooms, size):
        assert sorted(point for room in seated for point in room) == list(range(rooms * size))
        for room in seated:
            assert len(room) == size
            couples = set(combinations(sorted(room), 2))
            assert not couples & together
            together |= couples


@pytest.mark.parametrize(
    ("rooms", "size", "rounds"),
    [
        *((4, 4, 5), (5, 3, 7), (5, 4, 5), (6, 4, 7), (7, 4, 9)),
        *((8, 4, 10), (9, 3, 13), (16, 4, 21), (6, 2, 11)),
    ],
)
def test_known_events_have_all_their_rounds(rooms: int, size: int, rounds: int) -> None:
    assert len(design(rooms, size)) == rounds


@pytest.mark.parametrize(("rooms", "size"), [(4, 4), (5, 3), (7, 4), (6, 4), (8, 4)])
def test_rounds_played_are_found_again_under_other_names(rooms: int, size: int) -> None:
    plan = design(rooms, size)
    points = np.zeros((len(plan), rooms * size), dtype=np.intp)
    for number, seated in enumerate(plan):
        for room, held in enumerate(seated):
            points[number, held] = room
    name = np.random.default_rng(3).permutation(rooms * size)
    met = np.zeros((len(name), len(name)), dtype=np.intp)
    for played, number in enumerate((2, 0, 3), start=1):
        room_of = points[number][name]
        met[room_of[:, None] == room_of[None, :]] = played
    np.fill_diagonal(met, 0)
    found = places(list(points), met, np.random.default_rng(0))
    assert found is not None
    place, left = found
    for number in left:
        room_of = points[number][place]
        assert not (met[room_of[:, None] == room_of[None, :]] > 0).any()
    assert len(left) == len(plan) - 3


def test_rounds_of_no_plan_are_not_found() -> None:
    points = np.array([[0, 0, 1, 1], [0, 1, 0, 1]], dtype=np.intp)
    met = np.array([[0, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]], dtype=np.intp)
    assert places(list(points), met, np.random.default_rng(0)) is None
