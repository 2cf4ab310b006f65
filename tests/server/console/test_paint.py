"""Rows as cells: wide characters stay aligned, and nothing typed can command a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from server.console.address import Address, BadAddress, read_address
from server.console.screens import Piece, Row, Screen, cell
from server.console.speech import Speech, harmless
from server.console.terminal.colours import DARK, LIGHT, tones_of
from server.console.terminal.keys import FIRST, GROUPS, KEYS, key_rows, lines_of
from server.console.terminal.paint import columns_of, strip_of

NAMES = st.lists(st.text(max_size=30), min_size=1, max_size=8)


@given(NAMES, st.integers(20, 200))
def test_a_row_is_as_wide_as_asked_for_whatever_the_names(names: list[str], width: int) -> None:
    rows = [Row((cell("T7"), tuple(Piece(name) for name in names), cell("花子 calls", "grave")))]
    screen = Screen("", rows, flexible=1)
    strip = strip_of(rows[0], screen, columns_of(screen, width), width, tones_of(DARK))
    assert sum(cell_len(segment.text) for segment in strip) == width


def test_columns_stand_below_each_other_in_both_scripts() -> None:
    rows = [
        Row((cell("1"), (Piece("Ana"), Piece("Bo")), cell("alone"))),
        Row((cell("T12"), (Piece("佐藤 花子"), Piece("~Chidi")), cell("1 dropped"))),
    ]
    screen = Screen("", rows, flexible=1)
    columns = columns_of(screen, 60)
    drawn = [
        "".join(s.text for s in strip_of(row, screen, columns, 60, tones_of(LIGHT))) for row in rows
    ]
    at = [
        cell_len(text[: text.index(word)]) for text, word in zip(drawn, ("Bo", "~C"), strict=True)
    ]
    assert at[0] == at[1]


def test_names_lose_what_a_terminal_would_obey() -> None:
    assert harmless("A\x1b[2Jna\r\nBo\u202e") == "A [2Jna  Bo"


def test_the_footer_always_names_command_help_and_quit() -> None:
    named = [(chr(97 + n), "a long label") for n in range(16)]
    rows = lines_of([*named, (":", "command"), ("?", "help"), ("q", "quit")], 40, 2)
    assert len(rows) == 2
    assert [key for key, _ in rows[-1]][-3:] == [":", "?", "q"]


def test_an_address_names_an_event_and_perhaps_a_key() -> None:
    assert read_address("http://h:8000/x/e/abc/host") == Address("http://h:8000/x", "abc")
    assert read_address("h.example/e/abc/in/K-_1").base == "https://h.example"
    for wrong in ("http://h/desk", "ftp://h/e/abc", "nonsense"):
        with pytest.raises(BadAddress):
            read_address(wrong)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_help_names_every_key_and_fits_in_eighty_columns(language: str) -> None:
    named = [action for _, keys in GROUPS for action, _ in keys]
    assert sorted(named) == sorted([*(action for _, action, _ in KEYS), "Enter", "Tab", "Esc"])
    assert sorted(FIRST) == sorted(action for _, action, _ in KEYS)
    speech = Speech(language)
    rows = key_rows(speech)
    assert len(rows) <= 11, "all are in sight at 80 by 24"
    screen = Screen("", rows, flexible=1)
    for row in rows:
        strip = strip_of(row, screen, columns_of(screen, 75), 75, tones_of(LIGHT))
        assert "…" not in strip.text, strip.text
    if language == "ja":
        words = [label for _, keys in GROUPS for _, label in keys]
        words += [label for *_, label in KEYS] + [group for group, _ in GROUPS]
        assert [one for one in words if speech.gettext(one) == one] == []
