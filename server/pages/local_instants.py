"""Instants as the browser's field for a day and time gives them, which knows no time zone."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from server import words
from server.problems import Problem


def local_instant(text: str, zone: str) -> int | None:
    """Returns the instant (ms) of a local time as forms give it; empty: None. Raises Problem."""
    if not text:
        return None
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=words.zone(zone)).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "bad-field",
            "“{value}” is not a day and time.",
            field="starts_at",
            value=text[:40],
        ) from error


def typed_instant(at: int | None, zone: str) -> str:
    """Returns an instant (ms) as the field shows it, to the minute; None: empty."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, words.zone(zone)).strftime("%Y-%m-%dT%H:%M")
