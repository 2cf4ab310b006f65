"""Which keys do what, and which of them the footer names now. Words and order only."""

from __future__ import annotations

from rich.cells import cell_len

from rooms.messages import Phase
from server.console.board import Board
from server.console.sentences import RUNNING
from server.console.speech import Speech

KEYS: tuple[tuple[str, str, str], ...] = (
    ("s", "start", "start"),
    ("p", "pause", "pause"),
    ("plus,equals_sign", "longer", "1 min"),
    ("minus", "shorter", "1 min"),
    ("e", "end", "end round"),
    ("a", "announce", "announce"),
    ("A", "announce_here", "announce here"),
    ("c", "answer", "answer a call"),
    ("t", "seen_to", "seen to"),
    ("m", "move", "move"),
    ("v", "visit", "visit"),
    ("x", "remove", "remove"),
    ("i", "check_in", "check in"),
    ("w", "swap", "swap"),
    ("k", "keep", "keep"),
    ("d", "draw", "draw anew"),
    ("u", "undo", "undo"),
    ("exclamation_mark", "attention", "attention"),
    ("r", "rooms", "rooms"),
    ("n", "next", "next round"),
    ("g", "people", "people"),
    ("l", "log", "log"),
    ("slash", "find", "find"),
    ("colon", "command", "command"),
    ("question_mark", "help", "help"),
    ("f2", "light", "light or dark"),
    ("q", "quit", "quit"),
)
"""Textual's name of the key, the action, and what the footer calls it (a msgid)."""

SIGNS = {
    "plus,equals_sign": "+",
    "minus": "-",
    "exclamation_mark": "!",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "f2": "F2",
}


def named_now(
    speech: Speech, board: Board, screen: str, undo: str, *, seeable: bool = False
) -> list[tuple[str, str]]:
    """Returns the keys that do something now as (key, label), the most needed first.

    `undo`: for how long the last change may be taken back; `seeable`: something can be seen to.
    """
    phase = board.event.phase if board.event is not None else Phase.DRAFT
    running = phase in RUNNING
    paused = board.event is not None and board.event.paused is not None
    labels = {action: speech.gettext(label) for _, action, label in KEYS}
    if phase is Phase.DRAFT:
        labels["start"] = speech.gettext("open doors")
    if paused and running:
        labels["pause"] = speech.gettext("resume")
    if undo:
        labels["undo"] = f"{labels['undo']} {undo}"
    rounds = board.event is not None and board.event.round < board.event.rounds
    shown = {
        "start": (phase is Phase.DRAFT and board.event is not None)
        or (phase in (Phase.LOBBY, Phase.BREAK) and rounds),
        "pause": running,
        "longer": running,
        "shorter": running,
        "end": phase in (Phase.PREVIEW, Phase.ROUND),
        "answer": any(call.answered is None for call in board.calls),
        "seen_to": seeable,
        "announce_here": screen in ("rooms", "room") and phase in (Phase.PREVIEW, Phase.ROUND),
        "move": phase in (Phase.PREVIEW, Phase.ROUND),
        "visit": phase in (Phase.PREVIEW, Phase.ROUND),
        "swap": board.proposal is not None,
        "keep": board.proposal is not None and screen == "next",
        "draw": board.proposal is not None and screen == "next",
        "undo": bool(undo),
        "check_in": screen in ("people", "rooms"),
        "attention": phase in (Phase.PREVIEW, Phase.ROUND),
    }
    first = ["undo", "answer", "start"] if undo else ["answer", "start"]
    order = [action for action in first if shown.get(action, True)]
    order += [action for _, action, _ in KEYS if action not in first and shown.get(action, True)]
    keys = {action: SIGNS.get(key, key) for key, action, _ in KEYS}
    return [(keys[action], labels[action]) for action in order]


def lines_of(named: list[tuple[str, str]], width: int, lines: int) -> list[list[tuple[str, str]]]:
    """Returns the keys in as many lines as there is room for; `:` and `?` are always among them."""
    must = [pair for pair in named if pair[0] in (":", "?", "q")]
    others = [pair for pair in named if pair not in must]
    while True:
        rows: list[list[tuple[str, str]]] = [[]]
        used = 0
        for key, label in [*others, *must]:
            wide = cell_len(f"{key} {label}") + 2
            if used and used + wide > width:
                rows.append([])
                used = 0
            rows[-1].append((key, label))
            used += wide
        if len(rows) <= lines or not others:
            return rows[:lines]
        others.pop()
