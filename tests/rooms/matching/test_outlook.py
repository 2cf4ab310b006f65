"""What an evening would be like: counted over a programme planned for a list."""

from __future__ import annotations

import pytest

from rooms.matching.ask import Seeker
from rooms.matching.offline import OfflineRound, Table, whole_programme
from rooms.matching.outlook import outlook, worded
from rooms.programme import PlannedRound
from tests.rooms.matching.crowd import crowd

ANA = Seeker(id="ana", interests=("tea", "jazz"), wishes=("bo", "chidi"), seeks=("money",))
BO = Seeker(id="bo", interests=("tea",), floater=True, offers=("money",))
CHIDI = Seeker(id="chidi", interests=("chess",), first_timer=True)
HANAKO = Seeker(id="hanako", interests=("jazz",), first_timer=True)


def planned(number: int, *rooms: tuple[str, ...], out: tuple[str, ...] = ()) -> OfflineRound:
    return OfflineRound(
        number=number,
        tables=tuple(Table(number=at, people=room) for at, room in enumerate(rooms, 1)),
        sitting_out=out,
        repeats=0,
        mean_affinity=0.4,
        worst_affinity=0.1,
        random_affinity=0.2,
        steps=1,
    )


def test_it_counts_what_an_organiser_wants_to_know() -> None:
    rounds = [
        planned(1, ("ana", "bo"), ("chidi", "hanako")),
        planned(2, ("bo", "chidi"), ("ana", "hanako")),
    ]
    seen = outlook([ANA, BO, CHIDI, HANAKO], rounds)
    assert (seen.people, seen.rounds, seen.rooms) == (4, 2, 4)
    assert seen.sharing == 1, "only Ana shares something in both of her rooms"
    assert seen.shared_rounds == 1.0, "four of eight seats, of four people"
    assert seen.topics == (("jazz", 1), ("tea", 1))
    assert (seen.wishes, seen.granted, seen.offers) == (2, 1, 1)
    assert (seen.hosted, seen.enough) == (2, False)
    assert (seen.new_seats, seen.welcomed) == (4, 1)
    assert seen.mean_affinity == pytest.approx(0.4)
    assert seen.random_affinity == pytest.approx(0.2)
    assert worded(seen.topics, {"tea": "お茶"}) == ("jazz", "お茶")


def test_who_never_has_a_seat_shares_nothing() -> None:
    seen = outlook([ANA, BO, CHIDI], [planned(1, ("ana", "bo"), out=("chidi",))])
    assert (seen.sharing, seen.sit_outs, seen.enough) == (2, 1, True)


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_to_seat_is_no_trouble(count: int) -> None:
    people = crowd(count)
    fours = PlannedRound(size=4, least=3, most=6)
    seen = outlook(people, list(whole_programme(people, fours, rounds=2, steps=5)))
    assert (seen.people, seen.sharing, seen.rooms, seen.enough) == (count, 0, 0, False)
