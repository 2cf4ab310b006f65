"""Erasure beside the journal: what the store keeps of somebody after the rules have erased them.

Responsible for what they said, mails waiting and their records, records of calls to other systems,
what series remember of them, and their keys; and then for the store's own files, which keep what
was written until they are written anew. An erasure is noted before it begins and struck out at its
end, so that whichever process comes next finishes what one that died had begun.

Deliberately erases no row of the register: the rules do, with the fact that says so.

Invariant: `wanted` is cleared only after files were written that began later than it was set.
"""

from __future__ import annotations

import asyncio
import logging
import secrets

from msgspec import Struct

from server.auth import Keys
from server.journal import Journal
from server.mail import POST_OFFICE, Book
from server.redis import Reply, Script, Store, StoreAway, key, pairs
from server.series import Series

log = logging.getLogger(__name__)

ERASING = "meguri:erasing"
"""Hash: `event:attendee` to since when (ms), and the code of their address where they had one, for
erasures that are not finished."""

FILES = "meguri:files"
"""Hash: `wanted`, a token while the store's files still hold what was erased; `at`, when they were
last written anew (ms); `trouble`, why they could not be."""

REWRITING = "meguri:rewriting"
"""Held by the process that has the files written."""

BESIDE = ("hooks",)
"""Hashes of an event, beside the mails' book, whose fields' names hold ids of people."""

TICK_SECONDS = 2.0
"""How often it is looked for erasures that nobody finished."""

LEFT_MS = 30_000
"""An erasure noted so long ago is finished by whoever finds it."""

HELD_MS = 30_000
"""How long one process has the files; prolonged while they are written."""

POLL_SECONDS = 0.05
"""How often the store is asked whether they are."""

REST_SECONDS = 30.0
"""Between two rewritings: many erasures in a row are in one."""

REWRITE_SECONDS = 600.0
"""Writing large files may take minutes; beyond this it has failed."""


class Erasure(Struct, frozen=True):
    """Who is erased, and the address under which mail servers may have named them.

    `code`: what stands for that address in series, where the address itself is gone.
    """

    event: str
    attendee: str
    email: str = ""
    code: str = ""

    @property
    def field(self) -> str:
        """Its name in the list of those not finished."""
        return f"{self.event}:{self.attendee}"


# finished(files; token, at): clears what was wanted, unless more was wanted since.
FINISHED = Script("""
redis.call('HSET', KEYS[1], 'at', ARGV[2])
redis.call('HDEL', KEYS[1], 'trouble')
if redis.call('HGET', KEYS[1], 'wanted') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'wanted')
end
return 1
""")


async def note(store: Store, erasure: Erasure) -> None:
    """Notes that an erasure begins. Raises StoreAway."""
    code = await Series(store).code(erasure.email) if erasure.email else ""
    await store.call("HSET", ERASING, erasure.field, f"{store.clock()} {code}".rstrip())


async def withdraw(store: Store, erasure: Erasure) -> None:
    """Strikes out an erasure that the rules refused. Raises StoreAway."""
    await store.call("HDEL", ERASING, erasure.field)


async def finish(store: Store, erasure: Erasure) -> None:
    """Erases what is kept of somebody beside the journal; twice does no harm. Raises StoreAway."""
    await Journal(store, erasure.event).forget_said(erasure.attendee)
    await Book(store, erasure.event).forget(erasure.attendee)
    for name in BESIDE:
        await _forget_fields(store, key(erasure.event, name), erasure.attendee)
    if erasure.email:
        said = await store.call("HGET", POST_OFFICE, "said")
        if isinstance(said, bytes) and erasure.email.encode() in said:
            await store.call("HDEL", POST_OFFICE, "said")
    series = Series(store)
    code = erasure.code or (await series.code(erasure.email) if erasure.email else "")
    await series.forget(erasure.event, erasure.attendee, code)
    await want_files(store)
    await store.call("HDEL", ERASING, erasure.field)


async def _forget_fields(store: Store, hash: str, attendee: str) -> None:
    """Takes out of a hash what is named after somebody, or holds their id."""
    inside = f'"{attendee}"'.encode()
    for field, value in pairs(await store.call("HGETALL", hash)):
        if attendee in field.split(":") or inside in value:
            await store.call("HDEL", hash, field)


