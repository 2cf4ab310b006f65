"""The command line: `meguri serve`, `demo`, `event`, `attendees`, `export`, `plan`, `rehearse`, …

Reads arguments, calls what does the work, words the outcome. Contains no rule of the evening, and
reads the environment through `settings` alone. Invariant: a person sees sentences, never a
traceback; exit codes are 0 done, 1 failed with a sentence, 2 wrong usage.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from server.asking import Asker
    from server.paper import Choices, Paper
    from server.rehearsal.parts import Options
    from server.rehearsal.report import Figures
    from server.settings import Settings

DEFAULT_URL = "http://127.0.0.1:8000"
FORMATS = {
    "pairs": ("csv", "jsonl", "xlsx"),
    "network": ("graphml", "gexf"),
    "hubspot": ("csv",),
    "salesforce": ("csv",),
    "mailchimp": ("csv",),
    "google-contacts": ("csv",),
    "attendees": ("csv",),
    "rounds": ("csv",),
    "journal": ("jsonl",),
}
FOR_TOOLS = ("hubspot", "salesforce", "mailchimp", "google-contacts")
PLAN_FORMATS = ("rooms", "people", "json", "page", "all")
PLAN_SUFFIXES = {".html": "page", ".htm": "page", ".json": "json"}


class Failed(click.ClickException):
    """It did not work, for a reason that one sentence can say."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        click.echo(self.format_message(), err=True)


def main() -> NoReturn:
    """Runs the command line and ends the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command; returns its exit code. Whatever goes wrong becomes a sentence."""
    try:
        code = meguri.main(args=arguments, prog_name="meguri", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Abort:
        return 130
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as refused:
        refused.show()
        return refused.exit_code
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    except Exception as error:
        if "--debug" in arguments:
            raise
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    """Writes our own bug to the log and tells where; returns the exit code."""
    from server.logs import log_file
    from server.settings import SettingsError, default_data_dir, read_settings

    try:
        data_dir = read_settings().data_dir
    except SettingsError:
        data_dir = default_data_dir({})
    reference = secrets.token_hex(4)
    path = log_file(data_dir)
    with path.open("a", encoding="utf-8") as log:
        log.write(f"reference {reference}\n{''.join(traceback.format_exception(error))}\n")
    click.echo(
        f"Something went wrong that should not have (reference {reference}). "
        f"The details are in {path}; --debug shows them here.",
        err=True,
    )
    return 1


def _settings() -> Settings:
    from server.settings import SettingsError, read_settings

    try:
        return read_settings()
    except SettingsError as error:
        raise Failed(str(error)) from error


@contextlib.contextmanager
def _sentences() -> Iterator[None]:
    """Turns the failures that are nobody's bug into sentences."""
    from server.asking import NotAnswered
    from server.redis import StoreAway, StoreError
    from server.serving import ServeError
    from server.spawning import NotStarted

    try:
        yield
    except (StoreError, ServeError, NotStarted) as error:
        raise Failed(str(error)) from error
    except StoreAway as error:
        raise Failed("The store does not answer. Is the one at REDIS_URL running?") from error
    except NotAnswered as error:
        raise Failed(error.sentence) from error
    except BaseExceptionGroup as group:
        raise _sentence_of(group) from group


def _sentence_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Returns the one failure in a group that can be worded; the group itself when none can."""
    from server.asking import NotAnswered
    from server.redis import StoreError
    from server.serving import ServeError

    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            found = _sentence_of(error)
            if found is not error:
                return found
        if isinstance(error, NotAnswered):
            return Failed(error.sentence)
        if isinstance(error, StoreError | ServeError):
            return Failed(str(error))
    return group


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="meguri", message="Meguri %(version)s")
@click.option("--debug", is_flag=True, help="Show what happens inside, and tracebacks.")
@click.pass_context
def meguri(context: click.Context, debug: bool) -> None:
    """Meguri (巡り): networking evenings in small rooms, on site and online."""
    context.obj = debug


# The server


FIRST_START = """
This is the first start. To hold an evening, open this address in a browser and press
“Sign in”; then give your event a title, and bring your list of people:

    {public}/desk/in/{key}

Keep it: whoever has it sees everybody's data, and it is shown this once. Its last part is the
organiser's key, which {public}/desk asks for on other computers (and the commands of
`meguri`: export MEGURI_ORGANISER_KEY=…). If it is lost, `meguri key renew` makes a new one.
"""


@meguri.command()
@click.option("--host", default="0.0.0.0", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.pass_obj
def serve(debug: bool, host: str, port: int, workers: int) -> None:
    """Run the server."""
    from server import serving
    from server.logs import start_logging

    settings = _settings()
    log = start_logging(settings.data_dir, debug=debug)

    def ready(address: str, first_key: str | None = None) -> None:
        public = settings.public_url or address
        click.echo(f"Meguri runs at {public}")
        if first_key is not None:
            click.echo(FIRST_START.format(public=public, key=first_key))
        else:
            click.echo(
                f"Next: the organiser's page is {public}/desk; or `meguri event create TITLE`."
            )
        click.echo(f"Ctrl-C ends it. The log is in {log}." if log else "SIGTERM ends it.")
        sys.stdout.flush()

    with _sentences():
        serving.run(settings, host, port, workers, ready)


@meguri.command()
@click.pass_obj
def worker(debug: bool) -> None:
    """Send the mails that are due, through MEGURI_SMTP_URL, and call webhooks."""
    from server.logs import start_logging
    from server.worker import work

    settings = _settings()
    start_logging(settings.data_dir, debug=debug)

    def say(sentence: str) -> None:
        click.echo(sentence)
        sys.stdout.flush()

    asyncio.run(work(settings, say))


@meguri.command()
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
    with _sentences(), tempfile.TemporaryDirectory(prefix="meguri-demo-") as folder:
        start_logging(Path(folder), debug=debug)
        Demo(Path(folder), options, _say).run()


def _say(text: str) -> None:
    click.echo(text)
    sys.stdout.flush()


# Asking a running server


def _asks(command: Callable[..., None]) -> Callable[..., None]:
    """Adds `--url` and `--key` to a command."""
    command = click.option("--key", default=None, help="Default: MEGURI_ORGANISER_KEY.")(command)
    return click.option("--url", default=DEFAULT_URL, show_default=True, help="The server.")(
        command
    )


def _asker(url: str, key: str | None) -> Asker:
    from server.asking import Asker

    key = key or _settings().organiser_key
    if not key:
        raise click.UsageError("The organiser's key is missing: --key or MEGURI_ORGANISER_KEY.")
    with _sentences():
        return Asker(url, key)


def _event_id(asker: Asker, event: str | None) -> str:
    """Returns the event asked for, or the only one there is."""
    if event:
        return event
    with _sentences():
        events = asker.get("/api/events", list[dict[str, object]])
    if len(events) == 1:
        return str(events[0]["id"])
    if not events:
        raise Failed("There is no event yet: `meguri event create TITLE` makes one.")
    raise click.UsageError(f"There are {len(events)} events: say which with --event.")


@meguri.group()
def key() -> None:
    """The organiser's key."""


