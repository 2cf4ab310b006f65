"""Dana at her terminal: the full-screen console in the test's loop, typed at by Textual's Pilot."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

from textual.pilot import Pilot
from textual.widgets import Static

from server.attending import Door
from server.console.board import Board, room_of
from server.console.session import Session
from server.console.speech import Speech
from server.console.terminal.app import Terminal
from server.console.terminal.command_line import CommandLine
from server.console.terminal.listing import Listing
from tests.guests import Guest, House
from tests.server.waiting import wait_until

Names = frozenset[str]


class Desk:
    """One console, with what a host does and sees."""

    def __init__(self, app: Terminal, pilot: Pilot[int], session: Session) -> None:
        self.app = app
        self.pilot = pilot
        self.session = session

    @property
    def board(self) -> Board:
        """What the console knows."""
        return self.session.board

    async def types(self, line: str) -> None:
        """Types a command and sends it off."""
        await self.pilot.press("colon")
        self.app.query_one(CommandLine).value = line
        await self.pilot.press("enter")

    async def does(self, line: str) -> None:
        """Types a command and fails unless it is done."""
        await self.types(line)
        await self.reads("said", line)
        assert not self.text("said").startswith("Refused"), self.text("said")

    async def is_refused(self, line: str, sentence: str) -> None:
        """Types a command and fails unless it is refused with this sentence."""
        await self.types(line)
        await self.reads("said", sentence)

    def text(self, id: str) -> str:
        """Returns what stands in one part of the screen."""
        return str(self.app.query_one(f"#{id}", Static).content)

    async def reads(self, id: str, words: str) -> None:
        """Waits until these words stand in one part of the screen."""
        await self.sees(lambda: words in self.text(id), f"{words!r} in #{id}: {self.text(id)!r}")

    async def sees(self, holds: Callable[[], bool], what: str) -> None:
        """Waits until something holds, and lets the screen be drawn meanwhile."""

        async def looked() -> bool:
            await self.pilot.pause()
            return holds()

        await wait_until(looked, what)

    def rows(self) -> list[str]:
        """Returns the list's rows as text."""
        return [
            " | ".join(" ".join(piece.text for piece in cell) for cell in row.cells)
            for row in self.app.query_one(Listing).rows
        ]

    async def agrees_with(self, *guests: Guest) -> None:
        """Waits until the board has everybody in the room that they themselves were told."""

        def same() -> bool:
            return all(seated_with(self.board, one.id) == told_room(one) for one in guests)

        wrong = "board and attendees agree"
        await self.sees(same, wrong)


def seated_with(board: Board, id: str) -> Names | None:
    """Returns the ids that share a room with somebody by the board; None: no room."""
    room = room_of(board, id)
    return frozenset(seat.id for seat in room.people) if room is not None else None


def told_room(guest: Guest) -> Names | None:
    """Returns the ids in one's room by what one was told, in order, and nothing else."""
    ids: set[str] | None = None
    for said in guest.everything:
        match said["type"]:
            case "welcome":
                ids = _cards(said["room"]) if said.get("room") else ids
                ids = ids if said.get("resumed") or said.get("room") else None
            case "room":
                ids = _cards(said)
            case "room-people" if ids is not None and not said.get("visiting"):
                gone = {*_list(said, "left"), *_list(said, "moved")}
                ids = (ids - gone) | _cards(said, "joined")
            case "sitting-out":
                ids = None
            case "phase" if said["phase"] not in ("preview", "round"):
                ids = None
    return frozenset(ids) if ids is not None else None


def _list(said: object, name: str) -> list[str]:
    assert isinstance(said, dict)
    return list(said.get(name) or [])


def _cards(said: object, name: str = "people") -> set[str]:
    assert isinstance(said, dict)
    return {card["id"] for card in said.get(name) or []}


@contextlib.asynccontextmanager
async def desk(
    house: House, *, key: str = "", language: str = "en", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Desk]:
    """Dana sits down at a terminal, and the board is there."""
    door = Door(f"ws{house.url.removeprefix('http')}", house.event, key or house.key("Dana"))
    session = Session(Door(door.url, door.event, door.key, language), Speech(language))
    app = Terminal(session)
    async with app.run_test(size=size) as pilot:
        one = Desk(app, pilot, session)
        await one.sees(lambda: session.board.pool is not None, "the board")
        yield one
