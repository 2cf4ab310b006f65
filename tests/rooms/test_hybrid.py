"""People on site and online in one room: tables, stations, late people, moves (rules 25 to 27)."""

from __future__ import annotations

from rooms import messages as m
from rooms.board import board
from rooms.commands import (
    Arrived,
    ChooseRoom,
    Media,
    Merge,
    Move,
    Pin,
    StartRound,
    Swap,
)
from rooms.facts import SeatingFixed
from rooms.matching.solving import solve_wanted
from rooms.matching.wanted import wanted
from rooms.people import Attendee, Mode, Role, RoomMode
from rooms.programme import Kind, Mixing
from tests.rooms.evenings import Evening, only

MIXED, ON_SITE, ONLINE = RoomMode.MIXED, RoomMode.ON_SITE, RoomMode.ONLINE


def hybrid(
    *,
    stations: int = 1,
    links: tuple[int, ...] = (),
    six: bool = False,
    mixing: Mixing = Mixing.MOST,
    size: int = 4,
    most: int = 6,
    kinds: tuple[Kind, ...] = (),
) -> Evening:
    """Ana and Bo (of six: and Chidi) are online, Emre and Finn (and Gita) on site; so are links."""
    evening = Evening(mixing=mixing, stations=stations, size=size, most=most, kinds=kinds)
    for table in links:
        evening.adds(Attendee(id=f"s{table}", name="", role=Role.STATION, table=table))
        evening.comes(f"s{table}")
    evening.comes("dana", "ana", "bo")
    evening.on_site("emre", "finn")
    if six:
        evening.comes("chidi")
        evening.on_site("gita")
    return evening


def test_a_mixed_room_has_a_table_and_video_and_lasts_as_people_walk() -> None:
    evening = hybrid()
    (room,) = evening.seated([["ana", "bo", "emre", "finn"]])
    assert (room.mode, room.table) == (MIXED, 1)
    assert evening.since_start(evening.event.starts_at) == 120
    seen = evening.sees("ana").room
    assert seen is not None
    assert (seen.mode, seen.table) == (MIXED, 1)


def test_the_preview_of_a_mixed_room_is_cut_when_those_on_site_have_arrived() -> None:
    evening = hybrid()
    evening.seated([["ana", "bo", "emre", "finn"]])
    evening.passes(30)
    evening.asks("emre", Arrived())
    evening.asks("emre", Arrived(about="finn"))
    assert evening.since_start(evening.event.starts_at) == 30


def test_mixed_rooms_go_to_tables_with_a_station_and_others_do_not() -> None:
    evening = hybrid(six=True, stations=2, links=(3, 5))
    evening.on_site("hugo", "ines")
    evening.comes("jun", "kai")
    first, second, third = evening.seated(
        [["emre", "finn"], ["ana", "bo", "gita", "hugo"], ["chidi", "jun", "kai", "ines"]]
    )
    assert (first.mode, first.table) == (ON_SITE, 1)
    assert (second.mode, second.table) == (MIXED, 3)
    assert (third.mode, third.table) == (MIXED, 5)


def test_without_a_connected_station_its_table_is_not_offered() -> None:
    evening = hybrid(six=True, stations=2, links=(3, 5))
    evening.drops("s3")
    evening.passes(21)
    asked = wanted(evening.event, evening.register, evening.now)
    assert asked is not None
    assert asked.stations == (5,)
    offer = solve_wanted(asked, 0, steps=100)
    modes = [{evening.event.people[id].mode for id in ids} for ids in offer.rooms]
    assert sum(len(both) > 1 for both in modes) <= 1


def test_a_station_that_dropped_a_moment_ago_still_counts() -> None:
    evening = hybrid(stations=1, links=(3,))
    evening.drops("s3")
    evening.passes(5)
    asked = wanted(evening.event, evening.register, evening.now)
    assert asked is not None
    assert asked.stations == (3,)


def test_a_proposal_whose_station_is_gone_is_not_begun_with_it() -> None:
    evening = hybrid(six=True, stations=1, links=(3,))
    evening.offers([["ana", "bo", "emre", "finn"], ["chidi", "gita"]])
    evening.drops("s3")
    evening.passes(21)
    happened = evening.asks("dana", StartRound())
    fixed = only(happened, SeatingFixed)
    assert all(room.mode is not MIXED for room in fixed.rooms)
    assert sorted(id for room in fixed.rooms for id in room.people) == [
        *("ana", "bo", "chidi", "emre", "finn", "gita")
    ]


def test_apart_refuses_a_swap_across_and_most_takes_it_where_a_station_is_free() -> None:
    for mixing, stations in ((Mixing.APART, 1), (Mixing.MOST, 1), (Mixing.MOST, 2)):
        evening = hybrid(six=True, mixing=mixing, stations=stations)
        evening.offers([["ana", "bo", "chidi"], ["emre", "finn", "gita"]])
        if stations == 2:
            evening.asks("dana", Swap(a="ana", b="emre"))
        else:
            assert evening.refuses("dana", Swap(a="ana", b="emre")) == "rule-broken"


def test_people_pinned_across_modes_need_a_station() -> None:
    evening = hybrid(six=True, stations=1)
    evening.offers([["ana", "bo", "chidi"], ["emre", "finn", "gita"]])
    evening.asks("dana", Pin(people=("ana", "bo", "chidi", "emre", "finn", "gita")))
    assert evening.event.pinned or evening.event.together


