"""What a rehearsal found: figures, and what was wrong, from the attendees' own logs and the export.

Compares; it hears nothing itself. Bounds are the rules': nobody alone for more than 25 s without
choosing to, deadlines and ends within 250 ms, minutes within 2 s, nothing lost, nothing doubled.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

from msgspec import Struct

from rooms.messages import Phase
from server.rehearsal.attendee import SimulatedAttendee
from server.rehearsal.parts import Options
from server.rehearsal.stage import Stage
from server.rehearsal.witness import Witness

ALONE_SECONDS = 25.0
DEADLINE_MS = 250.0
END_MS = 250.0
MINUTES_SECONDS = 2.0
MET_SECONDS = 30.0
START_MS = 1000.0
CHAT_MARGIN_MS = 1500.0
"""Somebody who came or went this close to a message may or may not have heard it."""
SETTLED_MS = 2000.0
EXAMPLES = 5

Pair = tuple[str, str, int]
"""Two people's ids in order, and the round."""


class RoundFigures(Struct, frozen=True, kw_only=True):
    """One round as its people saw it. Times are milliseconds."""

    round: int
    rooms: int
    seated: int
    sizes: dict[str, int]
    repeats: int
    to_last_room_ms: float | None
    """From `start-round` to the last `room` message; None: the clock called the round."""
    deadline_spread_ms: float
    start_lateness_ms: float
    end_lateness_ms: float
    not_told: int


class Figures(Struct, frozen=True, kw_only=True):
    """The whole rehearsal."""

    people: int
    joined: int
    connects: int
    resumed: int
    full_views: int
    never_came: int
    rounds: list[RoundFigures]
    repeats: int
    repeats_avoidable: bool
    """Whether so many, on site and online apart, can surely be seated without a repeat."""
    longest_alone_s: float
    left_over_silently: int
    said: int
    lost: int
    doubled: int
    acknowledged_but_unheard: int
    unanswered: int
    answered_twice: int
    refusals: dict[str, int]
    across: float
    """The share of pairs who met that are of somebody on site and somebody online."""
    mixed_people: float
    """The share of people who met somebody of the other mode."""
    closed: dict[str, int]
    contacts: int
    contacts_missing: int
    contacts_leaked: int
    pairs_logged: int
    pairs_exported: int
    pairs_missing: int
    pairs_invented: int
    seconds_off_most: float
    seconds_off_median: float
    pairs_off: int
    exported_contact_wrong: int
    wrong: list[str]
    """One sentence for each thing that was not as it has to be; empty: all is well."""
    examples: list[str]


class Exported(Struct, frozen=True):
    """One row of `pairs.csv`."""

    seconds: float
    contact: bool


