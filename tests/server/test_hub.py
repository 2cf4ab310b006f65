"""The hub, the outbox, what is kept of late, and the pulse, without a store or a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import msgspec
import pytest
from msgspec.structs import replace

from rooms import facts as f
from rooms.apply import apply
from rooms.event import Event
from rooms.messages import EVERYONE, HOSTS, Notice, People
from rooms.people import Attendee, Details, Mode, Register, Role, Text, attendee_key, text_key
from rooms.programme import Plan, planned_round
from server.evenings import Evening, Listener, Tip
from server.hub import Hub
from server.journal import ChatEntry
from server.media import Ways
from server.metrics import Metrics
from server.outbox import MOST_BYTES, MOST_FRAMES, Connection
from server.pulse import ELSEWHERE, IN_ROOM, TICK, Patience, Pulse
from server.recent import KEPT_BYTES, KEPT_SECONDS, Recent, Telling, Told, Unseated
from server.settings import Settings
from server.transport import Line, text_frame
from tests.server.waiting import wait_until

ANA, BO, CHIDI, DANA = "aana", "abo", "achidi", "adana"
NOW = 1_800_000_000_000

Said = dict[str, object]


class Pipe:
    """A line to nobody: it keeps what is written, and can be clogged as a slow peer clogs one."""

    def __init__(self) -> None:
        self.heard_at = 0.0
        self.on_drained: Callable[[], None] | None = None
        self.is_open = True
        self.is_full = False
        self.written = bytearray()
        self.pings = 0
        self.closed_with: int | None = None
        self.was_cut = False
        self.on_write: Callable[[], None] | None = None

    def write(self, frame: bytes) -> None:
        if self.is_open:
            self.written += frame
            if self.on_write is not None:
                self.on_write()

    def ping(self) -> None:
        self.pings += 1

    def close(self, code: int, reason: str = "") -> None:
        self.is_open = False
        self.closed_with = code

    def cut(self) -> None:
        self.is_open = False
        self.was_cut = True

    def clog(self) -> None:
        """Reads nothing from now on."""
        self.is_full = True

    def drain(self) -> None:
        """Reads everything."""
        self.is_full = False
        if self.on_drained is not None:
            self.on_drained()

    def took(self) -> list[Said]:
        """Returns the messages written since the last look."""
        found: list[Said] = []
        raw, self.written = bytes(self.written), bytearray()
        while raw:
            start, length = 2, raw[1]
            if length == 126:
                start, length = 4, int.from_bytes(raw[2:4], "big")
            elif length == 127:
                start, length = 10, int.from_bytes(raw[2:10], "big")
            found.append(msgspec.json.decode(raw[start : start + length], type=Said))
            raw = raw[start + length :]
        return found


class Stage:
    """An evening without a store: facts are folded as they are given, and the hub is told."""

    def __init__(self) -> None:
        self.id = "evening22222"
        self.event = Event(self.id)
        self.register = Register()
        self.tip = Tip()
        self.chat: list[tuple[str, ChatEntry]] = []
        self.listeners: list[Listener] = []
        self.now = NOW
        self.pipes: dict[str, Pipe] = {}
        self.connections: dict[str, Connection] = {}
        self._count = 0
        self.hub = Hub(lambda: self.now, Ways(Settings()), Metrics())
        self.register.write({"e": Details(title="Tea")})
        self.happens(f.EventCreated(at=NOW, plan=Plan(rounds=(planned_round(size=2),))))
        for id, role in ((ANA, Role.ATTENDEE), (BO, Role.ATTENDEE), (CHIDI, Role.ATTENDEE)):
            self.adds(id, role)
        self.adds(DANA, Role.HOST)
        self.happens(f.DoorsOpened(at=NOW))
        self.hub.open(cast(Evening, self))

    def listen(self, listener: Listener) -> None:
        """As an evening does."""
        self.listeners.append(listener)

    def adds(self, id: str, role: Role) -> None:
        """Adds somebody, named after their id."""
        self.register.write({attendee_key(id): Attendee(id=id, name=id[1:].title(), role=role)})
        self.happens(f.AttendeeAdded(at=NOW, id=id, role=role, mode=Mode.ONLINE))

    def happens(self, *facts: f.AnyFact) -> None:
        """Folds facts and tells them."""
        for fact in facts:
            self._count += 1
            entry_id = f"{self._count}-0"
            self.tip = Tip(entry_id, self.tip.chat)
            apply(self.event, fact)
            for listener in self.listeners:
                listener.fact(cast(Evening, self), entry_id, fact)

    def says(self, by: str, words: str, room: str = "lobby") -> None:
        """Has something said."""
        self._count += 1
        id = f"{self._count}-0"
        self.tip = Tip(self.tip.journal, id)
        entry = ChatEntry(sender=by, room=room, text=words, at=self.now)
        self.chat.append((id, entry))
        for listener in self.listeners:
            listener.said(cast(Evening, self), id, entry)

    def announces(self, words: str, *, rooms: tuple[str, ...] | None = None) -> None:
        """Has a host announce something."""
        id = f"t{self._count}"
        self.register.write({text_key(id): Text(text=words)})
        self.happens(f.Announced(at=self.now, id=id, rooms=rooms, by=DANA))

    def comes(
        self, viewer: str, name: str = "", *, after: Tip | None = None, session: str = ""
    ) -> Pipe:
        """Connects somebody as the socket does; `name` tells several connections apart."""
        name = name or viewer
        pipe = Pipe()
        role = self.register.attendee(viewer).role
        connection = Connection(name, viewer, role, cast(Line, pipe), session)
        self.happens(f.Connected(at=self.now, id=viewer, connection=name, node="n1"))
        self.hub.gathering(self.id).attach(connection, after)
        self.pipes[name], self.connections[name] = pipe, connection
        return pipe

    def drops(self, name: str) -> None:
        """Ends a connection."""
        connection = self.connections[name]
        self.hub.gathering(self.id).detach(connection)
        viewer = connection.viewer
        self.happens(f.Disconnected(at=self.now, id=viewer, connection=name, as_of=self.now))


@pytest.fixture
def stage() -> Stage:
    return Stage()


def types(messages: list[Said]) -> list[str]:
    """Returns the messages' types, but for head counts, which come at their own pace."""
    return [str(each["type"]) for each in messages if each["type"] != "lobby"]


