"""An evening on paper as files: CSV by table, CSV by person, JSON, and a page to be printed.

Responsible for the files' columns and fields and for the page's parts. Plans nothing (`paper.py`)
and opens no file: it returns bytes.

Invariants: no cell is a formula to a spreadsheet (rule 24); no e-mail address, phone number or link
is in any of these files (rule 18), since they are handed round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import cos, pi, sin

import msgspec
from msgspec import Struct

from rooms.matching.offline import OfflineRound, Table
from rooms.people import Attendee
from server import words
from server.exports import Cell, csv_lines
from server.paper import Paper, Stop
from server.templating import environment

PERSON_COLUMNS = (
    "name", "external_id", "round", "table", "with", "shared_interests", "they_offer", "they_seek",
)  # fmt: skip

TABLE_TAGS = 3
"""Interests named beside a table: more would not be read while walking."""

MATE_TAGS = 2
"""Interests named beside a person on a slip: more would need a second line."""

SEATS_DRAWN = 12
"""Dots around a table's number: more would touch each other."""


# CSV


def rooms_csv(paper: Paper, language: str) -> bytes:
    """Returns a row for each table of each round, a column for each seat."""
    seats = max((len(t.people) for one in paper.rounds for t in one.tables), default=0)
    names = [f"seat_{number}" for number in range(1, seats + 1)]
    columns = ["round", "table", "people", *names, "shared_interests"]

    def rows() -> Iterator[Mapping[str, Cell]]:
        for planned in paper.rounds:
            for table in planned.tables:
                people = paper.at(table)
                labels = [paper.label(person) for person in people]
                yield {
                    "round": planned.number,
                    "table": table.number,
                    "people": len(people),
                    **dict(zip(names, labels, strict=False)),
                    "shared_interests": ";".join(paper.shared(people)),
                }

    return b"".join(csv_lines(columns, rows()))


def people_csv(paper: Paper, language: str) -> bytes:
    """Returns a row for each person and round, in the list's order; no table: they sit it out."""

    def rows() -> Iterator[Mapping[str, Cell]]:
        for person in paper.people:
            for stop in paper.itineraries[person.id]:
                yield {
                    "name": person.name,
                    "external_id": person.external_id,
                    "round": stop.round,
                    "table": stop.table,
                    "with": ";".join(paper.label(mate.person) for mate in stop.mates),
                    "shared_interests": ";".join(stop.shared),
                    "they_offer": _listed(mate.offers for mate in stop.mates),
                    "they_seek": _listed(mate.seeks for mate in stop.mates),
                }

    return b"".join(csv_lines(PERSON_COLUMNS, rows()))


def _listed(words_of_people: Iterable[tuple[str, ...]]) -> str:
    return ";".join(dict.fromkeys(word for those in words_of_people for word in those))


# JSON


class RoomShown(Struct, kw_only=True):
    """A table of one round."""

    table: int
    people: tuple[str, ...]
    shared_interests: tuple[str, ...]


class RoundShown(Struct, kw_only=True):
    """A round with its numbers."""

    round: int
    rooms: tuple[RoomShown, ...]
    sitting_out: tuple[str, ...]
    repeats: int
    mean_affinity: float
    worst_affinity: float
    random_affinity: float
    steps: int


class MateShown(Struct, kw_only=True):
    """Somebody at one's table."""

    id: str
    shared_interests: tuple[str, ...]
    they_offer: tuple[str, ...]
    they_seek: tuple[str, ...]


class StopShown(Struct, kw_only=True):
    """One round of one person; no table: they sit it out."""

    round: int
    table: int | None
    mates: tuple[MateShown, ...] = msgspec.field(name="with")


class PersonShown(Struct, kw_only=True):
    """One person's evening. `id` is this plan's own; `row` is the list's."""

    id: str
    row: int
    external_id: str
    name: str
    organisation: str
    itinerary: tuple[StopShown, ...]


class PlanShown(Struct, kw_only=True):
    """The whole plan, with what it was made from."""

    size: int
    least: int
    most: int
    seed: int
    rounds: tuple[RoundShown, ...]
    people: tuple[PersonShown, ...]


