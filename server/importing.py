"""Reading lists of people, from tables or JSON, and planning whom they make or change.

Responsible for turning bytes into typed rows, and rows into profiles, created or updated; the unit
is the row: good ones land, each bad one is named with its number and what to mend. Does not write
anything, knows no keys and no store.

Invariant: a row number is the one a spreadsheet shows (the header is row 1); in JSON the first
person is row 1.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from msgspec import UNSET, Struct

from rooms.people import HOST_ROLES, SEATED_ROLES, Attendee, Role, is_visible, normalise
from server.columns import BY_TITLE, Columns, Table, columns_of, read_table
from server.delimited import DATA_LIMIT, Unreadable
from server.person_rows import (
    CUSTOM_COLUMNS_LIMIT,
    CUSTOM_LIMIT,
    LEFT_SERVICE,
    LISTS,
    BadRow,
    PersonRow,
    Sentence,
    clean,
    is_not_coming,
    limited,
    read_object,
    split,
    typed_row,
)

REPEATS_TOLD = 20
"""Rows that repeat earlier ones are told one by one up to here."""


class Named(Struct, frozen=True, kw_only=True):
    """A row that did not land, and why."""

    row: int
    why: Sentence


class Reading(Struct, frozen=True, kw_only=True):
    """What a file holds: rows that can land, rows that cannot, rows not meant to, and remarks."""

    rows: tuple[PersonRow, ...]
    rejected: tuple[Named, ...] = ()
    skipped: tuple[Named, ...] = ()
    notes: tuple[Sentence, ...] = ()


class Landing(Struct, frozen=True, kw_only=True):
    """A row as the profile it makes or changes."""

    row: int
    attendee: Attendee
    created: bool


class Plan(Struct, frozen=True, kw_only=True):
    """All profiles that an import writes, in row order."""

    landings: tuple[Landing, ...]
    rejected: tuple[Named, ...]
    notes: tuple[Sentence, ...]


# Rows of a table


def read_people(data: bytes, chosen: Mapping[int, str] = BY_TITLE) -> Reading:
    """Reads a list of people, CSV or a workbook; `chosen` says what a column is, by its place.

    Raises Unreadable when it is empty, no list, or has no column of names.
    """
    return read_rows(read_table(data), chosen)


def read_rows(table: Table, chosen: Mapping[int, str] = BY_TITLE) -> Reading:
    """Returns the people of a table; raises Unreadable when no column holds their names."""
    columns = columns_of(table, chosen)
    if not columns.name_somebody:
        shown = ", ".join(f"“{title.strip()[:40]}”" for title in table.header[:12])
        raise Unreadable(
            "no-name-column",
            "The file has no column “name”. The columns found in its first row: {columns}.",
            columns=shown,
        )
    return _read_rows(table.rows, columns, list(table.notes))


def _read_rows(
    numbered: Sequence[tuple[int, list[str] | None]], columns: Columns, notes: list[Sentence]
) -> Reading:
    columns, more = _looked_at(numbered, columns)
    notes = [*notes, *more]
    separators = _separators(numbered, columns, notes)
    rows: list[PersonRow] = []
    rejected: list[Named] = []
    skipped: list[Named] = []
    for row, cells in numbered:
        if cells is not None and not any(cell.strip() for cell in cells):
            continue
        if cells is not None and columns.status is not None and len(cells) > columns.status:
            status = cells[columns.status].strip()
            if is_not_coming(status) or LEFT_SERVICE in (cell.strip() for cell in cells):
                why = Sentence("Not coming (“{status}”), so left out.", {"status": status})
                skipped.append(Named(row=row, why=why))
                continue
        try:
            rows.append(_person(row, cells, columns, separators))
        except BadRow as bad:
            rejected.append(Named(row=row, why=bad.why))
    if not rows and not rejected and not skipped:
        notes.append(Sentence("The file has a header, but no people below it."))
    return Reading(
        rows=tuple(rows), rejected=tuple(rejected), skipped=tuple(skipped), notes=tuple(notes)
    )


def _looked_at(
    numbered: Iterable[tuple[int, list[str] | None]], columns: Columns
) -> tuple[Columns, list[Sentence]]:
    """Returns the columns after a look at what is in them.

    A column `reading` without a single letter is somebody's score for reading, not how names are
    read: it is kept as a custom field.
    """
    if "reading" not in columns.fields:
        return columns, []
    at = columns.fields.index("reading")
    cells = [row[at] for _, row in numbered if row is not None and len(row) > at]
    filled = [cell for cell in cells if cell.strip()]
    if not filled or any(c.isalpha() for cell in filled for c in cell):
        return columns, []
    fields = tuple(None if n == at else field for n, field in enumerate(columns.fields))
    note = Sentence(
        "The column “{column}” holds numbers, not how names are read, so it is kept as a custom"
        " field.",
        {"column": columns.titles[at].strip()},
    )
    return msgspec.structs.replace(columns, fields=fields), [note]


def _separators(
    numbered: Iterable[tuple[int, list[str] | None]], columns: Columns, notes: list[Sentence]
) -> dict[str, str]:
    """Returns, for each column that lists things, the characters at which it is split.

    The contract is `;`. Only where a whole column has none, the commas people use instead count.
    """
    chosen: dict[str, str] = {}
    for at, field in enumerate(columns.fields):
        if field not in LISTS:
            continue
        column = [row[at] for _, row in numbered if row is not None and len(row) > at]
        text = "\n".join(column)
        chosen[field] = ";；"
        if ";" in text or "；" in text:
            continue
        others = "".join(c for c in "|、，," if c in text)
        if others:
            chosen[field] = others
            notes.append(
                Sentence(
                    "The column “{column}” has no “;”, so it was split at “{separators}”.",
                    {"column": columns.titles[at].strip(), "separators": " ".join(others)},
                )
            )
    return chosen


def _person(
    row: int, cells: list[str] | None, columns: Columns, separators: Mapping[str, str]
) -> PersonRow:
    if cells is None:
        raise BadRow("A quotation mark opens in this row and is never closed.")
    extra = [cell for cell in cells[len(columns.fields) :] if cell.strip()]
    if extra:
        raise BadRow(
            "It has {cells} cells, but the header has {columns}: a separator inside a cell needs"
            " quotation marks around that cell.",
            cells=len(cells),
            columns=len(columns.fields),
        )
    given: dict[str, str] = {}
    custom: dict[str, str] = {}
    for at, cell in enumerate(cells[: len(columns.fields)]):
        if columns.is_left_out(at):
            continue
        field = columns.fields[at]
        value = clean(cell, columns.titles[at] if field else columns.custom[at])
        if not value:
            continue
        if field:
            given[field] = value
        else:
            custom[columns.custom[at]] = limited(value, CUSTOM_LIMIT, columns.custom[at])
    if len(custom) > CUSTOM_COLUMNS_LIMIT:
        raise BadRow("It fills more than {most} columns.", most=CUSTOM_COLUMNS_LIMIT)
    lists: dict[str, list[str]] = {
        field: split(given[field], separators[field]) for field in LISTS if field in given
    }
    texts = {field: value for field, value in given.items() if field not in LISTS}
    return typed_row(row, texts, lists, custom)


# JSON


def read_json(data: bytes) -> Reading:
    """Reads a JSON list of people; raises Unreadable when it is no list of objects."""
    if len(data) > DATA_LIMIT:
        raise Unreadable("too-big", "The file is too big: at most {megabytes} MB.", megabytes=20)
    try:
        people = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("bad-json", "The list is not valid JSON.") from error
    if isinstance(people, dict) and isinstance(people.get("attendees"), list):
        people = people["attendees"]
    if not isinstance(people, list):
        raise Unreadable("bad-json", "People come as a JSON list of objects.")
    rows: list[PersonRow] = []
    rejected: list[Named] = []
    for row, person in enumerate(people, start=1):
        try:
            rows.append(read_object(row, person))
        except BadRow as bad:
            rejected.append(Named(row=row, why=bad.why))
    return Reading(rows=tuple(rows), rejected=tuple(rejected))


# Rows to profiles


def new_id() -> str:
    """Returns a new attendee's id."""
    return "a" + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(12))


