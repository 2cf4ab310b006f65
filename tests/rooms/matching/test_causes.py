"""Rule 6: what is in the way of a seating, and what giving it up would allow."""

from __future__ import annotations

from msgspec.structs import replace

from rooms.commands import Cause
from rooms.matching.ask import Seeker
from rooms.matching.causes import causes, explained, relaxations
from rooms.matching.solving import solve_wanted
from rooms.people import Mode, SegmentRule
from rooms.programme import Allow, Mixing
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
    assert causes(ask(people, blocked=blocked)) == (Cause(rules=("private",)),)


def test_where_a_block_is_a_cause_nobody_is_found_out_by_the_names_beside_it() -> None:
    people = [
        *(Seeker(id=f"e{i}", languages=("en",)) for i in range(5)),
        Seeker(id="ken", languages=("ja",)),
    ]
    blocked = tuple(pair("e0", f"e{i}") for i in range(1, 5))
    found = causes(ask(people, blocked=blocked, common_language=True, size=2, least=2))
    assert {cause.rules for cause in found} == {("language",), ("private",)}
    assert all(not cause.people and not cause.seated for cause in found)


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


def test_sizes_that_no_number_of_people_fits_are_the_cause() -> None:
    (cause,) = causes(ask(crowd(5), size=3, least=3, most=3))
    assert (cause.rules, cause.rooms) == (("sizes",), 1)


def test_each_choice_is_told_with_what_would_come_of_it() -> None:
    people = crowd(7)
    met = tuple((*pair(people[0].id, other.id), 1) for other in people[1:])
    found = {r.allow: r for r in relaxations(ask(people, met=met, round=3, size=3, most=3))}
    assert found[Allow.SIT_OUTS].sitting_out
    assert found[Allow.SIT_OUTS].repeats == 0
    assert found[Allow.SIT_OUTS].sizes == ()
    assert found[Allow.REPEATS].sitting_out == ()
    assert found[Allow.REPEATS].repeats > 0
    assert found[Allow.REPEATS].oldest == 1
    assert found[Allow.SIZES].sizes


def test_what_giving_way_would_bring_is_what_it_brings() -> None:
    wanted = ask(crowd(7), size=3, least=3, most=3, seed=5)
    (told,) = (r for r in relaxations(wanted) if r.allow is Allow.SIT_OUTS)
    offer = solve_wanted(replace(wanted, allow=Allow.SIT_OUTS), 0)
    assert offer.sitting_out == told.sitting_out


def test_nothing_is_explained_where_everything_holds() -> None:
    offer = solve_wanted(ask(crowd(12)), 0, steps=20)
    assert explained(ask(crowd(12)), offer, seconds=1) is offer


def test_explaining_ends_when_somebody_cannot_wait() -> None:
    wanted = ask(crowd(7), size=3, least=3, most=3)
    offer = explained(wanted, solve_wanted(wanted, 0, steps=20), seconds=60, hurry=lambda: True)
    assert offer.relaxations == ()


def test_too_few_stations_and_modes_kept_apart_are_said_to_be() -> None:
    emre = Seeker(id="emre", mode=Mode.ON_SITE)
    people = [emre, *(Seeker(id=f"e{i}") for i in range(4))]
    few = ask(people, mixing=Mixing.SOME, stations=(), size=3)
    for asked, rule in ((few, "stations"), (replace(few, mixing=Mixing.APART), "modes")):
        (cause,) = causes(asked)
        assert (cause.rules, cause.people, cause.seated) == ((rule,), ("emre",), 1)
