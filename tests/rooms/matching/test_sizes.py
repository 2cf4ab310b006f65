"""Sizes flex first, within least and most, up before down (rule 5); then beyond (rule 6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.matching.sizes import even, even_with, room_counts, room_sizes

TABLE = [
    # people, size, least, most: sizes
    (8, 3, 3, 6, [4, 4]),
    (8, 3, 2, 6, [4, 4]),
    (21, 4, 3, 6, [5, 4, 4, 4, 4]),
    (20, 4, 3, 6, [4] * 5),
    (11, 4, 3, 6, [6, 5]),
    (7, 4, 3, 6, [4, 3]),
    (6, 4, 3, 6, [6]),
    (5, 4, 3, 6, [5]),
    (3, 4, 3, 6, [3]),
    (2, 4, 3, 6, [2]),
    (7, 2, 2, 3, [3, 2, 2]),
    (7, 2, 2, 2, [3, 2, 2]),
    (7, 4, 4, 4, [4, 3]),
    (5, 4, 4, 4, [5]),
]


@pytest.mark.parametrize(("people", "size", "least", "most", "sizes"), TABLE)
def test_sizes(people: int, size: int, least: int, most: int, sizes: list[int]) -> None:
    assert room_sizes(people, size, least, most) == sizes


@given(
    st.integers(2, 500),
    st.integers(2, 10),
    st.integers(0, 4),
    st.integers(0, 4),
    st.none() | st.integers(1, 50),
)
def test_nobody_is_left_over_and_nobody_is_alone(
    people: int, size: int, below: int, above: int, limit: int | None
) -> None:
    least, most = max(2, size - below), size + above
    counts = room_counts(people, size, least, most, limit)
    assert counts
    for rooms in counts:
        sizes = even(people, rooms)
        assert sum(sizes) == people
        assert min(sizes) >= 2
        assert max(sizes) - min(sizes) <= 1
        assert limit is None or rooms <= limit


def test_rooms_stay_within_least_and_most_wherever_they_can() -> None:
    for people in range(6, 200):
        sizes = room_sizes(people, 4, 3, 6)
        assert 3 <= min(sizes) <= max(sizes) <= 6


def test_few_tables_make_large_ones() -> None:
    assert room_counts(75, 4, 3, 6, limit=10)[0] == 10


def test_a_table_holds_those_fixed_at_it() -> None:
    assert even_with(12, 3, [5, 1]) == [5, 4, 3]
    assert even_with(5, 3, [1, 1, 1]) is None
    assert even_with(6, 3, [4, 1]) is None
