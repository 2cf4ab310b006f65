"""Mail waiting to be sent: a queue of letters' ids, and a book of what became of each.

Responsible for the stream `meguri:mail` (who sends what, among several workers) and each event's
`:mail` hash (a letter's state). Knows neither words nor addresses: a letter is made from the event
and the register when it is sent, so an erased person's waiting mail is gone with them.

Invariants:
- Every change of a letter's state is made only if the state is still the one it was decided on
  (compare and set): of several workers one sends it, however often it stands in the queue.
- `handing` is durable before the mail's last byte leaves. A letter found so, unanswered, is
  never sent again by itself: the mail server may have it. It is `unsure`, and a person decides.
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

import msgspec
from msgspec import Struct

from rooms.people import address_form
from server.redis import Link, Reply, Script, Store, items, key, pairs, text

QUEUE = "meguri:mail"
"""Stream of (event, letter) with one consumer group."""
GROUP = "workers"
POST_OFFICE = "meguri:mail-office"
"""Hash: `seen`, when a worker was last at work (ms); `trouble`, what keeps mails back, `since`."""

LEASE_MS = 8_000
"""A letter taken so long ago, and not handed on, is another worker's to take."""

HANDING_MS = 6 * 60_000
"""Nobody waits longer for a mail server's last answer (RFC 5321 asks for patience: 5.3.2.6)."""

QUEUED_MS = 30_000
"""A waiting letter that is due and was queued so long ago is queued again."""

RETRY_MS = (60_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000)
"""Pauses between tries of one letter: 1, 5, 15 minutes, 1, 3, 6, 12 hours; then it is given up."""

SEEN_MS = 15_000
"""A worker that was not heard of for so long is not there."""


