"""A house for guests: the real application on a real store, in the test's own loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from server.app import create_app
from server.redis import Store
from server.serving import Server, listen
from server.settings import Settings
from tests.guests import House

KEY = "the-organiser-of-the-tests"


@contextlib.asynccontextmanager
async def a_house(store: Store, settings: Settings | None = None) -> AsyncIterator[House]:
    """Serves the application on a free port; yields where guests can come to."""
    settings = settings or Settings(organiser_key=KEY)
    listener = listen("127.0.0.1", 0)
    ready = asyncio.Event()
    server = Server(create_app(settings, store), ready.set)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if serving.done():
            await serving
        yield House(f"http://127.0.0.1:{listener.getsockname()[1]}", KEY)
    finally:
        server.stop()
        await serving
