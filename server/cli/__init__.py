"""The command line: `meguri serve`, `demo`, `event`, `attendees`, `export`, `plan`, `rehearse`, …

Reads arguments, calls what does the work, words the outcome: one module a family of commands.
Contains no rule of the evening, and reads the environment through `settings` alone. Invariant:
exit codes are 0 done, 1 failed with a sentence, 2 wrong usage.
"""

from __future__ import annotations

import asyncio
import sys
from typing import NoReturn

import click

from server.cli.console import console
from server.cli.events import event
from server.cli.exporting import export
from server.cli.failing import unexpected
from server.cli.people import attendees, import_contacts
from server.cli.planning import plan
from server.cli.rehearsing import rehearse
from server.cli.returned import bounces
from server.cli.running import demo, doctor, key, serve, worker


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
        return unexpected(error)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="meguri", message="Meguri %(version)s")
@click.option("--debug", is_flag=True, help="Show what happens inside, and tracebacks.")
@click.pass_context
def meguri(context: click.Context, debug: bool) -> None:
    """Meguri (巡り): networking evenings in small rooms, on site and online."""
    context.obj = debug


for command in (
    serve, worker, demo, doctor, key,
    event, attendees, import_contacts, export, bounces,
    plan, rehearse, console,
):  # fmt: skip
    meguri.add_command(command)
