"""A million encounters as files: rows a second, and how much memory that takes.

`python -m tests.bench exports [ENCOUNTERS]`. The event is 10,000 people in rooms of six; the whole
of it is in memory before anything is measured, as it is in a server.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rooms.event import Event
from rooms.people import Attendee, Register, attendee_key
from rooms.standing import Person, Room, Stay
from server.exports.graphs import graphml
from server.exports.rows import pair_lines, summary_lines

PEOPLE, SIZE, ROUND_MS = 9_996, 6, 480_000
BEGAN = 1_800_000_000_000


def an_event(encounters: int) -> tuple[Event, Register]:
    """Returns an event of so many encounters, or a few more."""
    register = Register()
    for n in range(PEOPLE):
        person = Attendee(
            id=f"a{n:05}",
            name=f"Guest {n}",
            external_id=f"x{n}",
            email=f"guest{n}@example.org",
            organisation=f"House {n % 400}",
            interests=("tea", f"topic {n % 50}", f"subject {n % 70}"),
            organiser_may_export=("email", "organisation") if n % 2 else (),
        )
        register.write({attendee_key(person.id): person})
    event = Event("bench2222222")
    event.people |= {person.id: Person(id=person.id) for person in register.attendees()}
    each = PEOPLE // SIZE * SIZE * (SIZE - 1) // 2
    for round in range(1, -(-encounters // each) + 1):
        begins = BEGAN + round * 600_000
        for room in range(PEOPLE // SIZE):
            ids = [
                f"a{(room + seat * 7 * round + seat * 1666) % PEOPLE:05}" for seat in range(SIZE)
            ]
            event.rooms[f"r{round}-{room}"] = Room(
                id=f"r{round}-{room}",
                round=round,
                people=tuple(ids),
                starts_at=begins,
                ends_at=begins + ROUND_MS,
                ended_at=begins + ROUND_MS,
                stays=tuple(Stay(id=id, from_at=begins, to_at=begins + ROUND_MS) for id in ids),
            )
    return event, register


def resident_mb() -> float:
    """Returns this process's memory now, in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def measured(name: str, write: Callable[[], Iterator[bytes]]) -> None:
    """Writes a file away, and says how fast and with how much more memory."""
    before, most, rows, size = resident_mb(), 0.0, 0, 0
    began = time.perf_counter()
    for piece in write():
        rows += 1
        size += len(piece)
        if not rows % 20_000:
            most = max(most, resident_mb())
    took = time.perf_counter() - began
    sys.stdout.write(
        f"{name}: {rows:,} rows, {size / 1e6:,.0f} MB in {took:.1f} s: {rows / took:,.0f} rows/s; "
        f"memory {before:.0f} MB before, {most:.0f} MB at most\n"
    )
    sys.stdout.flush()


def run(arguments: list[str]) -> None:
    """Measures pairs, the summary and the graph."""
    wanted = int(arguments[0]) if arguments else 1_000_000
    event, register = an_event(wanted)
    now = BEGAN * 2
    measured("pairs.csv", lambda: pair_lines(event, register, now))
    measured("pairs.csv?summary=1", lambda: summary_lines(event, register, now))
    measured("network.graphml", lambda: graphml(event, register, now))
