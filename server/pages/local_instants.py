"""Instants as the browser's field for a day and time gives them, which knows no time zone."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from server import words
from server.local_times import SkippedTime, instant_of
from server.problems import Problem


def local_instant(text: str, zone: str) -> int | None:
    """Returns the instant (ms) of a local time as forms give it; empty: None. Raises Problem."""
    if not text:
        return None
    try:
        return instant_of(datetime.fromisoformat(text), words.zone(zone))
    except SkippedTime as skipped:
        raise skipped_problem(skipped, zone) from skipped
    except (ValueError, OverflowError, OSError) as error:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "bad-field",
            "“{value}” is not a day and time.",
            field="starts_at",
            value=text[:40],
        ) from error


def skipped_problem(skipped: SkippedTime, zone: str) -> Problem:
    """Returns what tells that the clocks are put forward over a time, and what to write instead."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "bad-field",
        "In {zone} there is no {given}: the clocks are put forward then. Write {instead}, or an"
        " earlier time.",
        field="starts_at",
        zone=zone,
        given=skipped.given,
        instead=skipped.instead,
    )


def typed_instant(at: int | None, zone: str) -> str:
    """Returns an instant (ms) as the field shows it, to the minute; None: empty."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, words.zone(zone)).strftime("%Y-%m-%dT%H:%M")
