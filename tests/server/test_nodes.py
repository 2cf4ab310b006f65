"""A process that is gone is noticed, and its connections end as of its last heartbeat."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from rooms.commands import Connect, Disconnect, SitOut
from rooms.facts import NodeLost
from server.bundled import BundledStore
from server.evenings import Evening, Evenings
from server.journal import Journal
from server.nodes import Nodes, lose, lose_older_nodes
from server.redis import NODES, Store, key
from tests.server.evening import ANA, BO, CHIDI, EVENT, Ears, an_event
from tests.server.waiting import wait_until


async def connect(evening: Evening, id: str, node: str) -> None:
    """Connects somebody through a process."""
    await evening.submit("server", Connect(attendee=id, connection=f"{id}.{node}", node=node))


async def set_beat(store: Store, node: str, at: int) -> None:
    """Writes another process's heartbeat."""
    await store.call("HSET", NODES, node, at)


async def watch(nodes: Nodes, *seconds: float) -> None:
    """Beats at these monotonic instants."""
    for at in seconds:
        await nodes.beat(at)


async def test_a_process_is_lost_once_its_heartbeat_stands_still_for_five_seconds(
    store: Store,
) -> None:
    evenings = Evenings(store)
    nodes = Nodes(store, evenings)
    await set_beat(store, "n1", store.clock() - 60_000)
    await watch(nodes, 0, 1, 2, 3, 4)
    assert not nodes.is_lost("n1")
    await watch(nodes, 5)
    assert nodes.is_lost("n1")
    await set_beat(store, "n1", store.clock())
    await watch(nodes, 6)
    assert not nodes.is_lost("n1")
    await evenings.close()


async def test_a_living_process_is_not_lost(store: Store) -> None:
    evenings = Evenings(store)
    nodes, other = Nodes(store, evenings), Nodes(store, evenings)
    for second in range(12):
        await other.beat(second)
        await store.call("HINCRBY", NODES, other.name, 1)
        await nodes.beat(second)
    assert not nodes.is_lost(other.name)
    assert not nodes.is_lost(nodes.name)
    await evenings.close()


async def test_an_observer_that_was_away_itself_believes_no_loss(store: Store) -> None:
    evenings = Evenings(store)
    nodes = Nodes(store, evenings)
    await set_beat(store, "n1", store.clock())
    await watch(nodes, 0, 1, 2, 30, 31, 32, 33, 34)
    assert not nodes.is_lost("n1")
    await watch(nodes, 35)
    assert nodes.is_lost("n1")
    await evenings.close()


async def test_a_lost_processes_connections_end_as_of_its_last_heartbeat(store: Store) -> None:
    evenings = Evenings(store)
    nodes = Nodes(store, evenings)
    evening = await an_event(evenings)
    await connect(evening, ANA, "n1")
    await connect(evening, BO, nodes.name)
    beat = store.clock() - 3000
    await set_beat(store, "n1", beat)
    ears = Ears()
    evening.listen(ears)
    await watch(nodes, 0, 1, 2, 3, 4, 5)
    assert nodes.losses() == [(evening, "n1", beat)]
    for loss in nodes.losses():
        await lose(*loss)
    losses = [f for f in ears.facts if isinstance(f, NodeLost)]
    assert [(f.node, f.as_of) for f in losses] == [("n1", beat)]
    assert not evening.event.people[ANA].connections
    assert evening.event.people[BO].connections
    assert nodes.losses() == []
    assert (await Journal(store, EVENT).meta())[1].keys() == {nodes.name}
    await evenings.close()


async def test_two_observers_make_one_fact_of_a_loss(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    await connect(here, ANA, "n1")
    await here.caught_up()
    await asyncio.gather(lose(here, "n1", 1), lose(there, "n1", 1))
    facts = [e.fact async for page in Journal(store, EVENT).pages() for e in page]
    assert sum(isinstance(f, NodeLost) for f in facts) == 1
    await ours.close()
    await theirs.close()


async def test_a_process_that_nobody_lists_is_lost_too(store: Store) -> None:
    evenings = Evenings(store)
    nodes = Nodes(store, evenings)
    evening = await an_event(evenings)
    await connect(evening, ANA, "n1")
    await watch(nodes, 0, 1, 2, 3, 4, 5)
    assert [(e, n) for e, n, _ in nodes.losses()] == [(evening, "n1")]
    await evenings.close()


async def test_a_process_that_reads_its_own_loss_takes_a_new_name(store: Store) -> None:
    ours, theirs = Evenings(store), Evenings(store)
    told: list[str] = []
    nodes = Nodes(store, ours, lambda: told.append("lost"))
    name = nodes.name
    here = await an_event(ours)
    there = await theirs.get(EVENT)
    await connect(here, ANA, name)
    await there.caught_up()
    await lose(there, name, 1)
    await wait_until(lambda: told == ["lost"], "it was told")
    assert nodes.name != name
    await ours.close()
    await theirs.close()


async def test_whoever_starts_the_store_records_older_losses_first(store: Store) -> None:
    """Two events: in one Ana is connected still, in the other Bo left in order."""
    evenings = Evenings(store)
    first, second = await an_event(evenings), await an_event(evenings, id="other2222222")
    await connect(first, ANA, "n1")
    await connect(second, BO, "n2")
    bye = Disconnect(attendee=BO, connection=f"{BO}.n2")
    await second.submit("server", bye)
    await evenings.close()
    beat = store.clock() - 2000
    await set_beat(store, "n1", beat)
    assert await lose_older_nodes(store) == 2
    assert await store.call("HGETALL", NODES) == []
    facts = [e.fact async for page in Journal(store, EVENT).pages() for e in page]
    assert isinstance(facts[-1], NodeLost) or any(isinstance(f, NodeLost) for f in facts[-3:])
    others = [e.fact async for page in Journal(store, "other2222222").pages() for e in page]
    assert not any(isinstance(f, NodeLost) for f in others)
    assert await lose_older_nodes(store) == 0
    await store.call("DEL", key("other2222222", "journal"))


async def test_people_are_told_when_the_store_is_away_and_when_it_is_back(tmp_path: Path) -> None:
    bundled = BundledStore(tmp_path)
    await bundled.start()
    store = await Store.connect(bundled.url)
    evenings = Evenings(store)
    nodes = Nodes(store, evenings)
    told: list[bool] = []
    nodes.on_store(told.append)
    running = asyncio.create_task(nodes.run())
    evening = await an_event(evenings)
    os.kill(bundled.pid, signal.SIGSTOP)
    waiting = asyncio.create_task(evening.submit(CHIDI, SitOut()))
    await wait_until(lambda: told == [True], "away")
    assert nodes.store_away
    assert not waiting.done()
    os.kill(bundled.pid, signal.SIGCONT)
    await wait_until(lambda: told == [True, False], "back")
    assert len((await waiting).facts) == 1
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await evenings.close()
    await store.close()
    await bundled.stop()
