"""A real mail server on loopback, and an evening whose people have addresses."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

from server.settings import child_environment


class Postbox:
    """What the mail server got. `refuse` and `refuse_mail`: its answer by address, 250 if none."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[str] = []
        self.refuse: dict[str, str] = {}
        self.refuse_mail: dict[str, str] = {}
        self.hang_up = 0
        """After so many more mails the connection dies before the answer."""
        self.port = 0
        self.sessions = 0

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.sessions += 1
        return answers

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        [to] = envelope.rcpt_tos
        if to in self.refuse_mail:
            return self.refuse_mail[to]
        content = envelope.content
        assert isinstance(content, bytes)
        parsed = message_from_bytes(content, policy=default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        self.to.append(to)
        if self.hang_up:
            self.hang_up -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK"

    def has(self, number: int) -> Callable[[], bool]:
        """Returns what says whether so many mails have come."""
        return lambda: len(self.to) >= number

    def counts(self) -> Counter[str]:
        """Returns how many mails each address got."""
        return Counter(self.to)


@contextlib.asynccontextmanager
async def a_post_office(postbox: Postbox) -> AsyncIterator[str]:
    """Runs the mail server on a free port; yields its address for MEGURI_SMTP_URL."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(postbox, loop=loop, hostname="post.example"), "127.0.0.1", postbox.port
    )
    postbox.port = server.sockets[0].getsockname()[1]
    try:
        yield f"smtp://127.0.0.1:{postbox.port}"
    finally:
        server.close()


async def a_worker(store_url: str, smtp_url: str, **more: str) -> asyncio.subprocess.Process:
    """Starts `meguri worker` as its own process."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "worker",
        env=child_environment(
            REDIS_URL=store_url, MEGURI_SMTP_URL=smtp_url,
            MEGURI_PUBLIC_URL="https://tea.example.org", **more,
        ),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
