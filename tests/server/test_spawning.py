"""Servers of our own beside us: none is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

import pytest

from server.spawning import spawn
from tests.server.waiting import wait_until


def servers_with(folder: Path) -> list[str]:
    """Returns the processes whose data folder this is."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"MEGURI_DATA_DIR={folder}".encode() in environment.read_bytes():
                found.append(environment.parent.name)
    return found


async def test_a_start_that_is_called_off_leaves_no_server(tmp_path: Path) -> None:
    starting = asyncio.create_task(spawn(tmp_path, "a key for nobody"))
    await wait_until(lambda: bool(servers_with(tmp_path)), "the server is on its way")
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    await wait_until(lambda: not servers_with(tmp_path), "nothing of it is left")


async def test_a_server_ends_with_the_process_that_started_it_though_that_is_killed(
    tmp_path: Path,
) -> None:
    starts_one = f"""
import asyncio
from pathlib import Path
from server.spawning import spawn

async def start() -> None:
    await spawn(Path({str(tmp_path)!r}), "a key for nobody")
    print("it serves", flush=True)
    await asyncio.Event().wait()

asyncio.run(start())
"""
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", starts_one, stdout=asyncio.subprocess.PIPE
    )
    assert starter.stdout is not None
    assert await starter.stdout.readline() == b"it serves\n"
    assert servers_with(tmp_path)
    starter.kill()
    await starter.wait()
    await wait_until(lambda: not servers_with(tmp_path), "nothing of it is left")
