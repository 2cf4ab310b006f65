"""Plays a copy of an event on a server of its own, apart from the one that holds the event.

Reads one line of JSON from its input (`Options`), writes lines of JSON (`Line`) as it goes on, and
the figures at the end. Whoever started it ends it by closing its input or by SIGTERM; the
server it started, and that server's data, end with it. It yields to everything else on the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import sys
import tempfile
from pathlib import Path

import msgspec
import uvloop
from msgspec import Struct

from server.asking import Asker, NotAnswered
from server.rehearsal.parts import Options
from server.rehearsal.report import Figures
from server.rehearsal.run import Standing, rehearse
from server.spawning import NotStarted, spawned

YIELDS = 10
"""Steps of niceness: the evening itself goes first."""


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of what is told: how things stand, or how it ended."""

    standing: Standing | None = None
    figures: Figures | None = None
    failed: str = ""


def _tell(line: Line) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


async def _play(options: Options) -> None:
    key = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="meguri-rehearsal-") as folder:
        async with spawned(Path(folder), key) as server:
            asker = Asker(server.url, key)
            figures = await rehearse(
                asker, options, lambda step: None, lambda standing: _tell(Line(standing=standing))
            )
    _tell(Line(figures=figures))


async def main() -> None:
    """Plays what the first line of the input asks for, until it is over or the input closes."""
    first = await asyncio.to_thread(sys.stdin.buffer.readline)
    options = msgspec.json.decode(first, type=Options)
    playing = asyncio.create_task(_play(options))
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, playing.cancel)
    loop.add_reader(sys.stdin.fileno(), playing.cancel)  # nothing more is ever written: it closed
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await playing
    except (NotAnswered, NotStarted) as error:
        _tell(Line(failed=str(error)))
    finally:
        loop.remove_reader(sys.stdin.fileno())


if __name__ == "__main__":
    os.nice(YIELDS)
    logging.getLogger("websockets").setLevel(logging.WARNING)
    uvloop.run(main())
