"""An evening from the host's page: sixty people's own logs agree with the board at every step."""

from __future__ import annotations

import contextlib
import re
import time
from datetime import datetime

import msgspec
from playwright.async_api import Locator, Page, expect

from rooms.messages import Phase
from server.attending import KNOWN, Heard
from server.redis import Store
from server.rehearsal.witness import Witness
from tests.browser.conftest import Visitors
from tests.browser.test_pages import is_accessible
from tests.browser.visitors import SECONDS
from tests.guests import Guest, House, guests
from tests.server.pushed import PushedStore
from tests.server.waiting import wait_until

NAMES = [f"Guest {n:02}" for n in range(1, 61)]
LATE, TOO_LATE = "Guest 61", "Guest 62"
ON_A_TABLE = re.compile(r"(Guest \d\d)(?: \(([^)]+)\))?")

Rooms = dict[str, dict[str, bool]]
"""By room, who is in it, and whether they are there now."""


class Everybody:
    """All attendees, each with the log that they keep by their own socket alone."""

    def __init__(self, everybody: list[Guest]) -> None:
        self.guests = {guest.name: guest for guest in everybody}
        self._names = {guest.id: guest.name for guest in everybody}
        self._logs = {guest.name: Witness(on_site=False) for guest in everybody}
        self._read = dict.fromkeys(self.guests, 0)

    def joined(self, guest: Guest) -> None:
        """Takes in somebody who came late."""
        self.guests[guest.name] = guest
        self._names[guest.id] = guest.name
        self._logs[guest.name] = Witness(on_site=False)
        self._read[guest.name] = 0

    def log(self, name: str) -> Witness:
        """Returns somebody's log as of what they heard by now."""
        log, guest = self._logs[name], self.guests[name]
        for said in guest.everything[self._read[name] :]:
            if said["type"] in KNOWN:
                log.hears(msgspec.convert(said, Heard, strict=False), time.monotonic() * 1000)
        self._read[name] = len(guest.everything)
        if guest.is_closed.is_set():
            log.disconnected(time.monotonic() * 1000)
        return log

    def rooms(self, name: str) -> Rooms:
        """Returns one person's room as they know it; empty: they are in none."""
        log = self.log(name)
        if log.room is None or not log.connected:
            return {}
        there = {self._names[id] for id in log.timeline[-1].mates}
        mates = {self._names[id]: self._names[id] in there for id in log.mates}
        return {log.room: {**mates, name: True}}

    def roommates(self, name: str) -> set[str]:
        """Returns who is in somebody's room, and they themselves."""
        return {who for room in self.rooms(name).values() for who in room}

    def disagree(self, board: Rooms) -> list[str]:
        """Returns what a board shows otherwise than somebody's own log has it."""
        seated = {who for people in board.values() for who in people}
        wrong = []
        for name, guest in self.guests.items():
            own = self.rooms(name)
            if guest.is_closed.is_set():
                continue
            if not own and name in seated:
                wrong.append(f"{name} is in no room, and on the board in one")
            for room, people in own.items():
                if board.get(room) != people:
                    wrong.append(f"{name} in {room}: {people}, and on the board {board.get(room)}")
        return wrong


