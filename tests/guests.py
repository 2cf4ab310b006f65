"""Guests: real sockets that read like sentences, and a house for them to come to.

`async with guest(house, "Ana") as ana: await ana.sees("room", with_={"Bo"})` fails with everything
that Ana received. Nothing here knows the server's insides: names, messages and codes are the
contract's.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import urllib.request
from collections.abc import AsyncIterator, Callable, Mapping

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from server.asking import Asker, NotAnswered
from server.rehearsal.run import Created, Enrolled, Imported

SECONDS = 30.0
"""Long enough for a slow machine with all its tests at once; nothing takes it when all is well."""

Said = dict[str, object]
"""A message as it came."""

Wanted = object | Callable[[object], bool]


class House:
    """A server to come to, with one event in it."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.asker = Asker(url, key)
        self.event = ""
        self.created: Created | None = None
        self.people: dict[str, Enrolled] = {}

    async def opens(
        self,
        names: list[str],
        *,
        rounds: list[dict[str, object]] | None = None,
        doors: bool = True,
        **event: object,
    ) -> None:
        """Makes an event, brings these people, opens the doors."""
        body = {
            "title": "Tea",
            "programme": {"rounds": rounds if rounds is not None else [quick_round()]},
            **event,
        }
        self.created = await asyncio.to_thread(self.asker.post, "/api/events", body, Created)
        self.event = self.created.id
        await self.brings([{"name": name} for name in names])
        if doors:
            await self.commands("open-doors")

    async def brings(self, people: list[dict[str, object]]) -> None:
        """Imports more people."""
        path = f"/api/events/{self.event}/attendees"
        imported = await asyncio.to_thread(self.asker.post, path, people, Imported)
        assert not imported.rejected, imported.rejected
        for person, enrolled in zip(people, imported.attendees, strict=True):
            self.people[str(person["name"])] = enrolled

    async def commands(self, type: str, **fields: object) -> None:
        """Has the host command something over the API. Raises NotAnswered."""
        path = f"/api/events/{self.event}/commands"
        await asyncio.to_thread(self.asker.post, path, {"type": type, **fields}, object)

    async def is_refused(self, code: str, type: str, **fields: object) -> None:
        """Fails unless the command is refused with this code."""
        answered = ""
        try:
            await self.commands(type, **fields)
        except NotAnswered as refused:
            answered = refused.code
        assert answered == code, f"{type}: {code} expected, not {answered or 'done'}"

    async def deletes_the_event(self) -> None:
        """Deletes the event, as the organiser."""
        await asyncio.to_thread(self.asker.delete, f"/api/events/{self.event}")

    async def reads(self, what: str) -> str:
        """Returns an export, or any other text, of the event."""

        def read() -> str:
            chunks = self.asker.stream(f"/api/events/{self.event}/{what}")
            return b"".join(chunks).decode("utf-8-sig")

        return await asyncio.to_thread(read)

    async def headers(self, url: str) -> Mapping[str, str]:
        """Returns the headers of a page, with lower-case names."""

        def read() -> Mapping[str, str]:
            with urllib.request.urlopen(url) as answer:
                return {name.lower(): value for name, value in answer.headers.items()}

        return await asyncio.to_thread(read)

    def id(self, name: str) -> str:
        """Returns a person's id."""
        return self.people[name].id

    def key(self, name: str) -> str:
        """Returns a person's key; Dana's is the host's."""
        if name == "Dana" and self.created is not None:
            return self.created.host_key
        return self.people[name].key


def quick_round(**changes: object) -> dict[str, object]:
    """Returns a round of pairs or more that waits for nobody: no break, no preview, no walking."""
    return {
        "seconds": 60,
        "size": 4,
        "least": 2,
        "break_seconds": 0,
        "preview_seconds": 0,
        "walking_seconds": 0,
        "more_time": False,
        **changes,
    }


