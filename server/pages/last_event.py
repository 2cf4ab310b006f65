"""The last event beside this one: which of the organiser's events a report is compared with.

Responsible for what may be chosen and what is without a choice: the latest that was over before
this one began. Deliberately counts nothing itself.

Invariant: an event to which nobody came is beside none.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from starlette.requests import Request

from rooms.report import Report
from server.ended import Ended, began_at, ended_events
from server.evenings import Evening, Evenings
from server.journal import UnknownFact
from server.redis import Store
from server.register import read_titles
from server.reporting import reported
from server.sequencer import UnknownEvent

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
    store: Store = request.app.state.store
    evenings: Evenings = request.app.state.evenings
    others = [one for one in await ended_events(store, evenings) if one.id != evening.id]
    chosen = _chosen(request.query_params.get(PARAMETER, ""), evening, others, now)
    shown = others[:CHOICES]
    if chosen is not None and chosen not in shown:
        shown.append(chosen)
    titles = await read_titles(store, [one.id for one in shown])
    return Beside(
        choices=tuple(
            Choice(
                id=one.id,
                title=titles[one.id],
                began_at=one.began_at or one.over_at,
                chosen=one is chosen,
            )
            for one in shown
            if one.id in titles
        ),
        report=await _numbers(evenings, chosen, now),
    )


async def _numbers(evenings: Evenings, chosen: Ended | None, now: int) -> Report | None:
    if chosen is None:
        return None
    try:
        return await reported(await evenings.as_it_stands(chosen.id), now, graph=False)
    except (UnknownEvent, UnknownFact):
        return None  # deleted meanwhile


def _chosen(asked: str, evening: Evening, others: Sequence[Ended], now: int) -> Ended | None:
    if asked == NONE:
        return None
    for one in others:
        if one.id == asked:
            return one
    began = began_at(evening.event) or now
    return next((one for one in others if one.over_at <= began), None)