class Console:
    """The host's page."""

    def __init__(self, page: Page, everybody: Everybody) -> None:
        self.page = page
        self.everybody = everybody

    async def opens(self, house: House) -> None:
        """Comes by the host's link."""
        assert house.created is not None
        await self.page.goto(house.created.host_url)
        await self.page.locator("main form button[type=submit]").click()
        await expect(self.page.get_by_role("timer").or_(self.page.locator("h1"))).not_to_have_count(
            0
        )

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """Returns a button by its whole name, in the sheet if one is open."""
        within = self.page.locator("dialog[open], body:not(:has(dialog[open]))")
        return within.get_by_role("button", name=name, exact=True)

    async def rooms(self) -> Rooms:
        """Returns the rooms as they stand on the floor, read as a screen reader reads them."""
        said: list[list[str]] = await self.page.locator("button[data-room]").evaluate_all(
            "tables => tables.map((it) => [it.dataset.room, it.getAttribute('aria-label')])"
        )
        return {
            room: {name: how not in AWAY for name, how in ON_A_TABLE.findall(label)}
            for room, label in said
            if "ended" not in label
        }

    async def agrees(self, what: str) -> None:
        """Waits until the board and everybody's own log say the same; fails with the difference."""
        wrong: list[str] = []

        async def same() -> bool:
            wrong[:] = self.everybody.disagree(await self.rooms())
            return not wrong

        try:
            await wait_until(same, f"board and logs agree after {what}", SECONDS)
        except AssertionError as late:
            raise AssertionError("\n".join([str(late), *wrong[:8]])) from None

    async def room_sheet(self, room: str) -> Locator:
        """Opens a room by keyboard."""
        await self.page.locator(f"button[data-room='{room}']").focus()
        await self.page.keyboard.press("Enter")
        sheet = self.page.get_by_role("dialog")
        await expect(sheet).to_be_visible()
        return sheet

    async def closes_sheets(self) -> None:
        """Leaves all sheets, by keyboard."""
        while await self.page.get_by_role("dialog").count():
            await self.page.keyboard.press("Escape")


AWAY = {"reconnecting", "not here yet"}


async def test_a_host_s_evening_of_sixty_people_agrees_with_everybody_s_own_log(
    pushed: PushedStore, pushed_house: House, visitors: Visitors
) -> None:
    """The whole story: each step is asked on the page, and seen by those whom it concerns."""
    rounds: list[dict[str, object]] = [
        {"seconds": 220, "size": 4, "least": 3, "most": 5, "preview_seconds": 0, "break_seconds": 5}
    ] * 2
    house = pushed_house
    await house.opens([*NAMES, LATE, TOO_LATE], rounds=rounds)
    async with guests(house, *NAMES) as here, contextlib.AsyncExitStack() as later:
        everybody = Everybody(here)
        console = Console(await visitors.page(desk=True), everybody)
        await console.opens(house)
        together, kept = await swaps_and_pins(console)
        await starts(console, together, kept)
        await loses_a_room(console)
        await a_call_is_answered(console)
        await an_announcement_reaches_all(console)
        await a_move_is_undone(console)
        await somebody_is_removed(console)
        pushed.pushed_ms += left_ms(everybody, pushed) - 180_000
        late = await comes_late(console, house, LATE)
        later.push_async_callback(late.goes)
        await wait_until(lambda: bool(everybody.rooms(LATE)), "with three minutes left is a room")
        await console.agrees("somebody came late")
        await a_pause_shifts_deadlines_exactly(console, pushed)
        pushed.pushed_ms += left_ms(everybody, pushed) - 60_000
        too_late = await comes_late(console, house, TOO_LATE)
        later.push_async_callback(too_late.goes)
        await expect(console.page.locator(".waiting")).to_contain_text(TOO_LATE)
        assert not everybody.rooms(TOO_LATE), "with a minute left one waits"
        await console.agrees("somebody came too late")
        await is_accessible(console.page)
        await ends_early(console)


async def swaps_and_pins(console: Console) -> tuple[set[str], set[str]]:
    """Swaps two people by keyboard and keeps a third with their room; returns both rooms."""
    await console.button("Look, swap, keep…").click()
    rooms = console.page.locator(".proposed-room")
    # Not one for those who had come before the last did: the next would undo the swap.
    seated = console.page.get_by_role("dialog").locator(".numbers")
    # Fewer than 15 rooms where standing ones were mended for the last who came.
    await expect(seated).to_contain_text(re.compile("60 in 1[345] rooms"))
    await expect(rooms.nth(12)).to_be_visible()
    first, second = [await people_of(rooms.nth(at)) for at in (0, 1)]
    for name in (first[0], second[0]):
        await console.button(name).focus()
        await console.page.keyboard.press("Enter")
    said = console.page.get_by_role("status").filter(has_text="changed places")
    await expect(said).to_have_text(f"{first[0]} and {second[0]} changed places.")
    third = await people_of(rooms.nth(2))
    await console.button(third[0]).click()
    await console.button(f"Keep {third[0]} in this room").click()
    kept = re.compile(f"^{third[0]} kept")
    await expect(console.page.get_by_role("button", name=kept)).to_be_visible()
    await console.closes_sheets()
    await expect(console.page.locator(".log")).to_contain_text("changed the next seating")
    return {second[0], *first[1:]}, {third[0]}


