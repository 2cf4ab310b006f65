"""What stands in each part of the screen, as text: title, clock, needs, heading, aside, keys. Pure.

Responsible for what fits where and in which tone. What things are called is `sentences`' and
`screens`'; where a part stands, and when it is drawn, is `app`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from os.path import commonprefix

from rich.cells import cell_len
from rich.text import Text

from rooms.messages import EventView
from server.console import screens
from server.console.board import Board, Need
from server.console.naming import Choice
from server.console.screens import Screen
from server.console.sentences import (
    RUNNING,
    ago,
    clock_sentence,
    closing_words,
    counts,
    need_at,
    need_words,
    phase_title,
)
from server.console.speech import Speech, harmless
from server.console.terminal.paint import Tones, shortened

Lines = list[tuple[str, str]]
"""Sentences with their tones."""

NEEDS_SHOWN = 3
TALL = 40
"""From so many lines on, more of what needs a host is shown."""

LOG_SHOWN = 30
FIGURES_CELLS = 15


def title_text(title: str, right: str, width: int, tones: Tones, *, urgent: bool) -> Text:
    """Returns the event's title, and at the right end who hosts or (`urgent`) what is wrong."""
    text = Text(shortened(harmless(title), max(8, width)), tones["strong"])
    room = width - text.cell_len - 2
    shown = shortened(harmless(right), room)
    pad = max(1, room + 2 - Text(shown).cell_len)
    text.append(" " * pad + shown, tones["attention" if urgent else "second"])
    return text


def clock_lines(
    speech: Speech, board: Board, event: EventView, now: int, width: int, *, figures: bool
) -> Lines:
    """Returns the phase, what comes then, and how many are where, in three lines."""
    paused = event.paused is not None and event.phase in RUNNING
    title = phase_title(speech, event)
    if paused:
        title = f"{title} · {speech.gettext('Paused')}"
    closing = closing_words(speech, event, now)
    sentence = closing or clock_sentence(speech, event, now, board.you)
    lines = [
        (title, "attention" if paused else "strong"),
        (sentence, "attention" if closing else ""),
    ]
    if board.pool is not None:
        said = [f"{label} {value}" for label, value in counts(speech, board.pool)]
        room = width - (FIGURES_CELLS if figures else 0)
        while cell_len(" · ".join(said)) > room and len(said) > 1:
            said.pop()
        lines.append((" · ".join(said), "second"))
    return lines


def need_lines(
    speech: Speech, board: Board, waiting: Sequence[Need], now: int, height: int
) -> Lines:
    """Returns what waits for a host, the gravest first, as far as there is room."""
    lines = []
    most = NEEDS_SHOWN if height < TALL else NEEDS_SHOWN * 3
    for need in waiting[:most]:
        since = need_at(need)
        when = f" · {ago(speech, since, now)}" if since is not None else ""
        tone = "grave" if need.call is not None or need.report is not None else "attention"
        lines.append((f"! {need_words(speech, board, need)}{when}", tone))
    if len(waiting) > most:
        more = speech.gettext("{n} more need you", n=len(waiting) - most)
        lines.append((f"! {more}", "attention"))
    return lines


def heading_line(
    speech: Speech, screen: Screen, shown: str, sought: str, *, only_attention: bool
) -> str:
    """Returns what the list shows, and how everything else is seen again."""
    words = [screen.title]
    if sought:
        words.append(speech.gettext("found by “{text}”, Esc shows all", text=sought))
    elif only_attention and shown == "rooms":
        words.append(speech.gettext("only what needs attention, ! shows all"))
    elif shown != "rooms":
        words.append(speech.gettext("Esc goes back to the rooms"))
    return " · ".join(words)


def aside_lines(speech: Speech, board: Board) -> Lines:
    """Returns the next round, announcements and the log, for a wide screen."""
    lines = [(speech.gettext("Next round"), "key"), *screens.next_lines(speech, board)]
    announced = screens.announced_lines(speech, board)
    if announced:
        lines += [("", ""), (speech.gettext("Announcements"), "key"), *announced]
    log = screens.log_screen(speech, board)
    lines += [("", ""), (log.title, "key")]
    for row in log.rows[:LOG_SHOWN]:
        at, sentence = row.cells
        lines.append((f"{at[0].text}  {sentence[0].text}", ""))
    if not log.rows:
        lines.append((log.empty, "second"))
    return lines


def keys_text(rows: Sequence[Sequence[tuple[str, str]]], tones: Tones) -> Text:
    """Returns keys with what they do, a row in a line."""
    text = Text()
    for at, row in enumerate(rows):
        text.append("\n" if at else "")
        for key, label in row:
            text.append(key, tones["key"])
            text.append(f" {label}  ", tones["second"])
    return text


def typing_keys(speech: Speech) -> list[tuple[str, str]]:
    """Returns the keys that do something on the command line, with what they do."""
    return [
        ("Tab", speech.gettext("complete")),
        ("Enter", speech.gettext("do it")),
        ("Esc", speech.gettext("leave")),
        ("↑", speech.gettext("earlier commands")),
    ]


def choices_text(offered: Sequence[Choice], chosen: int, width: int, tones: Tones) -> Text:
    """Returns what may be typed next, in one line; what all begin with is left out."""
    text = Text()
    typed = [harmless(choice.typed.strip()) for choice in offered]
    shared = commonprefix(typed) if len(typed) > 1 else ""  # noqa: RUF071  # letters are meant
    shared = shared[: shared.rfind(" ") + 1]
    start = max(0, chosen - 3)
    for at, choice in enumerate(offered[start:], start):
        words = typed[at].removeprefix(shared)
        words = f"{words} ({harmless(choice.shown)})" if choice.shown else words
        words = shortened(words, width)
        if text.cell_len + cell_len(words) + 3 > width and at > start:
            break
        text.append(words, tones["cursor" if at == chosen else "second"])
        text.append("   ")
    return text
