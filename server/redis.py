"""Redis: connections, keys, scripts, and its clock.

Responsible for the one connection factory, the one key function and Redis' time. Deliberately knows
nothing of facts or people (that is `journal.py` and `register.py`), and starts no server
(`bundled.py`).

Invariants:
- Nothing is retried behind the caller's back: a write that was not answered may have landed.
- Replies of `call` have RESP2 shapes (bytes, int, None, lists), whatever the library's defaults.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import TypeAlias, cast
from urllib.parse import urlsplit

import redis.asyncio as aioredis
from redis import exceptions as errors
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from server.patient import Within

LEAST_VERSION = (7, 0)

COMMAND_SECONDS = 3.0
"""How long a command may take: a stalled disk under `appendfsync always` needs up to a second."""

NO_ANSWER = f"it gave no answer within {COMMAND_SECONDS:.0f} s"

POOL_SIZE = 32
"""Connections for commands: one does 20,000 commands a second, so this is for slow ones."""

Reply: TypeAlias = "bytes | int | list[Reply] | None"
Part: TypeAlias = str | bytes | int


class StoreError(Exception):
    """The store cannot be used; the text is one sentence for the operator."""


class StoreAway(Exception):
    """The store did not answer. A write may or may not have landed."""


def key(event_id: str, name: str) -> str:
    """Returns the key of `name` of one event; the hash tag keeps an event's keys in one slot."""
    return f"meguri:{{{event_id}}}:{name}"


EVENTS = "meguri:events"
"""Hash: event id to the instant it was made."""
ENDED = "meguri:ended"
"""Hash: event id to when it began and was over, once it is."""
LISTED = "meguri:listed"
"""Hash: event id to its line in the desk's list, and the place in its journal that it is of."""
ALARMS = "meguri:alarms"
"""Sorted set: event id by its next alarm; a hint."""
NODES = "meguri:nodes"
"""Hash: node to its last heartbeat."""


def text(reply: Reply) -> str:
    """Returns a reply that is a string."""
    if not isinstance(reply, bytes):
        raise TypeError(f"a string was expected, not {reply!r}")
    return reply.decode()


def whole(reply: Reply) -> int:
    """Returns a reply that is a whole number, also one kept as text."""
    if isinstance(reply, (int, bytes)):
        return int(reply)
    raise TypeError(f"a number was expected, not {reply!r}")


def items(reply: Reply) -> list[Reply]:
    """Returns a reply that is a list."""
    if not isinstance(reply, list):
        raise TypeError(f"a list was expected, not {reply!r}")
    return reply


def pairs(reply: Reply) -> list[tuple[str, bytes]]:
    """Returns a flat reply of names and values, as HGETALL gives, in its order."""
    flat = items(reply)
    found: list[tuple[str, bytes]] = []
    for name, value in zip(flat[::2], flat[1::2], strict=True):
        if not isinstance(value, bytes):
            raise TypeError(f"a value was expected, not {value!r}")
        found.append((text(name), value))
    return found


