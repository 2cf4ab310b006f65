"""A real relay for tests: coturn on the loopback, with a secret that it shares with us."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from pathlib import Path

from server.turn import RelayError, ask_for_place
from tests.server.waiting import wait_until

SECRET = "known-to-the-relay-and-to-meguri"
STARTS_WITHIN_SECONDS = 60.0


def _free_port() -> int:
    """Returns a port that is free for both UDP and TCP: coturn listens with both."""
    for _ in range(20):
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
            contextlib.suppress(OSError),
        ):
            tcp.bind(("127.0.0.1", 0))
            udp.bind(tcp.getsockname())
            return int(udp.getsockname()[1])
    raise AssertionError("no port is free for both UDP and TCP")


@contextlib.asynccontextmanager
async def a_relay(folder: Path) -> AsyncIterator[str]:
    """Starts coturn; yields its address once it answers; ends it."""
    program = shutil.which("turnserver")
    assert program is not None, "coturn is not installed: apt-get install coturn"
    port = _free_port()
    relay = await asyncio.create_subprocess_exec(
        program, "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1",
        f"--listening-port={port}", "--min-port=49160", "--max-port=49400",
        "--lt-cred-mech", "--use-auth-secret", f"--static-auth-secret={SECRET}",
        "--realm=meguri.test", "--no-tls", "--no-dtls", "--no-cli", "--allow-loopback-peers",
        f"--pidfile={folder}/pid", "--log-file=stdout", "--simple-log", "--userdb", f"{folder}/db",
        cwd=folder, stdout=DEVNULL, stderr=DEVNULL,
    )  # fmt: skip
    url = f"turn:127.0.0.1:{port}"
    try:
        await wait_until(
            lambda: asyncio.to_thread(_answers, url), "coturn answers", STARTS_WITHIN_SECONDS
        )
        yield url
    finally:
        relay.terminate()
        await relay.wait()


def _answers(url: str) -> bool:
    """Says whether somebody answers there, whatever they say."""
    try:
        ask_for_place(url, "nobody", "nothing")
    except RelayError as error:
        return "reached" not in str(error) and "answer" not in str(error)
    return True
