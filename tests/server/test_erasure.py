"""Erasure to the last byte: after an evening of real people, nothing that one of them typed."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import httpx2 as httpx
import pytest

from rooms.apply import apply
from rooms.commands import ChangeWebhook, Erase, Invite, KeepInTouch
from rooms.deciding import ORGANISER
from rooms.facts import EventEnded
from rooms.follow_up import letters
from rooms.people import Webhook
from server.auth import Keys
from server.bundled import BundledStore
from server.erasure import ERASING, FILES, FINISHED, Eraser, Erasure, files, finish, note
from server.evenings import Evenings
from server.exports.tools import SANSAN, SANSAN_REQUIRED
from server.journal import Journal
from server.letters import Links, Writer, message
from server.mail import Book, State
from server.redis import Store, key
from server.settings import Settings
from tests.guests import Guest, House, guest, guests, quick_round
from tests.server.callers import bearer
from tests.server.evening import ANA, BO, EVENT, an_event
from tests.server.house import KEY
from tests.server.post import Postbox, a_post_office, a_worker
from tests.server.receivers import Receiver, receiving
from tests.server.seeded import everything_in, seed, seeded, seeds_in
from tests.server.test_leaks import a_reader, read, unfolded
from tests.server.waiting import wait_until

FILES_TAKEN = (
    "pairs.csv", "pairs.jsonl", "pairs.csv?summary=1", "pairs.xlsx", "pairs.xlsx?summary=1",
    "attendees.csv", "consents.csv", "network.graphml", "network.gexf", "leads.csv?since=0",
    "leads.jsonl?since=0", "import/hubspot.csv", "import/salesforce.csv", "import/mailchimp.csv",
    "import/google-contacts.csv", "report", "attendees",
)  # fmt: skip
"""Files and answers that name Ana as long as she is there."""
NAMELESS = ("rounds.csv", "journal.jsonl")
"""... and those that never name anybody."""
DESK = ("people", "mail", "webhooks", "report")
"""Pages of the desk that name her, for the mails and messages that wait as well."""
OWN = ("mine", "mine/contacts.vcf", "mine/contacts.vcf?version=4.0", "mine/data", "mine/data.json")
"""What Bo and Chidi read and take home for themselves; the second and third of contacts alone."""


async def an_evening_with_ana(house: House) -> None:
    """Ana, Bo and Chidi are invited, and Ana leaves words wherever the evening takes any."""
    await house.opens(
        ["Dana"], rounds=[quick_round(seconds=600), quick_round(kind="topics")], doors=False
    )
    ana = seed("ana", "name")
    people = [seeded(who) for who in ("Ana", "Bo", "Chidi")]
    people[1]["wishes"] = [ana]
    people[1]["segment"] = "staff"  # so that he may share his note about her
    await house.brings(people)
    for who, person in zip(("Ana", "Bo", "Chidi"), people, strict=True):
        house.people[who] = house.people[str(person["name"])]
    await house.commands("open-doors")


async def they_talk(house: House, ana: Guest, bo: Guest, chidi: Guest, dana: Guest) -> None:
    for one in (ana, bo, chidi):
        await one.asks("say", text=seed(one.name, "said"))
    fields = ["email", "phone", "link", "organisation", "news"]
    await ana.asks("profile", organiser_may_export=fields)
    await ana.asks("profile", wishes=[seed("ana", "wish")])
    await dana.asks("start-round", round=1)
    for one in (ana, bo, chidi):
        await one.sees("room")
    await ana.asks("say", text=seed("ana", "whispered"))
    await ana.asks("keep-in-touch", about=bo.id, fields=["email"])
    await bo.asks("keep-in-touch", about=ana.id, fields=["email", "phone"])
    await ana.asks("give-card", to=chidi.id, fields=["phone", "link"])
    await ana.asks("note", about=bo.id, text=seed("ana", "note"), next_step=seed("ana", "step"))
    about = {"text": seed("ana", "noted"), "next_step": seed("ana", "stepped"), "share": True}
    await bo.asks("note", about=ana.id, **about)
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
        files = await read_everywhere(house)
        assert {where for where, found in files.items() if "ana" not in found} == set(NAMELESS)
        assert {what for who, what in seeds_in(await everything_in(store)) if who == "ana"} >= {
            *("name", "email", "said", "whispered", "note", "noted", "step", "stepped", "custom"),
            *("report", "reported", "call", "answer", "topic", "declined", "wish", "externalid"),
        }
        async with a_reader(house, enters=house.key("Ana")) as her:
            hers = her.cookies
            assert (await her.get(f"/e/{house.event}/mine")).status_code == 200
        caplog.clear()
        await asyncio.to_thread(house.asker.delete, f"/api/events/{house.event}/attendees/{ana.id}")
        await ana.is_sent_away(4504)
        await wait_until(lambda: are_written(store), "the store's files are written anew", 30.0)
        assert whose(await everything_in(store)) == {"bo", "chidi"}
        assert whose(on_disk(bundled.data_dir)) == {"bo", "chidi"}
        files = await read_everywhere(house)
        assert {where for where, found in files.items() if "ana" in found} == set()
        async with a_reader(house) as her:
            her.cookies = hers
            for what in OWN:
                answer = await her.get(f"/e/{house.event}/{what}")
                assert answer.status_code == 401
                assert not seeds_in(answer.content), what
        assert "ana" not in whose(await letters_to_come(house, store))
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


async def tells(house: House, store: Store, address: str) -> None:
    """Gives the event's program this address, and has Bo say his yes anew, which it is told."""
    evenings = Evenings(store)
    evening = await evenings.get(house.event)
    webhook = Webhook(address=address, salt="s")
    await evening.submit(ORGANISER, ChangeWebhook(webhook=webhook))
    for yes in (False, True):
        await evening.submit(
            house.id("Bo"), KeepInTouch(about=house.id("Ana"), yes=yes, fields=("email", "phone"))
        )
    await evenings.close()


