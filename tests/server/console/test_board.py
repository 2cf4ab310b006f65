"""What the terminal's board says of rooms: who needs a host, and what stands out. No socket."""

from __future__ import annotations

from msgspec.structs import replace

from rooms import messages as m
from rooms.messages import Phase
from rooms.people import Mode, Role, RoomMode
from server.console.board import Board, is_silent, listens_at, needs, stands_out
from server.console.happened import log_sentence, undoable
from server.console.speech import Speech

LATER = 60_000


def seat(id: str, state: str = "here") -> m.Seat:
    return m.Seat(id=id, name=id.title(), state=state, mode=Mode.ONLINE)


def room(number: int, *, quiet_since: int | None = None, station_away: bool = False) -> m.BoardRoom:
    return m.BoardRoom(
        id=f"r1-{number}",
        round=1,
        table=None,
        mode=RoomMode.MIXED if station_away else RoomMode.ONLINE,
        people=(seat("ana"), seat("bo")),
        starts_at=0,
        ends_at=600_000,
        ended=False,
        quiet_since=quiet_since,
        station_away=station_away,
    )


def board(*rooms: m.BoardRoom, **parts: object) -> Board:
    return Board(rooms={one.id: one for one in rooms}, sound=True, **parts)  # type: ignore[arg-type]


def silent(*numbers: int) -> Board:
    return board(*(room(n, quiet_since=0) for n in numbers))


def keys(found: Board, seen_to: set[str] | None = None) -> list[str]:
    return [need.key for need in needs(found, LATER, seen_to or set())]


def test_silent_rooms_need_a_host_one_by_one_and_more_than_three_as_one() -> None:
    assert keys(silent(1, 2)) == ["silent-r1-1", "silent-r1-2"]
    assert keys(silent(1, 2), {"silent-r1-1"}) == ["silent-r1-2"]
    assert keys(silent(1, 2, 3, 4)) == ["silent-1"]
    assert keys(silent(1, 2, 3, 4), {"silent-1"}) == []
    assert needs(silent(1)) == [], "where nobody can be heard, nobody is silent"


def test_a_room_that_calls_is_not_named_silent_as_well() -> None:
    call = m.Call(
        id="c", sender="ana", text="", seen=False, answered=None, hosts_present=1, room="r1-1"
    )
    assert keys(board(room(1, quiet_since=0), calls=(call,))) == ["call-c"]


def test_only_what_the_board_cannot_know_to_be_over_may_be_seen_to() -> None:
    [away] = needs(board(room(1, station_away=True)), LATER)
    [quiet] = needs(silent(1), LATER)
    assert (away.key, away.may_be_seen_to) == ("station-r1-1", False)
    assert quiet.may_be_seen_to


def test_a_station_that_is_away_outweighs_silence() -> None:
    apart = room(1, quiet_since=0, station_away=True)
    assert stands_out(board(apart), apart, LATER) == "station"
    assert is_silent(board(apart), apart, LATER)
    assert not is_silent(board(apart), apart, LATER - 1)


def test_nobody_is_listened_for_before_there_is_a_round() -> None:
    assert listens_at(Board(), 7) is None
    event = m.EventView(
        id="e", title="Tea", phase=Phase.ROUND, round=1, rounds=1,
        starts_at=0, ends_at=600_000, paused=None,
    )  # fmt: skip
    assert listens_at(Board(event=event), 7) == 7
    assert listens_at(Board(event=replace(event, paused=5)), 7) is None


def test_an_undo_is_offered_as_long_as_nothing_prevents_it_and_only_to_who_may() -> None:
    you = m.You(id="dana", name="Dana", role=Role.HOST, mode=Mode.ONLINE, sitting_out=False)
    log = tuple(m.LogLine(at=at, what=what, by="dana") for at, what in LOG)

    def offered(*changes: m.UndoView, now: int = 9) -> str | None:
        line = undoable(Board(you=you, log=log, undo=changes), now)
        return line.what if line is not None else None

    moved = m.UndoView(by="dana", at=5)
    assert offered(moved) == "rearranged"
    assert offered(moved, m.UndoView(by="dana", at=7, closing=True)) == "closing-began"
    assert offered(replace(moved, since="rooms")) is None
    assert offered(replace(moved, by="hugo")) is None
    assert offered(moved, now=30_006) is None
    assert offered() is None


LOG = ((5, "seated-moved"), (5, "rearranged"), (7, "closing-began"))


def test_in_japanese_people_are_called_politely_and_the_organiser_is_no_name() -> None:
    dana = m.Seat(id="dana", name="Dana", state="here", mode=Mode.ONLINE)
    shown = Board(people={"dana": dana})

    def said(by: str) -> str:
        return log_sentence(Speech("ja"), shown, m.LogLine(at=0, what="paused", by=by))

    assert said("dana") == "Danaさんが一時停止しました"
    assert said("organiser") == "主催者が一時停止しました"