class Script:
    """A Lua script with its source's hash; `Store.run` sends the source only where it is new."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()


_AWAY_CODES = (
    *("MISCONF", "OOM", "LOADING", "BUSY "),
    *("READONLY", "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS"),
)
"""Errors of a server that is there but cannot serve now: full, loading, failing over."""


def _is_away(error: Exception) -> bool:
    away = (errors.ConnectionError, errors.TimeoutError, errors.ReadOnlyError, OSError)
    if isinstance(error, (*away, errors.OutOfMemoryError)):
        return True
    return isinstance(error, errors.ResponseError) and str(error).startswith(_AWAY_CODES)


def _connections(url: str, *, blocking: bool) -> aioredis.ConnectionPool:
    """The one connection factory.

    redis-py 8 would time out after 5 s and retry ten times, silently: XREAD BLOCK 7000 failed after
    59 s. So: no retries, RESP2 because stream replies change shape with RESP3, and a pool that
    waits rather than fails. No time-out of the library's either: it wraps each sending in
    `asyncio.wait_for`, which on Python 3.11 swallows a cancellation that comes at the same moment,
    so that a task at work could not be ended. `Link` bounds commands itself.
    """
    bound = COMMAND_SECONDS if blocking else None  # a reader waits for ever, but for its line
    return aioredis.BlockingConnectionPool.from_url(
        url,
        max_connections=1 if blocking else POOL_SIZE,
        timeout=bound,
        socket_timeout=None,
        socket_connect_timeout=bound,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
        decode_responses=False,
    )


class Link:
    """Sends commands over a pool and gives raw replies; StoreAway says that none came."""

    def __init__(self, url: str, *, blocking: bool, seconds: float = COMMAND_SECONDS) -> None:
        self._seconds = None if blocking else seconds
        self._pool = _connections(url, blocking=blocking)
        self._raw = aioredis.Redis(connection_pool=self._pool)
        self._raw.response_callbacks.clear()
        self._closed = False

    async def call(self, *parts: Part) -> Reply:
        """Sends one command and returns its reply. Raises StoreAway."""
        try:
            async with Within(self._seconds):
                # redis-py leaves this method untyped
                reply = await self._raw.execute_command(*parts)  # type: ignore[no-untyped-call]
            return cast(Reply, reply)
        except Exception as error:
            if _is_away(error):
                raise StoreAway(str(error) or NO_ANSWER) from error
            raise

    async def calls(self, commands: Sequence[Sequence[Part]]) -> list[Reply]:
        """Sends commands in one go and returns their replies, in order. Raises StoreAway."""
        if not commands:
            return []
        pipeline = self._raw.pipeline(transaction=False)
        for parts in commands:
            pipeline.execute_command(*parts)
        try:
            async with Within(self._seconds):
                return cast("list[Reply]", await pipeline.execute())
        except Exception as error:
            if _is_away(error):
                raise StoreAway(str(error) or NO_ANSWER) from error
            raise

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[Part]) -> Reply:
        """Runs a script and returns its reply. Raises StoreAway."""
        try:
            return await self.call("EVALSHA", script.sha, len(keys), *keys, *args)
        except errors.NoScriptError:  # a server that has started anew; nothing was done
            return await self.call("EVAL", script.source, len(keys), *keys, *args)

    async def publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Publishes (channel, message) pairs in one go, in order. Raises StoreAway."""
        await self.calls([("PUBLISH", channel, message) for channel, message in messages])

    async def hear(self, channel: str, seconds: float) -> AsyncIterator[bytes | None]:
        """Yields what is published to a channel from now on; None after `seconds` of nothing.

        Raises StoreAway: what was published meanwhile is not heard.
        """
        subscription = self._raw.pubsub()
        try:
            await subscription.subscribe(channel)
            while True:
                message = await subscription.get_message(timeout=seconds)
                if message is None:
                    yield None
                elif message["type"] == "message":
                    yield cast(bytes, message["data"])
        except (errors.ConnectionError, errors.TimeoutError, OSError) as error:
            raise StoreAway(str(error)) from error
        finally:
            with contextlib.suppress(errors.RedisError, OSError):
                await subscription.aclose()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Closes its connections."""
        self._closed = True
        # `disconnect` keeps a connection that cannot say goodbye; a dead server is no reason to.
        with contextlib.suppress(errors.RedisError, OSError):
            await self._pool.disconnect(inuse_connections=True)


class Store(Link):
    """A Redis that was checked, with its clock."""

    def __init__(self, url: str) -> None:
        super().__init__(url, blocking=False)
        self.url = url
        self._readers: list[Link] = []
        self._offset: float | None = None
        self._unsure = 0.0
        self._last = 0

    @classmethod
    async def connect(cls, url: str) -> Store:
        """Connects to the Redis at `url` and reads its clock.

        Raises StoreError when it cannot be reached, refuses the password, or is too old.
        """
        try:
            store = cls(url)
        except ValueError as error:
            raise StoreError(f"REDIS_URL cannot be read: {error}.") from error
        try:
            await store._check()
            await store.now()
        except StoreAway as error:
            await store.close()
            raise StoreError(f"Redis cannot be reached at {shown(url)}: {error}") from error
        except errors.RedisError as error:
            await store.close()
            raise StoreError(f"Redis at {shown(url)} refused: {error}") from error
        except StoreError:
            await store.close()
            raise
        return store

    async def _check(self) -> None:
        info = text(await self.call("INFO", "server"))
        told = dict(line.split(":", 1) for line in info.splitlines() if ":" in line)
        version = told.get("redis_version", "0")
        if tuple(int(part) for part in version.split(".")[:2]) < LEAST_VERSION:
            raise StoreError(f"Redis 7.0 or newer is needed; {shown(self.url)} runs {version}.")

    def blocking(self) -> Link:
        """Returns a connection of its own for blocking reads; the store closes it at the end."""
        reader = Link(self.url, blocking=True)
        self._readers = [*(each for each in self._readers if not each._closed), reader]
        return reader

    async def now(self) -> int:
        """Asks Redis for its time and returns it (ms since 1970 UTC). Raises StoreAway."""
        sent = time.monotonic()
        reply = await self.call("TIME")
        self.heard_time(reply, sent, time.monotonic())
        return self.clock()

    def heard_time(self, reply: Reply, sent: float, received: float) -> None:
        """Takes a TIME reply to a command sent and received at these monotonic seconds."""
        seconds, micros = items(reply)
        offset = whole(seconds) + whole(micros) / 1e6 - (sent + received) / 2
        unsure = (received - sent) / 2
        # A new measure counts where it is the better one, or where both cannot be right.
        if (
            self._offset is None
            or unsure <= self._unsure
            or abs(offset - self._offset) > unsure + self._unsure
        ):
            self._offset, self._unsure = offset, unsure
        else:
            self._unsure += 0.0001  # clocks drift: an old measure is worth less each time

    def clock(self) -> int:
        """Returns Redis' time without asking it (ms since 1970 UTC); it never goes back."""
        if self._offset is None:
            raise RuntimeError("the store's clock was not read yet")
        self._last = max(self._last, int((self._offset + time.monotonic()) * 1000))
        return self._last

    async def persistence(self) -> dict[str, str]:
        """Reads how the server keeps its data on disk, as `INFO persistence` names it."""
        info = text(await self.call("INFO", "persistence"))
        return dict(line.split(":", 1) for line in info.splitlines() if ":" in line)

    async def attempt(self, *parts: Part) -> str:
        """Sends a command that a server may refuse or not know; returns its words, or nothing."""
        try:
            await self.call(*parts)
        except errors.ResponseError as error:
            return str(error)
        return ""

    async def setting(self, name: str) -> str | None:
        """Returns a setting of the server; None where CONFIG is not allowed. Raises StoreAway."""
        try:
            reply = items(await self.call("CONFIG", "GET", name))
        except errors.ResponseError:
            return None
        return text(reply[1]) if len(reply) > 1 else None

    async def close(self) -> None:
        """Closes all connections, those of blocking readers too."""
        for reader in self._readers:
            await reader.close()
        await super().close()


def shown(url: str) -> str:
    """Returns a store's address as it may be shown: without user and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
