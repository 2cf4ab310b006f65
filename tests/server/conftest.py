"""A real store for the server's tests: the bundled one, in a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from server.redis import BundledStore, Store


@pytest_asyncio.fixture(scope="session")
async def bundled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BundledStore]:
    """The bundled store, started once for all tests."""
    store = BundledStore(tmp_path_factory.mktemp("data"))
    await store.start()
    yield store
    await store.stop()


@pytest_asyncio.fixture
async def store(bundled: BundledStore) -> AsyncIterator[Store]:
    """A connected, empty store."""
    store = await Store.connect(bundled.url)
    await store.call("FLUSHALL")
    yield store
    await store.close()
