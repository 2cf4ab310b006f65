"""An evening on paper: a list of people becomes a whole programme, without a server or a store.

Responsible for who of a list is seated, for planning (through `rooms.matching.offline`), for what
each person reads about a round, and for the sentences about what could not be had. Does not write
files (`paper_files.py`) and prints nothing.

Invariants: everybody of the list is in the plan, left out by a named remark, or a named bad row;
the same list, choices and seed give the same plan (unless it was given seconds to search).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec
from msgspec import Struct

from rooms.matching.affinity import rarity, reasons
from rooms.matching.ask import Seeker, seeker, with_wishes
from rooms.matching.offline import OfflineRound, Table, repeats_needed, whole_programme
from rooms.matching.outlook import outlook
from rooms.people import SEATED_ROLES, Attendee, Mode, SegmentRule, meant, normalise
from rooms.programme import USUAL_WEIGHTS, PlannedRound, Weights
from rooms.standing import Pair
from rooms.synonyms import meanings
from server.columns import read_table
from server.importing import plan_import, read_rows
from server.kept_apart import KeptApart, apart_columns, named_apart

PEOPLE_LIMIT = 5_000
"""The matcher's arrays grow with the square of the people: 5,000 take some 2 GB."""

NAMED = 10
"""So many people are named in one sentence; the others are counted."""


class CannotPlan(Exception):
    """There is nothing to plan with these people; the message is a sentence."""


class Choices(Struct, frozen=True, kw_only=True):
    """What the organiser asks of a programme on paper; `planned` holds the sizes of all rounds."""

    planned: PlannedRound
    rounds: int
    seconds: float | None = None
    """Of searching, for each round; None: as many steps as the number of people calls for."""
    seed: int = 0
    tables: int | None = None
    common_language: bool = False
    segments: tuple[SegmentRule, ...] = ()
    segment_most: int | None = None
    weights: Weights = USUAL_WEIGHTS
    synonyms: tuple[tuple[str, ...], ...] = ()


class Listed(Struct, frozen=True, kw_only=True):
    """Who of a list is seated, with the row each came from, and remarks on the others."""

    people: tuple[Attendee, ...]
    rows: tuple[int, ...]
    remarks: tuple[str, ...]
    blocked: frozenset[Pair] = frozenset()
    """Ids of people who are never to share a table."""


def listed(data: bytes) -> Listed:
    """Reads a CSV file of people; their ids follow from their rows, so that they stay the same.

    Raises Unreadable for a file that is no list, CannotPlan when fewer than two are to be seated.
    """
    table = read_table(data)
    columns = apart_columns(table)
    reading = read_rows(table, columns)
    plan = plan_import(reading, ())
    rows = sorted(plan.landings, key=lambda landing: landing.row)
    ids = {landing.attendee.id: f"p{landing.row:05}" for landing in rows}
    everybody = [
        msgspec.structs.replace(
            landing.attendee,
            id=ids[landing.attendee.id],
            sits_with=ids.get(landing.attendee.sits_with, ""),
            wishes=tuple(ids.get(wish, wish) for wish in landing.attendee.wishes),
        )
        for landing in rows
    ]
    remarks = [str(note) for note in plan.notes]
    remarks += [f"Row {skipped.row}: {skipped.why}" for skipped in reading.skipped]
    remarks += [f"Row {bad.row} was not taken: {bad.why}" for bad in plan.rejected]
    seated = [person for person in everybody if person.role in SEATED_ROLES]
    if others := [person.name for person in everybody if person.role not in SEATED_ROLES]:
        remarks.append(f"Not seated, since they are no attendees by their role: {_names(others)}.")
    online = sum(row.mode is Mode.ONLINE for row in reading.rows)
    if online:
        remarks.append(
            f"{online} of the list would come online; on paper everybody has a seat at a table."
        )
    if len(seated) < 2:
        found = "nobody" if not seated else f"only {seated[0].name}"
        raise CannotPlan(
            "\n".join([*remarks, f"It takes two to talk: the list has {found} to be seated."])
        )
    if len(seated) > PEOPLE_LIMIT:
        raise CannotPlan(
            f"The list has {len(seated):,} people; at most {PEOPLE_LIMIT:,} can be planned at once."
        )
    row_of = {ids[landing.attendee.id]: landing.row for landing in rows}
    apart = KeptApart(
        {row_of[person.id]: person for person in everybody}, named_apart(table, columns)
    )
    remarks += apart.remarks
    if apart.pairs:
        remarks.append(
            f"{_counted(len(apart.pairs), 'pair is', 'pairs are')} kept apart; nothing that is "
            "written says so."
        )
    return Listed(
        people=tuple(seated),
        rows=tuple(row_of[person.id] for person in seated),
        remarks=tuple(remarks),
        blocked=apart.pairs,
    )


