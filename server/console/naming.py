"""Whom and which room a host means by what they typed: names, numbers, signs, ids. Pure.

Invariant: what could mean two is refused with both; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from rooms import messages as m
from rooms.messages import LOBBY
from server.console import board as b
from server.console.board import Board, folded, name_matches
from server.console.sentences import (
    number_in,
    person_words,
    room_name,
    room_sign,
    seat_words,
)
from server.console.speech import Speech

CANDIDATES_SHOWN = 6
LOBBY_WORDS = frozenset({"lobby", "the lobby", "ロビー"})
_ROOM_WORDS = re.compile(r"^(?:room|table|ルーム|テーブル|t(?=\d)|#)\s*", re.IGNORECASE)


class Unclear(Exception):
    """What was typed cannot be asked; the sentence says why and what would do.

    `rank`: of several readings of one line, that with the highest is worded.
    """

    def __init__(self, sentence: str, rank: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.rank = rank


class Choice(Struct, frozen=True):
    """Something that may be typed: `typed` goes into the line, `shown` is read beside it."""

    typed: str
    shown: str = ""


# People


def everybody(board: Board) -> list[m.Seat]:
    """Returns everybody the board knows, each once, as they are now."""
    seats = dict(board.people)
    for seat in board.pool.waiting if board.pool is not None else ():
        seats[seat.id] = seat
    for room in board.rooms.values():
        if not room.ended:
            seats.update({seat.id: seat for seat in room.people})
    return list(seats.values())


def person(speech: Speech, board: Board, typed: str) -> str:
    """Returns the id of the one person meant. Raises Unclear."""
    id = typed.removeprefix("#")
    seats = everybody(board)
    if any(seat.id == id for seat in seats):
        return id
    sought = folded(typed)
    found = [seat for seat in seats if folded(seat.name) == sought]
    found = found or [seat for seat in seats if sought and name_matches(seat.name, sought)]
    if len(found) == 1:
        return found[0].id
    if not found:
        raise Unclear(speech.gettext("Nobody is called “{name}” here.", name=typed))
    raise Unclear(_which(speech, board, typed, found), rank=2)


def _which(speech: Speech, board: Board, typed: str, found: list[m.Seat]) -> str:
    same = len({folded(seat.name) for seat in found}) < len(found)
    named = []
    for seat in found[:CANDIDATES_SHOWN]:
        where = person_words(speech, board, seat)
        sign = f"#{seat.id} {seat.name}" if same else seat.name
        named.append(speech.gettext("{name} ({state})", name=sign, state=where))
    if len(found) > CANDIDATES_SHOWN:
        more = speech.number(len(found) - CANDIDATES_SHOWN)
        named.append(speech.gettext("{n} more", n=more))
    return speech.gettext(
        "“{name}” could be {people}. Write more of the name.", name=typed, people=speech.list(named)
    )


def quoted(text: str) -> str:
    """Returns a name as it goes into a line: in quotes where it has spaces."""
    return f'"{text}"' if re.search(r"[\s:：,、，]", text) else text


def typed_name(board: Board, seat: m.Seat) -> str:
    """Returns what means this person and nobody else."""
    sought = folded(seat.name)
    same = [other for other in everybody(board) if folded(other.name) == sought]
    return quoted(seat.name) if len(same) == 1 else f"#{seat.id}"


def people_choices(
    speech: Speech, board: Board, begun: str, seats: Iterable[m.Seat] | None = None
) -> list[Choice]:
    """Returns the people that `begun` may become, those whose name begins so first."""
    sought = folded(begun.strip('"“”「」'))
    found = [
        seat
        for seat in (everybody(board) if seats is None else seats)
        if name_matches(seat.name, sought) or f"#{seat.id}".startswith(begun or "-")
    ]
    found.sort(key=lambda seat: (not folded(seat.name).startswith(sought), folded(seat.name)))
    return [Choice(typed_name(board, seat), seat_words(speech, seat.state)) for seat in found]


# Rooms


def room(speech: Speech, board: Board, typed: str, *, lobby: bool = False) -> str:
    """Returns the id of the room meant: by id, sign (T7, 12), number or name. Raises Unclear."""
    sought = folded(typed)
    if lobby and sought in LOBBY_WORDS:
        return LOBBY
    if typed in board.rooms:
        return typed
    rooms = b.in_order(board.rooms.values())
    bare = _ROOM_WORDS.sub("", sought).strip()
    table = bool(re.match(r"(table|テーブル|t\d)", sought))
    for one in rooms:
        if folded(room_sign(one)) == sought or folded(room_name(speech, one)) == sought:
            return one.id
    for one in rooms:
        if one.table is not None and str(one.table) == bare:
            return one.id
    for one in rooms:
        if not table and one.table is None and number_in(one.id) == bare:
            return one.id
    if not rooms:
        raise Unclear(speech.gettext("No room is open now."), rank=1)
    raise Unclear(speech.gettext("There is no room “{room}” now.", room=typed), rank=0)


def room_choices(speech: Speech, board: Board, begun: str, *, lobby: bool = False) -> list[Choice]:
    """Returns the rooms that `begun` may become, with who is in them."""
    sought = folded(begun)
    found = []
    if lobby and LOBBY.startswith(sought):
        found.append(Choice(LOBBY, speech.gettext("The lobby")))
    for one in b.in_order(board.rooms.values()):
        sign = room_sign(one)
        if not one.ended and folded(sign).startswith(sought):
            found.append(Choice(sign, speech.list([seat.name for seat in one.people])))
    return found


def proposed_room(speech: Speech, board: Board, typed: str) -> str:
    """Returns the id of a room of the proposal. Raises Unclear."""
    bare = _ROOM_WORDS.sub("", folded(typed)).strip()
    rooms = board.proposal.seating if board.proposal is not None else ()
    if any(one.id == bare for one in rooms):
        return bare
    if not rooms:
        raise Unclear(speech.gettext("There is no proposal now. It is worked out as people come."))
    raise Unclear(speech.gettext("There is no room “{room}” in the proposal.", room=typed))