@key.command("renew")
def key_renew() -> None:
    """Make a new organiser's key; the old one then opens nothing.

    For the machine the server runs on, with the same settings. Hosts' and people's links stay.
    """
    from server import serving
    from server.redis import StoreAway, StoreError

    settings = _settings()
    if settings.organiser_key:
        raise Failed("The organiser's key is MEGURI_ORGANISER_KEY: set another one and restart.")
    try:
        made = asyncio.run(serving.renew_organiser_key(settings))
    except (StoreAway, StoreError) as error:
        raise Failed(f"The store cannot be reached: {error}") from error
    click.echo(f"The organiser's key, shown this once: {made}")


@meguri.group()
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
@click.option("--starts-at", default=None, type=click.DateTime(), help="Local time.")
@click.option("--locale", default=None, type=click.Choice(["en", "ja"]))
@click.option("--time-zone", default=None, help="As in Asia/Tokyo.")
@click.option("--json", "as_json", is_flag=True)
@_asks
def event_create(**given: object) -> None:
    """Make an event and print its links."""
    asker = _asker(str(given.pop("url")), _text(given.pop("key")))
    as_json = given.pop("as_json")
    starts_at = given.pop("starts_at")
    body: dict[str, object] = {"title": given.pop("title")}
    for name in ("locale", "time_zone"):
        if (value := given.pop(name)) is not None:
            body[name] = value
    if starts_at is not None:
        body["starts_at"] = int(starts_at.timestamp() * 1000)  # type: ignore[attr-defined]
    rounds = given.pop("rounds")
    assert isinstance(rounds, int)
    planned = {name: value for name, value in given.items() if value is not None}
    body["programme"] = {"rounds": [planned] * rounds}
    with _sentences():
        created = asker.post("/api/events", body, dict[str, object])
    if as_json:
        _echo_json(created)
        return
    click.echo(f"Event {created['id']} is there.")
    click.echo(f"  For attendees: {created['join_url']}")
    click.echo(f"  For the host:  {created['host_url']}")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


