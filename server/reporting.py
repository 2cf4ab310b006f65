"""An event's report, worked out beside the loop: large graphs take seconds.

Responsible for taking the event as of now and for not holding anybody else up meanwhile.
"""

from __future__ import annotations

import asyncio

from rooms.remainder import whole_report
from rooms.report import Report
from server.evenings import Evening


async def reported(evening: Evening, now: int, *, graph: bool = True) -> Report:
    """Returns the numbers of an event that was read to its end, as of `now` (ms)."""
    return await asyncio.to_thread(
        whole_report, evening.event.copy(), evening.register.copy(), now, graph=graph
    )