def planned_rounds(people: Listed, choices: Choices) -> Iterator[OfflineRound]:
    """Yields the rounds of a programme, each as soon as it is solved."""
    return whole_programme(
        _seekers(people.people, choices),
        choices.planned,
        rounds=choices.rounds,
        seconds=choices.seconds,
        seed=choices.seed,
        tables=choices.tables,
        common_language=choices.common_language,
        segments=choices.segments,
        segment_most=choices.segment_most,
        weights=choices.weights,
        blocked=tuple(sorted(people.blocked)),
    )


def _seekers(people: Sequence[Attendee], choices: Choices) -> list[Seeker]:
    same = meanings(choices.synonyms)
    seen = [seeker(person, mode=Mode.ON_SITE, meanings=same) for person in people]
    return with_wishes(seen, people)


# What each person reads


class Mate(Struct, frozen=True, kw_only=True):
    """Somebody at one's table, and what there is to talk about, rarest interests first."""

    person: Attendee
    shared: tuple[str, ...]
    offers: tuple[str, ...]
    """What they offer and one seeks."""
    seeks: tuple[str, ...]
    """What they seek and one offers."""


class Stop(Struct, frozen=True, kw_only=True):
    """One round of one person; `table` None: they sit it out."""

    round: int
    table: int | None
    mates: tuple[Mate, ...] = ()

    @property
    def shared(self) -> tuple[str, ...]:
        """All interests shared with somebody at the table."""
        return tuple(dict.fromkeys(tag for mate in self.mates for tag in mate.shared))


class Paper:
    """A planned evening, to be written down: who sits where, with whom, and why."""

    def __init__(
        self,
        people: Listed,
        choices: Choices,
        rounds: Iterable[OfflineRound],
        *,
        title: str = "",
    ) -> None:
        self.title = title
        self.people = people.people
        self.rows = people.rows
        self.choices = choices
        self.rounds = tuple(rounds)
        self.by_id: Mapping[str, Attendee] = {person.id: person for person in people.people}
        self.seekers = _seekers(people.people, choices)
        self._same = meanings(choices.synonyms)
        self._rare = rarity(self.seekers)
        names = Counter(person.name for person in people.people)
        self._namesakes = {name for name, times in names.items() if times > 1}

    def at(self, table: Table) -> list[Attendee]:
        """Returns the people of a table."""
        return [self.by_id[id] for id in table.people]

    def label(self, person: Attendee) -> str:
        """Returns a name that nobody else has here, as far as the list tells them apart."""
        more = person.organisation or person.external_id
        return f"{person.name} ({more})" if person.name in self._namesakes and more else person.name

    def shared(self, people: list[Attendee]) -> tuple[str, ...]:
        """Returns interests that two or more of these people have, most widely shared first."""
        holders: dict[str, list[str]] = {}
        for person in people:
            for tag, written in meant(person.interests, self._same).items():
                holders.setdefault(tag, []).append(written)
        common = [tag for tag, written in holders.items() if len(written) > 1]
        common.sort(key=lambda tag: (-len(holders[tag]), -self._rare.get(tag, 1.0), tag))
        return tuple(holders[tag][0] for tag in common)

    @cached_property
    def itineraries(self) -> Mapping[str, tuple[Stop, ...]]:
        """What each person's evening is, by id: a stop for every round."""
        stops: dict[str, list[Stop]] = {person.id: [] for person in self.people}
        for planned in self.rounds:
            for table in planned.tables:
                people = self.at(table)
                for person in people:
                    others = (other for other in people if other is not person)
                    mates = tuple(self._mate(person, other) for other in others)
                    stop = Stop(round=planned.number, table=table.number, mates=mates)
                    stops[person.id].append(stop)
            for id in planned.sitting_out:
                stops[id].append(Stop(round=planned.number, table=None))
        return {id: tuple(found) for id, found in stops.items()}

    def _mate(self, person: Attendee, other: Attendee) -> Mate:
        mine, theirs = (meant(one.interests, self._same) for one in (person, other))
        shared = sorted(mine.keys() & theirs.keys(), key=lambda tag: (-self._rare[tag], tag))
        found = [one for one in reasons([person, other], self._same) if one.kind == "offer"]
        return Mate(
            person=other,
            shared=tuple(mine[tag] for tag in shared),
            offers=tuple(word for one in found if one.a == other.id for word in one.words),
            seeks=tuple(word for one in found if one.a == person.id for word in one.words),
        )


# What came of it, in words


