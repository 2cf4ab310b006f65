"""Why somebody of the pool has no seat in a round (rule 5).

Responsible for the code that they, the hosts and the journal are told: `no-table` and `no-station`
where another one would have given them a seat, `only-one` for whoever is alone on site or online
where modes stay apart, `with-person` for an assistant whose person has no seat either, else
`left-over`: sizes, repeats, or a rule. A block is never told from any of these. Deliberately seats
nobody.

>>> from rooms.matching.ask import Seeker
>>> from rooms.matching.rules import hard_rules
>>> from rooms.people import Mode
>>> people = [Seeker(id=id, mode=Mode.ON_SITE) for id in ("emre", "fay", "gus", "hal")]
>>> rules = hard_rules(people, blocked=[], tables=1)
>>> why_left_over([["emre", "fay"]], rules, apart=True, least=2, most=2)
{'gus': 'no-table', 'hal': 'no-table'}
"""

from __future__ import annotations

from collections.abc import Sequence

from rooms.matching.rules import HardRules, beyond_places, broken, may_share, mode_of
from rooms.people import Mode

COMPARED = 200
"""Others and rooms at most that are looked at for each person: thousands may be left over."""


def why_left_over(
    rooms: Sequence[Sequence[str]], rules: HardRules, *, apart: bool, least: int, most: int
) -> dict[str, str]:
    """Returns for everybody of the rules' people without a seat in these rooms why, as a code.

    `apart`: modes never share a room at this event. `least`, `most`: how many a room takes.
    """
    seated = {id for ids in rooms for id in ids}
    left = [id for id in rules.people if id not in seated]
    look = _Look(rooms, rules, left, least=least, most=most)
    return {id: look.why(id, apart=apart) for id in left}


class _Look:
    def __init__(
        self,
        rooms: Sequence[Sequence[str]],
        rules: HardRules,
        left: Sequence[str],
        *,
        least: int,
        most: int,
    ) -> None:
        self.rooms, self.rules, self.least, self.most = rooms, rules, least, most
        self.left = [id for id in left if rules.persons[id] == id]
        self.heads: dict[Mode, list[str]] = {mode: [] for mode in Mode}
        for id, person in rules.people.items():
            if rules.persons[id] == id:
                self.heads[person.mode].append(id)
        self.at_tables = [ids for ids in rooms if mode_of(ids, rules).has_table]

    def why(self, id: str, *, apart: bool) -> str:
        if self.rules.persons[id] != id:
            return "with-person"
        mode = self.rules.people[id].mode
        across = [other for other in Mode if other is not mode]
        others = [other for m in across for other in self.heads[m]][:COMPARED]
        if len(self.heads[mode]) == 1 and others:
            return "only-one" if apart else self._across(id, others)
        if mode is Mode.ON_SITE and self._lacks_table(id):
            return "no-table"
        return "left-over"

    def _across(self, id: str, others: Sequence[str]) -> str:
        """Says what keeps the only one of a mode from a room with people of the other."""
        missing: set[str] = set()
        for other in others:
            wrong = {cause.rule for cause in broken([id, other], self.rules)} - {"company"}
            if wrong <= {"modes", "station"}:
                found = beyond_places([*self.rooms, [id, other]], self.rules)
                missing = {cause.rule for cause in found} | wrong
                break
        if "tables" in missing:
            return "no-table"
        return "no-station" if missing else "left-over"

    def _lacks_table(self, id: str) -> bool:
        """Says whether one table more would have given somebody on site a seat."""
        tables = self.rules.tables
        if tables is None or len(self.at_tables) < tables:
            return False
        if any(self._takes(ids, id) for ids in self.at_tables[:COMPARED]):
            return False
        mates = [o for o in self.left[:COMPARED] if o != id and self._may_sit_at_one(id, o)]
        if mates:
            return True
        here = sum(map(self._count, self.at_tables)) + 1
        full = [ids for ids in self.at_tables if self._count(ids) >= self.most]
        return len(full) == len(self.at_tables) and here >= (tables + 1) * self.least

    def _may_sit_at_one(self, a: str, b: str) -> bool:
        people = self.rules.people
        return people[a].mode is people[b].mode and may_share(a, b, self.rules)

    def _takes(self, ids: Sequence[str], id: str) -> bool:
        party = [id, *self.rules.escorts.get(id, ())]
        return self._count(ids) < self.most and not broken([*ids, *party], self.rules)

    def _count(self, ids: Sequence[str]) -> int:
        return sum(self.rules.persons.get(id) == id for id in ids)
