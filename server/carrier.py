"""The carrier: a small process that hands letters to the mail server, and outlives the worker.

Responsible for the one step that cannot be taken back. The worker may be killed at any instant; its
carrier then reads the end of its standard input, finishes what it was given, writes down what came
of it, and ends. So that only the carrier's own death between a mail's last byte and the answer
leaves doubt, and such a letter is then `unsure`, not sent twice (RFC 1047 is about this moment).

Deliberately knows no event and makes no letter; it is given finished bytes.

Jobs are lines of JSON on standard input (the first line: settings); outcomes are lines on output.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import sys
from asyncio import StreamReader
from collections.abc import Awaitable, Callable

import aiosmtplib
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from server.mail import (
    LEASE_MS,
    RETRY_MS,
    Book,
    Entry,
    State,
    address_mark,
    finish,
    in_trouble,
    without_addresses,
)
from server.mail_server import (
    COMMAND_SECONDS,
    TROUBLES,
    ServerTrouble,
    connect,
    part,
    said_by,
    trouble_at_address,
    trouble_at_sender,
)
from server.redis import Store, StoreAway, StoreError
from server.settings import Settings, Smtp

log = logging.getLogger(__name__)

LANES = 3
"""Connections to the mail server: polite ones allow a few from one address."""

DATA_SECONDS = 300.0
"""How long the answer to a whole mail may take."""

TROUBLE_PAUSE_MS = 20_000
"""How long letters wait before the mail server is tried again."""

JOB_BYTES = 32 * 1024 * 1024
"""The longest line of a job: a letter in base64, with its attachments."""

TRIES_PER_CONNECTION = 2
"""A connection that stood idle may have been closed by the server: it is opened anew once."""


class Job(Struct, frozen=True, kw_only=True):
    """A letter to hand on. `taken`: its line in the book."""

    place: str
    event: str
    letter: str
    taken: Entry
    sender: str
    to: str
    data: bytes


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a job: a state, or `trouble` with the server itself, or `overtaken`."""

    place: str
    outcome: str


TOO_LARGE = 552
"""What a server answers to a letter's size (RFC 1870): this letter's trouble, not the sender's."""


LOGGED = {
    "refused-address": "A mail (%s of event %s) was refused: there is no such address. (%s)",
    "refused-mail": "A mail (%s of event %s) was refused. (%s)",
    "gave-up": "A mail (%s of event %s) was put off so often that it is given up. (%s)",
    "no-answer": "Nobody knows whether a mail (%s of event %s) went out; the desk asks. (%s)",
    "later": "A mail (%s of event %s) was put off; it is tried again by itself. (%s)",
}
"""What the log says of single letters; who they are to stays in the book."""

LINE_OF_DOTS = re.compile(rb"^\.", re.MULTILINE)
"""A line that begins with a dot gets another one (RFC 5321, 4.5.2)."""


