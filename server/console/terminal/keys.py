"""Which keys do what, which of them the footer names now, and how help lists them all.

Words and order only: what a key does is `app`'s.
"""

from __future__ import annotations

from rich.cells import cell_len

from rooms.messages import Phase
from server.console.board import Board
from server.console.screens import Piece, Row, cell
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
    ("question_mark", "help", "all keys"),
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


FIRST = (
    "undo", "answer", "start", "seen_to", "keep", "draw", "swap", "pause", "longer", "shorter",
    "end", "announce", "move", "visit", "attention", "next", "people", "announce_here", "find",
    "remove", "check_in", "log", "rooms", "light", "command", "help", "quit",
)  # fmt: skip
"""The actions, the most needed first: the footer drops from the end what it has no room for."""

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Clock", (
        ("start", "start"), ("pause", "pause, go on"), ("end", "end round"),
        ("longer", "1 min more"), ("shorter", "1 min less"), ("undo", "undo"),
    )),
    ("People", (
        ("move", "move"), ("visit", "visit"), ("remove", "remove"),
        ("announce", "announce"), ("announce_here", "announce here"),
        ("check_in", "check in or out"),
        ("answer", "answer a call"), ("seen_to", "seen to"),
    )),
    ("Seating", (
        ("next", "next round"), ("swap", "swap two"), ("keep", "keep a room"),
        ("draw", "draw anew"),
    )),
    ("Show", (
        ("rooms", "rooms"), ("people", "people"), ("Enter", "open"),
        ("log", "log"), ("attention", "attention"), ("find", "find"),
    )),
    ("Console", (
        ("command", "command"), ("Tab", "complete"), ("Esc", "back"),
        ("help", "all keys"), ("light", "light or dark"), ("quit", "quit"),
    )),
)  # fmt: skip
"""All keys as help groups them: the group, then (action or key, what it is called) (msgids)."""

ACROSS = 3
GROUP_CELLS, KEY_CELLS, LABEL_CELLS = 10, 3, 14
"""How wide the columns of the list of keys are: three keys a line fit in 75 cells."""


def key_rows(speech: Speech) -> list[Row]:
    """Returns all keys by group, a few on a line, as rows of two cells of which one is used."""
    signs = {action: SIGNS.get(key, key) for key, action, _ in KEYS}
    rows = []
    for group, keys in GROUPS:
        for at in range(0, len(keys), ACROSS):
            pieces = [
                Piece(_padded(speech.gettext(group) if at == 0 else "", GROUP_CELLS), "second")
            ]
            for action, label in keys[at : at + ACROSS]:
                pieces.append(Piece(_padded(signs.get(action, action), KEY_CELLS), "key"))
                pieces.append(Piece(_padded(speech.gettext(label), LABEL_CELLS)))
            last = pieces.pop()
            pieces.append(Piece(last.text.rstrip(), last.tone))
            rows.append(Row((tuple(pieces), cell(""))))
    return rows


def _padded(text: str, cells: int) -> str:
    return text + " " * max(0, cells - cell_len(text))


def named_now(
    speech: Speech,
    board: Board,
    screen: str,
    *,
    undo: str = "",
    left: str = "",
    seeable: bool = False,
) -> list[tuple[str, str]]:
    """Returns the keys that do something now as (key, label), the most needed first.

    `undo`: what can be taken back, and `left`: for how long; `seeable`: something can be seen to.
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
        labels["undo"] = f"{speech.gettext('undo: {what}', what=undo)} {left}"
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
        "swap": board.proposal is not None and screen == "next",
        "keep": board.proposal is not None and screen == "next",
        "draw": board.proposal is not None and screen == "next",
        "undo": bool(undo),
        "check_in": screen in ("people", "rooms"),
        "attention": phase in (Phase.PREVIEW, Phase.ROUND),
    }
    order = [action for action in FIRST if shown.get(action, True)]
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
