"""How each command is read from what follows its name. Pure.

One function a command: it takes the words and gives the command, or raises Unclear. Decides nothing
about the evening: what can be asked is asked, and the server says no.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
from msgspec import ValidationError

from rooms import commands as c
from rooms import messages as m
from rooms.programme import Allow
from server.console import board as b
from server.console import dividing, naming
from server.console.board import folded, name_matches
from server.console.meaning import Meaning, why_not
from server.console.naming import Unclear
from server.console.sentences import room_sign

Asked = c.HostCommand | c.Say


def _converted(meaning: Meaning, command: type[Asked], given: dict[str, str]) -> Asked:
    try:
        return msgspec.convert(given, command, strict=False)
    except ValidationError as error:
        raise Unclear(why_not(meaning.speech, error)) from error


def alone(command: type[Asked]) -> Callable[[Meaning, str], Asked]:
    def read(meaning: Meaning, rest: str) -> Asked:
        meaning.nothing(rest)
        return command()  # type: ignore[call-arg]  # those that take nothing

    return read


def propose(meaning: Meaning, rest: str) -> Asked:
    given = meaning.fields(rest, ("kind", "seconds", "size", "prompt", "seed"))
    return _converted(meaning, c.ProposeRound, given)


def start(meaning: Meaning, rest: str) -> Asked:
    return _converted(meaning, c.StartRound, meaning.fields(rest, ("seconds", "size")))


def end(meaning: Meaning, rest: str) -> Asked:
    return c.EndRound(room=meaning.room(rest) if rest.strip() else None)


def extend(meaning: Meaning, rest: str) -> Asked:
    words = dividing.words(meaning.needed(rest, "±SECONDS [ROOM]"))
    room = meaning.room(" ".join(words[1:])) if len(words) > 1 else None
    return c.Extend(seconds=meaning.seconds(words[0]), room=room)


def announce(meaning: Meaning, rest: str) -> Asked:
    rooms = []
    while found := re.match(rf"{dividing.SPACES}*[@＠](\S+){dividing.SPACES}*", rest):
        rooms.append(meaning.room(found[1]))
        rest = rest[found.end() :]
    text = meaning.needed(rest, "[@ROOM …] TEXT").strip()
    return c.Announce(text=text, rooms=tuple(rooms) or None)


def move(meaning: Meaning, rest: str) -> Asked:
    attendee, room = meaning.both(rest, "NAME ROOM", meaning.person, meaning.room_or_lobby)
    return c.Move(attendee=attendee, room=room)


def merge(meaning: Meaning, rest: str) -> Asked:
    room, into = meaning.both(rest, "ROOM ROOM", meaning.room, meaning.room)
    return c.Merge(room=room, into=into)


def remove(meaning: Meaning, rest: str) -> Asked:
    name, reason = dividing.around_colon(rest)
    return c.Remove(attendee=meaning.person(name), reason=reason.strip())


def readmit(meaning: Meaning, rest: str) -> Asked:
    name, reason = dividing.around_colon(rest)
    return c.Readmit(attendee=meaning.person(name), reason=reason.strip())


def visit(meaning: Meaning, rest: str) -> Asked:
    return c.Visit(room=meaning.room(rest) if rest.strip() else None)


def answer(meaning: Meaning, rest: str) -> Asked:
    who, text = dividing.around_colon(rest)
    return c.AnswerCall(call=_call_of(meaning, dividing.unquoted(who)), text=text.strip())


def seen(meaning: Meaning, rest: str) -> Asked:
    return c.CallSeen(call=_call_of(meaning, dividing.unquoted(rest)))


def _call_of(meaning: Meaning, who: str) -> str:
    """Returns the call meant: its id, its room, its caller, or the only one there is."""
    calls = b.open_calls(meaning.board)
    if who and any(call.id == who for call in meaning.board.calls):
        return who
    if not calls:
        raise Unclear(meaning.speech.gettext("Nobody calls now."))
    if not who:
        if len(calls) == 1:
            return calls[0].id
        names = [b.name_of(meaning.board, call.sender) for call in calls]
        raise Unclear(
            meaning.speech.gettext("Which call? {people} call.", people=meaning.speech.list(names))
        )
    found = [call for call in calls if _calls(meaning, call, who)]
    if len(found) == 1:
        return found[0].id
    if not found:
        raise Unclear(meaning.speech.gettext("“{name}” is not calling.", name=who))
    names = [b.name_of(meaning.board, call.sender) for call in found]
    raise Unclear(
        meaning.speech.gettext("Which call? {people} call.", people=meaning.speech.list(names))
    )


def _calls(meaning: Meaning, call: m.Call, who: str) -> bool:
    room = meaning.board.rooms.get(call.room or "")
    if room is not None and folded(room_sign(room)) == folded(who):
        return True
    name = b.name_of(meaning.board, call.sender)
    return call.sender == who.removeprefix("#") or name_matches(name, folded(who))


def check_in(meaning: Meaning, rest: str) -> Asked:
    return c.CheckIn(attendee=meaning.person(rest))


def check_out(meaning: Meaning, rest: str) -> Asked:
    return c.CheckOut(attendee=meaning.person(rest))


_BLANK = dividing.SPACES
_IN = re.compile(rf"(.*?){_BLANK}+in{_BLANK}+(\S+){_BLANK}*$", re.DOTALL)
_ROOM = re.compile(rf"{_BLANK}*(?:room|ルーム){_BLANK}*(\S+){_BLANK}*$", re.IGNORECASE)


def pin(meaning: Meaning, rest: str) -> Asked:
    return _pinned(meaning, meaning.needed(rest, "NAME, NAME [in ROOM]"), keep=True)


def unpin(meaning: Meaning, rest: str) -> Asked:
    return _pinned(meaning, rest, keep=False) if rest.strip() else c.Pin()


def _pinned(meaning: Meaning, rest: str, *, keep: bool) -> Asked:
    if found := _ROOM.match(rest):
        room = naming.proposed_room(meaning.speech, meaning.board, found[1])
        return c.Pin(room=room, keep=keep, seen=_version(meaning))
    room_id = None
    if found := _IN.match(rest):
        room_id = naming.proposed_room(meaning.speech, meaning.board, found[2])
        rest = found[1]
    people = tuple(meaning.person(typed) for typed in dividing.listed(rest))
    seen = _version(meaning) if room_id is not None else None
    return c.Pin(people=people, room=room_id, keep=keep, seen=seen)


def _version(meaning: Meaning) -> int | None:
    """Returns the version of the proposal on the board."""
    proposal = meaning.board.proposal
    return proposal.version or None if proposal is not None else None


def swap(meaning: Meaning, rest: str) -> Asked:
    listed = dividing.listed(rest)
    if len(listed) == 2:
        a, other = map(meaning.person, listed)
    else:
        a, other = meaning.both(rest, "NAME NAME", meaning.person, meaning.person)
    return c.Swap(a=a, b=other, seen=_version(meaning))


def relax(meaning: Meaning, rest: str) -> Asked:
    try:
        return c.Relax(allow=Allow(folded(rest)))
    except ValueError:
        choices = " ".join(Allow)
        raise Unclear(meaning.speech.gettext("Write one of: {choices}", choices=choices)) from None


def undo(meaning: Meaning, rest: str) -> Asked:
    closing = folded(rest) == "closing"
    if not closing:
        meaning.nothing(rest)
    return c.Undo(closing=closing)


def _topic(meaning: Meaning, typed: str, topics: list[tuple[str, str]]) -> str:
    sought = folded(dividing.unquoted(typed))
    found = [id for id, text in topics if id == typed or folded(text) == sought]
    found = found or [id for id, text in topics if sought and sought in folded(text)]
    if len(found) == 1:
        return found[0]
    if not topics:
        raise Unclear(meaning.speech.gettext("No topic is there to choose."))
    texts = meaning.speech.list([f"“{text}”" for _, text in topics])
    raise Unclear(meaning.speech.gettext("Which topic? There is {topics}.", topics=texts))


def proposed_topics(meaning: Meaning) -> list[tuple[str, str]]:
    topics = meaning.board.topics
    return [(topic.id, topic.text) for topic in topics.proposed] if topics else []


def all_topics(meaning: Meaning) -> list[tuple[str, str]]:
    topics = meaning.board.topics
    listed = [(topic.id, topic.text) for topic in topics.topics] if topics else []
    return proposed_topics(meaning) + listed


def accept(meaning: Meaning, rest: str) -> Asked:
    return c.AcceptTopic(topic=_topic(meaning, rest, proposed_topics(meaning)))


def drop(meaning: Meaning, rest: str) -> Asked:
    return c.DropTopic(topic=_topic(meaning, rest, all_topics(meaning)))


def say(meaning: Meaning, rest: str) -> Asked:
    return c.Say(text=meaning.needed(rest, "TEXT").strip())


ROUND_FIELDS = tuple(c.RoundAsked.__struct_fields__)


def programme(meaning: Meaning, rest: str) -> Asked:
    """`add FIELDS`, `drop N`, or `N FIELDS`: one change to the rounds to come."""
    plan = meaning.board.programme
    if plan is None:
        raise Unclear(meaning.speech.gettext("No further round is planned."))
    what, _, more = dividing.first(meaning.needed(rest, "add … | drop N | N size=…"))
    rounds = [_as_asked(one) for one in plan.rounds]
    if what == "add":
        like = rounds[-1] if rounds else c.RoundAsked()
        rounds.append(_changed_round(meaning, like, more))
    else:
        number = dividing.first(more)[0] if what == "drop" else what
        at = next((i for i, one in enumerate(plan.rounds) if str(one.round) == number), None)
        if at is None:
            numbers = [one.round for one in plan.rounds]
            ends = sorted({*numbers[:1], *numbers[-1:]})
            listed = "–".join(str(number) for number in ends)
            raise Unclear(
                meaning.speech.gettext(
                    "Which round? Rounds to come: {rounds}.", rounds=listed or "–"
                )
            )
        if what == "drop":
            del rounds[at]
        else:
            rounds[at] = _changed_round(meaning, rounds[at], more)
    return c.ChangeProgramme(rounds=tuple(rounds), revision=plan.revision)


def _as_asked(planned: m.ProgrammeRound) -> c.RoundAsked:
    return c.RoundAsked(**{name: getattr(planned, name) for name in ROUND_FIELDS})


def _changed_round(meaning: Meaning, planned: c.RoundAsked, rest: str) -> c.RoundAsked:
    given: dict[str, object] = dict(meaning.fields(rest, ROUND_FIELDS))
    if "topics" in given:
        topics = re.split(r"[;；]", str(given["topics"]))
        given["topics"] = tuple(topic.strip() for topic in topics if topic.strip())
    if "size" in given or "kind" in given:  # what follows from them is left to the server
        given = {"least": None, "most": None, **given}
    try:
        fields = {**msgspec.structs.asdict(planned), **given}
        return msgspec.convert(fields, c.RoundAsked, strict=False)
    except ValidationError as error:
        raise Unclear(why_not(meaning.speech, error)) from error
