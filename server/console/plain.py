"""The console as lines: for scripts, pipes and screen readers. No control codes, ever.

Prints what happens as it happens, one line each, and reads commands, one a line. Responsible for
the order of both: a command is sent when the one before was answered. Invariant: every command read
is answered by exactly one line, which begins as `ANSWERS` says.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from rooms import messages as m
from rooms.messages import Phase
from server.attending import Ended, Heard
from server.console import board as b
from server.console import naming, screens
from server.console.asked import Local
from server.console.board import AWAY, Board, folded
from server.console.happened import log_sentence
from server.console.line import Now
from server.console.naming import Unclear
from server.console.screens import Screen
from server.console.sentences import (
    clock_sentence,
    counts,
    left,
    need_words,
    people_words,
    phase_title,
    room_name,
    room_within,
    seat_words,
)
from server.console.session import Said, Session
from server.console.speech import clock_text, harmless

FINAL = 4503
"""The close code of an evening that is over: an end, and no failure."""

PACE_COMMANDS, PACE_SECONDS = 15, 3.5
"""So many commands in so long (s): the server takes 20 in a second and 300 in a minute."""

ECHOED = 120
"""Of a line that was typed, so many characters stand in its answer."""

LOOK_SECONDS = 5.0
"""How often is looked whether a room has become silent."""


class Plain:
    """One run of the plain console. `lines`: where commands come from; `say`: prints a line."""

    def __init__(
        self,
        session: Session,
        lines: Iterable[str],
        say: Callable[[str], None],
        *,
        follow: bool = False,
    ) -> None:
        self._session = session
        self._speech = session.speech
        self._lines = lines
        self._print = say
        self._follow = follow
        self._needed: set[str] = set()
        self._asked_at: deque[float] = deque(maxlen=PACE_COMMANDS)
        self._stirred = asyncio.Event()
        self._failed = False
        self._greeted = False
        self._was_lost = False
        session.changed = self._changed
        session.line_changed = self._line_changed

    async def run(self) -> int:
        """Prints and asks until there is nothing more to do; returns the exit code."""
        running = asyncio.create_task(self._session.run())
        asking = asyncio.create_task(self._ask_on())
        looking = asyncio.create_task(self._look_on())
        try:
            await asyncio.wait({running, asking}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done() and (asking.result() or not self._follow):
                await self._session.line.close()
                await running
                return int(self._failed)
            ended: Ended = await running
            self._say(self._session.ended_words(ended))
            return 0 if ended.code == FINAL and not self._failed else 1
        finally:
            for task in (running, asking, looking):
                task.cancel()
            await asyncio.gather(running, asking, looking, return_exceptions=True)

    async def _look_on(self) -> None:
        """Says what came to need a host by time alone: a room that has become silent."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._greeted:
                self._say_needs()

    # Commands

    async def _ask_on(self) -> bool:
        """Asks line after line; returns whether somebody said `quit`."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def read() -> None:
            # A thread of its own: a file, a pipe and a terminal cannot all be read by the loop.
            try:
                for line in self._lines:
                    loop.call_soon_threadsafe(queue.put_nowait, line)
                loop.call_soon_threadsafe(queue.put_nowait, None)
            except (RuntimeError, ValueError):
                return  # the loop, or standard input, was closed meanwhile

        threading.Thread(target=read, daemon=True).start()
        await self._until(lambda: self._session.board.pool is not None)
        self._summary()
        while (line := await queue.get()) is not None:
            typed = line.strip().lstrip("\ufeff")
            if typed and not typed.startswith("#") and await self._obey(typed):
                return True
        return False

    async def _obey(self, typed: str) -> bool:
        """Does one line; returns whether it was the last."""
        try:
            asked = self._session.reader.read(typed)
            if not isinstance(asked, Local):
                await self._pace()
                self._answer(typed, await self._session.ask(asked))
                return False
            if asked.name == "quit":
                return True
            await self._do_here(asked)
        except Unclear as unclear:
            self._answer(typed, Said(unclear.sentence, "unclear"))
            return False
        self._answer(typed, Said(""))
        return False

    async def _do_here(self, asked: Local) -> None:
        """Does what is the console's own. Raises Unclear."""
        match asked.name:
            case "seen-to":
                self._see_to_first()
            case "wait":
                await self._wait(asked.about.strip())
            case _:
                self._show(asked)

    async def _pace(self) -> None:
        """Waits as long as a script has to, so as not to be told to slow down."""
        loop = asyncio.get_running_loop()
        if len(self._asked_at) == PACE_COMMANDS:
            await asyncio.sleep(max(0.0, self._asked_at[0] + PACE_SECONDS - loop.time()))
        self._asked_at.append(loop.time())

    def _see_to_first(self) -> None:
        need = self._session.see_to_first()
        if need is None:
            self._say(self._speech.gettext("Nothing to be seen to."))
            return
        words = need_words(self._speech, self._session.board, need)
        self._say(f"{self._speech.gettext('Seen to')}: {words}")

    def _answer(self, typed: str, said: Said) -> None:
        typed = typed if len(typed) <= ECHOED else typed[: ECHOED - 1] + "…"
        if said.code:
            self._failed = True
            refused = self._speech.gettext("Refused")
            self._say(f"{refused} [{said.code}]: {typed}: {said.sentence}")
        else:
            about = f" ({said.sentence})" if said.sentence else ""
            self._say(f"{self._speech.gettext('Done')}: {typed}{about}")

    async def _wait(self, about: str) -> None:
        """Waits for seconds, or until the evening is in a phase. Raises Unclear for all else."""
        if about.isdecimal():
            await asyncio.sleep(min(int(about), 86_400))
            return
        if about not in set(Phase):
            raise Unclear(
                self._speech.gettext(
                    "“{about}” is nothing to wait for. Write seconds, or one of: {phases}",
                    about=about,
                    phases=" ".join(Phase),
                )
            )
        await self._until(
            lambda: (event := self._session.board.event) is not None and event.phase == about
        )

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            self._stirred.clear()
            await self._stirred.wait()

    def _show(self, asked: Local) -> None:
        speech, board, now = self._speech, self._session.board, self._session.now()
        sought = folded(asked.about)
        match asked.name:
            case "rooms" | "find":
                screen = screens.rooms_screen(speech, board, now, sought)
            case "attention":
                screen = screens.rooms_screen(speech, board, now, only_attention=True)
            case "people":
                screen = screens.people_screen(speech, board, sought)
            case "next":
                screen = screens.next_screen(speech, board, sought)
            case "log":
                screen = screens.log_screen(speech, board)
            case "room":
                self._show_room(asked.about)
                return
            case _:
                screen = screens.help_screen(speech, sought)
        self._show_screen(screen)

    def _show_room(self, about: str) -> None:
        id = naming.room(self._speech, self._session.board, about)
        board, now = self._session.board, self._session.now()
        self._show_screen(screens.room_screen(self._speech, board, id, now))

    def _show_screen(self, screen: Screen) -> None:
        self._say(screen.title)
        for row in screen.rows:
            cells = [", ".join(piece.text for piece in one if piece.text) for one in row.cells]
            self._say("  " + " | ".join(text for text in cells if text))
        if not screen.rows and screen.empty:
            self._say(f"  {screen.empty}")

    def _summary(self) -> None:
        """Says how everything stands: at the beginning, and after a lost session."""
        board = self._session.board
        assert board.event is not None
        self._greeted = True
        self._say(f"{board.event.title}: {phase_title(self._speech, board.event)}")
        self._say(self._clock(board.event))
        if board.pool is not None:
            said = [f"{label} {value}" for label, value in counts(self._speech, board.pool)]
            self._say(" · ".join(said))
        self._say_needs()

    # What happens

    def _changed(self, before: Board, message: Heard) -> None:
        board = self._session.board
        self._stirred.set()
        if before.event is None or before.pool is None or board.event is None:
            if self._greeted and board.pool is not None:
                self._summary()  # a new session: how things stand now
            return
        for sentence in self._news(before, board):
            self._say(sentence)
        self._say_needs()
        self._session.tell_seen()

    def _news(self, before: Board, board: Board) -> Iterator[str]:
        """Yields what is new in words, once each."""
        old, event = before.event, board.event
        assert old is not None
        assert event is not None
        known = set(before.log)
        for line in board.log:
            if line not in known and (said := log_sentence(self._speech, board, line)):
                yield said
        if (old.phase, old.round) != (event.phase, event.round):
            yield phase_title(self._speech, event)
            yield self._clock(event)
        elif (old.ends_at, old.starts_at, old.paused) != (
            event.ends_at,
            event.starts_at,
            event.paused,
        ):
            yield self._clock(event)
        yield from self._seats(before, board)
        known_ids = {delivery.id: delivery.reached for delivery in before.deliveries}
        for delivery in board.deliveries:
            if known_ids.get(delivery.id) != delivery.reached:
                yield self._speech.gettext(
                    "Reached {n} of {all}", n=delivery.reached, all=delivery.of
                )
        said_before = {said.id for said in before.said}
        yield from (f"{s.name}: {s.text}" for s in board.said if s.id not in said_before)
        if before.store_away != board.store_away:
            yield self._session.standing() or self._speech.gettext("The server can write again.")

    def _seats(self, before: Board, board: Board) -> Iterator[str]:
        """Yields rooms as they are first seen, and who drops, is late, and comes back."""
        for room in b.in_order(board.rooms.values()):
            old = before.rooms.get(room.id)
            if old is room or room.ended:
                continue
            if old is None:
                people = people_words(self._speech, room)
                name = room_name(self._speech, room)
                yield self._speech.gettext("{room}: {people}", room=name, people=people)
                continue
            states = {seat.id: seat.state for seat in old.people}
            for seat in room.people:
                was = states.get(seat.id)
                if was is None or was == seat.state:
                    continue
                if seat.state in AWAY:
                    yield self._how(board, seat, room)
                elif was in AWAY:
                    within = room_within(self._speech, room.id, board.rooms)
                    yield self._speech.gettext(
                        "{name} is back in {room}", name=seat.name, room=within
                    )

    def _how(self, board: Board, seat: m.Seat, room: m.BoardRoom) -> str:
        how = self._speech.gettext(
            "{name} ({state})", name=seat.name, state=seat_words(self._speech, seat.state)
        )
        name = room_name(self._speech, room)
        return self._speech.gettext("{room}: {people}", room=name, people=how)

    def _clock(self, event: m.EventView) -> str:
        said = clock_sentence(self._speech, event, self._session.now(), self._session.board.you)
        until = event.ends_at if event.phase is not Phase.PREVIEW else event.starts_at
        if event.phase in (Phase.PREVIEW, Phase.ROUND, Phase.BREAK) and until is not None:
            return f"{clock_text(left(until, self._session.now(), event.paused))} · {said}"
        return said

    def _say_needs(self) -> None:
        board = self._session.board
        for need in self._session.needs():
            if need.key not in self._needed:
                self._needed.add(need.key)
                needed = self._speech.gettext("Needs you")
                self._say(f"{needed}: {need_words(self._speech, board, need)}")

    def _line_changed(self, now: Now) -> None:
        if now is Now.LOST:
            self._say(self._session.standing())
        elif now is Now.OPEN and self._was_lost:
            self._say(self._speech.gettext("Connected again."))
        self._was_lost = now is Now.LOST

    def _say(self, text: str) -> None:
        self._print(harmless(text))


def print_line(text: str) -> None:
    """Prints a line as UTF-8, at once, whatever the locale says."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def typed_lines(descriptor: int) -> Iterator[str]:
    """Yields lines of UTF-8 as they come.

    Reads the descriptor itself: Python 3.11 aborts at its end while a thread waits in `sys.stdin`.
    """
    rest = b""
    while chunk := os.read(descriptor, 1 << 16):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)
    if rest:
        yield rest.decode("utf-8", "replace")
