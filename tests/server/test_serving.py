"""Serving as an operator meets it: processes, signals, ports, and what a death leaves standing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import urllib.request
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.serving import ServeError, listen
from tests.guests import Guest, House, guest, quick_round
from tests.server.house import KEY
from tests.server.waiting import wait_until

SERVE = f"""
import sys
from pathlib import Path
from server.serving import ServeError, run
from server.settings import Settings
data, port, workers = sys.argv[1:]
settings = Settings(data_dir=Path(data), organiser_key="{KEY}")
try:
    run(settings, "127.0.0.1", int(port), int(workers),
        lambda address, key: print(address, flush=True))
except ServeError as error:
    sys.exit(str(error))
"""


class Served:
    """A server in a process of its own."""

    def __init__(self, process: Process, url: str) -> None:
        self.process = process
        self.house = House(url, KEY)

    @property
    def children(self) -> list[int]:
        """Ids of its worker processes."""
        found: list[int] = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                line = (stat.parent / "cmdline").read_bytes()
                if parent == self.process.pid and b"server.serving" in line:
                    found.append(int(stat.parent.name))
        return sorted(found)

    def is_ready(self) -> bool:
        """Says whether it answers that it is ready."""
        try:
            with urllib.request.urlopen(self.house.url + "/readyz", timeout=10) as answer:
                return bool(json.load(answer)["ready"])
        except OSError:
            return False


async def start(data: Path, *, port: int = 0, workers: int = 1) -> Process:
    """Starts a server and returns at once."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SERVE, str(data), str(port), str(workers)),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        cwd=Path(__file__).parents[2],
    )


@contextlib.asynccontextmanager
async def served(data: Path, *, port: int = 0, workers: int = 1) -> AsyncIterator[Served]:
    """Runs a server until the block ends."""
    process = await start(data, port=port, workers=workers)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(120):
            url = (await process.stdout.readline()).decode().strip()
        assert url, (await process.stderr.read()).decode()
        yield Served(process, url)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


def port_of(url: str) -> int:
    """Returns the port of an address."""
    return int(url.rpartition(":")[2])


def is_alive(pid: int) -> bool:
    """Says whether a process runs; one that has ended and is not yet awaited does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


async def seated(house: House, *names: str) -> list[Guest]:
    """Opens an event with these people and a long round, and waits until all have a room."""
    await house.opens(list(names), rounds=[quick_round(seconds=600, least=2)])
    people = [Guest(house, name) for name in names]
    for one in people:
        await one.comes()
        await one.sees("welcome")
        await one.asks("here", visible=True)
    await house.commands("start-round")
    for one in people:
        await one.sees("room")
    return people


def test_a_port_in_use_is_one_sentence() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ServeError, match=r"^Port \d+ on 127.0.0.1 cannot be used: .* in use\.$"),
    ):
        listen("127.0.0.1", taken.getsockname()[1])


def test_an_address_that_leads_nowhere_is_one_sentence() -> None:
    with pytest.raises(ServeError, match=r"cannot be used: [a-z ]+\.$") as refused:
        listen("nosuch.invalid", 0)
    assert "unknown error" not in str(refused.value)


async def test_a_port_in_use_ends_with_1_and_no_traceback(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = await start(tmp_path, port=taken.getsockname()[1])
        _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors.decode().strip().startswith("Port ")
    assert "Traceback" not in errors.decode()


async def test_a_wrong_key_at_the_socket_is_no_error_in_the_log(tmp_path: Path) -> None:
    process = await start(tmp_path)
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    with pytest.raises(InvalidStatus):
        await connect(f"ws{url.removeprefix('http')}/e/nosuchevent2/socket")
    process.terminate()
    _, errors = await process.communicate()
    assert "ASGI" not in errors.decode()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", [1, 2])
async def test_a_signal_closes_sockets_with_4000_and_ends_with_0(
    tmp_path: Path, sent: signal.Signals, workers: int
) -> None:
    async with served(tmp_path, workers=workers) as server:
        await server.house.opens(["Ana"])
        async with guest(server.house, "Ana") as ana:
            server.process.send_signal(sent)
            await ana.is_sent_away(4000)
            async with asyncio.timeout(60):
                assert await server.process.wait() == 0


async def test_workers_are_replaced_and_the_evening_goes_on(tmp_path: Path) -> None:
    async with served(tmp_path, workers=2) as server:
        before = server.children
        assert len(before) == 2
        people = await seated(server.house, "Ana", "Bo", "Chidi")
        rooms = {one.name: one.all("room")[0]["id"] for one in people}
        os.kill(before[0], signal.SIGKILL)
        for one in people:
            if await is_cut(one):
                async with asyncio.timeout(60):
                    await one.comes_back()
                    await one.asks("here", visible=True)
        await wait_until(lambda: len(server.children) == 2, "the dead worker is replaced")
        assert before[0] not in server.children
        for one in people:
            one.everything.clear()
            await one.goes()
            await one.comes()
            welcome = await one.sees("welcome", resumed=False)
            assert isinstance(welcome["room"], dict)
            assert welcome["room"]["id"] == rooms[one.name]
            await one.goes()


async def is_cut(one: Guest) -> bool:
    """Says whether a guest's connection is gone; the kernel tells at once."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.5):
            await one.is_closed.wait()
    return one.is_closed.is_set()


