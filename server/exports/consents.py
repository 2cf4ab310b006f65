"""Consents as a file: what each person agreed to, in which words, when, and towards whom (rule 20).

Responsible for columns and rows. Nothing here says what somebody's details are: fields are named,
not shown. Whoever was erased has no row, as their consents went with them.
"""

from __future__ import annotations

from collections.abc import Iterator

from rooms.event import Event
from rooms.people import Consent, Register
from server import words
from server.exports.cells import Cell

CONSENT_COLUMNS = (
    "event_id", "attendee_id", "name", "wording", "version", "given_at", "recipient", "fields",
    "series",
)  # fmt: skip


def consent_rows(event: Event, register: Register) -> Iterator[dict[str, Cell]]:
    """Yields a row for each consent as it was given, the earliest first; a later one replaces
    the earlier of the same person, and one without fields takes back what was given.

    `series`: the one that may remember whom they met.
    """
    given = [row for row in register.rows.values() if isinstance(row, Consent)]
    for consent in sorted(given, key=lambda consent: consent.at):
        yield {
            "event_id": event.id,
            "attendee_id": consent.attendee,
            "name": register.attendee(consent.attendee).name,
            "wording": consent.wording,
            "version": consent.version,
            "given_at": words.iso(consent.at),
            "recipient": consent.recipient,
            "fields": ";".join(consent.fields),
            "series": consent.series,
        }