def test_kept_rooms_leave_to_others_only_the_stations_that_they_will_not_take() -> None:
    evening = hybrid(six=True, stations=3)
    evening.adds(Attendee(id="hugo", name="Hugo", table=1))
    evening.on_site("hugo", "ines")
    evening.comes("jun", "kai")
    fixed, mixed, *others = (
        *(("hugo", "ines"), ("ana", "emre")),
        *(("finn", "gita"), ("bo", "chidi", "jun", "kai")),
    )
    evening.offers([list(ids) for ids in (fixed, mixed, *others)])
    for number in ("1", "2"):
        evening.asks("dana", Pin(room=number))
    assert set(map(frozenset, evening.event.pinned)) == {frozenset(fixed), frozenset(mixed)}
    evening.comes("lea")
    found = wanted(evening.event, evening.register, evening.now)
    assert found is not None
    assert len(found.stations) == 1, "Hugo sits at one, Ana and Emre will at another"


# Late, moved, merged


def test_late_people_of_both_modes_join_a_mixed_room_and_none_online_joins_a_table() -> None:
    evening = hybrid(six=True, stations=1, size=6, most=8)
    evening.talking([["ana", "emre"], ["finn", "gita"], ["bo", "chidi"]])
    evening.comes("hana")
    evening.on_site("ines")
    evening.passes(6)
    modes = {id: evening.event.rooms[evening.event.people[id].seat or ""].mode for id in
             ("hana", "ines")}  # fmt: skip
    assert modes["hana"] in (MIXED, ONLINE)
    assert modes["ines"] in (MIXED, ON_SITE)


def test_a_host_moves_either_mode_into_a_mixed_room_and_nobody_online_to_a_plain_table() -> None:
    evening = hybrid(six=True, stations=1)
    mixed, table, online = evening.talking([["ana", "emre"], ["finn", "gita"], ["bo", "chidi"]])
    assert evening.refuses("dana", Move(attendee="bo", room=table.id)) == "rule-broken"
    assert evening.refuses("dana", Move(attendee="finn", room=online.id)) == "rule-broken"
    evening.on_site("hugo")
    evening.asks("dana", Merge(room=online.id, into=mixed.id))
    assert evening.mates("ana") == ["ana", "bo", "chidi", "emre"]


def test_two_who_come_late_from_both_modes_get_a_free_station() -> None:
    evening = Evening(mixing=Mixing.MOST, stations=1, size=2, least=2, most=2)
    evening.comes("dana", "ana", "bo")
    evening.talking([["ana", "bo"]])
    evening.comes("chidi")
    evening.on_site("emre")
    evening.passes(10)
    assert evening.mates("chidi") == ["chidi", "emre"]
    room = evening.event.room_of("emre")
    assert room is not None
    assert (room.mode, room.table) == (MIXED, 1)


def test_an_open_floor_has_tables_for_both_where_stations_are() -> None:
    evening = hybrid(stations=1, kinds=(Kind.OPEN,))
    evening.asks("dana", StartRound())
    evening.asks("emre", ChooseRoom(room="table-1"))
    evening.asks("ana", ChooseRoom(room="table-1"))
    assert evening.mates("ana") == ["ana", "emre"]
    assert evening.refuses("bo", ChooseRoom(room="table-2")) == "rule-broken"


# The station


def test_a_station_takes_part_in_its_table_s_room_and_is_nobody_met() -> None:
    evening = hybrid(stations=1, links=(7,))
    (room,) = evening.talking([["ana", "bo", "emre", "finn"]])
    assert room.table == 7
    told = evening.last("s7", m.Room)
    assert told.station == "s7"
    assert [card.id for card in told.people] == ["ana", "bo", "emre", "finn"]
    assert evening.event.are_roommates("s7", "ana")
    assert evening.told("s7", m.SittingOut) == []
    evening.passes(100)
    assert not any("s7" in (e.a, e.b) for e in evening.meetings())
    assert "s7" not in {id for ids in evening.event.acquainted for id in ids}
    seen = evening.sees("s7").room
    assert seen is not None
    assert seen.id == room.id


def test_everybody_in_the_room_sees_what_the_station_sends() -> None:
    evening = hybrid(stations=1, links=(7,))
    evening.talking([["ana", "bo", "emre", "finn"]])
    evening.hushes()
    evening.asks("s7", Media(microphone=True, camera=True, screen=False))
    assert evening.last("ana", m.RoomPeople).media["s7"].camera
    seen = evening.sees("bo").room
    assert seen is not None
    assert seen.media["s7"].microphone


def test_the_board_says_that_a_mixed_room_has_lost_its_station() -> None:
    evening = hybrid(stations=1, links=(7,))
    evening.talking([["ana", "bo", "emre", "finn"]])
    assert not board(evening.event, evening.register).rooms[0].station_away
    evening.drops("s7")
    assert board(evening.event, evening.register).rooms[0].station_away


def test_a_station_of_another_table_is_in_no_room() -> None:
    evening = hybrid(stations=2, links=(7, 9))
    evening.talking([["ana", "bo", "emre", "finn"]])
    assert evening.event.place_of("s9") is None
    assert evening.sees("s9").room is None


def test_who_was_in_a_mixed_room_is_known_to_the_next_seating() -> None:
    evening = hybrid(stations=1)
    evening.talking([["ana", "bo", "emre", "finn"]])
    evening.comes("chidi")
    asked = wanted(evening.event, evening.register, evening.now)
    assert asked is not None
    assert {p.id: p.mixed for p in asked.people}["ana"] == 1
    assert {p.id: p.mixed for p in asked.people}["chidi"] == 0
    assert {p.mode for p in asked.people} == set(Mode)


def test_a_station_is_nobody_who_waits_in_the_lobby() -> None:
    evening = hybrid(links=(1,))
    evening.seated([["ana", "bo", "emre", "finn"]])
    pool = board(evening.event, evening.register).parts.pool
    assert isinstance(pool, m.PoolView)
    assert (pool.in_rooms, pool.in_lobby, pool.waiting) == (4, 0, ())
