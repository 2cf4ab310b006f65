"""Calendar files (RFC 5545) of an event, and of a meeting of two after it.

They hold no personal link and no note: calendars are shared.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar
from icalendar import Event as Entry

from rooms.programme import Plan
from server.words import zone

A_YEAR = timedelta(days=366)

UNTIL_ENDED_SECONDS = 30 * 60
"""What an open floor without a deadline is taken to last."""


def calendar_file(
    event_id: str, title: str, plan: Plan, url: str, host: str, made_at: int
) -> bytes | None:
    """Returns the event's calendar file; None while it has no start.

    `host` makes ids unique. `made_at` (ms): of two files of an event, calendars keep the later."""
    if plan.starts_at is None:
        return None
    starts = datetime.fromtimestamp(plan.starts_at / 1000, UTC).astimezone(zone(plan.time_zone))
    seconds = sum(
        (one.seconds or UNTIL_ENDED_SECONDS) + one.break_seconds + one.preview_seconds
        for one in plan.rounds
    )
    entry = Entry()
    entry.add("uid", f"{event_id}@{host}")
    entry.add("dtstamp", datetime.fromtimestamp(made_at // 1000, UTC))
    entry.add("dtstart", starts)
    entry.add("dtend", _later(starts, timedelta(seconds=max(seconds, 900))))
    entry.add("summary", " ".join(title.split()))
    entry.add("url", url)
    return _file(entry, starts)


def meeting_file(
    uid: str, title: str, starts: datetime, minutes: int, made_at: int, where: str = ""
) -> bytes:
    """Returns the calendar file of a meeting of two. `starts` has a zone; `made_at` is in ms."""
    entry = Entry()
    entry.add("uid", uid)
    entry.add("dtstamp", datetime.fromtimestamp(made_at // 1000, UTC))
    entry.add("dtstart", starts)
    entry.add("dtend", _later(starts, timedelta(minutes=minutes)))
    entry.add("summary", " ".join(title.split()))
    if where.strip():
        entry.add("location", " ".join(where.split()))
    return _file(entry, starts)


def _later(starts: datetime, lasts: timedelta) -> datetime:
    """Returns the end as the place's clocks show it, also where they are changed meanwhile."""
    return (starts.astimezone(UTC) + lasts).astimezone(starts.tzinfo)


def _file(entry: Entry, starts: datetime) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Meguri//Meguri//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    # The changes of clocks around the entry: of all since 1970 some calendars make a long read.
    calendar.add_missing_timezones(starts.date() - A_YEAR, starts.date() + A_YEAR)
    data: bytes = calendar.to_ical()
    return data
