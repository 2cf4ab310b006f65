"""Webhooks: deliveries to the organiser's program, signed, sent and tried again by the worker.

Responsible for when a delivery is tried, by whom, and for how it is signed (Standard Webhooks,
https://www.standardwebhooks.com). Which there are, and what they say, is `rooms.webhooks`'; it is
asked again right before each try. What may be called is `outgoing.py`'s.

Invariants:
- At least once: a delivery whose worker died is tried again after its lease, under the same id.
- An address that hangs holds up its own event's deliveries alone, and no mail.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import msgspec

from rooms.people import Webhook
from rooms.webhooks import Delivery, payload
from server import words
from server.auth import Keys
from server.evening import Evening
from server.folds import Folds
from server.mail import Book, Entry, State
from server.outgoing import BadAddress, NoAnswer, post
from server.redis import Store, StoreAway
from server.settings import Settings

log = logging.getLogger(__name__)

BOOK = "hooks"
"""The book of an event's deliveries, beside that of its letters."""

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
RETRY_MS = (
    *(5 * SECOND, 5 * MINUTE, 30 * MINUTE),
    *(2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR),
)
"""Pauses between tries, as Standard Webhooks suggests; after the last it is a dead letter."""

LEASE_MS = 30_000
"""A delivery taken so long ago is another worker's: three times what a call may take."""

AT_ONCE = 4
"""Calls to one event's address at once; one, while it is in trouble."""

MOST_AT_ONCE = 32
"""Calls at once over all events."""

ASK_LATER = (429, 503)
"""Answers whose `Retry-After` is kept to, and not only for the delivery that was answered."""

LONGEST_MS = 24 * HOUR
"""As long as an address may ask us to wait, so that it cannot put us off for ever."""

GONE = 410
"""The address says that it wants no more: no use trying again."""

Start = Callable[[Coroutine[Any, Any, None]], object]


def webhook_id(event_id: str, delivery: str) -> str:
    """Returns the id that a receiver knows a delivery by, the same at each try."""
    digest = hashlib.sha256(f"{event_id} {delivery}".encode()).digest()
    return "msg_" + base64.b32encode(digest).decode().lower()[:32]


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """Returns `webhook-signature`: v1 and HMAC-SHA256 over `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def written(evening: Evening, delivery: Delivery, now: int) -> bytes:
    """Returns a delivery's body."""
    data = payload(evening.event, evening.register, delivery, now)
    body = {"type": delivery.type, "timestamp": words.iso(delivery.at), "data": data}
    return msgspec.json.encode(body)


def is_due(line: Entry | None, now: int) -> bool:
    """Says whether a delivery with such a line may be taken."""
    if line is None:
        return True
    if line.state is State.TAKEN:
        return now - line.at > LEASE_MS
    return line.state is State.WAITING and line.not_before <= now


