"""What everybody sees anew at its own pace: head count, faces, topics, open floor, hosts' boards.

Responsible for when each is made, once for all who see the same. What a fact tells is
`gathering.py`'s; it says here what has changed.

Invariant: changes of a floor or a board build on each other, so whoever could not be sent one gets
the whole of it once they have read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from msgspec import UNSET
from msgspec.structs import replace

from rooms import facts as f
from rooms.board import board, board_change, touches
from rooms.company import faces
from rooms.floor import is_open
from rooms.messages import LOBBY, Board, BoardChange, Faces, Lobby
from rooms.view import floor, topics
from server.evenings import Evening
from server.held import Held
from server.journal import ChatEntry
from server.outbox import Connection
from server.transport import text_frame
from server.wire import encode, with_tip

COUNT_SECONDS = 1.0
"""Between two head counts of a lobby, two looks at its faces, and two lists of topics."""

FLOOR_SECONDS = 0.5
"""Between two changes of an open floor, which everybody there looks at."""

FACES = "faces"

CHANGES_FACES = (
    f.Connected, f.Disconnected, f.NodeLost, f.CheckedIn, f.CheckedOut, f.ProfileChanged, f.Erased,
)  # fmt: skip
"""Facts after which other people may be the ones to be seen in the lobby."""

TOPIC_FACTS = (
    f.TopicsNamed
    | f.TopicAccepted
    | f.TopicDropped
    | f.TopicChosen
    | f.SeatingFixed
    | f.EventChanged
    | f.RoundProposed
)
"""Facts after which other topics can be chosen, or more people have chosen one."""

BOARD_SECONDS = 0.2
"""Between two changes of the boards: a host's eye, not a film."""

WROTE_MS = 15_000
"""A board says when somebody wrote in a room, right to so many milliseconds."""

Frame = bytes