# Telling


async def test_everybody_is_told_and_the_tip_is_on_the_last_message_of_a_fact(
    stage: Stage,
) -> None:
    pipes = [stage.comes(id) for id in (ANA, BO, CHIDI)]
    for pipe in pipes:
        pipe.took()
    stage.happens(
        f.SeatingFixed(
            at=NOW,
            round=1,
            rooms=(f.Seats(id="r1", people=(ANA, BO)),),
            left_over=(f.LeftOver(id=CHIDI, because="left-over"),),
            starts_at=NOW + 1,
            ends_at=NOW + 2,
            seconds=60,
            size=2,
        )
    )
    told = [[m for m in pipe.took() if m["type"] != "lobby"] for pipe in pipes]
    assert [types(each) for each in told] == [
        ["phase", "room"],
        ["phase", "room"],
        ["phase", "sitting-out"],
    ]
    for each in told:
        assert ["tip" in message for message in each] == [False, True]
        assert each[-1]["tip"] == str(stage.tip)


async def test_what_is_said_in_a_room_is_told_there_and_in_the_lobby_to_the_others(
    stage: Stage,
) -> None:
    ana, bo, chidi = [stage.comes(id) for id in (ANA, BO, CHIDI)]
    seat(stage)
    for pipe in (ana, bo, chidi):
        pipe.took()
    stage.says(ANA, "in here", "r1")
    stage.says(CHIDI, "out here")
    assert [[m["text"] for m in pipe.took()] for pipe in (ana, bo, chidi)] == [
        ["in here"],
        ["in here"],
        ["out here"],
    ]


