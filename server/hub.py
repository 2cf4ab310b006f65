"""The hub: what an event's facts tell, written to the connections that this process holds.

Responsible for: telling each fact once, in order, to everybody it concerns; welcoming a connection
with a full view or with exactly what it missed; head counts and boards, which are made anew at
their own pace; closing the sockets of those who signed in elsewhere, were removed or erased, and
everybody's once the event is over.

Deliberately decides nothing (it looks at the fold after a fact, never before), and never waits:
every method is synchronous, so no fact can land between a welcome and the connection's place in
the audience. What a slow reader means is `outbox.py`'s; what was told of late is `recent.py`'s.

Invariants:
- A message is encoded once, however many hear it; its `tip` stands on the last message that a fact
  gives each of them.
- A connection has been told everything up to every tip it was ever sent.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator

from msgspec import UNSET
from msgspec.structs import replace

from rooms import facts as f
from rooms.board import board, board_change, touches
from rooms.company import faces
from rooms.event import Event
from rooms.floor import is_open
from rooms.messages import (
    LOBBY,
    Audience,
    Board,
    BoardChange,
    Everyone,
    Faces,
    Hosts,
    Lobby,
    MediaNow,
    MediaPolicy,
    Message,
    Notice,
    People,
    Phase,
    Room,
    Said,
    Welcome,
)
from rooms.people import HOST_ROLES, Mode, Role
from rooms.tell import tell
from rooms.view import View, floor, topics, view
from server.evenings import Evening, Tip
from server.journal import START, ChatEntry, place
from server.media import Seat, Ways
from server.metrics import Metrics
from server.outbox import Connection
from server.pulse import ELSEWHERE, IN_ROOM, Patience
from server.recent import Hearers, Recent, Telling, Told, Unseated, hears
from server.sequencer import UnknownEvent
from server.transport import text_frame
from server.wire import CloseCode, encode, with_tip

log = logging.getLogger(__name__)

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

SAID_KEPT = 50
"""Of each place, for a full view."""

NOTICE_MS = 5 * 60 * 1000
OVER_SECONDS = 60.0
"""After an event's end its sockets stay open this long."""

Frame = bytes


def most_in(event: Event, room: str) -> int:
    """Returns how many may sit in a room of the current or last round while it fills."""
    planned = event.planned
    return max(len(event.rooms[room].people), planned.most if planned else 0)


class Hub:
    """All events that this process follows, each with the connections it holds.

    `clock` gives the server's time (ms); `ways` what a viewer's page needs for sound and picture.
    """

    def __init__(
        self,
        clock: Callable[[], int],
        ways: Ways,
        metrics: Metrics,
    ) -> None:
        self.clock = clock
        self.ways = ways
        self.metrics = metrics
        self._gatherings: dict[str, Gathering] = {}

    def open(self, evening: Evening) -> None:
        """Begins to follow an event, with nobody there yet."""
        before = self._gatherings.get(evening.id)
        if before is not None:  # it was let go of, and is loaded again
            before.start_anew()
            before.stop()
        self._gatherings[evening.id] = Gathering(self, evening)
        self.metrics.events.set(len(self._gatherings))
        evening.listen(self)

    def gathering(self, event_id: str) -> Gathering:
        """Returns an event that is followed; raises UnknownEvent for any other."""
        try:
            return self._gatherings[event_id]
        except KeyError:
            raise UnknownEvent(event_id) from None

    def gatherings(self) -> Iterable[Gathering]:
        """Returns all events that are followed."""
        return self._gatherings.values()

    # What an evening calls

    def fact(self, evening: Evening, entry_id: str, fact: f.AnyFact) -> None:
        """Tells a fact that was folded just now."""
        self.metrics.facts.inc()
        with self.metrics.fan_out_seconds.time():
            self._gatherings[evening.id].fact(entry_id, fact)

    def said(self, evening: Evening, entry_id: str, entry: ChatEntry) -> None:
        """Tells what somebody said."""
        self.metrics.said.inc()
        self._gatherings[evening.id].said(entry_id, entry)

    def lost(self, evening: Evening) -> None:
        """Closes an event's sockets: what they were told may be wrong, or the event is deleted."""
        gathering = self._gatherings[evening.id]
        gathering.start_anew()
        if evening.journal_id == START:
            gathering.stop()
            del self._gatherings[evening.id]
            self.metrics.events.set(len(self._gatherings))

    # What the building calls

    def store_went(self) -> None:
        """Tells everybody held here that the store does not answer."""
        self.metrics.store_away.set(1)
        self._notice("store-away")

    def store_came_back(self) -> None:
        """Tells everybody held here that the store answers again."""
        self.metrics.store_away.set(0)
        self._notice("store-back")

    def _notice(self, code: str) -> None:
        message = Notice(sender="server", text="", at=self.clock(), code=code)
        frame = text_frame(encode(message))
        for gathering in self._gatherings.values():
            for connection in gathering.connections():
                connection.send(frame)

    def patiences(self) -> Iterator[tuple[Connection, Patience]]:
        """Yields every connection with how long it may be silent."""
        for gathering in self._gatherings.values():
            for connection in gathering.connections():
                in_room = gathering.is_in_room(connection)
                yield connection, IN_ROOM if in_room else ELSEWHERE

    def close_all(self, code: CloseCode) -> None:
        """Closes every socket."""
        for gathering in self._gatherings.values():
            gathering.close(gathering.connections(), code)

    def stop(self) -> None:
        """Ends all timers."""
        for gathering in self._gatherings.values():
            gathering.stop()


