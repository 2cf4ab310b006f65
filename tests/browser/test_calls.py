"""Sound and picture in the room, between real pages: seen, heard, lost, and back again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.browser.callers import Callers
from tests.browser.conftest import Visitors
from tests.guests import House, quick_round


@pytest_asyncio.fixture
async def callers(house: House, visitors: Visitors) -> AsyncIterator[Callers]:
    """People who come with camera and microphone."""
    yield Callers(house, visitors)


async def test_three_people_see_and_hear_each_other_and_then_the_next(
    house: House, callers: Callers
) -> None:
    await house.opens([], rounds=[quick_round(seconds=600, break_seconds=5)] * 2)
    people = [await callers.comes(name) for name in ("Ana", "Bo", "Chidi")]
    await house.commands("start-round")
    for one in people:
        await one.is_seated()
        await one.turns_on("Microphone", "Camera")
    for one in people:
        await one.sees_and_hears({other.id for other in people} - {one.id})
