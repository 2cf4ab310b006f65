"""The full-screen console: clock, what needs a host, rooms, command line, keys.

Responsible for what is where, for drawing it when something changed, and for doing what is typed or
pressed. What stands in a part is `parts`', what a key writes `pressing`'s, what a line means
`asked`'s.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.theme import Theme
from textual.widgets import Digits, Input, Static

from server.attending import Ended, Heard
from server.console import board as b
from server.console import naming, screens
from server.console.asked import Local
from server.console.board import Board, folded
from server.console.happened import log_sentence
from server.console.line import Now
from server.console.naming import Choice, Unclear
from server.console.reading import Asked
from server.console.screens import Screen
from server.console.sentences import (
    clock_figures,
    need_words,
)
from server.console.session import Session
from server.console.speech import clock_text, harmless
from server.console.terminal import parts
from server.console.terminal.colours import DARK, LIGHT, tones_of
from server.console.terminal.command_line import CommandLine
from server.console.terminal.keys import KEYS, key_rows, lines_of, named_now
from server.console.terminal.listing import Listing
from server.console.terminal.paint import Tones, shortened, text_of
from server.console.terminal.pressing import WRITES, Selected, written_by

TICK_SECONDS = 0.25
DRAW_SECONDS = 0.04
"""Changes within so short a time are drawn together."""

WIDE = 130
"""From so many columns on, the next round and the log stand beside the rooms."""

FINAL = 4503
UNDO_CELLS = 32
"""What may be undone is named in so many cells at the most, so that the footer holds other keys."""


class Terminal(App[int]):
    """One host's screen. `last_words`: why it ended, to be printed after the screen is gone."""

    CSS_PATH = "console.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"write('{action}')" if action in WRITES else action, label, show=False)
            for key, action, label in KEYS
        ),
        Binding("escape", "return", show=False),
        Binding("ctrl+c,ctrl+q", "quit", show=False, priority=True),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.last_words = ""
        self.failure: Exception | None = None
        self._session = session
        self._speech = session.speech
        self._shown = "rooms"
        self._room = ""
        self._sought = ""
        self._only_attention = False
        self._drawing = False
        self._figures = ""
        self._keeping: asyncio.Task[None] | None = None
        self._asking: set[asyncio.Task[None]] = set()
        session.changed = self._changed
        session.line_changed = self._line_changed

    # Building and ending

    def compose(self) -> ComposeResult:
        """Puts everything where it belongs."""
        yield Static(id="title")
        with Horizontal(id="clock"):
            yield Digits(id="figures")
            yield Static(id="phase")
        yield Static(id="needs")
        with Horizontal(id="main"):
            with Vertical(id="left"):
                yield Static(id="heading")
                yield Listing(tones_of(DARK))
            with VerticalScroll(id="aside", can_focus=False):
                yield Static(id="beside")
        yield Static(id="said")
        yield Static(id="choices")
        with Horizontal(id="line"):
            yield Static(":", id="colon")
            yield CommandLine(self._choices)
        yield Static(id="keys")

    def on_mount(self) -> None:
        """Begins to listen and to tick."""
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self._listing.focus()
        self._keeping = asyncio.create_task(self._keep())
        self.set_interval(TICK_SECONDS, self._tick)
        self._draw()

    async def on_unmount(self) -> None:
        """Ends the line in the orderly way."""
        await self._session.line.close()
        if self._keeping is not None:
            self._keeping.cancel()
        tasks = [task for task in (self._keeping, *self._asking) if task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self) -> None:
        try:
            ended: Ended = await self._session.run()
        except Exception as error:
            self.failure = error  # raised again where the console was started
            self.exit(1)
            return
        if ended.code != 1000:
            self.last_words = self._session.ended_words(ended)
        self.exit(0 if ended.code in (1000, FINAL) else 1)

    # What is there

    @property
    def _listing(self) -> Listing:
        return self.query_one(Listing)

    @property
    def _command(self) -> CommandLine:
        return self.query_one(CommandLine)

    @property
    def _board(self) -> Board:
        return self._session.board

    @property
    def _width(self) -> int:
        return self.size.width - 2

    @property
    def _is_wide(self) -> bool:
        return self.size.width >= WIDE

    def _choices(self, line: str) -> list[Choice]:
        return self._session.reader.choices(line) if line.strip() else []

    # Changes

    def _changed(self, before: Board, message: Heard) -> None:
        self._session.tell_seen()
        self._tell_news(before)
        self._draw_soon()

    def _line_changed(self, now: Now) -> None:
        self._draw_soon()

    def _tell_news(self, before: Board) -> None:
        """Shows the latest thing that others did in the line below, once."""
        board = self._board
        if before.pool is None or not board.log or board.log == before.log:
            return
        known, you = set(before.log), board.you.id if board.you is not None else ""
        for line in board.log:
            if line not in known and line.by and line.by != you:
                sentence = log_sentence(self._speech, board, line)
                if sentence:
                    self._say(sentence, "")

    def _draw_soon(self) -> None:
        if not self._drawing and self.is_running:
            self._drawing = True
            self.set_timer(DRAW_SECONDS, self._draw)

    @property
    def _stands(self) -> bool:
        """Whether the screen is there: while it is taken down, news still comes."""
        return self.is_running and bool(self.query("#keys"))

    def _tick(self) -> None:
        if not self._stands:
            return
        self._draw_clock()
        self._draw_needs()
        self._draw_keys()
        if self._shown in ("rooms", "room"):
            self._draw_listing()

    def _draw(self) -> None:
        self._drawing = False
        if not self._stands:
            return
        self._tick()
        self._draw_title()
        self._draw_listing()
        self._draw_aside()

    # Drawing

    def _put(self, id: str, lines: list[tuple[str, str]]) -> None:
        self.query_one(f"#{id}", Static).update(text_of(lines, self._tones))

    @property
    def _tones(self) -> Tones:
        return tones_of(self._theme_now)

    @property
    def _theme_now(self) -> Theme:
        return LIGHT if self.theme == LIGHT.name else DARK

    def _draw_title(self) -> None:
        board, standing = self._board, self._session.standing()
        title = board.event.title if board.event is not None else "Meguri"
        right = standing or (board.you.name if board.you is not None else "")
        text = parts.title_text(title, right, self._width, self._tones, urgent=bool(standing))
        self.query_one("#title", Static).update(text)

    def _draw_clock(self) -> None:
        event, now = self._board.event, self._session.now()
        if event is None:
            return
        figures = clock_figures(event, now)
        digits = self.query_one("#figures", Digits)
        if figures != self._figures:
            self._figures = figures
            digits.update(figures)
            digits.display = bool(figures)
        lines = parts.clock_lines(
            self._speech, self._board, event, now, self._width, figures=bool(figures)
        )
        self._put("phase", lines)

    def _draw_needs(self) -> None:
        waiting, now = self._session.needs(), self._session.now()
        lines = parts.need_lines(self._speech, self._board, waiting, now, self.size.height)
        self.query_one("#needs", Static).display = bool(lines)
        self._put("needs", lines)

    def _screen_now(self) -> Screen:
        speech, board, now = self._speech, self._board, self._session.now()
        match self._shown:
            case "room":
                return screens.room_screen(speech, board, self._room, now)
            case "people":
                return screens.people_screen(speech, board, self._sought)
            case "next":
                return screens.next_screen(speech, board, self._sought)
            case "log":
                return screens.log_screen(speech, board)
            case "help":
                return screens.help_screen(speech, before=key_rows(speech))
            case _:
                return screens.rooms_screen(
                    speech, board, now, self._sought, only_attention=self._only_attention
                )

    def _draw_listing(self) -> None:
        if self._board.event is None:
            return
        screen = self._screen_now()
        self._listing.show(screen)
        heading = parts.heading_line(
            self._speech, screen, self._shown, self._sought, only_attention=self._only_attention
        )
        self._put("heading", [(heading, "strong")])

    def _draw_aside(self) -> None:
        aside = self.query_one("#aside")
        aside.display = self._is_wide
        if self._is_wide:
            self._put("beside", parts.aside_lines(self._speech, self._board))

    def _draw_keys(self) -> None:
        self.screen.set_class(self._command.has_focus, "typing")
        rows = (
            [parts.typing_keys(self._speech)]
            if self._command.has_focus
            else lines_of(self._named_now(), self._width, 2)
        )
        self.query_one("#keys", Static).update(parts.keys_text(rows, self._tones))

    def _named_now(self) -> list[tuple[str, str]]:
        """Returns the keys that do something now, with what they do."""
        return named_now(
            self._speech,
            self._board,
            self._shown,
            undo=shortened(harmless(self._session.undo_words()), UNDO_CELLS),
            left=clock_text(self._session.undo_left()),
            seeable=any(need.may_be_seen_to for need in self._session.needs()),
        )

    def _say(self, sentence: str, tone: str) -> None:
        if self._stands:
            self._put("said", [(sentence, tone)])

    # The command line

    def on_command_line_offered(self) -> None:
        """Shows what may be typed next, and filters while a search is typed."""
        line = self._command
        if line.value.startswith("find "):
            self._sought = folded(line.value.removeprefix("find "))
            self._draw_listing()
        text = parts.choices_text(line.offered, line.chosen, self._width, self._tones)
        self.query_one("#choices", Static).update(text)

    def on_command_line_left(self) -> None:
        """Goes back to the list."""
        self._sought = ""
        self._listing.focus()
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Does what was typed."""
        typed = event.value.strip()
        if not typed:
            self._listing.focus()
            return
        if self._obey(typed):
            self._command.done()
            self._listing.focus()

    def _obey(self, typed: str) -> bool:
        """Does a line; False where it could not be read, and so stays to be mended."""
        try:
            asked = self._session.reader.read(typed)
        except Unclear as unclear:
            self._say(unclear.sentence, "attention")
            return False
        if isinstance(asked, Local):
            self._do_here(asked)
        else:
            self._ask(asked, typed)
        return True

    def _do_here(self, asked: Local) -> None:
        match asked.name:
            case "find":
                self._sought = folded(asked.about)
            case "attention":
                self.action_attention()
            case "room":
                self._show_room(asked.about)
            case "seen-to":
                self.action_seen_to()
            case "quit":
                self.exit(0)
            case "wait":
                self._say(self._speech.gettext("wait is for --plain."), "attention")
            case name:
                self._sought = folded(asked.about) if name in ("people", "next") else ""
                self._show(name)
        self._draw()

    def _show_room(self, about: str) -> None:
        try:
            self._room = naming.room(self._speech, self._board, about)
        except Unclear as unclear:
            self._say(unclear.sentence, "attention")
            return
        self._show("room")

    def _ask(self, command: Asked, typed: str) -> None:
        task = asyncio.create_task(self._asked(command, typed))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _asked(self, command: Asked, typed: str) -> None:
        said = await self._session.ask(command)
        if said.code:
            refused = self._speech.gettext("Refused")
            self._say(f"{refused}: {said.sentence}", "grave")
        else:
            about = f" ({said.sentence})" if said.sentence else ""
            self._say(f"{self._speech.gettext('Done')}: {typed}{about}", "good")
        self._draw_soon()

    # Keys

    def _show(self, name: str) -> None:
        if name != self._shown:
            self._shown = name
            self._listing.go_first()
        self._listing.focus()
        self._draw()

    def _selected(self) -> Selected:
        row = self._listing.row
        kind, _, id = (row.key if row is not None else "").partition(":")
        in_room = self._shown == "room"
        place = self._room if in_room else id if kind == "room" else ""
        return Selected(
            room=self._board.rooms.get(place),
            person=id if kind == "person" else "",
            proposed=id if kind == "proposed" else "",
            in_room=in_room,
        )

    def on_listing_chosen(self, event: Listing.Chosen) -> None:
        """Opens a room; begins to move a person, or to change a round."""
        kind, _, id = event.row.key.partition(":")
        if kind == "room":
            self._room = id
            self._show("room")
        elif kind == "person":
            room = b.room_of(self._board, id)
            if room is not None and self._shown != "room":
                self._room = room.id
                self._show("room")
            else:
                self.action_write("move")
        elif kind == "round":
            self._command.begin(f"change-programme {id} ")

    def action_write(self, action: str) -> None:
        """Writes a key's command into the line, or does it where Enter is not asked for."""
        written = written_by(action, self._board, self._selected())
        if written.at_once:
            self._obey(written.line)
        else:
            self._command.begin(written.line)

    def action_seen_to(self) -> None:
        """Takes the gravest report or silent room from what waits."""
        need = self._session.see_to_first()
        if need is None:
            self._say(self._speech.gettext("Nothing to be seen to."), "attention")
            return
        words = need_words(self._speech, self._board, need)
        self._say(f"{self._speech.gettext('Seen to')}: {words}", "good")
        self._draw_soon()

    def action_attention(self) -> None:
        """Shows only what needs attention, or everything again."""
        self._only_attention = not self._only_attention
        self._show("rooms")

    def action_rooms(self) -> None:
        """Shows the rooms."""
        self._show("rooms")

    def action_next(self) -> None:
        """Shows the next round."""
        self._show("next")

    def action_people(self) -> None:
        """Shows everybody."""
        self._show("people")

    def action_log(self) -> None:
        """Shows what happened."""
        self._show("log")

    def action_help(self) -> None:
        """Shows the commands."""
        self._show("help")

    def action_return(self) -> None:
        """Shows everything again, then the rooms."""
        if self._sought or self._only_attention:
            self._sought, self._only_attention = "", False
        else:
            self._shown = "rooms"
        self._show(self._shown)

    def action_light(self) -> None:
        """Changes between light and dark."""
        self.theme = DARK.name if self.theme == LIGHT.name else LIGHT.name
        self._listing.repaint(tones_of(self._theme_now))
        self._draw()

    async def action_quit(self) -> None:
        """Ends the console; the evening goes on."""
        self.exit(0)
