"""An evening on paper, without a server: `plan`.

Responsible for reading options and an event's settings, and for telling each round as it comes.
Does not seat anybody (`server.paper`) or lay out a page (`server.paper_files`).
"""

from __future__ import annotations

import sys
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.failing import Failed
from server.cli.telling import status_line, write

if TYPE_CHECKING:
    from server.paper import Choices, Paper

PLAN_FORMATS = ("rooms", "people", "json", "page", "all")
PLAN_SUFFIXES = {".html": "page", ".htm": "page", ".json": "json"}
_sizes = click.IntRange(2, 100)
_two = click.Tuple([str, str])


class _Number(click.FloatRange):
    """A range that does not take `nan` for a number within it."""

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Returns the number; fails with a sentence."""
        number = float(super().convert(value, param, ctx))
        if isnan(number):
            self.fail(f"{value} is no number.", param, ctx)
        return number


_WEIGHTS = (
    "interests", "offers", "wishes", "organisation", "language", "ambassadors", "first_timers",
)  # fmt: skip


@click.command()
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
    type=click.Tuple([click.Choice(_WEIGHTS), _Number(0, 10)]),
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
    type=_Number(0.05, 3600),
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
            write(output / name, written(paper, language))
        click.echo(f"Written to {output}.", err=True)
        return
    content = paper_files.FORMATS[form][1](paper, language)
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    write(output, content)
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
        if problem.code == "bad-json":
            raise click.UsageError(f"{file} holds no JSON object with settings.") from problem
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
    with status_line(f"Round 1 of {choices.rounds} …") as (tell, status):
        for planned in paper.planned_rounds(people, choices):
            rounds.append(planned)
            if not any(one.tables for one in rounds):
                break  # the rules are the same in every round
            tell(paper.round_sentence(planned))
            if status is not None and planned.number < choices.rounds:
                status(f"Round {planned.number + 1} of {choices.rounds} …")
    if not any(planned.tables for planned in rounds):
        raise Failed("No two of them may share a table by these rules, so there is no plan.")
    found = paper.Paper(people, choices, rounds, title=title)
    for sentence in paper.summary(found):
        click.echo(sentence, err=True)
    return found
