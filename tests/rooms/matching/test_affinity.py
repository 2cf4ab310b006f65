"""Who suits whom, and why."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from rooms.matching.affinity import STRANGERS, affinity, affinity_matrix, rarity, reasons, suits
from rooms.matching.ask import Seeker, seeker, with_wishes
from rooms.matching.solving import solve_wanted
from rooms.people import Attendee, Role
from rooms.programme import Weights
from rooms.synonyms import meanings
from tests.rooms.matching.crowd import ANA, BO, CHIDI, DANA, ask, crowd

tags = st.lists(st.sampled_from(["a", "b", "c", "🎻", "陶芸"]), unique=True, max_size=4).map(tuple)
someone = st.builds(
    Seeker,
    id=st.uuids().map(str),
    interests=tags,
    offers=tags,
    seeks=tags,
    organisation=st.sampled_from(["", "acme", "花園"]),
    languages=st.lists(st.sampled_from(["en", "ja"]), unique=True, max_size=2).map(tuple),
    wishes=st.lists(st.sampled_from(["acme", "a0", "a1", "a2"]), unique=True).map(tuple),
)
weight = st.one_of(st.sampled_from([0.0, 1.0, 10.0]), st.floats(0, 10))
weights_of_some_event = st.builds(
    Weights, interests=weight, offers=weight, wishes=weight, organisation=weight, language=weight
)


def numbered(people: list[Seeker]) -> list[Seeker]:
    """Returns the same people with ids that wishes can name."""
    return [structs.replace(person, id=f"a{at}") for at, person in enumerate(people)]


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


@given(st.lists(someone, min_size=2, max_size=12).map(numbered), weights_of_some_event)
def test_the_matrix_says_the_same_as_two_by_two(people: list[Seeker], weights: Weights) -> None:
    rare = rarity(people)
    worth = affinity_matrix(people, weights)
    for i, a in enumerate(people):
        for j, b in enumerate(people):
            expected = 0.0 if i == j else affinity(a, b, rare, weights)
            assert worth[i, j] == pytest.approx(expected)
            assert expected == 0.0 or 0.0 < expected <= 1.0


@given(
    st.lists(someone, min_size=2, max_size=10).map(numbered),
    weights_of_some_event,
    st.randoms(use_true_random=False),
)
def test_affinity_is_the_same_both_ways_and_in_any_order(
    people: list[Seeker], weights: Weights, lot: Random
) -> None:
    worth = affinity_matrix(people, weights)
    assert np.isfinite(worth).all()
    assert np.array_equal(worth, worth.T)
    order = list(range(len(people)))
    lot.shuffle(order)
    shuffled = affinity_matrix([people[at] for at in order], weights)
    assert shuffled == pytest.approx(worth[np.ix_(order, order)])


def test_a_wish_counts_from_either_side_and_from_both_more() -> None:
    ana = Seeker(id="ana", wishes=("bo", "acme"))
    bo, chidi = Seeker(id="bo"), Seeker(id="chidi", organisation="acme")
    twin = Seeker(id="bo", wishes=("ana",))
    assert affinity(ana, bo, {}) == affinity(bo, ana, {}) == affinity(ana, chidi, {}) > STRANGERS
    assert affinity(ana, twin, {}) > affinity(ana, bo, {})


def test_people_without_a_common_language_come_after_strangers() -> None:
    ana, hanako = Seeker(id="ana", languages=("en",)), Seeker(id="hanako", languages=("ja",))
    assert affinity(ana, hanako, {}) < STRANGERS == affinity(ana, Seeker(id="x"), {})
    assert affinity(ana, hanako, {}, Weights(language=0)) == STRANGERS


def test_a_weight_of_nothing_takes_a_reason_out() -> None:
    rare = rarity([ANA, BO])
    nothing = Weights(interests=0, offers=0, wishes=0, organisation=0)
    assert affinity(ANA, BO, rare, nothing) == STRANGERS
    assert affinity(CHIDI, DANA, {}, nothing) == STRANGERS


def test_words_that_mean_the_same_are_shared() -> None:
    same = meanings((("AI", "人工知能"), ("funding", "money")))
    ana, hanako = (
        seeker(profile, meanings=same)
        for profile in (
            Attendee(id="ana", name="Ana", interests=("AI",), seeks=("Money",)),
            Attendee(id="hanako", name="花子", interests=("人工知能", "ai"), offers=("funding",)),
        )
    )
    assert hanako.interests == ("ai",)
    rare = rarity([ana, hanako])
    only_interests = affinity(ana, hanako, rare, Weights(offers=0))
    assert affinity(ana, hanako, rare) > only_interests > STRANGERS


def test_names_among_the_wishes_are_found_among_those_here() -> None:
    profiles = [
        Attendee(id="a1", name="Ana", wishes=("ＢＯ", "Acme", "Chidi")),
        Attendee(id="a2", name="Bo"),
        Attendee(id="a3", name="Chidi"),
        Attendee(id="a4", name="chidi"),
    ]
    ana, *_ = with_wishes([seeker(profile) for profile in profiles], profiles)
    assert ana.wishes == ("a2", "acme", "chidi")


def test_only_a_mutual_wish_is_a_reason_and_only_where_nobody_else_reads_it() -> None:
    ana = Attendee(id="ana", name="Ana", wishes=("bo",))
    bo = Attendee(id="bo", name="Bo", wishes=("Ana",))
    chidi = Attendee(id="chidi", name="Chidi", wishes=("ana",))
    assert [(one.kind, one.a, one.b) for one in reasons([ana, bo])] == [("wish", "ana", "bo")]
    assert reasons([ana, chidi]) == ()
    assert reasons([ana, bo, chidi]) == ()


@pytest.mark.parametrize(
    "interests",
    [("🎻",), ("🎻", "🎻", "　"), tuple(f"{n:02}" + "x" * 78 for n in range(60)), ("", "  "), ()],
)
def test_odd_interests_are_seated_like_any_others(interests: tuple[str, ...]) -> None:
    twins = [seeker(Attendee(id=id, name=id, interests=interests)) for id in "abcdefgh"]
    worth = affinity_matrix(twins)
    off = worth[~np.eye(8, dtype=np.bool_)]
    assert np.isfinite(worth).all()
    assert off.min() == off.max() > 0
    offer = solve_wanted(ask(twins), seconds=0, steps=20)
    assert sorted(map(len, offer.rooms)) == [4, 4]


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
