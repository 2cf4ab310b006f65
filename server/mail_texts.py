"""The words of mails: the usual ones, the organiser's own, and the {places} in them.

A place is a name in braces and nothing else: no expressions, no attributes, nothing to execute, so
an organiser's text can show what is meant for it and no more. Places that are more than words (a
button, a list of people) stand in a paragraph of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from rooms.follow_up import Kind
from rooms.people import MailText, MailTexts
from server.files import TEMPLATES
from server.person_rows import Sentence
from server.words import DEFAULT, LANGUAGES

PLACE = re.compile(r"\{([^{}\n]{0,40})\}")
SUBJECT_LIMIT = 200
TEXT_LIMIT = 8000

WORDS = ("name", "event", "when")
"""Places that are words, in every mail; they may stand in the subject."""

BLOCKS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CONFIRMATION: ("button", "decline"),
    Kind.REMINDER: ("button", "decline"),
    Kind.INTRODUCTION: ("card", "button"),
    Kind.EVENING: ("contacts", "met", "button"),
    Kind.MISSED: (),
    Kind.THANKS: ("button",),
    Kind.NUDGE: ("steps", "button"),
    Kind.OUTCOME: ("question",),
    Kind.REQUEST: ("button", "decline"),
    Kind.WAITING: ("button", "decline"),
    Kind.PLACE: ("button", "decline"),
    Kind.REFUSED: (),
}
"""Places that are more than words."""

NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.CONFIRMATION: ("button",),
    Kind.REMINDER: ("button", "decline"),
    Kind.INTRODUCTION: ("card",),
    Kind.EVENING: ("contacts",),
    Kind.NUDGE: ("steps",),
    Kind.OUTCOME: ("question",),
    Kind.PLACE: ("button",),
}
"""Places without which a mail is of no use."""


class BrokenText(Exception):
    """A text cannot be sent as it is. `field`: `subject` or `text`."""

    def __init__(self, field: str, sentence: str, **details: str | int) -> None:
        super().__init__(sentence)
        self.field = field
        self.why = Sentence(sentence, details)


def word_places(kind: Kind) -> tuple[str, ...]:
    """Returns the places of a kind that are words."""
    return (*WORDS, "other") if kind is Kind.INTRODUCTION else WORDS


def places(kind: Kind) -> tuple[str, ...]:
    """Returns all places of a kind."""
    return (*word_places(kind), *BLOCKS[kind])


@cache
def usual(kind: Kind, language: str) -> MailText:
    """Returns the usual words of a mail: the file's first line is the subject."""
    code = language if language in LANGUAGES else DEFAULT
    path = TEMPLATES / "mail" / f"{kind}.{code}.txt"
    subject, _, text = path.read_text(encoding="utf-8").partition("\n")
    return MailText(subject=subject.strip(), text=text.strip())


def chosen(texts: MailTexts, kind: Kind, language: str) -> MailText:
    """Returns the organiser's own words of a mail, else the usual ones."""
    return texts.texts.get(f"{kind}.{language}") or usual(kind, language)


def check(kind: Kind, text: MailText) -> None:
    """Raises BrokenText for words that would not come out as meant, naming the place."""
    if not text.subject.strip() or not text.text.strip():
        field = "text" if text.subject.strip() else "subject"
        raise BrokenText(field, "A mail needs a subject and a text.")
    if len(text.subject) > SUBJECT_LIMIT or len(text.text) > TEXT_LIMIT:
        raise BrokenText("text", "That is too long for a mail.")
    _check_places("subject", text.subject, word_places(kind))
    _check_places("text", text.text, places(kind))
    paragraphs = [paragraph.strip() for paragraph in paragraphs_of(text.text)]
    for block in BLOCKS[kind]:
        written = f"{{{block}}}"
        if any(written in paragraph and paragraph != written for paragraph in paragraphs):
            raise BrokenText(
                "text", "{place} needs a paragraph of its own: an empty line before it and after.",
                place=written,
            )  # fmt: skip
    for needed in NEEDED.get(kind, ()):
        if f"{{{needed}}}" not in paragraphs:
            raise BrokenText(
                "text", "This mail is of no use without {place}: please put it back.",
                place=f"{{{needed}}}",
            )  # fmt: skip


def _check_places(field: str, text: str, known: tuple[str, ...]) -> None:
    for found in PLACE.finditer(text):
        if found[1] not in known:
            raise BrokenText(
                field, "Nothing can be filled in for {place}. There are: {known}.",
                place=found[0], known=" ".join(f"{{{name}}}" for name in known),
            )  # fmt: skip
    rest = PLACE.sub("", text)
    brace = re.search(r"[{}].{0,20}", rest)
    if brace is not None:
        raise BrokenText(
            field, "There is half a place at “{place}”: places look like {name}.",
            place=brace[0], name="{name}",
        )  # fmt: skip


def paragraphs_of(text: str) -> list[str]:
    """Returns a text's paragraphs: what empty lines part."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return [found for found in re.split(r"\n[ \t]*\n", plain.strip()) if found.strip()]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Returns a text with its places filled; what is filled in is not looked at again."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), text)