def ids_by_content(
    seed: str, rows: Iterable[PersonRow], is_gone: Callable[[str], bool]
) -> Callable[[int], str]:
    """Returns what names newcomers by what their rows say, so that the same list twice is nobody
    twice: by address or external id where there is one, else by everything in the row. The second
    of two rows that say the same is a second person, and is again when the list comes again.

    `seed`: a secret, since ids are seen by others, who could try what somebody's row said;
    `is_gone` says of an id that its person was erased, and is not to come back by it.
    """
    ids: dict[int, str] = {}
    counts: Counter[bytes] = Counter()
    for row in rows:
        says = msgspec.json.encode(
            [row.external_id or "", row.email or ""]
            if row.external_id or row.email
            else msgspec.structs.replace(row, row=0)
        )
        while True:
            counts[says] += 1
            digest = hashlib.sha256(f"{seed} {counts[says]} ".encode() + says).digest()
            id = "a" + base64.b32encode(digest).decode().lower()[:12]
            if not is_gone(id):
                break
        ids[row.row] = id
    return ids.__getitem__


class _Known:
    """Who is there already, by the two things a row can name them with."""

    def __init__(self, people: Iterable[Attendee]) -> None:
        self.by_id: dict[str, Attendee] = {}
        self.by_external: dict[str, str] = {}
        self.by_email: dict[str, str] = {}
        self.by_name: dict[str, set[str]] = {}
        self.shared: set[str] = set()
        """Addresses that more than one person has."""
        self.rows: dict[str, int] = {}
        for person in people:
            self.put(person)

    def put(self, person: Attendee) -> None:
        if (before := self.by_id.get(person.id)) is not None:
            self.by_name[normalise(before.name)].discard(person.id)
        self.by_id[person.id] = person
        self.by_name.setdefault(normalise(person.name), set()).add(person.id)
        if person.external_id:
            self.by_external[person.external_id] = person.id
        if person.email:
            email = person.email.casefold()
            if self.by_email.setdefault(email, person.id) != person.id:
                self.shared.add(email)

    def find(self, row: PersonRow) -> tuple[Attendee | None, str]:
        """Returns whom a row means, and by what: `external_id`, else `email`."""
        if row.external_id and row.external_id in self.by_external:
            return self.by_id[self.by_external[row.external_id]], "external_id"
        if row.email and (id := self.by_email.get(row.email.casefold())):
            person = self.by_id[id]
            # Two people may share an address as long as their external ids tell them apart.
            if not row.external_id or not person.external_id:
                return person, "email"
        return None, ""

    def forget(self, id: str) -> None:
        """Takes somebody out again whose row did not land."""
        person = self.by_id.pop(id)
        self.by_name[normalise(person.name)].discard(id)
        self.by_external.pop(person.external_id, None)
        if self.by_email.get(person.email.casefold()) == id:
            del self.by_email[person.email.casefold()]

    def named(self, who: str) -> str | None:
        """Returns the id of somebody named by id, external id, e-mail address or name."""
        if who in self.by_id:
            return who
        if who in self.by_external:
            return self.by_external[who]
        if who.casefold() in self.by_email:
            return self.by_email[who.casefold()]
        same = self.by_name.get(normalise(who), set())
        return next(iter(same)) if len(same) == 1 else None


