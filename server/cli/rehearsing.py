"""An evening with simulated attendees: `rehearse`, and its figures in words.

Responsible for its options, for the server that is started where none is named, and for the words.
Does not play or judge the evening (`server.rehearsal`).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.failing import sentences
from server.cli.reaching import reach
from server.cli.telling import say_json, status_line

if TYPE_CHECKING:
    from server.rehearsal.parts import Options
    from server.rehearsal.report import Figures

_share = click.FloatRange(0, 100)


@click.command()
@click.option("--url", default=None, help="A running server; without it, one is started for this.")
@click.option("--key", default=None, help="The organiser's key. Default: MEGURI_ORGANISER_KEY.")
@click.option("--event", default=None, help="An event that is there; without it, one is made.")
@click.option("--people", default=None, type=click.IntRange(1, 20000), help="Default: 40, or all.")
@click.option("--from", "csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 100))
@click.option("--seconds", default=60, show_default=True, type=click.IntRange(1, 86400))
@click.option("--size", default=4, show_default=True, type=click.IntRange(2, 100))
@click.option("--break-seconds", default=5, show_default=True, type=click.IntRange(0, 3600))
@click.option("--preview-seconds", default=5, show_default=True, type=click.IntRange(0, 3600))
@click.option("--walking-seconds", default=5, show_default=True, type=click.IntRange(0, 3600))
@click.option("--late", default=10.0, show_default=True, type=_share, help="Percent who come late.")
@click.option("--dropping", default=5.0, show_default=True, type=_share, help="… drop and return.")
@click.option("--leaving", default=3.0, show_default=True, type=_share, help="… leave on purpose.")
@click.option("--silent", default=0.0, show_default=True, type=_share, help="… never look.")
@click.option("--on-site", default=20.0, show_default=True, type=_share, help="… are on site.")
@click.option(
    "--stations",
    default=0,
    show_default=True,
    type=click.IntRange(0, 1000),
    help="Tables where people on site and online share a room.",
)
@click.option("--seed", default=1, show_default=True, type=int)
@click.option("--workers", default=1, show_default=True, help="Of the server started for this.")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON on standard output.")
def rehearse(
    url: str | None, key: str | None, workers: int, as_json: bool, **given: object
) -> None:
    """Rehearse an evening with simulated attendees over real sockets."""
    from server.rehearsal.parts import Options

    if given["people"] is None:
        given["people"] = 0 if given["csv"] is not None else 40
    options = Options(**given)  # type: ignore[arg-type]  # click has checked them
    with sentences():
        figures = _rehearse(options, url, key, workers)
    if as_json:
        say_json(figures)
    else:
        _show(figures)
    if figures.wrong:
        raise click.exceptions.Exit(1)


def _rehearse(options: Options, url: str | None, key: str | None, workers: int) -> Figures:
    import uvloop

    from server.asking import Asker
    from server.rehearsal.run import rehearse as run_rehearsal
    from server.spawning import spawned

    logging.getLogger("websockets").setLevel(logging.WARNING)

    async def there(url: str) -> Figures:
        asker = reach(url, key)
        with status_line("People are coming in …") as (progress, status):
            return await run_rehearsal(asker, options, progress, status)

    async def here() -> Figures:
        this = asyncio.current_task()
        assert this is not None
        # Ended by a signal, the server that was started for this must end too.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
        own_key = secrets.token_urlsafe(24)
        with tempfile.TemporaryDirectory(prefix="meguri-rehearsal-") as folder:
            async with spawned(Path(folder), own_key, workers=workers) as server:
                asker = Asker(server.url, own_key)
                with status_line("People are coming in …") as (progress, status):
                    return await run_rehearsal(asker, options, progress, status)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(there(url) if url else here())


def _show(figures: Figures) -> None:
    """Prints a rehearsal's figures for a person."""
    f = figures
    click.echo(f"\n{f.joined} of {f.people} came; {f.connects} connects, {f.resumed} resumed.")
    for one in f.rounds:
        sizes = ", ".join(f"{count} of {size}" for size, count in one.sizes.items())
        last = "—" if one.to_last_room_ms is None else f"{one.to_last_room_ms:.0f} ms"
        click.echo(
            f"Round {one.round}: {one.seated} seated in {one.rooms} "
            f"{'room' if one.rooms == 1 else 'rooms'} ({sizes}); "
            f"{one.repeats} met again; last room after {last}; "
            f"deadline ±{one.deadline_spread_ms:.0f} ms, "
            f"start +{one.start_lateness_ms:.0f} ms, end +{one.end_lateness_ms:.0f} ms"
        )
    if f.across:
        click.echo(
            f"Across: {f.across:.0%} of pairs are of somebody on site and somebody online; "
            f"{f.mixed_people:.0%} of people met somebody of the other mode"
        )
    click.echo(f"Longest alone without choosing to wait: {f.longest_alone_s} s")
    click.echo(f"Left over without a word: {f.left_over_silently}")
    click.echo(f"Messages: {f.said} said, {f.lost} lost, {f.doubled} doubled")
    click.echo(f"Contacts: {f.contacts} made, {f.contacts_missing} missing")
    click.echo(
        f"Pairs: {f.pairs_logged} logged, {f.pairs_exported} exported, {f.pairs_missing} missing, "
        f"{f.pairs_invented} invented; seconds off by {f.seconds_off_most} at most"
    )
    if f.refusals:
        click.echo(f"Refused: {', '.join(f'{n} × {code}' for code, n in f.refusals.items())}")
    for sentence in f.wrong:
        click.echo(f"✗ {sentence}")
    for example in f.examples if f.wrong else []:
        click.echo(f"    {example}")
    click.echo("All is well." if not f.wrong else "Not all is well.")