async def test_workers_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    async with served(tmp_path, workers=2) as server:
        children = server.children
        server.process.kill()
        await wait_until(lambda: not any(map(is_alive, children)), "the workers are gone")


async def test_after_kill_9_the_same_round_goes_on_in_the_same_rooms(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        people = await seated(server.house, "Ana", "Bo", "Chidi")
        room = people[0].all("room")[0]
        server.process.kill()
        for one in people:
            await one.is_closed.wait()
        port = port_of(server.house.url)
    async with served(tmp_path, port=port) as server:
        for one in people:
            await one.comes(after=one.tip, session=one.session)
            welcome = await one.sees("welcome")
            assert welcome["resumed"] is False
            assert isinstance(welcome["room"], dict)
            assert (welcome["room"]["id"], welcome["room"]["ends_at"]) == (
                room["id"],
                room["ends_at"],
            )
        await people[0].asks("say", text="still here")
        await people[1].sees("said", text="still here")
        for one in people:
            await one.goes()


async def test_when_the_store_dies_people_are_told_and_nothing_is_lost(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        await server.house.opens(["Ana", "Bo"])
        async with guest(server.house, "Ana") as ana, guest(server.house, "Bo") as bo:
            await ana.asks("say", text="before")
            store = int((tmp_path / "store" / "pid").read_text())
            os.kill(store, signal.SIGSTOP)
            try:
                await ana.sends({"type": "say", "text": "meanwhile", "ref": "m"})
                await ana.sees("notice", code="store-away")
                assert not server.is_ready()
            finally:
                os.kill(store, signal.SIGCONT)
            await ana.sees("notice", code="store-back")
            await ana.sees("done", ref="m")
            await bo.sees("said", text="meanwhile")
            assert len([s for s in bo.all("said") if s["text"] == "meanwhile"]) == 1
            os.kill(store, signal.SIGKILL)
            await ana.asks("say", text="after")
            await bo.sees("said", text="after")
            await wait_until(server.is_ready, "it is ready again")


async def test_health_readiness_and_numbers_are_told(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        await wait_until(server.is_ready, "it is ready")
        await server.house.opens(["Ana"])
        async with guest(server.house, "Ana"):
            numbers = await asyncio.to_thread(get, server.house.url + "/metrics")
        assert "meguri_connections 1.0" in numbers
        assert "meguri_events 1.0" in numbers
        assert json.loads(await asyncio.to_thread(get, server.house.url + "/healthz")) == {
            "alive": True
        }


def get(url: str) -> str:
    """Reads an address."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        text: str = answer.read().decode()
        return text
