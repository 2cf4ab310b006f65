"""Local times, as people type them, to instants.

Responsible for times that a place does not have: where clocks are put forward, an hour of the night
is left out. Reads no form and words no sentence. A time that the clocks' going back brings twice is
taken as the first of both.
"""

from __future__ import annotations

from datetime import datetime, tzinfo


class SkippedTime(ValueError):
    """The clocks of the place are put forward over this time. Both as `2027-03-28 02:30`."""

    def __init__(self, given: str, instead: str) -> None:
        super().__init__(given)
        self.given = given
        self.instead = instead
        """The same time after the change, as far behind it as the given one was behind its
        beginning."""


def instant_of(local: datetime, place: tzinfo | None) -> int:
    """Returns the instant (ms since 1970 UTC) of a time in a place; None: where this machine is.

    Raises SkippedTime, and as `datetime` does OverflowError, OSError and ValueError for years that
    have no instant.
    """
    naive = local.replace(tzinfo=None, fold=0)
    seconds = naive.replace(tzinfo=place).timestamp()
    shown = datetime.fromtimestamp(seconds, place).replace(tzinfo=None, fold=0)
    if shown != naive:
        raise SkippedTime(_written(naive), _written(shown))
    return round(seconds * 1000)


def _written(local: datetime) -> str:
    return local.strftime("%Y-%m-%d %H:%M")
