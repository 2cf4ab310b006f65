"""The desk's page that brings people in: a file or a pasted list, looked at first, then landed.

Responsible for the form, for columns chosen by hand, for what a list would change, and for what
came of it. Works without JavaScript. Nothing is kept here between the two presses: the looked-at
list travels in the form itself, so what lands is what was looked at.

Invariants: looking writes nothing; a newcomer's id follows from what their row says, so the same
list twice (or again after a store that went away) doubles nobody.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import csv
import io
import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from msgspec import Struct
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from rooms.people import Attendee
from server import words
from server.api import imported
from server.auth import keys_of
from server.bodies import read_form, read_upload
from server.columns import COLUMNS_LIMIT, CUSTOM, LEFT_OUT, Columns, Table, columns_of, read_table
from server.delimited import DATA_LIMIT, MEBIBYTE, Unreadable, readable
from server.evenings import Evening
from server.exports import safe
from server.importing import Landing, Named, Plan, Reading, plan_import, read_rows
from server.organising import Brought, HalfLanded, bring_in, ids_of
from server.pages.entry import evening_of
from server.pages.rendering import render
from server.person_rows import COLUMNS, Sentence
from server.problems import Problem

CARRIED_LIMIT = DATA_LIMIT * 4 // 3 + MEBIBYTE
"""A list of the largest size as base64, if nothing of it could be packed, and the form's rest."""

ROWS_SHOWN = 100
"""Rows of each kind that the page names; the rest are counted."""

SAMPLES = 3
"""Values shown of a column."""

SAMPLE_LENGTH = 60
"""Characters of such a value."""

FIELDS: Mapping[str, str] = {
    "name": "Whole name",
    "family_name": "Family name",
    "given_name": "Given name",
    "reading": "How the name is read",
    "email": "E-mail address",
    "phone": "Telephone number",
    "organisation": "Organisation, company",
    "department": "Department, team",
    "title": "Job title",
    "link": "Web address",
    "interests": "Interests, as a list",
    "offers": "What they offer, as a list",
    "seeks": "What they look for, as a list",
    "languages": "Languages, as a list",
    "mode": "Online or on site",
    "segment": "Segment (a group of people)",
    "role": "Role (attendee, ambassador, helper, host)",
    "table": "Number of a table",
    "sits_with": "Whom they sit with",
    "wishes": "Whom they wish to meet, as a list",
    "first_timer": "Here for the first time (yes or no)",
    "external_id": "Number or id in your own system",
}
"""What a column can be, in words, in the order of the list to choose from."""


class Choice(Struct, frozen=True):
    """Something a column can be."""

    value: str
    label: str
    chosen: bool


class ColumnLine(Struct, frozen=True, kw_only=True):
    """One column of a list: its title, a few of its values, and what it is."""

    at: int
    title: str
    samples: tuple[str, ...]
    choices: tuple[Choice, ...]
    known: bool
    tells_who_comes: bool


class RowLine(Struct, frozen=True):
    """A row by its number, and what is to be said of it."""

    row: int
    reason: str
    name: str = ""


class Preview(Struct, frozen=True, kw_only=True):
    """What a list would do, as the page shows it; nothing of it is done."""

    created: int
    changed: int
    unchanged: int
    rejected: tuple[RowLine, ...]
    skipped: tuple[RowLine, ...]
    changes: tuple[RowLine, ...]
    newcomers: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def lands(self) -> int:
        return self.created + self.changed


class LinkLine(Struct, frozen=True):
    name: str
    url: str


class Result(Struct, frozen=True, kw_only=True):
    """What an import came to, as the page shows it; `updated`: who is not as they were."""

    created: int
    updated: int
    unchanged: int
    rejected: tuple[RowLine, ...]
    notes: tuple[str, ...]
    links: tuple[LinkLine, ...]
    links_csv: str
    file: str


class Sent(Struct, frozen=True, kw_only=True):
    """A list as it was sent, with what was chosen for its columns."""

    name: str
    data: bytes
    chosen: dict[int, str]


async def import_page(request: Request) -> Response:
    return _page(request, await evening_of(request))


async def press_import(request: Request) -> Response:
    """Looks at a list, or lands the one that was looked at."""
    evening = await evening_of(request)
    try:
        form = await read_upload(request, CARRIED_LIMIT, fields=COLUMNS_LIMIT + 20)
    except Problem as refused:
        if refused.code != "too-big":
            raise
        return _page(request, evening, problem=_too_big(request), status=refused.status)
    try:
        sent = await _sent(form)
        # Columns chosen anew since the last look are looked at before anything lands by them.
        lands = form.get("do") == "land" and form.get("looked") == _looked(sent.chosen)
    finally:
        await form.close()
    language = words.language(request)
    try:
        if not sent.data and not sent.name:
            raise Unreadable("no-file", "Please choose a file first.")
        table = await asyncio.to_thread(read_table, sent.data)
    except Unreadable as unreadable:
        if unreadable.code == "too-big":
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            return _page(request, evening, problem=_too_big(request), status=status)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        problem = words.sentence(language, unreadable)
        return _page(request, evening, problem=problem, status=status)
    return await (_land if lands else _look)(request, evening, sent, table)


