"""What each screen of the console shows, as rows of worded pieces. Pure; draws nothing.

A piece has a tone, which a face may show as colour, but which never says anything the words don't.
Signs before names are ASCII, since some Japanese terminals draw circles twice as wide.
"""

from __future__ import annotations

from msgspec import Struct

from rooms import messages as m
from rooms.messages import Phase
from rooms.people import Mode, RoomMode
from server.console import board as b
from server.console import naming
from server.console.asked import FORMS, LOCALS
from server.console.board import Board, folded, name_matches
from server.console.happened import log_sentence
from server.console.proposed import (
    cause_words,
    choice_words,
    number_rows,
    outcome_words,
    plan_words,
    why_words,
)
from server.console.sentences import (
    left,
    person_words,
    room_name,
    room_sign,
    seat_words,
    stand_out_words,
    waiting_words,
)
from server.console.speech import Speech, clock_text

SIGNS = {"dropped": "~", "not-here-yet": "?", "expected": "^"}
"""Before the names of people who are not simply there."""


class Piece(Struct, frozen=True):
    """Some words in one tone: `strong`, `second`, `attention`, `grave`, `good`, `site` or ""."""

    text: str
    tone: str = ""


Cell = tuple[Piece, ...]


class Row(Struct, frozen=True):
    """One line. `key`: what it is about, as "room:r1-3" or "person:a7"; empty: nothing."""

    cells: tuple[Cell, ...]
    key: str = ""


class Screen(Struct, frozen=True):
    """A title and rows of as many cells each; the `flexible` one takes what width is left."""

    title: str
    rows: list[Row]
    flexible: int = 0
    empty: str = ""


def cell(text: str, tone: str = "") -> Cell:
    """Returns a cell of one piece."""
    return (Piece(text, tone),)


def text_row(text: str, tone: str = "", columns: int = 1, key: str = "") -> Row:
    """Returns a row that is one text in its first cell."""
    return Row((cell(text, tone), *(cell("") for _ in range(columns - 1))), key)


# Rooms


def rooms_screen(
    speech: Speech, board: Board, now: int, sought: str = "", *, only_attention: bool = False
) -> Screen:
    """Returns all rooms, those that need a host first, then who is without one."""
    event = board.event
    seated = event is not None and event.phase in (Phase.PREVIEW, Phase.ROUND)
    rooms = b.in_order(board.rooms.values()) if seated else []
    runs = event is not None and event.phase is Phase.ROUND and event.paused is None
    kinds = {room.id: b.stands_out(board, room, now if runs else None) for room in rooms}
    rooms.sort(key=lambda room: (b.GRAVITY.index(kinds[room.id]), room.ended))
    shown = [
        room
        for room in rooms
        if (not only_attention or kinds[room.id]) and _room_is_meant(speech, room, sought)
    ]
    rows = [room_row(speech, board, room, kinds[room.id], now) for room in shown]
    if not only_attention:
        rows += _without_room(speech, board, sought, seated=seated)
    return Screen(
        _rooms_title(speech, len(rooms), len(shown)),
        rows,
        flexible=1,
        empty=_rooms_empty(speech, board, sought, seated, only_attention),
    )


def _rooms_title(speech: Speech, all: int, shown: int) -> str:
    if not all:
        return speech.gettext("Nobody is seated now")
    rooms = speech.ngettext("{n} room", "{n} rooms", all)
    return speech.gettext("{shown} of {rooms}", shown=shown, rooms=rooms) if shown < all else rooms


def _rooms_empty(
    speech: Speech, board: Board, sought: str, seated: bool, only_attention: bool
) -> str:
    _ = speech.gettext
    if sought:
        return _("No room with that.")
    if only_attention:
        return _("All is well in every room.")
    phase = board.event.phase if board.event is not None else Phase.DRAFT
    if phase is Phase.DRAFT:
        return _(
            "Nobody is here yet. Doors are still closed; people who have a link can already "
            "wait here."
        )
    if phase is Phase.ENDED:
        return _("Everybody has gone home.")
    return _("Nobody is in the lobby yet. Pass on the open link, or wait a little.")


def _room_is_meant(speech: Speech, room: m.BoardRoom, sought: str) -> bool:
    if not sought:
        return True
    if sought in (folded(room_sign(room)), folded(room_name(speech, room))):
        return True
    return any(name_matches(seat.name, sought) for seat in room.people)


