"""The command line: what a host typed, read as a command of the contract. Pure.

Every host command of the contract is in `FORMS`, with what it takes. Names may have spaces: all
ways to divide the words are tried, and a line that can be read in two ways is refused. Decides
nothing about the evening: what can be asked is asked, and the server says no.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
from msgspec import Struct, ValidationError

from rooms import commands as c
from rooms import messages as m
from rooms.programme import Allow, Kind
from server.console import board as b
from server.console import dividing, naming
from server.console.board import Board, folded, name_matches
from server.console.naming import Choice, Unclear, people_choices, room_choices
from server.console.sentences import room_sign
from server.console.speech import Speech

Asked = c.HostCommand | c.Say

_BOUND = re.compile(
    r"Expected `int` (?P<sign>>=|<=) (?P<n>-?\d+) - at `\$\.(?P<field>\w+)`", re.ASCII
)
WORDS_MOST = 2000
LONGEST_SECONDS = 86_400


class Form(Struct, frozen=True):
    """A command as it is typed. `takes`: shown after its name; `does`: a msgid."""

    takes: str
    does: str
    read: Callable[[Reader, str], Asked]
    offers: Callable[[Reader, str], list[Choice]]
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
        self.board = board

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
        command = form.read(self, rest)
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
            raise Unclear(_why_not(self.speech, error)) from error

    # What is typed after a command

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

    # Completion

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
            Choice(f"{name} {choice.typed}", choice.shown) for choice in form.offers(self, rest)
        ]

    def after_people(self, rest: str, then: Callable[[str], list[Choice]]) -> list[Choice]:
        """Offers people; once the words name one, what comes then."""
        words = dividing.words(rest)
        for count in range(len(words), 0, -1):
            head = " ".join(words[:count])
            if count == len(words) and not rest.endswith((" ", "\u3000")):
                continue
            try:
                id = naming.person(self.speech, self.board, head)
            except Unclear:
                continue
            seat = b.seat_of(self.board, id)
            typed = naming.typed_name(self.board, seat) if seat is not None else head
            tail = " ".join(words[count:])
            return [Choice(f"{typed} {one.typed}", one.shown) for one in then(tail)]
        return _spaced(people_choices(self.speech, self.board, rest.strip()))


def _spaced(choices: list[Choice]) -> list[Choice]:
    return [Choice(choice.typed + " ", choice.shown) for choice in choices]


# How each command is read


def _alone(command: type[Asked]) -> Callable[[Reader, str], Asked]:
    def read(reader: Reader, rest: str) -> Asked:
        reader.nothing(rest)
        return command()  # type: ignore[call-arg]  # those that take nothing

    return read


def _propose(reader: Reader, rest: str) -> Asked:
    given = reader.fields(rest, ("kind", "seconds", "size", "prompt", "seed"))
    return _convert(reader, c.ProposeRound, given)


def _why_not(speech: Speech, error: ValidationError) -> str:
    """Returns in words why a value cannot be asked; msgspec's own words where no others fit."""
    if found := _BOUND.fullmatch(str(error)):
        least = found["sign"] == ">="
        sentence = "{field} has to be {n} at least." if least else "{field} can be {n} at the most."
        return speech.gettext(sentence, field=found["field"], n=int(found["n"]))
    return speech.gettext("That cannot be asked ({detail}).", detail=str(error))


def _start(reader: Reader, rest: str) -> Asked:
    return _convert(reader, c.StartRound, reader.fields(rest, ("seconds", "size")))


def _convert(reader: Reader, command: type[Asked], given: dict[str, str]) -> Asked:
    try:
        return msgspec.convert(given, command, strict=False)
    except ValidationError as error:
        raise Unclear(_why_not(reader.speech, error)) from error


def _end(reader: Reader, rest: str) -> Asked:
    return c.EndRound(room=reader.room(rest) if rest.strip() else None)


def _extend(reader: Reader, rest: str) -> Asked:
    words = dividing.words(reader.needed(rest, "±SECONDS [ROOM]"))
    room = reader.room(" ".join(words[1:])) if len(words) > 1 else None
    return c.Extend(seconds=reader.seconds(words[0]), room=room)