def _too_big(request: Request) -> str:
    say = words.words(words.language(request)).gettext
    sentence = say("The file is too big: at most {megabytes} MB.", megabytes=DATA_LIMIT // MEBIBYTE)
    return f"{sentence} {say('A list of 20,000 people takes about 5 MB: save the list alone.')}"


# What was sent


async def _sent(form: FormData) -> Sent:
    name, data = "", b""
    file, pasted, carried = form.get("file"), form.get("text"), form.get("carried")
    if isinstance(file, UploadFile) and file.filename:
        name, data = file.filename[-80:], await file.read(DATA_LIMIT + 1)
    elif isinstance(carried, str) and carried:
        name, data = str(form.get("name", ""))[-80:], await asyncio.to_thread(unpacked, carried)
    elif isinstance(pasted, str):
        data = pasted.encode("utf-8", "replace")
    return Sent(
        name=name,
        data=data,
        chosen=_chosen(form),
    )


def _chosen(form: FormData) -> dict[int, str]:
    """Returns what was chosen for columns, by their places."""
    found: dict[int, str] = {}
    for key, value in form.multi_items():
        place = re.fullmatch(r"column-([0-9]{1,4})", key)
        if place and isinstance(value, str) and value in (*COLUMNS, CUSTOM, LEFT_OUT):
            found[int(place[1])] = value
    return found


def _looked(chosen: Mapping[int, str]) -> str:
    """Returns what columns were looked at as, for the form to carry."""
    return " ".join(chosen[at] for at in sorted(chosen))


def packed(data: bytes) -> str:
    """Returns a file as a form carries it."""
    return base64.b64encode(zlib.compress(data, 6)).decode()


def unpacked(carried: str) -> bytes:
    """Returns a file that a form carried, no more of it than may be read; else nothing.

    The attack: a few kilobytes that unpack to gigabytes.
    """
    try:
        return zlib.decompressobj().decompress(base64.b64decode(carried), DATA_LIMIT + 1)
    except (binascii.Error, ValueError, zlib.error):
        return b""


# Looking


async def _look(request: Request, evening: Evening, sent: Sent, table: Table) -> Response:
    language = words.language(request)
    columns = columns_of(table, sent.chosen)
    existing = {person.id: person for person in evening.register.attendees()}
    seed = await keys_of(request).import_seed(evening.id)
    lines = _columns(table, columns, words.words(language).gettext)
    try:
        reading, plan = await asyncio.to_thread(_planned, evening, seed, sent, table, existing)
    except Unreadable:
        problem = words.words(language).gettext(
            "No column is known to hold the names. Please choose it below, then look again."
        )
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, evening, sent=sent, columns=lines, problem=problem, status=status)
    twice = _chosen_twice(sent.chosen, columns)
    preview = _preview(reading, plan, existing, language, twice)
    return _page(request, evening, sent=sent, columns=lines, preview=preview)


def _planned(
    evening: Evening, seed: str, sent: Sent, table: Table, existing: Mapping[str, Attendee]
) -> tuple[Reading, Plan]:
    reading = read_rows(table, sent.chosen)
    return reading, plan_import(reading, existing.values(), ids_of(evening, seed, reading))


def _chosen_twice(chosen: Mapping[int, str], columns: Columns) -> list[Sentence]:
    """Returns remarks on fields that were chosen for several columns."""
    counts = Counter(choice for choice in chosen.values() if choice in COLUMNS)
    return [
        Sentence(
            "Several columns are chosen for one thing: “{column}” is used, the others are kept"
            " under their own titles.",
            {"column": columns.titles[columns.fields.index(field)].strip()},
        )
        for field, count in counts.items()
        if count > 1
    ]


def _columns(table: Table, columns: Columns, say: words.Saying) -> list[ColumnLine]:
    samples: list[list[str]] = [[] for _ in table.header]
    for _, cells in table.rows[:ROWS_SHOWN]:
        for at, cell in enumerate((cells or [])[: len(samples)]):
            value = readable(" ".join(cell.split()))
            if value and len(samples[at]) < SAMPLES and value[:SAMPLE_LENGTH] not in samples[at]:
                samples[at].append(value[:SAMPLE_LENGTH])
    return [
        ColumnLine(
            at=at,
            title=" ".join(title.split())[:80] or say("Column {n}", n=at + 1),
            samples=tuple(samples[at]),
            choices=_choices(columns, at, say),
            known=columns.fields[at] is not None,
            tells_who_comes=columns.status == at,
        )
        for at, title in enumerate(table.header)
    ]


def _choices(columns: Columns, at: int, say: words.Saying) -> tuple[Choice, ...]:
    now = LEFT_OUT if columns.is_left_out(at) else columns.fields[at] or CUSTOM
    named = {CUSTOM: "Keep it under its own title", LEFT_OUT: "Leave it out", **FIELDS}
    return tuple(Choice(value, say(label), value == now) for value, label in named.items())


