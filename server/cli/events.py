"""Events of a running server: `event create`, `list`, `show`, `close`.

Responsible for their options and words. What an event may be is the server's to say.
"""

from __future__ import annotations

from datetime import datetime

import click

from server.cli.failing import sentences
from server.cli.reaching import asks, reach
from server.cli.telling import say_json
from server.cli.typed_times import DAY_AND_TIME, typed_time


@click.group()
def event() -> None:
    """Make and look at events on a running server."""


@event.command("create")
@click.argument("title")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 100))
@click.option("--seconds", default=None, type=click.IntRange(1, 86400), help="Of each round.")
@click.option("--size", default=4, show_default=True, type=click.IntRange(2, 100))
@click.option("--break-seconds", default=60, show_default=True, type=click.IntRange(0, 86400))
@click.option("--preview-seconds", default=20, show_default=True, type=click.IntRange(0, 86400))
@click.option("--walking-seconds", default=120, show_default=True, type=click.IntRange(0, 86400))
@click.option("--auto", is_flag=True, help="Rounds follow each other without the host.")
@click.option(
    "--starts-at",
    default=None,
    type=DAY_AND_TIME,
    help="In --time-zone; without one, where this machine is.",
)
@click.option("--locale", default=None, type=click.Choice(["en", "ja"]))
@click.option("--time-zone", default=None, help="As in Asia/Tokyo.")
@click.option("--json", "as_json", is_flag=True)
@asks
def event_create(
    title: str,
    url: str,
    key: str | None,
    rounds: int,
    starts_at: datetime | None,
    locale: str | None,
    time_zone: str | None,
    as_json: bool,
    **given: object,
) -> None:
    """Make an event and print its links."""
    planned = {name: value for name, value in given.items() if value is not None}
    body: dict[str, object] = {"title": title, "programme": {"rounds": [planned] * rounds}}
    if locale is not None:
        body["locale"] = locale
    if time_zone is not None:
        body["time_zone"] = time_zone
    if starts_at is not None:
        body["starts_at"] = typed_time(starts_at, time_zone, "--starts-at")
    asker = reach(url, key)
    with sentences():
        created = asker.post("/api/events", body, dict[str, object])
    if as_json:
        say_json(created)
        return
    click.echo(f"Event {created['id']} is there.")
    click.echo(f"  For attendees: {created['join_url']}")
    click.echo(f"  For the host:  {created['host_url']}")


@event.command("list")
@click.option("--json", "as_json", is_flag=True)
@asks
def event_list(as_json: bool, url: str, key: str | None) -> None:
    """List the events."""
    asker = reach(url, key)
    with sentences():
        events = asker.get("/api/events", list[dict[str, object]])
    if as_json:
        say_json(events)
        return
    for one in events:
        click.echo(f"{one['id']}  {one.get('phase', ''):<8}  {one.get('title', '')}")
    if not events:
        click.echo("There is no event yet: `meguri event create TITLE` makes one.")


@event.command("show")
@click.argument("event_id")
@asks
def event_show(event_id: str, url: str, key: str | None) -> None:
    """Show one event as JSON."""
    asker = reach(url, key)
    with sentences():
        say_json(asker.get(f"/api/events/{event_id}", dict[str, object]))


@event.command("close")
@click.argument("event_id")
@asks
def event_close(event_id: str, url: str, key: str | None) -> None:
    """Close an event; it ends after 30 seconds."""
    asker = reach(url, key)
    with sentences():
        asker.post(f"/api/events/{event_id}/commands", {"type": "close-event"}, object)
    click.echo("It ends in 30 seconds.")
