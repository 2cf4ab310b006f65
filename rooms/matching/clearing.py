"""Who loses a seat in rooms that stand, since a hard rule keeps them from staying.

Responsible for the first step of mending (`repair.py`): what was a fine seating may not be one any
more, once somebody is gone, came, blocked somebody, or was given a table. Deliberately seats nobody
again, and leaves sizes and people who are alone to the mending.

First each room is made fine by itself. Then of rooms with people fixed at the same table only one
keeps them. Then, where there are too few stations, the fewer of a mode leave a room of both; and
where there are too few tables, all who are on site leave a room.

Responsible too for the last look at every seating that leaves matching (`allowed`): whatever found
it, and however short its time was, no hard rule is broken in it.

Invariant: in what is left no rule is broken but `alone`; nobody has changed rooms.

>>> from rooms.matching.ask import Seeker
>>> from rooms.matching.rules import hard_rules
>>> people = [Seeker(id=id) for id in ("ana", "bo", "chidi")]
>>> cleared([["ana", "bo"], ["chidi"]], hard_rules(people, blocked=[("ana", "bo")]))
([['ana'], ['chidi']], ['bo'])
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rooms.matching.rules import (
    Broken,
    HardRules,
    beyond_places,
    broken,
    broken_seating,
    mode_of,
    table_of,
)
from rooms.people import RoomMode

Rooms = list[list[str]]


def cleared(
    rooms: Sequence[Sequence[str]], rules: HardRules, *, closed: Collection[int] = ()
) -> tuple[Rooms, list[str]]:
    """Returns the rooms with those who can stay, and who cannot; who is not here is in neither.

    `closed` are numbers of rooms that others make way for, where some have to.
    """
    kept = [[id for id in ids if id in rules.people] for ids in rooms]
    out = [id for ids in kept for id in _made_fine(ids, rules)]
    out += _at_other_tables(kept, rules, closed)
    out += _without_place(kept, rules, closed)
    return kept, out


def allowed(rooms: Sequence[Sequence[str]], rules: HardRules) -> Rooms:
    """Returns the rooms as they are where no hard rule is broken; else without those who break one.

    >>> from rooms.matching.ask import Seeker
    >>> from rooms.matching.rules import hard_rules
    >>> people = [Seeker(id=id) for id in ("ana", "bo", "chidi", "dana")]
    >>> rules = hard_rules(people, blocked=[("ana", "bo")])
    >>> allowed([["ana", "chidi"], ["bo", "dana"]], rules)
    [['ana', 'chidi'], ['bo', 'dana']]
    >>> allowed([["ana", "bo"], ["chidi", "dana"]], rules)
    [['chidi', 'dana']]
    """
    found = [list(ids) for ids in rooms]
    if not broken_seating(found, rules):
        return found
    kept, _ = cleared(_once(found), rules)
    return [ids for ids in kept if not broken(ids, rules)]


def _once(rooms: Rooms) -> Rooms:
    """Returns rooms in which everybody has their first seat alone."""
    seated: set[str] = set()
    kept: Rooms = []
    for ids in rooms:
        kept.append([id for id in dict.fromkeys(ids) if id not in seated])
        seated.update(ids)
    return kept


def _made_fine(ids: list[str], rules: HardRules) -> list[str]:
    """Takes out whom a rule of the room keeps from staying; returns them."""
    out: list[str] = []
    while wrong := _wrong(ids, rules):
        concerned = {id for cause in wrong for id in cause.people} & set(ids)
        after = {id: len(_wrong(_others(ids, id, rules), rules)) for id in concerned}
        out += _taken_out(ids, min(concerned, key=lambda id: (after[id], -ids.index(id))), rules)
    return out


def _wrong(ids: Sequence[str], rules: HardRules) -> list[Broken]:
    return [cause for cause in broken(ids, rules) if cause.rule != "alone"]


def _others(ids: Sequence[str], leaving: str, rules: HardRules) -> list[str]:
    """Returns who stays when somebody leaves, and their assistants with them."""
    return [id for id in ids if id != leaving and rules.persons[id] != leaving]


def _taken_out(ids: list[str], leaving: str, rules: HardRules) -> list[str]:
    out = [id for id in ids if id == leaving or rules.persons[id] == leaving]
    ids[:] = _others(ids, leaving, rules)
    return out


def _at_other_tables(rooms: Rooms, rules: HardRules, closed: Collection[int]) -> list[str]:
    """Takes out who is fixed at a table at which another room is; returns them."""
    fixed: dict[int, dict[int, list[str]]] = {}
    for number, ids in enumerate(rooms):
        for id in ids:
            if (table := table_of(rules.people[id])) is not None:
                fixed.setdefault(table, {}).setdefault(number, []).append(id)
    out: list[str] = []
    for those in fixed.values():
        home = max(those, key=lambda number: (number in closed, len(those[number]), -number))
        for number in those.keys() - {home}:
            for id in those[number]:
                # An assistant's person goes to the table too.
                head = rules.persons[id] if rules.persons[id] in rooms[number] else id
                out += _taken_out(rooms[number], head or id, rules)
            out += _made_fine(rooms[number], rules)
    return out


def _without_place(rooms: Rooms, rules: HardRules, closed: Collection[int]) -> list[str]:
    """Takes out people of rooms for which there are no stations or tables; returns them."""
    order = sorted(range(len(rooms)), key=lambda i: (i in closed, len(rooms[i])))
    out: list[str] = []
    for rule, mode in (
        ("stations", RoomMode.MIXED),
        ("tables", RoomMode.ON_SITE),
        ("tables", RoomMode.MIXED),
    ):
        for number in order:
            ids = rooms[number]
            if mode_of(ids, rules) is not mode or (rule == "stations" and _is_fixed(ids, rules)):
                continue
            if rule not in {cause.rule for cause in beyond_places(rooms, rules)}:
                break
            leaving = _on_site(ids, rules) if rule == "tables" else _of_fewer_mode(ids, rules)
            for id in leaving:
                ids.remove(id)
            out += leaving + _made_fine(ids, rules)
    return out


def _is_fixed(ids: Sequence[str], rules: HardRules) -> bool:
    """Says whether a room is at a table at which somebody is fixed, and so at no other station."""
    return any(table_of(rules.people[id]) is not None for id in ids)


def _on_site(ids: Sequence[str], rules: HardRules) -> list[str]:
    return [id for id in ids if mode_of([id], rules) is RoomMode.ON_SITE]


def _of_fewer_mode(ids: Sequence[str], rules: HardRules) -> list[str]:
    """Returns those of the mode that fewer have; those online, where as many have either."""
    here = _on_site(ids, rules)
    online = [id for id in ids if id not in here]
    return here if len(here) < len(online) else online
