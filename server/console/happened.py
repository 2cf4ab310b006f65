"""What happened, in words: the server tells codes and ids, this says who and where. Pure.

A line nobody acted on (`by` is empty) is told without a doer; unknown codes are passed over.
"""

from __future__ import annotations

from rooms import messages as m
from server.console.board import Board, name_of
from server.console.sentences import lasting, room_within
from server.console.speech import Speech

ALONE = {
    "event-ended": "The event ended",
    "call-withdrawn": "The round could not be held: too few people are here",
    "round-started": "The round started",
    "break-ended": "The last break is over",
    "preview-shortened": "Everybody is at their table: the round starts earlier",
}
"""What is worded by its code alone."""

UNDO_MS = 30_000
"""Rule 15: a change of seats, and the closing, can be taken back for so long."""

UNDOABLE = {
    "rearranged": "",
    "proposal-changed": "the next seating",
    "closing-began": "the closing",
}
"""What can be taken back, and how that is called (msgids); who went where is told by name."""

DONE_BY = {
    "doors-opened": ("{who} opened the doors", "Doors opened"),
    "closing-began": ("{who} closes the event", "The event closes"),
    "open-called": ("{who} called an open floor", "An open floor was called"),
    "plenary-called": ("{who} called everybody together", "Everybody was called together"),
    "round-called": ("{who} called the round", "The round was called"),
    "round-ended": ("{who} ended the round", "The round ended"),
    "paused": ("{who} paused", "Paused"),
    "resumed": ("{who} resumed", "Resumed"),
    "seated-moved": ("{who} moved {name} to {room}", "{name} moved to {room}"),
    "unseated-moved": ("{who} moved {name} to the lobby", "{name} moved to the lobby"),
    "room-ended": ("{who} ended {room}", "It is over in {room}"),
    "removed": ("{who} removed {name}", "{name} was removed"),
    "readmitted": ("{who} let {name} in", "{name} was let in"),
    "programme-changed": ("{who} changed the programme", ""),
    "proposal-changed": ("{who} changed the next seating", ""),
    "undone": ("{who} took their last change back", ""),
    "visited": ("{who} visits {room}", ""),
    "visit-ended": ("{who} left {room} again", ""),
    "topic-accepted": ("{who} accepted a topic", ""),
    "topic-dropped": ("{who} took a topic off the list", ""),
    "seated-late": ("", "{name} came late and joined {room}"),
    "seated-stranded": ("", "{name} had nobody left and joined {room}"),
    "seated-back": ("", "{name} is back in {room}"),
    "unseated-left": ("", "{name} left {room}"),
    "unseated-stranded": ("", "{name} had nobody left and waits in the lobby"),
    "room-opened": ("", "People who came late got {room}"),
}
"""By code: how it is told with a doer, and without one."""


def doer(speech: Speech, board: Board, by: str) -> str:
    """Returns who did something, as people are called; "" for the clock and the server."""
    if by == "organiser":
        return speech.gettext("The organiser")
    name = name_of(board, by)
    return speech.gettext("{name}", name=name) if name else ""


def undoable(board: Board, now: int) -> m.LogLine | None:
    """Returns this host's change that `undo` takes back at `now` (ms); None: nothing can be."""
    you = board.you.id if board.you is not None else ""
    own = [one for one in board.undo if one.by == you and now - one.at <= UNDO_MS]
    change = max(own, key=lambda one: one.at, default=None)
    if change is None or change.since:
        return None
    lines = (one for one in board.log if (one.by, one.at) == (you, change.at))
    return next((one for one in lines if one.what in UNDOABLE), None)


def undo_words(speech: Speech, board: Board, line: m.LogLine) -> str:
    """Returns what an undo takes back, in a few words."""
    _ = speech.gettext
    if line.what == "rearranged":
        name = name_of(board, line.about) or _("Somebody")
        room = room_within(speech, line.room, board.rooms) or _("the lobby")
        return _("{name} to {room}", name=name, room=room)
    return _(UNDOABLE[line.what])


def log_sentence(speech: Speech, board: Board, line: m.LogLine) -> str:
    """Returns one line of the log as a sentence; "" for what a host need not read."""
    _ = speech.gettext
    who = doer(speech, board, line.by)
    name = name_of(board, line.about) or _("Somebody")
    room = room_within(speech, line.room, board.rooms)
    if line.what in ALONE:
        return _(ALONE[line.what])
    if line.what in DONE_BY:
        by_somebody, by_itself = DONE_BY[line.what]
        sentence = (by_somebody if who else "") or by_itself
        return _(sentence, who=who, name=name, room=room) if sentence else ""
    match line.what:
        case "seating-fixed" if line.changed:
            return speech.ngettext(
                "Everybody sees whom they meet; {n} room changed since the proposal",
                "Everybody sees whom they meet; {n} rooms changed since the proposal",
                line.changed,
            )
        case "seating-fixed":
            return _("Everybody sees whom they meet")
        case "deadline-moved":
            return _deadline_moved(speech, line, who, room)
        case "announced":
            said = next((d.text for d in board.deliveries if d.id == line.about), "")
            if said:
                return _("{who} announced: {text}", who=who, text=said)
            return _("{who} announced something", who=who)
        case "host-called":
            call = _call(board, line.about)
            where = room_within(speech, (call.room if call else "") or "", board.rooms)
            if where:
                return _("{who} called a host from {room}", who=who, room=where)
            return _("{who} called a host", who=who)
        case "call-answered":
            call = _call(board, line.about)
            caller = name_of(board, call.sender) if call else ""
            if caller:
                return _("{who} answered {name}", who=who, name=caller)
            return _("{who} answered a call", who=who)
        case _:
            return ""


def _call(board: Board, id: str) -> m.Call | None:
    return next((call for call in board.calls if call.id == id), None)


def _deadline_moved(speech: Speech, line: m.LogLine, who: str, room: str) -> str:
    _ = speech.gettext
    seconds = line.seconds or 0
    length = lasting(speech, abs(seconds))
    if room and not who:
        return _("{room} wished for {length} more", room=room, length=length)
    if not who:
        return _("The end moved by {length}", length=length)
    where = room or _("everybody")
    if seconds < 0:
        return _("{who} took {length} off for {where}", who=who, length=length, where=where)
    return _("{who} gave {where} {length} more", who=who, where=where, length=length)
