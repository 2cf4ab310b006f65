"""The doors to the files: who may have them, as of when, and that it is written down.

Responsible for the routes, and for the audit: each file handed out is a fact of the journal first.
What stands in a file is its own module's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rooms import facts as f
from rooms.commands import NoteExport
from rooms.event import Event
from rooms.people import Register
from server.exports.cells import Cell, csv_lines, gathered
from server.exports.consents import CONSENT_COLUMNS, consent_rows
from server.exports.graphs import gexf, graphml
from server.exports.leads import LEAD_COLUMNS, lead_lines, lead_rows
from server.exports.rows import (
    ATTENDEE_COLUMNS,
    PAIR_COLUMNS,
    ROUND_COLUMNS,
    SUMMARY_COLUMNS,
    attendee_rows,
    pair_lines,
    pair_rows,
    round_rows,
    summary_lines,
    summary_rows,
)
from server.exports.sheets import pieces, workbook
from server.exports.tools import TOOLS, tool_lines
from server.journal import Journal
from server.problems import Endpoint, Problem, answering
from server.rights import organiser_only

SECRET_FACTS = (
    f.YesGiven, f.YesWithdrawn, f.CardGiven, f.CardReached, f.NoteWritten,
    f.Blocked, f.Unblocked, f.MoreTimeWished, f.Rated, f.OutcomeTold,
    f.QuestionsAnswered, f.MetInSeries,
)  # fmt: skip
"""Facts that no export shows."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def taken(request: Request, what: str) -> tuple[Event, Register, int]:
    """Writes down that a file is taken; returns the event and its people as of then.

    Later facts do not change them. Raises Problem for anybody but the organiser.
    """
    viewer = await organiser_only(request)
    evening = await request.app.state.evenings.get(request.path_params["event"])
    await evening.caught_up()
    await evening.submit(viewer.id, NoteExport(what=what))
    now: int = request.app.state.store.clock()
    return evening.event.copy(), evening.register.copy(), now


