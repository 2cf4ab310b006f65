"""Rows as strips of cells: columns, wide characters, tones. Knows nothing of what they mean.

Invariant: a strip is exactly as many cells wide as asked for, whatever is written in it.
"""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from server.console.screens import Piece, Row, Screen
from server.console.speech import harmless

GAP = 2
LEAST = 4
"""Cells that a name keeps, however many share the line."""

SHARE = 0.42
"""Of the width, that all columns but the flexible one take at the most."""

Tones = dict[str, Style]


def shortened(text: str, width: int) -> str:
    """Returns a text of at most `width` cells, with a sign where it was cut.

    >>> shortened("花子さんの部屋", 7)
    '花子さ…'
    """
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…" if width > 0 else ""


def columns_of(screen: Screen, width: int) -> list[int]:
    """Returns the width of each column: as wide as its widest cell, the flexible one the rest."""
    if not screen.rows:
        return []
    count = len(screen.rows[0].cells)
    if count == 1:
        return [width]
    taken = [
        max(
            (_wide(row.cells[at]) for row in screen.rows if not _is_line(row, screen)),
            default=0,
        )
        for at in range(count)
    ]
    fixed = [at for at in range(count) if at != screen.flexible]
    most = int(width * SHARE) - GAP * len(fixed)
    while sum(taken[at] for at in fixed) > most:
        widest = max(fixed, key=lambda at: taken[at])
        if taken[widest] <= LEAST:
            break
        taken[widest] -= 1
    rest = width - sum(taken[at] + GAP for at in fixed)
    taken[screen.flexible] = max(LEAST, rest)
    return taken


def _is_line(row: Row, screen: Screen) -> bool:
    """Says whether a row is one text across all columns."""
    return bool(row.cells[0]) and not any(piece.text for one in row.cells[1:] for piece in one)


def _wide(pieces: tuple[Piece, ...]) -> int:
    return sum(cell_len(harmless(p.text)) for p in pieces) + GAP * (len(pieces) - 1)


def strip_of(row: Row, screen: Screen, columns: list[int], width: int, tones: Tones) -> Strip:
    """Returns a row as a strip of `width` cells."""
    if _is_line(row, screen):
        segments = _fitted(row.cells[0], width, tones)
    else:
        segments = []
        beside = _beside(screen, columns)
        for at, (pieces, wide) in enumerate(zip(row.cells, columns, strict=True)):
            segments += _fitted(pieces, wide, tones, beside if len(pieces) > 1 else 0)
            if at + 1 < len(columns):
                segments.append(Segment(" " * GAP, tones[""]))
    return Strip(segments).adjust_cell_length(width, tones[""])


def _beside(screen: Screen, columns: list[int]) -> int:
    """Returns how wide each piece may be so that all stand below each other; 0: they cannot."""
    cells = [row.cells[screen.flexible] for row in screen.rows]
    most = max((len(pieces) for pieces in cells), default=0)
    if most < 2:
        return 0
    widest = max(cell_len(harmless(p.text)) for one in cells if len(one) > 1 for p in one)
    return widest if (widest + GAP) * most - GAP <= columns[screen.flexible] else 0


def _fitted(pieces: tuple[Piece, ...], width: int, tones: Tones, beside: int = 0) -> list[Segment]:
    """Returns pieces side by side in exactly `width` cells; the longest are shortened first."""
    texts = [harmless(piece.text) for piece in pieces]
    wides = [cell_len(text) for text in texts]
    room = width - GAP * (len(texts) - 1)
    while sum(wides) > room and max(wides) > LEAST:
        longest = wides.index(max(wides))
        wides[longest] -= 1
    segments: list[Segment] = []
    for at, (piece, text, wide) in enumerate(zip(pieces, texts, wides, strict=True)):
        if at:
            segments.append(Segment(" " * GAP, tones[""]))
        shown = shortened(text, wide)
        segments.append(Segment(shown, tones[piece.tone]))
        if beside:
            segments.append(Segment(" " * (beside - cell_len(shown)), tones[""]))
    return list(Strip(segments).adjust_cell_length(width, tones[""]))


def text_of(lines: list[tuple[str, str]], tones: Tones) -> Text:
    """Returns (line, tone) pairs as a text that may be wrapped."""
    text = Text()
    for at, (line, tone) in enumerate(lines):
        text.append(("\n" if at else "") + harmless(line), tones[tone])
    return text
