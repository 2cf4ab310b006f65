"""Who may share a room: the hard rules of an evening (rule 3), checked for one room or a seating.

Responsible for saying which hard rules a room breaks, and by whom. Deliberately says nothing of
sizes, repeats or affinity, which bend, and never seats anybody. The same functions check a solver's
offer, place a late person, and tell the solver what is forbidden, so that there is one truth.

What the rules mean:

- *blocked*: the two never share a room, either way round, assistants included.
- *modes*: on-site people sit with on-site people, online with online, unless the event mixes them
  and has stations.
- *station*: people online never share a room with somebody fixed at a table without a station.
- *stations*, *tables*: of rooms of both modes there are no more than stations at which nobody else
  is fixed, of rooms with anybody on site no more than tables (`beyond_places`: rules of a whole
  seating).
- *topic*: in a round of topics people sit with those who talk about the same; whoever has no topic
  keeps nobody apart.
- *language*: all in the room have one language in common. Somebody whose languages are unknown
  keeps nobody apart. An assistant who speaks a language of their person interprets: where both sit,
  the person counts as speaking the assistant's languages too.
- *segments*: of two that must not meet, only one sits in a room. Of two that must meet, nobody of
  the one with fewer people sits without somebody of the other.
- *segment-most*: at most n people of one segment in a room.
- *table*: people fixed at different tables never share a room, and each sits at their own.
- *assistant*: sits with their person or not at all, and counts as nobody: neither for sizes, nor
  as company, nor as met.
- *alone*: no room of one.

Invariant: `broken` depends on the room's people and `HardRules` alone.

>>> ana, bo, emre = (Seeker(id=id, mode=m) for id, m in
...     (("ana", Mode.ONLINE), ("bo", Mode.ONLINE), ("emre", Mode.ON_SITE)))
>>> rules = hard_rules([ana, bo, emre], blocked=[])
>>> allowed_room(["ana", "bo"], rules), allowed_room(["ana", "emre"], rules)
(True, False)
>>> broken(["ana"], rules)
frozenset({Broken(rule='alone', people=('ana',))})
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from msgspec import Struct

from rooms.matching.ask import Seeker, Wanted
from rooms.people import Mode, RoomMode, SegmentRule, normalise, room_mode
from rooms.programme import Mixing
from rooms.standing import pair

MUST = "must"
MUST_NOT = "must-not"

UNTIL_OTHERS_COME = frozenset({"alone", "company", "assistant"})
"""Rules that a room breaks only for as long as somebody is missing in it."""


class HardRules(Struct, frozen=True):
    """The hard rules of one event, ready to be asked; made by `hard_rules`."""

    people: dict[str, Seeker]
    persons: dict[str, str | None]
    """Whom each sits with: themselves, or, for assistants, their person; None: who is not here."""
    escorts: dict[str, tuple[str, ...]]
    """Assistants who can sit with their persons, by person."""
    languages: dict[str, frozenset[str]]
    """What each can talk in with their interpreters beside them; empty: unknown."""
    blocked: frozenset[tuple[str, str]]
    never: frozenset[tuple[str, str]]
    """Segments that must not meet, both ways round."""
    company: tuple[tuple[str, str], ...]
    """(segment, whose company it must have)."""
    segment_most: int | None = None
    common_language: bool = False
    stations: frozenset[int] | None = None
    """Tables with a station, at which modes mix; None: they never do."""
    tables: int | None = None
    """How many tables there are on site; None: no limit."""


class Broken(Struct, frozen=True, order=True):
    """One hard rule that a room breaks, and the people who break it. `rule` is a code."""

    rule: str
    people: tuple[str, ...]


def hard_rules(
    people: Iterable[Seeker],
    *,
    blocked: Iterable[tuple[str, str]],
    common_language: bool = False,
    segments: Iterable[SegmentRule] = (),
    segment_most: int | None = None,
    stations: Iterable[int] = (),
    tables: int | None = None,
) -> HardRules:
    """Returns the hard rules among `people`: everybody who may be seated now. Takes O(people)."""
    by_id = {person.id: person for person in people}
    persons = {id: _person(id, by_id) for id in by_id}
    apart = frozenset(pair(a, b) for a, b in blocked)
    escorts = _escorts(by_id, persons, apart)
    return HardRules(
        people=by_id,
        persons=persons,
        escorts=escorts,
        languages={id: _talks(by_id[id], escorts.get(id, ()), by_id) for id in by_id},
        blocked=apart,
        never=frozenset(
            ends
            for rule in segments
            if rule.rule == MUST_NOT
            for ends in (_segments(rule), _segments(rule)[::-1])
        ),
        company=_company(by_id, persons, segments),
        segment_most=segment_most,
        common_language=common_language,
        stations=frozenset(stations) or None,
        tables=tables,
    )


def hard_rules_of(wanted: Wanted) -> HardRules:
    """Returns the hard rules of a seating that is wanted."""
    return hard_rules(
        wanted.people,
        blocked=wanted.blocked,
        common_language=wanted.common_language,
        segments=wanted.segments,
        segment_most=wanted.segment_most,
        stations=wanted.stations if wanted.mixing is not Mixing.APART else (),
        tables=wanted.tables,
    )


def allowed_room(ids: Sequence[str], rules: HardRules, *, table: int | None = None) -> bool:
    """Says whether these people may be a room (at `table`, if that is settled)."""
    return not broken(ids, rules, table=table)


def may_join(
    coming: Sequence[str], ids: Sequence[str], rules: HardRules, *, table: int | None = None
) -> bool:
    """Says whether newcomers, together, break nothing in a room that was not broken."""
    return broken([*ids, *coming], rules, table=table) <= broken(ids, rules, table=table)


def may_share(a: str, b: str, rules: HardRules) -> bool:
    """Says whether two people may sit in one room, whoever else does."""
    causes = broken([a, b], rules)
    return all(cause.rule in UNTIL_OTHERS_COME for cause in causes)


def broken(ids: Sequence[str], rules: HardRules, *, table: int | None = None) -> frozenset[Broken]:
    """Returns every hard rule that a room of these people breaks; empty: the room is allowed."""
    here = [rules.people[id] for id in ids if id in rules.people]
    causes = {Broken("unknown", (id,)) for id in ids if id not in rules.people}
    heads = [person for person in here if rules.persons[person.id] == person.id]
    if len(heads) < 2:
        causes.add(Broken("alone", tuple(sorted(head.id for head in heads))))
    for assistant in here:
        if rules.persons[assistant.id] not in ids:
            causes.add(Broken("assistant", (assistant.id,)))
    for a, b in combinations(here, 2):
        if pair(a.id, b.id) in rules.blocked:
            causes.add(Broken("blocked", pair(a.id, b.id)))
        if a.mode is not b.mode and rules.stations is None:
            causes.add(Broken("modes", pair(a.id, b.id)))
        if a.topic and b.topic and a.topic != b.topic:
            causes.add(Broken("topic", pair(a.id, b.id)))
    causes |= _wrong_tables(here, table)
    if rules.stations is not None:
        causes |= _without_station(here, rules.stations, table)
    if rules.common_language:
        causes |= _no_common_language(heads, set(ids), rules)
    if rules.never or rules.company or rules.segment_most is not None:
        causes |= _wrong_segments(heads, rules)
    return frozenset(causes)


def broken_seating(seating: Iterable[Sequence[str]], rules: HardRules) -> frozenset[Broken]:
    """Returns what a whole seating breaks: rooms' rules, anyone twice, a table in two rooms."""
    rooms = list(seating)
    causes = {cause for ids in rooms for cause in broken(ids, rules)}
    seats = Counter(id for ids in rooms for id in ids)
    causes |= {Broken("twice", (id,)) for id, times in seats.items() if times > 1}
    return frozenset(causes | tables_twice(rooms, rules) | beyond_places(rooms, rules))


