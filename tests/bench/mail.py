"""Mails though the worker dies: 500 people, the worker killed 20 times in the middle (SIGKILL).

python -m tests.bench mail [PEOPLE] [KILLS]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from server.bundled import BundledStore
from server.evenings import Evenings
from server.redis import Store
from tests.server.test_worker import each_gets_one


async def _measure(people: int, kills: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        bundled = BundledStore(Path(folder))
        await bundled.start()
        store = await Store.connect(bundled.url)
        evenings = Evenings(store)
        try:
            began = time.monotonic()
            await each_gets_one(store, evenings, people=people, kills=kills)
            return time.monotonic() - began
        finally:
            await evenings.close()
            await store.close()
            await bundled.stop()


def run(arguments: list[str]) -> None:
    """Measures and prints; fails if anybody got no mail, or two."""
    people = int(arguments[0]) if arguments else 500
    kills = int(arguments[1]) if len(arguments) > 1 else 20
    seconds = asyncio.run(_measure(people, kills))
    sys.stdout.write(f"{people} people, {kills} kills: one mail each, in {seconds:.0f} s\n")