class State(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    TAKEN = "taken"
    HANDING = "handing"
    SENT = "sent"
    FAILED = "failed"
    """Refused for good, or tried often enough: the dead letters."""
    UNSURE = "unsure"
    DROPPED = "dropped"
    """Not wanted any more when its turn came: too late, erased, unsubscribed."""


FINAL = frozenset({State.SENT, State.FAILED, State.UNSURE, State.DROPPED})


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A letter's line in the book. `why`: a code; `said`: the mail server's number and words;
    `address`: what tells the address it was refused at (`address_mark`)."""

    state: State
    at: int
    tries: int = 0
    not_before: int = 0
    by: str = ""
    why: str = ""
    said: str = ""
    address: str = ""


class Trouble(Struct, frozen=True, kw_only=True):
    """What the post office says of itself; `worker` whether one was at work lately."""

    worker: bool
    why: str = ""
    said: str = ""
    since: int = 0


# swap(book; letter, old or '', new or ''): writes new if the letter's line is still old.
SWAP = Script("""
local now = redis.call('HGET', KEYS[1], ARGV[1])
if (now or '') ~= ARGV[2] then
  return 0
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return 1
""")


def address_mark(address: str) -> str:
    """Returns what tells whether an address is still the same one, and tells nothing else."""
    return hashlib.sha256(address_form(address).encode()).hexdigest()[:16]


def without_addresses(text: str) -> str:
    """Returns a mail server's words on one line without any address in it: the book holds none."""
    return " ".join(re.sub(r"\S*@\S*", "…", text).split())[:200]


class Book:
    """One event's letters. Every method raises StoreAway when the store does not answer."""

    def __init__(self, store: Store, event_id: str, name: str = "mail") -> None:
        """`name`: of its key; deliveries of webhooks have a book of their own."""
        self._store = store
        self._event = event_id
        self._key = key(event_id, name)

    async def all(self) -> dict[str, Entry]:
        """Reads the whole book, by letter."""
        found = pairs(await self._store.call("HGETALL", self._key))
        return {letter: msgspec.json.decode(line, type=Entry) for letter, line in found}

    async def read(self, letters: list[str]) -> dict[str, Entry]:
        """Reads the lines of some letters; those without one are left out."""
        found: dict[str, Entry] = {}
        for start in range(0, len(letters), 1000):
            some = letters[start : start + 1000]
            reply = items(await self._store.call("HMGET", self._key, *some))
            for letter, line in zip(some, reply, strict=True):
                if isinstance(line, bytes):
                    found[letter] = msgspec.json.decode(line, type=Entry)
        return found

    async def swap(self, letter: str, old: Entry | None, new: Entry | None) -> bool:
        """Writes a letter's line if it is still `old` (None: there is none); says whether."""
        before, after = (b"" if one is None else msgspec.json.encode(one) for one in (old, new))
        return await self._store.run(SWAP, (self._key,), (letter, before, after)) == 1

    async def queue(self, letter: str) -> None:
        """Puts a letter into the queue; more than once does no harm."""
        await self._store.call("XADD", QUEUE, "*", "event", self._event, "letter", letter)

    async def post(self, letter: str, known: Entry | None, now: int) -> bool:
        """Has a due letter sent, unless it is on its way or done; says whether it was queued."""
        if known is not None and (
            known.state is not State.WAITING
            or known.not_before > now
            or (known.by == "queued" and now - known.at < QUEUED_MS)
        ):
            return False
        tries = known.tries if known else 0
        fresh = Entry(state=State.WAITING, at=now, tries=tries, by="queued")
        if not await self.swap(letter, known, fresh):
            return False
        await self.queue(letter)
        return True

    async def again(self, letter: str, now: int) -> bool:
        """Has a dead or unsure letter sent once more, since a person wants it so."""
        if not await self.revive(letter, now):
            return False
        await self.queue(letter)
        return True

    async def revive(self, letter: str, now: int) -> bool:
        """Makes a line that was done with wait again, with all its tries; says whether it did."""
        known = (await self.read([letter])).get(letter)
        if known is None or known.state not in (State.FAILED, State.UNSURE, State.DROPPED):
            return False
        return await self.swap(letter, known, Entry(state=State.WAITING, at=now, by="queued"))

    async def came_back(self, letter: str, why: str, said: str, now: int) -> bool:
        """Notes that a letter that was handed on did not arrive; says whether that was news."""
        while True:
            known = (await self.read([letter])).get(letter)
            if known is None or known.state in (State.FAILED, State.WAITING, State.DROPPED):
                return False
            failed = Entry(state=State.FAILED, at=now, tries=known.tries, why=why, said=said)
            if await self.swap(letter, known, failed):
                return True

    async def sent_by_hand(self, letter: str, now: int) -> bool:
        """Notes that a person sent a letter themselves, unless it is on its way or done; says
        whether it did. No worker sends it then."""
        known = (await self.read([letter])).get(letter)
        if known is not None and known.state not in (State.WAITING, State.FAILED, State.UNSURE):
            return False
        sent = Entry(state=State.SENT, at=now, tries=known.tries if known else 0, why="by-hand")
        return await self.swap(letter, known, sent)

    async def leave(self, letter: str, now: int) -> bool:
        """Has a dead or unsure letter rest, since a person wants it so; says whether it does."""
        known = (await self.read([letter])).get(letter)
        if known is None or known.state not in (State.FAILED, State.UNSURE):
            return False
        rests = Entry(state=State.DROPPED, at=now, tries=known.tries, why="left", said=known.said)
        return await self.swap(letter, known, rests)

    async def forget(self, attendee: str) -> None:
        """Takes out every letter to or about somebody who was erased."""
        for letter in await self.all():
            if attendee in letter.split(":"):
                await self._store.call("HDEL", self._key, letter)


class Queue:
    """The queue as one worker sees it. Every method raises StoreAway."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        self._cursor = "0-0"

    async def begin(self) -> None:
        """Makes the consumer group, where there is none yet."""
        await self._store.run(GROUP_MADE, (QUEUE,), (GROUP,))

    async def take(self, reader: Link, most: int, wait_ms: int) -> list[tuple[str, str, str]]:
        """Waits for letters nobody has yet; returns (place, event, letter)."""
        reply = await reader.call(
            *("XREADGROUP", "GROUP", GROUP, self._name, "COUNT", most, "BLOCK", wait_ms),
            *("STREAMS", QUEUE, ">"),
        )
        return [] if reply is None else _entries(items(items(reply)[0])[1])

    async def take_over(self, most: int) -> list[tuple[str, str, str]]:
        """Returns letters whose worker has not been heard of since the lease."""
        reply = items(
            await self._store.call(
                *("XAUTOCLAIM", QUEUE, GROUP, self._name, LEASE_MS, self._cursor, "COUNT", most)
            )
        )
        self._cursor = text(reply[0])
        return _entries(reply[1])

    async def done(self, place: str) -> None:
        """Takes a letter out of the queue."""
        await finish(self._store, place)


# group_made(queue; group): makes the consumer group unless it is there.
GROUP_MADE = Script("""
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
if type(made) == 'table' and made.err and not string.find(made.err, 'BUSYGROUP') then
  return made
end
return 1
""")


async def finish(store: Store, place: str) -> None:
    """Takes a letter out of the queue, whoever had it. Raises StoreAway."""
    await store.calls([("XACK", QUEUE, GROUP, place), ("XDEL", QUEUE, place)])


def _entries(reply: Reply) -> list[tuple[str, str, str]]:
    found = []
    for item in items(reply):
        place, flat = items(item)
        if not isinstance(flat, list):  # deleted meanwhile
            continue
        fields = dict(pairs(flat))
        found.append((text(place), fields["event"].decode(), fields["letter"].decode()))
    return found


async def at_work(store: Store, now: int) -> None:
    """Notes that a worker is at work. Raises StoreAway."""
    await store.call("HSET", POST_OFFICE, "seen", now)


async def in_trouble(store: Store, why: str, said: str, now: int) -> None:
    """Notes what keeps all mails back; an empty `why`: nothing any more. Raises StoreAway."""
    if not why:
        await store.call("HDEL", POST_OFFICE, "why", "said", "since")
        return
    await store.calls(
        [
            ("HSET", POST_OFFICE, "why", why, "said", said),
            ("HSETNX", POST_OFFICE, "since", now),
        ]
    )


async def trouble(store: Store, now: int) -> Trouble:
    """Reads how the post office is doing. Raises StoreAway."""
    told = dict(pairs(await store.call("HGETALL", POST_OFFICE)))
    return Trouble(
        worker=now - int(told.get("seen", b"0")) < SEEN_MS,
        why=told.get("why", b"").decode(),
        said=told.get("said", b"").decode(),
        since=int(told.get("since", b"0")),
    )
