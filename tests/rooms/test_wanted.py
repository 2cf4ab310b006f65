"""What should be solved next (rule 2), and that a solver's answer makes the seating (3 to 5)."""

from __future__ import annotations

from itertools import combinations

import pytest
from msgspec.structs import replace

from rooms.commands import (
    Block,
    ChangeEvent,
    CloseEvent,
    Leave,
    Profile,
    Rejoin,
    SitOut,
    StartRound,
)
from rooms.deciding import SERVER
from rooms.matching.ask import Wanted
from rooms.matching.solving import solve_wanted
from rooms.matching.wanted import wanted
from rooms.people import Attendee, Role
from rooms.programme import Plan, planned_round
from tests.rooms.evenings import Evening, rooms_of


def asked(evening: Evening) -> Wanted | None:
    return wanted(evening.event, evening.register, evening.now)


def sure(evening: Evening) -> Wanted:
    found = asked(evening)
    assert found is not None
    return found


def solved(evening: Evening) -> None:
    """A solver answers what is wanted."""
    evening.asks(SERVER, solve_wanted(sure(evening), 30.0, steps=40))


def ids(found: Wanted) -> list[str]:
    return sorted(person.id for person in found.people)


def test_the_next_seating_is_wanted_from_draft_on_for_the_pool() -> None:
    evening = Evening(doors=False)
    evening.comes("dana", "ana")
    assert asked(evening) is None, "nobody to sit with"
    evening.comes("bo")
    found = sure(evening)
    assert (found.round, ids(found), found.called) == (1, ["ana", "bo"], False)


def test_a_proposal_that_still_fits_is_not_solved_again() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    solved(evening)
    assert asked(evening) is None
    evening.comes("ana")
    assert asked(evening) is None, "a new tab changes nothing"


@pytest.mark.parametrize("change", ["comes", "goes", "sits out", "blocks", "learns", "the plan"])
def test_whatever_a_seating_depends_on_has_it_solved_again(change: str) -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    solved(evening)
    match change:
        case "comes":
            evening.comes("hana")
        case "goes":
            evening.asks("chidi", Leave())
        case "sits out":
            evening.asks("chidi", SitOut())
        case "blocks":
            evening.asks("chidi", Block(about="ana"))
        case "learns":
            evening.asks("chidi", Profile(interests=("tea",)))
        case "the plan":
            plan = replace(evening.event.plan, rounds=(planned_round(size=2),) * 3)
            evening.asks("dana", ChangeEvent(plan=plan))
    assert asked(evening) is not None


def test_who_dropped_is_wanted_for_20_s_and_then_a_new_seating_is() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi")
    solved(evening)
    evening.drops("chidi")
    evening.passes(19)
    assert asked(evening) is None
    evening.passes(1)
    assert ids(sure(evening)) == ["ana", "bo"]


def test_while_a_round_runs_the_next_ones_seating_is_wanted_with_who_sits_together_now() -> None:
    evening = Evening()
    evening.comes("ana", "bo", "chidi", "hana")
    evening.talking([["ana", "bo"], ["chidi", "hana"]])
    found = sure(evening)
    assert found.round == 2
    assert set(found.met) == {("ana", "bo", 1), ("chidi", "hana", 1)}
    evening.passes(490)
    assert set(sure(evening).met) == {("ana", "bo", 1), ("chidi", "hana", 1)}


def test_where_reunions_are_welcome_nobody_counts_as_met() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.asks("dana", ChangeEvent(plan=replace(evening.event.plan, reunions=True)))
    evening.talking([["ana", "bo"]])
    evening.passes(490)
    assert sure(evening).met == ()


def test_a_called_round_is_wanted_at_once_with_its_size() -> None:
    evening = Evening(size=4, least=2, most=6)
    evening.comes("ana", "bo", "chidi")
    evening.asks("dana", StartRound(size=2))
    found = sure(evening)
    assert (found.called, found.size, found.least, found.most) == (True, 2, 2, 6)


def test_blocks_count_either_way_and_are_told_once() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.asks("bo", Block(about="ana"))
    evening.asks("ana", Block(about="bo"))
    assert sure(evening).blocked == (("ana", "bo"),)


def test_who_sat_out_is_told_to_the_solver() -> None:
    evening = Evening(size=2, most=2)
    evening.comes("ana", "bo", "chidi")
    evening.talking([["ana", "bo"]], sitting_out=["chidi"])
    sat_out = {person.id: person.sat_out for person in sure(evening).people}
    assert sat_out == {"ana": 0, "bo": 0, "chidi": 1}


def test_ambassadors_float_and_hosts_with_a_seat_are_wanted() -> None:
    evening = Evening()
    evening.adds(Attendee(id="bo", name="Bo", role=Role.AMBASSADOR))
    evening.comes("dana", "ana", "bo")
    evening.asks("dana", Rejoin())
    found = sure(evening)
    assert ids(found) == ["ana", "bo", "dana"]
    assert [person.id for person in found.people if person.floater] == ["bo"]


def test_nothing_is_wanted_when_the_programme_or_the_event_is_over() -> None:
    evening = Evening(rounds=1)
    evening.comes("ana", "bo")
    evening.talking([["ana", "bo"]])
    assert asked(evening) is None
    other = Evening()
    other.comes("ana", "bo")
    other.asks("dana", CloseEvent())
    other.passes(30)
    assert asked(other) is None


# With a solver


def test_a_solved_seating_is_fixed_as_it_is() -> None:
    evening = Evening(size=3)
    evening.comes(*(f"a{i}" for i in range(9)))
    solved(evening)
    proposal = evening.event.proposal
    assert proposal is not None
    evening.asks("dana", StartRound())
    assert rooms_of(evening.event) == sorted(sorted(room) for room in proposal.rooms)


def test_nobody_meets_twice_while_that_can_be_avoided() -> None:
    evening = Evening(rounds=4, size=3, least=3, most=4, seconds=60)
    people = [f"a{i}" for i in range(12)]
    evening.comes(*people)
    seen: set[tuple[str, str]] = set()
    for _ in range(3):
        solved(evening)
        evening.asks("dana", StartRound())
        assert sorted(id for room in rooms_of(evening.event) for id in room) == sorted(people)
        pairs = [pair for room in rooms_of(evening.event) for pair in combinations(room, 2)]
        assert not seen & set(pairs)
        seen |= set(pairs)
        evening.passes(85)


def test_nobody_sits_out_a_second_time_before_everyone_has_once() -> None:
    evening = Evening(rounds=6, size=2, seconds=60, common_language=True)
    speaks = {"ana": ("en", "ja"), "bo": ("ja", "pt"), "chidi": ("pt", "en")}
    for name, languages in speaks.items():
        evening.adds(Attendee(id=name, name=name.title(), languages=languages))
    evening.comes(*speaks)
    out: list[str] = []
    for _ in range(6):
        solved(evening)
        evening.asks("dana", StartRound())
        out += [name for name in speaks if evening.mates(name) is None]
        evening.passes(85)
    assert sorted(out[:3]) == sorted(out[3:]) == sorted(speaks)


def test_sizes_flex_before_anybody_sits_out() -> None:
    evening = Evening(size=3, least=3, most=4)
    evening.comes(*(f"a{i}" for i in range(8)))
    solved(evening)
    evening.asks("dana", StartRound())
    assert sorted(map(len, rooms_of(evening.event))) == [4, 4]


def test_an_ended_plan_wants_nothing() -> None:
    evening = Evening(rounds=1)
    evening.comes("ana", "bo")
    evening.asks("dana", ChangeEvent(plan=Plan()))
    assert asked(evening) is None