async def people_of(room: Locator) -> list[str]:
    return await room.locator(".proposed-person bdi").all_inner_texts()


async def starts(console: Console, together: set[str], kept: set[str]) -> None:
    """Starts the round: the swapped sit where the host put them."""
    await console.button("Start round 1").click()
    await expect(console.page.locator("button[data-room]").nth(12)).to_be_visible()
    await console.agrees("the start")
    someone = min(together)
    assert console.everybody.roommates(someone) == together
    assert console.everybody.roommates(min(kept))


async def loses_a_room(console: Console) -> None:
    """Everybody of a room drops, is dashed on the board, and comes back to it."""
    everybody = console.everybody
    room, people = next(iter((await console.rooms()).items()))
    for name in people:
        await everybody.guests[name].drops()
    table = console.page.locator(f"button[data-room='{room}']")
    await expect(table).to_contain_text(f"{len(people)} dropped")
    await console.agrees("a room dropped")
    await console.button(re.compile("^Needs attention")).click()
    await expect(console.page.locator("button[data-room]")).to_have_count(1)
    await console.button(re.compile("^Needs attention")).click()
    for name in people:
        await everybody.guests[name].comes_back()
        await everybody.guests[name].asks("here", visible=True)
    await expect(table).not_to_contain_text("dropped")
    await console.agrees("they came back")
    assert everybody.roommates(next(iter(people))) == set(people)


async def a_call_is_answered(console: Console) -> None:
    """Somebody calls; the room stands out until the host has answered."""
    caller = console.everybody.guests[NAMES[3]]
    await caller.asks("call-host", text="We cannot hear anybody.")
    need = console.page.locator(".need").filter(has_text="We cannot hear anybody.")
    await expect(need).to_be_visible()
    await expect(console.page.locator(".table-calls")).to_have_count(1)
    await caller.sees("call", seen=True)
    await need.get_by_role("textbox").fill("On my way.")
    await console.page.keyboard.press("Enter")
    await caller.sees("call", answered="On my way.")
    await expect(console.page.locator(".table-calls")).to_have_count(0)
    await console.agrees("a call")


async def an_announcement_reaches_all(console: Console) -> None:
    """What is announced is read by everybody, and the host sees by how many."""
    await console.button("Announce…").click()
    await console.page.get_by_label("What should they read?").fill("Tea is on the terrace.")
    await console.page.keyboard.press("Control+Enter")
    for guest in console.everybody.guests.values():
        await guest.sees("notice", text="Tea is on the terrace.")
    await expect(console.page.locator(".deliveries")).to_contain_text("Reached 60 of 60")
    await console.agrees("an announcement")


async def a_move_is_undone(console: Console) -> None:
    """Drags somebody to another table, and takes it back while that is offered."""
    everybody, page = console.everybody, console.page
    name = NAMES[10]
    before = everybody.rooms(name)
    [came_from] = before
    goes_to = next(
        room
        for room, people in (await console.rooms()).items()
        if room != came_from and len(people) == 4
    )
    dots = page.locator(f"[data-person='{everybody.guests[name].id}']")
    await dots.first.hover()
    await page.mouse.down()
    target = page.locator(f"button[data-room='{goes_to}']")
    await target.hover()
    box = await target.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.up()
    await wait_until(lambda: list(everybody.rooms(name)) == [goes_to], f"{name} is in {goes_to}")
    await console.agrees("a move")
    await console.button(re.compile(f"^Undo: {name} to ")).click()
    await wait_until(lambda: everybody.rooms(name) == before, f"{name} is back in {came_from}")
    await console.agrees("the undo")
    await expect(console.page.locator(".log")).to_contain_text("took their last change back")


