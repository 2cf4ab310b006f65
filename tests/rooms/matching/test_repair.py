"""Who comes or leaves after the proposal changes two rooms at the most, by all hard rules."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rooms.commands import OfferSeating
from rooms.matching.affinity import affinity, rarity
from rooms.matching.ask import Seeker, Wanted
from rooms.matching.repair import Terms, changed, mended
from rooms.matching.rules import broken_seating, hard_rules, hard_rules_of
from rooms.matching.solving import solve_wanted
from rooms.people import Mode, SegmentRule
from rooms.standing import pair
from tests.rooms.matching.crowd import crowd, hybrid_thousand
from tests.rooms.matching.test_mixing import hybrid_pools
from tests.rooms.matching.test_solving import pools


def terms(
    people: Sequence[Seeker],
    size: int = 4,
    least: int = 3,
    most: int = 6,
    *,
    blocked: Sequence[tuple[str, str]] = (),
    met: Sequence[tuple[str, str]] = (),
    segments: tuple[SegmentRule, ...] = (),
    common_language: bool = False,
    stations: Sequence[int] = (),
    tables: int | None = None,
) -> Terms:
    """Returns the terms among those who are here now."""
    known = {pair(a, b) for a, b in met}
    by_id, rare = {person.id: person for person in people}, rarity(people)
    rules = hard_rules(
        people,
        blocked=blocked,
        segments=segments,
        common_language=common_language,
        stations=stations,
        tables=tables,
    )
    return Terms(
        rules,
        size=size,
        least=least,
        most=most,
        worth=lambda a, b: affinity(by_id[a], by_id[b], rare),
        met=lambda a, b: pair(a, b) in known,
    )


def terms_of(wanted: Wanted) -> Terms:
    """Returns the terms of a seating that is wanted."""
    met = {(a, b) for a, b, _ in wanted.met}
    return Terms(
        hard_rules_of(wanted),
        size=wanted.size,
        least=wanted.least,
        most=wanted.most,
        met=lambda a, b: pair(a, b) in met,
    )


def in_rooms(people: Sequence[Seeker], size: int) -> list[list[str]]:
    """Returns people in rooms of one size, in order."""
    ids = [person.id for person in people]
    return [ids[at : at + size] for at in range(0, len(ids), size)]


def named(*names: str, **changes: object) -> list[Seeker]:
    return [replace(Seeker(id=name), **changes) for name in names]


@settings(max_examples=200, deadline=None)
@given(pools(), st.data())
def test_no_mended_room_breaks_a_hard_rule_and_nobody_is_lost(
    wanted: Wanted, data: st.DataObject
) -> None:
    ids = [person.id for person in wanted.people]
    early = set(data.draw(st.lists(st.sampled_from(ids), unique=True))) if ids else set()
    late = set(data.draw(st.lists(st.sampled_from(ids), max_size=3))) if ids else set()
    before = replace(wanted, people=tuple(p for p in wanted.people if p.id not in late))
    offer = solve_wanted(before, 0, steps=60)
    keeps_hard_rules_when_some_go(wanted, offer, early - late)


def keeps_hard_rules_when_some_go(wanted: Wanted, offer: OfferSeating, gone: set[str]) -> None:
    """Fails where a mended seating breaks a rule or loses somebody; `tests.bench rules` too."""
    now = replace(wanted, people=tuple(p for p in wanted.people if p.id not in gone))
    found = mended(offer.rooms, terms_of(now), sitting_out=offer.sitting_out)
    assert not broken_seating(found.rooms, hard_rules_of(now))
    seated = [id for room in found.rooms for id in room]
    everybody = {person.id for person in now.people}
    assert len(seated) == len(set(seated))
    assert set(seated) | set(found.unplaced) | set(offer.sitting_out) >= everybody
    assert set(seated) <= everybody
    assert not set(seated) & set(found.unplaced)
    if wanted.tables is not None:
        on_site = {person.id for person in now.people if person.mode is Mode.ON_SITE}
        assert sum(bool(on_site & set(room)) for room in found.rooms) <= wanted.tables


@settings(max_examples=60, deadline=None)
@given(hybrid_pools(), st.data())
def test_whatever_stood_before_no_mended_room_breaks_a_hard_rule(
    wanted: Wanted, data: st.DataObject
) -> None:
    ids = [*(person.id for person in wanted.people), "gone", "left"]
    order = data.draw(st.permutations(ids))
    size = data.draw(st.integers(1, 5))
    stood = [order[at : at + size] for at in range(data.draw(st.integers(0, 5)), len(ids), size)]
    out = data.draw(st.lists(st.sampled_from(ids[:-1]), unique=True, max_size=3))
    out = [id for id in out if not any(id in room for room in stood)]
    closed = frozenset(frozenset(room) for room in stood[: data.draw(st.integers(0, 1))])
    found = mended(stood, replace(terms_of(wanted), closed=closed), sitting_out=out)
    assert not broken_seating(found.rooms, hard_rules_of(wanted))
    everybody = {person.id for person in wanted.people}
    assert {id for room in found.rooms for id in room} | {*found.unplaced, *out} >= everybody


@settings(deadline=None)
@given(st.integers(2, 8), st.integers(3, 5), st.data())
def test_one_who_leaves_changes_two_rooms_at_most(
    rooms: int, size: int, data: st.DataObject
) -> None:
    people = crowd(rooms * size)
    before = in_rooms(people, size)
    gone = data.draw(st.sampled_from([person.id for person in people]))
    least = data.draw(st.integers(2, size))
    here = [person for person in people if person.id != gone]
    found = mended(before, terms(here, size, least, size + 1))
    assert changed(before, found.rooms) <= 2
    assert found.unplaced == []
    assert sorted(id for room in found.rooms for id in room) == [person.id for person in here]


@settings(deadline=None)
@given(st.integers(2, 8), st.integers(2, 5), st.integers(0, 2))
def test_one_who_comes_changes_two_rooms_at_most(rooms: int, size: int, spare: int) -> None:
    people = crowd(rooms * size + 1)
    before = in_rooms(people[:-1], size)
    found = mended(before, terms(people, size, 2, size + spare))
    assert changed(before, found.rooms) <= 2
    assert (people[-1].id in found.unplaced) == (spare == 0)


def test_a_room_that_becomes_too_small_takes_somebody_from_a_larger_one() -> None:
    people = crowd(7)
    found = mended(in_rooms(people[:3], 3) + in_rooms(people[3:], 4), terms(people[1:], 3, 3, 4))
    assert sorted(map(len, found.rooms)) == [3, 3]


def test_a_room_that_becomes_too_small_joins_another_where_none_can_spare_anybody() -> None:
    found = mended([["ana", "bo"], ["chidi", "hana"]], terms(named("bo", "chidi", "hana"), 2, 2, 3))
    assert found.rooms == [["chidi", "hana", "bo"]]


def test_a_newcomer_takes_the_seat_of_somebody_gone_rather_than_making_a_room_larger() -> None:
    rooms = [["ana", "bo", "chidi", "hana"], ["ines", "jun", "kofi", "lena"]]
    here = named(*(id for ids in rooms for id in ids if id != "bo"), "mei")
    found = mended(rooms, terms(here))
    assert found.rooms == [["ana", "chidi", "hana", "mei"], rooms[1]]


def test_whoever_sat_out_gets_the_seat_of_somebody_gone() -> None:
    here = [*named("ana", "bo"), *named("hana", sat_out=0), *named("ines", sat_out=1)]
    found = mended([["ana", "bo", "chidi"]], terms(here, 3, 3, 3), sitting_out=["hana", "ines"])
    assert found.rooms == [["ana", "bo", "ines"]]
    assert found.unplaced == []


def test_somebody_makes_way_for_a_newcomer_whom_the_only_open_room_forbids() -> None:
    here = named("ana", "bo", "chidi", "hana", "ines", "jun")
    before = [["ana", "bo", "chidi"], ["hana", "ines"]]
    found = mended(before, terms(here, 3, 2, 3, blocked=[("hana", "jun")]))
    assert changed(before, found.rooms) == 2
    assert not any({"hana", "jun"} <= set(room) for room in found.rooms)
    assert found.unplaced == []


def test_a_newcomer_meets_nobody_again() -> None:
    here = named("ana", "bo", "chidi", "hana", "ines")
    met = [("ana", "ines"), ("bo", "ines")]
    found = mended([["ana", "bo"], ["chidi", "hana"]], terms(here, 2, 2, 3, met=met))
    assert found.rooms[1] == ["chidi", "hana", "ines"]


def test_where_all_rooms_are_full_nobody_is_squeezed_in() -> None:
    here = named("ana", "bo", "chidi", "hana", "ines")
    found = mended([["ana", "bo"], ["chidi", "hana"]], terms(here, 2, 2, 2))
    assert found.unplaced == ["ines"]


def test_those_who_came_late_sit_together_where_the_other_rooms_are_full() -> None:
    here = named("ana", "bo", "chidi", "hana")
    assert mended([["ana", "bo"]], terms(here, 2, 2, 2)).rooms == [["ana", "bo"], ["chidi", "hana"]]


def test_no_room_is_opened_for_which_there_is_no_table() -> None:
    here = named("ana", "bo", "chidi", "hana", mode=Mode.ON_SITE)
    found = mended([["ana", "bo"]], terms(here, 2, 2, 2, tables=1))
    assert found.unplaced == ["chidi", "hana"]


def test_an_assistant_leaves_with_their_person_and_comes_with_them() -> None:
    helper = Seeker(id="iris", sits_with="ana")
    rooms = [["ana", "iris", "bo", "chidi"], ["hana", "ines", "jun"]]
    without = mended(rooms, terms([*named("bo", "chidi", "hana", "ines", "jun"), helper], 3, 2, 4))
    assert without.rooms == [["bo", "chidi"], ["hana", "ines", "jun"]]
    back = mended(
        without.rooms, terms([*named("ana", "bo", "chidi", "hana", "ines", "jun"), helper], 3, 2, 4)
    )
    assert back.rooms[0] == ["bo", "chidi", "ana", "iris"]


def test_an_interpreter_who_comes_later_sits_with_their_person() -> None:
    iris = Seeker(id="iris", languages=("en", "ja"), sits_with="hana")
    rooms = [["ana", "bo"], ["hana", "kei"]]
    here = terms([*named("ana", "bo", "hana", "kei"), iris], 2, 2, 2)
    kept = replace(here, closed=frozenset({frozenset({"hana", "kei"})}))
    for asked, out in ((here, []), (here, ["iris"]), (kept, [])):
        found = mended(rooms, asked, sitting_out=out)
        assert found.rooms == [["ana", "bo"], ["hana", "kei", "iris"]]
        assert found.unplaced == []


def test_who_loses_their_interpreter_to_a_block_does_not_stay_without_a_language() -> None:
    speak = {"ana": ("en",), "bo": ("en",), "hana": ("ja",), "kei": ("ja",), "mei": ("ja",)}
    people = [Seeker(id=id, languages=languages) for id, languages in speak.items()]
    iris = Seeker(id="iris", languages=("en", "ja"), sits_with="hana")
    rooms = [["ana", "bo", "hana", "iris"], ["kei", "mei"]]
    blocked = [("ana", "iris"), ("bo", "iris")]
    asked = terms([*people, iris], 3, 2, 4, blocked=blocked, common_language=True)
    assert mended(rooms, asked).rooms == [["ana", "bo"], ["kei", "mei", "hana", "iris"]]


def test_somebody_whose_assistant_cannot_sit_with_them_is_seated_without() -> None:
    iris = Seeker(id="iris", sits_with="ana", mode=Mode.ON_SITE)
    found = mended([["bo", "chidi"]], terms([*named("ana", "bo", "chidi"), iris], 3, 2, 4))
    assert found.rooms == [["bo", "chidi", "ana"]]
    assert found.unplaced == ["iris"]


def test_an_assistant_fixed_at_a_table_takes_their_person_there() -> None:
    on_site = named("chidi", "hana", "emre", mode=Mode.ON_SITE)
    fixed = named("ana", "bo", mode=Mode.ON_SITE, table=1)
    iris = Seeker(id="iris", mode=Mode.ON_SITE, table=1, sits_with="emre")
    rooms = [["chidi", "hana"], ["ana", "bo"]]
    found = mended(rooms, terms([*on_site, *fixed, iris], 3, 2, 3))
    assert found.rooms == [["chidi", "hana"], ["ana", "bo", "emre", "iris"]]


def test_who_is_given_a_table_goes_to_the_others_there() -> None:
    on_site = named("chidi", "hana", "emre", mode=Mode.ON_SITE)
    fixed = named("ana", "bo", "fay", mode=Mode.ON_SITE, table=1)
    rooms = [["ana", "bo"], ["chidi", "hana", "emre", "fay"]]
    found = mended(rooms, terms([*on_site, *fixed], 3, 2, 4))
    assert found.rooms == [["ana", "bo", "fay"], ["chidi", "hana", "emre"]]


def test_rooms_of_both_modes_leave_their_tables_when_there_are_none_any_more() -> None:
    here = [*named("ana", "bo"), *named("emre", "fay", mode=Mode.ON_SITE)]
    asked = terms(here, 4, 2, 6, stations=(1, 2), tables=0)
    found = mended([["ana", "bo", "emre", "fay"]], asked)
    assert found.rooms == [["ana", "bo"]]
    assert found.unplaced == ["emre", "fay"]


def test_nobody_is_sent_to_the_station_of_another_room() -> None:
    here = [*named("ana", "bo"), *named("chidi", "emre", "fay", "gus", mode=Mode.ON_SITE)]
    fixed = named("hana", mode=Mode.ON_SITE, table=1)
    rooms = [["fay", "gus"], ["ana", "bo", "chidi", "emre"]]
    blocked = [(other, "hana") for other in rooms[1]]
    found = mended(rooms, terms([*here, *fixed], 4, 2, 4, blocked=blocked, stations=(1,)))
    assert found.rooms == rooms
    assert found.unplaced == ["hana"]


def test_who_cannot_talk_to_the_others_any_more_moves_when_the_interpreter_is_gone() -> None:
    english = [Seeker(id=id, languages=("en",)) for id in ("ana", "bo", "chidi")]
    japanese = [Seeker(id=id, languages=("ja",)) for id in ("hana", "kei", "mei")]
    rooms = [["ana", "bo", "chidi", "hana", "iris"], ["kei", "mei"]]
    found = mended(rooms, terms([*english, *japanese], 3, 2, 4, common_language=True))
    assert found.rooms == [["ana", "bo", "chidi"], ["kei", "mei", "hana"]]


def test_a_newcomer_fixed_at_a_table_goes_there() -> None:
    rooms = [["ana", "bo"], ["emre", "fay"]]
    fixed = [Seeker(id=id, mode=Mode.ON_SITE, table=7) for id in ("fay", "gus")]
    others = named("ana", "bo", "emre", mode=Mode.ON_SITE)
    assert mended(rooms, terms([*others, *fixed], 2, 2, 3)).rooms[1] == ["emre", "fay", "gus"]


def test_segments_that_must_not_meet_do_not_by_a_repair() -> None:
    buyers, sellers = named("ana", "bo", segment="buyer"), named("chidi", "hana", segment="seller")
    apart = (SegmentRule(a="buyer", b="seller", rule="must-not"),)
    here = [*buyers, *sellers, *named("ines", segment="seller")]
    found = mended([["ana", "bo"], ["chidi", "hana"]], terms(here, 2, 2, 3, segments=apart))
    assert found.rooms == [["ana", "bo"], ["chidi", "hana", "ines"]]


def test_rooms_kept_by_a_host_lose_only_who_is_gone() -> None:
    kept = ("ana", "bo", "chidi")
    here = named("ana", "bo", "hana", "ines", "jun", "kofi")
    closed = replace(terms(here, 3, 3, 4), closed=frozenset({frozenset(kept)}))
    found = mended([kept, ["hana", "ines", "jun"]], closed)
    assert found.rooms == [["ana", "bo"], ["hana", "ines", "jun", "kofi"]]


def test_a_thousand_people_are_mended_by_two_rooms() -> None:
    people = crowd(1001)
    rooms = in_rooms(people[:1000], 4)
    for here in (people, people[1:1000]):
        found = mended(rooms, terms(here, 4, 4, 5))
        assert changed(rooms, found.rooms) <= 2
        assert found.unplaced == []


def test_a_thousand_on_site_and_online_are_mended_by_two_rooms() -> None:
    people, rooms = hybrid_thousand()
    late = people[1000]
    seated = [person for person in people if person is not late]
    gone = (rooms[0][0], rooms[0][2], rooms[8][-1], rooms[60][0], rooms[100][1], rooms[200][0])
    for here in (people, *([p for p in seated if p.id != id] for id in gone)):
        found = mended(rooms, terms(here, 4, 3, 5, stations=range(1, 61), tables=155))
        assert changed(rooms, found.rooms) <= 2
        assert found.unplaced == []