def read_pairs(text: str) -> dict[Pair, Exported]:
    """Returns the rows of `pairs.csv` by (a, b, round)."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return {
        (row["a_id"], row["b_id"], int(row["round"])): Exported(
            float(row["seconds_together"]), row["contact"] == "mutual"
        )
        for row in rows
    }


def judge(
    cast: Sequence[SimulatedAttendee],
    stage: Stage,
    pairs: dict[Pair, Exported],
    options: Options,
    rounds: int,
    troubles: Iterable[str],
) -> Figures:
    """Compares all logs with each other and with the export; returns the figures."""
    end = stage.now()
    wrong = list(troubles)
    examples: list[str] = []
    came = [one for one in cast if one.witness.me]
    by_round = [_round(came, stage, number, end) for number in range(1, rounds + 1)]
    repeats, repeated = _repeats(came, rounds, end)
    groups = [sum(one.part.on_site is where for one in came) for where in (True, False)]
    avoidable = all(not many or many >= 3 * rounds * options.size for many in groups)
    alone, who = max(((one.witness.longest_alone(end), one.id) for one in came), default=(0.0, ""))
    lost, lost_examples = _lost(came)
    heard_texts = {said.text for one in came for said in one.witness.said.values()}
    unheard = sum(len(one.acked - heard_texts) for one in came)
    minutes = _Minutes.of(came, pairs, end)
    contacts = _Contacts.of(came, pairs)
    met = {(a, b) for a, b, _ in pairs}
    examples += [f"alone for {alone:.1f} s: {who}"] if alone > ALONE_SECONDS else []
    examples += lost_examples + minutes.examples + repeated[:EXAMPLES]
    across = _across(came, met)
    figures = Figures(
        people=len(cast),
        joined=len(came),
        connects=sum(one.chain.connects for one in cast),
        resumed=sum(one.chain.resumed for one in cast),
        full_views=sum(one.witness.full_views for one in cast),
        never_came=len(cast) - len(came),
        rounds=by_round,
        repeats=repeats,
        repeats_avoidable=avoidable,
        longest_alone_s=round(alone, 1),
        left_over_silently=sum(one.not_told for one in by_round),
        said=len({id for one in came for id in one.witness.said}),
        lost=lost,
        doubled=sum(one.witness.doubled for one in came),
        acknowledged_but_unheard=unheard,
        unanswered=sum(len(one.chain.unanswered) for one in came if one.witness.connected),
        answered_twice=sum(one.chain.answered_twice for one in came),
        refusals=_counted(code for one in came for code in one.refusals),
        closed=_counted(str(ended.code or "abruptly") for one in came for ended in one.ends),
        across=round(len(across) / len(met), 3) if met else 0.0,
        mixed_people=round(len({id for both in across for id in both}) / max(1, len(came)), 3),
        contacts=contacts.made,
        contacts_missing=contacts.missing,
        contacts_leaked=contacts.leaked,
        pairs_logged=minutes.logged,
        pairs_exported=len(pairs),
        pairs_missing=minutes.missing,
        pairs_invented=minutes.invented,
        seconds_off_most=round(minutes.most, 2),
        seconds_off_median=round(minutes.median, 2),
        pairs_off=minutes.off,
        exported_contact_wrong=contacts.exported_wrong,
        wrong=wrong,
        examples=examples,
    )
    wrong += _wrong(figures)
    return figures


def _across(came: list[SimulatedAttendee], met: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Returns the pairs who met of whom one is on site and the other online."""
    on_site = {one.id for one in came if one.part.on_site}
    return {(a, b) for a, b in met if (a in on_site) != (b in on_site)}


def _wrong(figures: Figures) -> list[str]:
    """Returns one sentence for each bound that was not kept."""
    f = figures
    spread = max((one.deadline_spread_ms for one in f.rounds), default=0.0)
    late = max((one.end_lateness_ms for one in f.rounds), default=0.0)
    slow = max((one.to_last_room_ms or 0.0 for one in f.rounds), default=0.0)
    bounds = [
        (f.never_came, f"{f.never_came} people could not come in."),
        (
            f.repeats and f.repeats_avoidable,
            f"{f.repeats} pairs met again though that could be avoided.",
        ),
        (
            f.longest_alone_s > ALONE_SECONDS,
            f"Somebody was alone for {f.longest_alone_s} s without choosing to wait.",
        ),
        (f.left_over_silently, f"{f.left_over_silently} times nobody told somebody about a seat."),
        (spread > DEADLINE_MS, f"Deadlines were seen {spread:.0f} ms apart."),
        (late > END_MS, f"A round ended {late:.0f} ms late."),
        (slow > START_MS, f"The last `room` came {slow:.0f} ms after the call."),
        (f.lost, f"{f.lost} messages were lost."),
        (f.doubled, f"{f.doubled} messages came twice."),
        (f.acknowledged_but_unheard, f"{f.acknowledged_but_unheard} acknowledged words are gone."),
        (f.unanswered, f"{f.unanswered} commands were never answered."),
        (f.answered_twice, f"{f.answered_twice} commands were answered twice."),
        (f.contacts_missing, f"{f.contacts_missing} contacts were not told to one of the two."),
        (f.contacts_leaked, f"{f.contacts_leaked} contacts were told without both saying yes."),
        (f.pairs_missing, f"{f.pairs_missing} pairs are missing in the export."),
        (f.pairs_invented, f"{f.pairs_invented} exported pairs were in nobody's log."),
        (f.pairs_off, f"{f.pairs_off} pairs' seconds are off by up to {f.seconds_off_most} s."),
        (f.exported_contact_wrong, f"{f.exported_contact_wrong} pairs' contact is exported wrong."),
    ]
    return [sentence for broken, sentence in bounds if broken]


