"""Two processes' worth of application on one store: one evening, whoever holds whom."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest_asyncio

from server.redis import Store
from server.wire import CloseCode
from tests.guests import Guest, House, guest, quick_round
from tests.server.house import a_house


@pytest_asyncio.fixture
async def houses(store: Store) -> AsyncIterator[tuple[House, House]]:
    """Two servers with the same event: Ana, Bo and Chidi, in pairs or three."""
    other = await Store.connect(store.url)
    async with a_house(store) as one, a_house(other) as two:
        await one.opens(["Ana", "Bo", "Chidi"], rounds=[quick_round(seconds=600)])
        two.event, two.people, two.created = one.event, one.people, one.created
        yield one, two
    await other.close()


@contextlib.asynccontextmanager
async def in_a_room(one: House, two: House) -> AsyncIterator[tuple[Guest, Guest, Guest]]:
    """Ana by one process, Bo and Chidi by the other, all in one room."""
    async with guest(one, "Ana") as ana, guest(two, "Bo") as bo, guest(two, "Chidi") as chidi:
        await one.commands("start-round")
        for each in (ana, bo, chidi):
            await each.sees("room")
        yield ana, bo, chidi


async def test_a_signal_reaches_a_roommate_whom_another_process_holds_in_order(
    houses: tuple[House, House],
) -> None:
    one, two = houses
    async with in_a_room(one, two) as (ana, bo, chidi):
        for i in range(50):
            await ana.sends({"type": "signal", "to": one.id("Bo"), "data": i, "ref": i})
        for i in range(50):
            await ana.sees("done", ref=i)
        await bo.sees("signal", data=49)
        assert [told["data"] for told in bo.all("signal")] == list(range(50))
        assert {told["from"] for told in bo.all("signal")} == {one.id("Ana")}
        await bo.asks("signal", to=one.id("Ana"), data={"answer": True})
        await ana.sees("signal", data={"answer": True})
        await chidi.asks("signal", to=one.id("Bo"), data="beside me")
        await bo.sees("signal", data="beside me")
        await chidi.never_saw("signal")


async def test_nobody_reaches_people_outside_their_room(houses: tuple[House, House]) -> None:
    one, two = houses
    async with guest(one, "Ana") as ana, guest(two, "Bo") as bo:
        await ana.is_refused("not-allowed", "signal", to=one.id("Bo"), data=1)
        await ana.is_refused("not-allowed", "signal", to="nobody", data=1)
        await bo.never_saw("signal")


async def test_what_is_said_and_done_by_one_process_is_told_by_the_other(
    houses: tuple[House, House],
) -> None:
    one, two = houses
    async with in_a_room(one, two) as (ana, bo, _):
        await ana.asks("say", text="hello over there")
        await bo.sees("said", text="hello over there")
        await bo.drops()
        await ana.sees("room-people", dropped=[one.id("Bo")])


async def test_whoever_drops_here_and_comes_back_there_gets_what_was_missed(
    houses: tuple[House, House],
) -> None:
    one, two = houses
    async with guest(one, "Ana") as ana, guest(two, "Bo") as bo:
        await bo.asks("say", text="heard")
        await ana.sees("said", text="heard")
        for i in range(5):
            await ana.drops()
            await bo.asks("say", text=f"missed {i}")
            await one.commands("announce", text=f"announced {i}")
            ana.house = (two, one)[i % 2]
            welcome = await ana.comes_back()
            assert welcome["resumed"] is True
            await ana.sees("notice", text=f"announced {i}")
        await ana.catches_up()
        said = [told["text"] for told in ana.all("said")]
        assert said == ["heard", *(f"missed {i}" for i in range(5))]


async def test_a_ref_is_done_once_though_sent_again_by_another_process(
    houses: tuple[House, House],
) -> None:
    one, two = houses
    async with guest(one, "Ana") as ana, guest(two, "Bo") as bo:
        await ana.sends({"type": "say", "text": "once", "ref": "r"})
        await ana.sends({"type": "call-host", "text": "help", "ref": "c"})
        await ana.sees("done", ref="c")
        await ana.drops()
        ana.house = two
        assert (await ana.comes_back())["resumed"] is True
        await ana.sends({"type": "say", "text": "once", "ref": "r"})
        await ana.sends({"type": "call-host", "text": "help", "ref": "c"})
        await ana.sees("done", ref="c")
        await bo.catches_up()
        assert len(bo.all("said")) == 1
        async with guest(one, "Dana") as dana:
            board = await dana.sees("board")
            parts = board["parts"]
            assert isinstance(parts, dict)
            assert len(parts["calls"]) == 1


async def test_a_second_tab_by_another_process_takes_over(houses: tuple[House, House]) -> None:
    one, two = houses
    async with guest(one, "Ana") as first, guest(two, "Ana") as second:
        await first.is_sent_away(CloseCode.SIGNED_IN_ELSEWHERE)
        await second.asks("say", text="still here")
