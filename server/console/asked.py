"""The command line: what a host typed, read as a command of the contract. Pure.

Every host command of the contract is in `FORMS`, with what it takes, how it is read and what it
offers. A line that can be read in two ways is refused.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Struct, ValidationError

from rooms import commands as c
from server.console import dividing, offering, reading
from server.console.board import Board
from server.console.meaning import Meaning, why_not
from server.console.naming import Choice, Unclear
from server.console.reading import Asked
from server.console.speech import Speech

WORDS_MOST = 2000


class Form(Struct, frozen=True):
    """A command as it is typed. `takes`: shown after its name; `does`: a msgid."""

    takes: str
    does: str
    read: Callable[[Meaning, str], Asked]
    offers: Callable[[Meaning, str], list[Choice]]
    grave: bool = False
    """Cannot be taken back."""


class Local(Struct, frozen=True):
    """Something for the console itself: `find`, `show`, `help`, `quit`."""

    name: str
    about: str = ""


class Reader:
    """Reads lines against the board as it is now."""

    def __init__(self, speech: Speech, board: Board) -> None:
        self.speech = speech
        self.meaning = Meaning(speech, board)

    def read(self, line: str) -> Asked | Local:
        """Returns what a line asks for. Raises Unclear."""
        name, _, rest = dividing.first(line)
        if name in LOCALS:
            return Local(name, rest)
        form = FORMS.get(name)
        if form is None:
            raise Unclear(
                self.speech.gettext("There is no command “{name}”. help lists them.", name=name)
            )
        command = form.read(self.meaning, rest)
        self._check(command)
        return command

    def _check(self, command: Asked) -> None:
        """Refuses here what the server would count as malformed."""
        text = getattr(command, "text", None) or getattr(command, "reason", None) or ""
        if len(text) > WORDS_MOST:
            raise Unclear(
                self.speech.gettext(
                    "That is too long: {n} characters, {most} at the most.",
                    n=len(text),
                    most=WORDS_MOST,
                )
            )
        try:
            msgspec.convert(msgspec.to_builtins(command), type(command))
        except ValidationError as error:
            raise Unclear(why_not(self.speech, error)) from error

    def choices(self, line: str) -> list[Choice]:
        """Returns what the last words of a line may become, best first; `typed` is a whole line."""
        name, blank, rest = dividing.first(line)
        if not blank:
            known = {**{n: f.does for n, f in FORMS.items()}, **LOCALS}
            found = [n for n in known if n.startswith(name)]
            found += [n for n in known if n not in found and name and name in n]
            return [Choice(n + " ", self.speech.gettext(known[n])) for n in found]
        form = FORMS.get(name)
        if form is None:
            return []
        return [
            Choice(f"{name} {choice.typed}", choice.shown)
            for choice in form.offers(self.meaning, rest)
        ]


LOCALS = {
    "find": "shows the rooms and people with this name",
    "attention": "shows only what needs attention, or everything again",
    "rooms": "shows the rooms",
    "people": "shows everybody, and how they are",
    "next": "shows the next round and its proposal",
    "log": "shows what happened",
    "room": "shows one room",
    "wait": "waits for so many seconds, or until a phase (for scripts)",
    "help": "lists the commands",
    "seen-to": "takes the gravest report or silent room from what waits",
    "quit": "ends the console; the evening goes on",
}
"""What the console itself can do: by name, what it does (msgids)."""

FORMS: dict[str, Form] = {
    "open-doors": Form("", "opens the doors", reading.alone(c.OpenDoors), offering.nothing),
    "propose-round": Form(
        "[kind= seconds= size= prompt= seed=]",
        "changes the next round before it starts",
        reading.propose,
        offering.fields_of("kind", "seconds", "size", "prompt", "seed"),
    ),
    "start-round": Form(
        "[seconds= size=]",
        "calls the next round",
        reading.start,
        offering.fields_of("seconds", "size"),
    ),
    "pause": Form("", "stops the clock", reading.alone(c.Pause), offering.nothing),
    "resume": Form("", "lets the clock run on", reading.alone(c.Resume), offering.nothing),
    "extend": Form(
        "±SECONDS [ROOM]",
        "more time, or less, for all or one room",
        reading.extend,
        offering.length_then_room,
    ),
    "end-round": Form(
        "[ROOM]", "ends the round for all or one room", reading.end, offering.rooms, grave=True
    ),
    "announce": Form(
        "[@ROOM …] TEXT", "tells everybody, or these rooms", reading.announce, offering.to_rooms
    ),
    "move": Form(
        "NAME ROOM",
        "brings somebody to a room or the lobby",
        reading.move,
        offering.people_then_room,
    ),
    "merge": Form(
        "ROOM ROOM", "brings a room's people into another", reading.merge, offering.two_rooms
    ),
    "visit": Form(
        "[ROOM]", "visits a room, which sees it; none: leaves", reading.visit, offering.rooms
    ),
    "say": Form(
        "TEXT", "writes in the room you visit, or the lobby", reading.say, offering.nothing
    ),
    "answer-call": Form("[WHO][: TEXT]", "answers a call", reading.answer, offering.callers),
    "call-seen": Form(
        "[WHO]", "lets callers know you saw their call", reading.seen, offering.callers
    ),
    "remove": Form(
        "NAME[: REASON]",
        "removes somebody from the event",
        reading.remove,
        offering.with_reason,
        grave=True,
    ),
    "readmit": Form(
        "NAME[: REASON]", "lets somebody in (again)", reading.readmit, offering.with_reason
    ),
    "check-in": Form("NAME", "checks somebody in on site", reading.check_in, offering.people),
    "check-out": Form("NAME", "checks somebody out", reading.check_out, offering.people),
    "swap": Form(
        "NAME NAME", "swaps two people in the proposal", reading.swap, offering.two_people
    ),
    "pin": Form(
        "NAME, NAME [in ROOM] | room ROOM",
        "keeps people together, or a room as it is",
        reading.pin,
        offering.listed_people,
    ),
    "unpin": Form(
        "[NAME | room ROOM]", "lets go of them, or of everything", reading.unpin, offering.people
    ),
    "reshuffle": Form("", "draws another seating", reading.alone(c.Reshuffle), offering.nothing),
    "relax": Form(
        "repeats | sizes | sit-outs | programme",
        "says what gives way where not everything can hold",
        reading.relax,
        offering.allows,
    ),
    "undo": Form(
        "[closing]",
        "takes back your last change of seats, or the closing (30 s)",
        reading.undo,
        offering.undo,
    ),
    "change-programme": Form(
        "add … | drop N | N size= seconds= …",
        "changes the rounds to come",
        reading.programme,
        offering.programme,
    ),
    "accept-topic": Form(
        "TOPIC", "takes a proposed topic", reading.accept, offering.proposed_topics
    ),
    "drop-topic": Form(
        "TOPIC", "declines a topic or takes it off", reading.drop, offering.all_topics
    ),
    "close-event": Form(
        "", "ends the event in 30 s", reading.alone(c.CloseEvent), offering.nothing, grave=True
    ),
}
"""Every command by the contract's name, in the order an evening needs them."""
