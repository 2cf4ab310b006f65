"""The rows of what the organiser takes home: pairs, people, rounds.

Responsible for columns, and for what each person's consent fills in. Everything is read from the
fold, row by row.

Invariant: a contact field is there only where its owner lets the organiser have it (names always).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from rooms.contacts import consented, is_contact
from rooms.encounters import Encounter, by_pair, rooms_by_round, round_encounters
from rooms.event import Event
from rooms.people import Attendee, Register, meant
from rooms.standing import pair
from rooms.synonyms import meanings
from server import words
from server.exports.cells import MARK, Cell, quoted

SOMEONE = "someone"
"""What somebody erased is called in other people's minutes (rule 21)."""

PAIR_COLUMNS = (
    "event_id", "round", "room", "table", "met_at", "seconds_together", "presence",
    "a_id", "a_external_id", "a_name", "a_organisation", "a_email",
    "b_id", "b_external_id", "b_name", "b_organisation", "b_email",
    "shared_interests", "contact", "a_consent", "b_consent",
)  # fmt: skip
SUMMARY_COLUMNS = ("event_id", "rounds_together", *PAIR_COLUMNS[4:])
ATTENDEE_COLUMNS = (
    "event_id", "id", "external_id", "name", "reading", "organisation", "department", "title",
    "email", "phone", "link", "mode", "role", "segment", "interests", "languages",
    "rounds", "people_met", "seconds_together", "contacts", "consent", "place",
)  # fmt: skip
ROUND_COLUMNS = (
    "event_id", "round", "kind", "size", "starts_at", "ends_at", "rooms", "tables", "people",
    "pairs", "seconds_together",
)  # fmt: skip


# Who may be seen how


class Side(Struct, frozen=True):
    """One of two people, as the organiser may see them."""

    id: str
    external_id: str
    name: str
    organisation: str
    email: str
    consent: tuple[str, ...]


def side(register: Register, id: str) -> Side:
    """Returns somebody with the fields that they let the organiser have."""
    person = register.attendee(id)
    return Side(
        id=id,
        external_id=person.external_id,
        name=person.name or SOMEONE,
        organisation=consented(person, "organisation"),
        email=consented(person, "email"),
        consent=person.organiser_may_export,
    )


# Pairs


class PairRow(Struct, frozen=True, kw_only=True):
    """Two people in one round, or (`rounds_together` set) in all of them."""

    event_id: str
    encounter: Encounter
    a: Side
    b: Side
    shared: tuple[str, ...]
    contact: str
    rounds_together: int | None = None

    def cells(self) -> dict[str, Cell]:
        """Returns the row as the columns of `pairs.csv`."""
        met = self.encounter
        return {
            "event_id": self.event_id,
            "rounds_together": self.rounds_together,
            "round": met.round,
            "room": met.room,
            "table": met.table,
            "met_at": words.iso(met.met_at),
            "seconds_together": met.seconds,
            "presence": met.presence,
            **_side_cells("a", self.a),
            **_side_cells("b", self.b),
            "shared_interests": ";".join(self.shared),
            "contact": self.contact,
            "a_consent": ";".join(self.a.consent),
            "b_consent": ";".join(self.b.consent),
        }

    def line(self) -> dict[str, object]:
        """Returns the row for `pairs.jsonl`: instants in ms, lists as lists, nothing for empty."""
        columns = PAIR_COLUMNS if self.rounds_together is None else SUMMARY_COLUMNS
        cells: dict[str, object] = {name: self.cells()[name] for name in columns}
        cells |= {
            "met_at": self.encounter.met_at,
            "shared_interests": self.shared,
            "a_consent": self.a.consent,
            "b_consent": self.b.consent,
        }
        return cells


def _side_cells(name: str, person: Side) -> dict[str, Cell]:
    return {
        f"{name}_id": person.id,
        f"{name}_external_id": person.external_id,
        f"{name}_name": person.name,
        f"{name}_organisation": person.organisation,
        f"{name}_email": person.email,
    }


class People:
    """Everybody at an event as rows of pairs show them, each looked up once."""

    def __init__(self, event: Event, register: Register) -> None:
        self._event = event
        self._register = register
        self._meanings = meanings(register.details.synonyms)
        self._sides: dict[str, Side] = {}
        self._tags: dict[str, dict[str, str]] = {}
        self._pieces: dict[str, tuple[str, str]] = {}
        self._event_id = quoted(event.id)

    def side(self, id: str) -> Side:
        """Returns somebody with the fields that they let the organiser have."""
        found = self._sides.get(id)
        if found is None:
            found = self._sides[id] = side(self._register, id)
        return found

    def shared(self, a: str, b: str) -> list[str]:
        """Returns the interests that two people have in common, as a wrote them."""
        theirs = self._meant(b)
        return [word for tag, word in self._meant(a).items() if tag in theirs]

    def _meant(self, id: str) -> dict[str, str]:
        found = self._tags.get(id)
        if found is None:
            written = self._register.attendee(id).interests
            found = self._tags[id] = meant(written, self._meanings)
        return found

    def contact(self, met: Encounter) -> str:
        """Returns whether two people are contacts, as the files name it."""
        return "mutual" if pair(met.a, met.b) in self._event.contacts else "none"

    def row(self, met: Encounter, rounds: int | None = None) -> PairRow:
        """Returns an encounter as a row; `rounds` together where it stands for all of them."""
        return PairRow(
            event_id=self._event.id,
            encounter=met,
            a=self.side(met.a),
            b=self.side(met.b),
            shared=tuple(self.shared(met.a, met.b)),
            contact=self.contact(met),
            rounds_together=rounds,
        )

    def line(self, met: Encounter, rounds: int | None = None) -> str:
        """Returns the same row as a line of CSV, without building the row: a million take 17 s."""
        a, a_consent = self._piece(met.a)
        b, b_consent = self._piece(met.b)
        shared = self.shared(met.a, met.b)
        where = (
            f"{met.round},{quoted(met.room)},{'' if met.table is None else met.table}"
            if rounds is None
            else str(rounds)
        )
        return (
            f"{self._event_id},{where},{_iso(met.met_at // 1000)},{met.seconds},{met.presence},"
            f"{a},{b},{quoted(';'.join(shared)) if shared else ''},{self.contact(met)},"
            f"{a_consent},{b_consent}\r\n"
        )

    def _piece(self, id: str) -> tuple[str, str]:
        found = self._pieces.get(id)
        if found is None:
            person = self.side(id)
            cells = ",".join(quoted(cell) for cell in _side_cells("", person).values())
            found = self._pieces[id] = (cells, quoted(";".join(person.consent)))
        return found