def round_sentence(planned: OfflineRound) -> str:
    """Returns one round's numbers as a line."""
    if not planned.tables:
        return f"Round {planned.number}: nobody can be seated"
    sizes = Counter(len(table.people) for table in planned.tables)
    of = ", ".join(f"{n} of {size}" for size, n in sorted(sizes.items()))
    return (
        f"Round {planned.number}: {_counted(len(planned.tables), 'table')}"
        f"{f' ({of})' if of else ''}; {_counted(planned.repeats, 'pair')} met before; "
        f"{_counted(len(planned.sitting_out), 'sits', 'sit')} out; "
        f"affinity {planned.mean_affinity:.2f} on average, "
        f"{planned.worst_affinity:.2f} at worst, {planned.random_affinity:.2f} by lot"
    )


def summary(paper: Paper) -> list[str]:
    """Returns what an organiser should know about the whole plan, as sentences."""
    rounds = paper.rounds
    faces = sorted(
        len({mate.person.id for stop in stops for mate in stop.mates})
        for stops in paper.itineraries.values()
    )
    mean = sum(one.mean_affinity for one in rounds) / len(rounds)
    lot = sum(one.random_affinity for one in rounds) / len(rounds)
    tables = max(len(one.tables) for one in rounds)
    told = [
        f"{_counted(len(paper.people), 'person', 'people')}, {_counted(len(rounds), 'round')}, up "
        f"to {_counted(tables, 'table')}. Everybody meets {_range(faces[0], faces[-1])} "
        f"{'other' if faces[-1] == 1 else 'others'}. "
        f"Affinity {mean:.2f}, where tables drawn by lot have {lot:.2f}."
    ]
    told += [*_met_again(paper), *_odd_sizes(paper), *_without_table(paper), *_unheard(paper)]
    return [*told, *_looked_to(paper)]


def _looked_to(paper: Paper) -> Iterator[str]:
    """Says what became of ambassadors, first-timers and wishes, where the list has any."""
    seen = outlook(paper.seekers, paper.rounds)
    if seen.hosted:
        why = "" if seen.hosted == seen.rooms else "; there are too few of them"
        if seen.enough and why:
            why = "; not meeting again, or a rule, left no other way"
        yield (
            f"{seen.hosted} of {_counted(seen.rooms, 'table')} over the evening have an ambassador"
            f"{why}."
        )
    if seen.new_seats and seen.hosted:
        yield (
            f"First-timers sit with an ambassador {seen.welcomed} of "
            f"{_counted(seen.new_seats, 'time')}."
        )
    if seen.wishes:
        yield f"{seen.granted} of {_counted(seen.wishes, 'wish', 'wishes')} to meet come true."


def _met_again(paper: Paper) -> Iterator[str]:
    repeats = sum(one.repeats for one in paper.rounds)
    if not repeats:
        yield "Nobody meets the same person twice."
        return
    people, rounds = len(paper.people), len(paper.rounds)
    smallest = min(len(table.people) for one in paper.rounds for table in one.tables)
    why = (
        f": {people} people have too few new faces for {_counted(rounds, 'round')} at tables of "
        f"{smallest}. Fewer rounds or smaller tables need fewer"
        if repeats_needed(people, smallest, rounds)
        else ". Smaller tables, fewer rounds or more --seconds may avoid it"
    )
    yield f"{_counted(repeats, 'pair sits', 'pairs sit')} together again{why}."


def _odd_sizes(paper: Paper) -> Iterator[str]:
    planned = paper.choices.planned
    odd = sum(
        not planned.least <= len(table.people) <= planned.most
        for one in paper.rounds
        for table in one.tables
    )
    if odd:
        yield (
            f"{_counted(odd, 'table has', 'tables have')} fewer than {planned.least} or more than "
            f"{planned.most} people, since the list, the tables or a rule leave no other way."
        )


def _without_table(paper: Paper) -> Iterator[str]:
    out = Counter(id for one in paper.rounds for id in one.sitting_out)
    always = [id for id, times in out.items() if times == len(paper.rounds)]
    some = [id for id in out if id not in always]
    if always:
        names = _names([paper.label(paper.by_id[id]) for id in always])
        yield (
            f"Without a table in every round, since a rule (tables, languages, segments, whom they "
            f"sit with or apart from) leaves them nobody to sit with: {names}."
        )
    if some:
        names = _names([paper.label(paper.by_id[id]) for id in some])
        yield f"Sitting out, {_range(1, max(out[id] for id in some))} of the rounds each: {names}."


def _unheard(paper: Paper) -> Iterator[str]:
    """Names segments of the rules that nobody belongs to: a slip of the pen, most likely."""
    known = {normalise(person.segment) for person in paper.people}
    for rule in paper.choices.segments:
        for segment in dict.fromkeys((rule.a, rule.b)):
            if normalise(segment) not in known:
                yield f"Nobody in the list is of the segment “{segment}”."


def _names(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _range(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"
