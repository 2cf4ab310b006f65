"""The register in the store: what people typed, one row a hash field.

Responsible for reading rows and for their encoding. Deliberately does not write them: the journal's
script does, together with the fact that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from rooms.people import DETAILS_KEY, Details, Register, Row
from server.journal import UnknownFact
from server.redis import Store, items, key, pairs

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Row] = msgspec.json.Decoder(Row)

ROWS_AT_ONCE = 1000
"""Rows read in one go, so that other events' commands get their turn at the store."""


def encode_rows(rows: Mapping[str, Row | None]) -> dict[str, bytes]:
    """Returns rows as the store keeps them; empty bytes stand for a row that is taken out."""
    return {name: b"" if row is None else _encoder.encode(row) for name, row in rows.items()}


async def read_rows(store: Store, event_id: str, names: Sequence[str]) -> dict[str, Row | None]:
    """Reads the named rows as they are now; those not there are None.

    Raises StoreAway, and UnknownFact for a row that this version cannot read.
    """
    rows: dict[str, Row | None] = {}
    for start in range(0, len(names), ROWS_AT_ONCE):
        some = names[start : start + ROWS_AT_ONCE]
        reply = items(await store.call("HMGET", key(event_id, "register"), *some))
        for name, value in zip(some, reply, strict=True):
            rows[name] = _decode(name, value) if isinstance(value, bytes) else None
    return rows


async def read_register(store: Store, event_id: str, order: Iterable[str]) -> Register:
    """Reads the whole register; rows named in `order` come first, in that order.

    A hash has no order of its own, and people are listed as they came.
    Raises StoreAway, and UnknownFact for a row that this version cannot read.
    """
    reply = await store.call("HGETALL", key(event_id, "register"))
    found = {name: _decode(name, value) for name, value in pairs(reply)}
    ordered: dict[str, Row] = {name: found[name] for name in order if name in found}
    ordered.update(found)
    return Register(ordered)


async def read_titles(store: Store, event_ids: Sequence[str]) -> dict[str, str]:
    """Reads events' titles; those that are not there are left out. Raises StoreAway."""
    rows = await store.calls([("HGET", key(id, "register"), DETAILS_KEY) for id in event_ids])
    found = {
        id: _decode(DETAILS_KEY, row)
        for id, row in zip(event_ids, rows, strict=True)
        if isinstance(row, bytes)
    }
    return {id: row.title for id, row in found.items() if isinstance(row, Details)}


def _decode(name: str, value: bytes) -> Row:
    try:
        return _decoder.decode(value)
    except msgspec.ValidationError as error:
        raise UnknownFact(f"the register's row {name}: {error}") from error