def plan_import(
    reading: Reading, existing: Iterable[Attendee], id_of: Callable[[int], str] | None = None
) -> Plan:
    """Returns the profiles that the rows make or change, given those that exist.

    A row updates by `external_id`, else by `email`, an earlier row of the same file too. `id_of`
    names newcomers by their row: who landed by that name before is not made again, and it is said
    where nothing but the row tells that it is them.
    """
    known = _Known(existing)
    here = {name for name, ids in known.by_name.items() if ids}
    same_names: list[Sentence] = []
    landings: dict[int, Landing] = {}
    rejected: list[Named] = list(reading.rejected)
    repeated: list[Sentence] = []
    taken: list[Sentence] = []
    for row in reading.rows:
        person, by = known.find(row)
        id = id_of(row.row) if id_of is not None else new_id()
        person = person or known.by_id.get(id)
        if by == "email" and str(row.email).casefold() in known.shared:
            # Anybody may give somebody else's address as their own; a row must not be theirs then.
            why = Sentence("Two people have this e-mail address; add their external_id.")
            rejected.append(Named(row=row.row, why=why))
            continue
        if (person is None or row.name) and not is_visible(row.name or ""):
            rejected.append(Named(row=row.row, why=Sentence("It has no name.")))
            continue
        if person is not None and not by and not (row.email or row.external_id):
            taken.append(_taken_to_be(row.row, person.name))
        if person is not None and person.id in known.rows:
            repeated.append(_repeated(row.row, known.rows[person.id], by))
        landed = changed(person or Attendee(id=id, name=""), row)
        if landed.sits_with and landed.role not in SEATED_ROLES | HOST_ROLES:
            why = Sentence("Only attendees sit with somebody.")
            rejected.append(Named(row=row.row, why=why))
            continue
        if landed.role is Role.STATION and landed.table is None:
            why = Sentence("A station needs the number of its table.")
            rejected.append(Named(row=row.row, why=why))
            continue
        told_apart = person is not None or landed.email or landed.external_id
        if not told_apart and normalise(landed.name) in here:
            same_names.append(_same_name(row.row, landed.name))
        known.put(landed)
        known.rows.setdefault(landed.id, row.row)
        landings[row.row] = Landing(row=row.row, attendee=landed, created=person is None)
    rejected += _resolve_companions(landings, known)
    unknown = _resolve_wishes(landings, known)
    return Plan(
        landings=tuple(landings.values()),
        rejected=tuple(sorted(rejected, key=lambda named: named.row)),
        notes=(
            *reading.notes,
            *_few(same_names, "Another {count} rows have the names of people who are here."),
            *_few(taken, "Another {count} rows say what people who are here came with."),
            *_few(repeated, "Another {count} rows repeat earlier ones and update them."),
            *unknown,
        ),
    )


