"""The report's page of an organiser with many events behind them: how long it takes, cold and warm.

`python -m tests.bench report [EVENTS]`. Each event has 60 people and four rounds in fours, and is
over. Cold: a new process, and nothing is known of when events were over. A new process: that is
known. Warm: the page once more. The desk's first page is measured beside it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import httpx2 as httpx

from rooms.commands import CloseEvent
from rooms.deciding import ORGANISER
from server.bundled import BundledStore
from server.journal import Draft, Journal
from server.redis import EVENTS, Store
from server.register import encode_rows
from tests.rooms.evenings import Evening
from tests.server.house import KEY, a_house

PEOPLE, ROUNDS = 60, 4
MOST_FACTS = 500


def an_evening() -> Evening:
    """Returns an evening that is over."""
    evening = Evening(rounds=ROUNDS, seconds=100, preview=1, pause_between=10, walking=0)
    names = [f"a{n:02}" for n in range(PEOPLE)]
    evening.comes(*names)
    for round in range(ROUNDS):
        rooms = [[names[(n + at * round) % 15 + 15 * at] for at in range(4)] for n in range(15)]
        evening.talking(rooms)
        evening.passes(100)
    evening.asks(ORGANISER, CloseEvent())
    evening.passes(60)
    return evening


async def keep(store: Store, evening: Evening, id: str) -> None:
    """Puts an evening into the store under an id."""
    await store.call("HSET", EVENTS, id, store.clock())
    rows, tip = encode_rows(evening.register.rows), "0-0"
    for start in range(0, len(evening.journal), MOST_FACTS):
        drafts = [Draft(fact) for fact in evening.journal[start : start + MOST_FACTS]]
        outcome = await Journal(store, id).append(
            drafts, rows, expected=tip, batch=f"{start}", turn="", due=None, nodes={}
        )
        tip, rows = outcome.ids[-1], {}  # type: ignore[union-attr]


async def measure(store: Store, name: str, path: str) -> None:
    """Asks a new process for a page twice, and says how long it took."""
    async with (
        a_house(store) as house,
        httpx.AsyncClient(base_url=house.url, timeout=300) as browser,
    ):
        browser.headers["origin"] = house.url
        await browser.post("/desk", data={"key": KEY})
        for state in ("first", "again"):
            began = time.perf_counter()
            answer = await browser.get(path)
            took = 1000 * (time.perf_counter() - began)
            assert answer.status_code == 200, answer.text
            sys.stdout.write(f"{name}, {state}: {took:,.0f} ms\n")


async def measured(events: int) -> None:
    """Measures with so many events."""
    with tempfile.TemporaryDirectory(prefix="mg") as folder:
        bundled = BundledStore(Path(folder))
        await bundled.start()
        store = await Store.connect(bundled.url)
        try:
            evening = an_evening()
            for n in range(events):
                await keep(store, evening, f"event{n:07}")
            sys.stdout.write(f"{events} events of {len(evening.journal)} facts\n")
            report = f"/desk/event{events - 1:07}/report"
            await measure(store, "the report, cold", report)
            await measure(store, "the report, in a new process", report)
            await measure(store, "the desk", "/desk")
        finally:
            await store.close()
            await bundled.stop()


def run(arguments: list[str]) -> None:
    """Runs the measurement."""
    asyncio.run(measured(int(arguments[0]) if arguments else 200))
