"""Rehearsals of an event from its console: a copy is played in the background, on its own server.

Responsible for what is copied, for there being one rehearsal at a time, for its progress and report
as hosts read them, and for its end. The playing is `rehearsal/`, in a process of its own that has
no way to the real event: it gets a copy of programme and people, without their addresses.

Invariants: the real event is not touched, nor read again; progress and report live in the store, so
that every process can show them, and expire; whoever holds the lease plays, and stops without it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.people import HOST_ROLES, SEATED_ROLES, Attendee, Register
from server.bodies import read_data
from server.evening import Evening
from server.planning import read_body, shown
from server.problems import Problem, answering
from server.redis import Store, StoreAway, key, text
from server.rehearsal.__main__ import Line
from server.rehearsal.parts import Copied, Options, Percent, put_on_site
from server.rehearsal.report import Figures
from server.rehearsal.run import Standing
from server.rights import host_or_organiser

T = TypeVar("T")

log = logging.getLogger(__name__)

LEASE = "meguri:rehearsing"
"""Who plays a rehearsal now; one at a time, on all processes."""

LEASE_MS = 15_000
TURN_SECONDS = 1.0
KEPT_SECONDS = 24 * 3600
PEOPLE_MOST = 400
"""Simulated people of one rehearsal: more would weigh on the machine that holds the evening."""

END_SECONDS = 20.0
SHORTEST_ROUND = 8
"""Seconds: people need some to come, write and agree."""

OPEN_SECONDS = 300
"""How long an open floor without an end is played, before it is sped up."""

LINE_MOST = 1 << 20
LIKE_AN_EVENING = Options()
"""Of whom there are how many unless a host asks for others."""


class State(StrEnum):
    """How far a rehearsal is."""

    NONE = "none"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Rehearsal(Struct, frozen=True, kw_only=True):
    """The latest rehearsal of an event, as hosts see it."""

    state: State = State.NONE
    token: str = ""
    speed: int = 0
    people: int = 0
    left_out: int = 0
    """People of the list beyond those a rehearsal takes."""
    rounds: int = 0
    began_at: int = 0
    standing: Standing | None = None
    figures: Figures | None = None
    failed: str = ""


class Asked(Struct, frozen=True, kw_only=True):
    """`speed`: so many times as fast as the real evening; who behaves how in percent of all."""

    speed: Annotated[int, Meta(ge=1, le=10)] = 10
    late: Percent = LIKE_AN_EVENING.late
    dropping: Percent = LIKE_AN_EVENING.dropping
    leaving: Percent = LIKE_AN_EVENING.leaving
    silent: Percent = LIKE_AN_EVENING.silent
    on_site: Percent | None = None
    """Percent of all people; None: who is on site, is as on the list."""


class Rehearsals:
    """Starts, watches and ends rehearsals."""

    def __init__(self, store: Store, *, turn_seconds: float = TURN_SECONDS) -> None:
        self._store = store
        self._turn_seconds = turn_seconds
        self._playing: set[asyncio.Task[None]] = set()

    async def latest(self, event_id: str) -> Rehearsal:
        """Returns how the event's latest rehearsal stands."""
        raw = await self._store.call("GET", key(event_id, "rehearsal"))
        if raw is None:
            return Rehearsal()
        found = msgspec.json.decode(text(raw), type=Rehearsal)
        if found.state is State.RUNNING and not await self._holds(found.token):
            return replace(found, state=State.CANCELLED)
        return found

    async def start(self, evening: Evening, asked: Asked) -> Rehearsal:
        """Begins to play a copy of an event. Raises Problem when one is being played already."""
        options, left_out = copy_of(evening, asked)
        token = secrets.token_urlsafe(12)
        assert options.copied is not None
        begun = Rehearsal(
            state=State.RUNNING,
            token=token,
            speed=asked.speed,
            people=len(options.copied.people),
            left_out=left_out,
            rounds=options.rounds,
            began_at=self._store.clock(),
        )
        try:
            await self._take_lease(token)
            await self._keep(evening.id, begun)
        except StoreAway:
            with contextlib.suppress(StoreAway):  # asked again, it begins at once
                await self._give_lease_back(token)
            raise
        playing = asyncio.create_task(self._play(evening.id, begun, options))
        self._playing.add(playing)
        playing.add_done_callback(self._playing.discard)
        return begun

    async def _take_lease(self, token: str) -> None:
        if await self._store.call("SET", LEASE, token, "NX", "PX", LEASE_MS) is None:
            raise Problem(
                HTTPStatus.CONFLICT,
                "already-rehearsing",
                "A rehearsal is running on this server already. Wait for its end, or cancel it.",
            )

    async def _give_lease_back(self, token: str) -> None:
        if await self._holds(token):
            await self._store.call("DEL", LEASE)

    async def cancel(self, event_id: str) -> Rehearsal:
        """Ends the event's rehearsal, if one runs; whichever process plays it stops."""
        found = await self.latest(event_id)
        if found.state is State.RUNNING:
            await self._store.call("DEL", LEASE)
        return await self.latest(event_id)

    async def close(self) -> None:
        """Ends what this process plays."""
        for playing in self._playing:
            playing.cancel()
        await asyncio.gather(*self._playing, return_exceptions=True)

    async def _play(self, event_id: str, begun: Rehearsal, options: Options) -> None:
        now = begun
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.rehearsal",
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=LINE_MOST,
        )  # fmt: skip
        try:
            assert child.stdin is not None
            child.stdin.write(msgspec.json.encode(options) + b"\n")
            await child.stdin.drain()
            async for line in self._lines(child, begun.token):
                now = replace(now, standing=line.standing or now.standing)
                if line.figures is not None:
                    now = replace(now, state=State.DONE, figures=line.figures)
                if line.failed:
                    now = replace(now, state=State.FAILED, failed=line.failed)
                await self._insist(partial(self._keep, event_id, now))
            if now.state is State.RUNNING:
                holds = await self._insist(lambda: self._holds(begun.token))
                left = State.FAILED if holds else State.CANCELLED
                now = replace(now, state=left)
        except Exception:  # the rehearsal is lost; its evening, and this process, go on
            log.exception("A rehearsal of %s broke off.", event_id)
            now = replace(now, state=State.FAILED)
        finally:
            await asyncio.shield(self._end(event_id, child, now))

    async def _lines(self, child: Process, token: str) -> AsyncIterator[Line]:
        """Yields what the child tells, for as long as this process has the lease."""
        assert child.stdout is not None
        reading = asyncio.create_task(child.stdout.readline())
        try:
            while await self._insist(lambda: self._holds(token)):
                await self._insist(lambda: self._store.call("PEXPIRE", LEASE, LEASE_MS))
                await asyncio.wait([reading], timeout=self._turn_seconds)
                if reading.done():
                    if not (raw := reading.result()):
                        return
                    yield msgspec.json.decode(raw, type=Line)
                    reading = asyncio.create_task(child.stdout.readline())
        finally:
            reading.cancel()

    async def _end(self, event_id: str, child: Process, now: Rehearsal) -> None:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
            try:
                async with asyncio.timeout(END_SECONDS):
                    await child.wait()
            except TimeoutError:
                child.kill()
                await child.wait()
        await self._insist(lambda: self._give_lease_back(now.token))
        await self._insist(lambda: self._keep(event_id, now))

    async def _insist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Asks the store for what may be done twice; again, for as long as a lease lasts.

        A rehearsal burdens its machine: one slow answer is no reason to break it off. Raises
        StoreAway.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + LEASE_MS / 1000
        while True:
            try:
                return await ask()
            except StoreAway:
                if loop.time() >= until:
                    raise
                await asyncio.sleep(self._turn_seconds)

    async def _holds(self, token: str) -> bool:
        held = await self._store.call("GET", LEASE)
        return held is not None and text(held) == token

    async def _keep(self, event_id: str, rehearsal: Rehearsal) -> None:
        kept = msgspec.json.encode(rehearsal).decode()
        await self._store.call("SET", key(event_id, "rehearsal"), kept, "EX", KEPT_SECONDS)