def _round(came: list[SimulatedAttendee], stage: Stage, number: int, end: float) -> RoundFigures:
    witnesses = [one.witness for one in came]
    seen = {id: room for one in witnesses for id, room in one.rooms.items() if room.round == number}
    in_rooms: dict[str, set[str]] = defaultdict(set)
    for one in witnesses:
        for id, room in one.rooms.items():
            if room.round == number:
                in_rooms[id].add(one.me)
    called = stage.called_at.get(number)
    ends = [
        room.ends_at - one.offset
        for one in witnesses
        for room in one.rooms.values()
        if room.round == number and one.connected
    ]
    starts = [
        one.phase_at[number, Phase.ROUND] - (one.round_bounds[number][0] - one.offset)
        for one in witnesses
        if (number, Phase.ROUND) in one.phase_at and number in one.round_bounds
    ]
    overs = [
        at - (one.round_bounds[number][1] - one.offset)
        for one in witnesses
        if number in one.round_bounds and (at := _over_at(one, number)) is not None
    ]
    first_rooms = [
        one.first_room_at[number] - called
        for one in witnesses
        if called is not None
        and number in one.first_room_at
        and one.first_room_at[number] < one.phase_at.get((number, Phase.ROUND), float("inf"))
        and (number, Phase.PREVIEW) in one.phase_at
        and one.connected_through(called, one.first_room_at[number])
    ]
    return RoundFigures(
        round=number,
        rooms=len(seen),
        seated=len({who for people in in_rooms.values() for who in people}),
        sizes=_counted(str(len(room.people)) for room in seen.values()),
        repeats=_repeats(came, number, end)[0] - _repeats(came, number - 1, end)[0],
        to_last_room_ms=round(max(first_rooms), 1) if first_rooms else None,
        deadline_spread_ms=round(max(ends) - min(ends), 1) if ends else 0.0,
        start_lateness_ms=round(max(starts, default=0.0), 1),
        end_lateness_ms=round(max(overs, default=0.0), 1),
        not_told=sum(_not_told(one, number) for one in witnesses),
    )


def _over_at(witness: Witness, number: int) -> float | None:
    """Returns when one heard that a round was over; None when away at that time."""
    over = [at for (n, p), at in witness.phase_at.items() if n == number and p is Phase.BREAK]
    over += [at for (n, p), at in witness.phase_at.items() if n == number and p is Phase.LOBBY]
    if not over or number not in witness.round_bounds:
        return None
    deadline = witness.round_bounds[number][1] - witness.offset
    return min(over) if witness.connected_through(deadline, min(over)) else None


def _not_told(witness: Witness, number: int) -> bool:
    """Says whether one was there when a round began, and heard neither of a room nor why not."""
    began = witness.phase_at.get((number, Phase.ROUND))
    if began is None or number in witness.told:
        return False
    return witness.connected_through(began - SETTLED_MS, began + SETTLED_MS)


def _repeats(came: list[SimulatedAttendee], rounds: int, end: float) -> tuple[int, list[str]]:
    """Returns how often two who had met (rule 4) sat together again, with examples.

    Sharing a room's list is not enough: somebody may have come after the other had left.
    """
    together: dict[tuple[str, str], set[int]] = defaultdict(set)
    met: dict[tuple[str, str], int] = {}
    for one in came:
        for (mate, number), seconds in one.witness.seconds_together(end).items():
            starts_at, ends_at = one.witness.round_bounds.get(number, (0, 0))
            a, b = sorted((one.id, mate))
            if seconds >= 1:
                together[a, b].add(number)
            if seconds >= min(MET_SECONDS, (ends_at - starts_at) / 4000):
                met[a, b] = min(number, met.get((a, b), number))
    again = {
        pair: sorted(number for number in together[pair] if first < number <= rounds)
        for pair, first in met.items()
    }
    examples = [
        f"{a} and {b} met in round {met[a, b]}, and sat together again in {numbers}"
        for (a, b), numbers in again.items()
        if numbers
    ]
    return sum(len(numbers) for numbers in again.values()), examples


