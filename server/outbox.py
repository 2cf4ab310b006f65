"""One connection as the hub sees it: whose it is, and what waits for a peer that reads slowly.

Responsible for never waiting and never growing: frames go straight to the line while it takes
them; above its high-water mark they wait in a bounded outbox, in which a replaceable message (a
head count, a board) takes the place of its predecessor; a full outbox closes with 4001.

Deliberately knows no message: frames are bytes, `key` names what a frame replaces.

Invariants: frames leave in the order in which they were sent, a replaceable one in the place of
its latest (its `tip` speaks for everything before it); nothing leaves after a close.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from rooms.people import HOST_ROLES, STAFF_ROLES, Role
from server.transport import Line
from server.wire import CloseCode

MOST_FRAMES = 256
MOST_BYTES = 1024 * 1024
"""What may wait for one connection: some minutes of an evening for somebody in a tunnel."""


class Connection:
    """One accepted WebSocket of one viewer.

    `gone_at` (ms) is set when the connection went silent: the instant it was last heard.
    """

    __slots__ = (
        "_outbox", "_waiting_bytes", "began_at", "gone_at", "id", "is_host", "is_leaving", "line",
        "media_at", "media_room", "on_close", "on_drained", "pinged_at", "sees_board", "session",
        "ticks", "viewer",
    )  # fmt: skip

    def __init__(self, id: str, viewer: str, role: Role, line: Line, session: str = "") -> None:
        self.id = id
        self.viewer = viewer
        self.is_host = role in HOST_ROLES
        self.sees_board = role in STAFF_ROLES
        self.began_at = 0
        """When its viewer was let in by a key or cookie (ms)."""
        self.session = session
        self.line = line
        self.is_leaving = False
        """Its viewer leaves by it, and it says goodbye itself."""
        self.gone_at: int | None = None
        self.media_at = 0
        """When it was last told what its page needs for sound and picture (ms), ..."""
        self.media_room = ""
        """... and for which room."""
        self.pinged_at: float | None = None
        self.ticks = 0
        self.on_drained: Callable[[], None] | None = None
        """Called when the outbox has emptied."""
        self.on_close: Callable[[CloseCode], None] | None = None
        """Told the code with which this side closes."""
        self._outbox: deque[tuple[str | None, bytes]] = deque()
        self._waiting_bytes = 0
        line.on_drained = self._flush

    @property
    def is_waiting(self) -> bool:
        """Whether the peer reads more slowly than it is written to."""
        return self.line.is_full or bool(self._outbox)

    def send(self, frame: bytes, key: str | None = None) -> None:
        """Sends a frame, now or once the peer has read; `key` marks one that replaces another."""
        if not self.is_waiting:
            self.line.write(frame)
            return
        if not self.line.is_open:
            return
        if key is not None:
            self._drop(key)
        full = len(self._outbox) >= MOST_FRAMES
        # One frame alone may be larger than the outbox: a board of ten thousand people.
        if full or (self._outbox and self._waiting_bytes + len(frame) > MOST_BYTES):
            self._outbox.clear()
            self.close(CloseCode.TOO_SLOW)
            return
        self._outbox.append((key, frame))
        self._waiting_bytes += len(frame)

    def close(self, code: CloseCode) -> None:
        """Sends what waits, then a close frame; a second close does nothing."""
        if not self.line.is_open:
            return
        while self._outbox:
            self.line.write(self._outbox.popleft()[1])
        self._waiting_bytes = 0
        if self.on_close is not None:
            self.on_close(code)
        self.line.close(code)

    def _drop(self, key: str) -> None:
        for index, (other, frame) in enumerate(self._outbox):
            if other == key:
                del self._outbox[index]
                self._waiting_bytes -= len(frame)
                return

    def _flush(self) -> None:
        while self._outbox and not self.line.is_full:
            _, frame = self._outbox.popleft()
            self._waiting_bytes -= len(frame)
            self.line.write(frame)
        if not self._outbox and not self.line.is_full and self.on_drained is not None:
            self.on_drained()