async def want_files(store: Store) -> None:
    """Has the store's files written anew, since they hold what was taken out. Raises StoreAway."""
    await store.call("HSET", FILES, "wanted", secrets.token_urlsafe(9))


class Files(Struct, frozen=True, kw_only=True):
    """How the store's files stand: whether they still hold something erased, and why."""

    wanted: bool
    at: int
    trouble: str


async def files(store: Store) -> Files:
    """Reads how the store's files stand. Raises StoreAway."""
    told = dict(pairs(await store.call("HGETALL", FILES)))
    return Files(
        wanted="wanted" in told,
        at=int(told.get("at", b"0")),
        trouble=told.get("trouble", b"").decode(),
    )


class Eraser:
    """Finishes erasures that were left, and has the store's files written anew."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store = store
        self._keys = keys
        self._name = secrets.token_urlsafe(9)

    async def run(self) -> None:
        """Works until cancelled; while the store is away it waits."""
        while True:
            try:
                await self.finish_left()
                rest = REST_SECONDS if await self.rewrite_if_wanted() else TICK_SECONDS
            except StoreAway:
                rest = TICK_SECONDS
            await asyncio.sleep(rest)

    async def finish_left(self) -> None:
        """Goes on with erasures whose process died. Raises StoreAway."""
        now = self._store.clock()
        for field, value in pairs(await self._store.call("HGETALL", ERASING)):
            since, _, code = value.decode().partition(" ")
            if now - int(since) < LEFT_MS:
                continue
            event, _, attendee = field.partition(":")
            profile = f"a:{attendee}"
            if await self._store.call("HEXISTS", key(event, "register"), profile):
                await withdraw(self._store, Erasure(event, attendee))  # it did not come to that
                continue
            await self._keys.forget(event, [attendee])
            await finish(self._store, Erasure(event, attendee, code=code))
            log.warning("An erasure that was left unfinished is finished.")

    async def rewrite_if_wanted(self) -> bool:
        """Has the files written if they hold something erased; says whether. Raises StoreAway."""
        wanted = await self._store.call("HGET", FILES, "wanted")
        if not isinstance(wanted, bytes):
            return False
        taken: Reply = await self._store.call(*("SET", REWRITING, self._name, "NX", "PX", HELD_MS))
        if taken is None:
            return False
        try:
            trouble = await self._rewrite()
        finally:
            await self._store.call("DEL", REWRITING)
        if trouble:
            log.warning("The store's files still hold what was erased: %s", trouble)
            await self._store.call("HSET", FILES, "trouble", trouble)
        else:
            await self._store.run(FINISHED, (FILES,), (wanted, self._store.clock()))
        return True

    async def _rewrite(self) -> str:
        """Has the store write its files from what it holds now; returns what kept it from it."""
        store = self._store
        # What was slow is kept with its words, in memory only.
        await store.attempt("SLOWLOG", "RESET")
        told = await store.persistence()
        appends = told.get("aof_enabled") == "1"
        if appends and (trouble := await self._write("BGREWRITEAOF", "aof_", "bgrewrite")):
            return trouble
        if appends and await store.setting("save") == "":
            return ""
        return await self._write("BGSAVE", "rdb_", "bgsave")

    async def _write(self, command: str, kind: str, name: str) -> str:
        """Has one kind of file written from now on, and waits until it is."""
        async with asyncio.timeout(REWRITE_SECONDS):
            await self._until_written()
            while refused := await self._store.attempt(command):
                if "in progress" not in refused:
                    return refused
                await self._until_written()
            told = await self._until_written()
        if told.get(f"{kind}last_{name}_status", "ok") != "ok":
            return f"{command} failed; the store's log says why."
        return ""

    async def _until_written(self) -> dict[str, str]:
        busy = (
            *("aof_rewrite_in_progress", "aof_rewrite_scheduled"),
            *("rdb_bgsave_in_progress", "async_loading"),
        )
        while True:
            told = await self._store.persistence()
            if all(told.get(name, "0") == "0" for name in busy):
                return told
            await self._store.call("PEXPIRE", REWRITING, HELD_MS)
            await asyncio.sleep(POLL_SECONDS)
