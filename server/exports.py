"""What the organiser takes home: pairs, attendees, rounds, and the journal without its secrets.

Responsible for the files' columns, for what each person's consent fills in, and for files that no
spreadsheet executes. Everything is read from the fold (and the journal), streamed row by row.

Invariants: a one-sided yes, a block, a note or a rating is in no export; a contact field is there
only where its owner lets the organiser have it (names always).
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rooms import facts as f
from rooms.contacts import consented, is_contact
from rooms.encounters import Encounter, joined, rooms_by_round, round_encounters
from rooms.event import Event
from rooms.people import Attendee, Register, shared_interests
from rooms.synonyms import meanings
from server import words
from server.journal import Journal
from server.problems import Endpoint, answering
from server.rights import organiser_only

SECRET_FACTS = (
    f.YesGiven, f.YesWithdrawn, f.CardGiven, f.CardReached, f.NoteWritten,
    f.Blocked, f.Unblocked, f.MoreTimeWished, f.Rated,
)  # fmt: skip
"""Facts that no export shows."""

CHUNK = 64 * 1024
"""Bytes gathered before they are sent."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would execute; the full-width ones do in some languages."""

SOMEONE = "someone"
"""What somebody erased is called in other people's minutes (rule 21)."""

PAIR_COLUMNS = (
    "event_id", "round", "room", "table", "met_at", "seconds_together", "presence",
    "a_id", "a_external_id", "a_name", "a_organisation", "a_email",
    "b_id", "b_external_id", "b_name", "b_organisation", "b_email",
    "shared_interests", "contact", "a_consent", "b_consent",
)  # fmt: skip
SUMMARY_COLUMNS = ("event_id", "rounds_together", *PAIR_COLUMNS[4:])
ATTENDEE_COLUMNS = (
    "event_id", "id", "external_id", "name", "reading", "organisation", "department", "title",
    "email", "phone", "link", "mode", "role", "segment", "interests", "languages",
    "rounds", "people_met", "seconds_together", "contacts", "consent",
)  # fmt: skip
ROUND_COLUMNS = (
    "event_id", "round", "kind", "size", "starts_at", "ends_at", "rooms", "tables", "people",
    "pairs", "seconds_together",
)  # fmt: skip

Cell = str | int | None


# Who may be seen how


class Side(Struct, frozen=True):
    """One of two people, as the organiser may see them."""

    id: str
    external_id: str
    name: str
    organisation: str
    email: str
    consent: tuple[str, ...]


def side(register: Register, id: str) -> Side:
    """Returns somebody with the fields that they let the organiser have."""
    person = register.attendee(id)
    return Side(
        id=id,
        external_id=person.external_id,
        name=person.name or SOMEONE,
        organisation=consented(person, "organisation"),
        email=consented(person, "email"),
        consent=person.organiser_may_export,
    )


# Pairs


class PairRow(Struct, frozen=True, kw_only=True):
    """Two people in one round, or (`rounds_together` set) in all of them."""

    event_id: str
    encounter: Encounter
    a: Side
    b: Side
    shared: tuple[str, ...]
    contact: str
    rounds_together: int | None = None

    def cells(self) -> dict[str, Cell]:
        """Returns the row as the columns of `pairs.csv`."""
        met = self.encounter
        return {
            "event_id": self.event_id,
            "rounds_together": self.rounds_together,
            "round": met.round,
            "room": met.room,
            "table": met.table,
            "met_at": words.iso(met.met_at),
            "seconds_together": met.seconds,
            "presence": met.presence,
            **_side_cells("a", self.a),
            **_side_cells("b", self.b),
            "shared_interests": ";".join(self.shared),
            "contact": self.contact,
            "a_consent": ";".join(self.a.consent),
            "b_consent": ";".join(self.b.consent),
        }

    def line(self) -> dict[str, object]:
        """Returns the row for `pairs.jsonl`: instants in ms, lists as lists, nothing for empty."""
        columns = PAIR_COLUMNS if self.rounds_together is None else SUMMARY_COLUMNS
        cells: dict[str, object] = {name: self.cells()[name] for name in columns}
        cells |= {
            "met_at": self.encounter.met_at,
            "shared_interests": self.shared,
            "a_consent": self.a.consent,
            "b_consent": self.b.consent,
        }
        return cells


def _side_cells(name: str, person: Side) -> dict[str, Cell]:
    return {
        f"{name}_id": person.id,
        f"{name}_external_id": person.external_id,
        f"{name}_name": person.name,
        f"{name}_organisation": person.organisation,
        f"{name}_email": person.email,
    }