@event.command("list")
@click.option("--json", "as_json", is_flag=True)
@_asks
def event_list(as_json: bool, url: str, key: str | None) -> None:
    """List the events."""
    asker = _asker(url, key)
    with _sentences():
        events = asker.get("/api/events", list[dict[str, object]])
    if as_json:
        _echo_json(events)
        return
    for one in events:
        click.echo(f"{one['id']}  {one.get('phase', ''):<8}  {one.get('title', '')}")
    if not events:
        click.echo("There is no event yet: `meguri event create TITLE` makes one.")


@event.command("show")
@click.argument("event_id")
@_asks
def event_show(event_id: str, url: str, key: str | None) -> None:
    """Show one event as JSON."""
    asker = _asker(url, key)
    with _sentences():
        _echo_json(asker.get(f"/api/events/{event_id}", dict[str, object]))


@event.command("close")
@click.argument("event_id")
@_asks
def event_close(event_id: str, url: str, key: str | None) -> None:
    """Close an event; it ends after 30 seconds."""
    asker = _asker(url, key)
    with _sentences():
        asker.post(f"/api/events/{event_id}/commands", {"type": "close-event"}, object)
    click.echo("It ends in 30 seconds.")


@meguri.group()
def attendees() -> None:
    """Bring people to an event."""


@attendees.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--event", "event_id", default=None, help="Its id; not needed for the only one.")
@click.option("--links", type=click.Path(path_type=Path), help="Write personal links to this CSV.")
@_asks
def attendees_import(
    file: Path, event_id: str | None, links: Path | None, url: str, key: str | None
) -> None:
    """Import people from a CSV file."""
    from server.rehearsal.run import Imported

    asker = _asker(url, key)
    path = f"/api/events/{_event_id(asker, event_id)}/attendees"
    with _sentences():
        imported = asker.post(path, file.read_bytes(), Imported, "text/csv")
    click.echo(f"{imported.created} created, {imported.updated} updated.")
    for bad in imported.rejected:
        click.echo(f"Row {bad.row} was not taken: {bad.reason}", err=True)
    if links is not None:
        made = [one for one in imported.attendees if one.url]
        _write_links(links, [(one.name, one.external_id, one.url) for one in made])
    if not imported.attendees:
        raise Failed("Nobody was imported.")


@meguri.command("import-contacts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", default=None, help="Of the event; default: the file's name.")
@click.option("--people", "people_file", type=click.Path(exists=True, path_type=Path),
              help="A list of the people; external_id is what the contacts call them.")  # fmt: skip
@click.option("--began", default=None, type=click.DateTime(),
              help="Second 0 of the file, local time; default: so that it ends now.")  # fmt: skip
@click.option("--silence-hours", default=4.0, show_default=True,
              help="Hours without any contact after which a new round begins.")  # fmt: skip
@click.option("--time-zone", default="UTC", show_default=True, help="As in Asia/Tokyo.")
@_asks
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

    asker = _asker(url, key)
    chosen = Chosen(
        title=title or file.name.partition(".")[0],
        people=people_file.read_bytes() if people_file else None,
        began_at=round(began.timestamp() * 1000) if began else None,
        silence=round(silence_hours * 3600),
        time_zone=time_zone,
    )
    try:
        with _sentences():
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

    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([("name", "external_id", "url"), *rows])
    except OSError as error:
        raise Failed(f"The links could not be written to {path}: {error.strerror}.") from error
    click.echo(f"{len(rows)} personal links are in {path}. Each opens its owner's place: send")
    click.echo("it to them alone.")


@meguri.command()
@click.argument("what", type=click.Choice(sorted(FORMATS)))
@click.option("--format", "form", default=None, help="csv, jsonl, xlsx, graphml or gexf.")
@click.option("--event", "event_id", default=None, help="Its id; not needed for the only one.")
@click.option("--summary", is_flag=True, help="Pairs: one row a pair instead of one a round.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Default: standard output.")
@_asks
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
    asker = _asker(url, key)
    folder = "import/" if what in FOR_TOOLS else ""
    path = f"/api/events/{_event_id(asker, event_id)}/{folder}{what}.{form}"
    with _sentences():
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


