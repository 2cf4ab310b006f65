"""Running Meguri on this machine: `serve`, `worker`, `demo`, `key renew`, `doctor`.

Responsible for their options and for what they say at the start. Does not serve, send or check
anything itself.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import click

from server.cli.failing import Failed, own_settings, sentences
from server.cli.telling import say
from server.settings import spoken_language

FIRST_START = """
This is the first start. To hold an evening, open this address in a browser and press
“Sign in”; then give your event a title, and bring your list of people:

    {public}/desk/in/{key}

Keep it: whoever has it sees everybody's data, and it is shown this once. Its last part is the
organiser's key, which {public}/desk asks for on other computers (and the commands of
`meguri`: export MEGURI_ORGANISER_KEY=…). If it is lost, `meguri key renew` makes a new one.
"""


def greeting(language: str, public: str, first_key: str | None, log: Path | None) -> str:
    """Returns what the server says once it runs at `public`; `first_key`: made just now."""
    from server.words import words

    known = words(language)
    lines = [known.gettext("Meguri runs at {public}", public=public)]
    if first_key is not None:
        lines.append(known.gettext(FIRST_START, public=public, key=first_key))
    else:
        next_step = "Next: the organiser's page is {public}/desk; or `meguri event create TITLE`."
        lines.append(known.gettext(next_step, public=public))
    if log is not None:
        lines.append(known.gettext("Ctrl-C ends it. The log is in {log}.", log=str(log)))
    else:
        lines.append(known.gettext("SIGTERM ends it."))
    return "\n".join(lines)


@click.command()
@click.option("--host", default="0.0.0.0", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.pass_obj
def serve(debug: bool, host: str, port: int, workers: int) -> None:
    """Run the server."""
    from server import serving
    from server.logs import start_logging

    settings = own_settings()
    log = start_logging(settings.data_dir, debug=debug)

    def ready(address: str, first_key: str | None = None) -> None:
        public = settings.public_url or address
        click.echo(greeting(spoken_language(), public, first_key, log))
        sys.stdout.flush()

    with sentences():
        serving.run(settings, host, port, workers, ready)


@click.command()
@click.pass_obj
def worker(debug: bool) -> None:
    """Send the mails that are due, through MEGURI_SMTP_URL, and call webhooks."""
    from server.logs import start_logging
    from server.worker import work

    settings = own_settings()
    start_logging(settings.data_dir, debug=debug)

    def say(sentence: str) -> None:
        click.echo(sentence)
        sys.stdout.flush()

    asyncio.run(work(settings, say))


@click.command()
@click.option("--port", default=None, type=click.IntRange(0, 65535), help="8000, if it is free.")
@click.option("--people", default=40, show_default=True, type=click.IntRange(3, 400))
@click.option("--seconds", default=90, show_default=True, type=click.IntRange(20, 3600))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1, 50))
@click.option("--starts-in", default=25, show_default=True, type=click.IntRange(5, 3600))
@click.pass_obj
def demo(
    debug: bool, port: int | None, people: int, seconds: int, rounds: int, starts_in: int
) -> None:
    """Try it: an evening with forty believable people, running by itself."""
    from server.demo.run import Demo, DemoOptions
    from server.logs import start_logging

    options = DemoOptions(
        port=port, people=people, seconds=seconds, rounds=rounds, starts_in=starts_in
    )
    with sentences(), tempfile.TemporaryDirectory(prefix="meguri-demo-") as folder:
        start_logging(Path(folder), debug=debug)
        Demo(Path(folder), options, say).run()


@click.group()
def key() -> None:
    """The organiser's key."""


@key.command("renew")
def key_renew() -> None:
    """Make a new organiser's key; the old one then opens nothing.

    For the machine the server runs on, with the same settings. Hosts' and people's links stay.
    """
    from server import serving
    from server.redis import StoreAway, StoreError

    settings = own_settings()
    if settings.organiser_key:
        raise Failed("The organiser's key is MEGURI_ORGANISER_KEY: set another one and restart.")
    try:
        made = asyncio.run(serving.renew_organiser_key(settings))
    except (StoreAway, StoreError) as error:
        raise Failed(f"The store cannot be reached: {error}") from error
    click.echo(f"The organiser's key, shown this once: {made}")


@click.command()
def doctor() -> None:
    """Check settings and store, and say what to mend."""
    from server.doctor import examine

    findings = examine(own_settings())
    for finding in findings:
        click.echo(f"{'✓' if finding.well else '✗'} {finding.sentence}")
        if finding.mend:
            click.echo(f"    {finding.mend}")
    if not all(finding.well for finding in findings):
        raise click.exceptions.Exit(1)
