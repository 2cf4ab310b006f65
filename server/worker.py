"""The worker: asks which letters are due, makes them, and has its carrier hand them on.

Responsible for reading all events (of which it changes nothing but that an address takes no mail,
where the mail server said so at once), for posting what is due, for taking letters
out of the queue, and for what a killed worker left; and for asking `webhooks.py` to look at each
event, also where no mail can be sent. Any number of workers may run.

Deliberately decides nothing about letters: `rooms.follow_up` says which are due, and is asked again
right before each is made; `carrier.py` does what cannot be taken back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from rooms.commands import MarkAddress
from rooms.deciding import SERVER
from rooms.follow_up import Letter
from server.auth import Keys
from server.bounces import reason
from server.bundled import running_url
from server.carrier import JOB_BYTES, Job, Outcome
from server.evening import Evening
from server.evenings import Evenings
from server.folds import Folds
from server.letters import BadAddress, Links, Writer, address, message
from server.mail import (
    FINAL,
    HANDING_MS,
    LEASE_MS,
    Book,
    Entry,
    Queue,
    State,
    address_mark,
    at_work,
)
from server.redis import Store, StoreAway, StoreError
from server.sequencer import UnknownEvent
from server.settings import Settings
from server.webhooks import Webhooks

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
MOST_IN_HAND = 6
"""Letters given to the carrier at once: twice its connections, so that none ever waits."""

FORGET_SETTLED_TICKS = 60
"""Books of events where nothing is due any more are let go once a minute."""

LONGEST_PAUSE_SECONDS = 60.0
"""Between two looks while the mail server takes nothing."""

ENDING_SECONDS = 20.0
"""How long a worker that ends waits for its carrier, which goes on without it."""

CLAIM_WAIT_MS = 500
"""How long one look at the queue waits for a letter."""


class Worker:
    """One worker on one store. `run` ends when the store goes away."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._keys = Keys(store, settings)
        self._folds = Folds(store)
        self._events = Evenings(store)
        self.name = secrets.token_urlsafe(9)
        self._queue = Queue(store, self.name)
        self._settled: dict[str, set[str]] = {}
        self._in_hand: set[str] = set()
        self._room = asyncio.Event()
        self._hooks: Webhooks | None = None
        self._carrier: Process | None = None
        self._pause = 0.0
        self._base = settings.public_url or ""
        host = urlsplit(self._base).hostname or "localhost"
        self._sender = settings.mail_from or f"meguri@{host}"

    async def run(self) -> None:
        """Works until cancelled. Raises StoreAway (in a group)."""
        try:
            async with asyncio.TaskGroup() as group:
                self._hooks = Webhooks(
                    self._store, self._settings, self._folds, self.name, group.create_task
                )
                group.create_task(self._shows(), name="at work")
                if self._sends_mail:
                    await self._queue.begin()
                    group.create_task(self._claims(), name="what is queued")
                    group.create_task(self._carry(), name="carrier")
                group.create_task(self._ticks(), name="what is due")
        finally:
            await self._events.close()
            await self._end_carrier()

    @property
    def _sends_mail(self) -> bool:
        return self._settings.smtp is not None and bool(self._base)

    async def _shows(self) -> None:
        """Notes that a worker is at work, however long anything else takes."""
        while True:
            await at_work(self._store, await self._store.now())
            await asyncio.sleep(TICK_SECONDS)

    # What is due

    async def _ticks(self) -> None:
        count = 0
        while True:
            count += 1
            if count % FORGET_SETTLED_TICKS == 0:
                self._settled.clear()
            for event_id in await self._events.ids():
                await self._tick(event_id)
            await asyncio.sleep(TICK_SECONDS)

    async def _tick(self, event_id: str) -> None:
        now = self._store.clock()
        evening = await self._folds.looked_after(event_id, now)
        if evening is None:
            return
        if self._hooks is not None:
            await self._hooks.look(evening, now)
        if self._sends_mail:
            await self._post_letters(evening, now)

    async def _post_letters(self, evening: Evening, now: int) -> None:
        event_id = evening.id
        settled = self._settled.setdefault(event_id, set())
        due = [id for id in self._folds.due(evening, now) if id not in settled]
        book = Book(self._store, event_id)
        known = await book.read(due)
        for letter in due:
            line = known.get(letter)
            if line is not None and line.state in FINAL:
                if line.state is State.FAILED and line.why == "refused-address":
                    await self._mark_address(evening, letter, line)
                settled.add(letter)
            elif line is not None and line.state is State.HANDING and now - line.at > HANDING_MS:
                unsure = Entry(state=State.UNSURE, at=now, tries=line.tries, why="no-answer")
                await book.swap(letter, line, unsure)
            elif line is not None and line.state is State.TAKEN and now - line.at > 3 * LEASE_MS:
                await book.swap(letter, line, replace(line, state=State.WAITING, by=""))
            else:
                await book.post(letter, line, now)

    async def _mark_address(self, evening: Evening, letter: str, line: Entry) -> None:
        """Has nobody write again to an address that the mail server says there is not."""
        why, id = reason("", line.said), letter.split(":")[1]
        email = evening.register.attendee(id).email
        try:
            is_same = address_mark(address("", email).addr_spec) == line.address
        except BadAddress:
            return
        if why == "came-back-unknown" and is_same:
            live = await self._events.get(evening.id)
            marked = MarkAddress(attendee=id, address=email, why=why, said=line.said)
            await live.submit(SERVER, marked)

    # What is queued

    async def _claims(self) -> None:
        reader = self._store.blocking()
        looked = 0
        try:
            while True:
                if self._pause:
                    await asyncio.sleep(self._pause)
                while len(self._in_hand) >= MOST_IN_HAND or self._carrier is None:
                    self._room.clear()
                    await self._room.wait()
                free = MOST_IN_HAND - len(self._in_hand)
                now = self._store.clock()
                found: list[tuple[str, str, str]] = []
                if now - looked > LEASE_MS // 4:
                    looked = now
                    found = await self._queue.take_over(free)
                found = found or await self._queue.take(reader, free, CLAIM_WAIT_MS)
                for place, event_id, letter in found:
                    if place not in self._in_hand:
                        await self._take(place, event_id, letter)
        finally:
            await reader.close()

    async def _take(self, place: str, event_id: str, letter_id: str) -> None:
        """Takes one letter, makes it, and gives it to the carrier."""
        now = self._store.clock()
        evening = await self._folds.looked_after(event_id, now)
        book = Book(self._store, event_id)
        line = (await book.read([letter_id])).get(letter_id)
        if evening is None or line is None or line.state in FINAL | {State.HANDING}:
            await self._queue.done(place)
            return
        if line.state is State.TAKEN and now - line.at < LEASE_MS:
            return  # another worker has it, and is alive
        if line.not_before > now:
            await self._queue.done(place)
            return
        letter = self._folds.due(evening, now).get(letter_id)
        if letter is None:
            dropped = Entry(state=State.DROPPED, at=now, tries=line.tries, why="not-due")
            await book.swap(letter_id, line, dropped)
            await self._queue.done(place)
            return
        taken = Entry(state=State.TAKEN, at=now, tries=line.tries, by=self.name)
        if await book.swap(letter_id, line, taken):
            await self._give(place, evening, letter, taken)

    async def _give(self, place: str, evening: Evening, letter: Letter, taken: Entry) -> None:
        try:
            job = await self._job(place, evening, letter, taken)
        except BadAddress:
            await self._fail(place, evening.id, letter, taken, "bad-address")
            return
        except StoreAway:
            raise
        except Exception:  # one letter that cannot be made must not hold up all others
            log.exception("A letter (%s) could not be made.", letter.kind)
            await self._fail(place, evening.id, letter, taken, "not-made")
            return
        carrier = self._carrier
        if carrier is None or carrier.stdin is None:
            return  # its lease runs out, and it is taken again
        self._in_hand.add(place)
        try:
            carrier.stdin.write(msgspec.json.encode(job) + b"\n")
            await carrier.stdin.drain()
        except OSError:
            self._in_hand.discard(place)

    async def _fail(
        self, place: str, event_id: str, letter: Letter, taken: Entry, why: str
    ) -> None:
        line = Entry(state=State.FAILED, at=self._store.clock(), tries=taken.tries, why=why)
        await Book(self._store, event_id).swap(letter.id, taken, line)
        await self._queue.done(place)

    async def _job(self, place: str, evening: Evening, letter: Letter, taken: Entry) -> Job:
        role = evening.event.people[letter.to].role
        key = await self._keys.mailed_key(evening.id, letter.to, role)
        choice = await self._keys.choice_key(evening.id, letter.to)
        links = links_of(self._base, evening.id, letter.to, key, choice)
        written = Writer(evening.event, evening.register, letter, links).write()
        date = formatdate(self._store.clock() / 1000, usegmt=True)
        mail = message(written, letter, links, self._sender, date)
        to = str(mail["To"].addresses[0].addr_spec)
        return Job(
            place=place,
            event=evening.id,
            letter=letter.id,
            taken=taken,
            sender=self._sender,
            to=to,
            data=mail.as_bytes(),
        )

    # The carrier

    async def _carry(self) -> None:
        """Keeps a carrier alive and hears what it says."""
        payload = replace(self._settings, redis_url=self._store.url)
        while True:
            carrier = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "server.carrier",
                stdin=PIPE, stdout=PIPE, limit=JOB_BYTES, start_new_session=True,
                cwd=Path(__file__).parent.parent,
            )  # fmt: skip
            assert carrier.stdin is not None
            assert carrier.stdout is not None
            carrier.stdin.write(msgspec.json.encode(payload, enc_hook=str) + b"\n")
            self._carrier = carrier
            self._room.set()
            while line := await carrier.stdout.readline():
                self._hear(msgspec.json.decode(line, type=Outcome))
            await carrier.wait()
            log.warning("The carrier of mails ended (%s); another one starts.", carrier.returncode)
            self._carrier = None
            self._in_hand.clear()
            await asyncio.sleep(TICK_SECONDS)

    def _hear(self, outcome: Outcome) -> None:
        self._in_hand.discard(outcome.place)
        self._room.set()
        if outcome.outcome == "trouble":
            self._pause = min(LONGEST_PAUSE_SECONDS, self._pause * 2 or TICK_SECONDS)
        else:
            self._pause = 0.0

    async def _end_carrier(self) -> None:
        """Lets the carrier finish what it has; it is not killed, since it may be in the middle."""
        carrier = self._carrier
        if carrier is None or carrier.stdin is None:
            return
        carrier.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ENDING_SECONDS):
                await carrier.wait()


