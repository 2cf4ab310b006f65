"""What a command's end is called: a sentence that says why, or a reference to our own bug.

Responsible for turning failures into exit codes and words. Does not try again. Invariant: a person
sees sentences, never a traceback.
"""

from __future__ import annotations

import contextlib
import secrets
import traceback
from collections.abc import Iterator

import click

from server.settings import Settings, SettingsError, default_data_dir, read_settings


class Failed(click.ClickException):
    """It did not work, for a reason that one sentence can say."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        click.echo(self.format_message(), err=True)


def unexpected(error: Exception) -> int:
    """Writes our own bug to the log and tells where; returns the exit code."""
    from server.logs import log_file

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


def own_settings() -> Settings:
    """Returns the settings of this machine; raises `Failed` with what is wrong with them."""
    try:
        return read_settings()
    except SettingsError as error:
        raise Failed(str(error)) from error


@contextlib.contextmanager
def sentences() -> Iterator[None]:
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
