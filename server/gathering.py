"""One event's connections in this process, and what they are told.

Responsible for telling each fact once, in order, to everybody it concerns; for welcoming a
connection with a full view or with exactly what it missed; for closing the sockets of those who
signed in elsewhere, were removed or erased, and everybody's once the event is over.

Deliberately decides nothing (it looks at the fold after a fact, never before), and never waits:
every method is synchronous, so no fact can land between a welcome and the connection's place in
the audience. What a slow reader means is `outbox.py`'s; what was told of late is `recent.py`'s;
what is shown anew at its own pace is `displays.py`'s.

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

from rooms import facts as f
from rooms.event import Event
from rooms.messages import (
    LOBBY,
    Audience,
    Lobby,
    MediaNow,
    MediaPolicy,
    Message,
    People,
    Phase,
    Room,
)
from rooms.people import HOST_ROLES, Mode, Role
from rooms.tell import tell
from server.displays import Displays
from server.evenings import Evening, Tip
from server.held import Held
from server.journal import ChatEntry, place
from server.media import Seat, Ways
from server.metrics import Metrics
from server.outbox import Connection
from server.recent import Hearers, Recent, Telling, Told, Unseated
from server.transport import text_frame
from server.welcoming import resumed, said_as_told, whole
from server.wire import CloseCode, encode

log = logging.getLogger(__name__)

OVER_SECONDS = 60.0
"""After an event's end its sockets stay open this long."""

Frame = bytes


def most_in(event: Event, room: str) -> int:
    """Returns how many may sit in a room of the current or last round while it fills."""
    planned = event.planned
    return max(len(event.rooms[room].people), planned.most if planned else 0)


class Gathering:
    """One event's connections in this process, and what they were told.

    `clock` gives the server's time (ms); `ways` what a viewer's page needs for sound and picture.
    """

    def __init__(
        self, evening: Evening, clock: Callable[[], int], ways: Ways, metrics: Metrics
    ) -> None:
        self.evening = evening
        self._clock = clock
        self._ways = ways
        self._metrics = metrics
        self._held = Held()
        self.displays = Displays(evening, self._held)
        self._recent = _recent_from(evening.tip)
        self._over: asyncio.TimerHandle | None = None

    # Who is here

    def connections(self) -> list[Connection]:
        """Returns the sockets held here."""
        return list(self._held)

    def of(self, viewer: str) -> list[Connection]:
        """Returns one viewer's sockets held here."""
        return self._held.of(viewer)

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
        missed = after if after is not None and self._covers(after) else None
        if missed is None:
            connection.session = secrets.token_urlsafe(12)
        # One piece: a replay is never cut in two by the outbox's limit.
        connection.send(b"".join(self._welcome(connection, missed)))
        self._held.add(connection)
        self._metrics.connections.inc()
        if after is not None:
            self._metrics.resumes.labels("missed" if missed else "full view").inc()
        connection.on_drained = lambda: self.displays.renew(connection)
        self.displays.welcome(connection, resumed=missed is not None)
        self._look_at_end()

    def detach(self, connection: Connection) -> None:
        """Forgets a connection that has ended; one that was never attached does no harm."""
        if self._held.discard(connection):
            self._metrics.connections.dec()
            self.displays.forget(connection)

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

    def _covers(self, after: Tip) -> bool:
        tip = self.evening.tip
        journal, chat = place(after.journal), place(after.chat)
        # A tip that is ahead of ours is one of a store that lost entries since.
        is_past = journal <= place(tip.journal) and chat <= place(tip.chat)
        return is_past and self._recent.covers(journal, chat)

    def _welcome(self, connection: Connection, after: Tip | None) -> Iterator[Frame]:
        """Yields a full welcome, or (`after` a tip) one with all that was missed since."""
        media, now = self._media(connection), self._clock()
        if after is None:
            yield from whole(self.evening, connection, media, now)
            return
        yield resumed(self.evening, connection, media, now, after)
        journal, chat = place(after.journal), place(after.chat)
        yield from self._recent.frames(journal, chat, connection.viewer, connection.is_host)

    # Telling

    def fact(self, entry_id: str, fact: f.AnyFact) -> None:
        """Tells a fact that was folded just now, and does to the sockets what follows from it."""
        evening = self.evening
        try:
            told = tell(evening.event, evening.register, fact)
            self._tell_media(told)
            # Head counts have a pace of their own, which the displays keep.
            self._tell((t for t in told if not isinstance(t[1], Lobby)), entry_id, fact.at)
            self.displays.mark_boards(fact)
        except Exception:
            # Our own bug. Nobody may go on with a part of what happened: they get a full view.
            log.exception("Telling %s failed; the event's sockets are closed.", type(fact).__name__)
            self._metrics.bugs.inc()
            self.start_anew()
            return
        self.displays.mark(fact)
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
            self.displays.wrote_in(entry)
        said = said_as_told(self.evening, entry_id, entry)
        self._tell([(hearers, said)], entry_id, entry.at, is_chat=True)

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
        if not self._held:
            return
        heard = [(each, self._held.who_hears(each.hearers)) for each in tellings]
        last: dict[Connection, Telling] = {}
        for telling, connections in heard:
            for connection in connections:
                last[connection] = telling
        for telling, connections in heard:
            for connection in connections:
                is_last = last[connection] is telling
                connection.send(telling.tipped if is_last else telling.plain)
            self._metrics.frames.inc(len(connections))

    def _tell_media(self, told: list[tuple[Audience, Message]]) -> None:
        """Tells those who come into a new room what its sound and picture need, before the room."""
        for audience, message in told:
            if not isinstance(message, Room):
                continue
            for connection in self._held.who_hears(audience):
                if connection.media_room != message.id:
                    self._renew_media(connection)

    def _renew_media(self, connection: Connection) -> None:
        seat, now = self._seat(connection.viewer), self._clock()
        if seat is None:
            return
        connection.media_room = seat.room
        if self._ways.is_due(seat, connection.media_at, now):
            needed = self._media(connection)
            message = MediaNow(
                policy=needed.policy,
                ice_servers=needed.ice_servers,
                relay=needed.relay,
                ticket=needed.ticket,
            )
            connection.send(text_frame(encode(message)))

    def _media(self, connection: Connection) -> MediaPolicy:
        seat, now = self._seat(connection.viewer), self._clock()
        connection.media_at, connection.media_room = now, seat.room if seat else ""
        return self._ways.policy(connection.viewer, seat, now)

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
                self.displays.show_faces(self.of(viewer))
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
        left = OVER_SECONDS - (self._clock() - event.ended_at) / 1000
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
        self.displays.stop()
        if self._over is not None:
            self._over.cancel()


def _recent_from(tip: Tip) -> Recent:
    return Recent(place(tip.journal), place(tip.chat))