def copy_of(evening: Evening, asked: Asked) -> tuple[Options, int]:
    """Returns an event as a rehearsal plays it, and how many people had to be left out.

    Raises Problem where there is nobody, or no round, to play.
    """
    event, register = evening.event, evening.register
    seated = [
        person
        for person in register.attendees()
        if person.role in SEATED_ROLES
        and (stands := event.people.get(person.id)) is not None
        and stands.belongs
    ]
    if len(seated) < 2 or not event.plan.rounds:
        raise Problem(
            HTTPStatus.CONFLICT, "too-few", "A rehearsal needs two people on the list, and a round."
        )
    taken = seated[:PEOPLE_MOST]
    body = _event_body(evening, asked.speed)
    people = [_person(person, register) for person in taken]
    if asked.on_site is not None:
        people = put_on_site(people, asked.on_site, LIKE_AN_EVENING.seed)
    rounds = event.plan.rounds
    options = Options(
        people=len(taken),
        rounds=len(rounds),
        size=rounds[0].size,
        late=asked.late,
        dropping=asked.dropping,
        leaving=asked.leaving,
        silent=asked.silent,
        on_site=0,  # the copied list says who is
        copied=Copied(event=body, people=people),
    )
    return options, len(seated) - len(taken)


def _event_body(evening: Evening, speed: int) -> dict[str, object]:
    """Returns the event as `POST /api/events` takes it, with its times sped up."""
    whole = shown(evening.event, evening.register, "")
    rounds: list[dict[str, object]] = []
    for number, planned in enumerate(whole.programme.rounds):
        one: dict[str, object] = msgspec.to_builtins(planned)
        one["seconds"] = max(SHORTEST_ROUND, _sped(planned.seconds or OPEN_SECONDS, speed))
        for name in ("break_seconds", "preview_seconds", "walking_seconds"):
            one[name] = _sped(getattr(planned, name), speed)
        one["auto"] = planned.auto and number > 0  # nobody waits for a date
        rounds.append(one)
    return {
        "title": whole.title,
        "locale": whole.locale,
        "time_zone": whole.time_zone,
        "programme": {"rounds": rounds},
        "tables": whole.tables,
        "stations": whole.stations,
        "settings": msgspec.to_builtins(whole.settings),
    }


