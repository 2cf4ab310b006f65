"""Taking files home from a running server: `export`.

Responsible for which files there are and where they are written. Does not make their content.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from server.cli.failing import Failed, sentences
from server.cli.reaching import asks, event_id_of, reach

FORMATS = {
    "pairs": ("csv", "jsonl", "xlsx"),
    "network": ("graphml", "gexf"),
    "hubspot": ("csv",),
    "salesforce": ("csv",),
    "mailchimp": ("csv",),
    "google-contacts": ("csv",),
    "attendees": ("csv",),
    "rounds": ("csv",),
    "leads": ("csv", "jsonl"),
    "consents": ("csv",),
    "journal": ("jsonl",),
}
FOR_TOOLS = ("hubspot", "salesforce", "mailchimp", "google-contacts")


@click.command()
@click.argument("what", type=click.Choice(sorted(FORMATS)))
@click.option("--format", "form", default=None, help="csv, jsonl, xlsx, graphml or gexf.")
@click.option("--event", "event_id", default=None, help="Its id; not needed for the only one.")
@click.option("--summary", is_flag=True, help="Pairs: one row a pair instead of one a round.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Default: standard output.")
@asks
def export(
    what: str,
    form: str | None,
    event_id: str | None,
    summary: bool,
    output: Path | None,
    url: str,
    key: str | None,
) -> None:
    """Export who met whom, the people, the rounds, or a file that another tool takes in."""
    form = form or FORMATS[what][0]
    if form not in FORMATS[what]:
        raise click.UsageError(f"{what} comes as {' or '.join(FORMATS[what])}, not as {form}.")
    asker = reach(url, key)
    folder = "import/" if what in FOR_TOOLS else ""
    path = f"/api/events/{event_id_of(asker, event_id)}/{folder}{what}.{form}"
    with sentences():
        chunks = asker.stream(path + ("?summary=1" if summary else ""))
        if output is None:
            for chunk in chunks:
                sys.stdout.buffer.write(chunk)
            return
        try:
            with output.open("wb") as file:
                file.writelines(chunks)
        except OSError as error:
            raise Failed(f"{output} could not be written: {error.strerror}.") from error
    click.echo(f"Written to {output}.", err=True)
