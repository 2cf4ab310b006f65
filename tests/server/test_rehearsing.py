"""Rehearsals from the console: a copy is played apart, and the real event stays as it was."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from server.asking import Asker, NotAnswered
from server.bundled import BundledStore
from server.redis import NO_ANSWER, Part, Reply, Store, StoreAway
from server.rehearsal.parts import put_on_site
from server.rehearsing import Rehearsal, State
from tests.guests import House, quick_round
from tests.server.house import a_house
from tests.server.waiting import wait_until

PLAYED_SECONDS = 300.0
ROUND = {"seconds": 80, "size": 3, "break_seconds": 10, "preview_seconds": 10}


async def standing(house: House) -> Rehearsal:
    path = f"/api/events/{house.event}/rehearsal"
    return await asyncio.to_thread(house.asker.get, path, Rehearsal)


async def begins(house: House, **body: object) -> Rehearsal:
    path = f"/api/events/{house.event}/rehearsal"
    return await asyncio.to_thread(house.asker.post, path, body, Rehearsal)


async def cancels(house: House) -> None:
    await asyncio.to_thread(house.asker.delete, f"/api/events/{house.event}/rehearsal")


async def an_event(house: House) -> None:
    await house.opens([], rounds=[quick_round(**ROUND)], doors=False)
    people: list[dict[str, object]] = [
        {"name": f"Guest {n}", "email": f"g{n}@example.org", "interests": "jazz"} for n in range(6)
    ]
    people += [{"name": "Emre", "mode": "on-site"}, {"name": "花子", "mode": "on-site"}]
    await house.brings([*people, {"name": "Fatou", "mode": "on-site"}])


def facts_of(journal: str) -> list[str]:
    """Returns the evening's facts: reading a file is written down too, as an export."""
    return [line for line in journal.splitlines() if '"type":"exported"' not in line]


async def test_a_copy_is_played_and_reported_and_the_real_event_is_untouched(house: House) -> None:
    await an_event(house)
    before = facts_of(await house.reads("journal.jsonl"))
    attendees = await house.reads("attendees.csv")
    begun = await begins(house, speed=10, late=0, leaving=0, dropping=0, on_site=0)
    assert (begun.state, begun.people, begun.rounds) == (State.RUNNING, 9, 1)
    seen: list[Rehearsal] = []

    async def is_over() -> bool:
        seen.append(await standing(house))
        await asyncio.sleep(0.2)
        return seen[-1].state is not State.RUNNING

    await wait_until(is_over, "the rehearsal is over", PLAYED_SECONDS)
    done = seen[-1]
    assert done.state is State.DONE, done
    assert done.figures is not None
    assert (done.figures.joined, len(done.figures.rounds)) == (9, 1)
    assert done.figures.rounds[0].seated == 9, "nobody late, and nobody left"
    assert any(one.standing is not None and one.standing.seated > 0 for one in seen)
    after = facts_of(await house.reads("journal.jsonl"))
    assert after == before, "not one fact more"
    assert await house.reads("attendees.csv") == attendees
    listed = await asyncio.to_thread(house.asker.get, "/api/events", object)
    assert msgspec.json.encode(listed).count(b'"title"') == 1, "and no other event"


class Slow(Store):
    """The real store; the answers to the next questions about a rehearsal are lost."""

    lost = 0

    async def call(self, *parts: Part) -> Reply:
        """Sends a command; it is done, but who asked may not hear of it. Raises StoreAway."""
        reply = await super().call(*parts)
        if self.lost and any(str(part).endswith(("rehearsing", ":rehearsal")) for part in parts):
            self.lost -= 1
            raise StoreAway(NO_ANSWER)
        return reply


async def test_a_store_that_is_slow_for_a_moment_breaks_no_rehearsal_off(
    bundled: BundledStore, store: Store
) -> None:
    slow = await Slow.connect(bundled.url)
    assert isinstance(slow, Slow)
    async with a_house(slow) as house:
        await an_event(house)
        slow.lost = 1
        with pytest.raises(NotAnswered) as refused:
            await begins(house, speed=1)
        assert refused.value.code == "store-away"
        assert (await begins(house, speed=1)).state is State.RUNNING, "it is not in its own way"
        slow.lost = 3
        await wait_until(lambda: slow.lost == 0, "three answers were lost to who plays it")
        assert (await standing(house)).state is State.RUNNING
        await cancels(house)
    await slow.close()


async def test_one_at_a_time_and_it_can_be_cancelled(house: House) -> None:
    await an_event(house)
    await begins(house, speed=1)
    with pytest.raises(NotAnswered) as refused:
        await begins(house, speed=1)
    assert refused.value.code == "already-rehearsing"
    await cancels(house)

    async def is_cancelled() -> bool:
        return (await standing(house)).state is State.CANCELLED

    await wait_until(is_cancelled, "it is cancelled")

    async def is_free() -> bool:
        try:
            await begins(house, speed=1)
        except NotAnswered:
            await asyncio.sleep(0.2)
            return False
        return True

    await wait_until(is_free, "another can begin")
    await cancels(house)


async def test_nobody_to_play_and_a_speed_beyond_ten_are_said(house: House) -> None:
    await house.opens(["Ana"])
    cases: tuple[tuple[str, dict[str, object]], ...] = (
        ("too-few", {}),
        ("bad-field", {"speed": 11}),
    )
    for code, body in cases:
        with pytest.raises(NotAnswered) as refused:
            await begins(house, **body)
        assert refused.value.code == code
    assert (await standing(house)).state is State.NONE


async def test_only_hosts_rehearse(house: House) -> None:
    await an_event(house)
    assert house.created is not None
    ana = Asker(house.url, house.people["Emre"].key)
    with pytest.raises(NotAnswered) as refused:
        await asyncio.to_thread(ana.post, f"/api/events/{house.event}/rehearsal", {}, object)
    assert refused.value.code == "not-allowed"
    host = Asker(house.url, house.created.host_key)
    path = f"/api/events/{house.event}/rehearsal"
    assert (await asyncio.to_thread(host.get, path, Rehearsal)).state is State.NONE


def test_so_many_percent_of_the_copied_people_are_put_on_site_and_the_others_online() -> None:
    people: list[dict[str, object]] = [{"name": f"Guest {n}", "mode": "on-site"} for n in range(8)]
    modes = [person["mode"] for person in put_on_site(people, 25, 1)]
    assert (modes.count("on-site"), modes.count("online")) == (2, 6)
    assert put_on_site(people, 25, 1) == put_on_site(people, 25, 1), "and the same ones again"
    assert all(person["mode"] == "on-site" for person in people), "the list itself stays"


async def test_more_than_everybody_cannot_be_asked_for(house: House) -> None:
    await an_event(house)
    with pytest.raises(NotAnswered) as refused:
        await begins(house, speed=10, late=101)
    assert refused.value.status == 422
    assert (await standing(house)).state is State.NONE
