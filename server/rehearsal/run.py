"""Runs a rehearsal: makes the event, brings the people, conducts the rounds, fetches the export.

Speaks to the server by its contract alone (HTTP and sockets). Knows no terminal: what happens is
told to `progress` in words.
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from rooms.messages import Phase
from rooms.programme import Mixing
from server.asking import Asker, NotAnswered
from server.attending import Door
from server.rehearsal.attendee import SimulatedAttendee
from server.rehearsal.parts import Options, Part, cast
from server.rehearsal.report import Figures, judge, read_pairs
from server.rehearsal.stage import Stage
from server.sample_people import invented

COME_IN_SECONDS = 60.0
BACK_SECONDS = 20.0
"""Whoever dropped is back after 15 s."""
SETTLE_SECONDS = 2.0
GRACE_SECONDS = 30.0
"""How much longer than planned a phase may take before the rehearsal gives up on it."""
AT_ONCE = 8
"""Requests sent at a time while people are prepared."""

STATUS_SECONDS = 0.5
"""How often progress is told."""

Progress = Callable[[str], None]


class Created(Struct, frozen=True):
    """What `POST /api/events` answers."""

    id: str
    join_url: str
    host_url: str
    host_key: str


class Enrolled(Struct, frozen=True):
    """One person of an import's answer; `key` and `url` come for new people only."""

    id: str
    name: str = ""
    external_id: str = ""
    url: str = ""
    key: str = ""


class RejectedRow(Struct, frozen=True):
    """A row that could not be taken."""

    row: int
    reason: str


class Imported(Struct, frozen=True):
    """What an import answers."""

    attendees: list[Enrolled]
    rejected: list[RejectedRow]
    created: int = 0
    updated: int = 0
    unchanged: int = 0


class _Round(Struct, frozen=True, kw_only=True):
    seconds: int
    size: int = 4
    least: int = 3
    break_seconds: int = 60
    preview_seconds: int = 20
    walking_seconds: int = 120
    auto: bool = False


class _Programme(Struct, frozen=True):
    rounds: list[_Round]


class _Existing(Struct, frozen=True):
    programme: _Programme


class Standing(Struct, frozen=True, kw_only=True):
    """How things stand in a rehearsal just now."""

    phase: Phase
    round: int
    people: int
    connected: int
    seated: int
    said: int

    def __str__(self) -> str:
        return (
            f"{self.phase} {self.round or ''} · {self.connected} of {self.people} connected · "
            f"{self.seated} in rooms · {self.said} messages"
        )


Status = Callable[[Standing], None]


async def rehearse(
    asker: Asker, options: Options, progress: Progress, status: Status | None = None
) -> Figures:
    """Rehearses an evening on a server and returns what was seen. Raises NotAnswered.

    `progress` is told each step, `status` twice a second how things stand.
    """
    event, rounds = await _event(asker, options)
    people, parts = await _enrol(asker, options, event)
    stage = Stage(rounds[0].seconds if rounds else options.seconds)
    players = [
        SimulatedAttendee(part, one.id, Door(asker.socket_url, event, one.key), stage, options.seed)
        for one, part in zip(people, parts, strict=True)
    ]
    progress(f"{len(players)} people enrolled in event {event}.")
    evenings = [asyncio.create_task(player.evening()) for player in players]
    if status is not None:
        evenings.append(asyncio.create_task(_watch(players, stage, status)))
    try:
        troubles = await _conduct(asker, event, rounds, players, stage, progress)
        await _until_in([p for p in players if not p.gone and p.witness.me], BACK_SECONDS)
        await asyncio.sleep(SETTLE_SECONDS)
        text = await asyncio.to_thread(_download, asker, f"/api/events/{event}/pairs.csv")
        figures = judge(players, stage, read_pairs(text), options, len(rounds), troubles)
    finally:
        stage.ends()
        await asyncio.gather(*(player.chain.close() for player in players))
        for evening in evenings:
            evening.cancel()
        ended = await asyncio.gather(*evenings, return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, Exception):
            raise outcome
    return figures


async def _event(asker: Asker, options: Options) -> tuple[str, list[_Round]]:
    """Makes the event (or reads the one given); returns its id and rounds."""
    if options.event is not None:
        path = f"/api/events/{options.event}"
        existing = await asyncio.to_thread(asker.get, path, _Existing)
        return options.event, existing.programme.rounds
    if options.copied is not None:
        body = options.copied.event
        created = await asyncio.to_thread(asker.post, "/api/events", body, Created)
        return created.id, msgspec.convert(body, _Existing).programme.rounds
    one = _Round(
        seconds=options.seconds,
        size=options.size,
        least=min(3, options.size),
        break_seconds=options.break_seconds,
        preview_seconds=options.preview_seconds,
        walking_seconds=options.walking_seconds,
    )
    rounds = [one] * options.rounds
    anew: dict[str, object] = {"title": "Rehearsal", "programme": _Programme(rounds)}
    if options.stations:
        anew |= {"stations": options.stations, "settings": {"mixing": Mixing.MOST.value}}
    created = await asyncio.to_thread(asker.post, "/api/events", anew, Created)
    return created.id, rounds


