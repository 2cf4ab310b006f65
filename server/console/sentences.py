"""The console in words: rooms, phases, people, what needs a host, how a connection is. Pure.

Codes come from the server as data; what is not known here is passed over, never shown raw. The
words are those of the web console, from the same catalogue.
"""

from __future__ import annotations

import re

from rooms import messages as m
from rooms.messages import Phase
from rooms.people import Mode, Role
from rooms.programme import Kind
from server.attending import Ended
from server.console import board as b
from server.console.board import Board, Need
from server.console.speech import Speech, clock_text

FAR_MS = 20 * 3_600_000
"""From so far away on, an instant is a day to come and no countdown."""

RUNNING = (Phase.PREVIEW, Phase.ROUND, Phase.BREAK)
BEFORE = (Phase.DRAFT, Phase.LOBBY)


# Rooms and lengths


def number_in(id: str) -> str:
    """Returns the number that a room's id ends with.

    >>> number_in("r2-12")
    '12'
    """
    found = re.search(r"(\d+)$", id)
    return found[1] if found else id


def room_sign(room: m.BoardRoom) -> str:
    """Returns the sign of a room: "T7" for a table, else its number."""
    return number_in(room.id) if room.table is None else f"T{room.table}"


def room_name(speech: Speech, room: m.BoardRoom) -> str:
    """Returns a room's name: "Table 7" or "Room 12"."""
    if room.table is not None:
        return speech.gettext("Table {n}", n=room.table)
    return speech.gettext("Room {n}", n=number_in(room.id))


def room_within(speech: Speech, id: str, rooms: dict[str, m.BoardRoom]) -> str:
    """Returns a room's name within a sentence: "table 7" or "room 12"; "" for none."""
    if not id:
        return ""
    room = rooms.get(id)
    if room is not None and room.table is not None:
        return speech.gettext("table {n}", n=room.table)
    return speech.gettext("room {n}", n=number_in(id))


