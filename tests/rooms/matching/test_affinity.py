"""Who suits whom, and why."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.matching.affinity import STRANGERS, affinity, affinity_matrix, rarity, reasons, suits
from rooms.matching.ask import Seeker, seeker
from rooms.people import Attendee, Role
from tests.rooms.matching.crowd import ANA, BO, CHIDI, DANA, crowd

tags = st.lists(st.sampled_from(["a", "b", "c", "🎻", "陶芸"]), unique=True, max_size=4).map(tuple)
someone = st.builds(
    Seeker,
    id=st.uuids().map(str),
    interests=tags,
    offers=tags,
    seeks=tags,
    organisation=st.sampled_from(["", "acme", "花園"]),
)


def test_a_rare_interest_in_common_is_worth_more_than_a_common_one() -> None:
    people = [
        Seeker(id="a", interests=("film", "ceramics")),
        Seeker(id="b", interests=("ceramics",)),
        Seeker(id="c", interests=("film",)),
        Seeker(id="d", interests=("film",)),
        Seeker(id="e", interests=("film",)),
    ]
    rare = rarity(people)
    a, b, c, *_ = people
    assert affinity(a, b, rare) > affinity(a, c, rare) > STRANGERS


def test_what_one_offers_and_the_other_seeks_counts() -> None:
    rare = rarity([ANA, BO])
    without = Seeker(id="bo", interests=("jazz",))
    assert affinity(ANA, BO, rare) > affinity(ANA, without, rare)


def test_colleagues_come_after_strangers() -> None:
    one, twin = (Seeker(id=id, interests=("a", "b"), organisation="acme") for id in "xy")
    assert affinity(one, twin, rarity([one, twin])) < STRANGERS
    assert affinity(CHIDI, DANA, {}) < STRANGERS


def test_somebody_late_suits_the_room_that_shares_their_interests() -> None:
    rare = rarity([ANA, BO, CHIDI, DANA])
    assert suits(ANA, [BO], rare) > suits(ANA, [DANA], rare)
    assert suits(ANA, [], rare) == 0.0


@given(st.lists(someone, min_size=2, max_size=12))
def test_the_matrix_says_the_same_as_two_by_two(people: list[Seeker]) -> None:
    rare = rarity(people)
    worth = affinity_matrix(people)
    for i, a in enumerate(people):
        for j, b in enumerate(people):
            expected = 0.0 if i == j else affinity(a, b, rare)
            assert worth[i, j] == pytest.approx(expected)
            assert expected == 0.0 or 0.0 < expected <= 1.0


def test_a_frequent_interest_counts_in_the_matrix_too() -> None:
    people = crowd(300)
    rare = rarity(people)
    worth = affinity_matrix(people)
    for i, j in ((0, 1), (5, 250), (40, 41)):
        assert worth[i, j] == pytest.approx(affinity(people[i], people[j], rare))
    assert np.array_equal(worth, worth.T)


def test_a_profile_is_compared_without_regard_to_width_and_case() -> None:
    typed = Attendee(
        id="a", name="A", interests=("ＪＡＺＺ", "jazz ", ""), role=Role.AMBASSADOR, segment="Ｖ"
    )
    seen = seeker(typed, sat_out=2)
    assert (seen.interests, seen.segment, seen.floater, seen.sat_out) == (("jazz",), "v", True, 2)


def test_reasons_say_who_offers_what_the_other_seeks_as_they_wrote_it() -> None:
    ana = Attendee(id="ana", name="Ana", seeks=("funding", "a co-founder"))
    bo = Attendee(id="bo", name="Bo", offers=("Ｆunding", "tea", ""), seeks=("",))
    (only,) = reasons([ana, bo])
    assert (only.kind, only.a, only.b, only.words) == ("offer", "bo", "ana", ("Ｆunding",))
