"""One host at the console: the board as it stands, and asking with words for an answer.

Puts line, fold and words together for both faces, full-screen and plain. Draws and prints nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from msgspec import Struct

from rooms import commands as c
from rooms import messages as m
from rooms.people import STAFF_ROLES
from server.attending import UNANSWERED, Answer, Door, Ended, Heard
from server.console.asked import Reader
from server.console.board import Board, Need, heard, listens_at, needs, open_calls
from server.console.happened import UNDO_MS, log_sentence, undo_words, undoable
from server.console.line import Line, Now
from server.console.reading import Asked
from server.console.sentences import closed_words, lost_words
from server.console.speech import Speech

UNDOABLE = (c.Move, c.Swap, c.Pin, c.Reshuffle, c.Relax, c.CloseEvent)

CLOCK_MS = 50
"""How far the server's time, as it is known here, may be off."""

JUST_MS = 6_000
"""A refusal so soon after another host's act is probably because of it."""


class NotAHost(Exception):
    """The key is an attendee's; it opens no console."""


class Said(Struct, frozen=True):
    """How something asked was answered. `code` is empty when it was done.

    `sentence`: why not; or, of an undo, what was taken back.
    """

    sentence: str
    code: str = ""


class Session:
    """`changed(before, message)` is called after every message that changed the board."""

    def __init__(self, door: Door, speech: Speech) -> None:
        self.speech = speech
        self.board = Board()
        self.changed: Callable[[Board, Heard], None] = lambda before, message: None
        self.line_changed: Callable[[Now], None] = lambda now: None
        self.welcomed = asyncio.Event()
        self._changed_at = 0
        self._seen: set[str] = set()
        self._seen_to: set[str] = set()
        self.line = Line(door, self._hear, lambda now: self.line_changed(now))

    @property
    def reader(self) -> Reader:
        """What reads command lines against the board as it is now."""
        return Reader(self.speech, self.board)

    def now(self) -> int:
        """Returns the server's time (ms)."""
        return self.line.now()

    def standing(self) -> str:
        """Returns the one line about the connection; "" while all is well."""
        if self.line.state is Now.LOST:
            return lost_words(self.speech)
        if self.board.store_away:
            return self.speech.gettext(
                "The server cannot write just now. Nothing is lost; what you ask for waits."
            )
        return self.speech.gettext("Opening the board…") if self.board.event is None else ""

    async def run(self) -> Ended:
        """Keeps the line until it ends for good. Raises NobodyThere, NotAHost."""
        running = asyncio.create_task(self.line.run())
        welcome = asyncio.create_task(self.welcomed.wait())
        try:
            await asyncio.wait({running, welcome}, return_when=asyncio.FIRST_COMPLETED)
            if self.board.you is not None and self.board.you.role not in STAFF_ROLES:
                await self.line.close()
                raise NotAHost
            return await running
        finally:
            welcome.cancel()
            running.cancel()
            await asyncio.gather(running, welcome, return_exceptions=True)

    def ended_words(self, ended: Ended) -> str:
        """Returns why the console ends."""
        return closed_words(self.speech, ended)

    async def ask(self, command: Asked) -> Said:
        """Sends a command; returns how it was answered, in words."""
        takes_back = ""
        if isinstance(command, c.Undo) and self._board_knows:
            takes_back = self.undo_words()
        asked_at = self.now()
        answer = await self.line.ask(command)
        if answer.code:
            return Said(self._refused(answer), answer.code)
        if isinstance(command, UNDOABLE):
            self._changed_at = asked_at
        return Said(takes_back)

    @property
    def _board_knows(self) -> bool:
        """Whether the board shows the latest change from here: a script may ask before it does."""
        line = undoable(self.board, self.now())
        return line is not None and line.at >= self._changed_at - CLOCK_MS

    def undo_words(self) -> str:
        """Returns what an undo would take back now; "" for nothing."""
        line = undoable(self.board, self.now())
        return undo_words(self.speech, self.board, line) if line is not None else ""

    def undo_left(self) -> int:
        """Returns for how long (ms) it may still be taken back; 0: nothing can."""
        line = undoable(self.board, self.now())
        return line.at + UNDO_MS - self.now() if line is not None else 0

    def _refused(self, answer: Answer) -> str:
        if answer.code == UNANSWERED:
            return self.speech.gettext(
                "The connection was lost before an answer came. "
                "Look whether it was done, then try again."
            )
        other = self._other_host_just_did()
        if not other:
            return answer.sentence
        before = self.speech.gettext("Just before: {what}", what=other)
        return f"{answer.sentence} {before}"

    def _other_host_just_did(self) -> str:
        """Returns what another host did a moment ago: it overtook what was asked."""
        you = self.board.you
        for line in reversed(self.board.log):
            if self.now() - line.at > JUST_MS:
                break
            if line.by and (you is None or line.by != you.id) and self._is_staff(line):
                return log_sentence(self.speech, self.board, line)
        return ""

    def _is_staff(self, line: m.LogLine) -> bool:
        return line.what != "host-called" and not line.what.startswith("unseated-left")

    def needs(self) -> list[Need]:
        """Returns what waits for a host now, but for what was seen to at this console."""
        return needs(self.board, listens_at(self.board, self.now()), self._seen_to)

    def see_to_first(self) -> Need | None:
        """Takes the gravest report or silent room from what waits; None: there is none."""
        need = next((one for one in self.needs() if one.may_be_seen_to), None)
        if need is not None:
            self._seen_to.add(need.key)
        return need

    def tell_seen(self) -> None:
        """Lets callers know that their calls are on a screen somebody looks at."""
        for call in open_calls(self.board):
            if not call.seen and call.id not in self._seen:
                self._seen.add(call.id)
                self.line.tell(c.CallSeen(call=call.id))

    def _hear(self, message: Heard) -> None:
        before = self.board
        self.board = heard(before, message)
        if isinstance(message, m.Welcome):
            self.welcomed.set()
            if not message.resumed:
                self._seen.clear()
        if self.board is not before:
            self.changed(before, message)
