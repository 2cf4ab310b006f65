"""Receivers: programs of an organiser's on loopback, of every temper, for webhooks to call."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable

import msgspec
from msgspec import Struct

from tests.server.answering import Answering


class Call(Struct):
    """One call as it came: its headers in lower case, and its body's bytes."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, object]:
        """The body, decoded."""
        return msgspec.json.decode(self.body, type=dict[str, object])


class Receiver(Answering):
    """Keeps what it is told. Answers in turn with `answers`, then 204; `hangs`: never."""

    def __init__(self, *answers: int, hangs: bool = False, headers: str = "") -> None:
        super().__init__()
        self.answers = list(answers)
        self.hangs = hangs
        self.headers = headers
        self.calls: list[Call] = []
        self.url = ""

    def types(self) -> list[str]:
        """Returns what it was told of, sorted."""
        return sorted(str(call.said["type"]) for call in self.calls)

    def has(self, number: int) -> Callable[[], bool]:
        """Returns what says whether so many calls have come."""
        return lambda: len(self.calls) >= number

    async def speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Takes one call."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        _, path, _ = head[0].split()
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers["content-length"]))
        self.calls.append(Call(path, headers, body))
        if self.hangs:
            await reader.read()  # until the caller has had enough
            return
        status = self.answers.pop(0) if self.answers else 204
        writer.write(f"HTTP/1.1 {status} So\r\ncontent-length: 0\r\n{self.headers}\r\n".encode())
        await writer.drain()


@contextlib.asynccontextmanager
async def receiving(*receivers: Receiver) -> AsyncIterator[None]:
    """Runs receivers on free ports; their `url` is where."""
    async with contextlib.AsyncExitStack() as stack:
        for receiver in receivers:
            server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
            receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
            stack.callback(server.close)
            stack.callback(receiver.hang_up)
        yield


def is_signed(secret: str, call: Call) -> bool:
    """Checks a signature as the specification words it, and not as our own code does."""
    prefix, _, encoded = secret.partition("_")
    assert prefix == "whsec"
    content = b".".join((call.id.encode(), call.headers["webhook-timestamp"].encode(), call.body))
    expected = hmac.digest(base64.b64decode(encoded), content, hashlib.sha256)
    return any(
        version == "v1" and hmac.compare_digest(base64.b64decode(given), expected)
        for version, _, given in (
            one.partition(",") for one in call.headers["webhook-signature"].split()
        )
    )
