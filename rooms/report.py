"""What came of an event, in numbers: for whoever organises it, while it runs and afterwards.

Responsible for the figures of the report and for what each stands for; read from the fold and the
register as of an instant. Deliberately words nothing and draws nothing.

Invariants: no note, block, one-sided yes or single rating can be told from any number here; what
people keep to themselves (stars, next steps) is counted from five people on (rules 18, 19, 23).

*Met* is 30 s together in a round, or a quarter of the round if that is shorter (rule 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from rooms.encounters import MET_MS, by_pair, rooms_by_round, round_encounters
from rooms.event import Event
from rooms.network import Network, Strength, Tie, measure, strength
from rooms.people import (
    HOST_ROLES,
    Goals,
    Mode,
    Register,
    Role,
    meant,
    normalise,
)
from rooms.standing import Pair, Room
from rooms.synonyms import meanings
from rooms.totals import Closing, Outcomes, closing, mean_stars, next_steps, outcomes

FEW = 2
"""Whoever met no more than so many people is named, so that the next round can mend it."""

INTERESTS_SHOWN = 10
"""The most shared ones that the report names."""


class Steps(Struct, frozen=True, kw_only=True):
    """From the list to a next step: how many people got how far."""

    listed: int
    """Had a place; hosts and stations are not counted anywhere here, nor who only asked or waited
    for a place and did not come."""
    invited: int
    """Of those, brought in by the organiser: imported, added, or sent a link."""
    by_themselves: int
    """The others: they signed up by the event's own link."""
    signed_up: int
    """Agreed to take part, or came."""
    came: int
    met: int
    """Met somebody."""
    contact: int
    """Have a contact: both said yes."""
    next_step: int | None
    """Wrote down a next step; None: fewer than five did."""
    step_done: int | None
    """Marked a next step as done; None: fewer than five did."""
    outcome: int | None
    """Said that something came of it; None: fewer than five have answered."""


class RoundFigures(Struct, frozen=True, kw_only=True):
    """One round as it was held. Instants in ms; `stars` is a mean, None below five people."""

    round: int
    kind: str
    starts_at: int
    ends_at: int
    rooms: int
    people: int
    on_site: int
    meetings: int
    """Pairs who met."""
    first_meetings: int
    """Of those, pairs who had not met in a round before."""
    minutes_each: float
    new_each: float
    contacts: int
    stars: float | None
    affinity: float | None
    """Mean affinity of roommates in the seating as proposed, from 0 to 1."""
    random_affinity: float | None
    """The same of a random draw of the same people into rooms of the same sizes."""


class Spread(Struct, frozen=True, kw_only=True):
    """How something is spread over those who came."""

    least: float
    median: float
    mean: float
    most: float
    counts: tuple[int, ...] = ()
    """How many people had from 0, from `step`, from twice that, … on."""
    step: int = 1


class ModeFigures(Struct, frozen=True, kw_only=True):
    """One of on site and online: means over those who came that way."""

    mode: str
    came: int
    minutes: float
    met: float
    contacts: float
    stars: float | None


class InterestFigures(Struct, frozen=True, kw_only=True):
    """One interest: pairs who met and share it, and contacts among them."""

    interest: str
    met: int
    contacts: int


class Someone(Struct, frozen=True, kw_only=True):
    """Somebody who came, by name."""

    id: str
    name: str
    met: int
    minutes: float


class Costs(Struct, frozen=True, kw_only=True):
    """The whole cost by how many of something there were; None: there were none."""

    attendee: float | None
    first_meeting: float | None
    contact: float | None
    next_step: float | None
    next_step_done: float | None


class Report(Struct, frozen=True, kw_only=True):
    """All numbers of an event as of an instant (ms)."""

    event_id: str
    title: str
    as_of: int
    began_at: int | None
    ended_at: int | None
    forgotten_at: int | None
    """Since when the minutes are forgotten; what is left then is in `steps` and in means."""
    over_at: int | None
    """When the last round held was over."""
    held: int
    """Rounds that were held."""
    steps: Steps
    declined: int
    """Said that they cannot come, and did not."""
    stayed: int
    """Came, and were in a room of the last round that was held."""
    first_meetings: int
    """Pairs who met, each counted once."""
    contacts: int
    """Pairs who both said yes."""
    next_steps: int | None
    """Next steps written down; None: by fewer than five people."""
    next_steps_done: int | None
    """Of those, done; None: by fewer than five people."""
    stars: float | None
    raters: int | None
    goals: Goals
    costs: Costs | None
    rounds: tuple[RoundFigures, ...]
    minutes: Spread
    met: Spread
    few: tuple[Someone, ...]
    modes: tuple[ModeFigures, ...]
    interests: tuple[InterestFigures, ...]
    closing: Closing | None
    """None: fewer than five people answered the closing questions."""
    outcomes: Outcomes | None
    """None: fewer than five people told what came of it."""
    strength: Strength
    network: Network
    """Of nobody, where the graph was not asked for."""
    names: dict[str, str]
    ties: tuple[Tie, ...]