class Displays:
    """One event's displays, for the connections that this process holds."""

    def __init__(self, evening: Evening, held: Held) -> None:
        self._evening = evening
        self._held = held
        self._counted = -1
        self._faces = Faces(people=())
        self._wrote = {entry.room: entry.at for _, entry in evening.chat if entry.room != LOBBY}
        self._dirty_rooms: set[str] = set()
        self._dirty_parts: set[str] = set()
        self._stale_boards: set[Connection] = set()
        self._stale_floors: set[Connection] = set()
        self._moved_rooms: set[str] = set()
        self._floor_is_new = True
        self._count = _Timer(COUNT_SECONDS, self._send_count)
        self._topics = _Timer(COUNT_SECONDS, self._send_topics)
        self._floor = _Timer(FLOOR_SECONDS, self._send_floor)
        self._boards = _Timer(BOARD_SECONDS, self._send_boards)

    def stop(self) -> None:
        """Ends the timers."""
        for timer in (self._count, self._boards, self._topics, self._floor):
            timer.stop()

    # Somebody comes, or goes

    def welcome(self, connection: Connection, *, resumed: bool) -> None:
        """Sends a newcomer all that others have been shown; hosts' boards come last."""
        if resumed:
            connection.send(self._count_frame(), LOBBY)
        self.show_faces([connection])
        if self._evening.event.topics_round is not None:
            connection.send(self._topics_frame(), "topics")
        if is_open(self._evening.event):
            connection.send(self._floor_frame(connection.viewer), "floor")
        if connection.sees_board:
            self._send_board(connection)

    def renew(self, connection: Connection) -> None:
        """Sends whole what a slow reader missed changes of."""
        if connection in self._stale_floors:
            self._stale_floors.discard(connection)
            if is_open(self._evening.event):
                connection.send(self._floor_frame(connection.viewer), "floor")
        if connection in self._stale_boards:
            self._stale_boards.discard(connection)
            self._send_board(connection)

    def forget(self, connection: Connection) -> None:
        """Owes nothing any more to a connection that has ended."""
        self._stale_boards.discard(connection)
        self._stale_floors.discard(connection)

    @property
    def has_stale_boards(self) -> bool:
        """Whether a slow console is owed a whole board."""
        return bool(self._stale_boards)

    # Something happened

    def mark(self, fact: f.AnyFact) -> None:
        """Notes what of the count, faces, topics and floor a fact changed."""
        if len(self._evening.event.present) != self._counted or isinstance(fact, CHANGES_FACES):
            self._count.set()
        if isinstance(fact, TOPIC_FACTS):
            self._topics.set()
        self._mark_floor(fact)

    def mark_boards(self, fact: f.AnyFact) -> None:
        """Notes what of the boards a fact changed."""
        if isinstance(fact, f.SeatingFixed):
            self._wrote = {}
        if not self._held.staff:
            return
        rooms, parts = touches(self._evening.event, fact)
        if rooms or parts:
            self._dirty_rooms |= rooms
            self._dirty_parts |= parts
            self._boards.set()

    def wrote_in(self, entry: ChatEntry) -> None:
        """Notes that a room is not silent; boards learn it now and then, and never the words."""
        before = self._wrote.get(entry.room, 0)
        if entry.at - before >= WROTE_MS:
            self._wrote[entry.room] = entry.at
            if self._held.staff:
                self._dirty_rooms.add(entry.room)
                self._boards.set()

    # Counts, faces, topics

    def _send_count(self) -> None:
        present = len(self._evening.event.present)
        if present != self._counted:
            self._counted = present
            frame = self._count_frame()
            for connection in self._held:
                connection.send(frame, LOBBY)
        shown = faces(self._evening.event, self._evening.register)
        if shown != self._faces:
            self._faces = shown
            self.show_faces(self._held, even_none=True)

    def show_faces(self, connections: Iterable[Connection], *, even_none: bool = False) -> None:
        """Shows who is here and allows it; newcomers who wait for a host's yes see nobody yet."""
        if not self._faces.people and not even_none:
            return
        frame = text_frame(encode(self._faces))
        people = self._evening.event.people
        for connection in connections:
            viewer = people.get(connection.viewer)
            if viewer is None or not viewer.waits_for_yes:
                connection.send(frame, FACES)

    def _count_frame(self) -> Frame:
        message = Lobby(present=len(self._evening.event.present))
        return text_frame(with_tip(encode(message), str(self._evening.tip)))

    def _send_topics(self) -> None:
        frame = self._topics_frame()
        for connection in self._held:
            connection.send(frame, "topics")

    def _topics_frame(self) -> Frame:
        return text_frame(encode(topics(self._evening.event, self._evening.register)))

    # The open floor

    def _mark_floor(self, fact: f.AnyFact) -> None:
        """Notes which rooms of an open floor a fact changed."""
        event = self._evening.event
        if isinstance(fact, f.SeatingFixed):
            self._moved_rooms, self._floor_is_new = set(), True
        if is_open(event):
            match fact:
                case f.Seated() | f.Unseated() | f.RoomEnded():
                    self._moved_rooms.add(fact.room)
                case f.RoomOpened():
                    self._moved_rooms.add(fact.room.id)
                case f.Blocked() | f.Unblocked():
                    places = (event.people[id].seat for id in (fact.by, fact.about))
                    self._moved_rooms |= {place for place in places if place}
                case f.SeatingFixed() | f.CheckedIn():
                    pass  # the floor opens with nobody on it; the first on site sees free tables
                case _:
                    return
            self._floor.set()

    def _send_floor(self) -> None:
        """Sends what changed on the floor: one frame for all whom no block keeps out of a room."""
        ids = None if self._floor_is_new else self._moved_rooms
        self._moved_rooms, self._floor_is_new = set(), False
        event = self._evening.event
        if not is_open(event):
            return
        apart = {id for pair in event.blocks for id in pair}
        shared = self._floor_frame("", ids)
        for connection in self._held:
            if connection.is_waiting:
                # Changes build on each other; a slow page gets the whole floor once it has read.
                self._stale_floors.add(connection)
                continue
            is_in_one = ids is not None and event.place_of(connection.viewer) in ids
            own = connection.viewer in apart or is_in_one
            connection.send(self._floor_frame(connection.viewer, ids) if own else shared)

    def _floor_frame(self, viewer: str, ids: set[str] | None = None) -> Frame:
        evening = self._evening
        return text_frame(encode(floor(evening.event, evening.register, viewer, ids)))

    # Boards

    def _send_boards(self) -> None:
        rooms, parts = self._dirty_rooms, self._dirty_parts
        self._dirty_rooms, self._dirty_parts = set(), set()
        if not self._held.staff:
            return
        evening = self._evening
        message = board_change(evening.event, evening.register, rooms, parts, self._wrote)
        frame = text_frame(encode(message))
        for one in self._held.staff:
            if one.is_waiting:
                # Changes build on each other; a slow console gets a whole board once it has read.
                self._stale_boards.add(one)
            else:
                one.send(frame if one.is_host else self._for_helpers(message))

    def _send_board(self, host: Connection) -> None:
        evening = self._evening
        message = board(evening.event, evening.register, self._wrote)
        frame = text_frame(encode(message)) if host.is_host else self._for_helpers(message)
        host.send(frame, "board")

    @staticmethod
    def _for_helpers(message: Board | BoardChange) -> Frame:
        """Returns a board as helpers see it: reports are for hosts and organiser only (rule 13)."""
        return text_frame(encode(replace(message, parts=replace(message.parts, reports=UNSET))))


class _Timer:
    """Calls `act` once after `set`, and not again before `seconds` have passed."""

    def __init__(self, seconds: float, act: Callable[[], None]) -> None:
        self._seconds = seconds
        self._act = act
        self._acted_at = float("-inf")
        self._handle: asyncio.TimerHandle | None = None

    def set(self) -> None:
        """Has `act` called in a later step of the loop: at once, if it was not called of late."""
        if self._handle is None:
            loop = asyncio.get_running_loop()
            wait = max(0.0, self._acted_at + self._seconds - loop.time())
            self._handle = loop.call_later(wait, self._run)

    def stop(self) -> None:
        """Takes back a `set`."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _run(self) -> None:
        self._handle = None
        self._acted_at = asyncio.get_running_loop().time()
        self._act()
