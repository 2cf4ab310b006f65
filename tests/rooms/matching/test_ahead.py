"""Rounds to come: small events are planned so that nobody meets twice."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from rooms.matching.ahead import plan_rounds
from rooms.matching.budget import Budget
from tests.rooms.matching.crowd import crowd, evening


@pytest.mark.parametrize(
    ("people", "sizes", "rounds"), [(16, [4] * 4, 5), (15, [3] * 5, 5), (20, [4] * 5, 4)]
)
def test_tight_events_are_planned_without_repeats(
    people: int, sizes: list[int], rounds: int
) -> None:
    apart = np.zeros((people, people), dtype=np.bool_)
    plan = plan_rounds(apart, [sizes] * rounds, np.random.default_rng(1), Budget(0, 20_000), 20_000)
    assert plan is not None
    met = Counter(p for rooms in plan.rounds for room in rooms for p in combinations(room, 2))
    assert max(met.values()) == 1
    for rooms in plan.rounds:
        assert [len(room) for room in rooms] == sizes
        assert sorted(person for room in rooms for person in room) == list(range(people))


def test_a_construction_is_a_plan_when_no_search_found_one() -> None:
    apart = np.zeros((25, 25), dtype=np.bool_)
    plan = plan_rounds(apart, [[5] * 5] * 4, np.random.default_rng(0), Budget(0, 10), 0)
    assert plan is not None
    plan.step()
    assert sorted(person for room in plan.best for person in room) == list(range(25))


def test_those_who_have_met_are_kept_apart() -> None:
    apart = np.zeros((8, 8), dtype=np.bool_)
    apart[0, 1] = apart[1, 0] = True
    plan = plan_rounds(apart, [[4, 4]], np.random.default_rng(0), Budget(0, 500), 500)
    assert plan is not None
    assert not any({0, 1} <= set(room) for room in plan.best)


def test_what_counting_rules_out_is_not_searched() -> None:
    budget = Budget(0, 1_000)
    apart = np.zeros((8, 8), dtype=np.bool_)
    assert plan_rounds(apart, [[4, 4]] * 3, np.random.default_rng(0), budget, 1_000) is None
    assert budget.taken == 0


@pytest.mark.parametrize("people", [32, 31])
def test_the_social_golfers_have_ten_rounds(people: int) -> None:
    offers = evening(crowd(people), 10, steps=3_000)
    assert [offer.repeats for offer in offers] == [0] * 10
    assert not any(offer.sitting_out for offer in offers)


@pytest.mark.parametrize(("people", "size"), [(50, 4), (63, 4), (51, 2)])
def test_from_fifty_people_on_twelve_rounds_are_without_repeats(people: int, size: int) -> None:
    offers = evening(
        crowd(people), 12, steps=4_000, size=size, least=max(2, size - 1), most=size + 1
    )
    assert [offer.repeats for offer in offers] == [0] * 12
    assert not any(offer.sitting_out for offer in offers)