def lasting(speech: Speech, seconds: int) -> str:
    """Returns a length in words: "8 min", "45 s", "1 min 30 s"."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return speech.gettext("{n} s", n=seconds)
    if rest:
        return speech.gettext("{m} min {s} s", m=minutes, s=rest)
    return speech.gettext("{n} min", n=minutes)


# The clock


def phase_title(speech: Speech, event: m.EventView) -> str:
    """Returns where the evening stands."""
    _ = speech.gettext
    at = {"round": event.round, "rounds": event.rounds}
    match event.phase:
        case Phase.DRAFT:
            return _("Not open yet")
        case Phase.LOBBY:
            over = event.round and event.round >= event.rounds
            return _("All rounds are over") if over else _("The lobby is open")
        case Phase.PREVIEW:
            return _("Round {round} of {rounds} is about to start", **at)
        case Phase.ROUND:
            return _("Round {round} of {rounds}", **at)
        case Phase.BREAK:
            return _("Break after round {round} of {rounds}", **at)
        case Phase.ENDED:
            return _("The evening is over")


def counts_to(event: m.EventView, now: int) -> int | None:
    """Returns the instant that the clock counts down to; None when it waits for somebody."""
    if event.phase is Phase.PREVIEW:
        return event.starts_at
    if event.phase in (Phase.ROUND, Phase.BREAK):
        return event.ends_at
    if event.phase not in BEFORE or event.round or event.starts_at is None:
        return None
    return event.starts_at if event.starts_at - now < FAR_MS else None


def left(until: int, now: int, paused: int | None) -> int:
    """Returns the ms left until an instant; while paused, time stands still."""
    return max(0, until - (now if paused is None else paused))


def clock_figures(event: m.EventView, now: int) -> str:
    """Returns what the large clock shows; "" when it counts down to nothing."""
    to = counts_to(event, now)
    if to is None:
        return ""
    return clock_text(left(to, now, event.paused if event.phase in RUNNING else None))


def clock_sentence(speech: Speech, event: m.EventView, now: int, you: m.You | None = None) -> str:
    """Returns the sentence under the clock: until when, for whom, and what comes then.

    A helper, who starts and ends nothing, reads that it waits for a host.
    """
    _ = speech.gettext
    helper = you is not None and you.role is Role.HELPER

    def at(instant: int | None) -> str:
        if instant is None:
            return ""
        say = speech.time_of_day if instant - now < FAR_MS else speech.day_and_time
        return say(instant, event.time_zone)

    over = event.round and event.round >= event.rounds
    if event.paused is not None and event.phase in RUNNING:
        return _("Everything has stood still since {time}", time=at(event.paused))
    match event.phase:
        case Phase.DRAFT if event.starts_at is not None:
            return _("doors open at {time}", time=at(event.starts_at))
        case Phase.DRAFT:
            return _("doors wait for a host") if helper else _("doors wait for you")
        case Phase.LOBBY if over:
            return (
                _("people can still talk here until a host closes the event")
                if helper
                else _("people can still talk here until you close the event")
            )
        case Phase.LOBBY if event.starts_at is not None and not event.round:
            return _("planned for {time}", time=at(event.starts_at))
        case Phase.LOBBY:
            return (
                _("the first round waits for a host")
                if helper
                else _("the first round waits for you")
            )
        case Phase.PREVIEW if event.kind is Kind.PLENARY:
            return _("in a moment you speak to everybody")
        case Phase.PREVIEW if event.kind is Kind.OPEN:
            return _("in a moment the floor is open")
        case Phase.PREVIEW:
            return _(
                "everybody sees whom they meet; they talk from {from} to {to}",
                **{"from": at(event.starts_at), "to": at(event.ends_at)},
            )
        case Phase.ROUND if event.ends_at is None:
            return (
                _("the floor is open until a host ends it")
                if helper
                else _("the floor is open until you end it")
            )
        case Phase.ROUND:
            ends = _("ends {time} for everybody", time=at(event.ends_at))
            then = _after_round(speech, event, helper=helper)
            return f"{ends} · {then}" if then else ends
        case Phase.BREAK if event.ends_at is not None and over:
            ends = at(event.ends_at)
            return _("the last round is over; from {time} on everybody is in the lobby", time=ends)
        case Phase.BREAK if event.ends_at is not None:
            return _("the next round is called at {time}", time=at(event.ends_at))
        case Phase.BREAK:
            return (
                _("the last round is over")
                if over
                else (
                    _("the next round waits for a host")
                    if helper
                    else _("the next round waits for you")
                )
            )
        case Phase.ENDED:
            return _("people keep their contacts; you can export at the desk")


def _after_round(speech: Speech, event: m.EventView, *, helper: bool) -> str:
    programme = event.programme
    if not programme:
        return ""
    if event.round < min(event.rounds, len(programme)) and not programme[event.round].auto:
        return (
            speech.gettext("then the next round waits for a host")
            if helper
            else speech.gettext("then the next round waits for you")
        )
    seconds = programme[event.round - 1].break_seconds if event.round <= len(programme) else 0
    if not seconds:
        return ""
    return speech.gettext("then a break of {length}", length=clock_text(seconds * 1000))


def closing_words(speech: Speech, event: m.EventView, now: int) -> str:
    """Returns when the event closes; "" while it does not."""
    if event.closes_at is None or event.phase is Phase.ENDED:
        return ""
    time = clock_text(left(event.closes_at, now, None))
    return speech.gettext("The event closes in {time}.", time=time)


def counts(speech: Speech, pool: m.PoolView) -> list[tuple[str, str]]:
    """Returns how many people are where, as (label, number)."""
    _, number = speech.gettext, speech.number
    return [
        (_("In rooms"), number(pool.in_rooms)),
        (_("In the lobby"), number(pool.in_lobby)),
        (_("Sitting out"), number(pool.sitting_out)),
        (_("Reconnecting"), number(pool.dropped)),
        (_("On site / online"), f"{number(pool.on_site)} / {number(pool.online)}"),
    ]


# People


def seat_words(speech: Speech, state: str) -> str:
    """Returns how somebody is, in a word or two; "" for somebody simply there."""
    _ = speech.gettext
    words = {
        "dropped": _("reconnecting"),
        "not-here-yet": _("not here yet"),
        "expected": _("on the way"),
        "no-camera": _("no camera"),
        "by-choice": _("sits out"),
        "not-ready": _("not ready yet"),
        "not-checked-in": _("not checked in"),
        "left-over": _("no seat this round"),
        "no-table": _("no free table"),
        "no-station": _("no free station"),
        "only-one": _("alone on site or online"),
        "with-person": _("their person has no seat"),
        "nobody-to-seat": _("no seat this round"),
        "stranded": _("no seat this round"),
        "late": _("came late"),
        "left": _("left the room"),
        "moved": _("brought to the lobby"),
        "room-ended": _("the room ended"),
        "waits-for-yes": _("waits for your yes"),
        "removed": _("removed"),
        "away": _("not here"),
    }
    return words.get(state, "")


def waiting_words(speech: Speech, board: Board, seat: m.Seat) -> str:
    """Returns how somebody without a room is; "" for somebody simply in the lobby."""
    running = board.event is not None and board.event.phase in (Phase.PREVIEW, Phase.ROUND)
    if seat.state == "late" and not running:
        return ""  # no round to be late for
    return seat_words(speech, seat.state)


def where_words(speech: Speech, board: Board, id: str) -> str:
    """Returns where somebody is, and how."""
    room = b.room_of(board, id)
    if room is not None:
        state = next(seat.state for seat in room.people if seat.id == id)
        pieces = (room_name(speech, room), seat_words(speech, state))
        return " · ".join(piece for piece in pieces if piece)
    for seat in board.pool.waiting if board.pool is not None else ():
        if seat.id == id:
            return waiting_words(speech, board, seat) or speech.gettext("in the lobby")
    known = board.people.get(id)
    return seat_words(speech, known.state) if known is not None else ""


def person_words(speech: Speech, board: Board, seat: m.Seat) -> str:
    """Returns somebody's second line: on site or online, where they are, how they are."""
    mode = speech.gettext("on site" if seat.mode is Mode.ON_SITE else "online")
    return " · ".join(piece for piece in (mode, where_words(speech, board, seat.id)) if piece)


