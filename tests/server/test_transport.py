"""The transport, over real sockets: frames arrive, silence is known, closing is seen."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from server.transport import HIGH_WATER, MOST_BYTES, PROTOCOL, Line, line_of, text_frame

Talk = Callable[[WebSocket, Line], Awaitable[None]]


class Quiet(uvicorn.Server):
    """Uvicorn inside a test: it takes no signals."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


class Served:
    """A server with one socket route; `address` is where, `stop` ends it as a signal would."""

    def __init__(self, talk: Talk) -> None:
        async def endpoint(websocket: WebSocket) -> None:
            await websocket.accept()
            await talk(websocket, line_of(websocket.scope))

        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"ws://127.0.0.1:{self.listener.getsockname()[1]}/"
        self._server = Quiet(
            uvicorn.Config(
                Starlette(routes=[WebSocketRoute("/", endpoint)]),
                ws=PROTOCOL,
                ws_max_size=MOST_BYTES,
                ws_per_message_deflate=False,
                ws_ping_interval=None,
                log_config=None,
                timeout_graceful_shutdown=3,
            )
        )

    def stop(self) -> None:
        self._server.should_exit = True

    async def serve(self) -> None:
        await self._server.serve([self.listener])


@contextlib.asynccontextmanager
async def served(talk: Talk) -> AsyncIterator[Served]:
    server = Served(talk)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        try:
            yield server
        finally:
            server.stop()


async def stay(websocket: WebSocket, line: Line) -> None:
    """Reads until the peer is gone."""
    while websocket.client_state is WebSocketState.CONNECTED:
        await websocket.receive()


async def until(condition: Callable[[], bool]) -> None:
    """Returns once `condition` holds."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - nobody tells us when it does
            await asyncio.sleep(0.001)


async def closed(client: ClientConnection) -> int | None:
    """Returns the code with which the server closed."""
    async with asyncio.timeout(60):
        await client.wait_closed()
    return client.close_code


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536, 200_000])
async def test_a_written_frame_arrives_as_it_is_whatever_its_length(length: int) -> None:
    text = "é" * (length // 2) + "x" * (length % 2)

    async def talk(websocket: WebSocket, line: Line) -> None:
        line.write(text_frame(text.encode()))
        line.write(text_frame(b"after"))
        await stay(websocket, line)

    async with served(talk) as server, connect(server.address) as client:
        assert await client.recv() == text
        assert await client.recv() == "after"


async def test_a_message_or_a_pong_moves_the_instant_at_which_a_peer_was_heard() -> None:
    lines: list[Line] = []

    async def talk(websocket: WebSocket, line: Line) -> None:
        lines.append(line)
        while websocket.client_state is WebSocketState.CONNECTED:
            message = await websocket.receive()
            line.write(text_frame(f"heard {message.get('text')}".encode()))

    async with served(talk) as server, connect(server.address) as client:
        await client.send("one")
        assert await client.recv() == "heard one"
        line = lines[0]
        first = line.heard_at
        line.ping()
        await until(lambda: line.heard_at > first)
        second = line.heard_at
        await client.send("two")
        assert await client.recv() == "heard two"
        assert first < second < line.heard_at


async def test_closing_sends_the_code_and_drops_what_is_written_after() -> None:
    async def talk(websocket: WebSocket, line: Line) -> None:
        line.write(text_frame(b"before"))
        line.close(4502, "removed")
        assert not line.is_open
        line.write(text_frame(b"after"))
        await stay(websocket, line)

    async with served(talk) as server, connect(server.address) as client:
        assert await client.recv() == "before"
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert (client.close_code, client.close_reason) == (4502, "removed")


async def test_a_line_is_full_while_the_peer_does_not_read_and_says_when_it_drained() -> None:
    full = asyncio.Event()
    drained = asyncio.Event()
    frame = text_frame(b"x" * 10_000)
    written = 0

    async def talk(websocket: WebSocket, line: Line) -> None:
        nonlocal written
        line.on_drained = drained.set
        while not line.is_full:
            line.write(frame)
            written += 1
            await asyncio.sleep(0)
        full.set()
        await stay(websocket, line)

    async with served(talk) as server, connect(server.address, max_queue=1) as client:
        async with asyncio.timeout(60):
            await full.wait()
        assert written * len(frame) > HIGH_WATER
        assert not drained.is_set()
        async with asyncio.timeout(60):
            for _ in range(written):
                await client.recv()
            await drained.wait()


@pytest.mark.parametrize("extra", [1, 5_000_000])
async def test_a_frame_that_is_too_big_closes_with_1009_that_the_peer_sees(extra: int) -> None:
    async with served(stay) as server:
        # Not as a context: websockets 17.4 fails in close() after losing a peer while sending.
        client = await connect(server.address)
        with contextlib.suppress(ConnectionClosed):
            await client.send("x" * (MOST_BYTES + extra))
        assert await closed(client) == 1009


async def test_the_largest_frame_allowed_is_taken() -> None:
    async def talk(websocket: WebSocket, line: Line) -> None:
        line.write(text_frame(str(len(await websocket.receive_text())).encode()))
        await stay(websocket, line)

    async with served(talk) as server, connect(server.address) as client:
        await client.send("x" * MOST_BYTES)
        assert await client.recv() == str(MOST_BYTES)


async def test_a_line_that_is_cut_ends_without_a_close_frame() -> None:
    async def talk(websocket: WebSocket, line: Line) -> None:
        line.cut()
        await stay(websocket, line)

    async with served(talk) as server, connect(server.address) as client:
        assert await closed(client) == 1006


async def test_a_server_that_stops_closes_its_sockets_with_4000() -> None:
    async with served(stay) as server, connect(server.address) as client:
        server.stop()
        assert await closed(client) == 4000


async def test_a_server_stops_within_seconds_though_a_peer_reads_nothing() -> None:
    full = asyncio.Event()

    async def talk(websocket: WebSocket, line: Line) -> None:
        while not line.is_full:
            line.write(text_frame(b"x" * 60_000))
            await asyncio.sleep(0)
        full.set()
        await stay(websocket, line)

    loop = asyncio.get_running_loop()
    listener_stopped = 0.0
    server = Served(talk)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve())
        async with connect(server.address, max_queue=1, close_timeout=0.1):
            async with asyncio.timeout(60):
                await full.wait()
            asked = loop.time()
            server.stop()
            async with asyncio.timeout(60):
                await asyncio.wait([serving])
            listener_stopped = loop.time() - asked
    assert listener_stopped < 20


async def test_per_message_deflate_is_not_agreed_to() -> None:
    async def talk(websocket: WebSocket, line: Line) -> None:
        line.write(text_frame(b"plain"))
        await stay(websocket, line)

    async with served(talk) as server, connect(server.address, compression="deflate") as client:
        assert await client.recv() == "plain"
        assert client.response is not None
        assert "Sec-WebSocket-Extensions" not in client.response.headers


def test_a_scope_of_another_server_is_refused_in_words() -> None:
    with pytest.raises(LookupError, match="uvicorn"):
        line_of({"extensions": {}})
