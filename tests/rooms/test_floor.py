"""The open floor: people choose whom to sit with, and move as they like."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rooms import facts as f
from rooms import messages as m
from rooms.commands import (
    Block,
    ChooseRoom,
    EndRound,
    Extend,
    Leave,
    Pause,
    Resume,
    SitOut,
    StartRound,
    Unblock,
    WishMoreTime,
)
from rooms.people import Attendee
from rooms.programme import Kind
from rooms.view import floor
from tests.rooms.evenings import Evening, kinds, only, rooms_of


def opened(seconds: int = 480, most: int = 6, tables: int | None = None) -> Evening:
    """The floor is open, with four online and one on site; nobody sits yet."""
    evening = Evening(kinds=(Kind.OPEN, Kind.OPEN), seconds=seconds, most=most, tables=tables)
    evening.comes("dana", "ana", "bo", "chidi", "hana")
    evening.on_site("emre")
    evening.hushes()
    evening.asks("dana", StartRound())
    evening.passes_until(evening.event.starts_at)
    return evening


def goes(evening: Evening, name: str, room: str) -> str:
    """Somebody chooses a room; returns the id of the one they are in then."""
    evening.asks(name, ChooseRoom(room=room))
    return evening.event.people[name].seat or "lobby"


def shown(evening: Evening, viewer: str) -> dict[str, m.FloorRoom]:
    return {room.id: room for room in floor(evening.event, evening.register, viewer).rooms}


def test_nobody_is_seated_and_everybody_is_told_that_they_may_choose() -> None:
    evening = opened()
    assert evening.event.running_rooms() == []
    assert [person.because for person in evening.event.people.values() if person.because] == []
    for name in ("ana", "emre"):
        assert evening.why(name) == "open-floor"
    assert evening.last("ana", m.PhaseChanged).kind == "open"


def test_a_floor_needs_no_solver_and_no_minimum_of_people() -> None:
    evening = Evening(kinds=(Kind.OPEN,))
    evening.comes("dana", "ana")
    assert kinds(evening.asks("dana", StartRound())) == ["SeatingFixed"]


def test_there_is_always_an_empty_room_to_take() -> None:
    evening = opened()
    assert [r.id for r in shown(evening, "ana").values()] == ["new", "table-1"]
    first = goes(evening, "ana", "new")
    second = goes(evening, "bo", "new")
    assert first != second
    assert [r.id for r in shown(evening, "ana").values()] == [first, second, "new", "table-1"]


def test_everybody_sees_who_is_in_a_room_before_going_there() -> None:
    evening = opened()
    room = goes(evening, "ana", "new")
    assert [card.name for card in shown(evening, "hana")[room].people] == ["Ana"]
    evening.hushes()
    goes(evening, "bo", room)
    assert [card.id for card in evening.last("ana", m.RoomPeople).joined] == ["bo"]
    assert {card.id for card in evening.last("bo", m.Room).people} == {"ana", "bo"}
    assert evening.last("bo", m.Room).because == "by-choice"


def test_who_moves_on_is_seen_to_leave_and_the_minutes_are_of_each_stay() -> None:
    evening = opened()
    first = goes(evening, "ana", "new")
    goes(evening, "bo", first)
    evening.passes(60)
    second = goes(evening, "chidi", "new")
    goes(evening, "bo", second)
    assert evening.last("ana", m.RoomPeople).left == ("bo",)
    assert evening.last("bo", m.Room).id == second
    evening.passes(30)
    goes(evening, "bo", first)
    evening.passes(10)
    assert evening.together("ana", "bo") == 70
    assert evening.together("bo", "chidi") == 30


def test_one_goes_back_to_the_lobby() -> None:
    evening = opened()
    goes(evening, "ana", "new")
    assert goes(evening, "ana", "lobby") == "lobby"
    assert evening.why("ana") == "open-floor"
    assert evening.refuses("ana", ChooseRoom(room="lobby")) == "already-there"


def test_a_room_that_everybody_left_is_gone_and_its_table_free() -> None:
    evening = opened()
    table = goes(evening, "emre", "table-3")
    assert evening.event.rooms[table].table == 3
    ended = only(evening.asks("emre", ChooseRoom(room="lobby")), f.RoomEnded)
    assert (ended.room, ended.because) == (table, "empty")
    assert table not in shown(evening, "ana")
    again = goes(evening, "emre", "table-3")
    assert again != table
    assert evening.event.people["emre"].arrived, "who chose the table is at it"


def test_somebody_alone_on_the_floor_is_neither_moved_nor_asked() -> None:
    evening = opened()
    room = goes(evening, "ana", "new")
    evening.passes(120)
    assert evening.event.people["ana"].seat == room
    assert evening.sees("ana").room is not None
    assert evening.event.alone == {}


def test_people_on_site_choose_a_table_by_its_number() -> None:
    evening = opened(tables=4)
    evening.on_site("fatou")
    free = [room.table for room in shown(evening, "emre").values() if room.mode == "on-site"]
    assert free == [1, 2, 3, 4]
    goes(evening, "emre", "table-4")
    goes(evening, "fatou", "table-4")
    assert rooms_of(evening.event) == [["emre", "fatou"]]
    assert evening.refuses("emre", ChooseRoom(room="table-5")) == "no-table"
    assert evening.refuses("ana", ChooseRoom(room="table-1")) == "rule-broken"
    assert evening.refuses("ana", ChooseRoom(room="table-4")) == "rule-broken"


def test_somebody_fixed_at_a_table_stays_there() -> None:
    evening = opened()
    evening.adds(Attendee(id="goran", name="Goran", table=2))
    evening.on_site("goran")
    assert evening.refuses("goran", ChooseRoom(room="table-1")) == "rule-broken"
    room = goes(evening, "goran", "new")
    assert evening.event.rooms[room].table == 2


@pytest.mark.parametrize(
    ("room", "code"),
    [("r9-9", "unknown-room"), ("table-", "unknown-room"), ("table-0", "rule-broken")],
)
def test_a_room_that_is_not_there_is_refused(room: str, code: str) -> None:
    evening = opened()
    assert evening.refuses("ana", ChooseRoom(room=room)) == code


def test_a_full_room_takes_nobody_and_names_nobody() -> None:
    evening = opened(most=4)
    room = goes(evening, "ana", "new")
    evening.comes("ines", "jun", "kofi")
    for name in ("ines", "jun", "kofi"):
        goes(evening, name, room)
    assert evening.refuses("bo", ChooseRoom(room=room)) == "room-full"
    seen = shown(evening, "bo")[room]
    assert (seen.full, seen.count, seen.people) == (True, 4, ())


def test_to_blocked_people_each_others_room_is_a_full_one_in_every_word() -> None:
    evening = opened(most=4)
    full = goes(evening, "ana", "new")
    evening.comes("ines", "jun", "kofi")
    for name in ("ines", "jun", "kofi"):
        goes(evening, name, full)
    other = goes(evening, "chidi", "new")
    evening.asks("hana", Block(about="chidi"))
    to_hana, to_bo = shown(evening, "hana"), shown(evening, "bo")
    assert to_hana[other] == replace(to_hana[full], id=other)
    assert [card.id for card in to_bo[other].people] == ["chidi"]
    assert evening.refuses("hana", ChooseRoom(room=other)) == "room-full"
    own = goes(evening, "hana", "new")
    assert evening.refuses("chidi", ChooseRoom(room=own)) == "room-full", "either way round"
    evening.asks("hana", Unblock(about="chidi"))
    assert goes(evening, "chidi", own) == own


def test_meeting_again_is_welcome_and_nobody_comes_late() -> None:
    evening = opened()
    room = goes(evening, "ana", "new")
    goes(evening, "bo", room)
    evening.comes("ines")
    assert [x.because for x in evening.sees("ines").then if isinstance(x, m.SittingOut)] == [
        "open-floor"
    ]
    assert evening.event.joins == {}
    evening.asks("dana", EndRound())
    evening.asks("dana", StartRound())
    again = goes(evening, "ana", "new")
    assert goes(evening, "bo", again) == again


def test_a_seat_is_kept_for_a_minute_after_a_drop_and_then_given_up() -> None:
    evening = opened()
    room = goes(evening, "ana", "new")
    goes(evening, "bo", room)
    evening.drops("bo")
    assert evening.last("ana", m.RoomPeople).dropped == ("bo",)
    evening.passes(59)
    assert evening.mates("ana") == ["ana", "bo"]
    evening.passes(2)
    assert evening.mates("ana") == ["ana"]
    assert evening.last("ana", m.RoomPeople).left == ("bo",)
    evening.comes("bo")
    assert any(x.because == "open-floor" for x in evening.sees("bo").then if hasattr(x, "because"))


def test_who_sat_out_comes_back_by_choosing_a_room() -> None:
    evening = opened()
    evening.asks("ana", SitOut())
    goes(evening, "ana", "new")
    assert not evening.event.people["ana"].sitting_out


def test_leaving_the_event_leaves_the_room() -> None:
    evening = opened()
    room = goes(evening, "ana", "new")
    goes(evening, "bo", room)
    evening.asks("bo", Leave())
    assert evening.mates("ana") == ["ana"]


def test_rooms_are_chosen_only_while_the_floor_is_open() -> None:
    evening = Evening(kinds=(Kind.MATCHED, Kind.OPEN))
    evening.comes("dana", "ana", "bo", "chidi")
    assert evening.refuses("ana", ChooseRoom(room="new")) == "out-of-turn"
    evening.talking([["ana", "bo", "chidi"]])
    assert evening.refuses("ana", ChooseRoom(room="new")) == "out-of-turn"


def test_an_open_round_of_a_given_length_warns_and_ends_like_any_other() -> None:
    evening = opened(seconds=120)
    room = goes(evening, "ana", "new")
    goes(evening, "bo", room)
    assert evening.last("bo", m.Room).ends_at == evening.event.ends_at
    assert evening.refuses("ana", WishMoreTime()) == "not-allowed"
    evening.passes(115)
    assert evening.codes("ana") == ["minute-left", "ten-seconds-left"]
    evening.passes(5)
    assert evening.phase == "break"
    assert evening.together("ana", "bo") == 120


def test_a_floor_without_a_length_is_open_until_the_host_ends_it() -> None:
    evening = opened(seconds=0)
    room = goes(evening, "ana", "new")
    goes(evening, "bo", room)
    assert evening.last("bo", m.Room).ends_at is None
    assert evening.last("bo", m.PhaseChanged).ends_at is None
    evening.passes(3600)
    assert evening.phase == "round"
    assert evening.codes("ana") == []
    evening.asks("dana", EndRound())
    assert (evening.phase, evening.together("ana", "bo")) == ("break", 3600)


def test_a_floor_without_a_length_can_be_given_an_end() -> None:
    evening = opened(seconds=0)
    goes(evening, "ana", "new")
    evening.passes(600)
    evening.asks("dana", Extend(seconds=90))
    assert evening.last("ana", m.PhaseChanged).ends_at == evening.now + 90_000
    evening.passes(91)
    assert evening.codes("ana") == ["minute-left", "ten-seconds-left"]
    assert evening.phase == "break"


def test_a_pause_holds_the_floors_deadline_and_people_move_on() -> None:
    evening = opened(seconds=100)
    room = goes(evening, "ana", "new")
    evening.asks("dana", Pause())
    evening.passes(20)
    assert goes(evening, "bo", room) == room
    evening.asks("dana", Resume())
    evening.passes(99)
    assert evening.phase == "round"
    evening.passes(2)
    assert evening.phase == "break"


def test_the_host_sees_rooms_that_somebody_is_in_and_no_line_for_each_step() -> None:
    from rooms.board import board

    evening = opened()
    before = len(evening.event.log)
    first = goes(evening, "ana", "new")
    goes(evening, "bo", "new")
    goes(evening, "bo", first)
    seen = board(evening.event, evening.register)
    assert [room.id for room in seen.rooms] == [first]
    assert len(evening.event.log) == before
