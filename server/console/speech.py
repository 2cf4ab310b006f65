"""In which language the console speaks, and what a terminal may be shown.

Words come from the catalogue that the pages have too. Invariant: nothing that somebody typed can
move the cursor, colour, or turn the writing of a host's terminal: control codes are taken out.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from babel import dates
from babel.lists import format_list
from babel.numbers import format_decimal

from server.words import Value, Words, words, zone

_TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_OUT = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of characters: control codes (ESC is one), surrogates, line and paragraph breaks."""


def harmless(text: str) -> str:
    """Returns a text on one line, without what a terminal would obey.

    The attack: a name or a call with an escape sequence that rewrites the host's screen.
    """
    return "".join(
        " " if unicodedata.category(one) in _OUT else one for one in text if one not in _TURNS
    )


class Speech:
    """One language, with the ways to say numbers, lists and times in it."""

    def __init__(self, language: str) -> None:
        self.words: Words = words(language)
        self.language = self.words.language

    def gettext(self, msgid: str, **values: Value) -> str:
        """Returns a sentence with its {named} places filled in."""
        return self.words.gettext(msgid, **values)

    def ngettext(self, one: str, many: str, n: int, **values: Value) -> str:
        """Returns the form of a sentence that counts `n`."""
        return self.words.ngettext(one, many, n, **values)

    def number(self, n: int) -> str:
        """Returns a number as the language writes it."""
        return format_decimal(n, locale=self.words.locale)

    def list(self, names: list[str]) -> str:
        """Returns names joined: “Ana, Bo and Chidi”."""
        return format_list(names, locale=self.words.locale)

    def time_of_day(self, at: int, time_zone: str) -> str:
        """Returns the time of day of an instant (ms)."""
        moment = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone(time_zone))
        return dates.format_skeleton("Hm", moment, locale=self.words.locale)

    def day_and_time(self, at: int, time_zone: str) -> str:
        """Returns day and time of an instant (ms)."""
        moment = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone(time_zone))
        day = dates.format_skeleton("MMMEd", moment, locale=self.words.locale)
        return f"{day} {self.time_of_day(at, time_zone)}"


def clock_text(ms: int) -> str:
    """Returns time left as people read it on a clock: 5:18, 0:09, 1:02:03.

    >>> clock_text(317_001), clock_text(0), clock_text(3_723_000)
    ('5:18', '0:00', '1:02:03')
    """
    total = -(-max(0, ms) // 1000)
    hours, minutes, seconds = total // 3600, total // 60 % 60, total % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