def room_row(speech: Speech, board: Board, room: m.BoardRoom, kind: str, now: int) -> Row:
    """Returns one room: its sign, its people, what stands out and its own deadline."""
    running = board.event is not None and board.event.phase is Phase.ROUND
    people: list[Piece] = []
    for seat in room.people:
        # On site nobody has to say that they arrived: once the round runs, they count as there.
        state = "here" if running and seat.state == "expected" else seat.state
        tone = "attention" if state in b.AWAY else "second" if room.ended else ""
        people.append(Piece(SIGNS.get(state, "") + seat.name, tone))
    tone = "grave" if kind == "calls" else "attention" if kind else "second"
    caption = stand_out_words(speech, room, kind) or _own_end(speech, board, room, now)
    if room.mode is RoomMode.MIXED:
        caption = " · ".join(piece for piece in (caption, speech.gettext("mixed")) if piece)
    visitors = [b.name_of(board, id) for id in room.visitors]
    if visitors:
        caption = " · ".join(piece for piece in (caption, "+" + ", ".join(visitors)) if piece)
    return Row(
        (
            cell(room_sign(room), "site" if room.table is not None else "strong"),
            tuple(people) or cell(speech.gettext("nobody"), "second"),
            cell(caption, tone),
        ),
        f"room:{room.id}",
    )


def _own_end(speech: Speech, board: Board, room: m.BoardRoom, now: int) -> str:
    """Returns the end of a room that ends at another time than all; else its topic."""
    event = board.event
    if event is None or event.phase is not Phase.ROUND or event.ends_at is None:
        return room.topic
    if abs(room.ends_at - event.ends_at) < 1000:
        return room.topic
    return clock_text(left(room.ends_at, now, event.paused))


def _without_room(speech: Speech, board: Board, sought: str, *, seated: bool) -> list[Row]:
    waiting = board.pool.waiting if board.pool is not None else ()
    shown = [seat for seat in waiting if name_matches(seat.name, sought)]
    if sought:
        known = {seat.id for seat in waiting}
        known |= {seat.id for room in board.rooms.values() for seat in room.people}
        shown += [
            seat
            for seat in board.people.values()
            if seat.id not in known and name_matches(seat.name, sought)
        ]
    if not shown:
        return []
    title = speech.gettext("Without a room now" if seated else "In the lobby")
    rows = [Row((cell(""), cell(f"{title} · {len(shown)}", "strong"), cell("")))]
    for seat in shown:
        how = waiting_words(speech, board, seat)
        tone = "attention" if seat.state in ("dropped", "waits-for-yes") else "second"
        sign = cell("T" if seat.mode is Mode.ON_SITE else "", "site")
        rows.append(Row((sign, cell(seat.name), cell(how, tone)), f"person:{seat.id}"))
    return rows


def room_screen(speech: Speech, board: Board, id: str, now: int) -> Screen:
    """Returns one room: until when, its topic, who is in it and how, what is said to a visitor."""
    _ = speech.gettext
    room = board.rooms.get(id)
    if room is None:
        gone = _("Its people are in their next room, or in the lobby.")
        return Screen(_("This room is over"), [], flexible=1, empty=gone)
    rows = []
    event = board.event
    if event is not None and not room.ended and event.ends_at is not None:
        to = room.starts_at if now < room.starts_at else room.ends_at
        until = _("until {time}", time=speech.time_of_day(room.ends_at, event.time_zone))
        rows.append(text_row(f"{clock_text(left(to, now, event.paused))} · {until}", "strong", 3))
    if room.mode is RoomMode.MIXED:
        rows.append(text_row(_("People on site and online share this table."), "second", 3))
    if room.station_away:
        away = _("Its station is not connected: neither side hears the other.")
        rows.append(text_row(away, "attention", 3))
    if room.topic:
        rows.append(text_row(_("They talk about “{topic}”.", topic=room.topic), "", 3))
    for seat in room.people:
        tone = "attention" if seat.state in b.AWAY else ""
        mode = _("on site") if seat.mode is Mode.ON_SITE else ""
        cells = (cell(seat.name, tone), cell(seat_words(speech, seat.state), tone))
        rows.append(Row((*cells, cell(mode, "second")), f"person:{seat.id}"))
    for visitor in room.visitors:
        visits = _("visits the room")
        rows.append(Row((cell(b.name_of(board, visitor), "good"), cell(visits), cell(""))))
    if board.you is not None and board.you.visiting == id:
        rows.append(text_row(_("You are visiting. Everybody in the room sees it."), "good", 3))
        rows += [text_row(f"{said.name}: {said.text}", "", 3) for said in board.said]
    ended = " · " + _("ended") if room.ended else ""
    return Screen(room_name(speech, room) + ended, rows, flexible=0, empty=_("nobody"))


