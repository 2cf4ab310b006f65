"""The proposal in the hosts' hands: override, pin, swap, reshuffle, relax (2, 6).

A proposal's rooms are numbered from 1 in its own order. What a host changes is kept as a pin, so
that a later solving draws only the rest. Deliberately solves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from rooms import commands as c
from rooms import facts as f
from rooms import seating
from rooms.deciding import Deciding
from rooms.event import Event
from rooms.lobby import pool, station_tables
from rooms.matching.affinity import affinity
from rooms.matching.rules import Broken, beyond_places, broken, tables_twice
from rooms.matching.wanted import basis_now, terms_of
from rooms.programme import Allow
from rooms.refusal import Refusal
from rooms.topics import held

Rooms = list[list[str]]


def check_is_ahead(event: Event, size: int | None) -> None:
    """Raises Refusal unless a round is to come that is not called yet, and may have this size."""
    planned = event.next_planned
    if planned is None:
        raise Refusal("programme-over", "The programme has no further round.")
    if event.called is not None:
        raise Refusal("already-called", "The next round is called already.")
    if size is not None and not planned.least <= size <= planned.most:
        raise Refusal(
            "bad-size",
            "Rooms of this round have {least} to {most} people.",
            least=planned.least,
            most=planned.most,
        )


def propose(deciding: Deciding, command: c.ProposeRound) -> None:
    """Overrides the next round's plan, and has its seating worked out anew."""
    deciding.require_host()
    event = deciding.event
    check_is_ahead(event, command.size)
    before = event.asked
    prompt = before.prompt if before is not None else ""
    if command.prompt is not None:
        prompt = deciding.wrote_text(command.prompt)
    deciding.happened(
        f.RoundProposed(
            at=deciding.now,
            round=event.round + 1,
            kind=command.kind or (before.kind if before is not None else None),
            seconds=command.seconds if command.seconds is not None else _of(before, "seconds"),
            size=command.size if command.size is not None else _of(before, "size"),
            prompt=prompt,
            seed=command.seed if command.seed is not None else _of(before, "seed"),
            instead_of=before.instead_of if before is not None else (),
            by=deciding.by,
        )
    )


def _of(asked: f.RoundProposed | None, name: str) -> int | None:
    value = getattr(asked, name) if asked is not None else None
    return value if isinstance(value, int) else None


def reshuffle(deciding: Deciding) -> None:
    """Has all that is not pinned drawn anew: from another seed, and not the same rooms again.

    A small event has one best seating, which every seed finds.
    """
    deciding.require_host()
    before = _Before(deciding.event)
    rooms = _current(deciding)
    pinned = {frozenset(ids) for ids in deciding.event.pinned}
    others = tuple(tuple(ids) for ids in rooms if frozenset(ids) not in pinned)
    draw_anew(deciding, seed=deciding.event.count, instead_of=others)
    before.may_be_undone(deciding, redrawn=True)


def relax(deciding: Deciding, command: c.Relax) -> None:
    """Says what gives way first in the next round, which is drawn anew by it (rule 6)."""
    deciding.require_host()
    event = deciding.event
    _require_ahead(event)
    allow = None if command.allow is Allow.PROGRAMME else command.allow
    if allow is event.allowed:
        raise Refusal("already-there", "That is how the next round is worked out already.")
    before = _Before(event)
    deciding.happened(f.Relaxed(at=deciding.now, allow=allow, by=deciding.by))
    if event.proposal is not None:
        before.may_be_undone(deciding, redrawn=True)


def draw_anew(
    deciding: Deciding, *, seed: int | None, instead_of: tuple[tuple[str, ...], ...]
) -> None:
    """Has all that is not pinned drawn anew, from this seed, and not these rooms again."""
    asked = deciding.event.asked
    deciding.happened(
        f.RoundProposed(
            at=deciding.now,
            round=deciding.event.round + 1,
            kind=asked.kind if asked is not None else None,
            seconds=_of(asked, "seconds"),
            size=_of(asked, "size"),
            prompt=asked.prompt if asked is not None else "",
            seed=seed,
            instead_of=instead_of,
            by=deciding.by,
        )
    )


# Pins


