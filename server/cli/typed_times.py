"""Days and times as options: `2027-03-28 19:00`, also with a T or seconds, or the day alone.

Responsible for their forms and for telling one that does not exist. Knows no option by name.
"""

from __future__ import annotations

from datetime import datetime

import click

DAY_AND_TIME = click.DateTime(
    [f"%Y-%m-%d{gap}{time}" for time in ("%H:%M", "%H:%M:%S") for gap in " T"] + ["%Y-%m-%d"]
)


def typed_time(local: datetime, zone: str | None, option: str) -> int:
    """Returns the instant (ms) of a time typed as an option; None: where this machine is.

    Raises click.BadParameter where the clocks are put forward over it.
    """
    from server.local_times import SkippedTime, instant_of
    from server.words import zone as zone_of

    try:
        return instant_of(local, zone_of(zone) if zone else None)
    except SkippedTime as skipped:
        raise click.BadParameter(
            f"In {zone or 'this place'} there is no {skipped.given}: the clocks are put forward"
            f" then. Write {skipped.instead}, or an earlier time.",
            param_hint=option,
        ) from skipped
    except (ValueError, OverflowError, OSError) as error:
        raise click.BadParameter(
            f"{local} is no time of any calendar.", param_hint=option
        ) from error