class Webhooks:
    """One worker's deliveries. `look` begins what is due; `start` owns the tasks it begins."""

    def __init__(
        self, store: Store, settings: Settings, folds: Folds, name: str, start: Start
    ) -> None:
        self._store = store
        self._folds = folds
        self._keys = Keys(store, settings)
        self._private = settings.webhooks_private
        self._name = name
        self._start = start
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._busy: set[str] = set()
        self._in_trouble: set[str] = set()
        self._quiet_until: dict[tuple[str, str], int] = {}
        """Until when an event's address wants to hear nothing; each worker finds out by itself."""
        self._settled: dict[str, set[str]] = {}

    async def look(self, evening: Evening, now: int) -> None:
        """Begins to send what is due of an event, unless its turn is not over. Raises StoreAway."""
        event_id = evening.id
        webhook = evening.register.webhook
        if webhook is None or event_id in self._busy:
            return
        if self._quiet_until.get((event_id, webhook.address), 0) > now:
            return
        settled = self._settled.setdefault(event_id, set())
        ids = [id for id in self._folds.deliveries(evening) if id not in settled]
        known = await Book(self._store, event_id, BOOK).read(ids)
        settled.update(
            id for id, line in known.items() if line.state in (State.SENT, State.DROPPED)
        )
        due = deque(id for id in ids if is_due(known.get(id), now))
        if due:
            self._busy.add(event_id)
            self._start(self._turn(event_id, due))

    async def _turn(self, event_id: str, due: deque[str]) -> None:
        """Sends what is due; stops at the first sign that nobody answers. Raises StoreAway."""
        width = 1 if event_id in self._in_trouble else AT_ONCE
        self._in_trouble.discard(event_id)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(width, len(due))):
                    group.create_task(self._lane(event_id, due))
        finally:
            self._busy.discard(event_id)

    async def _lane(self, event_id: str, due: deque[str]) -> None:
        while due and event_id not in self._in_trouble:
            async with self._slots:
                await self._deliver(event_id, due.popleft())

    async def _deliver(self, event_id: str, id: str) -> None:
        now = self._store.clock()
        evening = await self._folds.looked_after(event_id, now)
        if evening is None or evening.register.webhook is None:
            return
        book = Book(self._store, event_id, BOOK)
        line = (await book.read([id])).get(id)
        if not is_due(line, now):
            return
        tries = line.tries if line else 0
        one = self._folds.deliveries(evening).get(id)
        was_told = one is None or not one.after or await self._was_told(book, one.after, now)
        if was_told is None:
            return
        if one is None or not was_told:
            dropped = Entry(state=State.DROPPED, at=now, tries=tries, why="not-due")
            await book.swap(id, line, dropped)
            return
        taken = Entry(state=State.TAKEN, at=now, tries=tries, by=self._name)
        if await book.swap(id, line, taken):
            came = await self._tried(evening, evening.register.webhook, one, taken)
            await book.swap(id, taken, came)

    async def _was_told(self, book: Book, before: str, now: int) -> bool | None:
        """Says whether anybody was sent an earlier delivery; None: that is not known yet.

        Where nobody was, nobody will be: its line is closed in the same step.
        """
        told = (await book.read([before])).get(before)
        if told is not None and told.state is State.TAKEN and now - told.at <= LEASE_MS:
            return None
        if told is not None and (told.tries or told.state is State.TAKEN):
            return True
        dropped = Entry(state=State.DROPPED, at=now, why="not-due")
        return False if await book.swap(before, told, dropped) else None

    async def _tried(
        self, evening: Evening, webhook: Webhook, one: Delivery, taken: Entry
    ) -> Entry:
        """Calls the address once; returns the delivery's next line."""
        try:
            body = written(evening, one, taken.at)
            headers = await self._headers(evening.id, webhook, one, body)
            status, later = await post(webhook.address, body, headers, private=self._private)
        except (NoAnswer, BadAddress) as none:
            why = none.why if isinstance(none, NoAnswer) else none.code
            self._in_trouble.add(evening.id)
            return self._after(taken, why)
        except StoreAway:
            raise
        except Exception:  # one that cannot be made must not hold up all others
            log.exception("A delivery (%s) could not be made.", one.type)
            return Entry(
                state=State.FAILED, at=self._store.clock(), tries=taken.tries, why="not-made"
            )
        if 200 <= status < 300:
            return Entry(
                state=State.SENT, at=self._store.clock(), tries=taken.tries + 1, said=str(status)
            )
        wait = None
        if status in ASK_LATER and later is not None:
            wait = min(max(later * SECOND, RETRY_MS[0]), LONGEST_MS)
            self._quiet_until[(evening.id, webhook.address)] = self._store.clock() + wait
            self._in_trouble.add(evening.id)
        why = "redirects" if 300 <= status < 400 else "answered"
        return self._after(taken, why, status, wait)

    async def _headers(
        self, event_id: str, webhook: Webhook, one: Delivery, body: bytes
    ) -> Mapping[str, str]:
        secret = await self._keys.webhook_secret(event_id, webhook.salt)
        id, timestamp = webhook_id(event_id, one.id), self._store.clock() // 1000
        return {
            "content-type": "application/json",
            "user-agent": "Meguri",
            "webhook-id": id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secret, id, timestamp, body),
        }

    def _after(self, taken: Entry, why: str, status: int = 0, wait: int | None = None) -> Entry:
        """Returns the line of a try that came to nothing: when the next one is, or no more."""
        now, tries, said = self._store.clock(), taken.tries + 1, str(status) if status else ""
        if status == GONE or tries > len(RETRY_MS):
            why = "gone" if status == GONE else why
            return Entry(state=State.FAILED, at=now, tries=tries, why=why, said=said)
        not_before = now + (wait or RETRY_MS[tries - 1])
        return Entry(
            state=State.WAITING, at=now, tries=tries, not_before=not_before, why=why, said=said
        )