def pair_rows(event: Event, register: Register, until: int) -> Iterator[PairRow]:
    """Yields a row for two people and a round in which they were together for a second or more."""
    for rooms in rooms_by_round(event.rooms.values()).values():
        for met in round_encounters(rooms, until):
            yield _pair_row(event, register, met)


def summary_rows(event: Event, register: Register, until: int) -> Iterator[PairRow]:
    """Yields a row for each two people who were together at all."""
    pairs: dict[tuple[str, str], tuple[Encounter, int]] = {}
    for rooms in rooms_by_round(event.rooms.values()).values():
        for met in round_encounters(rooms, until):
            before = pairs.get((met.a, met.b))
            pairs[met.a, met.b] = (
                (met, 1) if before is None else (joined(before[0], met), before[1] + 1)
            )
    for met, rounds in pairs.values():
        yield msgspec.structs.replace(_pair_row(event, register, met), rounds_together=rounds)


def _pair_row(event: Event, register: Register, met: Encounter) -> PairRow:
    people = [register.attendee(met.a), register.attendee(met.b)]
    found = shared_interests(people, meanings(register.details.synonyms))
    shared = [tag for one in found for tag in one.interests]
    return PairRow(
        event_id=event.id,
        encounter=met,
        a=side(register, met.a),
        b=side(register, met.b),
        shared=tuple(shared),
        contact="mutual" if is_contact(event, met.a, met.b) else "none",
    )


# People and rounds


def attendee_rows(
    event: Event, register: Register, until: int, custom: Iterable[str]
) -> Iterator[dict[str, Cell]]:
    """Yields a row for everybody at the event, with what their evening came to."""
    rounds: dict[str, int] = {}
    met: dict[str, set[str]] = {}
    seconds: dict[str, int] = {}
    for rooms in rooms_by_round(event.rooms.values()).values():
        found = round_encounters(rooms, until)
        for id in {id for pair in found for id in (pair.a, pair.b)}:
            rounds[id] = rounds.get(id, 0) + 1
        for pair in found:
            for id, other in ((pair.a, pair.b), (pair.b, pair.a)):
                met.setdefault(id, set()).add(other)
                seconds[id] = seconds.get(id, 0) + pair.seconds
    contacts: dict[str, int] = {}
    for a, b in event.contacts:
        if is_contact(event, a, b):
            contacts[a] = contacts.get(a, 0) + 1
            contacts[b] = contacts.get(b, 0) + 1
    for person in register.attendees():
        yield {
            "event_id": event.id,
            **organiser_sees(person),
            "rounds": rounds.get(person.id, 0),
            "people_met": len(met.get(person.id, ())),
            "seconds_together": seconds.get(person.id, 0),
            "contacts": contacts.get(person.id, 0),
            **{name: person.custom.get(name, "") for name in custom},
        }


def organiser_sees(person: Attendee) -> dict[str, Cell]:
    """Returns somebody's profile as the organiser may have it, as cells."""
    return {
        "id": person.id,
        "external_id": person.external_id,
        "name": person.name,
        "reading": person.reading,
        "organisation": consented(person, "organisation"),
        "department": person.department,
        "title": person.title,
        "email": consented(person, "email"),
        "phone": consented(person, "phone"),
        "link": consented(person, "link"),
        "mode": person.mode.value,
        "role": person.role.value,
        "segment": person.segment,
        "interests": ";".join(person.interests),
        "languages": ";".join(person.languages),
        "consent": ";".join(person.organiser_may_export),
    }


def round_rows(event: Event, until: int) -> Iterator[dict[str, Cell]]:
    """Yields a row for each round that was held or is running."""
    for number, rooms in rooms_by_round(event.rooms.values()).items():
        planned = event.plan.rounds[number - 1] if number <= len(event.plan.rounds) else None
        found = round_encounters(rooms, until)
        people = {stay.id for room in rooms for stay in room.stays}
        yield {
            "event_id": event.id,
            "round": number,
            "kind": planned.kind.value if planned else "",
            "size": planned.size if planned else None,
            "starts_at": words.iso(min(room.starts_at for room in rooms)),
            "ends_at": words.iso(max(room.ended_at or room.ends_at for room in rooms)),
            "rooms": len(rooms),
            "tables": sum(room.table is not None for room in rooms),
            "people": len(people),
            "pairs": len(found),
            "seconds_together": sum(met.seconds for met in found),
        }


# Writing


_INNER = re.compile(r";(?=\s*[=+\-@＝＋－＠])")


