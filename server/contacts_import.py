"""Bringing sensors' contacts to a running server as an event: people first, then who was with whom.

Asks the HTTP API like any other program. Invariant: the file is read whole before anything is made;
what fails on the way is taken back, so no half event stays.
"""

from __future__ import annotations

import csv
import io
import time

from msgspec import Struct

from server.asking import Asker, NotAnswered
from server.observations import (
    BadObservations,
    Day,
    Observation,
    people_of,
    read_observations,
    rounds_of,
)

PAIRS_AT_ONCE = 1000
"""Meetings sent in one request, well below its limit of bytes."""

OPEN_ROUND: dict[str, object] = {"kind": "open", "seconds": 0, "size": 2, "least": 2}


class Chosen(Struct, frozen=True, kw_only=True):
    """What was asked for. `people`: a list as `attendees import` takes it."""

    title: str
    people: bytes | None
    began_at: int | None
    silence: int
    time_zone: str


class Contacts(Struct, frozen=True, kw_only=True):
    """What came of it."""

    event_id: str
    people: int
    pairs: int
    minutes: int
    rounds: int


class _Person(Struct):
    id: str
    external_id: str = ""


class _Imported(Struct):
    attendees: tuple[_Person, ...]


def bring_contacts(asker: Asker, data: bytes, chosen: Chosen) -> Contacts:
    """Makes an event of a list of contacts. Raises BadObservations and NotAnswered."""
    observations = read_observations(data)
    days = rounds_of(observations, chosen.silence)
    if len(days) > 50:
        raise BadObservations("There are more than 50 rounds: choose a longer silence.")
    zero = chosen.began_at
    if zero is None:
        zero = (int(time.time()) - observations[-1].at) * 1000
    made = asker.post("/api/events", _event(chosen, days), dict[str, object])
    event_id = str(made["id"])
    path = f"/api/events/{event_id}"
    try:
        ids = _bring_people(asker, path, observations, chosen)
        for number, day in enumerate(days, 1):
            _bring_day(asker, path, number, day, ids, zero, is_last=number == len(days))
    except (NotAnswered, BadObservations):
        asker.delete(path)
        raise
    spans = [span for day in days for own in day.spans.values() for span in own]
    return Contacts(
        event_id=event_id,
        people=len(ids),
        pairs=len({pair for day in days for pair in day.spans}),
        minutes=round(sum(end - start for start, end in spans) / 60),
        rounds=len(days),
    )


def _event(chosen: Chosen, days: list[Day]) -> dict[str, object]:
    return {
        "title": chosen.title,
        "time_zone": chosen.time_zone,
        "programme": {"rounds": [OPEN_ROUND] * len(days)},
    }


def _bring_people(
    asker: Asker, path: str, observations: list[Observation], chosen: Chosen
) -> dict[str, str]:
    """Writes everybody; returns their ids by what the contacts call them."""
    names = people_of(observations)
    ids: dict[str, str] = {}
    if chosen.people is not None:
        listed = asker.post(f"{path}/attendees", chosen.people, _Imported, "text/csv")
        ids = {one.external_id: one.id for one in listed.attendees if one.external_id}
    rest = [name for name in names if name not in ids]
    if rest:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(["name", "external_id", "mode"])
        writer.writerows((f"Badge {name}", name, "on-site") for name in rest)
        listed = asker.post(f"{path}/attendees", text.getvalue().encode(), _Imported, "text/csv")
        ids |= {one.external_id: one.id for one in listed.attendees}
    return {name: ids[name] for name in names}


def _bring_day(
    asker: Asker,
    path: str,
    number: int,
    day: Day,
    ids: dict[str, str],
    zero: int,
    *,
    is_last: bool,
) -> None:
    meetings = [
        {
            "a": ids[a],
            "b": ids[b],
            "spans": [(zero + start * 1000, zero + end * 1000) for start, end in spans],
        }
        for (a, b), spans in day.spans.items()
    ]
    for start in range(0, len(meetings), PAIRS_AT_ONCE):
        body = {
            "round": number,
            "starts_at": zero + day.begins * 1000,
            "ends_at": zero + day.ends * 1000,
            "meetings": meetings[start : start + PAIRS_AT_ONCE],
            "ends": is_last and start + PAIRS_AT_ONCE >= len(meetings),
        }
        asker.post(f"{path}/meetings", body, object)
