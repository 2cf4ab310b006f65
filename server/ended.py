"""Which events are over, and when they were: for whoever looks for the last one before another.

Responsible for not reading every event whenever that is asked: an event that is over never changes
when it began and was over, so that is worked out once, when it is first asked for or retention
looks at the event, and kept beside the list of events, with a digest of its series. Deliberately
keeps no title and nothing of people.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from rooms.event import Event
from server.evening import Evening
from server.evenings import Evenings
from server.journal import UnknownFact
from server.redis import ENDED, Store, pairs
from server.sequencer import UnknownEvent
from server.series import digest_of


class Ended(Struct, frozen=True, kw_only=True):
    """An event that is over; instants in ms. `began_at`: None, since nobody came."""

    id: str
    began_at: int | None
    over_at: int
    """When its last round was over, which an import may bring in later."""
    series: str | None = None
    """The digest of its series, empty without one; None in lines of older versions."""


_decoder = msgspec.json.Decoder(Ended)


async def ended_events(store: Store, evenings: Evenings) -> list[Ended]:
    """Returns the events that are over and that somebody came to, the latest first.

    Raises StoreAway.
    """
    kept = {id: _decoder.decode(line) for id, line in pairs(await store.call("HGETALL", ENDED))}
    found: list[Ended] = []
    for id in await evenings.ids():
        one = kept.get(id)
        if one is None or one.series is None:
            one = await _look_into(store, evenings, id)
        if one is not None and one.began_at is not None:
            found.append(one)
    return sorted(found, key=lambda one: (-one.over_at, one.id))


async def _look_into(store: Store, evenings: Evenings, id: str) -> Ended | None:
    try:
        evening = await evenings.as_it_stands(id)
    except (UnknownEvent, UnknownFact):
        return None  # deleted meanwhile, or a newer version's
    return await remember(store, evening)


async def remember(store: Store, evening: Evening) -> Ended | None:
    """Keeps when an event began and was over, if it is; returns it. Raises StoreAway."""
    event = evening.event
    if event.ended_at is None:
        return None
    one = Ended(
        id=event.id,
        began_at=began_at(event),
        over_at=_over_at(event),
        series=digest_of(evening.register.details.series),
    )
    await store.call("HSET", ENDED, one.id, msgspec.json.encode(one))
    return one


def began_at(event: Event) -> int | None:
    """Returns when somebody first came to an event (ms); None: nobody did."""
    if event.totals is not None:
        return event.totals.began_at
    return min(event.came.values(), default=None)


def _over_at(event: Event) -> int:
    if event.totals is not None:
        return event.totals.over_at
    ends = [
        room.ends_at if room.ended_at is None else room.ended_at for room in event.rooms.values()
    ]
    ended = event.ended_at or 0
    return min(ended, max(ends, default=ended))
