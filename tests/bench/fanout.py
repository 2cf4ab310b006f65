"""How long telling one fact to everybody takes, beside a bare write loop and beside ASGI's send.

Real sockets: so many clients in a process of their own, a server in this one. Each turn tells one
announcement to all; measured is the time this process is busy with it (until the loop is free
again), as a median over the turns.

    python -m tests.bench fanout [CONNECTIONS] [TURNS]
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import resource
import secrets
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import cast

import uvloop
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketState

from rooms import facts as f
from rooms.apply import apply
from rooms.event import Event
from rooms.people import Attendee, Details, Mode, Register, Role, Text, attendee_key, text_key
from rooms.programme import Plan, planned_round
from server.evenings import Evening, Tip
from server.hub import Hub
from server.journal import ChatEntry
from server.media import Ways
from server.metrics import Metrics
from server.outbox import Connection
from server.serving import Server, listen
from server.settings import Settings
from server.transport import Line, line_of, text_frame

NOW = 1_800_000_000_000
WORDS = "Tea is served in the hall. The next round begins in five minutes. " * 3


class Held:
    """An evening in memory, with one attendee for each connection."""

    def __init__(self, connections: int) -> None:
        self.id = "evening22222"
        self.event = Event(self.id)
        self.register = Register({"e": Details(title="Tea"), text_key("t"): Text(text=WORDS)})
        self.tip = Tip("1-0", "0-0")
        self.chat: list[tuple[str, ChatEntry]] = []
        apply(self.event, f.EventCreated(at=NOW, plan=Plan(rounds=(planned_round(),))))
        for i in range(connections):
            id = f"a{i}"
            self.register.write({attendee_key(id): Attendee(id=id, name=id)})
            apply(self.event, f.AttendeeAdded(at=NOW, id=id, role=Role.ATTENDEE, mode=Mode.ONLINE))

    def listen(self, hub: Hub) -> None:
        """The measurement tells the hub itself."""

    def next(self) -> f.AnyFact:
        """Folds one more announcement."""
        self.tip = Tip(f"{int(self.tip.journal[:-2]) + 1}-0", "0-0")
        fact = f.Announced(at=NOW, id="t", by="a0")
        apply(self.event, fact)
        return fact


async def measure(connections: int, turns: int) -> None:
    """Connects all and prints three medians."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (connections * 2 + 200,) * 2)
    evening = Held(connections)
    hub = Hub(lambda: NOW, Ways(Settings()), Metrics())
    hub.open(cast(Evening, evening))
    gathering = hub.gathering(evening.id)
    lines: list[Line] = []
    sockets: list[WebSocket] = []
    everybody = asyncio.Event()

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        id = f"a{len(lines)}"
        line = line_of(websocket.scope)
        lines.append(line)
        sockets.append(websocket)
        connection = Connection(f"c{id}", id, Role.ATTENDEE, line)
        apply(evening.event, f.Connected(at=NOW, id=id, connection=connection.id, node="n"))
        gathering.attach(connection, None)
        if len(lines) == connections:
            everybody.set()
        while websocket.client_state is WebSocketState.CONNECTED:
            await websocket.receive()

    @contextlib.asynccontextmanager
    async def quiet(app: Starlette):  # type: ignore[no-untyped-def]
        yield

    listener = listen("127.0.0.1", 0)
    app = Starlette(routes=[WebSocketRoute("/", endpoint)], lifespan=quiet)
    server = Alone(app)
    serving = asyncio.create_task(server.serve([listener]))
    port = listener.getsockname()[1]
    command = [sys.executable, "-m", "tests.bench.fanout", "listen", str(port), str(connections)]
    clients = await asyncio.create_subprocess_exec(*command)
    try:
        await everybody.wait()
        frame = text_frame(WORDS.encode())

        async def bare() -> None:
            for line in lines:
                line.write(frame)

        async def told() -> None:
            fact = evening.next()
            hub.fact(cast(Evening, evening), evening.tip.journal, fact)

        async def through_asgi() -> None:
            for socket in sockets:
                await socket.send_text(WORDS)

        steps = {"bare loop": bare, "the hub": told, "ASGI's send": through_asgi}
        medians = await busy(steps, turns)
        for name, median in medians.items():
            sys.stdout.write(
                f"{name:12} {median * 1000:7.2f} ms for {connections} connections, "
                f"{median / connections * 1e6:5.2f} µs each, "
                f"{median / medians['bare loop']:4.2f} times\n"
            )
    finally:
        clients.terminate()
        await clients.wait()
        server.stop()
        await serving


class Alone(Server):
    """A server without the application's parts."""

    async def shutdown(self, sockets: object = None) -> None:
        for each in self.servers:
            each.close()
        await self.lifespan.shutdown()


async def busy(steps: Mapping[str, Callable[[], Awaitable[None]]], turns: int) -> dict[str, float]:
    """Returns the median of each step's time, until what it wrote has been handed to the kernel.

    The steps take turns, so that a busy machine is equally unfair to all; the first turns warm up.
    """
    times: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(turns + 3):
        for name, step in steps.items():
            began = time.perf_counter()
            await step()
            await asyncio.sleep(0)  # uvloop writes at the end of the loop's step
            await asyncio.sleep(0)
            if turn >= 3:
                times[name].append(time.perf_counter() - began)
            await asyncio.sleep(0.05)  # the clients read
    return {name: statistics.median(each) for name, each in times.items()}


async def listen_only(port: int, connections: int) -> None:
    """Connects so often, and throws away what comes."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (connections * 2 + 200,) * 2)

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        writer.write(
            f"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while await reader.read(1 << 16):
            pass

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(one())
            await asyncio.sleep(0.0005)


def run(arguments: list[str]) -> None:
    """Runs the measurement."""
    if arguments[:1] == ["listen"]:
        uvloop.run(listen_only(int(arguments[1]), int(arguments[2])))
        return
    connections = int(arguments[0]) if arguments else 1000
    turns = int(arguments[1]) if len(arguments) > 1 else 30
    uvloop.run(measure(connections, turns))


if __name__ == "__main__":
    run(sys.argv[1:])
