"""Bringing people to a running server: `attendees import`, and `import-contacts` from sensors.

Responsible for reading the files, writing personal links and naming what was not taken. Which rows
are good is the server's to say.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from server.cli.failing import Failed, sentences
from server.cli.reaching import asks, event_id_of, reach
from server.cli.typed_times import DAY_AND_TIME, typed_time


@click.group()
def attendees() -> None:
    """Bring people to an event."""


@attendees.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--event", "event_id", default=None, help="Its id; not needed for the only one.")
@click.option("--links", type=click.Path(path_type=Path), help="Write personal links to this CSV.")
@asks
def attendees_import(
    file: Path, event_id: str | None, links: Path | None, url: str, key: str | None
) -> None:
    """Import people from a CSV file."""
    from server.rehearsal.run import Imported

    asker = reach(url, key)
    path = f"/api/events/{event_id_of(asker, event_id)}/attendees"
    with sentences():
        imported = asker.post(path, file.read_bytes(), Imported, "text/csv")
    updated = imported.updated - imported.unchanged
    said = f"{imported.created} created, {updated} updated"
    click.echo(f"{said}, {imported.unchanged} as they were." if imported.unchanged else f"{said}.")
    for bad in imported.rejected:
        click.echo(f"Row {bad.row} was not taken: {bad.reason}", err=True)
    if links is not None:
        made = [one for one in imported.attendees if one.url]
        _write_links(links, [(one.name, one.external_id, one.url) for one in made])
    if not imported.attendees:
        raise Failed("Nobody was imported.")


@click.command("import-contacts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", default=None, help="Of the event; default: the file's name.")
@click.option("--people", "people_file", type=click.Path(exists=True, path_type=Path),
              help="A list of the people; external_id is what the contacts call them.")  # fmt: skip
@click.option("--began", default=None, type=DAY_AND_TIME,
              help="Second 0 of the file; default: so that it ends now.")  # fmt: skip
@click.option("--silence-hours", default=4.0, show_default=True,
              help="Hours without any contact after which a new round begins.")  # fmt: skip
@click.option(
    "--time-zone",
    default="UTC",
    show_default=True,
    help="Of the event and --began, as in Asia/Tokyo.",
)
@asks
def import_contacts(
    file: Path,
    title: str | None,
    people_file: Path | None,
    began: datetime | None,
    silence_hours: float,
    time_zone: str,
    url: str,
    key: str | None,
) -> None:
    """Make an event of face-to-face contacts that sensors saw elsewhere.

    FILE has a line `t i j` for each 20 seconds in which two faced each other: t is their end in
    seconds, i and j are the people (as SocioPatterns publish theirs); it may be gzipped. Intervals
    that follow each other are one meeting. The event is over when this is done: its report, graph
    and exports can be made at once.
    """
    from server.contacts_import import Chosen, bring_contacts
    from server.observations import BadObservations

    asker = reach(url, key)
    chosen = Chosen(
        title=title or file.name.partition(".")[0],
        people=people_file.read_bytes() if people_file else None,
        began_at=typed_time(began, time_zone, "--began") if began else None,
        silence=round(silence_hours * 3600),
        time_zone=time_zone,
    )
    try:
        with sentences():
            brought = bring_contacts(asker, file.read_bytes(), chosen)
    except BadObservations as error:
        raise Failed(str(error)) from error
    click.echo(
        f"Event {brought.event_id} is there: {brought.people} people, {brought.pairs} pairs,"
    )
    click.echo(f"{brought.minutes} minutes together, in {brought.rounds} rounds.")
    click.echo(f"Its report: {url.rstrip('/')}/desk/{brought.event_id}/report")


def _write_links(path: Path, rows: list[tuple[str, str, str]]) -> None:
    import csv

    from server.exports.cells import safe

    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("name", "external_id", "url"))
            writer.writerows((safe(name), safe(number), url) for name, number, url in rows)
    except OSError as error:
        raise Failed(f"The links could not be written to {path}: {error.strerror}.") from error
    click.echo(f"{len(rows)} personal links are in {path}. Each opens its owner's place: send")
    click.echo("it to them alone.")
