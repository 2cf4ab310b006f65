"""Soft rules: ambassadors spread over the rooms, first-timers with one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rooms.commands import OfferSeating
from rooms.matching.ask import Seeker
from rooms.matching.rules import broken_seating, hard_rules_of
from rooms.matching.solving import solve_wanted
from rooms.programme import Weights
from tests.rooms.matching.crowd import ask, crowd, evening


def with_roles(count: int, floaters: int, first_timers: int) -> list[Seeker]:
    """Returns a crowd whose first people are ambassadors and whose last are here first."""
    return [
        replace(person, floater=at < floaters, first_timer=at >= count - first_timers)
        for at, person in enumerate(crowd(count))
    ]


def with_one(offers: list[OfferSeating], people: list[Seeker]) -> tuple[float, float]:
    """Returns the share of rooms with a floater, and of first-timers who sit with one."""
    floaters = {person.id for person in people if person.floater}
    new = {person.id for person in people if person.first_timer}
    rooms = [room for offer in offers for room in offer.rooms]
    welcome = [bool(floaters & {*room}) for room in rooms for id in room if id in new]
    return sum(bool(floaters & {*room}) for room in rooms) / len(rooms), sum(welcome) / len(welcome)


@pytest.mark.parametrize(("count", "first_timers"), [(40, 8), (100, 25)])
def test_every_room_has_an_ambassador_while_there_are_enough(count: int, first_timers: int) -> None:
    people = with_roles(count, count // 4, first_timers)
    offers = evening(people, rounds=4, steps=400)
    assert with_one(offers, people) == (1.0, 1.0)
    assert [offer.repeats for offer in offers] == [0, 0, 0, 0]


def test_too_few_ambassadors_sit_apart_and_with_the_first_timers() -> None:
    people = with_roles(60, 5, 10)
    (offer,) = evening(people, rounds=1, steps=400)
    assert with_one([offer], people) == (5 / 15, 1.0)


def test_a_weight_of_nothing_leaves_them_where_liking_puts_them() -> None:
    people = with_roles(40, 10, 0)
    alone = [replace(person, floater=False) for person in people]
    off = Weights(ambassadors=0, first_timers=0)
    seated = solve_wanted(ask(people, weights=off), seconds=0, steps=50)
    assert seated.rooms == solve_wanted(ask(alone), seconds=0, steps=50).rooms


def test_hard_rules_come_before_ambassadors() -> None:
    people = with_roles(12, 3, 3)
    kept = tuple((f"a{0:04}", f"a{other:04}") for other in range(3, 12))
    wanted = ask(people, blocked=kept)
    offer = solve_wanted(wanted, seconds=0, steps=200)
    assert not broken_seating(offer.rooms, hard_rules_of(wanted))
