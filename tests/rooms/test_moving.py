"""Out of a room, and into another: sitting out, moved by a host, arriving (14)."""

from __future__ import annotations

from rooms import messages as m
from rooms.commands import (
    Arrived,
    Block,
    EndRound,
    Merge,
    Move,
    Rejoin,
    SitOut,
)
from tests.rooms.evenings import Evening
from tests.rooms.talking import FOUR, four_talk, with_late_ines


def test_sitting_out_during_a_round_leaves_the_room() -> None:
    evening = four_talk()
    evening.asks("bo", SitOut())
    assert evening.last("ana", m.RoomPeople).left == ("bo",)
    assert evening.why("bo") == "by-choice"
    evening.passes(60)
    assert evening.mates("bo") is None
    evening.asks("bo", Rejoin())
    evening.passes(5)
    assert evening.mates("bo") == sorted([*FOUR])


# Moved by a host (rule 14)


def test_a_host_moves_somebody_to_another_room() -> None:
    evening = four_talk()
    evening.asks("dana", Move(attendee="bo", room="r1-2"))
    assert evening.mates("bo") == ["bo", "chidi", "hana"]
    assert evening.last("ana", m.RoomPeople).moved == ("bo",)
    assert evening.last("bo", m.Room).id == "r1-2"
    assert [card.id for card in evening.last("chidi", m.RoomPeople).joined] == ["bo"]
    assert not evening.told("bo", m.SittingOut)


def test_a_host_moves_somebody_to_the_lobby_and_they_stay_there_this_round() -> None:
    evening = four_talk()
    evening.asks("dana", Move(attendee="bo", room="lobby"))
    assert evening.why("bo") == "moved"
    evening.passes(60)
    assert evening.mates("bo") is None
    evening.drops("bo")
    evening.comes("bo")
    evening.passes(60)
    assert evening.mates("bo") is None, "nor by opening the page anew"
    evening.passes(400)
    evening.talking([["ana", "chidi"], ["bo", "hana"]])
    assert evening.mates("bo") == ["bo", "hana"]


def test_a_host_moves_somebody_from_the_lobby_into_a_room() -> None:
    evening = with_late_ines(Evening(), 470)
    evening.asks("dana", Move(attendee="ines", room="r1-1"))
    assert evening.mates("ines") == ["ana", "bo", "ines"]


def test_moving_keeps_the_hard_rules_and_names_no_block() -> None:
    evening = four_talk(Evening(size=3, most=3))
    evening.on_site("emre", "fatou")
    evening.asks("chidi", Block(about="bo"))
    assert evening.refuses("dana", Move(attendee="bo", room="r1-2")) == "private"
    assert evening.refuses("dana", Move(attendee="emre", room="r1-1")) == "rule-broken"
    evening.asks("dana", Move(attendee="chidi", room="lobby"))
    evening.asks("dana", Move(attendee="ana", room="r1-2"))
    evening.comes("ines")
    evening.asks("dana", Move(attendee="ines", room="r1-2"))
    assert evening.refuses("dana", Move(attendee="bo", room="r1-2")) == "room-full"


def test_moves_that_make_no_sense_are_refused() -> None:
    evening = four_talk()
    evening.adds("ines")
    evening.asks("hana", SitOut())
    refusals = {
        "already-there": Move(attendee="ana", room="r1-1"),
        "unknown-room": Move(attendee="ana", room="r9-9"),
        "unknown-person": Move(attendee="nobody", room="r1-1"),
        "not-here": Move(attendee="ines", room="r1-1"),
        "sits-out": Move(attendee="hana", room="r1-1"),
    }
    for code, command in refusals.items():
        assert evening.refuses("dana", command) == code
    assert evening.refuses("ana", Move(attendee="bo", room="r1-2")) == "not-allowed"
    evening.passes(480)
    assert evening.refuses("dana", Move(attendee="ana", room="r1-2")) == "out-of-turn"


def test_nobody_is_moved_into_a_room_that_is_closed_or_another_round_s() -> None:
    evening = four_talk()
    evening.asks("dana", EndRound(room="r1-2"))
    assert evening.refuses("dana", Move(attendee="ana", room="r1-2")) == "room-ended"
    assert evening.mates("ana") == ["ana", "bo"], "and the board stays true"
    evening.passes(480)
    evening.talking([["ana", "chidi"], ["bo", "hana"]])
    assert evening.event.round == 2
    assert evening.refuses("dana", Move(attendee="ana", room="r1-1")) == "room-ended"
    assert evening.mates("ana") == ["ana", "chidi"]


def test_nobody_is_moved_into_an_empty_room() -> None:
    evening = four_talk()
    evening.asks("chidi", SitOut())
    evening.asks("hana", SitOut())
    assert evening.refuses("dana", Move(attendee="ana", room="r1-2")) == "room-empty"


def test_a_host_merges_two_rooms() -> None:
    evening = four_talk()
    evening.drops("hana")
    evening.passes(10)
    evening.asks("dana", Merge(room="r1-2", into="r1-1"))
    assert evening.mates("ana") == sorted(FOUR), "a dropped person's seat moves too"
    assert evening.event.rooms["r1-2"].ended_at == evening.now
    assert evening.last("chidi", m.Room).id == "r1-1"
    assert evening.refuses("dana", Merge(room="r1-1", into="r1-1")) == "already-there"
    assert evening.refuses("dana", Merge(room="r1-1", into="r1-2")) == "room-ended"


def test_merging_keeps_the_most_and_the_blocks() -> None:
    full = four_talk(Evening(most=3, size=2))
    assert full.refuses("dana", Merge(room="r1-1", into="r1-2")) == "room-full"
    blocked = four_talk()
    blocked.asks("hana", Block(about="ana"))
    assert blocked.refuses("dana", Merge(room="r1-1", into="r1-2")) == "private"


def test_online_people_are_not_merged_into_an_empty_table() -> None:
    evening = Evening()
    evening.comes("ana", "bo")
    evening.on_site("emre", "fatou")
    evening.talking([["ana", "bo"], ["emre", "fatou"]])
    evening.asks("emre", SitOut())
    evening.asks("fatou", SitOut())
    assert evening.refuses("dana", Merge(room="r1-1", into="r1-2")) == "rule-broken"


def test_a_table_mate_says_that_somebody_has_arrived() -> None:
    evening = Evening()
    evening.on_site("emre", "ana", "bo", "chidi")
    evening.seated([["emre", "ana"], ["bo", "chidi"]])
    evening.comes("hana")
    room = evening.sees("ana").room
    assert room is not None
    assert room.states == {"ana": "expected", "emre": "expected"}
    evening.asks("ana", Arrived(about="emre"))
    assert evening.last("emre", m.RoomPeople).arrived == ("emre",)
    assert evening.refuses("bo", Arrived(about="emre")) == "not-your-table"
    assert evening.refuses("hana", Arrived()) == "on-site-only"
    assert evening.asks("ana", Arrived(about="emre")) == []
