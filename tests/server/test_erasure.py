"""Erasure to the last byte: after an evening of real people, nothing that one of them typed."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from rooms.commands import Erase, Invite
from server.auth import Keys
from server.bundled import BundledStore
from server.erasure import ERASING, FILES, FINISHED, Eraser, Erasure, files, finish, note
from server.evenings import Evenings
from server.journal import Journal
from server.mail import Book, State
from server.redis import Store, key
from server.settings import Settings
from tests.guests import Guest, House, guest, guests, quick_round
from tests.server.evening import ANA, BO, EVENT, an_event
from tests.server.post import Postbox, a_post_office, a_worker
from tests.server.seeded import everything_in, seed, seeded, seeds_in
from tests.server.waiting import wait_until

FILES_TAKEN = (
    "pairs.csv", "pairs.jsonl", "pairs.csv?summary=1", "attendees.csv", "rounds.csv",
    "consents.csv",
    "network.graphml", "network.gexf", "journal.jsonl", "import/hubspot.csv", "report",
    "attendees",
)  # fmt: skip


async def an_evening_with_ana(house: House) -> None:
    """Ana, Bo and Chidi are invited, and Ana leaves words wherever the evening takes any."""
    await house.opens(["Dana"], rounds=[quick_round(), quick_round(kind="topics")], doors=False)
    ana = seed("ana", "name")
    people = [seeded(who) for who in ("Ana", "Bo", "Chidi")]
    people[1]["wishes"] = [ana]
    await house.brings(people)
    for who, person in zip(("Ana", "Bo", "Chidi"), people, strict=True):
        house.people[who] = house.people[str(person["name"])]
    await house.commands("open-doors")


async def they_talk(house: House, ana: Guest, bo: Guest, chidi: Guest, dana: Guest) -> None:
    for one in (ana, bo, chidi):
        await one.asks("say", text=seed(one.name, "said"))
    await ana.asks("profile", organiser_may_export=["email", "phone", "link", "organisation"])
    await ana.asks("profile", wishes=[seed("ana", "wish")])
    await dana.asks("start-round", round=1)
    for one in (ana, bo, chidi):
        await one.sees("room")
    await ana.asks("say", text=seed("ana", "whispered"))
    await ana.asks("keep-in-touch", about=bo.id, fields=["email"])
    await bo.asks("keep-in-touch", about=ana.id, fields=["email", "phone"])
    await ana.asks("give-card", to=chidi.id, fields=["phone", "link"])
    await ana.asks("note", about=bo.id, text=seed("ana", "note"), next_step=seed("ana", "step"))
    await bo.asks("note", about=ana.id, text=seed("ana", "noted"), next_step=seed("ana", "stepped"))
    await chidi.asks("report", about=ana.id, text=seed("ana", "reported"))
    await ana.asks("report", about=chidi.id, text=seed("ana", "report"))
    await ana.asks("propose-topic", topic=seed("ana", "declined"))
    await ana.asks("propose-topic", topic=seed("ana", "topic"))
    await ana.asks("call-host", text=seed("ana", "call"))
    call = await dana.is_called()
    await dana.asks("answer-call", call=call["id"], text=seed("ana", "answer"))

    async def have_met() -> bool:
        return len((await house.reads("pairs.csv")).splitlines()) == 4

    await wait_until(have_met, "each has met each")
    await dana.asks("end-round")
    for one in (ana, bo, chidi):
        await one.sees("phase", phase="break")


async def test_not_a_byte_of_somebody_erased_is_left(
    house: House, store: Store, bundled: BundledStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await an_evening_with_ana(house)
    async with guests(house, "Ana", "Bo", "Chidi", "Dana") as (ana, bo, chidi, dana):
        await they_talk(house, ana, bo, chidi, dana)
        await declined(house, store, seed("ana", "declined"))
        before = await others_minutes(house, ana.id)
        await mails_wait(house, store)
        assert {what for who, what in seeds_in(await everything_in(store)) if who == "ana"} >= {
            *("name", "email", "said", "whispered", "note", "noted", "step", "stepped", "custom"),
            *("report", "reported", "call", "answer", "topic", "declined", "wish", "externalid"),
        }
        caplog.clear()
        await asyncio.to_thread(house.asker.delete, f"/api/events/{house.event}/attendees/{ana.id}")
        await ana.is_sent_away(4504)
        await wait_until(lambda: are_written(store), "the store's files are written anew", 30.0)
        assert whose(await everything_in(store)) == {"bo", "chidi"}
        assert whose(on_disk(bundled.data_dir)) == {"bo", "chidi"}
        for what in FILES_TAKEN:
            assert "ana" not in whose((await house.reads(what)).encode()), what
        assert await others_minutes(house, ana.id) == before
        bo_again = await bo_comes_back(house)
        assert "ana" not in whose(repr(bo_again).encode())
        assert not seeds_in(caplog.text)


async def test_taking_words_out_keeps_the_others_lines_their_ids_and_what_follows(
    store: Store,
) -> None:
    journal = Journal(store, EVENT)
    for who, said in ((ANA, "zqanaxfirstqz"), (BO, "zqboxsaidqz"), (ANA, "zqanaxlastqz")):
        await journal.say("0-0", who, "lobby", said, said)
    lines = await journal.last_said(10)
    await journal.forget_said(ANA)
    assert await journal.last_said(10) == [lines[1]]
    assert whose(await everything_in(store)) == {"bo"}
    assert int(str(await store.call("TTL", key(EVENT, "chat")))) > 29 * 24 * 3600
    added = await journal.say(lines[-1][0], BO, "lobby", "more", "more")
    assert [entry.text for _, entry in added] == ["more"]
    await journal.forget_said(BO)
    assert await journal.last_said(10) == []
    assert [e.text for _, e in await journal.say(added[-1][0], ANA, "lobby", "yes", "y")] == ["yes"]


async def test_an_erasure_whose_process_died_is_finished_by_another(store: Store) -> None:
    evenings = Evenings(store)
    evening = await an_event(evenings)
    await evening.say(ANA, "zqanaxsaidqz")
    await evening.say(BO, "zqboxsaidqz")
    await note(store, Erasure(EVENT, BO))
    await evening._sequencer.submit("organiser", Erase(attendee=ANA), "")
    await note(store, Erasure(EVENT, ANA))  # ... and here its process dies
    for who in (ANA, BO):
        await store.call("HSET", ERASING, f"{EVENT}:{who}", store.clock() - 60_000)
    eraser = Eraser(store, Keys(store, Settings()))
    await eraser.finish_left()
    assert await store.call("HLEN", ERASING) == 0
    assert whose(await everything_in(store)) == {"bo"}  # who was never erased
    assert (await files(store)).wanted
    assert await eraser.rewrite_if_wanted()
    assert not await eraser.rewrite_if_wanted()
    assert (await files(store)).at > 0
    await evenings.close()


async def test_more_erased_while_the_files_are_written_has_them_written_again(store: Store) -> None:
    await finish(store, Erasure(EVENT, ANA))
    first = await store.call("HGET", FILES, "wanted")
    await finish(store, Erasure(EVENT, BO))
    assert await store.call("HGET", FILES, "wanted") != first
    assert isinstance(first, bytes)
    await store.run(FINISHED, (FILES,), (first, 1))
    assert (await files(store)).wanted


async def test_records_named_after_somebody_go_with_them(store: Store) -> None:
    hooks = key(EVENT, "hooks")
    await store.call("HSET", hooks, f"contact:{ANA}:{BO}", "sent", "round:1", f'{{"a":"{ANA}"}}')
    await store.call("HSET", hooks, f"contact:{BO}:achidi", "sent")
    await finish(store, Erasure(EVENT, ANA))
    assert await store.call("HKEYS", hooks) == [f"contact:{BO}:achidi".encode()]


async def declined(house: House, store: Store, words: str) -> None:
    """Has Dana decline the topic with these words, and accept Ana's other one."""
    evenings = Evenings(store)
    evening = await evenings.get(house.event)
    topics = {evening.register.text(topic): topic for topic in evening.event.topics}
    await house.commands("drop-topic", topic=topics.pop(words))
    await house.commands("accept-topic", topic=topics.popitem()[1])
    await evenings.close()