class _Tally:
    """What one pass over the rounds finds."""

    def __init__(self) -> None:
        self.met: dict[Pair, int] = {}
        """Pairs who met, with the round of the first time."""
        self.new: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.rounds: list[RoundFigures] = []


def report(event: Event, register: Register, now: int, *, graph: bool = True) -> Report:
    """Returns an event's numbers as of `now` (ms), without `graph` those of its network not."""
    counted = {
        person.id
        for person in event.people.values()
        if person.role not in HOST_ROLES | {Role.STATION} and not person.erased
        if person.has_place or person.id in event.came
    }
    came = [id for id in event.came if id in counted]
    tally = _rounds(event, now)
    with_contact = {id for key in event.contacts for id in key}
    noted = next_steps(register, counted)
    told = outcomes(event, counted)
    ties = tuple(
        Tie(met.a, met.b, met.seconds, rounds) for met, rounds in by_pair(event.rooms.values(), now)
    )
    known = list(dict.fromkeys([*came, *(id for tie in ties for id in (tie.a, tie.b))]))
    signed_up = {id for id in counted if id in event.consents} | set(came)
    met_each = [tally.new[id] for id in came]
    last = max(rooms_by_round(event.rooms.values()).items(), default=None, key=lambda i: i[0])
    stayed = {stay.id for room in (last[1] if last else ()) for stay in room.stays}
    goals = register.details.goals
    stars, raters = mean_stars(event.ratings.items())
    by_themselves = len(counted & event.signed_up.keys())
    steps = Steps(
        listed=len(counted),
        invited=len(counted) - by_themselves,
        by_themselves=by_themselves,
        signed_up=len(signed_up),
        came=len(came),
        met=sum(1 for many in met_each if many),
        contact=len(with_contact & set(came)),
        next_step=noted.writers,
        step_done=noted.doers,
        outcome=told.something if told else None,
    )
    return Report(
        event_id=event.id,
        title=register.details.title,
        as_of=now,
        began_at=min(event.came.values(), default=None),
        ended_at=event.ended_at,
        forgotten_at=event.minutes_forgotten_at,
        over_at=max((one.ends_at for one in tally.rounds), default=None),
        held=len(tally.rounds),
        steps=steps,
        declined=len((event.declined.keys() & counted) - set(came)),
        stayed=len(stayed & set(came)),
        first_meetings=len(tally.met),
        contacts=len(event.contacts),
        next_steps=noted.written,
        next_steps_done=noted.done,
        stars=stars,
        raters=raters,
        goals=goals,
        costs=costs_of(
            goals,
            came=len(came),
            first_meetings=len(tally.met),
            contacts=len(event.contacts),
            next_steps=noted.written,
            next_steps_done=noted.done,
        ),
        rounds=tuple(tally.rounds),
        minutes=_spread([tally.seconds[id] / 60 for id in came]),
        met=_spread(met_each, counted=True),
        few=_few(register, came, tally),
        modes=_modes(event, came, tally),
        interests=_interests(event, register, tally.met),
        closing=closing(event, counted),
        outcomes=told,
        strength=strength(ties),
        network=measure(known, ties) if graph else measure((), ()),
        names={id: register.attendee(id).name for id in known},
        ties=ties,
    )


def _rounds(event: Event, now: int) -> _Tally:
    tally = _Tally()
    contacts = _contacts_by_round(event)
    for number, rooms in rooms_by_round(event.rooms.values()).items():
        needed = (max(room.met_ms for room in rooms) or MET_MS) / 1000
        people = list(dict.fromkeys(stay.id for room in rooms for stay in room.stays))
        meetings = first = seconds = 0
        for both in round_encounters(rooms, now):
            seconds += both.seconds
            tally.seconds[both.a] += both.seconds
            tally.seconds[both.b] += both.seconds
            if both.seconds < needed:
                continue
            meetings += 1
            if (both.a, both.b) not in tally.met:
                tally.met[both.a, both.b] = number
                first += 1
                tally.new[both.a] += 1
                tally.new[both.b] += 1
        drawn = event.drawn.get(number)
        rated = [(key, stars) for key, stars in event.ratings.items() if key[1] == number]
        tally.rounds.append(
            RoundFigures(
                round=number,
                kind=_kind(event, number),
                starts_at=min(room.starts_at for room in rooms),
                ends_at=max(_end(room, now) for room in rooms),
                rooms=len(rooms),
                people=len(people),
                on_site=sum(_is_on_site(event, id) for id in people),
                meetings=meetings,
                first_meetings=first,
                minutes_each=2 * seconds / 60 / len(people) if people else 0.0,
                new_each=2 * first / len(people) if people else 0.0,
                contacts=contacts[number],
                stars=mean_stars(rated)[0],
                affinity=drawn.mean_affinity if drawn else None,
                random_affinity=drawn.random_affinity if drawn else None,
            )
        )
    return tally


