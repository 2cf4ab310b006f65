"""A line as it is typed, taken apart: words, quotes, commas, colons, Japanese ones too. Pure.

Knows no command and nobody's name: what the words mean is `asked`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.console.board import folded

SPACES = r"[\s\u3000]"
_WORD = re.compile(rf'"([^"]*)"|“([^”]*)”|「([^」]*)」|([^{SPACES[1:-1]}]+)')
_COLON = re.compile(rf"{SPACES}*[:：]{SPACES}*|[:：]")
_COMMA = re.compile(rf"{SPACES}*[,、，]{SPACES}*")
DIVIDED_MOST = 14
"""Beyond so many words nobody means names."""


def first(line: str) -> tuple[str, str, str]:
    """Returns the first word folded, the blank behind it, and the rest."""
    found = re.match(rf"{SPACES}*([^\s:：]*)({SPACES}*|(?=[:：]))(.*)", line, re.DOTALL)
    assert found
    return folded(found[1]), found[2], found[3]


def words(text: str) -> list[str]:
    """Returns the words of a text; what stands in quotes is one."""
    return [
        next(group for group in found.groups() if group is not None)
        for found in _WORD.finditer(text)
    ]


def unquoted(text: str) -> str:
    """Returns a text without its quotes, one blank between words."""
    return " ".join(words(text))


def divided(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yields all ways to make two names of some words."""
    for at in range(1, min(len(words), DIVIDED_MOST)):
        yield " ".join(words[:at]), " ".join(words[at:])


def around_colon(rest: str) -> tuple[str, str]:
    """Returns what stands before and after the first colon outside of quotes."""
    bare = re.sub(r'"[^"]*"|“[^”]*”|「[^」]*」', lambda found: "x" * len(found[0]), rest)
    found = _COLON.search(bare)
    return (rest[: found.start()], rest[found.end() :]) if found else (rest, "")


def listed(rest: str) -> list[str]:
    """Returns what stands between commas outside of quotes."""
    bare = re.sub(r'"[^"]*"|“[^”]*”|「[^」]*」', lambda found: "x" * len(found[0]), rest)
    ends = [found.span() for found in _COMMA.finditer(bare)]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(rest)]
    return [unquoted(rest[a:z]) for a, z in zip(starts, stops, strict=True) if rest[a:z].strip()]
