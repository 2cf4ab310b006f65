"""From what is wanted to an offer: rules 3 to 6 for whole pools."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from rooms.commands import OfferSeating
from rooms.matching.ask import Seeker, Wanted
from rooms.matching.rules import broken_seating, hard_rules_of, may_share
from rooms.matching.solving import Pool, solve_wanted
from rooms.people import Mode, SegmentRule
from rooms.programme import Allow
from rooms.standing import pair
from tests.rooms.matching.crowd import (
    ANA,
    BO,
    CHIDI,
    EFFORTS,
    EMRE,
    HANAKO,
    ask,
    crowd,
    evening,
    pairs,
)

few_tags = st.lists(st.sampled_from(["en", "ja", "es"]), unique=True, max_size=2).map(tuple)


@st.composite
def pools(draw: st.DrawFn) -> Wanted:
    """Draws small pools with every hard rule there is."""
    ids = [f"p{number}" for number in range(draw(st.integers(0, 14)))]
    people = [
        Seeker(
            id=id,
            interests=draw(few_tags),
            languages=draw(few_tags),
            segment=draw(st.sampled_from(["", "a", "b", "c"])),
            mode=draw(st.sampled_from([Mode.ONLINE, Mode.ONLINE, Mode.ON_SITE])),
            table=draw(st.sampled_from([None, None, None, 1, 2])),
            sits_with=draw(st.sampled_from(["", "", "", "", *ids, "gone"])),
            floater=draw(st.booleans()),
            sat_out=draw(st.integers(0, 2)),
        )
        for id in ids
    ]
    two = (
        st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True)
        if len(ids) > 1
        else None
    )
    couples = draw(st.lists(two, max_size=8)) if two is not None else []
    acquainted = draw(st.lists(two, max_size=20)) if two is not None else []
    rule = st.builds(
        SegmentRule,
        a=st.sampled_from(["a", "b"]),
        b=st.sampled_from(["b", "c"]),
        rule=st.sampled_from(["must", "must-not"]),
    )
    size = draw(st.integers(2, 5))
    return ask(
        people,
        size=size,
        least=max(2, size - draw(st.integers(0, 1))),
        most=size + draw(st.integers(0, 2)),
        blocked=tuple(pair(a, b) for a, b in couples),
        met=tuple((*pair(a, b), 1) for a, b in acquainted),
        common_language=draw(st.booleans()),
        segments=tuple(draw(st.lists(rule, max_size=2))),
        segment_most=draw(st.sampled_from([None, None, 1, 2])),
        tables=draw(st.sampled_from([None, None, 0, 1, 2])),
        round=2,
        rounds_left=draw(st.integers(1, 3)),
    )


@settings(max_examples=150, deadline=None)
@given(pools(), st.sampled_from(EFFORTS))
def test_hard_rules_are_never_broken_and_nobody_is_lost(wanted: Wanted, steps: int) -> None:
    keeps_hard_rules_and_loses_nobody(wanted, steps)


def keeps_hard_rules_and_loses_nobody(wanted: Wanted, steps: int) -> OfferSeating:
    """Fails where a seating breaks a rule or loses somebody; `tests.bench rules` runs it often."""
    offer = solve_wanted(wanted, seconds=0, steps=steps)
    assert not broken_seating(offer.rooms, hard_rules_of(wanted))
    everybody = [id for room in offer.rooms for id in room] + list(offer.sitting_out)
    assert sorted(everybody) == sorted(person.id for person in wanted.people)
    on_site = {person.id for person in wanted.people if person.mode is Mode.ON_SITE}
    if wanted.tables is not None:
        assert sum(bool(on_site & set(room)) for room in offer.rooms) <= wanted.tables
    return offer


def test_everybody_is_seated_where_nothing_forbids_it() -> None:
    for count in (2, 3, 5, 7, 21, 50):
        offer = solve_wanted(ask(crowd(count)), seconds=0, steps=50)
        assert offer.sitting_out == ()


@pytest.mark.parametrize("count", [21, 16, 25, 40])
def test_small_evenings_have_no_repeat_that_can_be_avoided(count: int) -> None:
    offers = evening(crowd(count), rounds=5)
    assert [offer.repeats for offer in offers] == [0] * 5
    together = [couple for offer in offers for couple in pairs(offer.rooms)]
    assert len(together) == len(set(together))


def test_two_or_three_people_meet_again_since_it_cannot_be_avoided() -> None:
    for count in (2, 3):
        for number, offer in enumerate(evening(crowd(count), rounds=5)):
            assert [len(room) for room in offer.rooms] == [count]
            assert offer.repeats == (count * (count - 1) // 2 if number else 0)


def test_a_large_hybrid_evening_has_no_repeats() -> None:
    offers = evening(crowd(377, on_site=0.2), rounds=5)
    assert [offer.repeats for offer in offers] == [0] * 5
    assert all(offer.sitting_out == () for offer in offers)
    assert all(3 <= len(room) <= 6 for offer in offers for room in offer.rooms)


def test_the_oldest_repeats_come_first() -> None:
    people = crowd(4)
    ids = [person.id for person in people]
    met = [(*pair(a, b), 9) for a in ids for b in ids if a < b]
    oldest = {pair(ids[0], ids[1]), pair(ids[2], ids[3])}
    wanted = ask(
        people,
        size=2,
        least=2,
        most=2,
        round=10,
        met=tuple((a, b, 1 if (a, b) in oldest else last) for a, b, last in met),
    )
    assert set(pairs(solve_wanted(wanted, seconds=0, steps=60).rooms)) == oldest


def test_rooms_become_smaller_rather_than_repeat() -> None:
    # Two rooms of four would need eight people of whom no two in a room have met.
    people = crowd(8)
    ids = [person.id for person in people]
    met = tuple((*pair(ids[i], ids[j]), 1) for i, j in ((0, 1), (2, 3), (4, 5), (6, 7), (0, 2)))
    first = solve_wanted(ask(people, size=4, least=2, met=met, round=2), seconds=0, steps=300)
    assert first.repeats == 0


def test_the_only_person_on_site_sits_out_and_is_not_put_alone() -> None:
    offer = solve_wanted(ask([ANA, BO, CHIDI, EMRE]), seconds=0, steps=20)
    assert offer.sitting_out == ("emre",)


def test_an_assistant_goes_with_their_person_on_top_of_the_size() -> None:
    helper = Seeker(id="helper", sits_with="ana")
    offer = solve_wanted(
        ask([ANA, BO, CHIDI, HANAKO, helper], size=2, least=2, most=2), seconds=0, steps=50
    )
    (room,) = [room for room in offer.rooms if "ana" in room]
    assert "helper" in room
    assert sorted(map(len, offer.rooms)) == [2, 3]


def test_whoever_blocked_an_assistant_does_not_sit_with_their_person() -> None:
    helper = Seeker(id="helper", sits_with="ana")
    wanted = ask([ANA, BO, CHIDI, HANAKO, helper], size=2, least=2, blocked=(("bo", "helper"),))
    offer = solve_wanted(wanted, seconds=0, steps=50)
    assert not any({"ana", "bo"} <= set(room) for room in offer.rooms)
    assert offer.sitting_out == ()


def test_one_who_is_blocked_by_everybody_sits_out_and_the_others_do_not() -> None:
    people = crowd(1001)
    blocked = tuple(pair(people[0].id, other.id) for other in people[1:])
    offer = solve_wanted(ask(people, blocked=blocked), seconds=0, steps=5)
    assert offer.sitting_out == (people[0].id,)


def test_two_who_blocked_each_other_keep_apart_for_a_whole_evening() -> None:
    people = crowd(9)
    block = pair(people[0].id, people[1].id)
    for offer in evening(people, rounds=4, blocked=(block,)):
        assert block not in pairs(offer.rooms)
        assert offer.sitting_out == ()


def test_sizes_give_way_before_anybody_sits_out() -> None:
    english = [Seeker(id=f"e{i}", languages=("en",)) for i in range(7)]
    japanese = [Seeker(id=f"j{i}", languages=("ja",)) for i in range(2)]
    both = [Seeker(id="both", languages=("en", "ja"))]
    wanted = ask([*english, *japanese, *both], common_language=True)
    offer = solve_wanted(wanted, seconds=0, steps=400)
    assert offer.sitting_out == ()


def test_people_stay_at_the_table_they_are_fixed_at() -> None:
    fixed = [Seeker(id=f"f{i}", mode=Mode.ON_SITE, table=i % 2 + 1) for i in range(4)]
    others = [Seeker(id=f"o{i}", mode=Mode.ON_SITE) for i in range(8)]
    offer = solve_wanted(ask([*fixed, *others], tables=3), seconds=0, steps=50)
    rooms = {id: number for number, room in enumerate(offer.rooms) for id in room}
    assert rooms["f0"] == rooms["f2"] != rooms["f1"] == rooms["f3"]
    assert len(offer.rooms) == 3
    assert offer.sitting_out == ()


def test_two_who_block_each_other_do_not_empty_a_room() -> None:
    people = [Seeker(id=f"p{i}", mode=Mode.ON_SITE, table=1 if i < 2 else None) for i in range(4)]
    wanted = ask(people, size=2, least=2, most=3, blocked=(("p2", "p3"),))
    offer = solve_wanted(wanted, seconds=0, steps=150)
    assert [len(room) for room in offer.rooms] == [3]
    assert len(offer.sitting_out) == 1


def test_few_tables_are_enough_for_all_on_site() -> None:
    offer = solve_wanted(ask(crowd(40, on_site=1.0), tables=5), seconds=0, steps=20)
    assert (len(offer.rooms), offer.sitting_out) == (5, ())


def test_without_tables_nobody_on_site_is_seated() -> None:
    offer = solve_wanted(
        ask([ANA, BO, EMRE, Seeker(id="x", mode=Mode.ON_SITE)], tables=0), 0, steps=5
    )
    assert offer.sitting_out == ("emre", "x")


def test_floaters_give_up_their_seat_first_then_those_who_never_sat_out() -> None:
    press = [
        Seeker(id=f"p{i}", segment="press", floater=i == 2, sat_out=1 if i in (1, 3) else 0)
        for i in range(4)
    ]
    guests = [Seeker(id=f"g{i}", segment=f"s{i}") for i in range(2)]
    offer = solve_wanted(ask([*press, *guests], size=3, segment_most=1), seconds=0, steps=80)
    assert set(offer.sitting_out) == {"p0", "p2"}


def test_interests_bring_people_together() -> None:
    offer = solve_wanted(ask(crowd(120)), seconds=0, steps=300)
    assert offer.mean_affinity > 1.2 * offer.random_affinity
    assert 0 < offer.worst_affinity <= offer.mean_affinity


def test_the_same_seed_and_steps_draw_the_same_seating_again() -> None:
    wanted = ask(crowd(30, on_site=0.3), rounds_left=4, seed=5)
    first = solve_wanted(wanted, seconds=0.2)
    again = solve_wanted(wanted, seconds=0, steps=first.steps)
    assert again == first


def test_somebody_in_a_hurry_gets_a_right_answer_at_once() -> None:
    wanted = ask(crowd(100), called=False)
    offer = solve_wanted(wanted, seconds=60, hurry=lambda: True)
    assert offer.sitting_out == ()
    assert not broken_seating(offer.rooms, hard_rules_of(wanted))


def test_pairs_are_judged_by_the_same_rules_everywhere() -> None:
    wanted = ask([ANA, HANAKO, BO], common_language=True, size=2, least=2)
    rules = hard_rules_of(wanted)
    assert not may_share("ana", "hanako", rules)
    assert may_share("bo", "hanako", rules)


def test_people_who_only_glimpsed_each_other_are_kept_apart_where_that_costs_nothing() -> None:
    """They have not met by rule 4, but it would feel like a repeat."""
    alike = tuple(
        Seeker(id=id, interests=("kites",) if id in ("a0", "a1") else ())
        for id in (f"a{n}" for n in range(12))
    )
    asked = Wanted(event="e", round=2, basis="b", size=4, least=3, most=6, people=alike)
    together = solve_wanted(asked, 1.0, 1, steps=200).rooms
    apart = solve_wanted(structs.replace(asked, glimpsed=(("a0", "a1"),)), 1.0, 1, steps=200).rooms
    assert any({"a0", "a1"} <= set(room) for room in together)
    assert not any({"a0", "a1"} <= set(room) for room in apart)


@pytest.mark.parametrize("people", [5, 7, 9, 13])
def test_more_people_than_a_room_takes_may_be_fixed_at_one_table(people: int) -> None:
    """Sizes give way before anybody sits out (rule 6)."""
    crowd = tuple(Seeker(id=f"a{n}", mode=Mode.ON_SITE, table=1) for n in range(people))
    asked = Wanted(event="e", round=1, basis="b", size=4, least=3, most=6, people=crowd)
    offer = solve_wanted(asked, 1.0, 1, steps=50)
    assert [len(room) for room in offer.rooms] == [people]
    assert offer.sitting_out == ()


# What gives way first (rule 6)


def everybody_met(people: tuple[Seeker, ...], last: int = 1) -> tuple[tuple[str, str, int], ...]:
    return tuple((*pair(a.id, b.id), last) for a in people for b in people if a.id < b.id)


def test_by_the_programme_sizes_give_way_before_anybody_sits_out() -> None:
    offer = solve_wanted(ask(crowd(7), size=3, least=3, most=3), 0, steps=100)
    assert offer.sitting_out == ()
    assert sorted(map(len, offer.rooms)) == [3, 4]


def test_some_sit_out_so_that_sizes_hold_where_a_host_allows_it() -> None:
    wanted = ask(crowd(7), size=3, least=3, most=3, allow=Allow.SIT_OUTS)
    offer = solve_wanted(wanted, 0, steps=100)
    assert [len(room) for room in offer.rooms] == [3, 3]
    assert len(offer.sitting_out) == 1


def test_whoever_would_meet_again_sits_out_where_a_host_allows_it() -> None:
    people = crowd(9)
    met = ((people[0].id, people[1].id, 1), (people[0].id, people[2].id, 1))
    all_but_one = everybody_met(people[:3])
    wanted = ask(
        people, size=3, least=3, most=3, met=met + all_but_one, allow=Allow.SIT_OUTS, round=2
    )
    offer = solve_wanted(wanted, 0, steps=200)
    assert offer.repeats == 0
    assert all(len(room) == 3 for room in offer.rooms)


def test_repeats_give_way_before_sizes_where_a_host_allows_it() -> None:
    people = crowd(6)
    halves = everybody_met(people[:3]) + everybody_met(people[3:])
    plain = ask(people, size=3, least=3, most=3, met=halves, round=2)
    by_programme = solve_wanted(plain, 0, steps=200)
    assert by_programme.repeats == 0
    assert {len(room) for room in by_programme.rooms} == {2}
    repeating = solve_wanted(
        ask(people, size=3, least=3, most=3, met=halves, round=2, allow=Allow.REPEATS),
        0,
        steps=200,
    )
    assert {len(room) for room in repeating.rooms} == {3}
    assert repeating.repeats > 0


def test_sizes_go_beyond_for_fewer_repeats_where_a_host_allows_it() -> None:
    people = crowd(6)
    met = everybody_met(people[:5])
    changes = {"size": 3, "least": 3, "most": 3, "met": met, "round": 2}
    plain = solve_wanted(ask(people, **changes), 0, steps=200)
    beyond = solve_wanted(ask(people, **changes, allow=Allow.SIZES), 0, steps=200)
    assert {len(room) for room in plain.rooms} == {3}
    assert beyond.repeats < plain.repeats
    assert beyond.sitting_out == ()


def test_people_kept_together_share_a_room_and_the_rest_is_drawn() -> None:
    people = crowd(20)
    kept = tuple(person.id for person in people[:3])
    apart = (people[10].id,)
    offer = solve_wanted(ask(people, together=(kept, apart)), 0, steps=100)
    room = next(ids for ids in offer.rooms if kept[0] in ids)
    assert set(kept) <= set(room)
    assert apart[0] not in room
    assert offer.sitting_out == ()


def test_a_table_with_many_fixed_people_leaves_no_other_room_too_small() -> None:
    people = [
        *(Seeker(id=f"f{i}", mode=Mode.ON_SITE, table=1) for i in range(9)),
        *(Seeker(id=f"s{i}", mode=Mode.ON_SITE) for i in range(8)),
    ]
    offer = solve_wanted(ask(people), 0, steps=100)
    assert sorted(map(len, offer.rooms)) == [4, 4, 9]


def test_rounds_are_planned_ahead_where_rules_come_down_to_pairs() -> None:
    """With a fixed table each, and one of a segment a room, as well as without such rules."""
    people = [
        structs.replace(
            person, mode=Mode.ON_SITE, table=at + 1 if at < 3 else None, segment=f"s{at % 8}"
        )
        for at, person in enumerate(crowd(32))
    ]
    wanted = ask(people, least=4, most=4, segment_most=1, rounds_left=7)
    pool = Pool(wanted, np.random.default_rng(0))
    [(_, group)] = pool.groups()
    closed = group.closed_by_pairs()
    assert closed is not None
    assert closed[0, 8]
    assert closed[0, 1], "at another table"
    assert not closed[0, 9]
    assert structs.replace(group, segment_most=2).closed_by_pairs() is None
    offers = evening(people, 5, steps=200, least=4, most=4, segment_most=1)
    assert [offer.repeats for offer in offers] == [0] * 5
    for offer in offers:
        assert not broken_seating(offer.rooms, hard_rules_of(wanted))
