"""On site and online in one rotation: rule 25, in numbers and in whole seatings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rooms.matching.ask import Seeker, Wanted
from rooms.matching.left_out import standing
from rooms.matching.mixing import Crowd, Home, layouts, shares
from rooms.matching.rules import beyond_places, broken_seating, hard_rules_of, mode_of
from rooms.matching.solving import Pool, solve_wanted
from rooms.people import Mode, RoomMode
from rooms.programme import Allow, Mixing
from rooms.standing import pair
from tests.rooms.matching.crowd import ANA, BO, CHIDI, EFFORTS, EMRE, HANAKO, ask, crowd, pairs

MIXED, ON_SITE, ONLINE = RoomMode.MIXED, RoomMode.ON_SITE, RoomMode.ONLINE


@settings(max_examples=300, deadline=None)
@given(
    on_site=st.integers(0, 40),
    online=st.integers(0, 40),
    stations=st.integers(0, 8),
    tables=st.none() | st.integers(1, 12),
    size=st.integers(2, 6),
    mixing=st.sampled_from([Mixing.SOME, Mixing.MOST]),
)
def test_everybody_has_a_place_and_there_are_no_more_mixed_rooms_than_stations(
    on_site: int, online: int, stations: int, tables: int | None, size: int, mixing: Mixing
) -> None:
    people = Crowd(on_site=on_site, online=online, stations=stations, tables=tables)
    found = layouts(people, size, max(2, size - 1), size + 2, mixing)
    alone = 1 in (on_site, online) and (not stations or not on_site or not online)
    assert found or alone or on_site + online < 2
    for layout in found:
        modes = Counter(room.mode for room in layout.rooms)
        assert sum(room.size for room in layout.rooms) == on_site + online
        assert sum(room.on_site for room in layout.rooms) == on_site
        assert all(room.size >= 2 for room in layout.rooms)
        assert modes[MIXED] <= stations
        assert tables is None or modes[MIXED] + modes[ON_SITE] <= tables


def test_nobody_is_the_only_one_of_a_mode_in_a_room_of_four_if_it_can_be_helped() -> None:
    for on_site, online in ((12, 12), (6, 30), (30, 6), (8, 9)):
        people = Crowd(on_site=on_site, online=online, stations=6)
        best = layouts(people, 4, 3, 6, Mixing.MOST)[0]
        mixed = [room for room in best.rooms if room.mode is MIXED]
        assert mixed
        assert all(2 <= room.on_site <= room.size - 2 for room in mixed)


def test_some_leaves_half_of_either_mode_among_their_own() -> None:
    best = layouts(Crowd(on_site=12, online=20, stations=9), 4, 3, 6, Mixing.SOME)[0]
    mixed = [room for room in best.rooms if room.mode is MIXED]
    assert mixed
    assert sum(room.on_site for room in mixed) <= 6
    assert sum(room.size - room.on_site for room in mixed) <= 10


def test_who_is_fixed_at_a_table_without_a_station_stays_among_their_own() -> None:
    people = Crowd(on_site=6, online=6, stations=1, homes=(Home(2), Home(1, has_station=True)))
    best = layouts(people, 3, 2, 4, Mixing.MOST)[0]
    assert best.rooms[0].mode is ON_SITE
    assert best.rooms[1].mode is MIXED


def test_stations_go_where_both_modes_are() -> None:
    assert shares(3, [(9, 9), (0, 20), (5, 5)]) == [2, 0, 1]


# Whole seatings


def hybrid(people: Sequence[Seeker], stations: int, **changes: object) -> Wanted:
    return ask(
        people,
        stations=tuple(range(1, stations + 1)),
        **{"mixing": Mixing.MOST, **changes},
    )


def modes(wanted: Wanted, rooms: Sequence[Sequence[str]]) -> Counter[RoomMode]:
    return Counter(mode_of(room, hard_rules_of(wanted)) for room in rooms)


@pytest.mark.parametrize("allow", list(Allow))
def test_twelve_and_twelve_fill_the_stations(allow: Allow) -> None:
    wanted = hybrid(crowd(24, on_site=0.5), stations=3, allow=allow)
    offer = solve_wanted(wanted, 0, steps=150)
    assert modes(wanted, offer.rooms)[MIXED] == 3
    assert offer.sitting_out == ()
    assert not broken_seating(offer.rooms, hard_rules_of(wanted))


def test_apart_and_without_stations_nobody_shares_a_room_across() -> None:
    people = crowd(24, on_site=0.5)
    for wanted in (hybrid(people, 3, mixing=Mixing.APART), hybrid(people, 0)):
        offer = solve_wanted(wanted, 0, steps=100)
        assert modes(wanted, offer.rooms)[MIXED] == 0


def test_the_only_one_on_site_joins_people_online_at_a_station() -> None:
    wanted = hybrid([ANA, BO, CHIDI, HANAKO, EMRE], stations=1, mixing=Mixing.SOME)
    assert solve_wanted(wanted, 0, steps=60).sitting_out == ()


def test_people_online_do_not_sit_at_a_table_without_a_station() -> None:
    fixed = [Seeker(id=f"f{n}", mode=Mode.ON_SITE, table=9) for n in range(3)]
    others = [Seeker(id=f"o{n}", mode=Mode.ON_SITE) for n in range(5)]
    wanted = hybrid([*fixed, *others, *crowd(8)], stations=2)
    offer = solve_wanted(wanted, 0, steps=150)
    (theirs,) = [room for room in offer.rooms if "f0" in room]
    assert mode_of(theirs, hard_rules_of(wanted)) is ON_SITE
    assert not broken_seating(offer.rooms, hard_rules_of(wanted))
    assert offer.sitting_out == ()


def test_people_kept_together_across_modes_get_a_station() -> None:
    wanted = hybrid(crowd(16, on_site=0.5), stations=1, together=(("a0000", "a0015"),))
    offer = solve_wanted(wanted, 0, steps=150)
    assert any({"a0000", "a0015"} <= set(room) for room in offer.rooms)
    assert offer.sitting_out == ()


def test_a_room_whose_station_was_somebodys_who_has_left_it_is_of_both_modes_no_more() -> None:
    """Station 1 is for the room of those fixed there, and is the only one."""
    fixed = Seeker(id="fixed", mode=Mode.ON_SITE, table=1, segment="b", floater=True)
    beside = Seeker(id="beside", mode=Mode.ON_SITE, segment="b")
    others = [Seeker(id=f"other{number}", mode=Mode.ON_SITE) for number in range(2)]
    wanted = hybrid([fixed, beside, ANA, BO, *others], stations=1, segment_most=1)
    pool = Pool(wanted)
    ((_, group),) = pool.groups()
    found = standing(group, [[0, 1, 2, 3], [4, 5]])
    rooms = [[pool.heads[person].id for person in room] for room in found]
    assert rooms == [["ana", "bo", "fixed"], ["other0", "other1", "beside"]]
    assert not broken_seating(rooms, hard_rules_of(wanted))


@st.composite
def hybrid_pools(draw: st.DrawFn) -> Wanted:
    ids = [f"p{number}" for number in range(draw(st.integers(2, 16)))]
    tag = st.sampled_from(["", "a", "b"])
    people = [
        Seeker(
            id=id,
            mode=draw(st.sampled_from(list(Mode))),
            table=draw(st.sampled_from([None, None, None, 1, 4])),
            segment=draw(tag),
            topic=draw(st.sampled_from(["", "", "", "x"])),
            languages=tuple(filter(None, [draw(tag)])),
            sits_with=draw(st.sampled_from(["", "", "", "", *ids])),
            mixed=draw(st.integers(0, 2)),
        )
        for id in ids
    ]
    two = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True)
    size = draw(st.integers(2, 4))
    return ask(
        people,
        size=size,
        least=2,
        most=size + draw(st.integers(0, 2)),
        blocked=tuple(pair(a, b) for a, b in draw(st.lists(two, max_size=6))),
        together=tuple(tuple(ids) for ids in draw(st.lists(two, max_size=1))),
        common_language=draw(st.booleans()),
        segment_most=draw(st.sampled_from([None, None, 1, 2])),
        tables=draw(st.sampled_from([None, None, 0, 1, 2, 3])),
        stations=draw(st.sampled_from([(), (1,), (1, 2), (2, 3, 4)])),
        mixing=draw(st.sampled_from(list(Mixing))),
        allow=draw(st.sampled_from(list(Allow))),
    )


@settings(max_examples=150, deadline=None)
@given(hybrid_pools(), st.sampled_from(EFFORTS))
def test_hard_rules_hold_with_modes_mixed_and_nobody_is_lost(wanted: Wanted, steps: int) -> None:
    offer = solve_wanted(wanted, seconds=0, steps=steps)
    rules = hard_rules_of(wanted)
    assert not broken_seating(offer.rooms, rules)
    assert not beyond_places(offer.rooms, rules)
    everybody = [id for room in offer.rooms for id in room] + list(offer.sitting_out)
    assert sorted(everybody) == sorted(person.id for person in wanted.people)


# An evening


def an_evening(mixing: Mixing, stations: int, steps: int = 400) -> tuple[float, float, int, int]:
    """Returns how many pairs are across modes, who met somebody of the other mode, repeats, and
    by how many mixed rounds people of a mode differ at most."""
    people = list(crowd(24, on_site=0.5))
    mode = {person.id: person.mode for person in people}
    met: dict[tuple[str, str], int] = {}
    mixed: Counter[str] = Counter()
    repeats, rounds = 0, 4
    for number in range(1, rounds + 1):
        wanted = hybrid(
            [replace(person, mixed=mixed[person.id]) for person in people],
            stations,
            mixing=mixing,
            round=number,
            rounds_left=rounds - number + 1,
            met=tuple((a, b, last) for (a, b), last in met.items()),
        )
        offer = solve_wanted(wanted, 0, steps=steps)
        assert offer.sitting_out == ()
        assert modes(wanted, offer.rooms)[MIXED] <= stations
        repeats += offer.repeats
        met |= dict.fromkeys(pairs(offer.rooms), number)
        for room in offer.rooms:
            mixed.update(room if len({mode[id] for id in room}) > 1 else ())
    across = [couple for couple in met if len({mode[id] for id in couple}) > 1]
    reached = {id for couple in across for id in couple}
    spread = max(
        max(mixed[id] for id in mode if mode[id] is one)
        - min(mixed[id] for id in mode if mode[id] is one)
        for one in Mode
    )
    return len(across) / len(met), len(reached) / len(people), repeats, spread


def test_over_an_evening_everybody_meets_the_other_mode_and_nobody_twice() -> None:
    apart = an_evening(Mixing.APART, 3)
    some = an_evening(Mixing.SOME, 3)
    most = an_evening(Mixing.MOST, 3)
    assert apart[:3] == (0.0, 0.0, 0)
    assert 0 < some[0] < most[0]
    assert some[1] > 0.5
    assert most[1] == 1.0
    assert some[2] == most[2] == 0
    assert some[3] <= 1
    assert most[3] <= 2


@pytest.mark.parametrize("mixing", [Mixing.SOME, Mixing.MOST])
def test_a_slow_machine_lets_nobody_meet_twice_for_the_sake_of_mixing(mixing: Mixing) -> None:
    assert an_evening(mixing, 3, steps=150)[2] == 0
