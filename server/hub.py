"""The hub: all events that this process follows, each with the connections it holds.

Responsible for which events are followed, and for what concerns them all: the store's going and
coming, shutting down, how long sockets may be silent. What one event's connections are told is
`gathering.py`'s. Never waits: every method is synchronous.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rooms import facts as f
from rooms.messages import Notice
from server.evenings import Evening
from server.gathering import Gathering
from server.journal import START, ChatEntry
from server.media import Ways
from server.metrics import Metrics
from server.outbox import Connection
from server.pulse import ELSEWHERE, IN_ROOM, Patience
from server.sequencer import UnknownEvent
from server.transport import text_frame
from server.wire import CloseCode, encode


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
        self._gatherings[evening.id] = Gathering(evening, self.clock, self.ways, self.metrics)
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