def seat(stage: Stage) -> None:
    """Seats Ana and Bo in r1, and begins the round."""
    rooms = (f.Seats(id="r1", people=(ANA, BO)),)
    stage.happens(
        f.SeatingFixed(
            at=NOW, round=1, rooms=rooms, starts_at=NOW, ends_at=NOW + 60_000, seconds=60, size=2
        ),
        f.RoundStarted(at=NOW, round=1),
    )


async def test_a_bug_in_telling_closes_everybody_with_4002_and_nobody_gets_a_part(
    stage: Stage,
) -> None:
    ana = stage.comes(ANA)
    ana.took()
    # A fact about a call that never was: `tell` cannot word it.
    fact = f.CallWasSeen(at=NOW, id="never", by=DANA)
    stage.hub.gathering(stage.id).fact("999-0", fact)
    assert ana.closed_with == 4002
    assert ana.took() == []


# Coming back


async def test_a_resumed_connection_is_told_all_it_missed_once_and_in_order(stage: Stage) -> None:
    ana = stage.comes(ANA)
    stage.comes(BO)
    stage.says(BO, "heard")
    last = ana.took()[-1]
    tip = Tip.parse(str(last["tip"]))
    stage.drops(ANA)
    stage.says(BO, "one")
    stage.announces("two")
    seat(stage)
    stage.says(BO, "three", "r1")
    again = stage.comes(ANA, "second", after=tip, session="session-of-ana").took()
    assert again[0] | {"resumed": True, "tip": str(tip), "session": "session-of-ana"} == again[0]
    assert again[0].keys().isdisjoint({"event", "room", "contacts"})
    assert [m.get("text") for m in again if "text" in m] == ["one", "two", "three"]
    told = [each for each in types(again)[1:] if each != "room-people"]
    assert told == ["said", "notice", "phase", "room", "phase", "said"]


async def test_a_replay_stands_between_the_tips_whatever_the_order_of_the_streams(
    stage: Stage,
) -> None:
    """Chat and journal are read apart: another process may have told them in another order."""
    stage.comes(BO)
    stage.says(BO, "first")
    chat = stage.tip.chat
    stage.announces("second")
    stage.says(BO, "third")
    after = Tip(journal=stage.tip.journal, chat=chat)
    again = stage.comes(ANA, after=after, session="session-of-ana").took()
    assert [m["text"] for m in again if "text" in m] == ["third"]


async def test_a_tip_from_before_what_is_kept_gets_a_full_view_and_a_new_session(
    stage: Stage,
) -> None:
    again = stage.comes(ANA, after=Tip("1-0", "0-0"), session="session-of-ana").took()
    assert again[0]["resumed"] is False
    assert again[0]["session"] != "session-of-ana"
    assert "event" in again[0]


async def test_a_tip_ahead_of_ours_gets_a_full_view(stage: Stage) -> None:
    again = stage.comes(ANA, after=Tip("9999-0", "0-0"), session="session-of-ana").took()
    assert again[0]["resumed"] is False


async def test_erasing_somebody_forgets_what_was_told_of_them(stage: Stage) -> None:
    stage.comes(BO)
    stage.comes(ANA)
    tip = stage.tip
    stage.says(ANA, "my secret")
    stage.happens(f.Erased(at=NOW, id=ANA))
    assert stage.pipes[ANA].closed_with == 4504
    again = stage.comes(CHIDI, after=tip, session="session-of-chidi").took()
    assert again[0]["resumed"] is False


# Who has to go


async def test_an_attendee_s_newer_connection_ends_the_older_and_a_host_s_does_not(
    stage: Stage,
) -> None:
    first, second = stage.comes(ANA, "one"), stage.comes(ANA, "two")
    assert (first.closed_with, second.closed_with) == (4501, None)
    tabs = [stage.comes(DANA, "three"), stage.comes(DANA, "four")]
    assert [tab.closed_with for tab in tabs] == [None, None]


