"""Workbooks (XLSX), written row by row to a temporary file.

Responsible for text staying text: nothing anybody typed becomes a formula or a link.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from server.exports.cells import CHUNK, Cell

ROWS = 1_048_575
"""Rows under the header that a sheet holds (Excel's limit is 2^20); more go to another sheet."""

CELL_LENGTH = 32_767
"""Characters that a cell holds (Excel's limit)."""

OPTIONS = {
    "constant_memory": True,  # a row is on disk once the next one begins
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(name: str, columns: Iterable[str], rows: Iterable[Mapping[str, Cell]]) -> BinaryIO:
    """Writes a workbook and returns it, open to be read; closing it deletes it."""
    with tempfile.TemporaryDirectory(prefix="meguri-") as folder:
        path = Path(folder) / "book.xlsx"
        _write(path, name, list(columns), rows)
        return path.open("rb")  # it has no name any more, and goes when it is closed


def _write(path: Path, name: str, columns: list[str], rows: Iterable[Mapping[str, Cell]]) -> None:
    with Workbook(path, {**OPTIONS, "tmpdir": str(path.parent)}) as book:
        bold = book.add_format({"bold": True})
        sheet: Worksheet | None = None
        at, sheets = ROWS, 0
        for row in rows:
            if sheet is None or at == ROWS:
                sheets += 1
                named = name if sheets == 1 else f"{name} {sheets}"
                sheet, at = _sheet(book, named, columns, bold), 0
            at += 1
            for number, column in enumerate(columns):
                value = row.get(column)
                if isinstance(value, str):
                    if value:
                        sheet.write_string(at, number, value[:CELL_LENGTH])
                elif value is not None:
                    sheet.write_number(at, number, value)
        if sheet is None:
            _sheet(book, name, columns, bold)


def _sheet(book: Workbook, name: str, columns: list[str], bold: Format) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(columns) - 1, 16)
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(columns):
        sheet.write_string(0, number, column, bold)
    return sheet


def pieces(book: BinaryIO) -> Iterator[bytes]:
    """Yields a file in pieces, and closes it."""
    with book:
        while piece := book.read(CHUNK):
            yield piece
