"""Who comes or leaves after the proposal changes two rooms at the most."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rooms.matching.repair import came, changed, left
from tests.rooms.matching.test_solver import weights


def seated(people: int, size: int) -> list[list[int]]:
    """Returns people in rooms of one size, in order."""
    return [list(range(at, min(at + size, people))) for at in range(0, people, size)]


@given(st.integers(2, 8), st.integers(3, 5), st.integers(0, 99), st.data())
def test_one_who_leaves_changes_two_rooms_at_most(
    rooms: int, size: int, seed: int, data: st.DataObject
) -> None:
    before = seated(rooms * size, size)
    person = data.draw(st.integers(0, rooms * size - 1))
    after = left(before, person, weights(rooms * size, seed), (size - 1, size + 1))
    assert changed(before, after) == 1
    assert sorted(p for room in after for p in room) == [
        p for p in range(rooms * size) if p != person
    ]


def test_a_room_that_becomes_too_small_takes_somebody_from_a_larger_one() -> None:
    after = left([[0, 1, 2], [3, 4, 5, 6]], 0, weights(7), (3, 4))
    assert sorted(map(len, after)) == [3, 3]


def test_a_room_that_becomes_too_small_joins_another_where_none_can_spare_anybody() -> None:
    after = left([[0, 1], [2, 3]], 0, weights(4), (2, 3))
    assert after == [[], [2, 3, 1]]


def test_the_newcomer_joins_the_room_that_likes_them_best() -> None:
    table = np.zeros((7, 7))
    table[6, 3:6] = table[3:6, 6] = 1.0
    assert came([[0, 1, 2], [3, 4, 5]], 6, table, (3, 4)) == [[0, 1, 2], [3, 4, 5, 6]]


def test_somebody_makes_way_for_a_newcomer_whom_the_only_open_room_forbids() -> None:
    forbidden = np.zeros((6, 6), dtype=bool)
    forbidden[5, 3] = True
    before = [[0, 1, 2], [3, 4]]
    after = came(before, 5, weights(6), (2, 3), forbidden)
    assert after is not None
    assert changed(before, after) == 2
    assert not any({3, 5} <= set(room) for room in after)


def test_where_all_rooms_are_full_nobody_is_squeezed_in() -> None:
    assert came([[0, 1], [2, 3]], 4, weights(5), (2, 2)) is None
