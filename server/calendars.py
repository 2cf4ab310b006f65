"""Calendar files (RFC 5545) of an event. They hold no personal link: calendars are shared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar
from icalendar import Event as Entry

from rooms.programme import Plan
from server.words import zone

UNTIL_ENDED_SECONDS = 30 * 60
"""What an open floor without a deadline is taken to last."""


def calendar_file(event_id: str, title: str, plan: Plan, url: str, host: str) -> bytes | None:
    """Returns the event's calendar file; None while it has no start. `host` makes ids unique."""
    if plan.starts_at is None:
        return None
    starts = datetime.fromtimestamp(plan.starts_at / 1000, UTC).astimezone(zone(plan.time_zone))
    seconds = sum(
        (one.seconds or UNTIL_ENDED_SECONDS) + one.break_seconds + one.preview_seconds
        for one in plan.rounds
    )
    entry = Entry()
    entry.add("uid", f"{event_id}@{host}")
    entry.add("dtstamp", datetime.fromtimestamp(plan.starts_at / 1000, UTC))
    entry.add("dtstart", starts)
    entry.add("dtend", starts + timedelta(seconds=max(seconds, 900)))
    entry.add("summary", " ".join(title.split()))
    entry.add("url", url)
    calendar = Calendar()
    calendar.add("prodid", "-//Meguri//Meguri//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    data: bytes = calendar.to_ical()
    return data