async def others_minutes(house: House, but: str) -> list[str]:
    """Returns the rows of minutes, without the names of somebody."""
    rows = (await house.reads("pairs.csv")).splitlines()[1:]
    assert sum(but in row for row in rows) == 2
    return [",".join(row.split(",")[:7]) for row in rows]


async def mails_wait(house: House, store: Store) -> None:
    """Has letters to all three refused for now, so that they wait with the server's words."""
    postbox = Postbox()
    for who in ("Ana", "Bo", "Chidi"):
        address = f"{seed(who, 'email')}@people.example"
        postbox.refuse[address] = f"451 4.7.1 <{address}> later"
    await house.commands("announce", text="Thank you")
    evenings = Evenings(store)
    evening = await evenings.get(house.event)
    ids = tuple(house.id(who) for who in ("Ana", "Bo", "Chidi"))
    await evening.submit("organiser", Invite(attendees=ids))
    await evenings.close()
    async with a_post_office(postbox) as smtp_url:
        worker = await a_worker(store.url, smtp_url)
        try:

            async def tried() -> bool:
                book = await Book(store, house.event).all()
                return (
                    sum(line.state is State.WAITING and line.tries > 0 for line in book.values())
                    > 2
                )

            await wait_until(tried, "each mail was tried", 40.0)
        finally:
            worker.terminate()
            await worker.wait()


async def bo_comes_back(house: House) -> list[dict[str, object]]:
    async with guest(house, "Bo") as bo:
        return bo.everything


async def are_written(store: Store) -> bool:
    return not (await files(store)).wanted


def whose(found: bytes) -> set[str]:
    return {who for who, _ in seeds_in(found)}


def on_disk(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
