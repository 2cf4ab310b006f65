"""A list of rows with a cursor: only the lines in sight are drawn, so 250 rooms cost no more."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from server.console.screens import Row, Screen, cell
from server.console.terminal.paint import Tones, columns_of, strip_of


class Listing(ScrollView, can_focus=True):
    """Shows one screen's rows. The cursor stays on what it is about when rows move."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "step(-100000)", show=False),
        Binding("end", "step(100000)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Chosen(Message):
        """Enter was pressed on a row."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    def __init__(self, tones: Tones) -> None:
        super().__init__(id="listing")
        self._tones = tones
        self._screen = Screen("", [])
        self._columns: list[int] = []
        self._at = 0

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        rows = self._screen.rows
        return rows[self._at] if self._at < len(rows) else None

    @property
    def rows(self) -> list[Row]:
        """All rows that are shown."""
        return self._screen.rows

    def show(self, screen: Screen) -> None:
        """Shows a screen, with the cursor on what it was on if that is still there."""
        if screen == self._screen:
            return
        key = self.row.key if self.row else ""
        self._screen = screen
        found = next((at for at, row in enumerate(screen.rows) if key and row.key == key), None)
        self._at = self._at if found is None else found
        self._at = max(0, min(self._at, len(screen.rows) - 1))
        self._measure()

    def repaint(self, tones: Tones) -> None:
        """Draws everything anew in other colours."""
        self._tones = tones
        self._measure()

    def go_first(self) -> None:
        """Puts the cursor on the first row."""
        self._at = 0
        self.scroll_to(y=0, animate=False)

    def action_step(self, by: int) -> None:
        """Moves the cursor by so many rows."""
        self._at = max(0, min(self._at + by, len(self._screen.rows) - 1))
        top, height = self.scroll_offset.y, self.size.height
        if self._at < top or self._at >= top + height:
            self.scroll_to(y=self._at if self._at < top else self._at - height + 1, animate=False)
        self.refresh()

    def action_page(self, by: int) -> None:
        """Moves the cursor by a page."""
        self.action_step(by * max(1, self.size.height - 1))

    def action_choose(self) -> None:
        """Tells that the row under the cursor was chosen."""
        if self.row is not None:
            self.post_message(self.Chosen(self.row))

    def on_resize(self) -> None:
        """Fits the columns to the new width."""
        self._measure()

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor where the mouse points; a second click chooses."""
        at = self.scroll_offset.y + event.y
        if at >= len(self._screen.rows):
            return
        again = at == self._at
        self._at = at
        self.refresh()
        if again:
            self.action_choose()

    def _measure(self) -> None:
        width = self.scrollable_content_region.width
        self.virtual_size = Size(width, max(1, len(self._screen.rows)))
        self._columns = columns_of(self._screen, max(1, width - 2))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draws one line on the list's own ground."""
        return self._line(y).apply_style(self.rich_style)

    def _line(self, y: int) -> Strip:
        """Returns a mark where the cursor is, then the row."""
        width = self.scrollable_content_region.width
        tones, rows = self._tones, self._screen.rows
        at = y + self.scroll_offset.y
        if not rows and at == 0 and self._screen.empty:
            row = Row((cell(self._screen.empty, "second"),))
            one = Screen("", [row])
            return _marked(strip_of(row, one, [width - 2], width - 2, tones), "  ", tones[""])
        if at >= len(rows):
            return Strip.blank(width, tones[""])
        row = rows[at]
        strip = strip_of(row, self._screen, self._columns, max(1, width - 2), tones)
        if at == self._at and row.key:
            mark = "> " if self.has_focus else "- "
            return _marked(strip, mark, tones[""]).apply_style(
                tones["cursor"] if self.has_focus else Style()
            )
        return _marked(strip, "  ", tones[""])


def _marked(strip: Strip, mark: str, style: Style) -> Strip:
    return Strip([Segment(mark, style), *strip])
