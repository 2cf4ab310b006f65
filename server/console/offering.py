"""What may be typed next: what each command offers after its name, best first. Pure.

One function a kind of thing that is offered; which command offers what is `asked`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rooms.programme import Allow, Kind
from server.console import board as b
from server.console import dividing, naming, reading
from server.console.board import folded
from server.console.meaning import Meaning
from server.console.naming import Choice, Unclear, people_choices, room_choices


def _spaced(choices: list[Choice]) -> list[Choice]:
    return [Choice(choice.typed + " ", choice.shown) for choice in choices]


def _after_people(meaning: Meaning, rest: str, then: Callable[[str], list[Choice]]) -> list[Choice]:
    """Offers people; once the words name one, what comes then."""
    words = dividing.words(rest)
    for count in range(len(words), 0, -1):
        head = " ".join(words[:count])
        if count == len(words) and not rest.endswith((" ", "\u3000")):
            continue
        try:
            id = naming.person(meaning.speech, meaning.board, head)
        except Unclear:
            continue
        seat = b.seat_of(meaning.board, id)
        typed = naming.typed_name(meaning.board, seat) if seat is not None else head
        tail = " ".join(words[count:])
        return [Choice(f"{typed} {one.typed}", one.shown) for one in then(tail)]
    return _spaced(people_choices(meaning.speech, meaning.board, rest.strip()))


def nothing(meaning: Meaning, rest: str) -> list[Choice]:
    return []


def rooms(meaning: Meaning, rest: str) -> list[Choice]:
    return room_choices(meaning.speech, meaning.board, rest)


def people(meaning: Meaning, rest: str) -> list[Choice]:
    return people_choices(meaning.speech, meaning.board, rest.strip())


def with_reason(meaning: Meaning, rest: str) -> list[Choice]:
    found = [] if ":" in rest or "：" in rest else people(meaning, rest)
    return [Choice(choice.typed + ": ", choice.shown) for choice in found]


def people_then_room(meaning: Meaning, rest: str) -> list[Choice]:
    return _after_people(
        meaning, rest, lambda tail: room_choices(meaning.speech, meaning.board, tail, lobby=True)
    )


def two_people(meaning: Meaning, rest: str) -> list[Choice]:
    return _after_people(
        meaning, rest, lambda tail: people_choices(meaning.speech, meaning.board, tail)
    )


def two_rooms(meaning: Meaning, rest: str) -> list[Choice]:
    words = dividing.words(rest)
    if not words or (len(words) == 1 and not rest.endswith(" ")):
        return _spaced(rooms(meaning, rest))
    tail = " ".join(words[1:])
    return [Choice(f"{words[0]} {one.typed}", one.shown) for one in rooms(meaning, tail)]


def length_then_room(meaning: Meaning, rest: str) -> list[Choice]:
    words = dividing.words(rest)
    if not words or (len(words) == 1 and not rest.endswith(" ")):
        return [Choice(t) for t in ("+60", "+300", "-60") if t.startswith(rest.strip())]
    tail = " ".join(words[1:])
    return [Choice(f"{words[0]} {one.typed}", one.shown) for one in rooms(meaning, tail)]


def to_rooms(meaning: Meaning, rest: str) -> list[Choice]:
    head, at, begun = rest.rpartition("@")
    if not at or re.search(dividing.SPACES, begun):
        return []
    return [Choice(f"{head}@{one.typed} ", one.shown) for one in rooms(meaning, begun)]


def callers(meaning: Meaning, rest: str) -> list[Choice]:
    calls = b.open_calls(meaning.board)
    ids = {call.sender for call in calls}
    seats = [seat for seat in naming.everybody(meaning.board) if seat.id in ids]
    if ":" in rest or "：" in rest:
        return []
    found = people_choices(meaning.speech, meaning.board, rest.strip(), seats)
    texts = {call.sender: call.text for call in calls}
    return [
        Choice(choice.typed + ": ", next(iter(texts.values()), "") if len(texts) == 1 else "")
        for choice in found
    ]


def listed_people(meaning: Meaning, rest: str) -> list[Choice]:
    head, comma, begun = rest.rpartition(",")
    before = f"{head}{comma} " if comma else ""
    return [Choice(before + one.typed, one.shown) for one in people(meaning, begun)]


def allows(meaning: Meaning, rest: str) -> list[Choice]:
    return [Choice(str(allow)) for allow in Allow if allow.startswith(folded(rest))]


def undo(meaning: Meaning, rest: str) -> list[Choice]:
    own = [
        one for one in meaning.board.undo if meaning.board.you and one.by == meaning.board.you.id
    ]
    closes = any(one.closing for one in own)
    return [Choice("closing")] if closes and "closing".startswith(folded(rest)) else []


def proposed_topics(meaning: Meaning, rest: str) -> list[Choice]:
    sought = folded(rest)
    return [
        Choice(naming.quoted(t)) for _, t in reading.proposed_topics(meaning) if sought in folded(t)
    ]


def all_topics(meaning: Meaning, rest: str) -> list[Choice]:
    sought = folded(rest)
    return [Choice(naming.quoted(t)) for _, t in reading.all_topics(meaning) if sought in folded(t)]


def fields_of(*names: str) -> Callable[[Meaning, str], list[Choice]]:
    def offers(meaning: Meaning, rest: str) -> list[Choice]:
        head, _, begun = rest.rpartition(" ")
        before = f"{head} " if head else ""
        if begun.startswith("kind="):
            return [Choice(f"{before}kind={kind} ") for kind in Kind if kind.startswith(begun[5:])]
        return [Choice(f"{before}{name}=") for name in names if name.startswith(begun)]

    return offers


def programme(meaning: Meaning, rest: str) -> list[Choice]:
    plan = meaning.board.programme
    numbers = [str(one.round) for one in plan.rounds] if plan else []
    words = dividing.words(rest)
    if not words or (len(words) == 1 and not rest.endswith(" ")):
        begun = words[0] if words else ""
        return [Choice(f"{one} ") for one in ("add", "drop", *numbers) if one.startswith(begun)]
    if words[0] == "drop":
        return [Choice(f"drop {one}") for one in numbers if one.startswith("".join(words[1:]))]
    return fields_of(*reading.ROUND_FIELDS)(meaning, rest)
