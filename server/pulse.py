"""The pulse: pings connections and gives up those from which nothing is heard any more.

Responsible for noticing that somebody is gone whose network never said so. In a room that matters
within seconds, since minutes together come from it (rule 22): a ping after 2 s of silence, the end
2 s later, as of the instant the connection was last heard. Elsewhere 20 s each.

Deliberately writes no fact: it cuts the line, and whoever serves the socket says so.

Invariant: silence counts only while this process listens. After a stall of its own (a suspended
laptop, a busy machine) what the peers sent waits unread, and is read before anybody is given up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from msgspec import Struct

from server.outbox import Connection

TICK = 0.25
"""Seconds between two looks."""


class Patience(Struct, frozen=True):
    """Seconds of silence before a ping, and after it before the end."""

    before: float
    after: float


IN_ROOM = Patience(2.0, 2.0)
ELSEWHERE = Patience(20.0, 20.0)


class Pulse:
    """Looks at all connections again and again. `clock` gives the server's time (ms)."""

    def __init__(
        self,
        connections: Callable[[], Iterable[tuple[Connection, Patience]]],
        clock: Callable[[], int],
        gave_up: Callable[[], None],
    ) -> None:
        self._connections = connections
        self._clock = clock
        self._gave_up = gave_up
        self._looked_at: float | None = None

    async def run(self) -> None:
        """Looks until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TICK)
            self.look(loop.time())

    def look(self, now: float) -> None:
        """Looks once. `now`: the loop's time in seconds."""
        stalled = self._looked_at is not None and now - self._looked_at > 2 * TICK
        self._looked_at = now
        for connection, patience in self._connections():
            self._look_at(connection, patience, now, stalled)

    def _look_at(
        self, connection: Connection, patience: Patience, now: float, stalled: bool
    ) -> None:
        line = connection.line
        pinged_at = connection.pinged_at
        # `>=`: uvloop's clock counts whole milliseconds, and a pong on a fast line takes less.
        if pinged_at is None or line.heard_at >= pinged_at:
            connection.pinged_at = None
            if now - line.heard_at >= patience.before:
                line.ping()
                connection.pinged_at = now
                connection.ticks = 0
        elif not stalled:
            connection.ticks += 1
            if connection.ticks * TICK >= patience.after:
                connection.gone_at = self._clock() - round((now - line.heard_at) * 1000)
                self._gave_up()
                line.cut()
