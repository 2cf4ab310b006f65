"""The look of the terminal: the colours of the pages, in dark and in light.

Every tone is a colour and, where it matters, bold or underlined: nothing is told by colour alone.
"""

from __future__ import annotations

from rich.style import Style
from textual.theme import Theme

from server.console.terminal.paint import Tones

DARK = Theme(
    name="meguri-dark",
    primary="#f0915f",
    secondary="#a9afbd",
    warning="#f0c96a",
    error="#f0915f",
    success="#a9cf86",
    accent="#f0915f",
    foreground="#f3eee4",
    background="#14171f",
    surface="#1b202b",
    panel="#232835",
    dark=True,
)
LIGHT = Theme(
    name="meguri-light",
    primary="#b8400f",
    secondary="#5a6070",
    warning="#8a5a00",
    error="#b8400f",
    success="#4a6b2c",
    accent="#b8400f",
    foreground="#20242e",
    background="#faf7f1",
    surface="#fffdf9",
    panel="#f2ece1",
    dark=False,
)
SITE = {True: "#8fb0e6", False: "#2c4a7c"}


def tones_of(theme: Theme) -> Tones:
    """Returns the styles of all tones in a theme."""
    return {
        "": Style(),
        "strong": Style(bold=True),
        "second": Style(color=theme.secondary),
        "attention": Style(color=theme.warning, bold=True),
        "grave": Style(color=theme.error, bold=True, underline=True),
        "good": Style(color=theme.success),
        "site": Style(color=SITE[theme.dark], bold=True),
        "key": Style(color=theme.accent, bold=True),
        "cursor": Style(bgcolor=theme.panel, bold=True),
    }
