"""A person's dot on pages that are drawn here: the colour and initial of `static/dots.js`."""

from __future__ import annotations

PALETTE = (
    "#2f66b0", "#4b7a2a", "#8f4da6", "#1a7a78", "#c0481a", "#8c6508", "#b8386e", "#5a6478",
)  # fmt: skip
"""As in `static/dots.js`; a test compares them."""

WORD = 0xFFFFFFFF


def colour(id: str) -> str:
    """Returns a person's colour, the same as on every other screen (FNV-1a)."""
    hash = 0x811C9DC5
    for letter in id:
        hash = ((hash ^ ord(letter)) * 0x01000193) & WORD
    hash ^= hash >> 15
    return PALETTE[hash % len(PALETTE)]


def initial(name: str) -> str:
    """Returns the first letter of a name; `?` where there is none."""
    return name.strip()[:1].upper() or "?"