def _echo_json(value: object) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


# On paper


_sizes = click.IntRange(2, 100)
_two = click.Tuple([str, str])
_WEIGHTS = (
    "interests", "offers", "wishes", "organisation", "language", "ambassadors", "first_timers",
)  # fmt: skip


@meguri.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1, 100))
@click.option("--size", default=4, show_default=True, type=_sizes, help="People at a table.")
@click.option("--least", default=None, type=_sizes, help="Default: 3, pairs 2.")
@click.option("--most", default=None, type=_sizes, help="Default: 6.")
@click.option("--tables", default=None, type=click.IntRange(1, 10_000), help="How many there are.")
@click.option("--common-language", is_flag=True, help="All at a table share a language.")
@click.option("--must-meet", multiple=True, type=_two, metavar="SEGMENT SEGMENT")
@click.option("--must-not-meet", multiple=True, type=_two, metavar="SEGMENT SEGMENT")
@click.option("--segment-most", default=None, type=click.IntRange(1, 100), help="At a table.")
@click.option(
    "--synonyms",
    multiple=True,
    metavar="WORDS",
    help="Interests that mean the same, with ; between them. May be given again.",
)
@click.option(
    "--weight",
    multiple=True,
    type=click.Tuple([click.Choice(_WEIGHTS), click.FloatRange(0, 10)]),
    help="How much something counts: 0 not at all, 1 as usual. May be given again.",
)
@click.option(
    "--settings",
    default=None,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file with an event's settings, as the API has them.",
)
@click.option(
    "--seconds",
    default=None,
    type=click.FloatRange(0.05, 3600),
    help="To search, each round. Default: about one, in steps, so that a seed gives the same plan.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**32 - 1))
@click.option("--title", default="", help="Of the evening, on the page.")
@click.option("--language", default="en", show_default=True, type=click.Choice(["en", "ja"]))
@click.option(
    "--format",
    "form",
    default=None,
    type=click.Choice(PLAN_FORMATS),
    help="Tables or people as CSV, both as JSON, a page to print. Default: by --output, or rooms.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Default: standard output. For all: a folder.",
)
def plan(file: Path, form: str | None, output: Path | None, **given: object) -> None:
    """Plan a whole programme for an evening on paper, from a CSV file of people."""
    language, title = str(given.pop("language")), str(given.pop("title"))
    if form is None:
        form = PLAN_SUFFIXES.get(output.suffix.lower(), "rooms") if output else "rooms"
    if form == "all" and (output is None or output.is_file()):
        raise click.UsageError("All formats need a folder to be written to: --output FOLDER.")
    paper = _paper(file, _choices(given), title)
    from server import paper_files

    if form == "all":
        assert output is not None
        for name, written in paper_files.FORMATS.values():
            _write(output / name, written(paper, language))
        click.echo(f"Written to {output}.", err=True)
        return
    content = paper_files.FORMATS[form][1](paper, language)
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    _write(output, content)
    click.echo(f"Written to {output}.", err=True)


def _choices(given: dict[str, object]) -> Choices:
    """Returns what is asked of a programme on paper; what contradicts itself is wrong usage."""
    from rooms.programme import planned_round
    from server.paper import Choices

    sizes = {name: given.pop(name) for name in ("size", "least", "most")}
    try:
        planned = planned_round(**sizes)  # type: ignore[arg-type]  # click has checked them
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return Choices(planned=planned, **_rules(given), **given)  # type: ignore[arg-type]


def _rules(given: dict[str, object]) -> dict[str, object]:
    """Takes the settings of an event out of what is given, from the file and from options.

    They are read as the API reads them. What an option says goes before the file.
    """
    import msgspec

    from rooms.people import Details
    from rooms.programme import Plan
    from server.planning import EventPatch, SettingsBody, details_of, plan_of, read_body
    from server.problems import Problem

    segments = [
        {"a": a, "b": b, "rule": rule}
        for rule in ("must", "must-not")
        for a, b in given.pop(f"{rule.replace('-', '_')}_meet")  # type: ignore[attr-defined]
    ]
    options: dict[str, object] = {
        "segments": segments,
        "common_language": given.pop("common_language"),
        "segment_most": given.pop("segment_most"),
        "synonyms": [words.split(";") for words in given.pop("synonyms")],  # type: ignore[attr-defined]
        "weights": dict(given.pop("weight")),  # type: ignore[call-overload]
    }
    said = {name: value for name, value in options.items() if value}
    file = given.pop("settings")
    try:
        content = file.read_bytes() if isinstance(file, Path) else b"{}"
        written = read_body(content, dict[str, object])
        inner = written.get("settings", written)
        weights = inner.get("weights") if isinstance(inner, dict) else None
        if isinstance(weights, dict) and isinstance(said.get("weights"), dict):
            said["weights"] = {**weights, **said["weights"]}  # type: ignore[dict-item]
        merged = {**inner, **said} if isinstance(inner, dict) else inner
        body = EventPatch(settings=read_body(msgspec.json.encode(merged), SettingsBody))
        plan, details = plan_of(body, Plan()), details_of(body, Details(title=""))
    except OSError as error:
        raise Failed(f"{file} could not be read: {error.strerror}.") from error
    except Problem as problem:
        raise click.UsageError(problem.sentence.format_map(problem.details)) from problem
    return {
        "common_language": plan.common_language,
        "weights": plan.weights,
        "segments": details.segments,
        "segment_most": details.segment_most,
        "synonyms": details.synonyms,
    }


def _paper(file: Path, choices: Choices, title: str) -> Paper:
    """Plans an evening, telling each round as it comes and what came of it at the end."""
    from server import paper
    from server.delimited import Unreadable
    from server.person_rows import Sentence

    rounds = []
    try:
        people = paper.listed(file.read_bytes())
    except OSError as error:
        raise Failed(f"{file} could not be read: {error.strerror}.") from error
    except Unreadable as error:
        raise Failed(str(Sentence(error.sentence, error.details))) from error
    except paper.CannotPlan as error:
        raise Failed(str(error)) from error
    for remark in people.remarks:
        click.echo(remark, err=True)
    with _status(f"Round 1 of {choices.rounds} …") as (tell, status):
        for planned in paper.planned_rounds(people, choices):
            rounds.append(planned)
            tell(paper.round_sentence(planned))
            if status is not None and planned.number < choices.rounds:
                status(f"Round {planned.number + 1} of {choices.rounds} …")
    if not any(planned.tables for planned in rounds):
        raise Failed("No two of them may share a table by these rules, so there is no plan.")
    found = paper.Paper(people, choices, rounds, title=title)
    for sentence in paper.summary(found):
        click.echo(sentence, err=True)
    return found


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise Failed(f"{path} could not be written: {error.strerror}.") from error


# Trying and checking


_share = click.FloatRange(0, 100)


@meguri.command()
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
def rehearse(**given: object) -> None:
    """Rehearse an evening with simulated attendees over real sockets."""
    from server.rehearsal.parts import Options

    url, key = _text(given.pop("url")), _text(given.pop("key"))
    workers, as_json = given.pop("workers"), given.pop("as_json")
    assert isinstance(workers, int)
    if given["people"] is None:
        given["people"] = 0 if given["csv"] is not None else 40
    options = Options(**given)  # type: ignore[arg-type]  # click has checked them
    with _sentences():
        figures = _rehearse(options, url, key, workers)
    if as_json:
        _echo_json(figures)
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
        asker = _asker(url, key)
        with _status("People are coming in …") as (progress, status):
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
                with _status("People are coming in …") as (progress, status):
                    return await run_rehearsal(asker, options, progress, status)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(there(url) if url else here())


Teller = Callable[[str], None]


@contextlib.contextmanager
def _status(first: str) -> Iterator[tuple[Teller, Callable[[object], None] | None]]:
    """Yields how to tell a step, and how to show the state: a line that changes, on a terminal."""
    if not sys.stderr.isatty():
        yield (lambda text: click.echo(text, err=True)), None
        return
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    with console.status(first, spinner="moon") as line:
        yield (lambda text: console.print(text)), lambda standing: line.update(str(standing))


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


@meguri.command()
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


@meguri.command()
def doctor() -> None:
    """Check settings and store, and say what to mend."""
    from server.doctor import examine

    findings = examine(_settings())
    for finding in findings:
        click.echo(f"{'✓' if finding.well else '✗'} {finding.sentence}")
        if finding.mend:
            click.echo(f"    {finding.mend}")
    if not all(finding.well for finding in findings):
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    main()