def pin(deciding: Deciding, command: c.Pin) -> None:
    """Keeps people together in a room, or a room as it is; neither: lets go of all that is kept."""
    deciding.require_host()
    rooms = _current(deciding)
    _require_seen(deciding, command.seen)
    if not command.keep:
        _let_go(deciding, command, rooms)
    elif command.people:
        _keep_people(deciding, command, rooms)
    elif command.room is not None:
        target = tuple(_numbered(rooms, command.room))
        kept = _without(deciding.event.pinned, target)
        _change(deciding, rooms, (*kept, target), _apart_from(deciding.event.together, target))
    else:
        _change(deciding, rooms, (), ())


def _keep_people(deciding: Deciding, command: c.Pin, rooms: Rooms) -> None:
    """Keeps people in one room of the proposal, moved there where they are not; others may go."""
    event = deciding.event
    wanted = tuple(dict.fromkeys(command.people))
    _require_placed(deciding, wanted)
    seated = [id for id in wanted if any(id in ids for ids in rooms)]
    if command.room is not None:
        target = _numbered(rooms, command.room)
    elif seated:
        target = next(ids for ids in rooms if seated[0] in ids)
    else:
        raise Refusal("not-seated", "This person has no seat in the proposal.")
    look = _look(deciding)
    party = _with_assistants(look, wanted)
    came = [id for id in party if id not in target]
    for id in came:
        for ids in rooms:
            if id in ids:
                ids.remove(id)
        target.append(id)
    planned = event.next_planned
    most = max(planned.most, event.next_size) if planned is not None else len(target)
    if came and len(_heads(look, target)) > most:
        raise Refusal("room-full", "That room is full: it takes {most} people.", most=most)
    rooms = [ids for ids in rooms if ids]
    pinned = tuple(ids for ids in event.pinned if not set(ids) & set(came))
    if frozenset(target) - set(came) in {frozenset(ids) for ids in event.pinned}:
        pinned = (*_without(event.pinned, tuple(set(target) - set(came))), tuple(target))
    if not came:
        # Nothing moves: the seating as a whole may stand as it is.
        _change(deciding, rooms, event.pinned, _joined(event.together, target, party))
        return
    check_rules(deciding, rooms, look)
    _change(deciding, rooms, pinned, _joined(event.together, target, party))


def _let_go(deciding: Deciding, command: c.Pin, rooms: Rooms) -> None:
    """Lets go of these people, or of that room and all who are kept in it."""
    event = deciding.event
    if command.room is not None:
        target = frozenset(_numbered(rooms, command.room))
        gone = target if not command.people else frozenset(command.people)
        pinned = tuple(ids for ids in event.pinned if frozenset(ids) != target)
    else:
        gone = frozenset(command.people)
        pinned = tuple(ids for ids in event.pinned if not gone & set(ids))
    _change(deciding, rooms, pinned, _apart_from(event.together, gone))


def _without(
    pinned: tuple[tuple[str, ...], ...], room: tuple[str, ...]
) -> tuple[tuple[str, ...], ...]:
    return tuple(ids for ids in pinned if frozenset(ids) != frozenset(room))


def _apart_from(
    together: tuple[tuple[str, ...], ...], gone: Iterable[str]
) -> tuple[tuple[str, ...], ...]:
    out = set(gone)
    left = (tuple(id for id in ids if id not in out) for ids in together)
    return tuple(ids for ids in left if ids)


