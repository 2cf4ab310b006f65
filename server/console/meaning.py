"""What typed words mean against the board as it is: a person, a room, a length, fields. Pure.

Names may have spaces: all ways to divide the words are tried, and what can be read in two ways is
refused. Knows no command: what a command takes is `reading`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct, ValidationError

from server.console import dividing, naming
from server.console.board import Board
from server.console.naming import Unclear
from server.console.speech import Speech

_BOUND = re.compile(
    r"Expected `int` (?P<sign>>=|<=) (?P<n>-?\d+) - at `\$\.(?P<field>\w+)`", re.ASCII
)
LONGEST_SECONDS = 86_400


class Meaning(Struct, frozen=True):
    """Reads words in one host's language, against the board as it is now."""

    speech: Speech
    board: Board

    def nothing(self, rest: str) -> None:
        """Raises Unclear where there is more than the command."""
        if rest:
            raise Unclear(self.speech.gettext("Nothing follows this command: “{rest}”.", rest=rest))

    def needed(self, rest: str, takes: str) -> str:
        """Returns what was typed. Raises Unclear where nothing was."""
        if not rest.strip():
            raise Unclear(self.speech.gettext("Something is missing: {takes}", takes=takes))
        return rest

    def person(self, typed: str) -> str:
        """Returns the id of the person meant. Raises Unclear."""
        return naming.person(self.speech, self.board, dividing.unquoted(self.needed(typed, "NAME")))

    def room(self, typed: str) -> str:
        """Returns the id of the room meant. Raises Unclear."""
        return naming.room(self.speech, self.board, dividing.unquoted(self.needed(typed, "ROOM")))

    def room_or_lobby(self, typed: str) -> str:
        """Returns the id of the room meant, or the lobby. Raises Unclear."""
        return naming.room(self.speech, self.board, typed, lobby=True)

    def both(
        self, rest: str, takes: str, first: Callable[[str], str], second: Callable[[str], str]
    ) -> tuple[str, str]:
        """Returns two things typed one after the other, each of one or several words."""
        words = dividing.words(self.needed(rest, takes))
        if len(words) < 2:
            raise Unclear(self.speech.gettext("Something is missing: {takes}", takes=takes))
        found: set[tuple[str, str]] = set()
        wrong: list[Unclear] = []
        for before, after in dividing.divided(words):
            try:
                found.add((first(before), second(after)))
            except Unclear as unclear:
                wrong.append(unclear)
        if len(found) == 1:
            return found.pop()
        if found:
            raise Unclear(self.speech.gettext("This can be read in two ways. Put names in quotes."))
        raise max(wrong, key=lambda unclear: unclear.rank)

    def seconds(self, typed: str) -> int:
        """Returns a length in s from +60, -90, 2m or +1:30. Raises Unclear."""
        found = re.fullmatch(
            r"(?P<sign>[+\-−＋－]?)(?:(?P<m>\d{1,9}):(?P<s>\d\d)|(?P<n>\d{1,9})(?P<unit>m|min|分|s|秒)?)",
            typed,
        )
        if not found:
            raise Unclear(
                self.speech.gettext("“{typed}” is no length. Write +60, -60 or +2m.", typed=typed),
                rank=1,
            )
        if found["m"]:
            length = int(found["m"]) * 60 + int(found["s"])
        else:
            length = int(found["n"]) * (60 if found["unit"] in ("m", "min", "分") else 1)
        if length > LONGEST_SECONDS:
            sentence = self.speech.gettext("A round can last 24 hours at the most.")
            raise Unclear(sentence, rank=1)
        return -length if found["sign"] in ("-", "−", "－") else length

    def fields(self, rest: str, names: tuple[str, ...]) -> dict[str, str]:
        """Returns `name=value` pairs. Raises Unclear."""
        pairs: dict[str, str] = {}
        for name, raw in re.findall(r'(\w+)=("[^"]*"|“[^”]*”|「[^」]*」|\S*)', rest):
            pairs[name] = dividing.unquoted(raw)
        over = re.sub(r'(\w+)=("[^"]*"|“[^”]*”|「[^」]*」|\S*)', "", rest).strip()
        unknown = next((name for name in pairs if name not in names), over)
        if unknown:
            raise Unclear(
                self.speech.gettext(
                    "“{typed}” is not known here. Write {names}.",
                    typed=unknown,
                    names=" ".join(f"{name}=…" for name in names),
                )
            )
        return pairs


def why_not(speech: Speech, error: ValidationError) -> str:
    """Returns in words why a value cannot be asked; msgspec's own words where no others fit."""
    if found := _BOUND.fullmatch(str(error)):
        least = found["sign"] == ">="
        sentence = "{field} has to be {n} at least." if least else "{field} can be {n} at the most."
        return speech.gettext(sentence, field=found["field"], n=int(found["n"]))
    return speech.gettext("That cannot be asked ({detail}).", detail=str(error))