async def test_a_connection_that_was_overtaken_before_its_welcome_is_closed_with_4501(
    stage: Stage,
) -> None:
    pipe = Pipe()
    slow = Connection("slow", ANA, Role.ATTENDEE, cast(Line, pipe))
    stage.happens(f.Connected(at=NOW, id=ANA, connection="slow", node="n1"))
    stage.comes(ANA, "quick")
    stage.hub.gathering(stage.id).attach(slow, None)
    assert pipe.closed_with == 4501
    assert stage.pipes["quick"].closed_with is None
    assert pipe.took() == []


async def test_after_the_end_sockets_stay_open_for_a_minute_and_latecomers_for_what_is_left(
    stage: Stage,
) -> None:
    ana = stage.comes(ANA)
    stage.happens(f.EventEnded(at=NOW))
    assert ana.closed_with is None
    stage.now = NOW + 59_990
    bo = stage.comes(BO)
    assert bo.took()[0]["type"] == "welcome"
    await wait_until(lambda: ana.closed_with == bo.closed_with == 4503, "both are closed")


# Counts and boards


async def test_head_counts_are_told_when_they_change_and_at_most_once_a_second(
    stage: Stage,
) -> None:
    dana = stage.comes(DANA)
    for id in (ANA, BO, CHIDI):
        stage.comes(id)
    dana.took()
    loop = asyncio.get_running_loop()
    counted: list[tuple[object, float]] = []

    def look() -> None:  # as it is written: whoever looks later on a busy machine sees less apart
        told = [each["present"] for each in dana.took() if each["type"] == "lobby"]
        counted.extend((count, loop.time()) for count in told)

    dana.on_write = look
    await wait_until(lambda: len(counted) == 1, "three are counted")
    stage.drops(CHIDI)
    stage.drops(BO)
    stage.comes(BO, "again")
    await wait_until(lambda: len(counted) > 1, "two are counted")
    assert [count for count, _ in counted] == [3, 2]
    assert counted[1][1] - counted[0][1] > 0.9


async def test_a_slow_console_gets_a_whole_board_once_it_has_read(stage: Stage) -> None:
    dana = stage.comes(DANA)
    assert "board" in types(dana.took())
    dana.clog()
    stage.comes(ANA)
    await wait_until(
        lambda: stage.hub.gathering(stage.id).displays.has_stale_boards,
        "a change could not be sent",
    )
    assert dana.took() == []
    dana.drain()
    assert types(dana.took()) == ["board"]


async def test_the_store_s_absence_is_told_to_everybody_held_here(stage: Stage) -> None:
    ana = stage.comes(ANA)
    ana.took()
    stage.hub.store_went()
    stage.hub.store_came_back()
    assert [m["code"] for m in ana.took() if m["type"] == "notice"] == ["store-away", "store-back"]


# The outbox


def connection() -> tuple[Connection, Pipe]:
    """Returns a connection over a pipe."""
    pipe = Pipe()
    return Connection("c", ANA, Role.ATTENDEE, cast(Line, pipe)), pipe


def test_frames_wait_for_a_slow_peer_and_leave_in_order() -> None:
    conn, pipe = connection()
    conn.send(b"1")
    pipe.clog()
    conn.send(b"2")
    conn.send(b"3")
    assert pipe.written == b"1"
    pipe.drain()
    assert pipe.written == b"123"


def test_a_replaceable_frame_waits_once_at_the_place_of_its_latest() -> None:
    conn, pipe = connection()
    pipe.clog()
    for frame, key in ((b"a", "count"), (b"b", None), (b"c", "count"), (b"d", None)):
        conn.send(frame, key)
    pipe.drain()
    assert pipe.written == b"bcd"