def _joined(
    together: tuple[tuple[str, ...], ...], room: Sequence[str], kept: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Adds people to those who are kept together in a room already."""
    others = _apart_from(together, kept)
    here = [id for ids in others if set(ids) & set(room) for id in ids]
    apart = tuple(ids for ids in others if not set(ids) & set(room))
    return (*apart, tuple(dict.fromkeys([*here, *kept])))


def _with_assistants(look: seating.Placing, ids: Sequence[str]) -> list[str]:
    """Returns people with those who sit with them, as far as they are in the pool."""
    rules = look.rules
    heads = {rules.persons.get(id) or id for id in ids}
    return [*ids, *(id for id, head in rules.persons.items() if head in heads and id not in ids)]


def _heads(look: seating.Placing, ids: Iterable[str]) -> list[str]:
    persons = look.rules.persons
    return [id for id in ids if persons.get(id) == id]


# Swaps


def swap(deciding: Deciding, command: c.Swap) -> None:
    """Swaps two people of the proposal, and keeps their rooms so; one of them may sit out."""
    deciding.require_host()
    rooms = _current(deciding)
    _require_seen(deciding, command.seen)
    _require_placed(deciding, (command.a, command.b))
    places = [
        next(((ids, ids.index(id)) for ids in rooms if id in ids), None)
        for id in (command.a, command.b)
    ]
    if places[0] is None and places[1] is None:
        raise Refusal("not-seated", "This person has no seat in the proposal.")
    if places[0] is not None and places[1] is not None and places[0][0] is places[1][0]:
        raise Refusal("already-there", "They sit in the same room already.")
    for place, coming in zip(places, (command.b, command.a), strict=True):
        if place is not None:
            place[0][place[1]] = coming
    look = _look(deciding)
    _take_assistants_along(look, rooms, (command.a, command.b))
    check_rules(deciding, rooms, look)
    changed = [tuple(place[0]) for place in places if place is not None]
    event = deciding.event
    pinned = tuple(ids for ids in event.pinned if not {command.a, command.b} & set(ids))
    touched = {id for ids in changed for id in ids} | {command.a, command.b}
    _change(deciding, rooms, (*pinned, *changed), _apart_from(event.together, touched))


def _take_assistants_along(look: seating.Placing, rooms: Rooms, moved: Sequence[str]) -> None:
    """Seats assistants with their persons again (rule 3)."""
    persons = look.rules.persons
    for ids in rooms:
        for id in [id for id in ids if persons.get(id) in moved and persons.get(id) != id]:
            if persons[id] not in ids:
                ids.remove(id)
                home = next((other for other in rooms if persons[id] in other), None)
                if home is not None:
                    home.append(id)


# The proposal as it is, and as it becomes


class _Before:
    """The proposal as it was before a change, for undoing it."""

    def __init__(self, event: Event) -> None:
        self.proposal = event.proposal
        self.pinned, self.together = event.pinned, event.together
        self.allow, self.asked = event.allowed, event.asked

    def may_be_undone(self, deciding: Deciding, *, redrawn: bool = False) -> None:
        """Notes it, for who made the change."""
        if self.proposal is None:
            return
        deciding.happened(
            f.ProposalChanged(
                at=deciding.now,
                by=deciding.by,
                rooms=self.proposal.rooms,
                sitting_out=self.proposal.sitting_out,
                pinned=self.pinned,
                together=self.together,
                allow=self.allow,
                seed=_of(self.asked, "seed"),
                instead_of=self.asked.instead_of if self.asked is not None else (),
                redrawn=redrawn,
            )
        )


def _require_ahead(event: Event) -> None:
    if event.next_planned is None:
        raise Refusal("programme-over", "The programme has no further round.")
    if event.called is not None:
        raise Refusal("already-called", "The next round is called already.")


def _current(deciding: Deciding) -> Rooms:
    """Returns the next round's proposed rooms, to be changed; refuses where there are none."""
    event = deciding.event
    _require_ahead(event)
    proposal = event.proposal
    if proposal is None or proposal.round != event.round + 1:
        raise Refusal("no-proposal", "The next seating is still being worked out.")
    return [list(ids) for ids in proposal.rooms]


def _require_seen(deciding: Deciding, seen: int | None) -> None:
    """Refuses what was asked of another proposal than stands, unless the asker made that one."""
    event = deciding.event
    own = event.undoable.get(deciding.by)
    is_own = own is not None and not own.redrawn and own.proposed == event.proposed
    if seen is not None and seen != event.proposed and not is_own:
        raise Refusal("overtaken", "The seating was changed meanwhile. Please look at it again.")


def _require_placed(deciding: Deciding, ids: Iterable[str]) -> None:
    """Refuses people who are unknown, or whom the proposal does not know."""
    proposal = deciding.event.proposal
    known = {id for ids in proposal.rooms for id in ids} if proposal is not None else set()
    known |= set(proposal.sitting_out) if proposal is not None else set()
    here = set(pool(deciding.event, deciding.now))
    for id in ids:
        deciding.person(id)
        if id not in known or id not in here:
            raise Refusal("not-seated", "This person has no seat in the proposal.")


def _numbered(rooms: Rooms, number: str) -> list[str]:
    if not number.isdecimal() or not 1 <= int(number) <= len(rooms):
        raise Refusal("unknown-room", "There is no room with this id.")
    return rooms[int(number) - 1]


def _look(deciding: Deciding) -> seating.Placing:
    """Returns the rules among all who may be seated now: who is fewer, and so who must be met."""
    event = deciding.event
    here = pool(event, deciding.now)
    stations = station_tables(event, deciding.now)
    return seating.placing(event, deciding.register, here, held(event, here), stations=stations)


def check_rules(
    deciding: Deciding, rooms: Sequence[Sequence[str]], look: seating.Placing | None = None
) -> None:
    """Refuses a seating that breaks a hard rule which the proposal did not break before.

    Who is gone since is taken out when the round begins: they break nothing.
    """
    look = look if look is not None else _look(deciding)
    proposal = deciding.event.proposal
    before = {frozenset(ids): ids for ids in (proposal.rooms if proposal is not None else ())}
    after = {frozenset(ids): ids for ids in rooms}
    changed = [ids for key, ids in after.items() if key not in before]
    stood = [ids for key, ids in before.items() if key not in after]
    wrong = _broken_by(look, changed) - _broken_by(look, stood)
    for check in (tables_twice, beyond_places):
        wrong |= check(rooms, look.rules) - check(before.values(), look.rules)
    seating.refuse_broken(wrong)


def _broken_by(look: seating.Placing, rooms: Iterable[Sequence[str]]) -> set[Broken]:
    here = look.rules.people
    return {
        cause for ids in rooms for cause in broken([id for id in ids if id in here], look.rules)
    }


def _change(
    deciding: Deciding,
    rooms: Rooms,
    pinned: Sequence[tuple[str, ...]],
    together: Sequence[tuple[str, ...]],
) -> None:
    """Keeps a changed proposal with these pins; as far as they are rooms of it."""
    event = deciding.event
    before = _Before(event)
    if before.proposal is None:
        return
    standing = {frozenset(ids) for ids in rooms}
    kept = {frozenset(ids): ids for ids in pinned if frozenset(ids) in standing}
    loose = tuple(ids for ids in together if not any(set(ids) & room for room in kept))
    deciding.happened(
        f.Pinned(at=deciding.now, rooms=tuple(kept.values()), together=loose, by=deciding.by)
    )
    seated = {id for ids in rooms for id in ids}
    known = (*before.proposal.sitting_out, *(id for ids in before.proposal.rooms for id in ids))
    offer(deciding, rooms, [id for id in known if id not in seated])
    before.may_be_undone(deciding)


def offer(deciding: Deciding, rooms: Sequence[Sequence[str]], sitting_out: Sequence[str]) -> None:
    """Makes these rooms the proposal, with its numbers, as an answer to what is wanted now."""
    event, before = deciding.event, deciding.event.proposal
    mean, worst = _worth(deciding, rooms)
    as_large = before is not None and _sizes(rooms) == _sizes(before.rooms)
    basis = basis_now(event, deciding.register, deciding.now)
    placed = {id for ids in (*rooms, sitting_out) for id in ids}
    if placed != set(pool(event, deciding.now)):
        basis = terms_of(basis)  # who came or went meanwhile is still to be seen to
    deciding.happened(
        f.SeatingOffered(
            at=deciding.now,
            round=event.round + 1,
            basis=basis,
            rooms=tuple(tuple(ids) for ids in rooms),
            sitting_out=tuple(sitting_out),
            seed=before.seed if before is not None else 0,
            steps=before.steps if before is not None else 0,
            repeats=seating.count_repeats(event, rooms),
            mean_affinity=mean,
            worst_affinity=worst,
            random_affinity=before.random_affinity if before is not None else 0.0,
            random_worst=before.random_worst if before is not None else 0.0,
            bound_affinity=max(mean, before.bound_affinity) if before and as_large else 0.0,
            causes=before.causes if before is not None else (),
            relaxations=before.relaxations if before is not None else (),
        )
    )


def _sizes(rooms: Iterable[Sequence[str]]) -> list[int]:
    return sorted(map(len, rooms))


def _worth(deciding: Deciding, rooms: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Returns the mean affinity over pairs of roommates, and the worst-off person's mean."""
    look = _look(deciding)
    people = look.rules.people
    total, pairs, worst = 0.0, 0, 1.0
    for ids in rooms:
        here = [id for id in ids if look.rules.persons.get(id) == id]
        own = dict.fromkeys(here, 0.0)
        for a, b in combinations(here, 2):
            worth = affinity(people[a], people[b], look.rare, look.weights)
            own[a] += worth
            own[b] += worth
        if len(here) > 1:
            total += sum(own.values())
            pairs += len(here) * (len(here) - 1)
            worst = min(worst, min(own.values()) / (len(here) - 1))
    return (round(total / pairs, 4), round(worst, 4)) if pairs else (0.0, 0.0)