class Carrier:
    """Hands letters on, over a few connections."""

    def __init__(
        self,
        store: Store,
        smtp: Smtp,
        tell: Callable[[Outcome], None],
        patience: float = COMMAND_SECONDS,
    ) -> None:
        """`patience`: seconds for each answer but the last."""
        self._patience = patience
        self._troubled = ""
        self._store = store
        self._smtp = smtp
        self._tell = tell
        self._jobs: asyncio.Queue[Job | None] = asyncio.Queue()
        self._held: dict[str, Job] = {}
        """Jobs whose letter was not begun to be handed on, by place."""
        self._lines = asyncio.Lock()
        """Held while the book's line of a held job changes."""

    def give(self, job: Job) -> None:
        """Takes a job."""
        self._held[job.place] = job
        self._jobs.put_nowait(job)

    def end(self) -> None:
        """Has it end once all jobs given are done."""
        for _ in range(LANES):
            self._jobs.put_nowait(None)

    async def run(self) -> None:
        """Works until `end` and all is done."""
        keeping = asyncio.create_task(self._keep(), name="keeping letters")
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(LANES):
                    group.create_task(self._lane(), name=f"lane {number}")
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep(self) -> None:
        """Tells other workers that letters waiting here are in good hands."""
        while True:
            await asyncio.sleep(LEASE_MS / 3000)
            for place in list(self._held):
                async with self._lines:
                    job = self._held.get(place)
                    if job is None:
                        continue
                    fresh = replace(job.taken, at=self._store.clock())
                    with contextlib.suppress(StoreAway):
                        if await Book(self._store, job.event).swap(job.letter, job.taken, fresh):
                            self._held[place] = replace(job, taken=fresh)

    async def _lane(self) -> None:
        client: aiosmtplib.SMTP | None = None
        while (job := await self._jobs.get()) is not None:
            outcome = "trouble"
            for attempt in range(TRIES_PER_CONNECTION):
                try:
                    if client is None or not client.is_connected:
                        client = await connect(self._smtp, self._patience)
                    outcome = await self._carry(client, job)
                    break
                except (
                    aiosmtplib.SMTPServerDisconnected,
                    aiosmtplib.SMTPTimeoutError,
                    OSError,
                ) as error:
                    client = None
                    if attempt + 1 == TRIES_PER_CONNECTION:
                        slow = isinstance(error, TimeoutError)
                        await self._put_back(job, ServerTrouble("slow" if slow else "away"))
                except ServerTrouble as trouble:
                    client = None
                    await self._put_back(job, trouble)
                    break
                except StoreAway:  # the line's lease brings the letter back
                    if client is not None:
                        client.close()
                    client, outcome = None, "overtaken"
                    break
            self._held.pop(job.place, None)
            self._tell(Outcome(place=job.place, outcome=outcome))
        if client is not None:
            await part(client)

    async def _carry(self, client: aiosmtplib.SMTP, job: Job) -> str:
        """Hands one letter on. What it raises was raised before the letter was handed."""
        try:
            await client.mail(job.sender, options=[f"size={len(job.data)}"]
                              if client.supports_extension("size") else [])  # fmt: skip
        except aiosmtplib.SMTPResponseException as error:
            if error.code == TOO_LARGE:
                return await self._refused(client, job, await self._own(job), error)
            raise trouble_at_sender(error) from error
        try:
            await client.rcpt(job.to)
        except aiosmtplib.SMTPResponseException as error:
            if why := trouble_at_address(error):
                raise ServerTrouble(why, said_by(error)) from error
            return await self._refused(client, job, await self._own(job), error)
        begun = await client.execute_command(b"DATA")
        if begun.code == 421:
            raise ServerTrouble("refuses", said_by(aiosmtplib.SMTPDataError(*begun)))
        if begun.code != 354:
            refused = aiosmtplib.SMTPDataError(*begun)
            return await self._refused(client, job, await self._own(job), refused)
        return await self._hand_over(client, job)

    async def _hand_over(self, client: aiosmtplib.SMTP, job: Job) -> str:
        """Sends the mail itself, which the server has said it will take: here it may go out."""
        async with self._lines:
            held = self._held.pop(job.place, job)
            handing = replace(held.taken, state=State.HANDING, at=self._store.clock())
            mine = await Book(self._store, job.event).swap(job.letter, held.taken, handing)
        if not mine:  # another worker has taken it meanwhile, and will see to it
            client.close()  # the only way out of a mail that was begun
            return "overtaken"
        try:
            if client.protocol is None:
                raise aiosmtplib.SMTPServerDisconnected("Connection lost")
            end = b".\r\n" if job.data.endswith(b"\r\n") else b"\r\n.\r\n"
            client.protocol.write(LINE_OF_DOTS.sub(b"..", job.data) + end)
            answer = await client.protocol.read_response(DATA_SECONDS)
            if answer.code != 250:
                refused = aiosmtplib.SMTPDataError(*answer)
                return await self._refused(client, job, handing, refused)
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            cause = without_addresses(str(error))
            return await self._write(job, handing, State.UNSURE, why="no-answer", cause=cause)
        return await self._write(job, handing, State.SENT, said=f"{answer.code}")

    async def _own(self, job: Job) -> Entry:
        async with self._lines:
            return self._held.pop(job.place, job).taken

    async def _refused(
        self,
        client: aiosmtplib.SMTP,
        job: Job,
        now_is: Entry,
        error: aiosmtplib.SMTPResponseException,
    ) -> str:
        """Writes down that this letter was refused: for good (5xx), or for now (4xx)."""
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.rset()
        tries = now_is.tries + 1
        said = said_by(error)
        at_address = isinstance(error, aiosmtplib.SMTPRecipientRefused)
        why = "refused-address" if at_address else "refused-mail"
        if error.code >= 500 or tries > len(RETRY_MS):
            why = why if error.code >= 500 else "gave-up"
            address = address_mark(job.to) if at_address else ""
            return await self._write(
                job, now_is, State.FAILED, why=why, said=said, tries=tries, address=address
            )
        wait = RETRY_MS[tries - 1]
        return await self._write(
            job, now_is, State.WAITING, why="later", said=said, tries=tries, wait=wait
        )

    async def _put_back(self, job: Job, trouble: ServerTrouble) -> None:
        """Leaves a letter for later, uncounted, since the fault is not its own."""
        now_is = await self._own(job)
        await self._write(
            job, now_is, State.WAITING, why="server", tries=now_is.tries, wait=TROUBLE_PAUSE_MS
        )
        now = self._store.clock()
        await self._insist(lambda: in_trouble(self._store, trouble.why, trouble.said, now))
        if self._troubled != trouble.why:
            self._troubled = trouble.why
            said = trouble.said or trouble.cause
            log.warning("%s Mails wait. (%s)", TROUBLES[trouble.why], said)

    async def _write(
        self,
        job: Job,
        now_is: Entry,
        state: State,
        *,
        why: str = "",
        said: str = "",
        tries: int = 0,
        wait: int = 0,
        address: str = "",
        cause: str = "",
    ) -> str:
        """Writes down what came of a letter, however long the store is away.

        `said`: by the mail server; `cause`: what the log says where it said nothing.
        """
        now = self._store.clock()
        line = Entry(
            state=state,
            at=now,
            tries=tries or now_is.tries,
            not_before=now + wait if wait else 0,
            why=why,
            said=said,
            address=address,
        )
        book = Book(self._store, job.event)
        await self._insist(lambda: book.swap(job.letter, now_is, line))
        await self._insist(lambda: finish(self._store, job.place))
        if state is State.SENT:
            await self._insist(lambda: in_trouble(self._store, "", "", now))
            if self._troubled:
                self._troubled = ""
                log.warning("Mails go out again.")
        elif why in LOGGED:
            log.warning(LOGGED[why], job.letter.partition(":")[0], job.event, said or cause)
        return state.value

    async def _insist(self, step: Callable[[], Awaitable[object]]) -> None:
        """Takes a step that may be taken twice, until the store answers."""
        while True:
            try:
                await step()
                return
            except StoreAway:
                await asyncio.sleep(0.5)


async def _main() -> None:
    loop = asyncio.get_running_loop()
    reader = StreamReader(limit=JOB_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    settings = msgspec.json.decode(
        await reader.readline(), type=Settings, dec_hook=lambda kind, value: kind(value)
    )
    assert settings.redis_url is not None
    assert settings.smtp is not None
    store = await Store.connect(settings.redis_url)

    def tell(outcome: Outcome) -> None:
        with contextlib.suppress(OSError):  # the worker is gone; the book has it
            os.write(1, msgspec.json.encode(outcome) + b"\n")

    carrier = Carrier(store, settings.smtp, tell)
    running = asyncio.create_task(carrier.run(), name="carrying")
    while line := await reader.readline():
        if not line.endswith(b"\n"):  # cut off by the worker's death: never given
            break
        carrier.give(msgspec.json.decode(line, type=Job))
    carrier.end()
    await running
    await store.close()


def main() -> int:
    """Runs the carrier: `python -m server.carrier`."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    try:
        asyncio.run(_main())
    except (StoreError, StoreAway) as error:
        log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
