"""Leads as files: who agreed to hear from the organiser, and what changed since an earlier file.

Responsible for columns and lines. Who is a lead, and what is told of them, is `rooms.leads`'.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from rooms.event import Event
from rooms.leads import Change, changes
from rooms.people import Register
from server import words
from server.exports.cells import Cell

LEAD_COLUMNS = (
    "event_id", "event", "change", "id", "email_sha256", "external_id", "email", "name",
    "family_name", "given_name", "reading", "organisation", "department", "title", "phone", "link",
    "interests", "seconds_with_staff", "staff_met", "staff_notes", "consent_wording",
    "consent_version", "consent_at",
)  # fmt: skip


def lead_rows(event: Event, register: Register, now: int, since: int) -> Iterator[dict[str, Cell]]:
    """Yields the rows of leads.csv. Who withdrew has an id and the address's digest only."""
    title = register.details.title
    for change in changes(event, register, now, since):
        yield {"event_id": event.id, "event": title, **_cells(change)}


def _cells(change: Change) -> dict[str, Cell]:
    cells: dict[str, Cell] = {
        "change": change.change,
        "id": change.id,
        "email_sha256": change.address,
    }
    lead = change.lead
    if lead is not None:
        cells |= {name: getattr(lead, name) for name in LEAD_COLUMNS if hasattr(lead, name)}
        cells |= {
            "interests": ";".join(lead.interests),
            "staff_met": ";".join(lead.staff_met),
            "staff_notes": "\n".join(lead.staff_notes),
            "consent_at": words.iso(lead.consent_at),
        }
    return cells


def lead_lines(event: Event, register: Register, now: int, since: int) -> Iterator[bytes]:
    """Yields the lines of leads.jsonl: instants in ms, lists as lists."""
    head = {"event_id": event.id, "event": register.details.title}
    for change in changes(event, register, now, since):
        lead = msgspec.structs.asdict(change.lead) if change.lead else {}
        line = {
            **head,
            "change": change.change,
            "id": change.id,
            "email_sha256": change.address,
            **lead,
        }
        yield msgspec.json.encode(line) + b"\n"