def file_answer(request: Request, name: str, kind: str, body: AsyncIterator[bytes]) -> Response:
    """Returns a file to be kept, named after its event."""
    event_id = request.path_params["event"]
    return StreamingResponse(
        body,
        media_type=kind,
        headers={
            "content-disposition": f'attachment; filename="{event_id}-{name}"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        },
    )


def _csv(request: Request, name: str, lines: Iterator[bytes]) -> Response:
    return file_answer(request, name, "text/csv; charset=utf-8", gathered(lines))


def _is_summary(request: Request) -> bool:
    return request.query_params.get("summary") in ("1", "true")


def _with_summary(request: Request, name: str) -> str:
    return f"{name}?summary=1" if _is_summary(request) else name


async def pairs_csv(request: Request) -> Response:
    event, register, now = await taken(request, _with_summary(request, "pairs.csv"))
    if _is_summary(request):
        return _csv(request, "pairs-summary.csv", summary_lines(event, register, now))
    return _csv(request, "pairs.csv", pair_lines(event, register, now))


async def pairs_jsonl(request: Request) -> Response:
    event, register, now = await taken(request, _with_summary(request, "pairs.jsonl"))
    rows = (summary_rows if _is_summary(request) else pair_rows)(event, register, now)
    lines = (msgspec.json.encode(row.line()) + b"\n" for row in rows)
    name = "pairs-summary.jsonl" if _is_summary(request) else "pairs.jsonl"
    return file_answer(request, name, "application/jsonl", gathered(lines))


async def pairs_xlsx(request: Request) -> Response:
    event, register, now = await taken(request, _with_summary(request, "pairs.xlsx"))
    is_summary = _is_summary(request)
    rows = (summary_rows if is_summary else pair_rows)(event, register, now)
    columns = SUMMARY_COLUMNS if is_summary else PAIR_COLUMNS
    book = await asyncio.to_thread(workbook, "pairs", columns, (row.cells() for row in rows))
    name = "pairs-summary.xlsx" if is_summary else "pairs.xlsx"
    return file_answer(request, name, XLSX, gathered(pieces(book)))


async def attendees_csv(request: Request) -> Response:
    event, register, now = await taken(request, "attendees.csv")
    named = {name: None for person in register.attendees() for name in person.custom}
    custom = [name for name in named if name not in ATTENDEE_COLUMNS]
    rows = attendee_rows(event, register, now, custom)
    return _rows(request, "attendees.csv", (*ATTENDEE_COLUMNS, *custom), rows)


async def rounds_csv(request: Request) -> Response:
    event, _, now = await taken(request, "rounds.csv")
    return _rows(request, "rounds.csv", ROUND_COLUMNS, round_rows(event, now))


async def consents_csv(request: Request) -> Response:
    event, register, _ = await taken(request, "consents.csv")
    return _rows(request, "consents.csv", CONSENT_COLUMNS, consent_rows(event, register))


def _rows(
    request: Request, name: str, columns: Iterable[str], rows: Iterable[Mapping[str, Cell]]
) -> Response:
    return _csv(request, name, csv_lines(columns, rows))


async def leads_csv(request: Request) -> Response:
    event, register, now, since = await _leads(request, "leads.csv")
    rows = lead_rows(event, register, now, since)
    return _rows(request, f"leads-{register.ledger.files}.csv", LEAD_COLUMNS, rows)


async def leads_jsonl(request: Request) -> Response:
    event, register, now, since = await _leads(request, "leads.jsonl")
    lines = lead_lines(event, register, now, since)
    name = f"leads-{register.ledger.files}.jsonl"
    return file_answer(request, name, "application/jsonl", gathered(lines))


async def _leads(request: Request, name: str) -> tuple[Event, Register, int, int]:
    """Takes a file of leads: what changed since file number `since`; left out: since the last."""
    asked = request.query_params.get("since")
    if asked is not None and not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "bad-field",
            "`since` is the number of an earlier file of leads; 0: everybody.",
            field="since",
        )
    event, register, now = await taken(request, name if asked is None else f"{name}?since={asked}")
    since = register.ledger.files - 1 if asked is None else int(asked)
    return event, register, now, since


async def network_graphml(request: Request) -> Response:
    return await _graph(request, "network.graphml", "application/graphml+xml", graphml)


async def network_gexf(request: Request) -> Response:
    return await _graph(request, "network.gexf", "application/gexf+xml", gexf)


async def _graph(
    request: Request,
    name: str,
    kind: str,
    write: Callable[[Event, Register, int], Iterator[bytes]],
) -> Response:
    event, register, now = await taken(request, name)
    return file_answer(request, name, kind, gathered(write(event, register, now)))


async def tool_csv(request: Request) -> Response:
    name = f"{request.path_params['tool']}.csv"
    if name not in TOOLS:
        raise Problem(HTTPStatus.NOT_FOUND, "unknown-file", "There is no such file.")
    event, register, _ = await taken(request, name)
    return _csv(request, name, tool_lines(name, event, register))


async def journal_jsonl(request: Request) -> Response:
    await taken(request, "journal.jsonl")
    journal = Journal(request.app.state.store, request.path_params["event"])
    return file_answer(request, "journal.jsonl", "application/jsonl", journal_lines(journal))


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
    "pairs.xlsx": pairs_xlsx,
    "attendees.csv": attendees_csv,
    "rounds.csv": rounds_csv,
    "consents.csv": consents_csv,
    "leads.csv": leads_csv,
    "leads.jsonl": leads_jsonl,
    "network.graphml": network_graphml,
    "network.gexf": network_gexf,
    "journal.jsonl": journal_jsonl,
    "import/{tool}.csv": tool_csv,
}

routes = [
    Route(f"/api/events/{{event}}/{name}", answering(endpoint), methods=["GET"])
    for name, endpoint in EXPORTS.items()
]