async def mails_wait(house: House, store: Store) -> None:
    """Has letters to all three refused for now, so that they wait with the server's words; and
    the organiser's program refuse to hear of their contact, so that it rests at the desk."""
    postbox, program = Postbox(), Receiver(410)
    for who in ("Ana", "Bo", "Chidi"):
        address = f"{seed(who, 'email')}@people.example"
        postbox.refuse[address] = f"451 4.7.1 <{address}> later"
    await house.commands("announce", text="Thank you")
    evenings = Evenings(store)
    evening = await evenings.get(house.event)
    ids = tuple(house.id(who) for who in ("Ana", "Bo", "Chidi"))
    await evening.submit("organiser", Invite(attendees=ids))
    await evenings.close()
    async with receiving(program), a_post_office(postbox) as smtp_url:
        await tells(house, store, program.url)
        worker = await a_worker(store.url, smtp_url, MEGURI_WEBHOOKS_PRIVATE="yes")
        try:

            async def tried() -> bool:
                book = await Book(store, house.event).all()
                return (
                    sum(line.state is State.WAITING and line.tries > 0 for line in book.values())
                    > 2
                )

            await wait_until(tried, "each mail was tried", 60.0)
            await wait_until(program.has(1), "the program was told, and is gone", 60.0)
        finally:
            worker.terminate()
            await worker.wait()


async def read_everywhere(house: House) -> dict[str, set[str]]:
    """Returns whose seeds stand in every file that the organiser, Bo and Chidi take home."""
    async with (
        a_reader(house, headers=bearer(KEY)) as program,
        a_reader(house, organiser=True) as desk,
        a_reader(house, enters=house.key("Bo")) as bo,
        a_reader(house, enters=house.key("Chidi")) as chidi,
    ):
        found = {
            what: await seen(program, f"/api/events/{house.event}/{what}")
            for what in (*FILES_TAKEN, *NAMELESS)
        }
        head = ",".join(f"{name}（必須）" if name in SANSAN_REQUIRED else name for name in SANSAN)
        filled = await desk.post(
            f"/desk/{house.event}/customers/sansan.csv",
            data={"owner": "u-1"},
            files={"file": ("cards.csv", f"{head}\r\n".encode("cp932"))},
        )
        found["sansan"] = whose(filled.content)
        for what in DESK:
            found[f"desk: {what}"] = await seen(desk, f"/desk/{house.event}/{what}")
        for name, one in (("bo", bo), ("chidi", chidi)):
            for what in OWN:
                found[f"{name}: {what}"] = await seen(one, f"/e/{house.event}/{what}")
    return found


async def seen(client: httpx.AsyncClient, address: str) -> set[str]:
    return {who for who, _ in await read(client, address)}


async def letters_to_come(house: House, store: Store) -> bytes:
    """Returns every letter that follows from the evening, now and once it is over, as sent."""
    evenings = Evenings(store)
    evening = await evenings.get(house.event)
    await evening.caught_up()
    links = Links(page="https://t.example/p", choices="https://t.example/c",
                  event="https://t.example/e")  # fmt: skip
    over = evening.event.copy()
    apply(over, EventEnded(at=store.clock()))
    mails = []
    for event in (evening.event, over):
        for letter in letters(event, evening.register):
            written = Writer(event, evening.register, letter, links).write()
            mail = message(written, letter, links, "m@t.example", "Sun, 22 Nov 2026 05:00:00 GMT")
            mails += [part if isinstance(part, bytes) else part.encode() for part in unfolded(mail)]
    await evenings.close()
    assert len(mails) > 4
    return b"\n".join(mails)


async def bo_comes_back(house: House) -> list[dict[str, object]]:
    async with guest(house, "Bo") as bo:
        return bo.everything


async def are_written(store: Store) -> bool:
    return not (await files(store)).wanted


def whose(found: bytes) -> set[str]:
    return {who for who, _ in seeds_in(found)}


def on_disk(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