def stand_out_words(speech: Speech, room: m.BoardRoom, kind: str) -> str:
    """Returns what stands out in a room as a caption; "" for nothing."""
    _ = speech.gettext
    if room.ended:
        return _("ended")
    if kind == "calls":
        return _("calls")
    if kind == "alone":
        return _("alone")
    if kind == "silent":
        return _("silent")
    if kind == "station":
        return _("station away")
    if kind != "away":
        return ""
    dropped = sum(1 for seat in room.people if seat.state == "dropped")
    if dropped:
        return _("{n} dropped", n=dropped)
    late = sum(1 for seat in room.people if seat.state == "not-here-yet")
    return _("{n} not here yet", n=late)


def people_words(speech: Speech, room: m.BoardRoom) -> str:
    """Returns who is in a room and how, in one line."""
    said = []
    for seat in room.people:
        how = seat_words(speech, seat.state)
        said.append(
            speech.gettext("{name} ({state})", name=seat.name, state=how) if how else seat.name
        )
    return speech.list(said) if said else speech.gettext("nobody")


def ago(speech: Speech, at: int, now: int) -> str:
    """Returns how long ago an instant is, coarsely enough not to flicker."""
    seconds = max(0, (now - at) // 1000)
    if seconds < 5:
        return speech.gettext("just now")
    if seconds < 60:
        return speech.gettext("{n} s ago", n=seconds - seconds % 5)
    if seconds < 3600:
        return speech.gettext("{n} min ago", n=seconds // 60)
    return speech.gettext("{n} h ago", n=seconds // 3600)


# What needs a host


def need_words(speech: Speech, board: Board, need: Need) -> str:
    """Returns what waits for a host, in one sentence."""
    _ = speech.gettext
    if need.call is not None:
        caller = b.name_of(board, need.call.sender) or _("Somebody")
        room = board.rooms.get(need.call.room or "")
        who = f"{room_name(speech, room)} ({caller})" if room is not None else caller
        if need.call.text:
            return _("{room} calls: {text}", room=who, text=need.call.text)
        return _("{name} calls", name=who) if room is None else _("{room} calls", room=who)
    if need.report is not None:
        a, about = b.name_of(board, need.report.by), b.name_of(board, need.report.about)
        said = _("{a} reports {b}", a=a, b=about)
        return f"{said}: {need.report.text}" if need.report.text else said
    if need.silent:
        return _("{n} rooms are silent", n=need.silent)
    if need.room is not None and need.why == "silent":
        return _("{room} is silent", room=room_name(speech, need.room))
    if need.room is not None and need.why == "station":
        within = room_within(speech, need.room.id, board.rooms)
        return _("The station of {room} is away", room=within)
    if need.room is not None:
        name = b.name_of(board, need.room.alone or "")
        within = room_within(speech, need.room.id, board.rooms)
        return _("{name} is alone in {room}", name=name, room=within)
    assert need.seat is not None
    return _("{name} waits for your yes", name=need.seat.name)


def need_at(need: Need) -> int | None:
    """Returns since when something waits (ms), where that is known."""
    if need.call is not None:
        return need.call.at
    return need.report.at if need.report is not None else None


# The connection


def closed_words(speech: Speech, ended: Ended) -> str:
    """Returns why the console cannot come back."""
    _ = speech.gettext
    if ended.status in (401, 403) or ended.code == 4504:
        return _("This key may not host this event, or not any more. Ask for a new host's link.")
    if ended.status == 404:
        return _("There is no such event at this address.")
    if ended.code == 4502:
        return _("You were removed from this event.")
    if ended.code == 4503:
        return _("The event is over and its sockets are closed. You can export at the desk.")
    return _("The server closed this console because it sent too much. Start it again.")


def lost_words(speech: Speech) -> str:
    """Returns the one line about a connection that comes back by itself."""
    return speech.gettext("Connection lost, coming back… The evening goes on by itself meanwhile.")
