"""What keys write into the terminal's command line. No socket, no screen."""

from __future__ import annotations

from rooms import messages as m
from rooms.messages import Phase
from rooms.people import Mode, RoomMode
from server.console.asked import FORMS
from server.console.board import Board
from server.console.terminal.keys import KEYS
from server.console.terminal.pressing import WRITES, Selected, Written, written_by

HANAKO = m.Seat(id="hana", name="佐藤 花子", state="here", mode=Mode.ON_SITE)
ROOM = m.BoardRoom(
    id="r1-7", round=1, table=7, mode=RoomMode.ON_SITE, people=(HANAKO,),
    starts_at=0, ends_at=600_000, ended=False,
)  # fmt: skip


def board(phase: Phase = Phase.ROUND, *, paused: int | None = None) -> Board:
    event = m.EventView(
        id="e", title="Tea", phase=phase, round=1, rounds=2, starts_at=0, ends_at=9, paused=paused
    )
    return Board(event=event, rooms={ROOM.id: ROOM}, people={HANAKO.id: HANAKO})


def test_every_key_writes_a_command_there_is_or_is_the_screens_own() -> None:
    actions = {action for _, action, _ in KEYS}
    assert set(WRITES) < actions
    for action in WRITES:
        name = written_by(action, board(), Selected()).line.partition(" ")[0]
        assert name in {*FORMS, "find", ""}, action


def test_what_a_key_writes_depends_on_where_the_evening_and_the_cursor_are() -> None:
    someone, room = Selected(person=HANAKO.id), Selected(room=ROOM)
    assert written_by("start", board(Phase.DRAFT), Selected()).line == "open-doors"
    assert written_by("pause", board(paused=5), Selected()) == Written("resume", at_once=True)
    assert written_by("move", board(), someone) == Written('move "佐藤 花子" ')
    assert written_by("check_in", board(), someone) == Written(
        'check-out "佐藤 花子"', at_once=True
    )
    assert written_by("visit", board(), room) == Written("visit T7", at_once=True)
    assert written_by("announce_here", board(), room) == Written("announce @T7 ")


def test_what_cannot_be_taken_back_waits_for_enter() -> None:
    inside = Selected(room=ROOM, person=HANAKO.id, in_room=True)
    assert written_by("end", board(), inside) == Written("end-round T7")
    assert written_by("remove", board(), inside) == Written('remove "佐藤 花子": ')
    for action in WRITES:
        written = written_by(action, board(), inside)
        form = FORMS.get(written.line.partition(" ")[0])
        assert form is None or not (form.grave and written.at_once), action
