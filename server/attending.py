"""One person's chain of sockets, as a program attends: connecting, resuming, asking with refs.

Responsible for the socket's contract from the client's side: `after` and `session` on resuming, a
`ref` for every command and its one answer, commands sent again within the chain after a drop.
Knows nothing of how a simulated attendee behaves. Invariant: a command asked once is answered once,
however often the socket drops in between; a second answer is counted as a fault.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import quote

import msgspec
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from rooms import messages
from rooms.commands import Command

SUBPROTOCOL = "meguri.1"
STAY_AWAY = range(4500, 5000)
STATE_LOST = 4002
UNANSWERED = "connection-lost"
"""Our own code: whether a command was done is not known, since its session has ended."""
OPEN_SECONDS = 20.0
FRAME_MOST = 1 << 22
"""A host's board of thousands of people is the largest frame; 4 MiB holds 20,000."""


class _Head(Struct):
    """What every frame has, and what the server adds to some of them."""

    type: str
    tip: str | None = None
    ref: int | str | None = None


Heard = (
    messages.Welcome
    | messages.PhaseChanged
    | messages.Room
    | messages.RoomPeople
    | messages.SittingOut
    | messages.Lobby
    | messages.Said
    | messages.Contact
    | messages.CardGiven
    | messages.Notice
    | messages.Call
    | messages.YouChanged
    | messages.Topics
    | messages.Floor
    | messages.ClockNow
    | messages.Done
    | messages.Refused
    | messages.Bye
    | messages.Board
    | messages.BoardChange
)
KNOWN = {
    "welcome", "phase", "room", "room-people", "sitting-out", "lobby", "said", "contact",
    "card-given", "notice", "call", "you", "clock", "done", "refused", "bye", "topics",
    "floor", "board", "board-change",
}  # fmt: skip

_read_head = msgspec.json.Decoder(_Head).decode
_read: Callable[[bytes], Heard] = msgspec.json.Decoder(Heard).decode


class Answer(Struct, frozen=True):
    """How a command was answered: `code` is empty for `done`."""

    code: str = ""
    sentence: str = ""


class Ended(Struct, frozen=True):
    """Why a connection ended. `code`: the close code; None when no close frame came."""

    code: int | None
    reason: str = ""
    status: int | None = None
    """The HTTP status of a handshake that was refused."""

    @property
    def may_come_back(self) -> bool:
        """Says whether the contract lets us connect again."""
        return self.code is None or self.code not in STAY_AWAY


class Door(Struct, frozen=True):
    """Where somebody attends: the server's socket address, the event, and their own key."""

    url: str
    event: str
    key: str
    language: str = ""
    """In which refusals are worded; empty: the event's."""