def links_of(base: str, event_id: str, attendee: str, key: str, choice: str) -> Links:
    """Returns the addresses in somebody's letters."""
    return Links(
        page=f"{base}/e/{event_id}/in/{key}",
        choices=f"{base}/e/{event_id}/mail/{attendee}/{choice}",
        event=f"{base}/e/{event_id}",
    )


async def work(settings: Settings, say: Callable[[str], None]) -> None:
    """Runs a worker until SIGTERM or SIGINT; waits for the store, and for it to come back."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    running = asyncio.create_task(_work(settings, say), name="worker")
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait((running, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def _work(settings: Settings, say: Callable[[str], None]) -> None:
    said = ""
    while True:
        url = settings.redis_url or running_url(settings.data_dir)
        try:
            if url is None:
                raise StoreError("No server runs with this data folder yet.")
            store = await Store.connect(url)
        except StoreError as error:
            if said != str(error):
                said = str(error)
                say(f"{said} The worker waits.")
            await asyncio.sleep(TICK_SECONDS)
            continue
        said = ""
        say(f"{_greeting(settings)} Webhooks are called.")
        try:
            await Worker(store, settings).run()
        except* (StoreAway, UnknownEvent):
            say("The store went away. The worker waits.")
        finally:
            await store.close()
        await asyncio.sleep(TICK_SECONDS)


def _greeting(settings: Settings) -> str:
    if settings.smtp is None:
        return "MEGURI_SMTP_URL is not set: mails wait on the organiser's desk."
    if settings.public_url is None:
        return "MEGURI_PUBLIC_URL is not set, so no mail is sent: links in mails begin with it."
    return f"Mails go through {settings.smtp.shown}."
