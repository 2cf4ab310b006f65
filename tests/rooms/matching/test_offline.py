"""A programme on paper: the live rules over all rounds, with everybody there."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from rooms.matching.ask import Seeker
from rooms.matching.offline import OfflineRound, repeats_needed, whole_programme
from rooms.people import SegmentRule
from rooms.programme import PlannedRound
from rooms.standing import Pair
from tests.rooms.matching.crowd import ANA, BO, CHIDI, DANA, EMRE, HANAKO, crowd, pairs

FOURS = PlannedRound(size=4, least=3, most=6)
PAIRS = PlannedRound(size=2, least=2, most=3)


def met(rounds: list[OfflineRound]) -> Counter[Pair]:
    """Returns how often each two people share a table."""
    return Counter(pair for one in rounds for pair in pairs(t.people for t in one.tables))


def test_everybody_has_a_place_each_round_and_meets_nobody_twice() -> None:
    people = crowd(30)
    rounds = list(whole_programme(people, FOURS, rounds=4, steps=200))
    for one in rounds:
        seated = [id for table in one.tables for id in table.people]
        assert sorted([*seated, *one.sitting_out]) == sorted(p.id for p in people)
        assert all(3 <= len(table.people) <= 6 for table in one.tables)
        assert [table.number for table in one.tables] == [*range(1, len(one.tables) + 1)]
        assert one.mean_affinity > one.random_affinity
    assert max(met(rounds).values()) == 1
    assert [one.repeats for one in rounds] == [0, 0, 0, 0]


def test_who_would_come_online_has_a_seat_among_the_others() -> None:
    [one] = whole_programme([ANA, EMRE], PAIRS, rounds=1, steps=10)
    assert [set(table.people) for table in one.tables] == [{"ana", "emre"}]


def test_repeats_that_cannot_be_avoided_are_counted() -> None:
    rounds = list(whole_programme([ANA, BO, CHIDI, DANA], PAIRS, rounds=4, steps=50))
    assert sum(one.repeats for one in rounds) == 2
    assert repeats_needed(4, 2, 4)
    assert not repeats_needed(4, 2, 3)


def test_a_fixed_table_stays_and_the_others_have_the_lowest_numbers() -> None:
    people = [replace(person, table=3) if person is BO else person for person in crowd(11)]
    people.append(replace(BO, table=3))
    for one in whole_programme(people, FOURS, rounds=3, steps=50):
        tables = {table.number: table.people for table in one.tables}
        assert "bo" in tables[3]
        assert set(tables) - {3} == {*range(1, len(tables) + 1)} - {3}


def test_an_assistant_sits_with_their_person_and_counts_as_nobody_met() -> None:
    people = [ANA, BO, CHIDI, DANA, Seeker(id="interpreter", sits_with="ana")]
    rounds = list(whole_programme(people, PAIRS, rounds=3, steps=50))
    assert met(rounds)["ana", "interpreter"] == 3
    assert [one.repeats for one in rounds] == [0, 0, 0]


def test_languages_and_segments_are_kept() -> None:
    rounds = list(
        whole_programme([ANA, CHIDI, BO, HANAKO], PAIRS, rounds=2, steps=50, common_language=True)
    )
    assert ("ana", "hanako") not in met(rounds)
    people = [replace(p, segment="buyers" if n % 2 else "sellers") for n, p in enumerate(crowd(12))]
    rule = SegmentRule(a="Buyers", b="buyers", rule="must-not")
    segment = {p.id: p.segment for p in people}
    rounds = list(whole_programme(people, PAIRS, rounds=3, steps=50, segments=(rule,)))
    assert not any(segment[a] == segment[b] == "buyers" for a, b in met(rounds))
    rounds = list(whole_programme(people, FOURS, rounds=2, steps=50, segment_most=2))
    for one in rounds:
        for table in one.tables:
            assert max(Counter(segment[id] for id in table.people).values()) <= 2


def test_sitting_out_goes_round() -> None:
    sellers = [replace(person, segment="sellers") for person in (ANA, BO, CHIDI)]
    rule = SegmentRule(a="sellers", b="sellers", rule="must-not")
    rounds = list(whole_programme([*sellers, DANA], PAIRS, rounds=3, steps=50, segments=(rule,)))
    out = Counter(id for one in rounds for id in one.sitting_out)
    assert out == {"ana": 2, "bo": 2, "chidi": 2}
    assert met(rounds) == {("ana", "dana"): 1, ("bo", "dana"): 1, ("chidi", "dana"): 1}


def test_nobody_to_sit_with_is_sitting_out() -> None:
    rounds = list(whole_programme([ANA], FOURS, rounds=2, steps=10))
    assert [(one.tables, one.sitting_out) for one in rounds] == [((), ("ana",))] * 2


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_gives_the_same_programme(seed: int) -> None:
    people = crowd(40)

    def planned() -> list[OfflineRound]:
        return list(whole_programme(people, FOURS, rounds=3, steps=100, seed=seed))

    assert planned() == planned()