def plan_json(paper: Paper, language: str) -> bytes:
    """Returns the whole plan for programs: rooms by round, itineraries by person."""
    planned = paper.choices.planned
    shown = PlanShown(
        size=planned.size,
        least=planned.least,
        most=planned.most,
        seed=paper.choices.seed,
        rounds=tuple(_round_shown(paper, one) for one in paper.rounds),
        people=tuple(
            PersonShown(
                id=person.id,
                row=row,
                external_id=person.external_id,
                name=person.name,
                organisation=person.organisation,
                itinerary=tuple(map(_stop_shown, paper.itineraries[person.id])),
            )
            for person, row in zip(paper.people, paper.rows, strict=True)
        ),
    )
    return msgspec.json.format(msgspec.json.encode(shown), indent=1) + b"\n"


def _round_shown(paper: Paper, planned: OfflineRound) -> RoundShown:
    return RoundShown(
        round=planned.number,
        rooms=tuple(
            RoomShown(
                table=table.number,
                people=table.people,
                shared_interests=paper.shared(paper.at(table)),
            )
            for table in planned.tables
        ),
        sitting_out=planned.sitting_out,
        repeats=planned.repeats,
        mean_affinity=planned.mean_affinity,
        worst_affinity=planned.worst_affinity,
        random_affinity=planned.random_affinity,
        steps=planned.steps,
    )


def _stop_shown(stop: Stop) -> StopShown:
    return StopShown(
        round=stop.round,
        table=stop.table,
        mates=tuple(
            MateShown(
                id=mate.person.id,
                shared_interests=mate.shared,
                they_offer=mate.offers,
                they_seek=mate.seeks,
            )
            for mate in stop.mates
        ),
    )


# The page


class Dot(Struct, frozen=True):
    """Where a person is drawn around a table, in a square of 64."""

    x: float
    y: float


class TableShown(Struct, frozen=True, kw_only=True):
    """A table as a sheet shows it."""

    number: int
    dots: tuple[Dot, ...]
    people: tuple[Attendee, ...]
    shared: tuple[str, ...]


class Slip(Struct, frozen=True, kw_only=True):
    """One person's evening, to be cut out."""

    person: Attendee
    stops: tuple[Stop, ...]


def page(paper: Paper, language: str) -> bytes:
    """Returns one HTML file with all in it: a sheet for each round, then slips, two in a row."""
    known = words.words(language)
    slips = [
        Slip(person=person, stops=paper.itineraries[person.id])
        for person in sorted(paper.people, key=_by_name)
    ]
    sheets = [
        (planned, [_table_shown(paper, table) for table in planned.tables])
        for planned in paper.rounds
    ]
    drawn = (
        environment()
        .get_template("paper.html")
        .render(
            {
                "_": known.gettext,
                "ngettext": known.ngettext,
                "language": language,
                "title": paper.title,
                "sheets": sheets,
                "sitting_out": {
                    one.number: [paper.label(paper.by_id[id]) for id in one.sitting_out]
                    for one in paper.rounds
                },
                "slip_rows": [slips[at : at + 2] for at in range(0, len(slips), 2)],
                "label": paper.label,
                "few": MATE_TAGS,
            }
        )
    )
    return drawn.encode("utf-8", "replace")


def _by_name(person: Attendee) -> tuple[str, str]:
    """Orders slips as people look for theirs: by how a name is read, where that is known."""
    return (person.reading or person.name).casefold(), person.id


def _table_shown(paper: Paper, table: Table) -> TableShown:
    people = paper.at(table)
    return TableShown(
        number=table.number,
        dots=tuple(_dots(len(people))),
        people=tuple(people),
        shared=paper.shared(people)[:TABLE_TAGS],
    )


def _dots(people: int) -> Iterator[Dot]:
    count = min(people, SEATS_DRAWN)
    for number in range(count):
        turn = 2 * pi * number / count
        yield Dot(round(32 + 27 * sin(turn), 1), round(32 - 27 * cos(turn), 1))


FORMATS: Mapping[str, tuple[str, Callable[[Paper, str], bytes]]] = {
    "rooms": ("rooms.csv", rooms_csv),
    "people": ("people.csv", people_csv),
    "json": ("plan.json", plan_json),
    "page": ("plan.html", page),
}
"""Each format's file name in a folder of all, and what writes it in a language."""
