"""The socket's door: `GET /e/{event}/socket`, from the handshake to the last answer.

Responsible for: who may come in (origin, key or cookie), the order of a connection's beginning
(accepted, `Connect` durable, `welcome`, what was missed), reading its messages, answering each
exactly once and in the order sent, and saying that the connection ended.

Deliberately knows no rule: commands go to the evening, signals to the relay, and what people are
told comes from the hub.

Invariants:
- Reading never waits for a command: commands of one connection are queued in the order they came,
  and only their answers wait.
- A connection whose `Connect` was asked for is always followed by its `Disconnect`.
- An error of our own is answered with a reference that the log has too, and the socket goes on.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from asyncio import Task, TaskGroup
from contextlib import suppress
from typing import cast

from msgspec import Struct
from msgspec.structs import replace
from starlette.responses import PlainTextResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from rooms.commands import (
    Clock,
    Connect,
    Disconnect,
    Leave,
    Profile,
    Say,
    Signal,
    SocketCommand,
)
from rooms.deciding import ORGANISER, SERVER
from rooms.messages import Bye, ClockNow, Done, Message, Refused
from rooms.people import HOST_ROLES, STAFF_ROLES
from rooms.refusal import Refusal
from server import words
from server.agreeing import as_shown
from server.auth import Keys, Viewer, bearer, is_same_origin, viewer_of
from server.evenings import Evening, Evenings, SteppedDown, Tip
from server.gathering import Gathering
from server.hub import Hub
from server.journal import UnknownFact, place
from server.limits import Limits
from server.metrics import Metrics
from server.nodes import Nodes
from server.outbox import Connection
from server.redis import Store, StoreAway
from server.relay import Relay
from server.sequencer import UnknownEvent
from server.settings import Settings
from server.transport import line_of, text_frame
from server.wire import (
    SUBPROTOCOL,
    CloseCode,
    Measure,
    Ref,
    WireError,
    encode,
    read_command,
    read_envelope,
    ref_kept,
    slow_down,
)

log = logging.getLogger(__name__)

SESSION = re.compile(r"[A-Za-z0-9_-]{8,64}")

MOST_UNANSWERED = 200
"""Commands of one connection that may wait for their answer, while the store is away."""

KEY_SECONDS = 2.0
"""Between two looks at whether the organiser's key is still the one that opened a socket."""

CHAT_SECONDS = 1.0
"""How long a resumed connection waits for chat that it heard by another process."""


class Building(Struct, frozen=True):
    """What the door leads to; `app.state.building`."""

    settings: Settings
    store: Store
    evenings: Evenings
    nodes: Nodes
    hub: Hub
    relay: Relay
    metrics: Metrics


async def socket(websocket: WebSocket) -> None:
    """Serves one WebSocket from its handshake to its end."""
    building: Building = websocket.app.state.building
    if not is_same_origin(websocket, building.settings, unsaid=True):
        # The attack: a page of another site, whose scripts could speak with the visitor's cookie.
        await _deny(websocket, 403, "Sockets are for pages of this site, and for programs.")
        return
    event_id: str = websocket.path_params["event"]
    as_host = websocket.query_params.get("as") == "host"
    close = CloseCode.NOT_ALLOWED, ""
    began_at = building.store.clock()
    try:
        viewer = await viewer_of(websocket, event_id, as_host=as_host)
        evening = await building.evenings.get(event_id)
    except UnknownEvent:
        viewer = evening = None
        close = CloseCode.EVENT_OVER, "gone"
    except (StoreAway, UnknownFact) as error:
        log.info("Nobody can come in: %s", error)
        await _deny(websocket, 503, "This server cannot serve just now. Try again in a moment.")
        return
    is_program = bearer(websocket) is not None or "origin" not in websocket.headers
    if viewer is None or evening is None:
        if is_program:
            await _deny(websocket, 401, "This key opens nothing here.")
            return
        await _accept(websocket)
        await websocket.close(*close)
        return
    limits: Limits = websocket.app.state.limits
    name = f"{event_id}:{viewer.id}"
    if viewer.id != ORGANISER and limits.connects.take(name, time.monotonic()):
        if is_program:
            await _deny(websocket, 429, "That was too often. Please try again in a moment.")
            return
        await _accept(websocket)
        await websocket.close(CloseCode.TOO_SLOW)
        return
    await _accept(websocket)
    await Talk(building, websocket, _as_of_now(viewer, evening), evening, began_at).run()


def _as_of_now(viewer: Viewer, evening: Evening) -> Viewer:
    """Returns who comes in without a host's rights where they are a host no more.

    Their key or cookie still says so; it would show them the board.
    """
    person = evening.event.people.get(viewer.id)
    if person is None or viewer.role not in STAFF_ROLES:
        return viewer
    if viewer.role in HOST_ROLES and person.role in HOST_ROLES:
        return viewer
    return replace(viewer, role=person.role)


async def _deny(websocket: WebSocket, status: int, sentence: str) -> None:
    await websocket.send_denial_response(PlainTextResponse(sentence + "\n", status))


