"""Face-to-face contacts as sensors write them: a line `t i j` a contact of one interval.

Responsible for reading such a list (as SocioPatterns publish theirs) into who was with whom, from
when to when, in rounds: contacts of two that follow each other without a gap are one span, and a
long silence of everybody ends a round. Knows no event.

>>> days = rounds_of(read_observations(b"20\\t1\\t2\\n40\\t2\\t1\\n100000 1 3\\n"))
>>> [(day.begins, day.ends, day.spans) for day in days]
[(0, 40, {('1', '2'): [(0, 40)]}), (99980, 100000, {('1', '3'): [(99980, 100000)]})]
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Sequence

from msgspec import Struct

INTERVAL = 20
"""Seconds: `t i j` says that i and j faced each other during [t − 20, t]."""

SILENCE = 4 * 3600
"""Seconds without any contact that end a round: a night, not a lunch."""

MOST_BYTES = 512 * 1024 * 1024
"""Of a file once unpacked; a packed one of a few kilobytes can hold more than memory does."""


class BadObservations(ValueError):
    """The list cannot be read; the sentence names the line."""


class Observation(Struct, frozen=True):
    """Two faced each other in the interval that ended at `at` (s)."""

    at: int
    a: str
    b: str


class Day(Struct, frozen=True, kw_only=True):
    """Contacts between two long silences; instants in seconds of the list."""

    begins: int
    ends: int
    spans: dict[tuple[str, str], list[tuple[int, int]]]


def unpacked(data: bytes) -> bytes:
    """Returns a list as it is, or unpacked where it is gzipped. Raises BadObservations."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = unpacker.decompress(data, MOST_BYTES)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise BadObservations("This file is packed, but not whole.") from error
    if unpacker.unconsumed_tail:
        raise BadObservations("This file is too big once it is unpacked.")
    if not unpacker.eof:
        raise BadObservations("This file is packed, but not whole.")
    return text


def read_observations(data: bytes) -> list[Observation]:
    """Returns a list's contacts, in order of time. Raises BadObservations with the line."""
    found = []
    for number, line in enumerate(unpacked(data).splitlines(), 1):
        parts = line.replace(b",", b" ").split()
        if not parts or parts[0].startswith(b"#"):
            continue
        try:
            at, a, b = int(parts[0]), parts[1].decode("ascii"), parts[2].decode("ascii")
        except (ValueError, IndexError) as error:
            raise BadObservations(f"Line {number} is not “seconds person person”.") from error
        if at < INTERVAL or a == b or max(len(a), len(b)) > 40:
            raise BadObservations(f"Line {number} is not a contact of two people.")
        found.append(Observation(at, min(a, b), max(a, b)))
    if not found:
        raise BadObservations("There is no contact in this file.")
    return sorted(found, key=lambda seen: seen.at)


def people_of(observations: Iterable[Observation]) -> list[str]:
    """Returns everybody who was seen, numbers in their order."""
    names = {name for seen in observations for name in (seen.a, seen.b)}
    return sorted(names, key=lambda name: (not name.isdigit(), len(name), name))


def rounds_of(observations: Sequence[Observation], silence: int = SILENCE) -> list[Day]:
    """Returns contacts in rounds, each pair's as spans; `observations` in order of time."""
    days: list[Day] = []
    last: int | None = None
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    begins = 0
    for seen in observations:
        if last is None or seen.at - INTERVAL - last >= silence:
            if last is not None:
                days.append(Day(begins=begins, ends=last, spans=spans))
            begins, spans = seen.at - INTERVAL, {}
        last = seen.at
        own = spans.setdefault((seen.a, seen.b), [])
        start = seen.at - INTERVAL
        if own and own[-1][1] >= start:
            own[-1] = (own[-1][0], max(own[-1][1], seen.at))
        else:
            own.append((start, seen.at))
    if last is not None:
        days.append(Day(begins=begins, ends=last, spans=spans))
    return days
