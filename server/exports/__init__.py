"""What the organiser takes home: pairs, people, rounds, consents, graphs, files for tools, journal.

`cells.py` is how text stands in a file, `rows.py` which rows there are, `graphs.py`, `sheets.py`,
`leads.py`, `consents.py` and `tools.py` other forms of them, `doors.py` the routes and the audit.

Invariants: a one-sided yes, a block, a note or a rating is in no export; a contact field is there
only where its owner lets the organiser have it (names always); everything is streamed, row by row.
"""

from server.exports.cells import Cell, csv_lines, gathered, safe
from server.exports.doors import EXPORTS, SECRET_FACTS, XLSX, file_answer, routes, taken
from server.exports.rows import (
    PAIR_COLUMNS,
    SUMMARY_COLUMNS,
    attendee_rows,
    pair_lines,
    pair_rows,
    round_rows,
    summary_lines,
    summary_rows,
)

__all__ = [
    "EXPORTS", "PAIR_COLUMNS", "SECRET_FACTS", "SUMMARY_COLUMNS", "XLSX", "Cell", "attendee_rows",
    "csv_lines", "file_answer", "gathered", "pair_lines", "pair_rows", "round_rows", "routes",
    "safe", "summary_lines", "summary_rows", "taken",
]  # fmt: skip