async def _accept(websocket: WebSocket) -> None:
    offered = websocket.scope["subprotocols"]
    await websocket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)


class Answer(Struct, frozen=True):
    """What a message of the client comes to: `done`, or a refusal (None: done)."""

    ref: Ref | None
    refusal: Refusal | None = None
    leaves: bool = False
    """Its viewer leaves the event by it."""
    close: CloseCode | None = None
    """The socket is closed after it."""


class Talk:
    """One accepted WebSocket of a viewer."""

    def __init__(
        self,
        building: Building,
        websocket: WebSocket,
        viewer: Viewer,
        evening: Evening,
        began_at: int,
    ) -> None:
        self._building = building
        self._websocket = websocket
        self._viewer = viewer
        self._evening = evening
        self._loop = asyncio.get_running_loop()
        session = websocket.query_params.get("session", "")
        self._connection = Connection(
            id=f"c{secrets.token_hex(8)}",
            viewer=viewer.id,
            role=viewer.role,
            line=line_of(websocket.scope),
            session=session if SESSION.fullmatch(session) else "",
        )
        self._connection.on_close = self._count_close
        self._connection.began_at = began_at
        self._measure = Measure()
        self._answers: asyncio.Queue[Task[Answer] | Answer | None] = asyncio.Queue()
        self._is_welcome = False
        self._language = ""
        """What its page changed to since it came; empty: what it came with."""
        self._is_heard_out = False
        """It sent too much nonsense: what it sends while its answers are written is not read."""
        self._saying = asyncio.Lock()
        self._is_person = viewer.id != ORGANISER

    @property
    def _gathering(self) -> Gathering:
        return self._building.hub.gathering(self._evening.id)

    def _count_close(self, code: CloseCode) -> None:
        self._building.metrics.closes.labels(str(int(code))).inc()

    async def run(self) -> None:
        """Connects, reads to the end, and says that the connection ended."""
        try:
            async with TaskGroup() as group:
                coming_in = group.create_task(self._come_in())
                minding = None if self._is_person else group.create_task(self._mind_key())
                try:
                    await self._read_on(group, coming_in)
                finally:
                    self._answers.put_nowait(None)
                    if minding is not None:
                        minding.cancel()
        finally:
            self._gathering_left()

    def _gathering_left(self) -> None:
        with suppress(UnknownEvent):
            self._gathering.detach(self._connection)

    async def _mind_key(self) -> None:
        """Closes the organiser's socket once their key is another: no event's journal says so."""
        keys: Keys = self._websocket.app.state.keys
        session = None
        while True:
            with suppress(StoreAway):
                now = await keys.organiser_session()
                session = session or now
                if session != now:
                    self._connection.close(CloseCode.NOT_ALLOWED)
                    return
            await asyncio.sleep(KEY_SECONDS)

    # Coming in

    async def _come_in(self) -> None:
        """Makes the connection durable and has it welcomed; closes it when it may not stay."""
        connection, evening = self._connection, self._evening
        try:
            if self._is_person:
                await evening.submit(
                    SERVER,
                    Connect(
                        attendee=connection.viewer,
                        connection=connection.id,
                        node=self._building.nodes.name,
                    ),
                )
            after = self._after()
            if after is not None:
                await self._hear_chat(after)
            if connection.line.is_open:
                self._gathering.attach(connection, after)
                self._is_welcome = connection.line.is_open
        except Refusal as refusal:
            removed = refusal.code == "removed"
            connection.close(CloseCode.REMOVED if removed else CloseCode.NOT_ALLOWED)
        except UnknownEvent:
            connection.close(CloseCode.NOT_ALLOWED)
        except SteppedDown:
            connection.close(CloseCode.SHUTTING_DOWN)
        except Exception:
            log.exception("Connecting %s failed.", connection.viewer)
            self._building.metrics.bugs.inc()
            connection.close(CloseCode.STATE_LOST)

    def _after(self) -> Tip | None:
        """Returns the tip it wants to go on from; None: it has none, or no session with it."""
        after = self._websocket.query_params.get("after")
        return Tip.parse(after) if after and self._connection.session else None

    async def _hear_chat(self, after: Tip) -> None:
        """Waits a moment for chat that was heard by another process and is on its way here."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CHAT_SECONDS):
                while place(after.chat) > place(self._evening.tip.chat):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

    # Reading

    async def _read_on(self, group: TaskGroup, coming_in: Task[None]) -> None:
        """Reads messages until the connection has ended, then says so."""
        group.create_task(self._answer_on(coming_in))
        try:
            while True:
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    break
                if self._connection.line.is_open and not self._is_heard_out:
                    self._answers.put_nowait(self._take(group, coming_in, message.get("text")))
        finally:
            if self._is_person:
                group.create_task(self._say_ended(coming_in))

    async def _say_ended(self, coming_in: Task[None]) -> None:
        # Its Connect was queued before; decided in order, whether it was answered or not.
        await asyncio.wait([coming_in])
        self._gathering_left()
        connection = self._connection
        with suppress(UnknownEvent, SteppedDown):
            await self._evening.submit(
                SERVER,
                Disconnect(
                    attendee=connection.viewer,
                    connection=connection.id,
                    as_of=connection.gone_at,
                ),
            )

    def _take(
        self, group: TaskGroup, coming_in: Task[None], text: str | None
    ) -> Task[Answer] | Answer:
        """Takes one message: has it done, or refuses it."""
        now = self._loop.time()
        ref: Ref | None = None
        close = False
        try:
            envelope = read_envelope(text)
            ref = envelope.ref
            waiting = self._answers.qsize()
            if waiting >= MOST_UNANSWERED or not self._measure.takes(envelope.type, now):
                raise slow_down()
            command = read_command(text or "", envelope, self._viewer.role)
        except WireError as error:
            ref, refusal = error.ref, cast(Refusal, error)
            close = self._measure.is_hopeless(now)
        except Refusal as error:
            refusal = error
            close = error.code == "slow-down" and self._measure.goes_on(now)
        else:
            return group.create_task(self._do(command, ref, coming_in))
        self._is_heard_out = close
        return Answer(ref, refusal, close=CloseCode.BAD_MESSAGES if close else None)

    # Doing

    async def _do(self, command: SocketCommand, ref: Ref | None, coming_in: Task[None]) -> Answer:
        """Has a command done; once welcome, its first step reaches the evening without waiting."""
        if not coming_in.done():
            await asyncio.wait([coming_in])
        if not self._is_welcome:
            return Answer(None)  # the socket was closed instead
        try:
            with self._building.metrics.command_seconds.time():
                await self._hand_over(command, self._chain_ref(ref))
        except Refusal as refusal:
            return Answer(ref, refusal)
        except UnknownEvent:
            return Answer(ref, Refusal("unknown-event", "This event does not exist any more."))
        except SteppedDown:
            return Answer(ref, Refusal("try-again", "The server restarts. Please try again."))
        except Exception:
            return Answer(ref, self._our_bug(command))
        return Answer(ref, leaves=isinstance(command, Leave))

    async def _hand_over(self, command: SocketCommand, ref: str | None) -> None:
        evening, viewer = self._evening, self._viewer.id
        match command:
            case Clock(t=t):
                tip, now = str(evening.tip), self._building.store.clock()
                self._send(ClockNow(t=t, now=now, tip=tip))
            case Signal():
                self._building.relay.hand_on(evening, viewer, command)
            case Say(text=text):
                async with self._saying:  # what one person says stays in its order
                    await evening.say(viewer, text, ref=ref)
            case Leave():
                # The facts reach the hub before the answer does: it leaves the goodbye to us.
                self._connection.is_leaving = True
                await evening.submit(viewer, command, ref=ref)
            case Profile(locale=locale):
                spoken = evening.event.plan.locale
                shown = as_shown(command, evening.register, viewer, spoken)
                await evening.submit(viewer, shown, ref=ref)
                if locale is not None and locale in words.LANGUAGES:
                    self._language = locale  # the page changed it without coming anew
            case _:
                await evening.submit(viewer, command, ref=ref)

    def _our_bug(self, command: SocketCommand) -> Refusal:
        """Logs the error being handled, with a reference that its viewer is told."""
        reference = secrets.token_hex(4)
        log.exception("%s failed (reference %s).", type(command).__name__, reference)
        self._building.metrics.bugs.inc()
        return Refusal(
            "internal",
            "Something went wrong on our side (reference {reference}).",
            reference=reference,
        )

    def _chain_ref(self, ref: Ref | None) -> str | None:
        """Returns a ref that is the same within the chain of resumed connections, and no other."""
        if ref is None:
            return None
        return ref_kept(self._viewer.id, self._connection.session, ref)

    # Answering

    async def _answer_on(self, coming_in: Task[None]) -> None:
        """Answers messages in the order they were sent, after the welcome."""
        await asyncio.wait([coming_in])
        while (item := await self._answers.get()) is not None:
            answer = item if isinstance(item, Answer) else await item
            if answer.refusal is not None:
                self._refuse(answer.ref, answer.refusal)
            elif answer.ref is not None:
                self._send(Done(ref=answer.ref))
            if answer.leaves:
                self._send(Bye())
                self._connection.close(CloseCode.LEFT)
            elif answer.close is not None:
                self._connection.close(answer.close)

    def _refuse(self, ref: Ref | None, refusal: Refusal) -> None:
        self._building.metrics.refusals.labels(refusal.code).inc()
        spoken = words.language(self._websocket, self._evening.event.plan.locale)
        sentence = words.sentence(self._language or spoken, refusal)
        self._send(Refused(ref=ref, code=refusal.code, message=sentence))

    def _send(self, message: Message) -> None:
        self._connection.send(text_frame(encode(message)))


routes = [WebSocketRoute("/e/{event}/socket", socket)]
