"""How late the server's event loop is while a seating is solved for very many people.

A thousand people in the lobby of one event. The loop does what the server's does about it: every
second it tells what is wanted (`wanted`), sends it to the solver's process, and decides on the
offer that comes back. Meanwhile a timer is due every 5 ms; measured is by how much it is late.
Beside it the same with no solving, and with the search in the loop itself (the baseline), on the
same machine.

    python -m tests.bench responsive [PEOPLE] [ROUNDS]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from rooms import facts as f
from rooms.apply import apply
from rooms.commands import OfferSeating
from rooms.decide import decide
from rooms.deciding import SERVER
from rooms.event import Event
from rooms.matching.ask import Wanted
from rooms.matching.solving import solve_wanted
from rooms.matching.wanted import wanted
from rooms.people import Attendee, Mode, Register, Role, attendee_key
from rooms.programme import Plan, planned_round
from server.solving import PROPOSAL_SECONDS, Solver
from tests.rooms.matching.crowd import crowd

NOW = 1_800_000_000_000

TICK_SECONDS = 0.005

Solve = Callable[[Wanted], Awaitable[OfferSeating]]


def run(arguments: Sequence[str]) -> None:
    """Prints the delays in milliseconds: median, 99th percentile and greatest."""
    people, rounds = (*map(int, arguments), *(1000, 8)[len(arguments) :])[:2]
    sys.stdout.write(f"{'solving':>12}{'ticks':>8}{'median ms':>10}{'p99 ms':>10}{'most ms':>10}\n")
    asyncio.run(_measure(people, rounds))


async def _measure(people: int, rounds: int) -> None:
    solver = Solver()
    await solver.start()
    event, register = _lobby(people)
    await solver.solve(_asked(event, register), 0.0, urgent=False)
    try:
        ways: dict[str, Solve | None] = {
            "none": None,
            "in a child": lambda asked: solver.solve(asked, PROPOSAL_SECONDS, urgent=False),
            "in the loop": _here,
        }
        for name, solve in ways.items():
            late = await _late_while(partial(_propose, event, register, solve), rounds)
            late.sort()
            p99 = late[int(len(late) * 0.99)]
            figures = (statistics.median(late), p99, late[-1])
            cells = "".join(f"{figure:>10.2f}" for figure in figures)
            sys.stdout.write(f"{name:>12}{len(late):>8}{cells}\n")
    finally:
        await solver.stop()


async def _here(asked: Wanted) -> OfferSeating:
    return solve_wanted(asked, PROPOSAL_SECONDS)


def _lobby(people: int) -> tuple[Event, Register]:
    """Returns an event with so many people in its lobby, and their profiles."""
    event, register = Event("evening22222"), Register({})
    apply(event, f.EventCreated(at=NOW, plan=Plan(rounds=(planned_round(), planned_round()))))
    for seeker in crowd(people):
        profile = Attendee(id=seeker.id, name=seeker.id, interests=seeker.interests)
        register.write({attendee_key(seeker.id): profile})
        apply(event, f.AttendeeAdded(at=NOW, id=seeker.id, role=Role.ATTENDEE, mode=Mode.ONLINE))
        apply(event, f.Connected(at=NOW, id=seeker.id, connection=f"c-{seeker.id}", node="n"))
    apply(event, f.DoorsOpened(at=NOW))
    return event, register


def _asked(event: Event, register: Register) -> Wanted:
    asked = wanted(event, register, NOW + 1_000)
    assert asked is not None
    return asked


async def _propose(event: Event, register: Register, solve: Solve | None) -> None:
    """Has one seating proposed, and decided on, as the server does."""
    if solve is not None:
        offer = await solve(_asked(event, register))
        decide(event, register, SERVER, offer, NOW + 1_000)
    await asyncio.sleep(1.0 - PROPOSAL_SECONDS)


async def _late_while(work: Callable[[], Awaitable[None]], rounds: int) -> list[float]:
    """Returns by how many milliseconds the timer was late while `work` was done so often."""
    late: list[float] = []

    async def tick() -> None:
        due = time.perf_counter() + TICK_SECONDS
        while True:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            now = time.perf_counter()
            late.append((now - due) * 1000)
            due = max(due + TICK_SECONDS, now)

    ticking = asyncio.create_task(tick())
    for _ in range(rounds):
        await work()
    ticking.cancel()
    return late
