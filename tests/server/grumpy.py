"""A mail server of every temper: refuses, falls silent or hangs up at any step of a mail."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

from tests.server.answering import Answering

GREETING, BODY = "greeting", "body"
USUAL: Mapping[str, str] = {
    GREETING: "220 post.example ready",
    "EHLO": "250-post.example\r\n250 AUTH PLAIN",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    BODY: "250 2.0.0 taken",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


class Grumpy(Answering):
    """Answers each step as `answers` says, else as usual; an empty answer hangs up, `…` is never
    given. `taken`: the mails whose last byte came."""

    def __init__(self, **answers: str) -> None:
        super().__init__()
        self.answers = {**USUAL, **answers}
        self.taken: list[bytes] = []
        self.port = 0

    async def speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers step by step."""
        step = GREETING
        while True:
            answer = self.answers.get(step, "502 what?")
            if answer == "…":
                await reader.read()  # until the client has had enough
                return
            if not answer:
                return
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()
            if answer.startswith("354"):
                self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
                step = BODY
                continue
            line = await reader.readline()
            if not line or answer.startswith("421"):
                return
            step = line.split()[0].decode().upper()


@contextlib.asynccontextmanager
async def grumbling(grumpy: Grumpy) -> AsyncIterator[None]:
    """Runs it on a free port."""
    server = await asyncio.start_server(grumpy.serve, "127.0.0.1", 0)
    grumpy.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        grumpy.hang_up()
        server.close()
