"""Over an evening: whoever had little so far counts for more."""

from __future__ import annotations

import numpy as np
import pytest

from rooms.matching.affinity import affinity_matrix
from rooms.matching.ask import Seeker
from rooms.matching.fairness import catching_up, had_so_far
from rooms.matching.solving import solve_wanted
from tests.rooms.matching.crowd import ask, crowd, evening, pairs

AFFINITY = np.array([[0.0, 0.8, 0.2], [0.8, 0.0, 0.2], [0.2, 0.2, 0.0]])


def sat_together(*couples: tuple[int, int]) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    sat = np.zeros((3, 3), dtype=np.bool_)
    for a, b in couples:
        sat[a, b] = sat[b, a] = True
    return sat


def test_how_well_somebody_did_is_their_mean_with_those_they_sat_with() -> None:
    had = had_so_far(AFFINITY, sat_together((0, 1), (0, 2)))
    assert had[:2] == pytest.approx([0.5, 0.8])
    assert had[2] == pytest.approx(0.2)
    assert np.isnan(had_so_far(AFFINITY, sat_together((0, 1)))[2])


def test_before_the_first_round_all_count_alike() -> None:
    assert np.array_equal(catching_up(AFFINITY, sat_together()), AFFINITY)


def test_whoever_had_less_counts_for_more_and_nobody_for_less() -> None:
    weighed = catching_up(AFFINITY, sat_together((0, 1), (0, 2)))
    assert (weighed >= AFFINITY).all()
    assert weighed[0, 1] == AFFINITY[0, 1], "neither is behind"
    assert weighed[1, 2] > AFFINITY[1, 2]
    assert np.array_equal(weighed, weighed.T)


def test_who_was_badly_off_gets_the_better_seat_next_time() -> None:
    ana, bo = (Seeker(id=id, interests=("jazz",)) for id in ("ana", "bo"))
    chidi = Seeker(id="chidi", interests=("jazz",))
    dana, emre, hanako = (Seeker(id=id, interests=(id,)) for id in ("dana", "emre", "hanako"))
    people = [ana, bo, chidi, dana, emre, hanako]
    met = (("ana", "dana", 1), ("bo", "chidi", 1), ("emre", "hanako", 1))
    offer = solve_wanted(ask(people, size=2, least=2, most=2, met=met, round=2), 0, steps=50)
    assert any("ana" in room and {"bo", "chidi"} & {*room} for room in offer.rooms)


@pytest.mark.parametrize("seed", [0, 4])
def test_the_worst_off_person_is_not_left_behind_over_an_evening(seed: int) -> None:
    people = crowd(200, seed=seed)
    row = {person.id: number for number, person in enumerate(people)}
    worth = affinity_matrix(people)
    had, times = np.zeros(200), np.zeros(200)
    for offer in evening(people, rounds=6, steps=500):
        for a, b in pairs(offer.rooms):
            for one in (row[a], row[b]):
                had[one] += worth[row[a], row[b]]
                times[one] += 1
    mean = had / times
    assert mean.min() >= 0.6 * np.median(mean)
