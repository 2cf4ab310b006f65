"""The full-screen console against a real server: an evening hosted by keys and commands."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from textual.widgets import Digits

from server.console.board import in_order, room_of, stands_out
from server.console.sentences import room_sign
from server.console.terminal.command_line import CommandLine
from tests.guests import Guest, House, guest, guests, quick_round
from tests.server.console.hosts import Desk, desk
from tests.server.pushed import PushedStore

SIMULATED = 60
NAMES = ["Ana", "Bo", "Chidi", "佐藤 花子", *(f"Guest {n}" for n in range(SIMULATED - 4))]
LATE, TOO_LATE = "Late", "Later"


class Scene:
    """Dana at her terminal, and everybody, each with the log of their own socket alone."""

    def __init__(self, house: House, store: PushedStore, dana: Desk, stack: AsyncExitStack) -> None:
        self.house = house
        self.store = store
        self.dana = dana
        self.everybody: dict[str, Guest] = {}
        self._stack = stack

    @property
    def here(self) -> list[Guest]:
        """Those who are connected."""
        return [one for one in self.everybody.values() if not one.is_closed.is_set()]

    async def comes(self, name: str) -> Guest:
        """Somebody comes."""
        self.everybody[name] = await self._stack.enter_async_context(guest(self.house, name))
        return self.everybody[name]

    async def agrees(self) -> None:
        """Waits until the board has everybody where their own log has them."""
        await self.dana.agrees_with(*self.here)

    def has_left(self, seconds: int) -> None:
        """Lets time pass until so much is left of the round."""
        event = self.dana.board.event
        assert event is not None
        assert event.ends_at is not None
        self.store.pushed_ms += event.ends_at - self.store.clock() - seconds * 1000


async def settled(dana: Desk, people: int) -> None:
    """Waits until the proposal seats so many."""

    def holds() -> bool:
        proposal = dana.board.proposal
        return proposal is not None and proposal.seated == people

    await dana.sees(holds, f"a proposal for {people}")


async def test_an_evening_is_hosted_from_a_terminal_and_everybodys_own_log_agrees(
    pushed: PushedStore, pushed_house: House
) -> None:
    house, round = pushed_house, quick_round(seconds=240, size=4)
    await house.opens([*NAMES, "Emre", LATE, TOO_LATE], rounds=[round, round], doors=False)
    async with AsyncExitStack() as stack, desk(house) as dana:
        scene = Scene(house, pushed, dana, stack)
        await dana.reads("phase", "Not open yet")
        await dana.pilot.press("s")
        await dana.reads("phase", "The lobby is open")
        for name in NAMES:
            await scene.comes(name)
        await _a_swap_and_a_pin(scene)
        await _a_start(scene)
        await _a_dropped_room(scene)
        await _a_call(scene)
        await _a_latecomer(scene)
        await _a_removal(scene)
        await _a_move_and_an_undo(scene)
        await _an_announcement(scene)
        await _a_pause(scene)
        await _one_who_comes_too_late(scene)
        await _an_early_end(scene)


def _seating(dana: Desk) -> list[tuple[str, ...]]:
    proposal = dana.board.proposal
    return [room.people for room in proposal.seating] if proposal is not None else []


async def _a_swap_and_a_pin(scene: Scene) -> None:
    dana, ana, bo = scene.dana, scene.everybody["Ana"], scene.everybody["Bo"]
    await settled(dana, SIMULATED)
    before = {id for room in _seating(dana) for id in room if ana.id in room}
    stranger = next(id for room in _seating(dana) for id in room if id not in before)
    other = next(seat for seat in dana.board.people.values() if seat.id == stranger)
    await dana.does(f'swap Ana "{other.name}"')
    await dana.does("pin Ana, Bo")
    await dana.sees(lambda: any({ana.id, bo.id} <= set(r) for r in _seating(dana)), "pinned")
    await settled(dana, SIMULATED)
    await scene.agrees()


async def _a_start(scene: Scene) -> None:
    await scene.dana.pilot.press("s")
    await scene.dana.reads("phase", "Round 1 of 2")
    bo = scene.everybody["Bo"]
    await scene.everybody["Ana"].sees("room", people=lambda people: bo.id in str(people))
    for one in scene.here:
        if not one.all("room"):
            await one.sees("room")
    await scene.agrees()


async def _a_dropped_room(scene: Scene) -> None:
    dana, by_id = scene.dana, {one.id: one for one in scene.everybody.values()}
    room = next(
        room
        for room in in_order(dana.board.rooms.values())
        if scene.everybody["Ana"].id not in {seat.id for seat in room.people}
    )
    for seat in room.people:
        await by_id[seat.id].drops()
    everyone = len(room.people)
    await dana.sees(
        lambda: sum(s.state == "dropped" for s in dana.board.rooms[room.id].people) == everyone,
        "the whole room dropped",
    )
    await dana.sees(lambda: f"{everyone} dropped" in dana.rows()[0], "it stands first")
    await scene.agrees()
    for seat in room.people:
        await by_id[seat.id].comes_back()
    await dana.sees(lambda: not stands_out(dana.board, dana.board.rooms[room.id]), "they are back")
    await scene.agrees()


async def _a_call(scene: Scene) -> None:
    dana, hanako = scene.dana, scene.everybody["佐藤 花子"]
    await hanako.asks("call-host", text="Help, please\x1b[2J")
    await dana.reads("needs", "(佐藤 花子) calls: Help, please [2J")
    await hanako.sees("call", seen=True)
    await dana.sees(lambda: "calls" in dana.rows()[0], "the calling room stands first")
    await dana.pilot.press("c")
    line = dana.app.query_one(CommandLine)
    assert line.value == 'answer-call "佐藤 花子": '
    await dana.pilot.press(*"Coming", "enter")
    await hanako.sees("call", answered="Coming")
    await dana.sees(lambda: not dana.text("needs"), "nothing needs a host")
    await scene.agrees()


async def _a_latecomer(scene: Scene) -> None:
    """With three minutes left somebody gets a room."""
    scene.has_left(180)
    late = await scene.comes(LATE)
    await late.sees("room")
    dana = scene.dana
    await dana.sees(lambda: room_of(dana.board, late.id) is not None, f"{LATE} has a room")
    await scene.agrees()


async def _a_removal(scene: Scene) -> None:
    dana, chidi = scene.dana, scene.everybody["Chidi"]
    await dana.does("remove Chidi: was rude")
    await chidi.is_sent_away(4502)
    await dana.sees(lambda: room_of(dana.board, chidi.id) is None, "Chidi has no seat")
    await scene.agrees()


async def _a_move_and_an_undo(scene: Scene) -> None:
    dana, ana = scene.dana, scene.everybody["Ana"]
    home = room_of(dana.board, ana.id)
    assert home is not None
    target = next(
        room
        for room in in_order(dana.board.rooms.values())
        if room.id != home.id and len(room.people) < 5 and not room.ended
    )
    await dana.does(f"move Ana {room_sign(target)}")
    await ana.sees("room", id=target.id)
    await scene.agrees()
    await dana.sees(lambda: "u undo: Ana to " in dana.text("keys"), "undo with its seconds")
    await dana.pilot.press("u")
    await ana.sees("room", id=home.id)
    await scene.agrees()


async def _an_announcement(scene: Scene) -> None:
    dana = scene.dana
    await dana.does("announce 五分前です")
    for one in scene.here:
        await one.sees("notice", text="五分前です")
    await dana.pilot.press("l")
    await dana.sees(lambda: any("Dana" in row or "五分前です" in row for row in dana.rows()), "log")
    assert dana.board.deliveries[-1].reached == len(scene.here)
    await dana.pilot.press("escape")
    await scene.agrees()


async def _a_pause(scene: Scene) -> None:
    """Twenty seconds: everybody's deadline, and the board's, is shifted by them to the ms."""
    dana = scene.dana
    await dana.pilot.press("p")
    await dana.reads("phase", "Paused")
    stands = dana.app.query_one(Digits).value
    paused = [await one.sees("phase", paused=lambda at: at is not None) for one in scene.here]
    [ended_at] = {int(str(said["ends_at"])) for said in paused}
    scene.store.pushed_ms += 20_000
    stood_at = dana.session.now()
    await dana.sees(lambda: dana.session.now() > stood_at + 1_000, "a second later")
    assert dana.app.query_one(Digits).value == stands
    await dana.pilot.press("p")
    await dana.sees(lambda: any(line.what == "resumed" for line in dana.board.log), "resumed")
    log = {line.what: line.at for line in dana.board.log}
    shifted = log["resumed"] - log["paused"]
    assert 20_000 <= shifted < 40_000
    for one in scene.here:
        await one.sees("phase", paused=None, ends_at=ended_at + shifted)

    def goes_on() -> bool:
        event = dana.board.event
        return event is not None and (event.paused, event.ends_at) == (None, ended_at + shifted)

    await dana.sees(goes_on, "the board's deadline is shifted exactly")
    await scene.agrees()


async def _one_who_comes_too_late(scene: Scene) -> None:
    """With a minute left one waits in the lobby."""
    dana = scene.dana
    scene.has_left(60)
    late = await scene.comes(TOO_LATE)
    await dana.sees(
        lambda: any(TOO_LATE in row and "came late" in row for row in dana.rows()), "they wait"
    )
    assert room_of(dana.board, late.id) is None
    await late.never_saw("room")
    await scene.agrees()


async def _an_early_end(scene: Scene) -> None:
    """The key writes the command, Enter does it."""
    dana = scene.dana
    await dana.pilot.press("e")
    assert dana.app.query_one(CommandLine).value == "end-round"
    await dana.pilot.press("enter")
    await dana.reads("phase", "Break after round 1 of 2")
    for one in scene.here:
        await one.sees("phase", phase="break")
    await scene.agrees()


async def test_a_key_that_is_revoked_in_use_ends_the_console_with_a_sentence(house: House) -> None:
    await house.opens(["Ana"])
    async with desk(house) as dana:
        assert dana.board.you is not None
        path = f"/api/events/{house.event}/attendees/{dana.board.you.id}/link"
        await asyncio.to_thread(house.asker.delete, path)
        await dana.sees(lambda: bool(dana.app.last_words), "why it ended")
        assert "may not host" in dana.app.last_words
    assert dana.app.return_value == 1


async def test_two_hosts_do_not_collide_and_the_second_is_told_what_the_first_did(
    house: House,
) -> None:
    await house.opens(["Ana", "Bo"], doors=False)
    await house.brings([{"name": "Hugo", "role": "host"}])
    async with desk(house) as dana, desk(house, key=house.key("Hugo")) as hugo:
        await dana.does("open-doors")
        await hugo.reads("phase", "The lobby is open")
        await hugo.reads("said", "opened the doors")
        await hugo.is_refused("open-doors", "open already")
        assert "Just before:" in hugo.text("said")


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_names_stay_in_their_columns_in_every_size(
    house: House, size: tuple[int, int], language: str
) -> None:
    await house.opens(["Ana", "佐藤 花子"])
    async with AsyncExitStack() as stack:
        for name in ("Ana", "佐藤 花子"):
            await stack.enter_async_context(guest(house, name))
        async with desk(house, size=size, language=language) as dana:
            await dana.sees(lambda: len(dana.rows()) == 3, "both in the lobby")
            await dana.pilot.press("n", "g", "l", "question_mark", "r", "f2", "exclamation_mark")
            await dana.pilot.press("escape")
            await dana.sees(lambda: len(dana.rows()) == 3, "everything again")
            assert dana.app.query_one("#aside").display == (size[0] == 200)


async def test_tab_completes_a_command_and_a_name(house: House) -> None:
    await house.opens(["Ana", "佐藤 花子"])
    async with desk(house) as dana:
        await dana.pilot.press("colon", *"check-i", "tab")
        line = dana.app.query_one(CommandLine)
        assert line.value == "check-in "
        await dana.pilot.press("A", "n", "tab")
        assert line.value == "check-in Ana"
        await dana.pilot.press("enter")
        await dana.reads("said", "Done: check-in Ana")


async def test_searching_filters_while_one_types_and_escape_shows_all(house: House) -> None:
    await house.opens(["Ana", "Bo"])
    async with AsyncExitStack() as stack, desk(house) as dana:
        for name in ("Ana", "Bo"):
            await stack.enter_async_context(guest(house, name))
        await dana.sees(lambda: len(dana.rows()) == 3, "both")
        await dana.pilot.press("slash", "b", "o")
        await dana.sees(lambda: len(dana.rows()) == 2, "Bo alone")
        await dana.pilot.press("escape")
        await dana.sees(lambda: len(dana.rows()) == 3, "both again")


async def test_what_was_reported_waits_until_the_host_has_seen_to_it(house: House) -> None:
    await house.opens(["Ana", "Bo"])
    async with guests(house, "Ana", "Bo") as (ana, bo), desk(house) as dana:
        await dana.reads("phase", "The lobby is open")
        assert " seen to" not in dana.text("keys")
        await ana.asks("report", about=bo.id, text="He shouts")
        await dana.reads("needs", "Ana reports Bo: He shouts")
        await dana.reads("keys", "t seen to")
        await dana.pilot.press("t")
        await dana.reads("said", "Seen to: Ana reports Bo")
        await dana.sees(lambda: not dana.text("needs"), "nothing needs a host")
        await dana.types("seen-to")
        await dana.reads("said", "Nothing to be seen to.")


MIDNIGHT_MS = 86_400_000


async def test_what_cannot_be_is_a_sentence_and_the_board_stays_true(
    pushed: PushedStore, pushed_house: House
) -> None:
    """Minutes before midnight: a round may go on beyond it, but not for less than nothing."""
    house, names = pushed_house, ("Ana", "Bo", "Chidi", "花子")
    # With five minutes more it ends beyond midnight, however long they need to come.
    pushed.pushed_ms = MIDNIGHT_MS - 355_000 - pushed.clock() % MIDNIGHT_MS
    rounds = [quick_round(seconds=60, size=2, most=3)] * 2
    await house.opens(list(names), rounds=rounds)
    async with guests(house, *names) as (ana, *others), desk(house) as dana:
        await settled(dana, len(names))
        await dana.pilot.press("s")
        await dana.reads("phase", "ends 23:5")
        await dana.does("extend +300")
        await dana.reads("phase", "ends 00:0")
        await ana.sees(
            "phase", phase="round", ends_at=lambda at: int(str(at)) % MIDNIGHT_MS < 300_000
        )
        await dana.is_refused("extend -9999", "That is more than is left; end the round instead.")
        await dana.is_refused("extend 99999", "24 hours at the most")
        home = room_of(dana.board, ana.id)
        assert home is not None
        [other] = [room for room in dana.board.rooms.values() if room.id != home.id]
        await dana.does(f"end-round {room_sign(other)}")
        await dana.is_refused(f"move Ana {other.id}", "That room has ended.")
        await dana.agrees_with(ana, *others)
        await dana.does("end-round")
        await settled(dana, len(names))
        await dana.pilot.press("s")
        await dana.reads("phase", "Round 2 of 2")
        await dana.is_refused(f"move Ana {home.id}", f"There is no room “{home.id}” now.")
        await dana.agrees_with(ana, *others)