def tables_twice(seating: Iterable[Sequence[str]], rules: HardRules) -> frozenset[Broken]:
    """Returns who is in another room than others who are fixed at the same table."""
    causes: set[Broken] = set()
    rooms_at: dict[int, int] = {}
    for number, ids in enumerate(seating):
        for id in ids:
            at = table_of(rules.people[id]) if id in rules.people else None
            if at is not None and rooms_at.setdefault(at, number) != number:
                causes.add(Broken("table", (id,)))
    return frozenset(causes)


def beyond_places(seating: Iterable[Sequence[str]], rules: HardRules) -> frozenset[Broken]:
    """Returns whether a seating has more rooms of both modes than stations, or more tables.

    A station at a table where people are fixed is for their room alone.
    """
    rooms = list(seating)
    modes = [mode_of(ids, rules) for ids in rooms]
    fixed = [{table_of(rules.people[id]) for id in ids if id in rules.people} for ids in rooms]
    taken = frozenset().union(*fixed) - {None}
    loose = sum(
        mode is RoomMode.MIXED and tables == {None}
        for mode, tables in zip(modes, fixed, strict=True)
    )
    causes = set()
    if loose > len((rules.stations or frozenset()) - taken):
        causes.add(Broken("stations", ()))
    if rules.tables is not None and sum(mode.has_table for mode in modes) > rules.tables:
        causes.add(Broken("tables", ()))
    return frozenset(causes)