async def _enrol(asker: Asker, options: Options, event: str) -> tuple[list[Enrolled], list[Part]]:
    """Imports the people, puts some of them on site; returns them with their parts."""
    path = f"/api/events/{event}/attendees"
    if options.csv is not None:
        text = await asyncio.to_thread(options.csv.read_bytes)
        body, kind = _first_rows(text, options.people), "text/csv"
        imported = await asyncio.to_thread(asker.post, path, body, Imported, kind)
    elif options.copied is not None:
        imported = await asyncio.to_thread(asker.post, path, options.copied.people, Imported)
    else:
        people = [{**person, "mode": "online"} for person in invented(options.people)]
        imported = await asyncio.to_thread(asker.post, path, people, Imported)
    enrolled = [one for one in imported.attendees if one.key]
    if not enrolled:
        reasons = "; ".join(f"row {bad.row}: {bad.reason}" for bad in imported.rejected[:3])
        raise NotAnswered(f"Nobody new could be enrolled. {reasons}".strip())
    parts = cast(options, len(enrolled))
    if options.copied is not None:
        modes = {str(p["external_id"]): p.get("mode") for p in options.copied.people}
        return enrolled, [
            replace(part, on_site=modes.get(one.external_id) == "on-site")
            for one, part in zip(enrolled, parts, strict=True)
        ]
    await _each(
        lambda who: asker.patch(f"{path}/{who}", {"mode": "on-site"}, object),
        [one.id for one, part in zip(enrolled, parts, strict=True) if part.on_site],
    )
    return enrolled, parts


def _first_rows(text: bytes, people: int) -> bytes:
    """Returns the file as it is, or cut to so many people (0: all)."""
    if not people:
        return text
    try:
        rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotAnswered(f"--people cannot cut this list, which is not UTF-8: {error}") from error
    cut = io.StringIO()
    csv.writer(cut).writerows(rows[: people + 1])
    return cut.getvalue().encode()


async def _each(act: Callable[[str], object], ids: list[str]) -> None:
    """Does something blocking for each id, a few at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(id: str) -> None:
        async with gate:
            await asyncio.to_thread(act, id)

    async with asyncio.TaskGroup() as group:
        for id in ids:
            group.create_task(one(id))


async def _conduct(
    asker: Asker,
    event: str,
    rounds: list[_Round],
    players: list[SimulatedAttendee],
    stage: Stage,
    progress: Progress,
) -> list[str]:
    """Opens doors, checks people in, calls the rounds; returns sentences on what never happened."""

    def command(type: str, **fields: object) -> object:
        return asker.post(f"/api/events/{event}/commands", {"type": type, **fields}, object)

    try:
        await asyncio.to_thread(command, "open-doors")
    except NotAnswered as refused:
        if refused.status != 409:  # the doors of a given event may be open already
            raise
    early = [player for player in players if player.part.late_in is None]
    await _each(
        lambda id: command("check-in", attendee=id), [p.id for p in early if p.part.on_site]
    )
    await _until_in(early, COME_IN_SECONDS)
    progress(f"{sum(p.chain.is_connected for p in early)} of {len(early)} are in.")
    checking = asyncio.create_task(_check_in_late(command, players, stage))
    troubles: list[str] = []
    for number, planned in enumerate(rounds, 1):
        if not planned.auto:
            stage.called_at[number] = stage.now()
            await asyncio.to_thread(command, "start-round")
        before = max(planned.preview_seconds, planned.walking_seconds) + GRACE_SECONDS
        if not await stage.reached(number, Phase.ROUND, before + planned.break_seconds):
            troubles.append(f"Round {number} never began.")
            break
        progress(f"Round {number} of {len(rounds)} runs.")
        if not await stage.over_after(number, planned.seconds + GRACE_SECONDS):
            troubles.append(f"Round {number} never ended.")
            break
        progress(f"Round {number} of {len(rounds)} is over.")
        if not planned.auto and number < len(rounds):
            await asyncio.sleep(planned.break_seconds)
    checking.cancel()
    await asyncio.gather(checking, return_exceptions=True)
    return troubles


async def _check_in_late(
    command: Callable[..., object], players: list[SimulatedAttendee], stage: Stage
) -> None:
    """Checks in late people on site when their moment comes."""

    async def one(player: SimulatedAttendee, round: int) -> None:
        await stage.moment(round, player.part.moment)
        await asyncio.to_thread(command, "check-in", attendee=player.id)

    async with asyncio.TaskGroup() as group:
        for player in players:
            if player.part.on_site and player.part.late_in is not None:
                group.create_task(one(player, player.part.late_in))


async def _until_in(players: list[SimulatedAttendee], seconds: float) -> None:
    """Waits until all are welcomed, or the time for that is over (the report names the missing)."""
    waits = [asyncio.create_task(player.chain.welcomed.wait()) for player in players]
    if waits:
        _, missing = await asyncio.wait(waits, timeout=seconds)
        for wait in missing:
            wait.cancel()


async def _watch(players: list[SimulatedAttendee], stage: Stage, status: Status) -> None:
    """Tells how things stand, twice a second, until cancelled."""
    while True:
        status(
            Standing(
                phase=stage.phase,
                round=stage.round,
                people=len(players),
                connected=sum(player.chain.is_connected for player in players),
                seated=sum(player.witness.room is not None for player in players),
                said=len({id for player in players for id in player.witness.said}),
            )
        )
        await asyncio.sleep(STATUS_SECONDS)


def _download(asker: Asker, path: str) -> str:
    return b"".join(asker.stream(path)).decode("utf-8-sig")
