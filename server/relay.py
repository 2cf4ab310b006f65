"""The relay: signals for sound and picture between roommates, whichever process holds them.

Responsible for handing a signal to the connections of one person in the sender's room: straight
where this process holds them, else over one channel of the store per process. Deliberately stores
nothing and promises no delivery: whoever dropped meanwhile will be called anew.

Invariants: nobody gets a signal from outside their room, by the receiver's fold as well (the
sender's may be behind); signals of one sender to one person keep their order, since each process
publishes through one connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

import msgspec
from msgspec import Struct

from rooms.commands import Signal
from rooms.messages import SignalFrom
from rooms.refusal import Refusal
from server.evenings import Evening, Evenings
from server.hub import Hub
from server.redis import Store, StoreAway
from server.transport import text_frame
from server.wire import encode

log = logging.getLogger(__name__)

MOST_WAITING = 5_000
"""Signals waiting for the store; the oldest go first, since a call is set up anew anyway."""

BATCH = 200
"""Signals handed on in one go."""

PAUSE_SECONDS = 0.5
"""Pause after the store did not answer."""

IDLE_SECONDS = 1.0
"""How often it is looked, without any signal, whether this process has a new name."""

PUBLISH_SECONDS = 3.0
"""What is not handed on by then is given up: a signal is of no use later."""


class Handed(Struct, frozen=True):
    """A signal on its way to another process."""

    event: str
    sender: str
    to: str
    data: object


_handed = msgspec.json.Decoder(Handed)


def channel(node: str) -> str:
    """Returns the channel of the process `node`."""
    return f"meguri:signals:{node}"


class Relay:
    """Hands signals on. `node` gives this process's name, which may change."""

    def __init__(self, store: Store, evenings: Evenings, hub: Hub, node: Callable[[], str]) -> None:
        self._store = store
        self._evenings = evenings
        self._hub = hub
        self._node = node
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=MOST_WAITING)
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Works until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._publish(), name="signals out")
            group.create_task(self._hear(), name="signals in")

    def hand_on(self, evening: Evening, sender: str, signal: Signal) -> None:
        """Hands a signal to a roommate. Raises Refusal."""
        event = evening.event
        if not event.are_roommates(sender, signal.to):
            raise Refusal("not-allowed", "You can reach only people in your own room.")
        self._deliver(evening.id, sender, signal.to, signal.data)
        nodes = {link.node for link in event.people[signal.to].connections} - {self._node()}
        for node in nodes:
            handed = Handed(evening.id, sender, signal.to, signal.data)
            self._waiting.append((channel(node), msgspec.json.encode(handed)))
            self._wake.set()

    def _deliver(self, event_id: str, sender: str, to: str, data: object) -> None:
        frame = text_frame(encode(SignalFrom(sender=sender, data=data)))
        for connection in self._hub.gathering(event_id).of(to):
            connection.send(frame)

    async def _publish(self) -> None:
        link = self._store.blocking()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                count = min(BATCH, len(self._waiting))
                batch = [self._waiting.popleft() for _ in range(count)]
                try:
                    async with asyncio.timeout(PUBLISH_SECONDS):
                        await link.publish(batch)
                except (StoreAway, TimeoutError) as error:
                    log.info("%d signals were not handed on: %s", count, error)
                    await asyncio.sleep(PAUSE_SECONDS)

    async def _hear(self) -> None:
        link = self._store.blocking()
        while True:
            node = self._node()
            try:
                async for message in link.hear(channel(node), IDLE_SECONDS):
                    if message is not None:
                        self._take(message)
                    if node != self._node():
                        break
            except StoreAway as error:
                log.info("Signals are not heard: %s", error)
                await asyncio.sleep(PAUSE_SECONDS)

    def _take(self, message: bytes) -> None:
        try:
            handed = _handed.decode(message)
        except msgspec.DecodeError as error:
            log.warning("A signal of another version was dropped: %s", error)
            return
        for evening in self._evenings.held():
            if evening.id == handed.event:
                if evening.event.are_roommates(handed.sender, handed.to):
                    self._deliver(evening.id, handed.sender, handed.to, handed.data)
                return
