"""The full-screen console: clock, what needs a host, rooms, command line, keys.

Responsible for what is where and which key does what. What things are called is `sentences`' and
`screens`', what a line means `asked`'s. Grave commands are only put into the command line by their
keys: Enter is the confirmation.
"""

from __future__ import annotations

import asyncio
from os.path import commonprefix
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.theme import Theme
from textual.widgets import Digits, Input, Static

from rooms import commands as c
from rooms import messages as m
from rooms.messages import Phase
from rooms.people import Mode
from server.attending import Ended, Heard
from server.console import board as b
from server.console import naming, screens
from server.console.asked import Asked, Local
from server.console.board import Board, folded
from server.console.happened import log_sentence
from server.console.line import Now
from server.console.naming import Choice, Unclear
from server.console.screens import Screen
from server.console.sentences import (
    RUNNING,
    ago,
    clock_figures,
    clock_sentence,
    closing_words,
    counts,
    need_at,
    need_words,
    phase_title,
    room_sign,
)
from server.console.session import Session
from server.console.speech import clock_text, harmless
from server.console.terminal.colours import DARK, LIGHT, tones_of
from server.console.terminal.command_line import CommandLine
from server.console.terminal.keys import KEYS, key_rows, lines_of, named_now
from server.console.terminal.listing import Listing
from server.console.terminal.paint import Tones, shortened, text_of

TICK_SECONDS = 0.25
DRAW_SECONDS = 0.04
"""Changes within so short a time are drawn together."""

WIDE = 130
"""From so many columns on, the next round and the log stand beside the rooms."""

FINAL = 4503
NEEDS_SHOWN = 3
LOG_SHOWN = 30
UNDO_CELLS = 32
"""What may be undone is named in so many cells at the most, so that the footer holds other keys."""