@lru_cache(maxsize=4096)
def _iso(second: int) -> str:
    return words.iso(second * 1000)


def pair_rows(event: Event, register: Register, until: int) -> Iterator[PairRow]:
    """Yields a row for two people and a round in which they were together for a second or more."""
    people = People(event, register)
    for met in _pairs(event, until):
        yield people.row(met)


def pair_lines(event: Event, register: Register, until: int) -> Iterator[bytes]:
    """Yields `pairs.csv`."""
    people = People(event, register)
    yield MARK + (",".join(PAIR_COLUMNS) + "\r\n").encode()
    for met in _pairs(event, until):
        yield people.line(met).encode("utf-8", "replace")


def summary_rows(event: Event, register: Register, until: int) -> Iterator[PairRow]:
    """Yields a row for each two people who were together at all."""
    people = People(event, register)
    for met, rounds in by_pair(event.rooms.values(), until):
        yield people.row(met, rounds)


def summary_lines(event: Event, register: Register, until: int) -> Iterator[bytes]:
    """Yields `pairs.csv?summary=1`."""
    people = People(event, register)
    yield MARK + (",".join(SUMMARY_COLUMNS) + "\r\n").encode()
    for met, rounds in by_pair(event.rooms.values(), until):
        yield people.line(met, rounds).encode("utf-8", "replace")


def _pairs(event: Event, until: int) -> Iterator[Encounter]:
    for rooms in rooms_by_round(event.rooms.values()).values():
        yield from round_encounters(rooms, until)


# People and rounds


def attendee_rows(
    event: Event, register: Register, until: int, custom: Iterable[str]
) -> Iterator[dict[str, Cell]]:
    """Yields a row for everybody at the event, with what their evening came to."""
    rounds: dict[str, int] = {}
    met: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for rooms in rooms_by_round(event.rooms.values()).values():
        found = round_encounters(rooms, until)
        for id in {id for both in found for id in (both.a, both.b)}:
            rounds[id] = rounds.get(id, 0) + 1
    for both, _ in by_pair(event.rooms.values(), until):
        for id in (both.a, both.b):
            met[id] += 1
            seconds[id] += both.seconds
    contacts: dict[str, int] = {}
    for a, b in event.contacts:
        if is_contact(event, a, b):
            contacts[a] = contacts.get(a, 0) + 1
            contacts[b] = contacts.get(b, 0) + 1
    for person in register.attendees():
        yield {
            "event_id": event.id,
            **organiser_sees(person),
            "rounds": rounds.get(person.id, 0),
            "people_met": met[person.id],
            "seconds_together": seconds[person.id],
            "contacts": contacts.get(person.id, 0),
            "place": event.people[person.id].place.value,
            **{name: person.custom.get(name, "") for name in custom},
        }


def organiser_sees(person: Attendee) -> dict[str, Cell]:
    """Returns somebody's profile as the organiser may have it, as cells."""
    return {
        "id": person.id,
        "external_id": person.external_id,
        "name": person.name,
        "reading": person.reading,
        "organisation": consented(person, "organisation"),
        "department": person.department,
        "title": person.title,
        "email": consented(person, "email"),
        "phone": consented(person, "phone"),
        "link": consented(person, "link"),
        "mode": person.mode.value,
        "role": person.role.value,
        "segment": person.segment,
        "interests": ";".join(person.interests),
        "languages": ";".join(person.languages),
        "consent": ";".join(person.organiser_may_export),
    }


def round_rows(event: Event, until: int) -> Iterator[dict[str, Cell]]:
    """Yields a row for each round that was held or is running."""
    for number, rooms in rooms_by_round(event.rooms.values()).items():
        planned = event.plan.rounds[number - 1] if number <= len(event.plan.rounds) else None
        found = round_encounters(rooms, until)
        people = {stay.id for room in rooms for stay in room.stays}
        yield {
            "event_id": event.id,
            "round": number,
            "kind": planned.kind.value if planned else "",
            "size": planned.size if planned else None,
            "starts_at": words.iso(min(room.starts_at for room in rooms)),
            "ends_at": words.iso(max(room.ended_at or room.ends_at for room in rooms)),
            "rooms": len(rooms),
            "tables": sum(room.table is not None for room in rooms),
            "people": len(people),
            "pairs": len(found),
            "seconds_together": sum(met.seconds for met in found),
        }
