"""What is due happens by itself, in whichever process, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rooms.commands import Alarm, ChangeEvent, Connect, CreateEvent
from rooms.deciding import ORGANISER
from rooms.facts import DoorsOpened
from rooms.messages import Phase
from rooms.people import Attendee, Details, Role
from rooms.programme import Plan
from server.alarms import SWEEP_SECONDS, Alarms
from server.evenings import Evenings
from server.journal import Journal
from server.nodes import Nodes
from server.redis import ALARMS, NODES, Store, items, text
from tests.server.evening import ANA, DANA, EVENT, an_event
from tests.server.waiting import wait_until


@asynccontextmanager
async def a_process(store: Store) -> AsyncIterator[tuple[Evenings, Alarms, Nodes]]:
    """A process with its alarms running."""
    evenings = Evenings(store)
    nodes = Nodes(store, evenings)
    alarms = Alarms(store, evenings, nodes)
    running = asyncio.create_task(alarms.run())
    await asyncio.sleep(0)
    yield evenings, alarms, nodes
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await evenings.close()


def an_event_at(starts_at: int) -> CreateEvent:
    """Doors that open by themselves at an instant (ms)."""
    host = Attendee(id=DANA, name="Dana", role=Role.HOST)
    return CreateEvent(plan=Plan(starts_at=starts_at), details=Details(title="Tea"), host=host)


async def hints(store: Store) -> dict[str, int]:
    """Reads all hints."""
    flat = items(await store.call("ZRANGE", ALARMS, 0, -1, "WITHSCORES"))
    return {text(id): int(float(text(at))) for id, at in zip(flat[::2], flat[1::2], strict=True)}


async def test_an_alarm_rings_at_its_instant_in_one_process_of_two(store: Store) -> None:
    async with a_process(store) as (ours, _, _), a_process(store) as (theirs, _, _):
        far = store.clock() + 3_600_000
        here = await ours.create(an_event_at(far), EVENT)
        there = await theirs.get(EVENT)
        assert here.due_at == there.due_at == far
        at = store.clock() + 500
        await here.submit(ORGANISER, ChangeEvent(plan=Plan(starts_at=at)))
        await wait_until(
            lambda: here.event.phase is there.event.phase is Phase.LOBBY, "the doors are open"
        )
        facts = [e.fact async for page in Journal(store, EVENT).pages() for e in page]
        [opened] = [f for f in facts if isinstance(f, DoorsOpened)]
        assert 0 <= opened.at - at < SWEEP_SECONDS * 1000, "by its alarm, not by the sweep"


async def test_an_alarm_is_kept_as_a_hint_too(store: Store) -> None:
    async with a_process(store) as (evenings, _, _):
        at = store.clock() + 3_600_000
        await evenings.create(an_event_at(at), EVENT)

        async def is_hinted() -> bool:
            return await hints(store) == {EVENT: at}

        await wait_until(is_hinted, "the hint is there")
        assert (await Journal(store, EVENT).meta())[0] == at


async def test_an_alarm_slept_through_rings_when_a_process_starts(store: Store) -> None:
    evenings = Evenings(store)
    at = store.clock() + 500
    await evenings.create(an_event_at(at), EVENT)
    await evenings.close()
    await wait_until(lambda: store.clock() > at, "its instant has passed")
    async with a_process(store) as (later, _, _):
        await wait_until(
            lambda: [e.event.phase for e in later.held()] == [Phase.LOBBY], "it was woken"
        )


async def test_the_sweep_mends_hints_and_wakes_events_that_nobody_holds(store: Store) -> None:
    async with a_process(store) as (ours, alarms, _):
        elsewhere = Evenings(store)
        at = store.clock() + 4_000  # not before it was looked at, on a slow machine either
        await elsewhere.create(an_event_at(at), EVENT)
        await elsewhere.create(an_event_at(at + 3_600_000), "later2222222")
        await elsewhere.close()
        await alarms.sweep(whole=True)
        assert await hints(store) == {EVENT: at, "later2222222": at + 3_600_000}
        assert [e.id for e in ours.held()] == [EVENT]
        await wait_until(
            lambda: [e.event.phase for e in ours.held()] == [Phase.LOBBY], "the event was woken"
        )


async def test_the_sweep_loads_events_with_connections_of_a_lost_process(store: Store) -> None:
    elsewhere = Evenings(store)
    evening = await an_event(elsewhere, doors=False)
    await evening.submit("server", Connect(attendee=ANA, connection="c1", node="n1"))
    await elsewhere.close()
    async with a_process(store) as (ours, alarms, nodes):
        await store.call("HSET", NODES, "n1", store.clock())
        for second in range(6):
            await nodes.beat(second)
        await alarms.sweep(whole=True)
        assert [(e.id, node) for e, node, _ in nodes.losses()] == [(EVENT, "n1")]
        assert [e.id for e in ours.held()] == [EVENT]


async def test_a_hint_for_an_event_that_is_gone_is_dropped(store: Store) -> None:
    async with a_process(store) as (_, alarms, _):
        await store.call("ZADD", ALARMS, 1, "gone22222222")
        await alarms.sweep()
        assert await hints(store) == {}


async def test_an_alarm_that_comes_to_nothing_does_no_harm(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    before = evening.event.count
    await evening.submit("clock", Alarm())
    assert evening.event.count == before
    await evenings.close()
