"""Waiting for something to come true, instead of sleeping for as long as it might take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

SECONDS = 30.0
"""Long enough for a machine ten times slower, with all its tests at once."""


async def wait_until(
    predicate: Callable[[], bool | Awaitable[bool]], description: str, seconds: float = SECONDS
) -> None:
    """Returns once `predicate` holds; fails with the description when it does not in time."""
    deadline = time.monotonic() + seconds
    while True:
        holds = predicate()
        if holds if isinstance(holds, bool) else await holds:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {description}")
        await asyncio.sleep(0.005)
