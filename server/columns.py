"""A list as a table, and what each of its columns is: a field of ours, a custom one, or left out.

Responsible for turning a file's bytes into a header and rows, for recognising columns by their
titles (ours, Luma's, Eventbrite's, connpass', Peatix', and what people call things in English and
Japanese), and for taking somebody's word where a title says nothing. Reads no value of a person.

Invariants: a field has one column at most; a row's number is the one that a spreadsheet shows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from server.delimited import DATA_LIMIT, Unreadable, decode, find_delimiter, readable, records
from server.person_rows import (
    ALIASES,
    COLUMN_NAME_LIMIT,
    COLUMNS,
    STATUS_COLUMNS,
    Sentence,
    is_column,
    plain,
)
from server.workbooks import is_old_workbook, is_workbook, sheet_rows

COLUMNS_LIMIT = 1000
"""A file of another kind (JSON in one line) has a "header" of any length, which would be read for
minutes before it is found to have no names."""

CUSTOM = "custom"
"""Chosen for a column that is to be kept under its own title."""

LEFT_OUT = "left-out"

BY_TITLE: Mapping[int, str] = MappingProxyType({})
"""Nothing is chosen: each column is what its title says."""

NAMES = frozenset({"name", "given_name", "family_name"})

ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
"""Somebody's, and so no title: a first line that has one is a person's, who would be lost."""

Row = tuple[int, list[str] | None]


class Table(Struct, frozen=True, kw_only=True):
    """A list with its header. A row's cells are None where a quotation mark never closes."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Sentence, ...] = ()


class Columns(Struct, frozen=True, kw_only=True):
    """What each column of a table is: a field of ours, or a custom one; and the status column."""

    fields: tuple[str | None, ...]
    custom: tuple[str, ...]
    titles: tuple[str, ...]
    status: int | None
    left_out: frozenset[int] = frozenset()

    @property
    def name_somebody(self) -> bool:
        """Whether any column holds names."""
        return bool(NAMES & set(self.fields))

    def is_left_out(self, at: int) -> bool:
        """Says whether nothing of a column is to be kept."""
        return at in self.left_out


def read_table(data: bytes) -> Table:
    """Returns a file's header and rows; raises Unreadable when it is empty or no list."""
    if len(data) > DATA_LIMIT:
        raise Unreadable("too-big", "The file is too big: at most {megabytes} MB.", megabytes=20)
    if is_old_workbook(data):
        raise Unreadable(
            "old-workbook",
            "This is an old Excel workbook (.xls), or one with a password: open it in Excel, save"
            " it as “CSV UTF-8” or as .xlsx without a password, and bring that file.",
        )
    if is_workbook(data):
        found, sheet = sheet_rows(data)
        note = Sentence("The sheet “{sheet}” of an Excel workbook was read.", {"sheet": sheet[:80]})
        return _headed(iter(found), [note])
    text, notes = decode(data)
    if not text.strip("\ufeff \t\r\n\x00"):
        raise Unreadable("empty-file", "The file is empty.")
    csv.field_size_limit(DATA_LIMIT)  # a huge cell costs its own row, not the file
    told = re.match(r'"?sep=(.)"?\r?\n', text)  # Excel's own way of naming the delimiter
    delimiter = told.group(1) if told else find_delimiter(text, is_column)
    rows = records(text, delimiter)
    if told:
        next(rows)
    return _headed(rows, notes)


def _headed(rows: Iterator[Row], notes: list[Sentence]) -> Table:
    """Returns rows under the first that is not blank; raises Unreadable where there is none."""
    for _, cells in rows:
        if cells and any(cell.strip() for cell in cells):
            if len(cells) > COLUMNS_LIMIT:
                raise Unreadable(
                    "too-many-columns",
                    "The first row has {count} columns, and at most {most} are read. Is this a"
                    " list of people?",
                    count=len(cells),
                    most=COLUMNS_LIMIT,
                )
            if any(ADDRESS.fullmatch(cell.strip()) for cell in cells):
                raise Unreadable(
                    "no-header",
                    "The first line is somebody already. Please put a line above it that names the"
                    " columns (name, email, …), and bring the list again.",
                )
            return Table(header=tuple(map(readable, cells)), rows=tuple(rows), notes=tuple(notes))
    raise Unreadable("empty-file", "The file is empty.")


def columns_of(table: Table, chosen: Mapping[int, str] = BY_TITLE) -> Columns:
    """Returns what the columns are by their titles, and by what was chosen for some.

    A field that was chosen for one column is taken from any other; of two columns chosen for one
    field the first has it.
    """
    header = table.header
    plain_names = [plain(cell) for cell in header]
    fields: list[str | None] = [None] * len(header)
    taken: set[str] = set()
    for at in range(len(header)):
        field = chosen.get(at, "")
        if field in COLUMNS and field not in taken:
            fields[at] = field
            taken.add(field)
    for exact in (True, False):  # a column with the contract's own name goes before its aliases
        for at, name in enumerate(plain_names):
            own = name.replace(" ", "_") if name.replace(" ", "_") in COLUMNS else None
            found = own if exact else ALIASES.get(name)
            if found and at not in chosen and fields[at] is None and found not in taken:
                fields[at] = found
                taken.add(found)
    status = next((at for at, name in enumerate(plain_names) if name in STATUS_COLUMNS), None)
    return Columns(
        fields=tuple(fields),
        custom=_told_apart(header),
        titles=tuple(header),
        status=status,
        left_out=frozenset(at for at, choice in chosen.items() if choice == LEFT_OUT),
    )


def _told_apart(header: Sequence[str]) -> tuple[str, ...]:
    """Returns the columns' titles as the names of custom fields, no two of them the same."""
    names: dict[str, None] = {}
    for at, title in enumerate(header):
        name = own = " ".join(title.split())[:COLUMN_NAME_LIMIT] or f"column {at + 1}"
        count = 1
        while name in names:
            count += 1
            name = f"{own[: COLUMN_NAME_LIMIT - 7]} ({count})"
        names[name] = None
    return tuple(names)