def _announce(reader: Reader, rest: str) -> Asked:
    rooms = []
    while found := re.match(rf"{dividing.SPACES}*[@＠](\S+){dividing.SPACES}*", rest):
        rooms.append(reader.room(found[1]))
        rest = rest[found.end() :]
    text = reader.needed(rest, "[@ROOM …] TEXT").strip()
    return c.Announce(text=text, rooms=tuple(rooms) or None)


def _move(reader: Reader, rest: str) -> Asked:
    attendee, room = reader.both(rest, "NAME ROOM", reader.person, reader.room_or_lobby)
    return c.Move(attendee=attendee, room=room)


def _merge(reader: Reader, rest: str) -> Asked:
    room, into = reader.both(rest, "ROOM ROOM", reader.room, reader.room)
    return c.Merge(room=room, into=into)


def _remove(reader: Reader, rest: str) -> Asked:
    name, reason = dividing.around_colon(rest)
    return c.Remove(attendee=reader.person(name), reason=reason.strip())


def _readmit(reader: Reader, rest: str) -> Asked:
    name, reason = dividing.around_colon(rest)
    return c.Readmit(attendee=reader.person(name), reason=reason.strip())


def _visit(reader: Reader, rest: str) -> Asked:
    return c.Visit(room=reader.room(rest) if rest.strip() else None)


def _answer(reader: Reader, rest: str) -> Asked:
    who, text = dividing.around_colon(rest)
    return c.AnswerCall(call=_call_of(reader, dividing.unquoted(who)), text=text.strip())


def _seen(reader: Reader, rest: str) -> Asked:
    return c.CallSeen(call=_call_of(reader, dividing.unquoted(rest)))


def _call_of(reader: Reader, who: str) -> str:
    """Returns the call meant: its id, its room, its caller, or the only one there is."""
    calls = b.open_calls(reader.board)
    if who and any(call.id == who for call in reader.board.calls):
        return who
    if not calls:
        raise Unclear(reader.speech.gettext("Nobody calls now."))
    if not who:
        if len(calls) == 1:
            return calls[0].id
        names = [b.name_of(reader.board, call.sender) for call in calls]
        raise Unclear(
            reader.speech.gettext("Which call? {people} call.", people=reader.speech.list(names))
        )
    found = [call for call in calls if _calls(reader, call, who)]
    if len(found) == 1:
        return found[0].id
    if not found:
        raise Unclear(reader.speech.gettext("“{name}” is not calling.", name=who))
    names = [b.name_of(reader.board, call.sender) for call in found]
    raise Unclear(
        reader.speech.gettext("Which call? {people} call.", people=reader.speech.list(names))
    )


def _calls(reader: Reader, call: m.Call, who: str) -> bool:
    room = reader.board.rooms.get(call.room or "")
    if room is not None and folded(room_sign(room)) == folded(who):
        return True
    name = b.name_of(reader.board, call.sender)
    return call.sender == who.removeprefix("#") or name_matches(name, folded(who))


def _check_in(reader: Reader, rest: str) -> Asked:
    return c.CheckIn(attendee=reader.person(rest))


def _check_out(reader: Reader, rest: str) -> Asked:
    return c.CheckOut(attendee=reader.person(rest))


_BLANK = dividing.SPACES
_IN = re.compile(rf"(.*?){_BLANK}+in{_BLANK}+(\S+){_BLANK}*$", re.DOTALL)
_ROOM = re.compile(rf"{_BLANK}*(?:room|ルーム){_BLANK}*(\S+){_BLANK}*$", re.IGNORECASE)


def _pin(reader: Reader, rest: str) -> Asked:
    return _pinned(reader, reader.needed(rest, "NAME, NAME [in ROOM]"), keep=True)


def _unpin(reader: Reader, rest: str) -> Asked:
    return _pinned(reader, rest, keep=False) if rest.strip() else c.Pin()


def _pinned(reader: Reader, rest: str, *, keep: bool) -> Asked:
    if found := _ROOM.match(rest):
        room = naming.proposed_room(reader.speech, reader.board, found[1])
        return c.Pin(room=room, keep=keep, seen=_version(reader))
    room_id = None
    if found := _IN.match(rest):
        room_id = naming.proposed_room(reader.speech, reader.board, found[2])
        rest = found[1]
    people = tuple(reader.person(typed) for typed in dividing.listed(rest))
    seen = _version(reader) if room_id is not None else None
    return c.Pin(people=people, room=room_id, keep=keep, seen=seen)