# People


def people_screen(speech: Speech, board: Board, sought: str = "") -> Screen:
    """Returns everybody at the event, where and how they are."""
    seats = [seat for seat in naming.everybody(board) if name_matches(seat.name, sought)]
    seats.sort(key=lambda seat: folded(seat.name))
    rows = [
        Row(
            (cell(seat.name), cell(person_words(speech, board, seat), "second")),
            f"person:{seat.id}",
        )
        for seat in seats
    ]
    count = speech.ngettext("{n} person on the list", "{n} people on the list", len(seats))
    return Screen(count, rows, flexible=1, empty=speech.gettext("Nobody by that name."))


# The next round


def next_screen(speech: Speech, board: Board, sought: str = "") -> Screen:
    """Returns the rounds to come, the proposal with its numbers, its rooms, and the topics."""
    _ = speech.gettext
    rows = [text_row(line, tone, 3) for line, tone in next_lines(speech, board)]
    proposal = board.proposal
    if proposal is not None:
        for one in proposal.seating:
            names = [b.name_of(board, id) or _("Somebody") for id in one.people]
            if sought and not any(name_matches(name, sought) for name in names):
                continue
            rows += _proposed_rows(speech, board, one, names)
    plan = board.programme
    rows += _met_few_rows(speech, board, sought)
    later = plan.rounds[1:] if plan is not None else ()
    if later and not sought:
        rows.append(text_row(_("Rounds to come"), "strong", 3))
        for planned in later:
            words = plan_words(speech, planned)
            auto = _("Starts by itself") if planned.auto else ""
            cells = (cell(str(planned.round), "strong"), cell(words), cell(auto, "second"))
            rows.append(Row(cells, f"round:{planned.round}"))
    return Screen(_("Next round"), rows, flexible=1)


def _proposed_rows(
    speech: Speech, board: Board, room: m.ProposedRoom, names: list[str]
) -> list[Row]:
    _ = speech.gettext
    pieces = []
    for id, name in zip(room.people, names, strict=True):
        kept = not room.pinned and id in room.together
        pieces.append(Piece(f"={name}" if kept else name, "good" if kept else ""))
    state = _("Kept") if room.pinned else room.topic
    first = Row(
        (cell(room.id, "strong"), tuple(pieces), cell(state, "good" if room.pinned else "second")),
        f"proposed:{room.id}",
    )
    why = [
        Row((cell(""), cell(line, "second"), cell(""))) for line in why_words(speech, board, room)
    ]
    return [first, *why]


def _met_few_rows(speech: Speech, board: Board, sought: str) -> list[Row]:
    """Returns whom the next round may do some good: by name, and no ranking."""
    _ = speech.gettext
    few = [one for one in board.met_few if name_matches(one.name, sought)]
    if not few:
        return []
    return [
        text_row(_("Have met few people so far"), "strong", 3),
        *(
            Row(
                (
                    cell(""),
                    cell(one.name),
                    cell(
                        speech.ngettext("met {n}", "met {n}", one.met)
                        if one.met
                        else _("met nobody"),
                        "second",
                    ),
                ),
                f"person:{one.id}",
            )
            for one in few
        ),
    ]


