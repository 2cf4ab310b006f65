"""One WebSocket's transport: uvicorn's protocol class, opened to the hub.

Responsible for: writing ready-made frames, pinging, knowing when the peer was last heard, saying
when the peer reads too slowly, and closing without waiting. Uvicorn is given this class by import
string (`PROTOCOL`); an application finds the connection's `Line` in its ASGI scope (`line_of`).

Deliberately knows nothing of messages, people or queues: what is written here leaves as it is, and
whoever ignores `is_full` fills memory. Receiving stays with ASGI, whose back-pressure is right.

Invariants: a frame is written whole or not at all; nothing is written after a close frame; no
method waits. Written for uvicorn 0.52 to 0.54 (`websockets-sansio`), whose fields it uses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.http11 import Request
from websockets.protocol import State

PROTOCOL = "server.transport:SocketProtocol"
"""What uvicorn's `ws` setting takes."""

EXTENSION = "meguri.transport"

MOST_BYTES = 64 * 1024
"""The largest frame taken from a client; a larger one closes with 1009 (`ws_max_size`)."""

HIGH_WATER = 64 * 1024
LOW_WATER = 16 * 1024
"""Bytes waiting in the write buffer at which a line becomes full, and is free again."""

CLOSE_PATIENCE = 10.0
"""Seconds for the peer's closing reply; then the connection is cut, read or not."""

SHUTDOWN_PATIENCE = 1.5
"""The same while the server stops: it has promised to be gone within a couple of seconds."""

SHUTTING_DOWN = 4000
"""`wire.CloseCode.SHUTTING_DOWN`; this file knows no contract, and is told it as a number."""

_PING = b"\x89\x00"


def text_frame(payload: bytes) -> bytes:
    """Returns `payload` (UTF-8) as one final, unmasked, uncompressed text frame (RFC 6455, 5.2).

    >>> text_frame(b"{}")
    b'\\x81\\x02{}'
    """
    length = len(payload)
    if length < 126:
        return bytes((0x81, length)) + payload
    if length < 65536:
        return b"\x81\x7e" + length.to_bytes(2, "big") + payload
    return b"\x81\x7f" + length.to_bytes(8, "big") + payload


class Line(Protocol):
    """What the hub may do with one accepted WebSocket; none of it waits.

    `heard_at` is the loop's time (seconds) of the last bytes from the peer: a frame or a pong.
    """

    heard_at: float
    on_drained: Callable[[], None] | None
    """Called once each time the write buffer has fallen below the low-water mark."""

    @property
    def is_open(self) -> bool:
        """Whether frames may still be written."""

    @property
    def is_full(self) -> bool:
        """Whether more bytes wait than the high-water mark allows."""

    def write(self, frame: bytes) -> None:
        """Hands one whole frame to the transport; after a close it is dropped."""

    def ping(self) -> None:
        """Asks the peer for a pong."""

    def close(self, code: int, reason: str = "") -> None:
        """Sends a close frame; the peer has `CLOSE_PATIENCE` to answer it."""

    def cut(self) -> None:
        """Ends the connection without a closing handshake: nobody is there to answer it."""


class SocketProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket protocol, which is its own `Line`."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.heard_at = self.loop.time()
        self.on_drained: Callable[[], None] | None = None
        self.is_full = False
        self.is_failing = False

    # What the hub uses

    @property
    def is_open(self) -> bool:
        return not (self.close_sent or self.disconnected or self.transport.is_closing())

    def write(self, frame: bytes) -> None:
        if self.is_open:
            self.transport.write(frame)

    def ping(self) -> None:
        if self.is_open:
            self.transport.write(_PING)

    def close(self, code: int, reason: str = "") -> None:
        self._close(code, reason, CLOSE_PATIENCE)

    def cut(self) -> None:
        if self.disconnected:
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006, "reason": ""})
        self.transport.abort()

    def _close(self, code: int, reason: str, patience: float) -> None:
        if not self.is_open or self.conn.state is not State.OPEN:
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self._await_reply(patience)

    def _await_reply(self, patience: float) -> None:
        """Goes on reading until the peer has answered: closing with bytes unread resets the
        connection, and the reset overtakes the close frame, whose code then is never seen."""
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(patience, self.transport.abort)

    # What uvicorn and the event loop call

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.handshake_complete:
            return  # the request was no WebSocket handshake, and has been answered
        self.transport.set_write_buffer_limits(high=HIGH_WATER, low=LOW_WATER)
        # The application's task begins in the loop's next step: it sees this.
        extensions = cast("dict[str, dict[str, Line]]", self.scope["extensions"])
        extensions[EXTENSION] = {"line": self}

    def data_received(self, data: bytes) -> None:
        self.heard_at = self.loop.time()
        if not self.is_failing:
            super().data_received(data)

    def handle_parser_exception(self) -> None:
        close = self.conn.close_sent
        assert close is not None, "a failed connection has sent its close frame"
        self.is_failing = True
        self.queue.put_nowait(
            {"type": "websocket.disconnect", "code": close.code, "reason": close.reason}
        )
        self.transport.write(b"".join(self.conn.data_to_send()))
        self._await_reply(SHUTDOWN_PATIENCE)
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.is_full = True

    def resume_writing(self) -> None:
        super().resume_writing()
        self.is_full = False
        if self.on_drained is not None:
            self.on_drained()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.is_full = False
        self.on_drained = None

    def shutdown(self) -> None:
        if not self.handshake_complete:
            super().shutdown()
        elif self.is_open:
            self._close(SHUTTING_DOWN, "", SHUTDOWN_PATIENCE)
        elif self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(SHUTDOWN_PATIENCE, self.transport.abort)


def line_of(scope: Mapping[str, Any]) -> Line:
    """Returns the line of an ASGI scope; raises LookupError under a server without it."""
    try:
        return cast(Line, scope["extensions"][EXTENSION]["line"])
    except KeyError:
        raise LookupError("Sockets need uvicorn with ws=server.transport:SocketProtocol.") from None
