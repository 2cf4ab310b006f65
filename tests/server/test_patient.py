"""Patience: what takes too long is ended, and nothing for a stall of our own."""

from __future__ import annotations

import asyncio
import time

import pytest

from server.bundled import BundledStore
from server.patient import STALLED_SECONDS, Within
from server.redis import Link, Store, StoreAway, text
from tests.server.waiting import wait_until


def stands_still(seconds: float) -> None:
    """Gives nothing in this process a turn, as a machine that is paused."""
    time.sleep(seconds)


async def test_what_takes_too_long_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with Within(0.05):
            await asyncio.Event().wait()
    assert time.monotonic() - began >= 0.05


async def test_what_is_done_in_time_is_not_ended_afterwards_nor_what_may_take_for_ever() -> None:
    async with Within(0.05):
        pass
    beyond = time.monotonic() + 0.1
    async with Within(None):
        await wait_until(lambda: time.monotonic() > beyond, "the other's end is past")


async def test_who_is_cancelled_is_not_told_that_it_took_too_long() -> None:
    async def waits() -> None:
        async with Within(60):
            await asyncio.Event().wait()

    waiting = asyncio.create_task(waits())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_after_a_stall_of_our_own_what_came_meanwhile_has_its_turns() -> None:
    async with Within(0.05):
        stands_still(0.05 + 2 * STALLED_SECONDS)
        for _ in range(5):
            await asyncio.sleep(0)  # a turn of the loop


async def test_an_answer_that_came_while_we_stood_still_ourselves_is_heard(
    bundled: BundledStore, store: Store
) -> None:
    async def is_asked() -> bool:
        return "cmd=blpop" in text(await store.call("CLIENT", "LIST"))

    link = Link(bundled.url, blocking=False, seconds=1.0)
    await link.call("PING")
    asked = asyncio.create_task(link.call("BLPOP", "nothing", "0.5"))
    await wait_until(is_asked, "the question has come")
    stands_still(1.0 + 2 * STALLED_SECONDS)
    assert await asked is None, "nothing was pushed"
    with pytest.raises(StoreAway):  # no answer is none
        await link.call("BLPOP", "nothing", "60")
    await link.close()