def _version(reader: Reader) -> int | None:
    """Returns the version of the proposal on the board."""
    proposal = reader.board.proposal
    return proposal.version or None if proposal is not None else None


def _swap(reader: Reader, rest: str) -> Asked:
    listed = dividing.listed(rest)
    if len(listed) == 2:
        a, other = map(reader.person, listed)
    else:
        a, other = reader.both(rest, "NAME NAME", reader.person, reader.person)
    return c.Swap(a=a, b=other, seen=_version(reader))


def _relax(reader: Reader, rest: str) -> Asked:
    try:
        return c.Relax(allow=Allow(folded(rest)))
    except ValueError:
        choices = " ".join(Allow)
        raise Unclear(reader.speech.gettext("Write one of: {choices}", choices=choices)) from None


def _undo(reader: Reader, rest: str) -> Asked:
    closing = folded(rest) == "closing"
    if not closing:
        reader.nothing(rest)
    return c.Undo(closing=closing)


def _topic(reader: Reader, typed: str, topics: list[tuple[str, str]]) -> str:
    sought = folded(dividing.unquoted(typed))
    found = [id for id, text in topics if id == typed or folded(text) == sought]
    found = found or [id for id, text in topics if sought and sought in folded(text)]
    if len(found) == 1:
        return found[0]
    if not topics:
        raise Unclear(reader.speech.gettext("No topic is there to choose."))
    texts = reader.speech.list([f"“{text}”" for _, text in topics])
    raise Unclear(reader.speech.gettext("Which topic? There is {topics}.", topics=texts))


def _proposed_topics(reader: Reader) -> list[tuple[str, str]]:
    topics = reader.board.topics
    return [(topic.id, topic.text) for topic in topics.proposed] if topics else []


def _all_topics(reader: Reader) -> list[tuple[str, str]]:
    topics = reader.board.topics
    listed = [(topic.id, topic.text) for topic in topics.topics] if topics else []
    return _proposed_topics(reader) + listed


def _accept(reader: Reader, rest: str) -> Asked:
    return c.AcceptTopic(topic=_topic(reader, rest, _proposed_topics(reader)))


def _drop(reader: Reader, rest: str) -> Asked:
    return c.DropTopic(topic=_topic(reader, rest, _all_topics(reader)))


def _say(reader: Reader, rest: str) -> Asked:
    return c.Say(text=reader.needed(rest, "TEXT").strip())


_ROUND_FIELDS = tuple(c.RoundAsked.__struct_fields__)


def _programme(reader: Reader, rest: str) -> Asked:
    """`add FIELDS`, `drop N`, or `N FIELDS`: one change to the rounds to come."""
    plan = reader.board.programme
    if plan is None:
        raise Unclear(reader.speech.gettext("No further round is planned."))
    what, _, more = dividing.first(reader.needed(rest, "add … | drop N | N size=…"))
    rounds = [_as_asked(one) for one in plan.rounds]
    if what == "add":
        like = rounds[-1] if rounds else c.RoundAsked()
        rounds.append(_changed_round(reader, like, more))
    else:
        number = dividing.first(more)[0] if what == "drop" else what
        at = next((i for i, one in enumerate(plan.rounds) if str(one.round) == number), None)
        if at is None:
            numbers = [one.round for one in plan.rounds]
            ends = sorted({*numbers[:1], *numbers[-1:]})
            listed = "–".join(str(number) for number in ends)
            raise Unclear(
                reader.speech.gettext(
                    "Which round? Rounds to come: {rounds}.", rounds=listed or "–"
                )
            )
        if what == "drop":
            del rounds[at]
        else:
            rounds[at] = _changed_round(reader, rounds[at], more)
    return c.ChangeProgramme(rounds=tuple(rounds), revision=plan.revision)


def _as_asked(planned: m.ProgrammeRound) -> c.RoundAsked:
    return c.RoundAsked(**{name: getattr(planned, name) for name in _ROUND_FIELDS})


