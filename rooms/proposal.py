"""The proposal in the hosts' hands: override, pin, swap, reshuffle, and undo (rules 2 and 15).

A proposal's rooms are numbered from 1 in its own order. What a host changes is kept as a pin, so
that a later solving draws only the rest. Deliberately solves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from rooms import commands as c
from rooms import facts as f
from rooms import seating
from rooms.deciding import Deciding
from rooms.matching.affinity import affinity
from rooms.matching.rules import broken
from rooms.matching.wanted import basis_now
from rooms.messages import LOBBY
from rooms.programme import Kind
from rooms.refusal import Refusal
from rooms.standing import Undoable

UNDO_MS = 30_000
"""Rule 15: a change of seats can be undone for so long."""

Rooms = list[list[str]]


def propose(deciding: Deciding, command: c.ProposeRound) -> None:
    """Overrides the next round's plan, and has its seating worked out anew."""
    deciding.require_host()
    event = deciding.event
    planned = event.next_planned
    if planned is None:
        raise Refusal("programme-over", "The programme has no further round.")
    if command.kind is not None and command.kind is not Kind.MATCHED:
        raise Refusal(
            "not-available", "Rounds of the kind {kind} cannot be held.", kind=command.kind
        )
    if command.size is not None and not planned.least <= command.size <= planned.most:
        raise Refusal(
            "bad-size",
            "Rooms of this round have {least} to {most} people.",
            least=planned.least,
            most=planned.most,
        )
    before = event.asked
    prompt = before.prompt if before is not None else ""
    if command.prompt is not None:
        prompt = deciding.wrote_text(command.prompt)
    deciding.happened(
        f.RoundProposed(
            at=deciding.now,
            round=event.round + 1,
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
    rooms = _current(deciding)
    pinned = {frozenset(ids) for ids in deciding.event.pinned}
    asked = deciding.event.asked
    deciding.happened(
        f.RoundProposed(
            at=deciding.now,
            round=deciding.event.round + 1,
            seconds=_of(asked, "seconds"),
            size=_of(asked, "size"),
            prompt=asked.prompt if asked is not None else "",
            seed=deciding.event.count,
            instead_of=tuple(tuple(ids) for ids in rooms if frozenset(ids) not in pinned),
            by=deciding.by,
        )
    )


def pin(deciding: Deciding, command: c.Pin) -> None:
    """Keeps people together in a room of the proposal, or a room as it is; neither: unpins all."""
    deciding.require_host()
    rooms = _current(deciding)
    if not command.people and command.room is None:
        _change(deciding, rooms, [])
        return
    for id in command.people:
        if not any(id in ids for ids in rooms):
            raise Refusal("not-seated", "This person has no seat in the proposal.")
    if command.room is not None:
        target = _numbered(rooms, command.room)
    else:
        target = next(ids for ids in rooms if command.people[0] in ids)
    for id in command.people:
        if id not in target:
            next(ids for ids in rooms if id in ids).remove(id)
            target.append(id)
    planned = deciding.event.next_planned
    most = planned.most if planned is not None else len(target)
    if len(target) > most:
        raise Refusal("room-full", "That room is full: it takes {most} people.", most=most)
    rooms = [ids for ids in rooms if ids]
    _check(deciding, rooms)
    _change(deciding, rooms, [target])


def swap(deciding: Deciding, command: c.Swap) -> None:
    """Swaps two people of the proposal, and keeps their rooms so."""
    deciding.require_host()
    rooms = _current(deciding)
    places = [
        next(((ids, ids.index(id)) for ids in rooms if id in ids), None)
        for id in (command.a, command.b)
    ]
    if places[0] is None or places[1] is None:
        raise Refusal("not-seated", "This person has no seat in the proposal.")
    (first, i), (second, j) = places[0], places[1]
    if first is second:
        raise Refusal("already-there", "They sit in the same room already.")
    first[i], second[j] = command.b, command.a
    _check(deciding, [first, second])
    _change(deciding, rooms, [first, second])


def _current(deciding: Deciding) -> Rooms:
    """Returns the next round's proposed rooms, to be changed; refuses where there are none."""
    event = deciding.event
    proposal = event.proposal
    if event.next_planned is None:
        raise Refusal("programme-over", "The programme has no further round.")
    if event.called is not None:
        raise Refusal("already-called", "The next round is called already.")
    if proposal is None or proposal.round != event.round + 1:
        raise Refusal("no-proposal", "The next seating is still being worked out.")
    return [list(ids) for ids in proposal.rooms]


def _numbered(rooms: Rooms, number: str) -> list[str]:
    if not number.isdecimal() or not 1 <= int(number) <= len(rooms):
        raise Refusal("unknown-room", "There is no room with this id.")
    return rooms[int(number) - 1]


def _check(deciding: Deciding, rooms: Rooms) -> None:
    look = seating.placing(deciding.event, deciding.register, [id for ids in rooms for id in ids])
    for ids in rooms:
        seating.refuse_broken(broken(ids, look.rules))


def _change(deciding: Deciding, rooms: Rooms, pinned: Sequence[Sequence[str]]) -> None:
    """Keeps a changed proposal, with `pinned` beside the rooms pinned before; none: no pins."""
    event = deciding.event
    before = event.proposal
    if before is None:
        return
    standing = {frozenset(ids) for ids in rooms}
    kept = [ids for ids in event.pinned if frozenset(ids) in standing] if pinned else []
    added = [tuple(ids) for ids in pinned if frozenset(ids) not in {frozenset(k) for k in kept}]
    was = (before.rooms, before.sitting_out, event.pinned)
    deciding.happened(f.Pinned(at=deciding.now, rooms=(*kept, *added), by=deciding.by))
    _offer(deciding, rooms, before.sitting_out)
    deciding.happened(
        f.ProposalChanged(
            at=deciding.now, by=deciding.by, rooms=was[0], sitting_out=was[1], pinned=was[2]
        )
    )


def _offer(deciding: Deciding, rooms: Sequence[Sequence[str]], sitting_out: Sequence[str]) -> None:
    """Makes these rooms the proposal, with its numbers, as an answer to what is wanted now."""
    event, before = deciding.event, deciding.event.proposal
    mean, worst = _worth(deciding, rooms)
    deciding.happened(
        f.SeatingOffered(
            at=deciding.now,
            round=event.round + 1,
            basis=basis_now(event, deciding.register, deciding.now),
            rooms=tuple(tuple(ids) for ids in rooms),
            sitting_out=tuple(sitting_out),
            seed=before.seed if before is not None else 0,
            steps=before.steps if before is not None else 0,
            repeats=seating.count_repeats(event, rooms),
            mean_affinity=mean,
            worst_affinity=worst,
            random_affinity=before.random_affinity if before is not None else 0.0,
        )
    )


def _worth(deciding: Deciding, rooms: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Returns the mean affinity over pairs of roommates, and the worst-off person's mean."""
    look = seating.placing(deciding.event, deciding.register, [id for ids in rooms for id in ids])
    people = look.rules.people
    total, pairs, worst = 0.0, 0, 1.0
    for ids in rooms:
        for id in ids:
            worths = [
                affinity(people[id], people[o], look.rare, look.weights) for o in ids if o != id
            ]
            total += sum(worths)
            pairs += len(worths)
            worst = min(worst, sum(worths) / len(worths)) if worths else worst
    return (round(total / pairs, 4), round(worst, 4)) if pairs else (0.0, 0.0)


# Undo (rule 15)


def undo(deciding: Deciding) -> None:
    """Takes back the asker's latest change of seats: adds facts, removes none."""
    deciding.require_host()
    last = deciding.event.undoable.get(deciding.by)
    if last is None:
        raise Refusal("nothing-to-undo", "There is nothing to undo.")
    if deciding.now - last.at > UNDO_MS:
        raise Refusal("too-late", "That was more than 30 seconds ago.")
    if last.moves:
        _move_back(deciding, last)
    else:
        _propose_again(deciding, last)
    deciding.happened(f.Undone(at=deciding.now, by=deciding.by))


def _move_back(deciding: Deciding, last: Undoable) -> None:
    event, now, by = deciding.event, deciding.now, deciding.by
    for id, count in last.touched.items():
        room = event.rooms[id]
        if room.ended_at is not None or room.touched != count:
            raise Refusal("too-late", "Something else has happened in those rooms since.")
    for id, came_from, went_to in last.moves:
        person = event.people[id]
        if not person.present or (person.seat or LOBBY) != went_to:
            raise Refusal("too-late", "Something else has happened in those rooms since.")
        onward = came_from if came_from != LOBBY else ""
        if person.seat is not None:
            deciding.happened(
                f.Unseated(at=now, id=id, room=person.seat, because="moved", by=by, onward=onward)
            )
        if onward:
            deciding.happened(f.Seated(at=now, id=id, room=onward, because="moved", by=by))


def _propose_again(deciding: Deciding, last: Undoable) -> None:
    event = deciding.event
    if event.proposed != last.proposed or event.called is not None:
        raise Refusal("too-late", "The proposal has changed since.")
    deciding.happened(f.Pinned(at=deciding.now, rooms=last.pinned, by=deciding.by))
    _offer(deciding, last.rooms, last.sitting_out)