class Chain:
    """The sockets of one person, one after the other. `hear` gets every message, in order.

    `repeats`: commands without an answer are sent again even when their session has ended, where
    they may have been done already. Without it they are answered with UNANSWERED.
    """

    def __init__(self, door: Door, hear: Callable[[Heard], None], *, repeats: bool = True) -> None:
        self._door = door
        self._hear = hear
        self._repeats = repeats
        self._sent: set[int | str] = set()
        self._socket: ClientConnection | None = None
        self._session: str | None = None
        self._tip: str | None = None
        self._refs = 0
        self._waiting: dict[int | str, tuple[Command, asyncio.Future[Answer]]] = {}
        self._answered: set[int | str] = set()
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self.welcomed = asyncio.Event()
        self.connects = 0
        self.resumed = 0
        self.answered_twice = 0

    @property
    def is_connected(self) -> bool:
        """Says whether a socket is open and was welcomed."""
        return self._socket is not None

    @property
    def unanswered(self) -> list[Command]:
        """The commands that have no answer yet."""
        return [command for command, _ in self._waiting.values()]

    def ask(self, command: Command) -> asyncio.Future[Answer]:
        """Sends a command, now or once connected again; the future is its one answer."""
        self._refs += 1
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[self._refs] = (command, answer)
        if self._socket is not None:
            self._send(command, self._refs)
        return answer

    def tell(self, command: Command) -> None:
        """Sends a command that wants no answer, if connected."""
        if self._socket is not None:
            self._outgoing.put_nowait(msgspec.json.encode(command))

    def drop(self) -> None:
        """Ends the connection as a lost network does: abruptly, without a close frame."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def close(self) -> None:
        """Ends the connection in the orderly way."""
        if self._socket is not None:
            await self._socket.close()

    async def attend(self) -> Ended:
        """Connects, resuming where the chain was, and hears messages until the connection ends."""
        try:
            async with connect(
                self._address(),
                subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]  # a NewType of str
                additional_headers=self._headers(),
                compression=None,
                ping_interval=None,  # the server pings
                open_timeout=OPEN_SECONDS,
                close_timeout=2,
                max_size=FRAME_MOST,
                max_queue=None,
            ) as socket:
                return await self._listen(socket)
        except InvalidStatus as error:
            status = error.response.status_code
            return Ended(code=None, reason=f"HTTP {status}", status=status)
        except (OSError, InvalidHandshake, TimeoutError, EOFError) as error:
            return Ended(code=None, reason=f"{type(error).__name__}: {error}")

    async def _listen(self, socket: ClientConnection) -> Ended:
        self._outgoing = asyncio.Queue()
        writer = asyncio.create_task(self._write(socket))
        try:
            while True:
                self._receive(await socket.recv(decode=False), socket)
        except ConnectionClosed as closed:
            close = closed.rcvd or closed.sent
            if close and close.code == STATE_LOST:
                self._session = self._tip = None
            return Ended(close.code, close.reason) if close else Ended(None)
        finally:
            self._socket = None
            self.welcomed.clear()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def _write(self, socket: ClientConnection) -> None:
        try:
            while True:
                await socket.send(await self._outgoing.get(), text=True)
        except ConnectionClosed:
            return  # `_listen` tells how it ended; what was asked is asked again on resuming

    def _receive(self, frame: bytes, socket: ClientConnection) -> None:
        head = _read_head(frame)
        if head.tip is not None:
            self._tip = head.tip
        if head.type not in KNOWN:
            return
        message = _read(frame)
        match message:
            case messages.Welcome():
                self._welcomed(message, socket)
            case messages.Done(ref=ref):
                self._answer(ref, Answer())
            case messages.Refused(ref=ref, code=code, message=sentence) if ref is not None:
                self._answer(ref, Answer(code, sentence))
            case _:
                pass
        self._hear(message)

    def _welcomed(self, welcome: messages.Welcome, socket: ClientConnection) -> None:
        self.connects += 1
        self.resumed += welcome.resumed
        self._session = welcome.session
        self._socket = socket
        self.welcomed.set()
        if not welcome.resumed and not self._repeats:
            for ref in [ref for ref in self._waiting if ref in self._sent]:
                self._answer(ref, Answer(UNANSWERED))
        for ref, (command, _) in self._waiting.items():
            self._send(command, ref)

    def _send(self, command: Command, ref: int | str) -> None:
        self._sent.add(ref)
        self._outgoing.put_nowait(self._frame(command, ref))

    def _answer(self, ref: int | str, answer: Answer) -> None:
        _, waiting = self._waiting.pop(ref, (None, None))
        if waiting is None:
            self.answered_twice += ref in self._answered
            return
        self._answered.add(ref)
        self._sent.discard(ref)
        if not waiting.done():
            waiting.set_result(answer)

    def _headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._door.key}"}
        if self._door.language:
            headers["Accept-Language"] = self._door.language
        return headers

    def _address(self) -> str:
        address = f"{self._door.url}/e/{self._door.event}/socket"
        if self._session is None or self._tip is None:
            return address
        return f"{address}?after={quote(self._tip)}&session={quote(self._session)}"

    def _frame(self, command: Command, ref: int | str) -> bytes:
        fields: dict[str, object] = msgspec.to_builtins(command)
        return msgspec.json.encode({**fields, "ref": ref})
