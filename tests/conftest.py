"""What all tests share: the bundled store, a house for guests, and that CI leaves nothing out."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Generator

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from server.bundled import BundledStore
from server.redis import Store
from tests.guests import House
from tests.server.house import a_house
from tests.server.pushed import PushedStore

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
# Timings are figures of the bench, not tests.
settings.register_profile("new", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Whole runs (`python -m tests`) have the same examples each time: new ones are found where
# somebody can look into them, and a run that passed passes again.
settings.register_profile("same", settings.get_profile("new"), derandomize=True, database=None)
settings.load_profile("same" if IN_CI else "new")
LONGEST = (
    "tests/browser/test_everywhere.py",
    "tests/browser/test_experience.py",
    "tests/browser/test_calls.py",
    "tests/browser/test_practice.py",
    "tests/browser/",
    "tests/server/console/test_terminal.py",
    "tests/rooms/matching/test_ahead.py",
    "tests/server/test_worker.py",
    "tests/server/test_rehearsal.py",
    "tests/server/",
    "tests/rooms/matching/",
)
"""What takes longest comes first, so that at the end no process is left alone with it."""
PROGRAMS = {"browser": "chromium", "redis": "redis-server", "relay": "turnserver"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Has the longest files first; skips what needs a program not here, unless in CI."""
    items.sort(key=_rank)
    if IN_CI:
        return
    for item in items:
        for mark, program in PROGRAMS.items():
            if item.get_closest_marker(mark) and shutil.which(program) is None:
                item.add_marker(pytest.mark.skip(reason=f"{program} is not installed"))


def _rank(item: pytest.Item) -> int:
    """Says how early an item's file comes; the sort keeps the order within files."""
    return next(
        (n for n, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST)
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, object, object]:
    """In CI a skipped test is a failed one: what was not run was not seen working."""
    report = yield
    assert isinstance(report, pytest.TestReport)
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
    return report


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


@pytest_asyncio.fixture
async def house(store: Store) -> AsyncIterator[House]:
    """The real application on a real store, in the test's own loop, on a free port."""
    async with a_house(store) as open_house:
        yield open_house


@pytest_asyncio.fixture
async def pushed(bundled: BundledStore) -> AsyncIterator[PushedStore]:
    """A connected, empty store whose clock can be pushed on."""
    store = await PushedStore.connect(bundled.url)
    assert isinstance(store, PushedStore)
    await store.call("FLUSHALL")
    yield store
    await store.close()


@pytest_asyncio.fixture
async def pushed_house(pushed: PushedStore) -> AsyncIterator[House]:
    """A house with that clock."""
    async with a_house(pushed) as house:
        yield house
