"""The README is the manual: what it names is there, and what is there it names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec

from rooms import messages
from rooms.commands import AttendeeCommand, HostCommand
from server.cli import meguri
from server.files import STATIC

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def row(who: str) -> set[str]:
    """Returns the message names in one row of the README's table."""
    line = next(line for line in README.splitlines() if line.startswith(f"| {who} |"))
    return set(re.findall(r"`([a-z-]+)`", line))


def tag(type: type) -> str:
    """Returns a message's name on the wire."""
    found = msgspec.inspect.type_info(type)
    assert isinstance(found, msgspec.inspect.StructType)
    return str(found.tag)


def test_every_command_is_in_the_table() -> None:
    assert row("attendees") == {tag(one) for one in get_args(AttendeeCommand)}
    assert row("hosts") == {tag(one) for one in get_args(HostCommand)}


def test_every_message_is_in_the_table() -> None:
    told = {tag(one) for one in messages.Message.__subclasses__()}
    assert row("the server") == told


def test_every_shown_command_line_exists() -> None:
    for name, rest in re.findall(r"meguri ([a-z][a-z-]*)((?: --[a-z-]+| [a-z]+)*)", README):
        command = meguri.commands.get(name)
        assert command is not None, name
        options = {option for parameter in command.params for option in parameter.opts}
        for option in re.findall(r"--[a-z-]+", rest if name == "rehearse" else ""):
            assert option in options, option


def test_the_picture_is_there_and_links_inside_lead_somewhere() -> None:
    for path in re.findall(r"\]\((static/[^)]+)\)", README):
        assert (STATIC.parent / path).is_file(), path
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.strip("# ").lower()).replace(" ", "-")
        for line in README.splitlines()
        if line.startswith("#")
    }
    for anchor in re.findall(r"\]\(#([^)]+)\)", README):
        assert anchor in headings, anchor