async def somebody_is_removed(console: Console) -> None:
    """Somebody is removed with a reason, which nobody else reads."""
    everybody = console.everybody
    name = NAMES[20]
    [room] = everybody.rooms(name)
    mate = next(iter(everybody.roommates(name) - {name}))
    await console.room_sheet(room)
    await console.button(f"More about {name}").click()
    await console.button("Remove…").click()
    await console.page.get_by_label("Why? Only hosts and the organiser read it.").fill("Rude.")
    await console.button(f"Remove {name}").click()
    await everybody.guests[name].is_sent_away(4502)
    await everybody.guests[mate].sees("room-people", moved=[everybody.guests[name].id])
    await console.closes_sheets()
    await console.agrees("a removal")
    assert name not in str(await console.rooms())


async def comes_late(console: Console, house: House, name: str) -> Guest:
    """Somebody comes while the round runs."""
    guest = Guest(house, name)
    await guest.comes()
    await guest.sees("welcome")
    await guest.asks("here", visible=True)
    await guest.catches_up()
    console.everybody.joined(guest)
    await console.agrees(f"{name} came")
    return guest


async def a_pause_shifts_deadlines_exactly(console: Console, store: PushedStore) -> None:
    """After a pause of twenty seconds everybody has as much left as before it, to the ms."""
    everybody = console.everybody
    before = deadlines(everybody)
    await console.button("Pause").click()
    await wait_until(lambda: None not in paused(everybody), "everybody hears of the pause")
    [stood_at] = paused(everybody)
    assert stood_at is not None
    store.pushed_ms += 20_000
    await console.button("Resume").click()
    await wait_until(lambda: paused(everybody) == {None}, "everybody hears that it goes on")
    await console.agrees("a pause")
    after = deadlines(everybody)
    [shifted] = {after[name] - before[name] for name in before}
    assert 20_000 <= shifted < 20_000 + SECONDS * 1000
    await expect(console.page.locator(".log li").first).to_contain_text("resumed")
    went_on = await console.page.locator(".log time").first.get_attribute("datetime")
    assert went_on is not None
    assert shifted == instant_ms(went_on) - stood_at, "by as long as the pause was, to the ms"


def paused(everybody: Everybody) -> set[int | None]:
    """Returns since when the evening stands still, as each was told last."""
    told = (guest.all("phase") or guest.all("welcome") for guest in present(everybody))
    ats = (phases[-1].get("paused") for phases in told)
    return {None if at is None else int(str(at)) for at in ats}


def instant_ms(iso: str) -> int:
    return round(datetime.fromisoformat(iso).timestamp() * 1000)


def present(everybody: Everybody) -> list[Guest]:
    return [guest for guest in everybody.guests.values() if not guest.is_closed.is_set()]


def deadlines(everybody: Everybody) -> dict[str, int]:
    """Returns until when each has their room, by their own log."""
    logs = {guest.name: everybody.log(guest.name) for guest in present(everybody)}
    return {name: log.rooms[log.room].ends_at for name, log in logs.items() if log.room}


def left_ms(everybody: Everybody, store: Store) -> int:
    return min(deadlines(everybody).values()) - store.clock()


async def ends_early(console: Console) -> None:
    """Ends the round at once: everybody is in the break, and no table is left on the floor."""
    await console.button("End round…").click()
    await console.button("End round 1").click()
    for guest in present(console.everybody):
        await guest.sees("phase", phase="break")
    assert all(
        console.everybody.log(guest.name).phase is Phase.BREAK
        for guest in present(console.everybody)
    )
    await expect(console.page.locator("button[data-room]")).to_have_count(0)
    await console.agrees("an early end")
    await expect(console.page.locator(".log")).to_contain_text("ended the round")