def _sped(seconds: int, speed: int) -> int:
    return max(1, round(seconds / speed)) if seconds else 0


def _person(person: Attendee, register: Register) -> dict[str, object]:
    """Returns what matching looks at, and the name; no address, note or answer of theirs."""
    return {
        "external_id": person.id,
        "name": person.name,
        "organisation": person.organisation,
        "interests": list(person.interests),
        "offers": list(person.offers),
        "seeks": list(person.seeks),
        "languages": list(person.languages),
        "mode": person.mode.value,
        "role": person.role.value,
        "segment": person.segment,
        "table": person.table,
        "sits_with": person.sits_with,
        "wishes": [_named(wish, register) for wish in person.wishes],
        "first_timer": person.first_timer,
    }


def _named(wish: str, register: Register) -> str:
    return next((p.name for p in register.attendees() if p.id == wish), wish)


# Doors


async def _evening(request: Request) -> Evening:
    event_id = request.path_params["event"]
    viewer = await host_or_organiser(request, event_id)
    if viewer.role not in HOST_ROLES:
        raise Problem(HTTPStatus.FORBIDDEN, "not-allowed", "Only a host can do this.")
    evening: Evening = await request.app.state.evenings.get(event_id)
    await evening.caught_up()
    return evening


def _answer(rehearsal: Rehearsal, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(
        msgspec.json.encode(replace(rehearsal, token="")),
        status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


async def show(request: Request) -> Response:
    """Tells how the latest rehearsal stands."""
    evening = await _evening(request)
    rehearsals: Rehearsals = request.app.state.rehearsals
    return _answer(await rehearsals.latest(evening.id))


async def begin(request: Request) -> Response:
    """Begins a rehearsal."""
    evening = await _evening(request)
    body = read_body(await read_data(request, 1024) or b"{}", Asked)
    rehearsals: Rehearsals = request.app.state.rehearsals
    return _answer(await rehearsals.start(evening, body), HTTPStatus.ACCEPTED)


async def cancel(request: Request) -> Response:
    """Ends the rehearsal that runs."""
    evening = await _evening(request)
    rehearsals: Rehearsals = request.app.state.rehearsals
    return _answer(await rehearsals.cancel(evening.id))


PATH = "/api/events/{event}/rehearsal"

routes = [
    Route(PATH, answering(show), methods=["GET"]),
    Route(PATH, answering(begin), methods=["POST"]),
    Route(PATH, answering(cancel), methods=["DELETE"]),
]