def safe(cell: Cell) -> Cell:
    """Returns a cell that no spreadsheet takes for a formula (rule 24).

    Where lists are separated by `;` (most of Europe), a spreadsheet that opens a file with commas
    begins a new cell at each `;` of ours: what stands behind one must be no formula either.
    """
    if not isinstance(cell, str):
        return cell
    whole = _INNER.sub(";'", cell)
    return f"'{whole}" if whole.startswith(FORMULA) else whole


def csv_lines(columns: Iterable[str], rows: Iterable[Mapping[str, Cell]]) -> Iterator[bytes]:
    """Yields a CSV file: UTF-8 with a mark (Excel needs it), RFC 4180, formula-safe."""
    names = list(columns)
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\r\n")
    writer.writerow([safe(name) for name in names])
    yield b"\xef\xbb\xbf" + line.getvalue().encode()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow([safe(row.get(name)) for name in names])
        yield line.getvalue().encode("utf-8", "replace")


async def gathered(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yields pieces in chunks, and lets others have their turn between two."""
    chunk = bytearray()
    for piece in pieces:
        chunk += piece
        if len(chunk) >= CHUNK:
            yield bytes(chunk)
            chunk.clear()
            await asyncio.sleep(0)
    yield bytes(chunk)


def _csv(
    request: Request, name: str, columns: Iterable[str], rows: Iterable[Mapping[str, Cell]]
) -> Response:
    return _file(request, f"{name}.csv", "text/csv", gathered(csv_lines(columns, rows)))


def _file(request: Request, name: str, kind: str, body: AsyncIterator[bytes]) -> Response:
    event_id = request.path_params["event"]
    return StreamingResponse(
        body,
        media_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        headers={
            "content-disposition": f'attachment; filename="{event_id}-{name}"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        },
    )


# Routes


async def _held(request: Request) -> tuple[Event, Register, int]:
    """Returns the event and its people as of now, which later facts do not change."""
    await organiser_only(request)
    evening = await request.app.state.evenings.get(request.path_params["event"])
    await evening.caught_up()
    now: int = request.app.state.store.clock()
    return evening.event.copy(), evening.register.copy(), now


async def pairs_csv(request: Request) -> Response:
    event, register, now = await _held(request)
    if request.query_params.get("summary") in ("1", "true"):
        rows = summary_rows(event, register, now)
        return _csv(request, "pairs-summary", SUMMARY_COLUMNS, (row.cells() for row in rows))
    rows = pair_rows(event, register, now)
    return _csv(request, "pairs", PAIR_COLUMNS, (row.cells() for row in rows))


async def pairs_jsonl(request: Request) -> Response:
    event, register, now = await _held(request)
    summary = request.query_params.get("summary") in ("1", "true")
    rows = (summary_rows if summary else pair_rows)(event, register, now)
    lines = (msgspec.json.encode(row.line()) + b"\n" for row in rows)
    return _file(request, "pairs.jsonl", "application/jsonl", gathered(lines))


async def attendees_csv(request: Request) -> Response:
    event, register, now = await _held(request)
    named = {name: None for person in register.attendees() for name in person.custom}
    custom = [name for name in named if name not in ATTENDEE_COLUMNS]
    rows = attendee_rows(event, register, now, custom)
    return _csv(request, "attendees", (*ATTENDEE_COLUMNS, *custom), rows)


async def rounds_csv(request: Request) -> Response:
    event, _, now = await _held(request)
    return _csv(request, "rounds", ROUND_COLUMNS, round_rows(event, now))


async def journal_jsonl(request: Request) -> Response:
    await _held(request)
    journal = Journal(request.app.state.store, request.path_params["event"])
    return _file(request, "journal.jsonl", "application/jsonl", journal_lines(journal))


async def journal_lines(journal: Journal) -> AsyncIterator[bytes]:
    """Yields the journal's facts, each with the id of its entry, without those kept secret."""
    async for page in journal.pages():
        lines = [
            b'{"entry":"%s",%s\n' % (entry.id.encode(), msgspec.json.encode(entry.fact)[1:])
            for entry in page
            if not isinstance(entry.fact, SECRET_FACTS)
        ]
        if lines:
            yield b"".join(lines)


EXPORTS: Mapping[str, Endpoint] = {
    "pairs.csv": pairs_csv,
    "pairs.jsonl": pairs_jsonl,
    "attendees.csv": attendees_csv,
    "rounds.csv": rounds_csv,
    "journal.jsonl": journal_jsonl,
}

routes = [
    Route(f"/api/events/{{event}}/{name}", answering(endpoint), methods=["GET"])
    for name, endpoint in EXPORTS.items()
]