def mode_of(ids: Iterable[str], rules: HardRules) -> RoomMode:
    """Returns the mode of a room of these people."""
    return room_mode(rules.people[id].mode for id in ids if id in rules.people)


def table_of(person: Seeker) -> int | None:
    """Returns the table somebody is fixed at; online people are at none."""
    return person.table if person.mode is Mode.ON_SITE else None


def _segments(rule: SegmentRule) -> tuple[str, str]:
    return normalise(rule.a), normalise(rule.b)


def _person(id: str, people: dict[str, Seeker]) -> str | None:
    """Follows `sits_with` to somebody who sits by themselves; in a circle, the lowest id does."""
    chain = [id]
    while (ahead := people[chain[-1]].sits_with) and ahead != chain[-1]:
        if ahead in chain:
            return min(chain[chain.index(ahead) :])
        if ahead not in people:
            return None
        chain.append(ahead)
    return chain[-1]


def _escorts(
    people: dict[str, Seeker], persons: dict[str, str | None], blocked: frozenset[tuple[str, str]]
) -> dict[str, tuple[str, ...]]:
    escorts: dict[str, tuple[str, ...]] = {}
    for id, person in persons.items():
        if person is None or person == id:
            continue
        together = [person, *escorts.get(person, ())]
        modes = {people[other].mode for other in (id, *together)}
        tables = {table_of(people[other]) for other in (id, *together)}
        is_blocked = any(pair(id, other) in blocked for other in together)
        if len(modes) == 1 and len(tables - {None}) < 2 and not is_blocked:
            escorts[person] = (*escorts.get(person, ()), id)
    return escorts


def _talks(person: Seeker, assistants: Iterable[str], people: dict[str, Seeker]) -> frozenset[str]:
    own = frozenset(person.languages)
    theirs = (frozenset(people[id].languages) for id in assistants)
    return own.union(*(spoken for spoken in theirs if spoken & own))


def _company(
    people: dict[str, Seeker], persons: dict[str, str | None], segments: Iterable[SegmentRule]
) -> tuple[tuple[str, str], ...]:
    counts = Counter(person.segment for id, person in people.items() if persons[id] == id)
    found: dict[tuple[str, str], None] = {}
    for rule in segments:
        a, b = _segments(rule)
        if rule.rule == MUST and a != b and counts[a] and counts[b]:
            found[(a, b) if counts[a] <= counts[b] else (b, a)] = None
    return tuple(found)


def _wrong_tables(here: list[Seeker], table: int | None) -> set[Broken]:
    fixed = [(at, person.id) for person in here if (at := table_of(person)) is not None]
    wrong = {Broken("table", pair(a, b)) for (s, a), (t, b) in combinations(fixed, 2) if s != t}
    if table is not None:
        wrong |= {Broken("table", (id,)) for at, id in fixed if at != table}
    return wrong


def _without_station(
    here: list[Seeker], stations: frozenset[int], table: int | None
) -> set[Broken]:
    online = [person.id for person in here if person.mode is Mode.ONLINE]
    fixed = {at for person in here if (at := table_of(person)) is not None}
    if len(online) in (0, len(here)) or (fixed | ({table} - {None})) <= stations:
        return set()
    return {Broken("station", (id,)) for id in online}


def _no_common_language(heads: list[Seeker], ids: set[str], rules: HardRules) -> set[Broken]:
    talks = {
        head.id: _talks(head, ids.intersection(rules.escorts.get(head.id, ())), rules.people)
        for head in heads
    }
    known = [languages for languages in talks.values() if languages]
    if not known or frozenset.intersection(*known):
        return set()
    return {Broken("language", tuple(sorted(id for id, spoken in talks.items() if spoken)))}


def _wrong_segments(heads: list[Seeker], rules: HardRules) -> set[Broken]:
    wrong = {
        Broken("segments", pair(a.id, b.id))
        for a, b in combinations(heads, 2)
        if (a.segment, b.segment) in rules.never
    }
    counts = Counter(head.segment for head in heads if head.segment)
    if rules.segment_most is not None:
        for segment, count in counts.items():
            if count > rules.segment_most:
                ids = (head.id for head in heads if head.segment == segment)
                wrong.add(Broken("segment-most", tuple(sorted(ids))))
    for segment, other in rules.company:
        if counts[segment] and not counts[other]:
            wrong |= {Broken("company", (h.id,)) for h in heads if h.segment == segment}
    return wrong