class Guest:
    """One person's socket. Everything received is kept, for the failure's sake."""

    def __init__(self, house: House, name: str) -> None:
        self.name = name
        self.house = house
        self.everything: list[Said] = []
        self.closed_with: int | None = None
        self.is_closed = asyncio.Event()
        self.session = ""
        self.tip = ""
        self._socket: ClientConnection | None = None
        self._unseen: list[Said] = []
        self._stir = asyncio.Condition()
        self._refs = itertools.count(1)
        self._reading: asyncio.Task[None] | None = None

    @property
    def id(self) -> str:
        """The id that the first welcome told."""
        return str(_at(self.everything[0], "you", "id"))

    # Coming and going

    async def comes(self, *, after: str = "", session: str = "", key: str = "") -> None:
        """Connects, resuming after a tip if one is given."""
        address = f"ws{self.house.url.removeprefix('http')}/e/{self.house.event}/socket"
        if after:
            address += f"?after={after}&session={session}"
        self.closed_with = None
        self.is_closed = asyncio.Event()
        self._socket = await connect(
            address,
            subprotocols=["meguri.1"],  # type: ignore[list-item]  # a NewType of str
            additional_headers={"Authorization": f"Bearer {key or self.house.key(self.name)}"},
            compression=None,
            ping_interval=None,
            max_queue=None,
        )
        self._reading = asyncio.create_task(self._read(self._socket))

    async def comes_back(self) -> Said:
        """Connects again where the chain was; returns the welcome."""
        await self.comes(after=self.tip, session=self.session)
        return await self.sees("welcome")

    async def drops(self) -> None:
        """Loses the connection without a close frame, as a phone in a lift does."""
        assert self._socket is not None
        self._socket.transport.abort()
        await self.is_closed.wait()

    async def goes(self) -> None:
        """Closes the connection in the orderly way."""
        if self._socket is not None:
            await self._socket.close()
        if self._reading is not None:
            await self._reading

    # Asking

    async def asks(self, type: str, **fields: object) -> None:
        """Sends a command and fails unless it is done."""
        answer = await self._asks(type, fields)
        assert answer["type"] == "done", self._failure(f"{type} was refused: {answer}")

    async def is_refused(self, code: str, type: str, **fields: object) -> None:
        """Sends a command and fails unless it is refused with this code."""
        answer = await self._asks(type, fields)
        assert answer.get("code") == code, self._failure(f"{type}: {code} expected, not {answer}")

    async def _asks(self, type: str, fields: dict[str, object]) -> Said:
        ref = f"{self.name}-{next(self._refs)}"
        await self.sends({"type": type, "ref": ref, **fields})
        return await self.is_answered(ref)

    async def is_answered(self, ref: object) -> Said:
        """Waits for what a message with this ref is answered: done or refused."""
        return await self._waits(
            lambda said: said.get("ref") == ref and said["type"] in ("done", "refused"),
            f"an answer to {ref}",
            SECONDS,
        )

    async def sends(self, message: object) -> None:
        """Sends anything: text and bytes as they are, the rest as JSON."""
        assert self._socket is not None
        raw = message if isinstance(message, str | bytes) else msgspec.json.encode(message).decode()
        await self._socket.send(raw)

    # Seeing

    async def sees(
        self, type: str, *, with_: set[str] | None = None, within: float = SECONDS, **wanted: Wanted
    ) -> Said:
        """Returns the next message of this type that is as wanted; `with_`: names in the room.

        Each message is seen once; a value may be a predicate.
        """

        def matches(said: Said) -> bool:
            if said["type"] != type:
                return False
            if with_ is not None and _names(said) - {self.name} != with_:
                return False
            return all(_equals(said.get(field), value) for field, value in wanted.items())

        described = f"{type} {wanted or ''}{f' with {sorted(with_)}' if with_ else ''}"
        return await self._waits(matches, described, within)

    async def catches_up(self) -> None:
        """Waits until everything the server had for us by now is here."""
        t = float(next(self._refs))
        await self.sends({"type": "clock", "t": t})
        await self.sees("clock", t=t)

    async def never_saw(self, type: str, **wanted: Wanted) -> None:
        """Fails if a message of this type has come that is as described, seen or not."""
        await self.catches_up()
        found = [
            said
            for said in self.everything
            if said["type"] == type and all(_equals(said.get(k), v) for k, v in wanted.items())
        ]
        assert not found, self._failure(f"{self.name} was not to see {type} {wanted or ''}")

    async def is_called(self) -> Said:
        """Waits, as a host, until a call for a host is on the board; returns the latest."""
        change = await self.sees("board-change", parts=lambda parts: bool(_calls(parts)))
        return _calls(change["parts"])[-1]

    def all(self, type: str) -> list[Said]:
        """Returns all messages of a type so far."""
        return [said for said in self.everything if said["type"] == type]

    async def is_sent_away(self, code: int, within: float = SECONDS) -> None:
        """Fails unless the server closes the connection with this code."""
        try:
            async with asyncio.timeout(within):
                await self.is_closed.wait()
        except TimeoutError:
            raise AssertionError(self._failure(f"still connected, not {code}")) from None
        assert self.closed_with == code, self._failure(f"closed with {self.closed_with}")

    async def _waits(self, matches: Callable[[Said], bool], what: str, within: float) -> Said:
        try:
            async with asyncio.timeout(within), self._stir:
                while True:
                    for at, said in enumerate(self._unseen):
                        if matches(said):
                            del self._unseen[at]
                            return said
                    if self.is_closed.is_set():
                        break
                    await self._stir.wait()
        except TimeoutError:
            raise AssertionError(self._failure(f"{self.name} did not see {what}")) from None
        why = f"{self.name} did not see {what}: closed with {self.closed_with}"
        raise AssertionError(self._failure(why))

    def _failure(self, what: str) -> str:
        received = "\n".join(f"  {said}" for said in self.everything[-60:])
        return f"{what}\n{self.name} received:\n{received or '  nothing'}"

    async def _read(self, socket: ClientConnection) -> None:
        try:
            while True:
                said = msgspec.json.decode(await socket.recv(), type=Said)
                self.session = str(said.get("session", self.session))
                self.tip = str(said.get("tip") or self.tip)
                async with self._stir:
                    self.everything.append(said)
                    self._unseen.append(said)
                    self._stir.notify_all()
        except ConnectionClosed as closed:
            self.closed_with = closed.rcvd.code if closed.rcvd else None
        finally:
            async with self._stir:
                self.is_closed.set()
                self._stir.notify_all()


