"""Serving: the listening socket, uvicorn under our own signals, and several processes.

Responsible for: starting the bundled store when no other is set, binding the port (in use: one
sentence), running the application, saying when it is able to serve, ending within a few seconds of
SIGTERM or SIGINT; with more than one worker, starting them, replacing the dead, ending them.

Deliberately knows no route and no rule. Nothing is printed here; whoever calls words its greeting
in `on_ready`.

Invariants: sockets are closed with 4000 before the process ends; every child is ended by its pid
and dies with its parent (its standard input ends; on Linux a signal comes as well), so none is ever
left behind; settings reach the children through a pipe, never through arguments, which anybody on
the machine can read.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import msgspec
import uvicorn
import uvloop
from starlette.applications import Starlette

from server.app import create_app, leave
from server.auth import Keys
from server.bundled import BundledStore, running_url
from server.nodes import lose_older_nodes
from server.orphans import end_with
from server.redis import Store
from server.settings import Settings
from server.transport import MOST_BYTES, PROTOCOL

log = logging.getLogger(__name__)

GRACE = 3
"""Seconds that sockets and requests have to finish; 1.5 of them for closing replies."""

CHILD_GRACE = 2.0 + GRACE
"""Seconds after which a worker that was asked to end is killed."""

STEADY = 10.0
"""Seconds a worker must live for its end to count as an accident, not as a failure to start."""

FAILED_STARTS = 3
"""Workers that may fail to start, one after another, before the server gives up."""

BACKLOG = 2048
"""Connections that may wait to be accepted: a doors' rush, or everybody coming back at once."""

READY = b"ready\n"

OnReady = Callable[[str, str | None], None]
"""Called once when requests are answered, with the address (`http://host:port`), and with the
organiser's key at the very first start, when it was made: it is not kept readable anywhere."""


class ServeError(Exception):
    """Serving cannot begin or go on; the text is one sentence for the operator."""


def run(
    settings: Settings,
    host: str,
    port: int,
    workers: int = 1,
    on_ready: OnReady | None = None,
) -> None:
    """Serves until a signal ends it. Raises ServeError and `server.redis.StoreError`."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, host, port, workers, on_ready))


async def serve(
    settings: Settings,
    host: str,
    port: int,
    workers: int = 1,
    on_ready: OnReady | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT, then returns. Port 0 takes any that is free.

    Raises ServeError (the port is in use, the application failed) and `server.redis.StoreError`.
    """
    listener = listen(host, port)
    address = _address(host, listener)
    with listener:
        async with _store_url(settings) as url:
            first_key = await _prepare(settings, url)

            def ready() -> None:
                if on_ready is not None:
                    on_ready(address, first_key)

            settings = msgspec.structs.replace(settings, redis_url=url)
            if workers > 1:
                await _Crew(settings, listener, workers, ready).run()
            else:
                await _serve_here(settings, listener, ready)


def listen(host: str, port: int) -> socket.socket:
    """Returns a listening socket; connections wait in its queue until somebody serves them.

    Raises ServeError.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        # A name that leads to no address has numbers of its own, which `os.strerror` does not know.
        known = error.errno is not None and error.errno > 0
        reason = os.strerror(error.errno or 0) if known else error.strerror or str(error)
        reason = reason.partition(" (while")[0].lower()
        raise ServeError(f"Port {port} on {host} cannot be used: {reason}.") from error
    listener.set_inheritable(True)
    return listener


def _address(host: str, listener: socket.socket) -> str:
    port: int = listener.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


@contextlib.asynccontextmanager
async def _store_url(settings: Settings) -> AsyncIterator[str]:
    """Yields where the store is; our own is started first and stopped after."""
    if settings.redis_url is not None:
        yield settings.redis_url
        return
    store = BundledStore(settings.data_dir)
    await store.start()
    try:
        yield store.url
    finally:
        await store.stop()


async def _prepare(settings: Settings, url: str) -> str | None:
    """Does what is done once before anything is served; returns the organiser's key if new."""
    store = await Store.connect(url)
    try:
        if settings.redis_url is None:
            # The store is ours alone: whoever was connected before is not any more.
            await lose_older_nodes(store)
        return await Keys(store, settings).first_organiser_key()
    finally:
        await store.close()


async def renew_organiser_key(settings: Settings) -> str:
    """Makes a new organiser's key in place of the old one; a server that runs honours it at once.

    Raises StoreError, StoreAway.
    """
    running = settings.redis_url or running_url(settings.data_dir) or ""
    async with contextlib.AsyncExitStack() as stack:
        url = running or await stack.enter_async_context(_store_url(settings))
        store = await Store.connect(url)
        try:
            return await Keys(store, settings).new_organiser_key()
        finally:
            await store.close()


# In this process


