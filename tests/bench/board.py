"""How soon a host's board shows a change, and what boards cost beside what attendees cost.

A real server in a process of its own; simulated people over real sockets in this one, seated in
rooms of four. They turn microphones and cameras on and off and drop and come back, at a steady
pace, in turns without a board and with two. Measured: the time from sending a change to the
`board-change` that holds it, and the server's processor time, from its own process's account.

    python -m tests.bench board [PEOPLE] [SECONDS]
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import uvloop

from server.spawning import Spawned, spawned
from tests.guests import Guest, House, guest, quick_round

KEY = "the-organiser-of-the-bench"
CHANGES_A_SECOND = 40
"""At a thousand people: everybody does something every 25 s."""

TURNS = 3
AT_ONCE = 32
SETTLE_SECONDS = 3.0
START_SECONDS = 180.0
"""A machine that is busy with other things may need so long to start a server."""


def cpu_seconds(pid: int) -> float:
    """Returns the processor time a process has used (user and system), as Linux counts it."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Crowd:
    """Everybody who changes something, one after another."""

    def __init__(self, everybody: list[Guest]) -> None:
        self._everybody = [(guest, guest.id) for guest in everybody]
        self._next = 0
        self._on: set[str] = set()
        self.sent_at: dict[tuple[str, bool], float] = {}

    async def changes(self, seconds: float) -> int:
        """Changes things at a steady pace for so long; returns how many."""
        began, done = time.monotonic(), 0
        while (now := time.monotonic()) < began + seconds:
            if done > (now - began) * CHANGES_A_SECOND:
                await asyncio.sleep(1 / CHANGES_A_SECOND)
                continue
            one, id = self._everybody[self._next % len(self._everybody)]
            self._next += 37  # not room by room
            on = one.name not in self._on
            (self._on.add if on else self._on.discard)(one.name)
            self.sent_at[id, on] = time.monotonic()
            await one.sends({"type": "media", "microphone": on, "camera": on})
            one.everything.clear()
            done += 1
        return done


class Board:
    """A host's socket that measures."""

    def __init__(self, host: Guest, crowd: Crowd) -> None:
        self.host = host
        self.waited_ms: list[float] = []
        self.bytes = 0
        self._crowd = crowd

    async def watches(self) -> None:
        """Notes how old each change is by the time that the board shows it."""
        while True:
            said = await self.host.sees("board-change", within=3600)
            now = time.monotonic()
            rooms = said.get("rooms")
            for room in rooms if isinstance(rooms, list) else []:
                for seat in room["people"]:
                    at = self._crowd.sent_at.pop((seat["id"], seat["microphone"]), None)
                    if at is not None:
                        self.waited_ms.append((now - at) * 1000)
            self.host.everything.clear()


async def measure(people: int, seconds: float) -> None:
    """Seats everybody, then measures in turns, without a board and with two."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (people * 2 + 400,) * 2)
    with tempfile.TemporaryDirectory(prefix="meguri-bench-") as folder:
        async with (
            spawned(Path(folder), KEY, within=START_SECONDS) as server,
            seated(server, people) as (house, crowd),
        ):
            without: list[float] = []
            with_boards: list[float] = []
            waited: list[float] = []
            for _ in range(TURNS):
                without.append(await cost(server, crowd, seconds))
                async with boards(house, crowd, 2) as both:
                    await asyncio.sleep(SETTLE_SECONDS)
                    with_boards.append(await cost(server, crowd, seconds))
                    waited += both[0].waited_ms
            told(people, without, with_boards, waited)


@contextlib.asynccontextmanager
async def seated(server: Spawned, people: int) -> AsyncIterator[tuple[House, Crowd]]:
    """Brings everybody into rooms of four, for as long as the block lasts."""
    house = House(server.url, KEY)
    names = [f"Guest {n}" for n in range(people)]
    round = quick_round(seconds=3600, size=4, least=3, most=5)
    await house.opens(names, rounds=[round])
    gate = asyncio.Semaphore(AT_ONCE)
    async with contextlib.AsyncExitStack() as stack:

        async def comes(name: str) -> Guest:
            async with gate:
                return await stack.enter_async_context(guest(house, name))

        everybody = await asyncio.gather(*(comes(name) for name in names))
        await house.commands("start-round")
        for one in everybody:
            await one.sees("room", within=START_SECONDS)
        yield house, Crowd(list(everybody))


@contextlib.asynccontextmanager
async def boards(house: House, crowd: Crowd, count: int) -> AsyncIterator[list[Board]]:
    """Opens so many boards."""
    async with contextlib.AsyncExitStack() as stack:
        found: list[Board] = []
        for _ in range(count):
            host = await stack.enter_async_context(guest(house, "Dana", here=False))
            await host.sees("board")
            found.append(Board(host, crowd if not found else Crowd([])))
        watching = [asyncio.create_task(board.watches()) for board in found]
        yield found
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


async def cost(server: Spawned, crowd: Crowd, seconds: float) -> float:
    """Returns the server's processor time (ms) for each change."""
    crowd.sent_at.clear()
    before = cpu_seconds(server.process.pid)
    done = await crowd.changes(seconds)
    return (cpu_seconds(server.process.pid) - before) * 1000 / done


def told(people: int, without: list[float], with_boards: list[float], waited: list[float]) -> None:
    base, both = statistics.median(without), statistics.median(with_boards)
    waited.sort()
    sys.stdout.write(
        f"{people} people in about {people // 4} rooms, {CHANGES_A_SECOND} changes a second\n"
        f"change to board: median {statistics.median(waited):.0f} ms, "
        f"95 % within {waited[len(waited) * 95 // 100]:.0f} ms ({len(waited)} changes)\n"
        f"server, a change: {base:.2f} ms without a board, {both:.2f} ms with two: "
        f"a board costs {(both - base) / 2 / base * 100:.1f} % of what attendees cost\n"
    )


def run(arguments: list[str]) -> None:
    """Runs the measurement."""
    people = int(arguments[0]) if arguments else 1000
    seconds = float(arguments[1]) if len(arguments) > 1 else 15.0
    uvloop.run(measure(people, seconds))
