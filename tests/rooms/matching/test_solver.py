"""The solver's door: rooms of the sizes asked for, as good as can be, or a clear error."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.matching import solve
from rooms.matching.door import Impossible
from rooms.matching.pairs import best_pairs
from rooms.matching.solver import Floats, first_sizes


def weights(n: int, seed: int = 0) -> Floats:
    """Returns random symmetric weights."""
    half = np.random.default_rng(seed).random((n, n))
    both: Floats = half + half.T
    np.fill_diagonal(both, 0.0)
    return both


def worth(table: Floats, rooms: list[list[int]]) -> float:
    """Returns the sum of weights within rooms."""
    return float(sum(table[np.ix_(room, room)].sum() for room in rooms) / 2)


def best_of_all(table: Floats, sizes: list[int]) -> float:
    """Returns the best worth there is, by trying everything."""
    ends = np.cumsum([0, *sizes])
    return max(
        worth(table, [list(order[a:b]) for a, b in pairwise(ends)])
        for order in permutations(range(len(table)))
    )


@pytest.mark.parametrize("sizes", [[4, 4], [2, 3, 3], [2, 2, 2, 2]])
def test_small_groups_are_seated_as_well_as_can_be(sizes: list[int]) -> None:
    table = weights(8, seed=len(sizes))
    assert worth(table, solve(table, sizes, steps=300)) == pytest.approx(best_of_all(table, sizes))


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.integers(0, 99))
def test_room_i_has_size_i_and_everybody_one_seat(sizes: list[int], seed: int) -> None:
    rooms = solve(weights(sum(sizes), seed), sizes, seed=seed, steps=20)
    assert [len(room) for room in rooms] == sizes
    assert sorted(person for room in rooms for person in room) == list(range(sum(sizes)))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=6),
    st.data(),
)
def test_ranges_are_obeyed(ranges: list[tuple[int, int]], data: st.DataObject) -> None:
    sizes = [(least, least + more) for least, more in ranges]
    fewest, most = sum(least for least, _ in sizes), sum(top for _, top in sizes)
    people = data.draw(st.integers(fewest, most))
    rooms = solve(weights(people), sizes, steps=30)
    assert all(least <= len(room) <= top for room, (least, top) in zip(rooms, sizes, strict=True))
    assert sorted(person for room in rooms for person in room) == list(range(people))


def test_a_range_is_not_left_to_avoid_a_forbidden_pair() -> None:
    forbidden = np.zeros((4, 4), dtype=bool)
    forbidden[2, 3] = forbidden[0, 3] = forbidden[1, 3] = True
    with pytest.raises(Impossible):
        solve(weights(4), [(2, 3), (2, 3)], forbidden=forbidden, steps=50)


def test_ranges_leave_room_for_the_better_sizes() -> None:
    table = np.zeros((6, 6))
    for a, b in ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3), (4, 5)):
        table[a, b] = table[b, a] = 1.0
    assert solve(table, [(2, 4), (2, 4)], steps=200) in (
        [[0, 1, 2, 3], [4, 5]],
        [[4, 5], [0, 1, 2, 3]],
    )


@given(st.integers(0, 50))
def test_forbidden_pairs_never_share_a_room(seed: int) -> None:
    rng = np.random.default_rng(seed)
    forbidden = np.triu(rng.random((12, 12)) < 0.15, 1)
    rooms = solve(weights(12, seed), [4, 4, 4], forbidden=forbidden, seed=seed, steps=400)
    apart = forbidden | forbidden.T
    assert not any(apart[np.ix_(room, room)].any() for room in rooms)


@pytest.mark.parametrize("people", [30, 100])
def test_the_same_seed_and_steps_give_the_same_answer(people: int) -> None:
    table = weights(people)
    sizes = [5] * (people // 5)
    first = solve(table, sizes, seed=7, steps=50)
    assert first == solve(table, sizes, seed=7, steps=50)
    assert first != solve(table, sizes, seed=8, steps=50)


def test_more_steps_are_never_worse() -> None:
    table = weights(120)
    reached = [worth(table, solve(table, [4] * 30, steps=steps)) for steps in (0, 10, 100, 400)]
    assert reached == sorted(reached)
    assert reached[-1] > reached[0] * 1.02


def test_a_thousand_people_have_seats_at_once() -> None:
    rooms = solve(weights(1000), [4] * 250, seconds=0.0)
    assert sorted(map(len, rooms)) == [4] * 250


def test_nobody_makes_no_rooms_and_one_person_one() -> None:
    assert solve(np.zeros((0, 0)), []) == []
    assert solve([], []) == []
    assert solve([[0.0]], [1]) == [[0]]
    assert solve(np.zeros((0, 0)), [0]) == [[]]


NAN = [[0.0, np.nan], [np.nan, 0.0]]


@pytest.mark.parametrize(
    ("table", "sizes", "sentence"),
    [
        (NAN, [2], "finite"),
        ([[0.0, -1.0], [-1.0, 0.0]], [2], "negative"),
        ([[0.0, 1.0], [2.0, 0.0]], [2], "symmetric"),
        ([[0.0, 1.0]], [2], "square"),
        ([[0.0, 1.0], [1.0, 0.0]], [3], "add up"),
        ([[0.0, 1.0], [1.0, 0.0]], [(3, 2)], "least ≤ most"),
        ([[0.0, 1.0], [1.0, 0.0]], [-2, 4], "least ≤ most"),
        ([[0.0, 1.0], [1.0, 0.0]], [2.0], "whole number"),
        ([[0.0, 1.0], [1.0, 0.0]], [None], "whole number"),
        ([[0.0, 1.0], [1.0, 0.0]], [(1, 2, 3)], "least ≤ most"),
        ([[0.0, 1.0j], [1.0j, 0.0]], [2], "real"),
        ([[0.0, np.inf], [np.inf, 0.0]], [2], "finite"),
        ([[0.0, 1.0], [1.0]], [2], "square array of real numbers"),
        ([["0", "1"], ["1", "0"]], [2], "real numbers"),
    ],
)
def test_input_that_contradicts_itself_is_an_error(
    table: list[list[complex]], sizes: list[Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        solve(table, sizes, steps=1)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"seconds": float("nan")}, "Seconds"),
        ({"seconds": float("inf")}, "Seconds"),
        ({"seconds": "1"}, "Seconds"),
        ({"steps": -1}, "Steps"),
        ({"steps": 1.5}, "Steps"),
        ({"steps": float("nan")}, "Steps"),
        ({"seed": -1}, "seed"),
        ({"seed": None}, "seed"),
        ({"forbidden": np.full((4, 4), np.nan)}, "true and false"),
        ({"forbidden": np.full((4, 4), 0.5)}, "true and false"),
        ({"forbidden": [["no"] * 4] * 4}, "true and false"),
        ({"forbidden": [(0, 1)]}, "shape"),
    ],
)
def test_effort_and_forbidden_pairs_that_say_nothing_are_an_error(
    given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        solve(np.ones((4, 4)), [2, 2], **given)


def test_forbidden_pairs_hold_either_way_round_and_a_true_diagonal_forbids_nobody() -> None:
    one_way = np.eye(4, dtype=int)
    one_way[0, 1] = one_way[3, 0] = 1
    rooms = solve(np.ones((4, 4)), [2, 2], forbidden=one_way, steps=20)
    assert sorted(map(sorted, rooms)) == [[0, 2], [1, 3]]


@pytest.mark.parametrize("effort", [{"seconds": 0}, {"seconds": -1}, {"steps": 0}])
def test_without_any_time_there_is_a_first_answer(effort: dict[str, float]) -> None:
    sizes = np.array([[2, 2], [1, 4]])
    rooms = solve(np.ones((5, 5), dtype=np.int8), sizes, **effort)  # type: ignore[arg-type]
    assert [len(room) for room in rooms] == [2, 3]


def test_somebody_with_nobody_to_sit_with_is_named() -> None:
    forbidden = np.zeros((6, 6), dtype=bool)
    forbidden[2] = True
    with pytest.raises(Impossible, match="Person 2") as raised:
        solve(weights(6), [3, 3], forbidden=forbidden, steps=1)
    assert raised.value.people == (2,)


def test_too_many_who_must_all_be_apart_are_named() -> None:
    forbidden = np.zeros((6, 6), dtype=bool)
    forbidden[:3, :3] = True
    with pytest.raises(Impossible, match="3 people must all be apart") as raised:
        solve(weights(6), [3, 3], forbidden=forbidden, steps=1)
    assert set(raised.value.people) == {0, 1, 2}


def test_what_was_not_found_is_said_with_those_in_the_way() -> None:
    # A ring of five who dislike their neighbours: two rooms cannot keep them apart.
    forbidden = np.zeros((6, 6), dtype=bool)
    for person in range(5):
        forbidden[person, (person + 1) % 5] = True
    with pytest.raises(Impossible, match="No seating without a forbidden pair"):
        solve(weights(6), [3, 3], forbidden=forbidden, steps=200)


def test_pairs_are_the_best_there_are() -> None:
    table = weights(8, seed=1)
    assert worth(table, solve(table, [2] * 4, steps=0)) == pytest.approx(
        best_of_all(table, [2] * 4)
    )


def test_an_odd_number_in_pairs_leaves_one_alone_in_the_room_of_one() -> None:
    rooms = solve(weights(9), [2, 1, 2, 2, 2], steps=0)
    assert [len(room) for room in rooms] == [2, 1, 2, 2, 2]
    assert sorted(person for room in rooms for person in room) == list(range(9))


def test_pairs_that_cannot_be_are_said_to_be_impossible() -> None:
    forbidden = np.ones((6, 6), dtype=bool)
    forbidden[:2] = forbidden[:, :2] = False
    with pytest.raises(Impossible):
        solve(weights(6), [2, 2, 2], forbidden=forbidden, steps=0)


def test_very_many_are_seated_in_blocks_by_the_same_rules() -> None:
    table = weights(1300, seed=4).astype(np.float32)
    forbidden = np.triu(np.random.default_rng(1).random((1300, 1300)) < 0.01, 1)
    sizes: list[int | tuple[int, int]] = [3] * 200 + [(2, 4)] * 220
    rooms = solve(table, sizes, forbidden=forbidden, steps=150)
    assert sorted(person for room in rooms for person in room) == list(range(1300))
    assert all(len(room) == 3 for room in rooms[:200])
    assert all(2 <= len(room) <= 4 for room in rooms[200:])
    apart = forbidden | forbidden.T
    assert not any(apart[np.ix_(room, room)].any() for room in rooms)
    assert rooms == solve(table, sizes, forbidden=forbidden, steps=150)


@pytest.mark.parametrize("people", [1000, 1400])
def test_somebody_who_blocked_all_but_three_sits_with_those(people: int) -> None:
    forbidden = np.zeros((people, people), dtype=bool)
    forbidden[0, 4:] = True
    rooms = solve(weights(people), [4] * (people // 4), forbidden=forbidden, steps=600)
    assert [0, 1, 2, 3] in rooms


def test_no_time_is_no_reason_to_find_no_seating() -> None:
    forbidden = np.zeros((1001, 1001), dtype=bool)
    forbidden[0, 1:997] = True
    rooms = solve(weights(1001), [(3, 5)] * 250, forbidden=forbidden, seconds=0)
    with_first = next(room for room in rooms if 0 in room)
    assert not forbidden[0, with_first].any()


def test_ranges_without_end_are_as_good_as_all_the_people() -> None:
    rooms = solve(weights(8), [(0, 10**12), (3, 10**40)], steps=30)
    assert sorted(person for room in rooms for person in room) == list(range(8))
    assert len(rooms[1]) >= 3


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e-310, 1e-3, 1e307])
def test_pairs_are_the_same_however_large_the_weights(scale: float) -> None:
    table = np.zeros((6, 6))
    for a, b in ((0, 3), (1, 2), (4, 5)):
        table[a, b] = table[b, a] = 1.0
    assert sorted(solve(table * scale, [2, 2, 2])) == [[0, 3], [1, 2], [4, 5]]


def test_first_sizes_have_the_most_pairs() -> None:
    least, most = np.array([3, 2, 5, 0]), np.array([4, 7, 6, 3])
    assert first_sizes(least, most, 15).tolist() == [3, 7, 5, 0]


@pytest.mark.parametrize(("people", "groups"), [(12, 3), (30, 5), (60, 6), (480, 20)])
def test_few_large_rooms_are_much_better_than_by_chance(people: int, groups: int) -> None:
    table = weights(people)
    sizes: list[int | tuple[int, int]] = [people // groups] * groups
    by_lot = float(table.sum()) * (people // groups - 1) / (people - 1) / 2
    rooms = solve(table, sizes, steps=600)
    assert [len(room) for room in rooms] == sizes
    assert worth(table, rooms) > by_lot * (1.06 if people == 480 else 1.1)
    assert rooms == solve(table, sizes, steps=600)


@given(st.integers(0, 99))
def test_ranges_of_few_large_rooms_are_obeyed_through_all_swaps(seed: int) -> None:
    ranges: list[int | tuple[int, int]] = [(3, 9), (2, 12), (5, 5), (0, 8)]
    rooms = solve(weights(20, seed), ranges, seed=seed, steps=150)
    assert all(
        low <= len(room) <= top
        for room, (low, top) in zip(rooms, ((3, 9), (2, 12), (5, 5), (0, 8)), strict=True)
    )
    assert sorted(person for room in rooms for person in room) == list(range(20))


@pytest.mark.parametrize("sizes", [[4, 6, 7, 8, 5], [16, 30, 22, 26, 18]])
def test_circles_of_friends_of_different_sizes_are_found_whole(sizes: list[int]) -> None:
    circle = np.random.default_rng(3).permutation(np.repeat(np.arange(5), sizes))
    table = (circle[:, None] == circle[None, :]).astype(np.float64)
    table += 0.4 * weights(len(circle))
    np.fill_diagonal(table, 0.0)
    whole = [np.flatnonzero(circle == number).tolist() for number in range(5)]
    rooms = solve(table, [(min(sizes) - 1, max(sizes) + 1)] * 5, steps=600)
    assert worth(table, rooms) >= worth(table, whole) - 1e-9


def test_rooms_by_the_hundred_thousand_that_may_stay_empty_cost_nothing() -> None:
    weights = np.ones((9, 9))
    rooms = solve(weights, [(0, 0), *[(0, 3)] * 100_000, 2], steps=20)
    assert len(rooms) == 100_002
    assert sorted(person for room in rooms for person in room) == list(range(9))
    assert rooms[0] == []
    assert len(rooms[-1]) == 2
    assert all(len(room) <= 3 for room in rooms)


def test_more_seats_than_can_be_searched_are_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="90,000 seats for 300 people"):
        solve(np.ones((300, 300)), [(0, 300)] * 300, steps=1)


def test_thousands_may_be_given_far_more_rooms_than_they_open() -> None:
    rooms = solve(np.ones((1_300, 1_300), dtype=np.float32), [(0, 4)] * 2_000, steps=3)
    assert sorted(person for room in rooms for person in room) == list(range(1_300))
    assert max(map(len, rooms)) <= 4


def test_where_sizes_leave_no_choice_pairs_among_ranges_are_the_best_there_are() -> None:
    table = weights(7, seed=2)
    rooms = solve(table, [(1, 2), 2, (1, 2), 1, (1, 2)], steps=0)
    assert [len(rooms[1]), len(rooms[3])] == [2, 1]
    assert sorted(person for room in rooms for person in room) == list(range(7))
    assert worth(table, rooms) == pytest.approx(best_of_all(table, [2, 2, 1, 1, 1]))


def test_many_alone_among_pairs_are_found_by_a_search_that_ends() -> None:
    table = weights(134, seed=3)
    sizes = [1, 2] * 14 + [1] * 92
    rooms = solve(table, sizes, steps=200)
    assert [len(room) for room in rooms] == sizes
    exact = best_pairs(table, None, 106)
    assert exact is not None
    assert worth(table, rooms) > 0.999 * worth(table, exact)
