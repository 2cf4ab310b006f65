"""The command line: an input with a history, and completion by Tab.

It offers what `choices` gives and changes its own text; it reads and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from server.console.naming import Choice

HISTORY_KEPT = 200


class CommandLine(Input):
    """One line to type a command on. Tab goes through the choices, Escape leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete(1)", show=False, priority=True),
        Binding("shift+tab", "complete(-1)", show=False, priority=True),
        Binding("up", "recall(-1)", show=False),
        Binding("down", "recall(1)", show=False),
        Binding("escape", "leave", show=False),
    ]

    class Left(Message):
        """Escape was pressed."""

    class Offered(Message):
        """What may be typed has changed."""

    def __init__(self, choices: Callable[[str], list[Choice]]) -> None:
        super().__init__(id="command", compact=True, select_on_focus=False)
        self._choices = choices
        self._begun = ""
        self._at = -1
        self._completing = False
        self._history: list[str] = []
        self._recalled = 0
        self.offered: list[Choice] = []

    @property
    def chosen(self) -> int:
        """Which of the choices stands in the line; -1: none."""
        return self._at

    def begin(self, text: str) -> None:
        """Starts with a text that is there already."""
        self.value = text
        self.cursor_position = len(text)
        self.offer()
        self.focus()

    def offer(self) -> None:
        """Looks up what may be typed next."""
        self._begun, self._at = self.value, -1
        self.offered = self._choices(self.value)
        self.post_message(self.Offered())

    def done(self) -> None:
        """Empties the line and remembers what stood in it."""
        if self.value.strip() and self._history[-1:] != [self.value]:
            self._history = [*self._history, self.value][-HISTORY_KEPT:]
        self._recalled = len(self._history)
        self.value = ""
        self.offer()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offers anew what was typed by hand."""
        if self._completing:
            self._completing = False
        else:
            self.offer()

    def action_complete(self, by: int) -> None:
        """Puts the next choice into the line; the only one for good."""
        if not self.offered:
            return
        if len(self.offered) == 1:
            self.begin(self.offered[0].typed)
            return
        self._at = (self._at + by) % len(self.offered) if self._at >= 0 or by > 0 else -1
        self._put(self.offered[self._at].typed)
        self.post_message(self.Offered())

    def action_recall(self, by: int) -> None:
        """Puts an earlier command into the line."""
        self._recalled = max(0, min(self._recalled + by, len(self._history)))
        earlier = self._history[self._recalled : self._recalled + 1]
        self.begin(earlier[0] if earlier else "")

    def action_leave(self) -> None:
        """Empties the line and tells that it was left."""
        self.value = ""
        self.offer()
        self.post_message(self.Left())

    def _put(self, text: str) -> None:
        if text == self.value:
            return
        self._completing = True
        self.value = text
        self.cursor_position = len(text)
