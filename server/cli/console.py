"""Hosting from a terminal: `console`.

Responsible for its address, key and language. Does not draw or speak (`server.console`).
"""

from __future__ import annotations

import sys

import click


@click.command()
@click.argument("url")
@click.option("--key", default=None, help="The host's key, where the address holds none.")
@click.option("--plain", is_flag=True, help="Lines instead of a screen: for scripts and readers.")
@click.option("--follow", is_flag=True, help="With --plain: go on after the last command.")
@click.option("--language", default=None, type=click.Choice(["en", "ja"]), help="Or the locale's.")
def console(url: str, key: str | None, plain: bool, follow: bool, language: str | None) -> None:
    """Host an evening from this terminal.

    URL is the host's personal link, or the event's address; then the key is asked for, or given.
    With --plain, commands are read from standard input, one a line; `help` lists them.
    """
    from server.console import run as console_run
    from server.console.address import BadAddress, read_address

    try:
        address = read_address(url)
    except BadAddress as error:
        raise click.UsageError(str(error)) from error
    if follow and not plain:
        raise click.UsageError("--follow goes with --plain.")
    if not plain and not console_run.has_screen():
        raise click.UsageError("No screen can be drawn here: --plain reads and writes lines.")
    key = address.key or key
    if not key:
        if not sys.stdin.isatty():
            raise click.UsageError("The host's key is missing: use the host's link, or --key.")
        key = click.prompt("The host's key", hide_input=True, err=True)
    spoken = console_run.language_of(language)
    code = console_run.run(
        address,
        key,
        spoken,
        plain=plain,
        follow=follow,
        say=lambda text: click.echo(text, err=True),
    )
    raise click.exceptions.Exit(code)
