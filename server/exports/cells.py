"""Cells, lines and files of text: how what anybody typed stands in a file that somebody opens.

Responsible for quoting, for files that no spreadsheet executes (rule 24), and for handing them out
in pieces. Knows no column.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

CHUNK = 64 * 1024
"""Bytes gathered before they are sent."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would execute; the full-width ones do in some languages."""

MARK = b"\xef\xbb\xbf"
"""Excel takes a file for UTF-8 only with it."""

Cell = str | int | None

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
    yield MARK + line.getvalue().encode()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow([safe(row.get(name)) for name in names])
        yield line.getvalue().encode("utf-8", "replace")


def quoted(cell: Cell) -> str:
    """Returns a cell as it stands in a line of a CSV file (RFC 4180), formula-safe."""
    if cell is None:
        return ""
    text = str(safe(cell))
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


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