def _changed_round(reader: Reader, planned: c.RoundAsked, rest: str) -> c.RoundAsked:
    given: dict[str, object] = dict(reader.fields(rest, _ROUND_FIELDS))
    if "topics" in given:
        topics = re.split(r"[;；]", str(given["topics"]))
        given["topics"] = tuple(topic.strip() for topic in topics if topic.strip())
    if "size" in given or "kind" in given:  # what follows from them is left to the server
        given = {"least": None, "most": None, **given}
    try:
        fields = {**msgspec.structs.asdict(planned), **given}
        return msgspec.convert(fields, c.RoundAsked, strict=False)
    except ValidationError as error:
        raise Unclear(_why_not(reader.speech, error)) from error


# What each command offers


def _nothing(reader: Reader, rest: str) -> list[Choice]:
    return []


def _rooms(reader: Reader, rest: str) -> list[Choice]:
    return room_choices(reader.speech, reader.board, rest)


def _people(reader: Reader, rest: str) -> list[Choice]:
    return people_choices(reader.speech, reader.board, rest.strip())


def _with_reason(reader: Reader, rest: str) -> list[Choice]:
    found = [] if ":" in rest or "：" in rest else _people(reader, rest)
    return [Choice(choice.typed + ": ", choice.shown) for choice in found]


def _people_then_room(reader: Reader, rest: str) -> list[Choice]:
    return reader.after_people(
        rest, lambda tail: room_choices(reader.speech, reader.board, tail, lobby=True)
    )


def _two_people(reader: Reader, rest: str) -> list[Choice]:
    return reader.after_people(rest, lambda tail: people_choices(reader.speech, reader.board, tail))


def _two_rooms(reader: Reader, rest: str) -> list[Choice]:
    words = dividing.words(rest)
    if not words or (len(words) == 1 and not rest.endswith(" ")):
        return _spaced(_rooms(reader, rest))
    tail = " ".join(words[1:])
    return [Choice(f"{words[0]} {one.typed}", one.shown) for one in _rooms(reader, tail)]


def _length_then_room(reader: Reader, rest: str) -> list[Choice]:
    words = dividing.words(rest)
    if not words or (len(words) == 1 and not rest.endswith(" ")):
        return [Choice(t) for t in ("+60", "+300", "-60") if t.startswith(rest.strip())]
    tail = " ".join(words[1:])
    return [Choice(f"{words[0]} {one.typed}", one.shown) for one in _rooms(reader, tail)]


def _to_rooms(reader: Reader, rest: str) -> list[Choice]:
    head, at, begun = rest.rpartition("@")
    if not at or re.search(dividing.SPACES, begun):
        return []
    return [Choice(f"{head}@{one.typed} ", one.shown) for one in _rooms(reader, begun)]


def _callers(reader: Reader, rest: str) -> list[Choice]:
    calls = b.open_calls(reader.board)
    ids = {call.sender for call in calls}
    seats = [seat for seat in naming.everybody(reader.board) if seat.id in ids]
    if ":" in rest or "：" in rest:
        return []
    found = people_choices(reader.speech, reader.board, rest.strip(), seats)
    texts = {call.sender: call.text for call in calls}
    return [
        Choice(choice.typed + ": ", next(iter(texts.values()), "") if len(texts) == 1 else "")
        for choice in found
    ]


def _listed_people(reader: Reader, rest: str) -> list[Choice]:
    head, comma, begun = rest.rpartition(",")
    before = f"{head}{comma} " if comma else ""
    return [Choice(before + one.typed, one.shown) for one in _people(reader, begun)]


def _allows(reader: Reader, rest: str) -> list[Choice]:
    return [Choice(str(allow)) for allow in Allow if allow.startswith(folded(rest))]


def _offers_undo(reader: Reader, rest: str) -> list[Choice]:
    own = [one for one in reader.board.undo if reader.board.you and one.by == reader.board.you.id]
    closes = any(one.closing for one in own)
    return [Choice("closing")] if closes and "closing".startswith(folded(rest)) else []


def _offers_proposed(reader: Reader, rest: str) -> list[Choice]:
    sought = folded(rest)
    return [Choice(naming.quoted(t)) for _, t in _proposed_topics(reader) if sought in folded(t)]


def _offers_topics(reader: Reader, rest: str) -> list[Choice]:
    sought = folded(rest)
    return [Choice(naming.quoted(t)) for _, t in _all_topics(reader) if sought in folded(t)]


