"""Runs the demo: a store, a server and one evening after the other, until Ctrl-C.

Everything is real but the people: the bundled store in a temporary folder, the server on a free
port, sockets, rounds by the clock. Prints four links; ends with everything it started.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import time
from collections.abc import Callable
from pathlib import Path

import uvloop
from msgspec import Struct

from rooms.messages import Phase, PhaseChanged
from rooms.people import Mode
from rooms.programme import Mixing
from server import serving
from server.asking import Asker
from server.attending import Door
from server.demo.conversation import Speaker
from server.demo.troupe import Role, Troupe
from server.rehearsal.run import Created, Enrolled, Imported
from server.sample_people import Person, invented
from server.settings import Settings

TITLE = "Makers and neighbours ・ つくる人とご近所"
PROMPTS = (
    "What are you making at the moment? ・ いま、何をつくっていますか。",
    "What would you like help with? ・ 手を貸してほしいことはありますか。",
    "Who should the others here meet? ・ ここにいる人に紹介したい人は?",
    "What did you change your mind about this year? ・ 今年、考えが変わったことは?",
)
BREAK_SECONDS = 30
PREVIEW_SECONDS = 10
WALKING_SECONDS = 8
USUAL_PORT = 8000
STATIONS = 3
"""Tables at which people on site and online share a room."""

Say = Callable[[str], None]


TOPICS = ("What we would build next", "旅と食べもの", "Work that does not feel like work")
"""What the demo's round of topics is about, in both of its languages."""


def _of_a_kind(number: int, rounds: int) -> dict[str, object]:
    """Returns what sets a round apart: the third is by topic, the last of five an open floor."""
    if number == 2:
        return {"kind": "topics", "topics": TOPICS}
    if number == 4 and number == rounds - 1:
        return {"kind": "open"}
    return {}


class DemoOptions(Struct, frozen=True, kw_only=True):
    """What the demo shows. `port` None: 8000 if it is free, else any."""

    port: int | None = None
    people: int = 40
    seconds: int = 90
    rounds: int = 5
    starts_in: int = 25


