"""Rule 6: what is in the way of a seating, and what giving it up would allow."""

from __future__ import annotations

from rooms.matching.ask import Seeker
from rooms.matching.causes import causes
from rooms.people import Mode, SegmentRule
from rooms.standing import pair
from tests.rooms.matching.crowd import ask, crowd


def test_a_seating_that_works_has_no_cause_against_it() -> None:
    assert causes(ask(crowd(12))) == ()


def test_a_language_that_keeps_somebody_out_is_named_with_them() -> None:
    people = [Seeker(id=f"e{i}", languages=("en",)) for i in range(4)]
    alone = Seeker(id="hanako", languages=("ja",))
    (cause,) = causes(ask([*people, alone], common_language=True, size=2, least=2))
    assert cause.rules == ("language",)
    assert (cause.people, cause.seated) == (("hanako",), 1)


def test_a_block_is_never_named() -> None:
    people = crowd(5)
    blocked = tuple(pair(people[0].id, other.id) for other in people[1:])
    (cause,) = causes(ask(people, blocked=blocked))
    assert cause.rules == ("private",)
    assert (cause.people, cause.seated) == ((), 1)


def test_two_rules_are_given_up_together_only_where_one_is_not_enough() -> None:
    people = [
        *(Seeker(id=f"e{i}", languages=("en",), segment="a") for i in range(4)),
        Seeker(id="hanako", languages=("ja",), segment="b"),
    ]
    apart = (SegmentRule(a="a", b="b", rule="must-not"),)
    found = causes(ask(people, common_language=True, segments=apart, size=2, least=2))
    assert [cause.rules for cause in found] == [("language", "segments")]


def test_too_few_tables_are_said_to_be() -> None:
    people = [Seeker(id=f"s{i}", mode=Mode.ON_SITE) for i in range(6)]
    (cause,) = causes(ask(people, tables=0, size=3))
    assert (cause.rules, cause.seated) == (("tables",), 6)


def test_people_who_all_met_are_told_what_repeats_would_allow() -> None:
    people = crowd(4)
    met = tuple((*pair(a.id, b.id), 1) for a in people for b in people if a.id < b.id)
    found = causes(ask(people, met=met, round=2))
    assert ("repeats",) in [cause.rules for cause in found]