class Gathering:
    """One event's connections in this process, and what they were told."""

    def __init__(self, hub: Hub, evening: Evening) -> None:
        self._hub = hub
        self.evening = evening
        self._connections: dict[str, Connection] = {}
        self._by_viewer: dict[str, list[Connection]] = {}
        self._hosts: list[Connection] = []
        self._staff: list[Connection] = []
        self._recent = _recent_from(evening.tip)
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
        self._over: asyncio.TimerHandle | None = None

    # Who is here

    def connections(self) -> list[Connection]:
        """Returns the sockets held here."""
        return list(self._connections.values())

    def of(self, viewer: str) -> list[Connection]:
        """Returns one viewer's sockets held here."""
        return list(self._by_viewer.get(viewer, ()))

    def is_in_room(self, connection: Connection) -> bool:
        """Says whether a socket's viewer has a seat now."""
        person = self.evening.event.people.get(connection.viewer)
        return person is not None and person.seat is not None

    def attach(self, connection: Connection, after: Tip | None) -> None:
        """Welcomes a connection whose `Connect` is durable, and tells it all from now on.

        `after` is the tip it was told up to, if it has one and its session; a full view is given
        where what came since is not all kept here.
        """
        code = self._why_not(connection)
        if code is not None:
            self.close([connection], code)
            return
        resumed = after is not None and self._covers(after)
        if not resumed:
            connection.session = secrets.token_urlsafe(12)
        # One piece: a replay is never cut in two by the outbox's limit.
        frames = self._resumed(connection, after) if after and resumed else self._whole(connection)
        connection.send(b"".join(frames))
        self._connections[connection.id] = connection
        self._by_viewer.setdefault(connection.viewer, []).append(connection)
        self._hub.metrics.connections.inc()
        if after is not None:
            self._hub.metrics.resumes.labels("missed" if resumed else "full view").inc()
        if resumed:
            connection.send(self._count_frame(), LOBBY)
        self._show_faces([connection])
        if self.evening.event.topics_round is not None:
            connection.send(self._topics_frame(), "topics")
        if is_open(self.evening.event):
            connection.send(self._floor_frame(connection.viewer), "floor")
        connection.on_drained = lambda: self._renew(connection)
        if connection.is_host:
            self._hosts.append(connection)
        if connection.sees_board:
            self._staff.append(connection)
            self._send_board(connection)
        self._look_at_end()

    def detach(self, connection: Connection) -> None:
        """Forgets a connection that has ended; one that was never attached does no harm."""
        if self._connections.pop(connection.id, None) is None:
            return
        self._hub.metrics.connections.dec()
        theirs = self._by_viewer[connection.viewer]
        theirs.remove(connection)
        if not theirs:
            del self._by_viewer[connection.viewer]
        if connection.is_host:
            self._hosts.remove(connection)
        if connection.sees_board:
            self._staff.remove(connection)
            self._stale_boards.discard(connection)
        self._stale_floors.discard(connection)

    def close(self, connections: Iterable[Connection], code: CloseCode) -> None:
        """Closes some sockets; they are told nothing any more."""
        for connection in list(connections):
            connection.close(code)
            self.detach(connection)

    def _why_not(self, connection: Connection) -> CloseCode | None:
        """Says with which code a connection is to be closed that came, but may not stay."""
        event = self.evening.event
        person = event.people.get(connection.viewer)
        if person is None:
            return None  # the organiser, whom the event does not list
        if person.removed_at is not None:
            return CloseCode.REMOVED
        if person.erased:
            return CloseCode.NOT_ALLOWED
        if person.link_ended_at is not None and connection.began_at < person.link_ended_at:
            # It was let in by a link that was revoked before it was here.
            return CloseCode.NOT_ALLOWED
        if all(link.connection != connection.id for link in person.connections):
            # Between its `Connect` and now another tab, or the loss of this process, ended it.
            return CloseCode.SIGNED_IN_ELSEWHERE if person.connections else CloseCode.SHUTTING_DOWN
        return None

    # Welcoming

    def _resumed(self, connection: Connection, after: Tip) -> Iterator[Frame]:
        """Yields the welcome of somebody who comes back, and all that they missed."""
        seen = self._view(connection)
        yield text_frame(
            encode(
                Welcome(
                    session=connection.session,
                    # Their own, not ours: if the socket drops amidst the rest, that stays missed.
                    tip=str(after),
                    now=self._hub.clock(),
                    resumed=True,
                    you=seen.you,
                    media=self._media(connection),
                )
            )
        )
        journal, chat = place(after.journal), place(after.chat)
        yield from self._recent.frames(journal, chat, connection.viewer, connection.is_host)

    def _whole(self, connection: Connection) -> Iterator[Frame]:
        """Yields the welcome with a full view, and what belongs to it."""
        seen = self._view(connection)
        tip = str(self.evening.tip)
        yield text_frame(
            encode(
                Welcome(
                    session=connection.session,
                    tip=tip,
                    now=self._hub.clock(),
                    resumed=False,
                    you=seen.you,
                    event=seen.event,
                    room=seen.room,
                    contacts=seen.contacts,
                    media=self._media(connection),
                )
            )
        )
        for message in (*seen.then, *self._history(connection)):
            yield text_frame(with_tip(encode(message), tip))

    def _view(self, connection: Connection) -> View:
        evening = self.evening
        seen = view(evening.event, evening.register, connection.viewer, self._hub.clock())
        if connection.viewer in evening.event.people:
            return seen
        # The organiser, who is at every event and in no event's list of people.
        return replace(seen, you=replace(seen.you, role=Role.ORGANISER))

    def _covers(self, after: Tip) -> bool:
        tip = self.evening.tip
        journal, chat = place(after.journal), place(after.chat)
        # A tip that is ahead of ours is one of a store that lost entries since.
        is_past = journal <= place(tip.journal) and chat <= place(tip.chat)
        return is_past and self._recent.covers(journal, chat)

    def _history(self, connection: Connection) -> list[Message]:
        """Returns the last of what was said where a viewer is, and what hosts announced of late."""
        evening = self.evening
        person = evening.event.people.get(connection.viewer)
        here = (evening.event.place_of(person.id) if person else None) or LOBBY
        told: list[tuple[int, Message]] = []
        for id, entry in reversed(evening.chat):
            if entry.room == here:
                told.append((entry.at, self._said(id, entry)))
                if len(told) == SAID_KEPT:
                    break
        told.reverse()
        since = self._hub.clock() - NOTICE_MS
        for announced in evening.event.announcements:
            if announced.at >= since:
                for audience, message in tell(evening.event, evening.register, announced):
                    if isinstance(message, Notice) and self._is_for(audience, connection):
                        told.append((message.at, message))
        told.sort(key=lambda each: each[0])
        return [message for _, message in told]

    def _is_for(self, audience: Audience, connection: Connection) -> bool:
        return hears(audience, connection.viewer, connection.is_host)

    # Telling

    def fact(self, entry_id: str, fact: f.AnyFact) -> None:
        """Tells a fact that was folded just now, and does to the sockets what follows from it."""
        evening = self.evening
        try:
            told = tell(evening.event, evening.register, fact)
            self._tell_media(told)
            # Head counts have a pace of their own, which `_count` keeps.
            self._tell((t for t in told if not isinstance(t[1], Lobby)), entry_id, fact.at)
            self._mark_boards(fact)
        except Exception:
            # Our own bug. Nobody may go on with a part of what happened: they get a full view.
            log.exception("Telling %s failed; the event's sockets are closed.", type(fact).__name__)
            self._hub.metrics.bugs.inc()
            self.start_anew()
            return
        if len(evening.event.present) != self._counted or isinstance(fact, CHANGES_FACES):
            self._count.set()
        if isinstance(fact, TOPIC_FACTS):
            self._topics.set()
        self._mark_floor(fact)
        self._follow_up(fact)

    def said(self, entry_id: str, entry: ChatEntry) -> None:
        """Tells what somebody said to those who are where they said it."""
        event = self.evening.event
        hearers: Hearers
        if entry.room == LOBBY:
            seated = (id for room in event.holding for id in event.rooms[room].people)
            hearers = Unseated(frozenset(seated))
        else:
            room = event.rooms.get(entry.room)
            hearers = People(event.those_in(room) if room is not None else ())
            self._wrote_in(entry)
        self._tell([(hearers, self._said(entry_id, entry))], entry_id, entry.at, is_chat=True)

    def _wrote_in(self, entry: ChatEntry) -> None:
        """Notes that a room is not silent; boards learn it now and then, and never the words."""
        before = self._wrote.get(entry.room, 0)
        if entry.at - before >= WROTE_MS:
            self._wrote[entry.room] = entry.at
            if self._staff:
                self._dirty_rooms.add(entry.room)
                self._boards.set()

    def _said(self, entry_id: str, entry: ChatEntry) -> Said:
        return Said(
            id=entry_id,
            sender=entry.sender,
            room=entry.room,
            text=entry.text,
            at=entry.at,
            name=self.evening.register.attendee(entry.sender).name,
        )

    def _tell(
        self,
        told: Iterable[tuple[Hearers, Message]],
        entry_id: str,
        at: int,
        *,
        is_chat: bool = False,
    ) -> None:
        tip = str(self.evening.tip)
        tellings = tuple(Telling(hearers, message, tip) for hearers, message in told)
        if not tellings:
            return
        self._recent.keep(
            Told(
                place=place(entry_id),
                is_chat=is_chat,
                tellings=tellings,
                kept_at=asyncio.get_running_loop().time(),
                at=at,
                bytes=sum(len(each.payload) for each in tellings),
            )
        )
        if not self._connections:
            return
        heard = [(each, self._who_hears(each.hearers)) for each in tellings]
        last: dict[Connection, Telling] = {}
        for telling, connections in heard:
            for connection in connections:
                last[connection] = telling
        for telling, connections in heard:
            for connection in connections:
                is_last = last[connection] is telling
                connection.send(telling.tipped if is_last else telling.plain)
            self._hub.metrics.frames.inc(len(connections))

    def _tell_media(self, told: list[tuple[Audience, Message]]) -> None:
        """Tells those who come into a new room what its sound and picture need, before the room."""
        for audience, message in told:
            if not isinstance(message, Room):
                continue
            for connection in self._who_hears(audience):
                if connection.media_room != message.id:
                    self._renew_media(connection)

    def _renew_media(self, connection: Connection) -> None:
        seat, now = self._seat(connection.viewer), self._hub.clock()
        if seat is None:
            return
        connection.media_room = seat.room
        if self._hub.ways.is_due(seat, connection.media_at, now):
            needed = self._media(connection)
            message = MediaNow(
                policy=needed.policy,
                ice_servers=needed.ice_servers,
                relay=needed.relay,
                ticket=needed.ticket,
            )
            connection.send(text_frame(encode(message)))

    def _media(self, connection: Connection) -> MediaPolicy:
        seat, now = self._seat(connection.viewer), self._hub.clock()
        connection.media_at, connection.media_room = now, seat.room if seat else ""
        return self._hub.ways.policy(connection.viewer, seat, now)

    def _seat(self, viewer: str) -> Seat | None:
        """Returns where somebody is to be heard; on site one's phone sends no sound (rule 26)."""
        event = self.evening.event
        person = event.people.get(viewer)
        place = event.place_of(viewer)
        if person is None or place is None:
            return None
        if person.mode is Mode.ON_SITE and person.role is not Role.STATION:
            return None
        return Seat(event.id, place, most_in(event, place), event.rooms[place].ends_at)

    def _who_hears(self, hearers: Hearers) -> list[Connection]:
        match hearers:
            case Everyone():
                return list(self._connections.values())
            case Hosts():
                return list(self._hosts)
            case People(ids):
                found = (self._by_viewer.get(id, ()) for id in dict.fromkeys(ids))
                return [connection for theirs in found for connection in theirs]
            case Unseated(seated):
                return [c for c in self._connections.values() if c.viewer not in seated]

    # What follows for sockets

    def _follow_up(self, fact: f.AnyFact) -> None:
        match fact:
            case f.Connected(id=viewer, connection=newest):
                person = self.evening.event.people.get(viewer)
                if person is not None and person.role not in HOST_ROLES:
                    older = [c for c in self.of(viewer) if c.id != newest]
                    self.close(older, CloseCode.SIGNED_IN_ELSEWHERE)
            case f.Disconnected(id=viewer, connection=ended, on_purpose=True):
                # The tab that left says goodbye itself; a host's other tabs leave with it.
                others = (c for c in self.of(viewer) if c.id == ended and not c.is_leaving)
                self.close(others, CloseCode.LEFT)
            case f.ProfileChanged(id=viewer, role=Role() as role) if role not in HOST_ROLES:
                # A host, or a helper, no more: they come back, and see no board.
                were = (c for c in self.of(viewer) if c.sees_board)
                self.close(were, CloseCode.SHUTTING_DOWN)
            case f.Readmitted(id=viewer):
                self._show_faces(self.of(viewer))
            case f.LinkEnded(id=viewer):
                self.close(self.of(viewer), CloseCode.NOT_ALLOWED)
            case f.Removed(id=viewer):
                self.close(self.of(viewer), CloseCode.REMOVED)
            case f.Erased(id=viewer):
                self.close(self.of(viewer), CloseCode.NOT_ALLOWED)
                self._recent = _recent_from(self.evening.tip)
            case f.EventEnded():
                self._look_at_end()

    def _look_at_end(self) -> None:
        """Closes everybody's socket a minute after the event's end, latecomers' too."""
        event = self.evening.event
        if event.phase is not Phase.ENDED or event.ended_at is None:
            return
        left = OVER_SECONDS - (self._hub.clock() - event.ended_at) / 1000
        if self._over is not None:
            self._over.cancel()
        self._over = asyncio.get_running_loop().call_later(max(0.0, left), self._end)

    def _end(self) -> None:
        self.close(self.connections(), CloseCode.EVENT_OVER)

    def start_anew(self) -> None:
        """Closes the sockets with a code that says come back, and forgets what was told."""
        self._recent = _recent_from(self.evening.tip)
        self.close(self.connections(), CloseCode.STATE_LOST)

    def stop(self) -> None:
        """Ends the timers."""
        for timer in (self._count, self._boards, self._topics, self._floor):
            timer.stop()
        if self._over is not None:
            self._over.cancel()

    # Counts and boards

    def _send_count(self) -> None:
        present = len(self.evening.event.present)
        if present != self._counted:
            self._counted = present
            frame = self._count_frame()
            for connection in self._connections.values():
                connection.send(frame, LOBBY)
        shown = faces(self.evening.event, self.evening.register)
        if shown != self._faces:
            self._faces = shown
            self._show_faces(self._connections.values(), even_none=True)

    def _show_faces(self, connections: Iterable[Connection], *, even_none: bool = False) -> None:
        """Shows who is here and allows it; newcomers who wait for a host's yes see nobody yet."""
        if not self._faces.people and not even_none:
            return
        frame = text_frame(encode(self._faces))
        people = self.evening.event.people
        for connection in connections:
            viewer = people.get(connection.viewer)
            if viewer is None or not viewer.waits_for_yes:
                connection.send(frame, FACES)

    def _count_frame(self) -> Frame:
        message = Lobby(present=len(self.evening.event.present))
        return text_frame(with_tip(encode(message), str(self.evening.tip)))

    def _send_topics(self) -> None:
        frame = self._topics_frame()
        for connection in self._connections.values():
            connection.send(frame, "topics")

    def _topics_frame(self) -> Frame:
        return text_frame(encode(topics(self.evening.event, self.evening.register)))

    def _mark_floor(self, fact: f.AnyFact) -> None:
        """Notes which rooms of an open floor a fact changed."""
        event = self.evening.event
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
        event = self.evening.event
        if not is_open(event):
            return
        apart = {id for pair in event.blocks for id in pair}
        shared = self._floor_frame("", ids)
        for connection in self._connections.values():
            if connection.is_waiting:
                # Changes build on each other; a slow page gets the whole floor once it has read.
                self._stale_floors.add(connection)
                continue
            is_in_one = ids is not None and event.place_of(connection.viewer) in ids
            own = connection.viewer in apart or is_in_one
            connection.send(self._floor_frame(connection.viewer, ids) if own else shared)

    def _floor_frame(self, viewer: str, ids: set[str] | None = None) -> Frame:
        evening = self.evening
        return text_frame(encode(floor(evening.event, evening.register, viewer, ids)))

    def _mark_boards(self, fact: f.AnyFact) -> None:
        if isinstance(fact, f.SeatingFixed):
            self._wrote = {}
        if not self._staff:
            return
        rooms, parts = touches(self.evening.event, fact)
        if rooms or parts:
            self._dirty_rooms |= rooms
            self._dirty_parts |= parts
            self._boards.set()

    def _send_boards(self) -> None:
        rooms, parts = self._dirty_rooms, self._dirty_parts
        self._dirty_rooms, self._dirty_parts = set(), set()
        if not self._staff:
            return
        evening = self.evening
        message = board_change(evening.event, evening.register, rooms, parts, self._wrote)
        frame = text_frame(encode(message))
        for one in self._staff:
            if one.is_waiting:
                # Changes build on each other; a slow console gets a whole board once it has read.
                self._stale_boards.add(one)
            else:
                one.send(frame if one.is_host else self._for_helpers(message))

    def _renew(self, connection: Connection) -> None:
        """Sends whole what a slow reader missed changes of."""
        if connection in self._stale_floors:
            self._stale_floors.discard(connection)
            if is_open(self.evening.event):
                connection.send(self._floor_frame(connection.viewer), "floor")
        if connection in self._stale_boards:
            self._stale_boards.discard(connection)
            self._send_board(connection)

    def _send_board(self, host: Connection) -> None:
        evening = self.evening
        message = board(evening.event, evening.register, self._wrote)
        frame = text_frame(encode(message)) if host.is_host else self._for_helpers(message)
        host.send(frame, "board")

    @staticmethod
    def _for_helpers(message: Board | BoardChange) -> Frame:
        """Returns a board as helpers see it: reports are for hosts and organiser only (rule 13)."""
        return text_frame(encode(replace(message, parts=replace(message.parts, reports=UNSET))))


def _recent_from(tip: Tip) -> Recent:
    return Recent(place(tip.journal), place(tip.chat))


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