class Server(uvicorn.Server):
    """Uvicorn without its signal handling: with it, one process raises SIGTERM again at its end,
    and no `finally` around it ever runs (uvicorn 0.54). `stop` ends it in order."""

    def __init__(self, app: Starlette, on_ready: Callable[[], None] | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                ws=PROTOCOL,
                ws_max_size=MOST_BYTES,
                ws_per_message_deflate=False,
                ws_ping_interval=None,
                lifespan="on",
                log_config=None,
                access_log=False,  # addresses hold personal keys
                server_header=False,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self._starlette = app
        self._on_ready = on_ready

    def stop(self) -> None:
        """Has it end: sockets close with 4000, requests are finished, parts are stopped."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._on_ready is not None:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await leave(self._starlette)
        await super().shutdown(sockets)


async def _serve_here(
    settings: Settings, listener: socket.socket, on_ready: Callable[[], None]
) -> None:
    assert settings.redis_url is not None
    uvicorn_log = logging.getLogger("uvicorn.error")
    uvicorn_log.setLevel(logging.WARNING)
    uvicorn_log.addFilter(_is_no_denial)
    store = await Store.connect(settings.redis_url)
    try:
        server = Server(create_app(settings, store), on_ready)
        with _signals(server.stop):
            try:
                await _to_the_end(server, listener)
            except SystemExit as error:
                raise ServeError("The server could not start; its log says why.") from error
    finally:
        await store.close()


def _is_no_denial(record: logging.LogRecord) -> bool:
    """Says whether a line may stand in the log.

    Uvicorn (0.54) calls every handshake that was refused with a status an error of the application;
    anybody with a wrong key could fill the log with it.
    """
    return record.getMessage() != "ASGI callable returned without completing handshake."


async def _to_the_end(server: Server, listener: socket.socket) -> None:
    """Serves until stopped; being cancelled stops it too, in the same order."""
    serving = asyncio.create_task(server.serve([listener]), name="serving")
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.stop()
        await asyncio.wait([serving])
        raise


@contextlib.contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    """Calls `stop` on SIGTERM and SIGINT for as long as it is entered."""
    loop = asyncio.get_running_loop()
    handled = (signal.SIGTERM, signal.SIGINT)
    for each in handled:
        loop.add_signal_handler(each, stop)
    try:
        yield
    finally:
        for each in handled:
            loop.remove_signal_handler(each)


# Several processes


class _Crew:
    """The parent of several workers that accept from one listening socket."""

    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        workers: int,
        on_ready: Callable[[], None],
    ) -> None:
        self._settings = msgspec.json.encode(settings, enc_hook=str) + b"\n"
        self._listener = listener
        self._workers = workers
        self._on_ready = on_ready
        self._waited_for = workers
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Keeps the workers alive until a signal comes; raises ServeError when one cannot start."""
        with _signals(self._stopping.set):
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(self._workers):
                        group.create_task(self._keep())
            except* ServeError as errors:
                raise errors.exceptions[0] from None

    async def _keep(self) -> None:
        """Starts one worker again each time it dies."""
        loop = asyncio.get_running_loop()
        failed = 0
        first = True
        while not self._stopping.is_set():
            began = loop.time()
            child = await self._spawn()
            try:
                if await self._is_ready(child) and first:
                    first = False
                    self._waited_for -= 1
                    if self._waited_for == 0:
                        self._on_ready()
                await self._until_end(child)
            finally:
                await _end(child)
            if self._stopping.is_set():
                return
            failed = failed + 1 if loop.time() - began < STEADY else 0
            log.warning("worker %d ended (%s); another one starts", child.pid, child.returncode)
            if failed >= FAILED_STARTS:
                raise ServeError("A worker process ended again and again; its log says why.")

    async def _spawn(self) -> Process:
        fd = self._listener.fileno()
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.serving", str(fd), str(os.getpid()),
            stdin=PIPE, stdout=PIPE, pass_fds=(fd,), cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        assert child.stdin is not None
        child.stdin.write(self._settings)
        return child

    async def _is_ready(self, child: Process) -> bool:
        """Waits until a worker serves, or has ended without, or is wanted no more."""
        assert child.stdout is not None
        async with asyncio.TaskGroup() as group:
            line = group.create_task(child.stdout.readline())
            stop = group.create_task(self._stopping.wait())
            await asyncio.wait((line, stop), return_when=asyncio.FIRST_COMPLETED)
            is_ready = line.done() and line.result() == READY
            line.cancel()
            stop.cancel()
        return is_ready

    async def _until_end(self, child: Process) -> None:
        """Waits until a worker has ended or is asked to."""
        async with asyncio.TaskGroup() as group:
            end = group.create_task(child.wait())
            stop = group.create_task(self._stopping.wait())
            await asyncio.wait((end, stop), return_when=asyncio.FIRST_COMPLETED)
            end.cancel()
            stop.cancel()


async def _end(child: Process) -> None:
    """Ends one child by its pid: asked first, killed when it does not go."""
    if child.returncode is not None:
        return
    child.terminate()
    try:
        async with asyncio.timeout(CHILD_GRACE):
            await child.wait()
    except TimeoutError:
        log.warning("worker %d does not end and is killed", child.pid)
        child.kill()
        await child.wait()


async def _work(fd: int) -> None:
    """Serves as one of several workers, until asked to end or the parent is gone."""
    settings = msgspec.json.decode(
        sys.stdin.buffer.readline(), type=Settings, dec_hook=lambda kind, value: kind(value)
    )
    listener = socket.socket(fileno=fd)

    def ready() -> None:
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()

    loop = asyncio.get_running_loop()

    def orphaned() -> None:
        loop.remove_reader(sys.stdin.fileno())
        os.kill(os.getpid(), signal.SIGTERM)

    # The pipe is never written to again: readable means that its other end is gone.
    loop.add_reader(sys.stdin.fileno(), orphaned)
    try:
        await _serve_here(settings, listener, ready)
    finally:
        loop.remove_reader(sys.stdin.fileno())


def main(arguments: list[str]) -> int:
    """Runs one worker: `python -m server.serving FD PARENT`, its settings on standard input."""
    end_with(int(arguments[1]))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_work(int(arguments[0])))
    except ServeError as error:
        log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
