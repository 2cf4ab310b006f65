"""What a command says while it works and when it is done: lines, JSON, files, one changing line.

Responsible for the terminal and for the files that a person named. Does not choose any words.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from server.cli.failing import Failed

Teller = Callable[[str], None]


def say(text: str) -> None:
    """Writes a line that can be read at once, also through a pipe."""
    click.echo(text)
    sys.stdout.flush()


def say_json(value: object) -> None:
    """Writes a value as indented JSON."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


@contextlib.contextmanager
def status_line(first: str) -> Iterator[tuple[Teller, Callable[[object], None] | None]]:
    """Yields how to tell a step, and how to show the state: a line that changes, on a terminal."""
    if not sys.stderr.isatty():
        yield (lambda text: click.echo(text, err=True)), None
        return
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    with console.status(first, spinner="moon") as line:
        yield (lambda text: console.print(text)), lambda standing: line.update(str(standing))


def write(path: Path, content: bytes) -> None:
    """Writes a file, and its folder where there is none; raises `Failed`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise Failed(f"{path} could not be written: {error.strerror}.") from error
