"""Events as a list shows them: one line each, without reading events that have not changed.

Responsible for a line of numbers beside the list of events, and for reading an event only when its
journal has grown since its line was made. Deliberately keeps nothing that people typed: an event's
title is in its register and read from there.

Invariant: a line is shown only if its `tip` is the journal's last entry, so it is never out of
date, whoever made it; one that is lost costs a reading.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from rooms.messages import Phase
from server.evenings import Evenings
from server.journal import START, last_ids
from server.planning import shown
from server.redis import LISTED, Reply, Store, items
from server.sequencer import UnknownEvent


class Listed(Struct, frozen=True, kw_only=True):
    """What a list says of one event beside its title; `starts_at` in ms."""

    tip: str
    phase: Phase
    people: int
    present: int
    rounds: int
    round: int
    starts_at: int | None
    time_zone: str


_decoder = msgspec.json.Decoder(Listed)


async def listed(store: Store, evenings: Evenings, ids: Sequence[str]) -> dict[str, Listed]:
    """Returns the lines of some events as they stand; those deleted meanwhile are left out.

    Raises StoreAway and UnknownFact.
    """
    if not ids:
        return {}
    tips = await last_ids(store, ids)
    kept = items(await store.call("HMGET", LISTED, *ids))
    found: dict[str, Listed] = {}
    for id, tip, line in zip(ids, tips, kept, strict=True):
        if tip == START:
            continue
        one = _kept(line)
        if one is None or one.tip != tip:
            one = await _read(store, evenings, id)
        if one is not None:
            found[id] = one
    return found


def _kept(line: Reply) -> Listed | None:
    if not isinstance(line, bytes):
        return None
    try:
        return _decoder.decode(line)
    except msgspec.ValidationError:
        return None  # another version's: it is made anew


async def _read(store: Store, evenings: Evenings, id: str) -> Listed | None:
    try:
        evening = await evenings.as_it_stands(id)
    except UnknownEvent:
        return None
    event = shown(evening.event, evening.register, "")
    one = Listed(
        tip=evening.journal_id,
        phase=event.phase,
        people=event.people,
        present=event.present,
        rounds=event.rounds,
        round=event.round,
        starts_at=event.starts_at,
        time_zone=event.time_zone,
    )
    await store.call("HSET", LISTED, id, msgspec.json.encode(one))
    return one
