"""The console as lines: what a script gives and gets, through the death of the server."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import unicodedata
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

from server.settings import child_environment
from server.spawning import spawn
from tests.guests import House, guest, guests, quick_round
from tests.server.console.hosts import desk
from tests.server.house import KEY
from tests.server.waiting import wait_until


class Plain:
    """A running `meguri console --plain`, with every line it printed."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.lines: list[str] = []
        self.reading = asyncio.create_task(self._read())

    async def types(self, line: str) -> None:
        """Gives it a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        await self.process.stdin.drain()

    async def says(self, words: str) -> str:
        """Waits for a line with these words; fails with everything printed."""
        with contextlib.suppress(AssertionError):
            await wait_until(lambda: any(words in line for line in self.lines), words)
        found = [line for line in self.lines if words in line]
        assert found, f"{words!r} is not in\n" + "\n".join(self.lines)
        return found[0]

    async def ends(self) -> int:
        """Closes its input, waits for its end; returns the exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        async with asyncio.timeout(120):
            code = await self.process.wait()
        await self.reading
        return code

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode().rstrip("\n"))


@contextlib.asynccontextmanager
async def plain(house: House, *options: str, key: str = "") -> AsyncIterator[Plain]:
    """Dana starts the plain console with her personal link."""
    url = f"{house.url}/e/{house.event}/in/{key or house.key('Dana')}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "console", url, "--plain", *options,
        env=child_environment(), stdin=PIPE, stdout=PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    one = Plain(process)
    try:
        yield one
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await one.reading


async def test_a_script_hosts_a_round_and_every_command_is_answered_in_one_line(
    house: House,
) -> None:
    await house.opens(["Ana", "Bo\x1b[2J", "佐藤 花子"], rounds=[quick_round()], doors=False)
    async with guests(house, "Ana", "佐藤 花子") as (ana, _), plain(house) as console:
        await console.says("Tea: Not open yet")
        await console.types("open-doors")
        await console.says("Done: open-doors")
        await console.types("start-round")
        await console.says("Room 1: Ana and 佐藤 花子")
        await ana.asks("call-host", text="Help\x1b[31m")
        await console.says("Needs you: Room 1 (Ana) calls: Help [31m")
        await ana.sees("call", seen=True)
        await console.types("answer-call: Coming")
        await ana.sees("call", answered="Coming")
        await console.types("move nobody 1")
        await console.says("Refused [unclear]: move nobody 1: Nobody is called “nobody” here.")
        for mistaken in ("wait brake", "room 99"):
            await console.types(mistaken)
            await console.says(f"Refused [unclear]: {mistaken}: ")
        await console.types("announce こんにちは")
        await console.says("Reached 2 of 2")
        await console.types("people")
        await console.says("Done: people")
        await ana.drops()
        await console.says("Room 1: Ana (reconnecting)")
        assert await console.ends() == 1
        controls = [one for line in console.lines for one in line
                    if unicodedata.category(one) == "Cc"]  # fmt: skip
        assert not controls


async def test_a_script_without_a_refusal_ends_well_in_japanese_too(house: House) -> None:
    await house.opens(["Ana"], doors=False)
    async with plain(house, "--language", "ja") as console:
        await console.types("open-doors")
        assert await console.ends() == 0
        await console.says("完了: open-doors")


async def test_a_wrong_or_an_attendees_key_is_said_and_exits_with_1(house: House) -> None:
    await house.opens(["Ana"])
    for key, says in (("wrong", "may not host"), (house.key("Ana"), "an attendee's")):
        async with plain(house, "--follow", key=key) as console:
            await console.says(says)
            assert await console.ends() == 1


async def test_both_consoles_come_back_by_themselves_when_the_server_was_killed(
    tmp_path: Path,
) -> None:
    first = await spawn(tmp_path, KEY)
    port = first.url.rsplit(":", 1)[1]
    house = House(first.url, KEY)
    await house.opens(["Ana"], doors=False)
    async with plain(house, "--follow") as console, desk(house) as dana:
        await console.says("Not open yet")
        await first.kill()
        await console.says("Connection lost, coming back")
        await dana.reads("title", "Connection lost")
        second = await spawn(tmp_path, KEY, port=int(port))
        try:
            await console.says("Connected again.")
            await dana.sees(lambda: not dana.session.standing(), "the line is back")
            await dana.does("open-doors")
            await console.says("opened the doors")
            async with guest(house, "Ana"):
                await dana.sees(lambda: any("Ana" in row for row in dana.rows()), "Ana")
        finally:
            await second.end()
