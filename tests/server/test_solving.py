"""Seatings are proposed by a process of their own, and a called round gets its own at once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from rooms.commands import Connect, StartRound
from rooms.deciding import SERVER
from rooms.facts import SeatingFixed, SeatingOffered
from rooms.matching.ask import Seeker, Wanted
from server.evenings import Evening, Evenings
from server.redis import Store, key
from server.solving import Solver, SolverFailed, Solving
from tests.server.evening import DANA, EVENT, Ears, an_event
from tests.server.waiting import wait_until


@asynccontextmanager
async def solving(
    evenings: Evenings, store: Store, between_offers_ms: int = 5_000
) -> AsyncIterator[Solving]:
    """Runs the solving of one process."""
    service = Solving(evenings, store, tick_seconds=0.1, between_offers_ms=between_offers_ms)
    task = asyncio.create_task(service.run())
    try:
        yield service
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def evenings(store: Store) -> AsyncIterator[Evenings]:
    """The events of one process."""
    evenings = Evenings(store)
    yield evenings
    await evenings.close()


async def come(evening: Evening, *ids: str) -> None:
    """Connects people."""
    for id in ids:
        await evening.submit(SERVER, Connect(attendee=id, connection=f"c-{id}", node="n"))


def offers(ears: Ears) -> list[SeatingOffered]:
    """Returns the proposals heard."""
    return [fact for fact in ears.facts if isinstance(fact, SeatingOffered)]


def fixed(ears: Ears) -> list[SeatingFixed]:
    """Returns the seatings fixed."""
    return [fact for fact in ears.facts if isinstance(fact, SeatingFixed)]


def guests(count: int) -> list[str]:
    """Returns the ids of an event's additional attendees."""
    return [f"a{i}" for i in range(count)]


async def test_those_who_came_are_proposed_a_seating(evenings: Evenings, store: Store) -> None:
    """Rule 2: proposed ahead, so that calling a round takes no solving time."""
    evening = await an_event(evenings, more=9)
    ears = Ears()
    evening.listen(ears)
    async with solving(evenings, store):
        await come(evening, *guests(9))
        await wait_until(lambda: bool(offers(ears)), "a proposal")
        await wait_until(
            lambda: (
                evening.event.proposal is not None
                and len([id for room in evening.event.proposal.rooms for id in room]) == 9
            ),
            "a proposal for all nine",
        )

        async def is_free() -> bool:
            return await store.call("GET", key(EVENT, "solving")) is None

        await wait_until(is_free, "the claim given back")


async def test_a_called_round_is_solved_at_once(evenings: Evenings, store: Store) -> None:
    """Without a proposal that fits, the round goes on when its seating was offered."""
    evening = await an_event(evenings, more=21)
    ears = Ears()
    evening.listen(ears)
    await come(evening, *guests(21))
    async with solving(evenings, store) as service:
        await wait_until(lambda: service.solver_pid is not None, "the solver's process")
        await evening.submit(DANA, StartRound(size=3))
        await wait_until(lambda: bool(fixed(ears)), "the called round's seating")
        assert sorted(len(room.people) for room in fixed(ears)[0].rooms) == [3] * 7


async def test_a_killed_solver_is_replaced_and_asked_again(
    evenings: Evenings, store: Store
) -> None:
    """kill -9 of the solver's process in the middle of a seating loses nothing."""
    evening = await an_event(evenings, more=21)
    ears = Ears()
    evening.listen(ears)
    await come(evening, *guests(21))
    async with solving(evenings, store) as service:
        await wait_until(lambda: service.solver_pid is not None, "the solver's process")
        first = service.solver_pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await evening.submit(DANA, StartRound(size=3))
        await wait_until(lambda: bool(fixed(ears)), "the called round's seating")
        assert service.solver_pid != first


async def test_two_processes_solve_a_seating_once(evenings: Evenings, store: Store) -> None:
    """Whoever takes the claim solves; the other leaves it."""
    evening = await an_event(evenings, more=12)
    await come(evening, *guests(12))
    other = Evenings(store)
    await other.get(EVENT)
    ears = Ears()
    evening.listen(ears)
    async with solving(evenings, store, 60_000), solving(other, store, 60_000):
        await wait_until(lambda: bool(offers(ears)), "a proposal")
        # Within the next ticks the other process would have offered its own.
        until = asyncio.get_running_loop().time() + 0.8
        await wait_until(lambda: asyncio.get_running_loop().time() > until, "several ticks")
    await other.close()
    assert len(offers(ears)) == 1


async def test_proposals_keep_their_distance(evenings: Evenings, store: Store) -> None:
    """At most one proposal in so many seconds, however many come meanwhile."""
    evening = await an_event(evenings, more=12)
    ears = Ears()
    evening.listen(ears)
    await come(evening, *guests(6))
    async with solving(evenings, store, 1_200):
        await wait_until(lambda: bool(offers(ears)), "a proposal")
        await come(evening, *guests(12)[6:])
        await wait_until(lambda: len(offers(ears)) > 1, "a second proposal")
    first, second = offers(ears)[:2]
    assert second.at - first.at >= 1_200


def wish(people: int) -> Wanted:
    """Returns a seating that takes all the time it is given."""
    return Wanted(
        event="e",
        round=1,
        basis="b",
        size=4,
        least=3,
        most=6,
        people=tuple(Seeker(id=f"a{i:03}", interests=(f"t{i % 7}",)) for i in range(people)),
    )


async def test_a_called_round_cuts_a_proposal_short() -> None:
    """Two events share the solver; nobody who waits, waits for the other's preview numbers."""
    solver = Solver()
    await solver.start()
    loop = asyncio.get_running_loop()
    await solver.solve(wish(4), 0.0, urgent=False)
    began = loop.time()
    idle = asyncio.create_task(solver.solve(wish(100), 200.0, urgent=False))
    await asyncio.sleep(0)
    offer = await solver.solve(wish(40), 0.0, urgent=True)
    assert sum(map(len, offer.rooms)) == 40
    assert sum(map(len, (await idle).rooms)) == 100
    assert loop.time() - began < 100, "on the slowest machine still half of what it was given"
    await solver.stop()


async def test_a_seating_that_cannot_be_solved_says_why() -> None:
    """An error in the solver is told with its reason, and the next question is answered."""
    solver = Solver()
    broken = Wanted(event="e", round=1, basis="b", size=0, least=3, most=6, people=wish(9).people)
    with pytest.raises(SolverFailed, match="Error"):
        await solver.solve(broken, 0.0, urgent=True)
    assert (await solver.solve(wish(9), 0.0, urgent=True)).rooms
    await solver.stop()


def test_the_solver_ends_when_the_server_is_gone() -> None:
    """A server that was killed leaves no process behind: its end of the pipe is closed."""
    command = [sys.executable, "-m", "server.solver"]
    ended = subprocess.run(command, input=b"", capture_output=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_the_server_itself_does_not_load_numpy() -> None:
    """Arrays are for the solver's process; the server starts without them."""
    code = "import server.app, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
