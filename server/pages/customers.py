"""The desk's page for customer programs: leads with what changed, and Sansan's own format filled.

Responsible for forms and words, and for keeping Sansan's format for the next event. What stands in
the files is `server/exports`'. Works without JavaScript.
"""

from __future__ import annotations

from http import HTTPStatus
from itertools import islice

import msgspec
from msgspec import Struct
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from rooms.leads import leads
from server import words
from server.bodies import read_upload
from server.exports import file_answer, gathered, taken
from server.exports.tools import NoTemplate, not_in_cp932, sansan_lines, template_columns
from server.pages.entry import evening_of
from server.pages.rendering import render
from server.redis import Store

DESK = "meguri:desk"
"""Hash of what the desk keeps over all events; nothing about attendees."""

TEMPLATE_BYTES = 200_000
"""Sansan's format is a line or two; more is another file."""

OWNER_LIMIT = 100
"""Characters."""

LOST_SHOWN = 20
"""Values with characters that CP932 lacks, named on the page."""

EARLIER_SHOWN = 10
"""Earlier files of leads that the page goes back to."""


class Format(Struct, frozen=True, kw_only=True):
    """Sansan's format as its page handed it out, and the card owner's id there."""

    columns: tuple[str, ...] = ()
    owner: str = ""


async def customers_page(request: Request) -> Response:
    """Shows how leads and Sansan's file are taken home."""
    return await _page(request)


async def _page(request: Request, problem: str = "", owner: str | None = None) -> Response:
    """Draws desk_customers.html.

    `event`, `agreed`, `files`, `kept`, `owner`, `lost`, `more`, `problem`, `urls`.
    """
    evening = await evening_of(request)
    kept = await _kept(request.app.state.store)
    register, now = evening.register, request.app.state.store.clock()
    lost = list(islice(not_in_cp932(evening.event, register), LOST_SHOWN + 1))
    files = register.ledger.files
    here = f"/api/events/{evening.id}"
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": register.details.title},
        "agreed": sum(1 for _ in leads(evening.event, register, now)),
        "files": files,
        "earlier": list(range(files - 1, max(0, files - 1 - EARLIER_SHOWN), -1)),
        "kept": bool(kept.columns),
        "owner": kept.owner if owner is None else owner,
        "lost": lost[:LOST_SHOWN],
        "more": len(lost) > LOST_SHOWN,
        "problem": words.words(words.language(request)).gettext(problem) if problem else "",
        "urls": {
            "event": f"/desk/{evening.id}",
            "sansan": f"/desk/{evening.id}/customers/sansan.csv",
            "leads": f"{here}/leads",
        },
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "desk_customers.html", context, status=status)


async def sansan_file(request: Request) -> Response:
    """Fills Sansan's format, as uploaded now or before, and keeps it for the next time."""
    store: Store = request.app.state.store
    kept = await _kept(store)
    form = await read_upload(request, TEMPLATE_BYTES)
    try:
        file = form.get("file")
        data = await file.read() if isinstance(file, UploadFile) else b""
        owner = " ".join(str(form.get("owner", "")).split())[:OWNER_LIMIT]
    finally:
        await form.close()
    columns = kept.columns
    if data:
        try:
            columns = tuple(template_columns(data))
        except NoTemplate:
            return await _page(
                request,
                "This is not the CSV format that Sansan hands out: it must have the columns "
                "名刺所有者ユーザID, 会社名 and 氏名[姓]. "
                "Download it from Sansan's import page again.",
                owner,
            )
    if not columns:
        return await _page(
            request, "Please choose the CSV format from Sansan's import page.", owner
        )
    if not owner:
        return await _page(
            request, "Please write the user id of the cards' owner in Sansan.", owner
        )
    await store.call(
        "HSET", DESK, "sansan", msgspec.json.encode(Format(columns=columns, owner=owner))
    )
    event, register, _ = await taken(request, "import/sansan.csv")
    lines = sansan_lines(columns, owner, event, register)
    return file_answer(request, "sansan.csv", "text/csv; charset=cp932", gathered(lines))


async def _kept(store: Store) -> Format:
    row = await store.call("HGET", DESK, "sansan")
    return msgspec.json.decode(row, type=Format) if isinstance(row, bytes) else Format()