def _few(remarks: list[Sentence], others: str) -> list[Sentence]:
    """Returns the first remarks of a kind, and how many more there are."""
    more = len(remarks) - REPEATS_TOLD
    if more <= 0:
        return remarks
    return [*remarks[:REPEATS_TOLD], Sentence(others, {"count": more})]


def _taken_to_be(row: int, name: str) -> Sentence:
    text = (
        "“{name}” in row {row} came in by a row that said exactly the same, and was taken to be the"
        " same person. For a second person of that name, add an e-mail address or an external_id."
    )
    return Sentence(text, {"name": name, "row": row})


def _same_name(row: int, name: str) -> Sentence:
    text = (
        "“{name}” in row {row} is here already, and the row has neither an e-mail address nor an"
        " external_id to tell whether it is them: a second person of that name is made."
    )
    return Sentence(text, {"name": name, "row": row})


def _resolve_companions(landings: dict[int, Landing], known: _Known) -> list[Named]:
    """Puts ids for whom people sit with; takes out and returns rows whose companion is unknown."""
    rejected: list[Named] = []
    again = True
    while again:  # a row that goes may have been somebody's companion
        again = False
        for landing in [*landings.values()]:
            person = landing.attendee
            id = known.named(person.sits_with) if person.sits_with else ""
            if id is None or id == person.id:
                why = Sentence(
                    "“{who}”, whom this person sits with, is not known.", {"who": person.sits_with}
                )
                rejected.append(Named(row=landing.row, why=why))
                del landings[landing.row]
                if landing.created:
                    known.forget(person.id)
                    again = True
            elif id != person.sits_with:
                companion = msgspec.structs.replace(person, sits_with=id)
                landings[landing.row] = msgspec.structs.replace(landing, attendee=companion)
    return rejected


def _resolve_wishes(landings: dict[int, Landing], known: _Known) -> list[Sentence]:
    """Puts ids for the people whom somebody wishes to meet; remarks on wishes for nobody known.

    Those stay as they were written: they may be organisations, or people yet to come.
    """
    organisations = {normalise(person.organisation) for person in known.by_id.values()}
    unknown: dict[str, int] = {}
    for row, landing in landings.items():
        person = landing.attendee
        found = [(wish, known.named(wish)) for wish in person.wishes]
        wishes = tuple(dict.fromkeys(id or wish for wish, id in found if id != person.id))
        if wishes != person.wishes:
            person = msgspec.structs.replace(person, wishes=wishes)
            landings[row] = msgspec.structs.replace(landing, attendee=person)
        for wish, id in found:
            if id is None and normalise(wish) not in organisations:
                unknown.setdefault(wish, row)
    told = [
        Sentence(
            "“{who}”, wished for in row {row}, is nobody here and no organisation yet; the wish"
            " counts once they are.",
            {"who": wish, "row": row},
        )
        for wish, row in unknown.items()
    ]
    more = len(told) - REPEATS_TOLD
    if more > 0:
        told = [
            *told[:REPEATS_TOLD],
            Sentence("Another {count} wishes name nobody who is here yet.", {"count": more}),
        ]
    return told


def _repeated(row: int, earlier: int, by: str) -> Sentence:
    if by == "email":
        text = "Row {row} has the same e-mail address as row {earlier} and updates it."
    else:
        text = "Row {row} has the same external_id as row {earlier} and updates it."
    return Sentence(text, {"row": row, "earlier": earlier})


def changed(person: Attendee, row: PersonRow) -> Attendee:
    """Returns a profile with what the row gives; what it leaves out stays."""
    given = {
        field: value
        for field in PersonRow.__struct_fields__
        if field not in ("row", "custom") and (value := getattr(row, field)) is not UNSET
    }
    return msgspec.structs.replace(person, **given, custom={**person.custom, **row.custom})
