"""Every word a person reads, in their language: the catalogue, and which language is whose.

English sentences are the keys (msgids) with {named} places; `templates/locale/ja.po` holds the
Japanese. Read once per process; nothing is compiled. Does not know what a page looks like.

Invariant: a missing translation is the English sentence, never an empty one and never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale, dates
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from starlette.requests import HTTPConnection

from server.files import LOCALE, STATIC

Value = str | int | float

Saying = Callable[..., str]
"""`Words.gettext`: a sentence and its values."""

LANGUAGES: Mapping[str, str] = {"en": "English", "ja": "日本語"}
"""Code to the language's own name."""

DEFAULT = "en"
COOKIE = "meguri_language"


class Worded(Protocol):
    """What has a sentence: a refusal, a remark of an import, a problem."""

    @property
    def sentence(self) -> str: ...

    @property
    def details(self) -> Mapping[str, str | int]: ...


# The catalogue


class Words:
    """One language's translations by msgid; a counted sentence is found by its singular."""

    def __init__(self, language: str, catalogue: Catalog | None) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self.sentences: dict[str, str] = {}
        self.counted: dict[str, tuple[str, ...]] = {}
        for message in catalogue or ():
            if not message.id or message.fuzzy or not message.string:
                continue
            if isinstance(message.id, (list, tuple)):
                forms = (message.string,) if isinstance(message.string, str) else message.string
                if all(forms):
                    self.counted[message.id[0]] = tuple(forms)
            elif isinstance(message.string, str):
                self.sentences[message.id] = message.string

    def language_name(self, word: str) -> str:
        """Returns a language by its name here where people gave its code, else their own word."""
        return str(self.locale.languages.get(word.strip().lower(), word))

    def gettext(self, msgid: str, **values: Value) -> str:
        """Returns a sentence with its {named} places filled in."""
        found = self.sentences.get(msgid) or self.counted.get(msgid, (msgid,))[0]
        return fill(found, values) if values else found

    def ngettext(self, one: str, many: str, n: int, **values: Value) -> str:
        """Returns the form of a sentence that counts `n`, which is also there as {n}."""
        forms = self.counted.get(one)
        if forms is None:
            found = self.sentences.get(one) or (one if n == 1 else many)
        else:
            found = forms[min(int(n != 1), len(forms) - 1)]
        return fill(found, {"n": n, **values})


def fill(sentence: str, values: Mapping[str, Value]) -> str:
    """Returns a sentence with its {named} places filled; a place without a value stays."""
    return sentence.format_map(_Kept(values))


class _Kept(dict[str, Value]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


@cache
def words(language: str) -> Words:
    """Returns a language's words; an unknown language has the English ones."""
    path = LOCALE / f"{language}.po"
    if language not in LANGUAGES or not path.is_file():
        return Words(DEFAULT, None)
    with path.open("rb") as file:
        return Words(language, read_po(file, locale=language))


def sentence(language: str, worded: Worded) -> str:
    """Returns a refusal's (or a remark's) sentence in a language, with its details filled in."""
    return words(language).gettext(worded.sentence, **worded.details)


@cache
def for_scripts(language: str) -> dict[str, str | list[str]]:
    """Returns the translations that the pages' scripts use, by msgid; empty for English.

    Counted sentences are lists of forms, by their singular.
    """
    known = words(language)
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in sorted(STATIC.rglob("*.js"))
        if "vendor" not in path.parts
    )
    # Scripts write quotation marks within a sentence in either way.
    plain = source.replace('\\"', '"').replace("\\'", "'")
    found: dict[str, str | list[str]] = {}
    found.update((msgid, text) for msgid, text in known.sentences.items() if msgid in plain)
    found.update((msgid, list(forms)) for msgid, forms in known.counted.items() if msgid in plain)
    return found


# Whose language


def language(connection: HTTPConnection, locale: str = "") -> str:
    """Returns a request's language: chosen, else the browser's, else the event's, else English."""
    chosen = connection.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    accepted = _accepted(connection.headers.get("accept-language", ""))
    return accepted or (locale if locale in LANGUAGES else DEFAULT)


def _accepted(header: str) -> str:
    """Returns the first language of ours in an Accept-Language header, by its q-values."""
    wishes: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, rest = part.strip().partition(";")
        try:
            quality = float(rest.strip().removeprefix("q=")) if rest.strip() else 1.0
        except ValueError:
            quality = 0.0
        wishes.append((quality, tag.strip().lower().split("-")[0]))
    wishes.sort(key=lambda wish: -wish[0])
    return next((tag for quality, tag in wishes if quality > 0 and tag in LANGUAGES), "")


# Instants


def zone(name: str) -> ZoneInfo:
    """Returns a time zone by name; an unknown one is UTC."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return ZoneInfo("UTC")


def day_and_time(language: str, at: int, time_zone: str) -> str:
    """Returns an instant (ms since 1970 UTC) as the language writes day and time in a zone."""
    moment = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone(time_zone))
    locale = words(language).locale
    day = dates.format_skeleton("yMMMEd", moment, locale=locale)
    time = dates.format_skeleton("Hm", moment, locale=locale)
    return f"{day} {time}"


def iso(at: int, time_zone: str = "UTC") -> str:
    """Returns an instant (ms since 1970 UTC) as ISO 8601 to the second, with its offset."""
    moment = datetime.fromtimestamp(at // 1000, UTC).astimezone(zone(time_zone))
    return moment.isoformat().replace("+00:00", "Z")