def _equals(value: object, wanted: Wanted) -> bool:
    return bool(wanted(value)) if callable(wanted) else value == wanted


def _at(said: object, *path: str) -> object:
    for name in path:
        assert isinstance(said, dict)
        said = said[name]
    return said


def _calls(parts: object) -> list[Said]:
    found = parts.get("calls") if isinstance(parts, dict) else None
    return found if isinstance(found, list) else []


def _names(room: Said) -> set[str]:
    people = room.get("people")
    return {str(card["name"]) for card in people} if isinstance(people, list) else set()


@contextlib.asynccontextmanager
async def guest(house: House, name: str, *, here: bool = True) -> AsyncIterator[Guest]:
    """Somebody comes, is welcomed, looks at the page; and goes when the block ends."""
    one = Guest(house, name)
    await one.comes()
    try:
        await one.sees("welcome")
        if here:
            await one.asks("here", visible=True)
        yield one
    finally:
        await one.goes()


@contextlib.asynccontextmanager
async def guests(house: House, *names: str) -> AsyncIterator[list[Guest]]:
    """Several come."""
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(guest(house, name)) for name in names]


WALKERS = ("Farah", "Goran")


async def with_walkers(house: House) -> None:
    """Brings two on site: by `walks`, a round's preview lasts until `they_arrive`."""
    await house.brings([{"name": name, "mode": "on-site"} for name in WALKERS])
    for name in WALKERS:
        await house.commands("check-in", attendee=house.id(name))


def walks(**changes: object) -> dict[str, object]:
    """Returns a round whose preview waits ten minutes for those who walk, and for nobody else."""
    return quick_round(preview_seconds=1, walking_seconds=600, **changes)


async def they_arrive(house: House) -> None:
    """Has the walkers say that they are at their table: the preview ends."""
    async with guests(house, *WALKERS) as there:
        for one in there:
            await one.asks("arrived")