def _lost(came: list[SimulatedAttendee]) -> tuple[int, list[str]]:
    """Returns how many messages did not reach somebody who sat in their room, with examples."""
    all_said = {id: said for one in came for id, said in one.witness.said.items()}
    lost = 0
    examples: list[str] = []
    sat: dict[str, list[SimulatedAttendee]] = defaultdict(list)
    for one in came:
        for room in one.witness.rooms:
            sat[room].append(one)
    for id, said in all_said.items():
        for one in sat.get(said.room, []):
            witness = one.witness
            if id in witness.said or not witness.was_in(said.room, said.at, CHAT_MARGIN_MS):
                continue
            if witness.heard_after(said.at):
                lost += 1
                examples.append(f"{one.id} never heard {id} in {said.room}: {said.text}")
    return lost, examples[:EXAMPLES]


class _Contacts(Struct, frozen=True, kw_only=True):
    """Who said yes to each other, beside what they were told and what was exported."""

    made: int
    missing: int
    """Contacts not told to one of the two, who was there to the end."""
    leaked: int
    """Contacts told though not both said yes."""
    exported_wrong: int
    """Pairs who met and whose contact the export says wrong."""

    @classmethod
    def of(cls, came: list[SimulatedAttendee], pairs: dict[Pair, Exported]) -> _Contacts:
        yes = {one.id: one.yes for one in came}
        mutual = {(a, b) for a in yes for b in yes[a] if a in yes.get(b, ())}
        told = {(one.id, other) for one in came for other in one.witness.contacts}
        stayed = {one.id for one in came if one.witness.connected and not one.gone}
        met = {(a, b) for a, b, _ in pairs}
        exported = {(a, b) for (a, b, _), row in pairs.items() if row.contact}
        return cls(
            made=len(mutual) // 2,
            missing=sum(a in stayed for a, _ in mutual - told),
            leaked=len(told - mutual),
            exported_wrong=len(exported ^ {(a, b) for a, b in mutual if a < b and (a, b) in met}),
        )


class _Minutes(Struct, frozen=True, kw_only=True):
    """The attendees' own logs beside the export."""

    logged: int
    missing: int
    invented: int
    off: int
    most: float
    median: float
    examples: list[str]

    @classmethod
    def of(cls, came: list[SimulatedAttendee], pairs: dict[Pair, Exported], end: float) -> _Minutes:
        logs: dict[Pair, list[float]] = defaultdict(list)
        for one in came:
            for (mate, number), seconds in one.witness.seconds_together(end).items():
                a, b = sorted((one.id, mate))
                logs[a, b, number].append(seconds)
        missing = invented = off = 0
        differences: list[float] = []
        examples: list[str] = []
        for pair in sorted(logs.keys() | pairs.keys()):
            own = logs.get(pair, [])
            exported = pairs[pair].seconds if pair in pairs else 0.0
            worst = max((abs(exported - seconds) for seconds in own), default=exported)
            differences.append(worst)
            if worst <= MINUTES_SECONDS:
                continue
            missing += pair not in pairs
            invented += not own
            off += pair in pairs and bool(own)
            logged = ", ".join(f"{seconds:.1f}" for seconds in own) or "nothing"
            examples.append(f"{pair}: exported {exported:.0f} s, logged {logged}")
        return cls(
            logged=sum(any(s >= 1 for s in own) for own in logs.values()),
            missing=missing,
            invented=invented,
            off=off,
            most=max(differences, default=0.0),
            median=median(differences) if differences else 0.0,
            examples=examples[:EXAMPLES],
        )


def _counted(words: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for word in words:
        counts[word] += 1
    return dict(sorted(counts.items()))
