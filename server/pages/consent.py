"""The plain words of the sign-up, in one place, with their version (rule 20).

Responsible for the wording and for the consent that is kept of it. A changed wording needs a new
version, and everybody is asked again at their next coming in.
"""

from __future__ import annotations

from msgspec import Struct

from rooms.people import CONSENT_FIELDS, Attendee, Consent, Details, chosen_consents
from server.agreeing import NEWS, SERIES
from server.words import Words

VERSION = "2026-11-d"

PARAGRAPHS = (
    "The organiser of “{title}” runs this evening and answers for what is kept of it.",
    "What is kept: who shared a room with whom, when, and for how long. What you say or show is"
    " never recorded. What you write to a room stays there for 30 days at the most.",
    "The organiser gets the list of who met whom and for how long, with names, and what you write"
    " about yourself (title, department, interests, answers). Your organisation, e-mail address,"
    " phone number and link they get only if you tick them below.",
    "Who met whom and for how long is kept for {days} days after the event; your contacts, notes"
    " and agreements until nobody has used them for two years. You can have everything about you"
    " erased at any time: on your page, or by asking the organiser.",
)
AGREE = "I have read this and want to take part."
FIELDS_LABEL = "The organiser may also have"
FIELD_LABELS = {
    "organisation": "my organisation",
    "email": "my e-mail address",
    "phone": "my phone number",
    "link": "my link",
}


SERIES_FIELD = "series"
"""The form's name of the choice to be remembered in the event's series."""


class Choice(Struct, frozen=True):
    """A field one may let the organiser have."""

    value: str
    label: str


class Asked(Struct, frozen=True):
    """The sign-up's words in one language, as they are shown and kept."""

    version: str
    organiser: str
    paragraphs: tuple[str, ...]
    agree: str
    fields_label: str
    fields: tuple[Choice, ...]
    news: str
    series: str = ""
    """The sentence about the event's series; empty: it is of none."""
    series_name: str = ""


def asked(words: Words, details: Details, days: int) -> Asked:
    """Returns the words of the sign-up for an event whose minutes are kept for so many days."""
    title, series = details.title, details.series
    return Asked(
        version=VERSION,
        organiser=title,
        paragraphs=tuple(words.gettext(text, title=title, days=days) for text in PARAGRAPHS),
        agree=words.gettext(AGREE),
        fields_label=words.gettext(FIELDS_LABEL),
        fields=tuple(Choice(field, words.gettext(FIELD_LABELS[field])) for field in CONSENT_FIELDS),
        news=words.gettext(NEWS),
        series=words.gettext(SERIES, series=series) if series else "",
        series_name=series,
    )


def is_needed(person: Attendee) -> bool:
    """Says whether somebody has not agreed to this version of the words."""
    return person.consent_version != VERSION


def given(attendee_id: str, words: Asked, fields: list[str], at: int) -> Consent:
    """Returns the consent as it is kept: its wording, version, instant (ms) and recipient."""
    read = (*words.paragraphs, words.agree, words.fields_label, words.news, words.series)
    return Consent(
        attendee=attendee_id,
        wording="\n".join(sentence for sentence in read if sentence),
        version=words.version,
        at=at,
        recipient=words.organiser,
        fields=chosen_consents(fields),
        series=words.series_name if SERIES_FIELD in fields else "",
    )
