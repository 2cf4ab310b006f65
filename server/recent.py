"""What was told in the last five minutes, so that whoever comes back gets exactly what was missed.

Responsible for keeping messages with their audience as it was when they were told, for encoding
each once (with and without its `tip`), and for giving one viewer all that came after a tip.

Deliberately keeps nothing replaceable (counts, boards: the latest is made anew) and no signals.

Invariants: what is kept is without gaps from `since` to the end; a tip before `since` is not
covered, and whoever has it needs a full view, never a part.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msgspec import Struct

from rooms.messages import Audience, Everyone, Hosts, Message, People
from server.transport import text_frame
from server.wire import encode, with_tip

KEPT_SECONDS = 300.0
"""Five minutes: a tunnel, a lift, a laptop's lid."""

KEPT_BYTES = 32 * 1024 * 1024
"""The most that is kept of one event; beyond it, older tips get a full view."""


class Unseated(Struct, frozen=True):
    """Everybody but those who had a seat then: the lobby's audience."""

    seated: frozenset[str]


Hearers = Audience | Unseated


def hears(hearers: Hearers, viewer: str, is_host: bool) -> bool:
    """Says whether a viewer is among those a message was told to."""
    match hearers:
        case Everyone():
            return True
        case Hosts():
            return is_host
        case People(ids):
            return viewer in ids
        case Unseated(seated):
            return viewer not in seated


class Telling:
    """One message told to some hearers, encoded at most once in each of its two forms."""

    __slots__ = ("_plain", "_tipped", "hearers", "payload", "tip")

    def __init__(self, hearers: Hearers, message: Message, tip: str) -> None:
        self.hearers = hearers
        self.payload = encode(message)
        self.tip = tip
        self._plain: bytes | None = None
        self._tipped: bytes | None = None

    @property
    def plain(self) -> bytes:
        """Its frame, for those to whom the same fact tells more after this."""
        if self._plain is None:
            self._plain = text_frame(self.payload)
        return self._plain

    @property
    def tipped(self) -> bytes:
        """Its frame with the tip, for those to whom this is the fact's last message."""
        if self._tipped is None:
            self._tipped = text_frame(with_tip(self.payload, self.tip))
        return self._tipped


Place = tuple[int, int]
"""An entry's id in a stream, as something that compares by order."""


class Told(Struct, frozen=True):
    """Everything one fact, or one thing said, told; `place` is its own in its stream."""

    place: Place
    is_chat: bool
    tellings: tuple[Telling, ...]
    kept_at: float
    at: int
    """Server's time (ms)."""
    bytes: int


class Recent:
    """Five minutes of one event. `now` is the loop's time in seconds."""

    def __init__(self, journal: Place, chat: Place) -> None:
        self.since: tuple[Place, Place] = (journal, chat)
        self._told: deque[Told] = deque()
        self._bytes = 0

    def keep(self, told: Told) -> None:
        """Keeps what was told, and lets go of what is too old."""
        self._told.append(told)
        self._bytes += told.bytes
        while self._told[0].kept_at < told.kept_at - KEPT_SECONDS or self._bytes > KEPT_BYTES:
            oldest = self._told.popleft()
            self._bytes -= oldest.bytes
            journal, chat = self.since
            self.since = (journal, oldest.place) if oldest.is_chat else (oldest.place, chat)
            if not self._told:
                break

    def covers(self, journal: Place, chat: Place) -> bool:
        """Says whether everything after these places is kept."""
        return journal >= self.since[0] and chat >= self.since[1]

    def frames(self, journal: Place, chat: Place, viewer: str, is_host: bool) -> Iterator[bytes]:
        """Yields, in order, what a viewer who was told all up to these places has missed."""
        for told in self._told:
            if told.place <= (chat if told.is_chat else journal):
                continue
            heard = [each for each in told.tellings if hears(each.hearers, viewer, is_host)]
            for telling in heard[:-1]:
                yield telling.plain
            if heard:
                yield heard[-1].tipped
