"""The last event beside this one: which of the organiser's events a report is compared with.

Responsible for what may be chosen and what is without a choice: the latest that was over before
this one began. Deliberately counts nothing itself; works for a page that somebody reads, since
every event of the list is read.

Invariant: an event to which nobody came is beside none.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from starlette.requests import Request

from rooms.event import Event
from rooms.report import Report
from server.api import all_evenings
from server.evenings import Evening
from server.reporting import reported

PARAMETER = "beside"
NONE = "none"
"""What the parameter says for no event at all."""

CHOICES = 50
"""Events that can be chosen, the latest: a list that is longer is not read."""


class Choice(Struct, frozen=True, kw_only=True):
    """One event that can stand beside; instants in ms."""

    id: str
    title: str
    began_at: int
    chosen: bool


class Beside(Struct, frozen=True, kw_only=True):
    """What can stand beside a report, the latest first, and what does; None: nothing."""

    choices: tuple[Choice, ...]
    report: Report | None


async def beside(request: Request, evening: Evening, now: int) -> Beside:
    """Returns the event that the address asks for, else the last before this, with its numbers."""
    others = [
        one
        for one in await all_evenings(request)
        if one.id != evening.id and one.event.ended_at is not None and _began(one.event)
    ]
    others.sort(key=lambda one: (-_over(one.event), one.id))
    chosen = _chosen(request.query_params.get(PARAMETER, ""), evening, others, now)
    shown = others[:CHOICES]
    if chosen is not None and chosen not in shown:
        shown.append(chosen)
    return Beside(
        choices=tuple(
            Choice(
                id=one.id,
                title=one.register.details.title,
                began_at=_began(one.event) or 0,
                chosen=one is chosen,
            )
            for one in shown
        ),
        report=await reported(chosen, now, graph=False) if chosen is not None else None,
    )


def _chosen(asked: str, evening: Evening, others: Sequence[Evening], now: int) -> Evening | None:
    if asked == NONE:
        return None
    for one in others:
        if one.id == asked:
            return one
    began = _began(evening.event) or now
    return next((one for one in others if _over(one.event) <= began), None)


def _began(event: Event) -> int | None:
    """Returns when somebody first came to an event (ms); None: nobody did."""
    if event.totals is not None:
        return event.totals.began_at
    return min(event.came.values(), default=None)


def _over(event: Event) -> int:
    """Returns when the last round of an event was over, which an import may bring in later (ms)."""
    if event.totals is not None:
        return event.totals.over_at
    ends = [
        room.ends_at if room.ended_at is None else room.ended_at for room in event.rooms.values()
    ]
    ended = event.ended_at or 0
    return min(ended, max(ends, default=ended))
