"""The desk's list of what was done with people's data: files taken home, imports, links, erasures.

Responsible for its words; what is in it is the journal's. Who was erased is not named.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from rooms.facts import THEMSELVES
from server.auth import ORGANISER
from server.evenings import Evening

SHOWN = 50

DONE = {
    "import": "People were brought in: {n}",
    "link": "A personal link was made",
    "link-ended": "A personal link was ended",
    "erased": "Somebody was erased",
}
"""What was done with people's data, in words."""


class Dealing(Struct, frozen=True):
    """Something that was done with people's data; `file`: the one that was taken home."""

    at: int
    by: str
    said: str = ""
    file: str = ""


def dealings(evening: Evening, say: Callable[..., str]) -> list[Dealing]:
    """Returns what was done with people's data, the latest first."""
    event, register = evening.event, evening.register

    def who(id: str) -> str:
        if id == ORGANISER:
            return say("by the organiser")
        if id == THEMSELVES:
            return say("by themselves")
        name = register.attendee(id).name if register.has(id) else ""
        return say("by {name}", name=name) if name else ""

    found = [
        Dealing(fact.at, who(fact.by), file=fact.what.removeprefix("import/"))
        for fact in event.exports[-SHOWN:]
    ]
    for noted in event.noted[-SHOWN:]:
        by = who(noted.by)
        found.append(
            Dealing(noted.at, by, said=say(DONE.get(noted.what, noted.what), n=noted.count))
        )
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]