def test_a_peer_that_reads_nothing_is_closed_with_4001_once_its_outbox_is_full() -> None:
    for frame, fitting in ((b"x", MOST_FRAMES), (b"x" * (MOST_BYTES // 4), 4)):
        conn, pipe = connection()
        pipe.clog()
        for _ in range(fitting):
            conn.send(frame)
        assert pipe.closed_with is None
        conn.send(frame)
        assert pipe.closed_with == 4001
        conn.send(frame)
        assert pipe.written == b""


def test_one_frame_larger_than_the_outbox_fits_into_an_empty_one() -> None:
    conn, pipe = connection()
    pipe.clog()
    conn.send(b"x" * (MOST_BYTES + 1))
    assert pipe.closed_with is None
    conn.send(b"y")
    assert pipe.closed_with == 4001


def test_what_waits_is_sent_before_a_close_that_has_a_reason() -> None:
    conn, pipe = connection()
    pipe.clog()
    conn.send(b"goodbye")
    conn.close(4502)  # type: ignore[arg-type]
    assert pipe.written == b"goodbye"
    assert pipe.closed_with == 4502


# What is kept


def told(at: float, place: int, size: int = 10) -> Told:
    """Returns something that everybody was told."""
    telling = Telling(EVERYONE, Notice(sender="x", text=str(place), at=0), f"{place}-0~0-0")
    return Told(place=(place, 0), is_chat=False, tellings=(telling,), kept_at=at, at=0, bytes=size)


def test_five_minutes_are_kept_without_gaps() -> None:
    recent = Recent((0, 0), (0, 0))
    for i in range(1, 11):
        recent.keep(told(i * 60.0, i))
    assert recent.since == ((4, 0), (0, 0))
    assert not recent.covers((3, 0), (0, 0))
    assert recent.covers((4, 0), (0, 0))
    assert len(list(recent.frames((4, 0), (0, 0), ANA, False))) == 6
    assert KEPT_SECONDS == 300


def test_no_more_than_a_bound_is_kept_and_one_large_telling_harms_nobody() -> None:
    recent = Recent((0, 0), (0, 0))
    recent.keep(told(1.0, 1, KEPT_BYTES))
    recent.keep(told(2.0, 2, 1))
    assert recent.since == ((1, 0), (0, 0))
    recent.keep(told(3.0, 3, KEPT_BYTES + 1))
    assert recent.since == ((3, 0), (0, 0))
    recent.keep(told(4.0, 4))
    assert len(list(recent.frames((3, 0), (0, 0), ANA, False))) == 1


@pytest.mark.parametrize(
    ("hearers", "ana", "dana"),
    [
        (EVERYONE, True, True),
        (HOSTS, False, True),
        (People((ANA,)), True, False),
        (Unseated(frozenset({ANA})), False, True),
    ],
)
def test_only_those_to_whom_it_was_told_get_it_again(
    hearers: People, ana: bool, dana: bool
) -> None:
    telling = Telling(hearers, Notice(sender="x", text="hello", at=0), "1-0~0-0")
    recent = Recent((0, 0), (0, 0))
    recent.keep(Told(place=(1, 0), is_chat=False, tellings=(telling,), kept_at=0.0, at=0, bytes=1))
    got = [list(recent.frames((0, 0), (0, 0), id, id == DANA)) for id in (ANA, DANA)]
    assert [bool(each) for each in got] == [ana, dana]


def test_a_message_is_encoded_once_in_each_form() -> None:
    telling = Telling(EVERYONE, Notice(sender="x", text="hello", at=0), "1-0~0-0")
    assert telling.plain is telling.plain
    assert telling.tipped is telling.tipped
    assert telling.tipped.startswith(text_frame(b"")[:1])


# The pulse


class Heart:
    """A pulse over one connection, with a clock that is turned by hand."""

    def __init__(self, patience: Patience) -> None:
        self.connection, self.pipe = connection()
        self.given_up = 0
        self.now = 0.0
        self.pulse = Pulse(lambda: [(self.connection, patience)], self.clock, self.gave_up)

    def clock(self) -> int:
        return NOW + round(self.now * 1000)

    def gave_up(self) -> None:
        self.given_up += 1

    def beats(self, seconds: float) -> None:
        """Looks as often as it would within so many seconds."""
        for _ in range(round(seconds / TICK)):
            self.now += TICK
            self.pulse.look(self.now)


def test_in_a_room_a_ping_follows_two_seconds_of_silence_and_the_end_two_later() -> None:
    heart = Heart(IN_ROOM)
    heart.beats(1.75)
    assert heart.pipe.pings == 0
    heart.beats(0.25)
    assert heart.pipe.pings == 1
    heart.beats(1.75)
    assert not heart.pipe.was_cut
    heart.beats(0.25)
    assert heart.pipe.was_cut
    assert heart.given_up == 1
    assert heart.connection.gone_at == NOW


def test_a_pong_begins_the_silence_anew() -> None:
    heart = Heart(IN_ROOM)
    for _ in range(10):
        heart.beats(2.5)
        heart.pipe.heard_at = heart.now
    assert not heart.pipe.was_cut
    assert heart.pipe.pings == 10


def test_elsewhere_silence_may_last_twenty_seconds_twice() -> None:
    heart = Heart(ELSEWHERE)
    heart.beats(39.75)
    assert (heart.pipe.pings, heart.pipe.was_cut) == (1, False)
    heart.beats(0.25)
    assert heart.pipe.was_cut


def test_nobody_is_given_up_for_a_stall_of_our_own() -> None:
    heart = Heart(IN_ROOM)
    heart.beats(3.75)
    assert heart.pipe.pings == 1
    heart.now += 30
    heart.pulse.look(heart.now)
    assert not heart.pipe.was_cut
    heart.pipe.heard_at = heart.now
    heart.beats(1.0)
    assert not heart.pipe.was_cut


# Faces


def faces_in(messages: list[Said]) -> list[list[str]]:
    """Returns the names of each `faces` message."""
    return [
        [str(face["name"]) for face in cast(list[Said], each["people"])]
        for each in messages
        if each["type"] == "faces"
    ]


def shows(stage: Stage, id: str, *, shown: bool = True) -> None:
    """Has somebody choose to be seen in the lobby, or not."""
    profile = replace(stage.register.attendee(id), show_in_lobby=shown)
    stage.register.write({attendee_key(id): profile})
    stage.happens(f.ProfileChanged(at=NOW, id=id))


async def test_faces_are_shown_once_they_change_and_to_whoever_comes_later(stage: Stage) -> None:
    ana = stage.comes(ANA)
    shows(stage, ANA)

    seen = Seen(ana)
    await wait_until(lambda: seen.faces() == [["Ana"]], "Ana's own face")
    bo = stage.comes(BO)
    assert faces_in(bo.took()) == [["Ana"]]
    shows(stage, ANA, shown=False)
    await wait_until(lambda: seen.faces() == [["Ana"], []], "nobody's face")


async def test_a_newcomer_who_waits_for_a_yes_sees_nobody(stage: Stage) -> None:
    stage.comes(ANA)
    shows(stage, ANA)
    ana = Seen(stage.pipes[ANA])
    await wait_until(lambda: ana.faces() == [["Ana"]], "Ana's own face")
    newcomer = Attendee(id="anew", name="New")
    stage.register.write({attendee_key("anew"): newcomer})
    stage.happens(
        f.AttendeeAdded(at=NOW, id="anew", role=Role.ATTENDEE, mode=Mode.ONLINE, waits_for_yes=True)
    )
    new = stage.comes("anew")
    assert faces_in(new.took()) == []
    stage.happens(f.Readmitted(at=NOW, id="anew", by=DANA))
    assert faces_in(new.took()) == [["Ana"]]


class Seen:
    """What a pipe was shown of faces since it began."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._found: list[list[str]] = []

    def faces(self) -> list[list[str]]:
        """Returns the names of every `faces` message so far."""
        self._found += faces_in(self._pipe.took())
        return self._found