class Demo:
    """One run of the demo, from the first line on the terminal to the last."""

    def __init__(self, folder: Path, options: DemoOptions, say: Say) -> None:
        self._options = options
        self._say = say
        self._key = secrets.token_urlsafe(18)
        self._settings = Settings(data_dir=folder / "data", organiser_key=self._key)

    def run(self) -> None:
        """Runs until Ctrl-C. Raises `server.redis.StoreError` and ServeError."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._run())

    async def _run(self) -> None:
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        port = self._options.port
        if port is None:
            port = USUAL_PORT if _is_free(USUAL_PORT) else 0
        serve = asyncio.create_task(
            serving.serve(
                self._settings, "127.0.0.1", port, 1, lambda url, *_: ready.set_result(url)
            )
        )
        waiting: set[asyncio.Future[str] | asyncio.Task[None]] = {serve, ready}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            await serve  # raises why it could not begin
            return
        evenings = asyncio.create_task(self._evenings(ready.result()))
        await asyncio.wait([serve, evenings], return_when=asyncio.FIRST_COMPLETED)
        try:
            if evenings.done():
                await evenings
            await serve
        finally:
            for task in (evenings, serve):
                task.cancel()
            await asyncio.gather(evenings, serve, return_exceptions=True)
        self._say("\nThe evening is over and nothing is left behind. Good night.")

    async def _evenings(self, url: str) -> None:
        """One evening after the other: when one is over, the next begins with new links."""
        asker = Asker(url, self._key)
        first = True
        while True:
            created, roles, stations = await asyncio.to_thread(self._set_up, asker)
            self._print_links(url, created, stations, first=first)
            first = False
            doors = [Door(asker.socket_url, created.id, one.key) for one in stations]
            troupe = Troupe(roles, doors, self._tell)
            await troupe.perform()

    def _set_up(self, asker: Asker) -> tuple[Created, list[Role], list[Enrolled]]:
        """Makes the event, brings its people, opens the doors (blocking)."""
        options = self._options
        rounds = [
            {
                "seconds": options.seconds,
                "size": 4,
                "break_seconds": BREAK_SECONDS,
                "preview_seconds": PREVIEW_SECONDS,
                "walking_seconds": WALKING_SECONDS,
                "auto": True,
                "prompt": PROMPTS[number % len(PROMPTS)],
                **_of_a_kind(number, options.rounds),
            }
            for number in range(options.rounds)
        ]
        body = {
            "title": TITLE,
            "programme": {"rounds": rounds},
            "stations": STATIONS,
            "settings": {"mixing": Mixing.MOST.value},
        }
        created = asker.post("/api/events", body, Created)
        people = invented(options.people)
        imported = asker.post(f"/api/events/{created.id}/attendees", people, Imported)
        screens = [
            {"name": f"Table {n}", "role": "station", "table": n} for n in range(1, STATIONS + 1)
        ]
        stations = asker.post(f"/api/events/{created.id}/attendees", screens, Imported)
        commands = f"/api/events/{created.id}/commands"
        asker.post(commands, {"type": "open-doors"}, object)
        roles: list[Role] = []
        for person, one in zip(people, imported.attendees, strict=True):
            mode = Mode(str(person.get("mode", "online")))
            roles.append(
                Role(
                    door=Door(asker.socket_url, created.id, one.key),
                    speaker=Speaker(one.id, _list(person, "languages"), _list(person, "interests")),
                    name=one.name or str(person["name"]),
                    mode=mode,
                )
            )
            if mode is Mode.ON_SITE:
                asker.post(commands, {"type": "check-in", "attendee": one.id}, object)
        # Last: a slow machine is not done with the above when a start told before has come.
        starts_at = int((time.time() + options.starts_in) * 1000)
        asker.patch(f"/api/events/{created.id}", {"starts_at": starts_at}, object)
        return created, roles, stations.attendees

    def _print_links(
        self, url: str, created: Created, stations: list[Enrolled], *, first: bool
    ) -> None:
        from rich.console import Console
        from rich.text import Text

        console = Console(highlight=False, soft_wrap=True)
        lines = [
            ("Come in as yourself", created.join_url, "give a name, meet three people"),
            ("Be the host", created.host_url, "watch the tables; pause, extend, announce, move"),
            (
                "Be the organiser",
                f"{url}/desk/in/{self._key}",
                "import people, export who met whom",
            ),
            (
                "Be the screen of a table",
                stations[0].url,
                "who is at table 1 and who joins it by video, when its room is mixed",
            ),
        ]
        console.print()
        title = "◯•  Meguri" if first else "◯•  The next evening"
        console.print(Text(title, style="bold color(208)"))
        console.print(
            f"    {self._options.people} people are coming in. "
            f"The first round starts in {self._options.starts_in} seconds, by itself."
        )
        for name, link, what in lines:
            console.print()
            console.print(Text(f"    {name}", style="bold"), Text(f"({what})", style="dim"))
            console.print(Text(f"    {link}", style="underline"))
        console.print()
        console.print(
            "    Try: open the first in a browser, the second in another one, and write to your"
        )
        console.print("    table: it answers. Ctrl-C ends everything.")
        console.print()
        with contextlib.suppress(BrokenPipeError):
            console.file.flush()

    def _tell(self, message: PhaseChanged) -> None:
        """Says on the terminal where the evening stands."""
        stamp = time.strftime("%H:%M:%S")
        words = {
            Phase.PREVIEW: f"Round {message.round} of {message.rounds}: people find their tables.",
            Phase.ROUND: f"Round {message.round} runs.",
            Phase.BREAK: f"Round {message.round} is over; a break.",
            Phase.LOBBY: "Everybody is in the lobby.",
            Phase.ENDED: "The event has ended.",
        }
        if message.phase in words:
            self._say(f"    {stamp}  {words[message.phase]}")


def _list(person: Person, name: str) -> tuple[str, ...]:
    value = person.get(name, [])
    return tuple(value) if isinstance(value, list) else (value,)


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
