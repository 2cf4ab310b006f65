"""Who of a list on paper is kept apart: its column `blocks`.

Responsible for reading that column, of any length, and for finding whom it names: by `external_id`,
e-mail address or name. It is for planning on paper alone: at a live evening people block each other
themselves, and an import keeps such a column as one of the organiser's own. Nothing that is written
for others names a block (rule 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rooms.people import Attendee, normalise
from rooms.standing import Pair, pair
from server.columns import LEFT_OUT, Table
from server.person_rows import plain, split

TITLES = frozenset({"blocks", "block", "blocked", "keep apart", "keep apart from", "同席不可"})

NAMED = 5
"""So many are named in one remark; the others are counted."""


def apart_columns(table: Table) -> Mapping[int, str]:
    """Returns the columns that say who is kept apart, as choices by which no import keeps them."""
    return {at: LEFT_OUT for at, title in enumerate(table.header) if plain(title) in TITLES}


def named_apart(table: Table, columns: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Returns whom each row names in these columns, by the row's number."""
    found: dict[int, tuple[str, ...]] = {}
    for at in columns:
        texts = {row: cells[at] for row, cells in table.rows if cells and len(cells) > at}
        has_semicolons = any(";" in text or "；" in text for text in texts.values())
        for row, text in texts.items():
            names = [name.strip() for name in split(text, ";；" if has_semicolons else "|、，,")]
            found[row] = (*found.get(row, ()), *filter(None, names))
    return {row: names for row, names in found.items() if names}


class KeptApart:
    """Finds the pairs; `remarks` says who was named and is not in the list."""

    def __init__(
        self, people: Mapping[int, Attendee], named: Mapping[int, tuple[str, ...]]
    ) -> None:
        """`people` by their rows; who has the name of another is meant as well."""
        self._known: dict[str, set[str]] = {}
        for person in people.values():
            for word in (person.external_id, person.email, person.name):
                if word:
                    self._known.setdefault(normalise(word), set()).add(person.id)
        self.remarks: list[str] = []
        self.pairs = frozenset(self._found(people, named))

    def _found(
        self, people: Mapping[int, Attendee], named: Mapping[int, tuple[str, ...]]
    ) -> Iterator[Pair]:
        for row, names in sorted(named.items()):
            person = people.get(row)
            if person is None:
                continue  # the row was not taken, or updates another: that was said
            unknown = []
            for name in names:
                others = self._known.get(normalise(name), set()) - {person.id}
                if not others:
                    unknown.append(f"“{name[:80]}”")
                yield from (pair(person.id, other) for other in others)
            if unknown:
                more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
                self.remarks.append(
                    f"Row {row}: this person is to be kept apart from {', '.join(unknown[:NAMED])}"
                    f"{more}, who is nobody else of the list."
                )