def _fields_of(*names: str) -> Callable[[Reader, str], list[Choice]]:
    def offers(reader: Reader, rest: str) -> list[Choice]:
        head, _, begun = rest.rpartition(" ")
        before = f"{head} " if head else ""
        if begun.startswith("kind="):
            return [Choice(f"{before}kind={kind} ") for kind in Kind if kind.startswith(begun[5:])]
        return [Choice(f"{before}{name}=") for name in names if name.startswith(begun)]

    return offers


def _programme_offers(reader: Reader, rest: str) -> list[Choice]:
    plan = reader.board.programme
    numbers = [str(one.round) for one in plan.rounds] if plan else []
    words = dividing.words(rest)
    if not words or (len(words) == 1 and not rest.endswith(" ")):
        begun = words[0] if words else ""
        return [Choice(f"{one} ") for one in ("add", "drop", *numbers) if one.startswith(begun)]
    if words[0] == "drop":
        return [Choice(f"drop {one}") for one in numbers if one.startswith("".join(words[1:]))]
    return _fields_of(*_ROUND_FIELDS)(reader, rest)


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
    "open-doors": Form("", "opens the doors", _alone(c.OpenDoors), _nothing),
    "propose-round": Form(
        "[kind= seconds= size= prompt= seed=]",
        "changes the next round before it starts",
        _propose,
        _fields_of("kind", "seconds", "size", "prompt", "seed"),
    ),
    "start-round": Form(
        "[seconds= size=]", "calls the next round", _start, _fields_of("seconds", "size")
    ),
    "pause": Form("", "stops the clock", _alone(c.Pause), _nothing),
    "resume": Form("", "lets the clock run on", _alone(c.Resume), _nothing),
    "extend": Form(
        "±SECONDS [ROOM]", "more time, or less, for all or one room", _extend, _length_then_room
    ),
    "end-round": Form("[ROOM]", "ends the round for all or one room", _end, _rooms, grave=True),
    "announce": Form("[@ROOM …] TEXT", "tells everybody, or these rooms", _announce, _to_rooms),
    "move": Form("NAME ROOM", "brings somebody to a room or the lobby", _move, _people_then_room),
    "merge": Form("ROOM ROOM", "brings a room's people into another", _merge, _two_rooms),
    "visit": Form("[ROOM]", "visits a room, which sees it; none: leaves", _visit, _rooms),
    "say": Form("TEXT", "writes in the room you visit, or the lobby", _say, _nothing),
    "answer-call": Form("[WHO][: TEXT]", "answers a call", _answer, _callers),
    "call-seen": Form("[WHO]", "lets callers know you saw their call", _seen, _callers),
    "remove": Form(
        "NAME[: REASON]", "removes somebody from the event", _remove, _with_reason, grave=True
    ),
    "readmit": Form("NAME[: REASON]", "lets somebody in (again)", _readmit, _with_reason),
    "check-in": Form("NAME", "checks somebody in on site", _check_in, _people),
    "check-out": Form("NAME", "checks somebody out", _check_out, _people),
    "swap": Form("NAME NAME", "swaps two people in the proposal", _swap, _two_people),
    "pin": Form(
        "NAME, NAME [in ROOM] | room ROOM",
        "keeps people together, or a room as it is",
        _pin,
        _listed_people,
    ),
    "unpin": Form("[NAME | room ROOM]", "lets go of them, or of everything", _unpin, _people),
    "reshuffle": Form("", "draws another seating", _alone(c.Reshuffle), _nothing),
    "relax": Form(
        "repeats | sizes | sit-outs | programme",
        "says what gives way where not everything can hold",
        _relax,
        _allows,
    ),
    "undo": Form(
        "[closing]",
        "takes back your last change of seats, or the closing (30 s)",
        _undo,
        _offers_undo,
    ),
    "change-programme": Form(
        "add … | drop N | N size= seconds= …",
        "changes the rounds to come",
        _programme,
        _programme_offers,
    ),
    "accept-topic": Form("TOPIC", "takes a proposed topic", _accept, _offers_proposed),
    "drop-topic": Form("TOPIC", "declines a topic or takes it off", _drop, _offers_topics),
    "close-event": Form("", "ends the event in 30 s", _alone(c.CloseEvent), _nothing, grave=True),
}
"""Every command by the contract's name, in the order an evening needs them."""