class Terminal(App[int]):
    """One host's screen. `last_words`: why it ended, to be printed after the screen is gone."""

    CSS_PATH = "console.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, action, label, show=False) for key, action, label in KEYS),
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
        event = self._board.event
        standing = self._session.standing()
        title = harmless(event.title) if event is not None else "Meguri"
        right = standing or (self._board.you.name if self._board.you is not None else "")
        text = Text(shortened(title, max(8, self.size.width - 2)), self._tones["strong"])
        room = self.size.width - 2 - text.cell_len - 2
        shown = shortened(harmless(right), room)
        pad = max(1, room + 2 - Text(shown).cell_len)
        text.append(" " * pad + shown, self._tones["attention" if standing else "second"])
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
        paused = event.paused is not None and event.phase in RUNNING
        title = phase_title(self._speech, event)
        if paused:
            title = f"{title} · {self._speech.gettext('Paused')}"
        closing = closing_words(self._speech, event, now)
        lines = [
            (title, "attention" if paused else "strong"),
            (closing or clock_sentence(self._speech, event, now), "attention" if closing else ""),
        ]
        if self._board.pool is not None:
            pairs = counts(self._speech, self._board.pool)
            said = [f"{label} {value}" for label, value in pairs]
            room = self.size.width - 2 - (15 if figures else 0)
            while cell_len(" · ".join(said)) > room and len(said) > 1:
                said.pop()
            lines.append((" · ".join(said), "second"))
        self._put("phase", lines)

    def _draw_needs(self) -> None:
        waiting = self._session.needs()
        now, lines = self._session.now(), []
        most = NEEDS_SHOWN if self.size.height < 40 else NEEDS_SHOWN * 3
        for need in waiting[:most]:
            since = need_at(need)
            when = f" · {ago(self._speech, since, now)}" if since is not None else ""
            words = need_words(self._speech, self._board, need)
            tone = "grave" if need.call is not None or need.report is not None else "attention"
            lines.append((f"! {words}{when}", tone))
        if len(waiting) > most:
            more = self._speech.gettext("{n} more need you", n=len(waiting) - most)
            lines.append((f"! {more}", "attention"))
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
        _ = self._speech.gettext
        lines = [screen.title]
        if self._sought:
            lines.append(_("found by “{text}”, Esc shows all", text=self._sought))
        elif self._only_attention and self._shown == "rooms":
            lines.append(_("only what needs attention, ! shows all"))
        elif self._shown != "rooms":
            lines.append(_("Esc goes back to the rooms"))
        self._put("heading", [(" · ".join(lines), "strong")])

    def _draw_aside(self) -> None:
        aside = self.query_one("#aside")
        aside.display = self._is_wide
        if not self._is_wide:
            return
        _, board = self._speech.gettext, self._board
        lines = [(_("Next round"), "key"), *screens.next_lines(self._speech, board)]
        announced = screens.announced_lines(self._speech, board)
        if announced:
            lines += [("", ""), (_("Announcements"), "key"), *announced]
        log = screens.log_screen(self._speech, board)
        lines += [("", ""), (log.title, "key")]
        for row in log.rows[:LOG_SHOWN]:
            at, sentence = row.cells
            lines.append((f"{at[0].text}  {sentence[0].text}", ""))
        if not log.rows:
            lines.append((log.empty, "second"))
        self._put("beside", lines)

    def _draw_keys(self) -> None:
        tones, text = tones_of(self._theme_now), Text()
        self.screen.set_class(self._command.has_focus, "typing")
        if self._command.has_focus:
            _ = self._speech.gettext
            named = [
                ("Tab", _("complete")),
                ("Enter", _("do it")),
                ("Esc", _("leave")),
                ("↑", _("earlier commands")),
            ]
            rows = [named]
        else:
            seeable = any(need.may_be_seen_to for need in self._session.needs())
            undo = shortened(harmless(self._session.undo_words()), UNDO_CELLS)
            named = named_now(
                self._speech,
                self._board,
                self._shown,
                undo=undo,
                left=clock_text(self._session.undo_left()),
                seeable=seeable,
            )
            rows = lines_of(named, self.size.width - 2, 2)
        for at, row in enumerate(rows):
            text.append("\n" if at else "")
            for key, label in row:
                text.append(key, tones["key"])
                text.append(f" {label}  ", tones["second"])
        self.query_one("#keys", Static).update(text)

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
        text, tones = Text(), tones_of(self._theme_now)
        width = self.size.width - 2
        typed = [harmless(choice.typed.strip()) for choice in line.offered]
        shared = commonprefix(typed) if len(typed) > 1 else ""  # noqa: RUF071  # letters are meant
        shared = shared[: shared.rfind(" ") + 1]
        start = max(0, line.chosen - 3)
        for at, choice in enumerate(line.offered[start:], start):
            words = typed[at].removeprefix(shared)
            words = f"{words} ({harmless(choice.shown)})" if choice.shown else words
            words = shortened(words, width)
            if text.cell_len + cell_len(words) + 3 > width and at > start:
                break
            text.append(words, tones["cursor" if at == line.chosen else "second"])
            text.append("   ")
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

    def _selected(self) -> tuple[str, str]:
        row = self._listing.row
        kind, _, id = (row.key if row is not None else "").partition(":")
        return kind, id

    def _room_selected(self) -> m.BoardRoom | None:
        kind, id = self._selected()
        if self._shown == "room":
            return self._board.rooms.get(self._room)
        return self._board.rooms.get(id) if kind == "room" else None

    def _person_selected(self) -> str:
        """Returns the selected person as a name that can be typed, and a blank; or nothing."""
        kind, id = self._selected()
        seat = b.seat_of(self._board, id) if kind == "person" else None
        return naming.typed_name(self._board, seat) + " " if seat is not None else ""

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
                self._command.begin(f"move {self._person_selected()}")
        elif kind == "round":
            self._command.begin(f"change-programme {id} ")

    def action_start(self) -> None:
        """Opens the doors, or calls the next round."""
        event = self._board.event
        doors = event is not None and event.phase is Phase.DRAFT
        self._obey("open-doors" if doors else "start-round")

    def action_pause(self) -> None:
        """Pauses, or goes on."""
        event = self._board.event
        stands = event is not None and event.paused is not None and event.phase in RUNNING
        self._obey("resume" if stands else "pause")

    def action_longer(self) -> None:
        """Gives everybody a minute."""
        self._obey("extend +60")

    def action_shorter(self) -> None:
        """Takes a minute off."""
        self._obey("extend -60")

    def action_end(self) -> None:
        """Begins to end the round; Enter ends it."""
        in_room = self._shown == "room" and self._room_selected()
        self._command.begin(f"end-round {room_sign(in_room)}" if in_room else "end-round")

    def action_announce(self) -> None:
        """Begins an announcement to everybody."""
        self._command.begin("announce ")

    def action_announce_here(self) -> None:
        """Begins an announcement to the selected room."""
        room = self._room_selected()
        self._command.begin(f"announce @{room_sign(room)} " if room else "announce @")

    def action_answer(self) -> None:
        """Begins to answer the oldest call."""
        calls = b.open_calls(self._board)
        seat = b.seat_of(self._board, calls[0].sender) if calls else None
        who = naming.typed_name(self._board, seat) + ": " if seat is not None else ""
        self._command.begin(f"answer-call {who}")

    def action_move(self) -> None:
        """Begins to move the selected person."""
        self._command.begin(f"move {self._person_selected()}")

    def action_visit(self) -> None:
        """Visits the selected room, or leaves it."""
        room, you = self._room_selected(), self._board.you
        if you is not None and you.visiting and (room is None or room.id == you.visiting):
            self._obey("visit")
        elif room is not None:
            self._obey(f"visit {room_sign(room)}")
        else:
            self._command.begin("visit ")

    def action_remove(self) -> None:
        """Begins to remove the selected person; Enter removes them."""
        name = self._person_selected().strip()
        self._command.begin(f"remove {name}: " if name else "remove ")

    def action_check_in(self) -> None:
        """Checks the selected person in or out, or begins to."""
        kind, id = self._selected()
        seat = self._board.people.get(id) if kind == "person" else None
        if seat is None or seat.mode is not Mode.ON_SITE:
            self._command.begin("check-in ")
            return
        asked: Asked = c.CheckOut(attendee=id) if seat.state == "here" else c.CheckIn(attendee=id)
        name = "check-out" if seat.state == "here" else "check-in"
        self._ask(asked, f"{name} {seat.name}")

    def action_swap(self) -> None:
        """Begins to swap two people of the proposal."""
        self._command.begin(f"swap {self._person_selected()}")

    def action_keep(self) -> None:
        """Keeps the selected room of the proposal as it is, or lets go of it."""
        kind, id = self._selected()
        proposal = self._board.proposal
        if kind != "proposed" or proposal is None:
            self._command.begin("pin ")
            return
        pinned = any(one.id == id and one.pinned for one in proposal.seating)
        self._obey(f"unpin room {id}" if pinned else f"pin room {id}")

    def action_draw(self) -> None:
        """Draws another seating."""
        self._obey("reshuffle")

    def action_seen_to(self) -> None:
        """Takes the gravest report or silent room from what waits."""
        need = self._session.see_to_first()
        if need is None:
            self._say(self._speech.gettext("Nothing to be seen to."), "attention")
            return
        words = need_words(self._speech, self._board, need)
        self._say(f"{self._speech.gettext('Seen to')}: {words}", "good")
        self._draw_soon()

    def action_undo(self) -> None:
        """Takes back the last change of seats."""
        self._obey("undo")

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

    def action_find(self) -> None:
        """Begins a search."""
        self._command.begin("find ")

    def action_command(self) -> None:
        """Goes to the command line."""
        self._command.begin("")

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