def _preview(
    reading: Reading,
    plan: Plan,
    existing: Mapping[str, Attendee],
    language: str,
    remarks: Sequence[Sentence],
) -> Preview:
    say = words.words(language).gettext
    # Of a person with several rows the last one tells what they will be.
    last = {landing.attendee.id: landing for landing in plan.landings}
    fresh = [one for one in last.values() if one.attendee.id not in existing]
    changes = [
        (one, changed)
        for one in last.values()
        if one.attendee.id in existing
        and (changed := _changed_fields(existing[one.attendee.id], one))
    ]
    return Preview(
        created=len(fresh),
        changed=len(changes),
        unchanged=len(last) - len(fresh) - len(changes),
        rejected=_rows(plan.rejected, language),
        skipped=_rows(reading.skipped, language),
        changes=tuple(
            RowLine(
                one.row, say(", ").join(say(FIELDS.get(f, f)) for f in changed), one.attendee.name
            )
            for one, changed in changes[:ROWS_SHOWN]
        ),
        newcomers=tuple(one.attendee.name for one in fresh[:ROWS_SHOWN]),
        notes=tuple(words.sentence(language, note) for note in (*remarks, *plan.notes)),
    )


def _changed_fields(before: Attendee, landing: Landing) -> list[str]:
    after = landing.attendee
    fields = [field for field in FIELDS if getattr(before, field) != getattr(after, field)]
    custom = [name for name, value in after.custom.items() if before.custom.get(name, "") != value]
    return [*fields, *custom]


def _rows(named: Sequence[Named], language: str) -> tuple[RowLine, ...]:
    return tuple(RowLine(one.row, words.sentence(language, one.why)) for one in named)


# Landing


async def _land(request: Request, evening: Evening, sent: Sent, table: Table) -> Response:
    known = words.words(words.language(request))
    columns = _columns(table, columns_of(table, sent.chosen), known.gettext)
    try:
        reading = await asyncio.to_thread(read_rows, table, sent.chosen)
    except Unreadable:
        return await _look(request, evening, sent, table)
    try:
        brought = await bring_in(request.app.state, evening, reading)
    except HalfLanded as half:
        problem = known.gettext(
            "The server lost its memory in the middle: {came} of {all} are in. Nothing is lost or"
            " doubled: please press again in a moment.",
            came=half.came,
            all=half.all,
        )
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return _page(
            request, evening, sent=sent, columns=columns, problem=problem, again=True, status=status
        )
    return _page(request, evening, result=_result(request, evening, brought, sent.name))


def _result(request: Request, evening: Evening, brought: Brought, name: str) -> Result:
    answer = imported(request, evening.id, brought)
    known = words.words(words.language(request))
    notes = list(answer.notes)
    if answer.skipped:
        notes.append(
            known.ngettext(
                "{n} row is of somebody who is not coming, and was left out.",
                "{n} rows are of people who are not coming, and were left out.",
                len(answer.skipped),
            )
        )
    people = {landing.attendee.id: landing.attendee for landing in brought.landings}
    made = {one.id: one.url for one in answer.attendees if one.url}
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(["name", "email", "external_id", "url"])
    writer.writerows(
        [safe(people[id].name), safe(people[id].email), safe(people[id].external_id), url]
        for id, url in made.items()
    )
    return Result(
        created=answer.created,
        updated=answer.updated - answer.unchanged,
        unchanged=answer.unchanged,
        rejected=tuple(RowLine(row.row, row.reason) for row in answer.rejected),
        notes=tuple(notes),
        links=tuple(LinkLine(people[id].name, url) for id, url in made.items()),
        links_csv=lines.getvalue(),
        file=name or known.gettext("the list"),
    )


async def save_links(request: Request) -> Response:
    """Gives back, as a file, the links that the page before showed: nobody else has them."""
    form = await read_form(request, 2 * DATA_LIMIT)
    text = str(form.get("csv", ""))
    return Response(
        b"\xef\xbb\xbf" + text.replace("\r\n", "\n").replace("\n", "\r\n").encode(),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": 'attachment; filename="links.csv"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        },
    )


def _page(
    request: Request,
    evening: Evening,
    *,
    sent: Sent | None = None,
    columns: Sequence[ColumnLine] = (),
    preview: Preview | None = None,
    result: Result | None = None,
    again: bool = False,
    problem: str | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Draws desk_import.html.

    `event`, `file`, `carried`, `columns`, `looked`, `preview`, `result`, `again`,
    `problem`, `most_bytes`, `too_big`, `rows_shown`, `urls`.
    """
    here = f"/desk/{evening.id}"
    context: dict[str, object] = {
        "event": {"id": evening.id, "title": evening.register.details.title},
        "file": sent.name if sent else "",
        "carried": packed(sent.data) if sent else "",
        "columns": columns,
        "looked": _looked({one.at: c.value for one in columns for c in one.choices if c.chosen}),
        "preview": preview,
        "result": result,
        "again": again,
        "problem": problem,
        "most_bytes": DATA_LIMIT,
        "too_big": _too_big(request),
        "rows_shown": ROWS_SHOWN,
        "urls": {
            "event": here,
            "import": f"{here}/import",
            "people": f"{here}/people",
            "links": f"{here}/links",
        },
    }
    return render(request, "desk_import.html", context, status=status)