def _kind(event: Event, number: int) -> str:
    planned = event.plan.rounds
    return planned[number - 1].kind.value if number <= len(planned) else event.kind.value


def _end(room: Room, now: int) -> int:
    return max(room.starts_at, min(now, room.ends_at if room.ended_at is None else room.ended_at))


def _is_on_site(event: Event, id: str) -> bool:
    person = event.people.get(id)
    return person is not None and person.mode is Mode.ON_SITE


def _contacts_by_round(event: Event) -> Counter[int]:
    """Counts contacts by the last round that the two had begun together when it was made."""
    found: Counter[int] = Counter()
    for key, at in event.contacts.items():
        shared = [event.rooms[id] for id in event.acquainted.get(key, ()) if id in event.rooms]
        rounds = [room.round for room in shared if room.starts_at <= at]
        if rounds:
            found[max(rounds)] += 1
    return found


def costs_of(
    goals: Goals,
    *,
    came: int,
    first_meetings: int,
    contacts: int,
    next_steps: int | None,
    next_steps_done: int | None,
) -> Costs | None:
    """Returns the cost by how many of each there were; None: what it cost is not known."""
    if goals.cost is None:
        return None
    cost = goals.cost

    def each(many: int | None) -> float | None:
        return cost / many if many else None

    return Costs(
        attendee=each(came),
        first_meeting=each(first_meetings),
        contact=each(contacts),
        next_step=each(next_steps),
        next_step_done=each(next_steps_done),
    )


STEPS = 13
"""How many counts a spread has at the most."""


def _spread(values: Sequence[float], *, counted: bool = False) -> Spread:
    if not values:
        return Spread(least=0.0, median=0.0, mean=0.0, most=0.0)
    order = sorted(values)
    middle = len(order) // 2
    median = order[middle] if len(order) % 2 else (order[middle - 1] + order[middle]) / 2
    counts: tuple[int, ...] = ()
    step = 1
    if counted:
        step = int(order[-1]) // STEPS + 1
        of = Counter(int(value) // step for value in values)
        counts = tuple(of[number] for number in range(max(of) + 1))
    return Spread(
        least=order[0],
        median=median,
        mean=sum(values) / len(values),
        most=order[-1],
        counts=counts,
        step=step,
    )


def _few(register: Register, came: Sequence[str], tally: _Tally) -> tuple[Someone, ...]:
    """Returns who came and met few, fewest first, by name."""
    if not tally.rounds:
        return ()
    found = [
        Someone(
            id=id,
            name=register.attendee(id).name,
            met=tally.new[id],
            minutes=tally.seconds[id] / 60,
        )
        for id in came
        if tally.new[id] <= FEW
    ]
    return tuple(sorted(found, key=lambda one: (one.met, one.minutes, one.name, one.id)))


def _modes(event: Event, came: Sequence[str], tally: _Tally) -> tuple[ModeFigures, ...]:
    contacts = Counter(id for key in event.contacts for id in key)
    found = []
    for mode in (Mode.ON_SITE, Mode.ONLINE):
        here = [id for id in came if event.people[id].mode is mode]
        if not here:
            continue
        inside = set(here)
        rated = [item for item in event.ratings.items() if item[0][0] in inside]
        found.append(
            ModeFigures(
                mode=mode.value,
                came=len(here),
                minutes=sum(tally.seconds[id] for id in here) / 60 / len(here),
                met=sum(tally.new[id] for id in here) / len(here),
                contacts=sum(contacts[id] for id in here) / len(here),
                stars=mean_stars(rated)[0],
            )
        )
    return tuple(found)


def _interests(
    event: Event, register: Register, met: Mapping[Pair, int]
) -> tuple[InterestFigures, ...]:
    same = meanings(register.details.synonyms)
    written: dict[str, dict[str, str]] = {}

    def tags(id: str) -> dict[str, str]:
        if id not in written:
            written[id] = meant(register.attendee(id).interests, same)
        return written[id]

    pairs: Counter[str] = Counter()
    contacts: Counter[str] = Counter()
    # Of words that mean the same, the one the organiser put first stands for all.
    words = {normalise(group[0]): group[0] for group in register.details.synonyms}
    for key in met:
        mine, theirs = tags(key[0]), tags(key[1])
        for tag, word in mine.items():
            if tag in theirs:
                pairs[tag] += 1
                words.setdefault(tag, word)
                contacts[tag] += key in event.contacts
    order = sorted(pairs, key=lambda tag: (-pairs[tag], -contacts[tag], tag))
    return tuple(
        InterestFigures(interest=words[tag], met=pairs[tag], contacts=contacts[tag])
        for tag in order[:INTERESTS_SHOWN]
    )