def next_lines(speech: Speech, board: Board) -> list[tuple[str, str]]:
    """Returns the next round's plan, its numbers, causes and topics as (line, tone)."""
    _ = speech.gettext
    event = board.event
    if event is None:
        return []
    if event.round >= event.rounds:
        return [(_("No further round is planned."), "second")]
    lines = []
    planned = board.programme.rounds[0] if board.programme and board.programme.rounds else None
    title = _("Round {round} of {rounds}", round=event.round + 1, rounds=event.rounds)
    words = f" · {plan_words(speech, planned)}" if planned else ""
    lines.append((title + words, "strong"))
    if board.called:
        called = _(
            "Round {n} is called. People are seated as soon as the seating is ready.",
            n=event.round + 1,
        )
        lines.append((called, "attention"))
    if planned is not None and planned.kind == "plenary":
        return [*lines, (_("Nobody is seated: you speak to everybody."), "second")]
    if planned is not None and planned.kind == "open":
        return [*lines, (_("Nobody is seated: people choose their rooms."), "second")]
    proposal = board.proposal
    if proposal is None or not proposal.seated:
        few = board.pool is not None and board.pool.present < 2
        waits = _("A seating is worked out once two people are here.")
        lines.append((waits if few else _("Being worked out…"), "second"))
    else:
        lines += [
            (f"{label}: {value}", "") for label, value in number_rows(speech, board, proposal)
        ]
        lines += _strain_lines(speech, board, proposal)
    return [*lines, *_topic_lines(speech, board)]


def _strain_lines(speech: Speech, board: Board, proposal: m.Proposal) -> list[tuple[str, str]]:
    _ = speech.gettext
    if not proposal.causes and not proposal.relaxations:
        return []
    lines = [(_("Not everything can hold at once"), "attention")]
    causes = [cause_words(speech, board, cause) for cause in proposal.causes]
    lines += [(f"- {cause}", "") for cause in causes if cause]
    for choice in proposal.relaxations:
        chosen = "* " if proposal.allow == choice.allow else ""
        words = choice_words(speech, choice.allow)
        outcome = outcome_words(speech, board, choice)
        lines.append((f"{chosen}relax {choice.allow}: {words} ({outcome})", ""))
    return lines


def _topic_lines(speech: Speech, board: Board) -> list[tuple[str, str]]:
    topics = board.topics
    if topics is None or not (topics.round or topics.proposed):
        return []
    _ = speech.gettext
    lines = [(_("Topics of round {n}", n=topics.round), "strong")]
    for topic in topics.topics:
        chosen = speech.ngettext("{n} person", "{n} people", topic.chosen)
        lines.append((f"{topic.text}: {_('full') if topic.full else chosen}", ""))
    for proposed in topics.proposed:
        by = _("proposed by {name}", name=b.name_of(board, proposed.by) or _("Somebody"))
        lines.append((f"“{proposed.text}” {by} (accept-topic, drop-topic)", "attention"))
    return lines


# What happened, and help


def log_screen(speech: Speech, board: Board) -> Screen:
    """Returns what happened, the latest first."""
    zone = board.event.time_zone if board.event is not None else "UTC"
    rows = []
    for line in reversed(board.log):
        sentence = log_sentence(speech, board, line)
        if sentence:
            at = speech.time_of_day(line.at, zone)
            rows.append(Row((cell(at, "second"), cell(sentence))))
    title = speech.gettext("What happened")
    return Screen(title, rows, flexible=1, empty=speech.gettext("Nothing yet."))


def announced_lines(speech: Speech, board: Board, shown: int = 4) -> list[tuple[str, str]]:
    """Returns the latest announcements and how many they reached, as (line, tone)."""
    lines = []
    for delivery in sorted(board.deliveries, key=lambda one: -one.at)[:shown]:
        reached = speech.gettext("Reached {n} of {all}", n=delivery.reached, all=delivery.of)
        lines.append((f"{reached}: “{delivery.text}”", "good"))
    return lines


def help_screen(speech: Speech, about: str = "", before: list[Row] | None = None) -> Screen:
    """Returns the commands and the signs, with what each does; `before`: rows that come first."""
    _ = speech.gettext
    rows = [*before, text_row(_("Commands"), "strong", columns=2)] if before else []
    rows += [
        Row((cell(f"{name} {form.takes}".strip(), "strong"), cell(_(form.does))))
        for name, form in FORMS.items()
        if about in name
    ]
    rows += [
        Row((cell(name, "strong"), cell(_(does), "second")))
        for name, does in LOCALS.items()
        if about in name
    ]
    if not about:
        signs = {
            "~": seat_words(speech, "dropped"),
            "?": seat_words(speech, "not-here-yet"),
            "^": seat_words(speech, "expected"),
            "=": _("kept"),
        }
        rows += [
            Row((cell(sign, "attention"), cell(_("before a name: {state}", state=words))))
            for sign, words in signs.items()
        ]
    return Screen(_("Keys and commands") if before else _("Commands"), rows, flexible=1)
