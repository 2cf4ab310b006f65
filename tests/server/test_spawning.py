"""Servers of our own beside us: none is left behind."""

from __future__ import annotations

import asyncio
import contextlib
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
