"""What one attendee knows of the evening by their own socket alone, and what follows from it.

Keeps a timeline of who was in one's room and there, deadlines, said messages and contacts; reckons
minutes together and time alone from it at the end. Never sees another's messages, nor the server's
journal. Instants heard from the server are its clock's; those noted here are this computer's
(milliseconds, monotonic), joined by `offset`, which `clock` messages measure.

Invariant: the timeline only grows, and a scene holds until the next one begins.
"""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

from rooms import messages
from rooms.messages import Phase

NOT_THERE = {"dropped", "not-here-yet"}


class Scene(Struct, frozen=True, kw_only=True):
    """How things stood from `at` on. `room` None: in no room."""

    at: float
    room: str | None
    mates: frozenset[str]
    here: bool
    waits: bool = False


DAY_MS = 24 * 3600 * 1000
"""An open floor without a deadline is over after a day at the latest."""


class RoomSeen(Struct, kw_only=True):
    """A room's bounds by the server's clock, as last heard, and who was ever in it."""

    round: int
    starts_at: int
    ends_at: int
    people: set[str]


class Witness:
    """One attendee's own log. `me` is set by the first welcome."""

    def __init__(self, *, on_site: bool) -> None:
        self.me = ""
        self.on_site = on_site
        self.connected = False
        self.timeline: list[Scene] = []
        self.rooms: dict[str, RoomSeen] = {}
        self.room: str | None = None
        self.phase = Phase.DRAFT
        self.round = 0
        self.told: set[int] = set()
        self.first_room_at: dict[int, float] = {}
        self.phase_at: dict[tuple[int, Phase], float] = {}
        self.round_bounds: dict[int, tuple[int, int]] = {}
        self.spells: list[tuple[float, float | None]] = []
        self.said: dict[str, messages.Said] = {}
        self.doubled = 0
        self.contacts: set[str] = set()
        self.unread: list[str] = []
        self.full_views = 0
        self._heard_in_chain: set[str] = set()
        self._mates: dict[str, bool] = {}
        self._here = True
        self._waits = False
        self._arrivals: dict[tuple[str, str], float] = {}
        self._trips: list[tuple[float, float]] = []

    # What is heard and done

    def hears(self, message: messages.Message, at: float) -> None:
        """Notes one message heard at `at`."""
        match message:
            case messages.Welcome():
                self._welcomed(message, at)
            case messages.PhaseChanged():
                self._phase(message, at)
            case messages.Room():
                self._seated(message, at)
            case messages.RoomPeople():
                self._people(message, at)
            case messages.SittingOut():
                self.told.add(self.round)
                self._unseated(at)
            case messages.Said():
                self.doubled += message.id in self._heard_in_chain
                self._heard_in_chain.add(message.id)
                self.said[message.id] = message
            case messages.Contact(card=card, fields=fields):
                if fields:
                    self.contacts.add(card.id)
            case _:
                pass

    def disconnected(self, at: float) -> None:
        """Notes that the own socket is gone; on site one is at the table all the same (rule 26)."""
        if not self.connected:
            return
        self.connected = False
        self.spells[-1] = (self.spells[-1][0], at)
        self._scene(at)

    def leaves(self, at: float) -> None:
        """Notes that one left on purpose."""
        self._unseated(at)

    def waits(self, at: float) -> None:
        """Notes that one chose to wait alone."""
        self._waits = True
        self._scene(at)

    def arrives(self, at: float) -> None:
        """Notes that one said to be at the table."""
        if self.room is not None:
            self._arrivals.setdefault((self.room, self.me), at)

    def measured(self, sent_at: float, heard_at: float, now: int) -> None:
        """Notes one `clock` exchange: our instants, and the server's in between."""
        self._trips.append((heard_at - sent_at, now - (sent_at + heard_at) / 2))

    # What follows from it

    @property
    def offset(self) -> float:
        """Server's clock minus ours (ms), by the quickest `clock` exchange; 0 without any."""
        return min(self._trips)[1] if self._trips else 0.0

    @property
    def alone(self) -> bool:
        """Says whether one is there and in a room without anybody else who is."""
        return self.room is not None and self._is_here and not self._present()

    @property
    def running(self) -> bool:
        """Says whether a round runs, as last heard."""
        return self.phase is Phase.ROUND

    @property
    def mates(self) -> set[str]:
        """Everybody listed in the own room now, there or not."""
        return set(self._mates)

    def seconds_together(self, end: float) -> dict[tuple[str, int], float]:
        """Returns seconds shared with (somebody, in a round), by the own log up to `end`."""
        together: dict[tuple[str, int], float] = defaultdict(float)
        for scene, began, ended in self._spans(end):
            if not scene.here or scene.room is None:
                continue
            mine = self._arrivals.get((scene.room, self.me), began)
            for mate in scene.mates:
                since = max(began, mine, self._arrivals.get((scene.room, mate), began))
                if ended > since:
                    together[mate, self.rooms[scene.room].round] += (ended - since) / 1000
        return dict(together)

    def longest_alone(self, end: float) -> float:
        """Returns the longest time (s) alone in a room while its round ran, without `wait`."""
        longest = 0.0
        room: str | None = None
        since = until = 0.0
        for scene, began, ended in self._spans(end):
            if scene.here and not scene.mates and not scene.waits:
                if scene.room != room or began > until + 1:
                    room, since = scene.room, began
                until = ended
                longest = max(longest, (until - since) / 1000)
            else:
                room = None
        return longest

    def was_in(self, room: str, server_at: float, margin: float) -> bool:
        """Says whether one sat in `room` at an instant, and for `margin` ms before and after."""
        at = server_at - self.offset
        inside = [s for s in self.timeline if s.at <= at + margin]
        around = [s for s in inside if s.at >= at - margin]
        before = [s for s in inside if s.at < at - margin]
        if not before:
            return False
        return all(scene.room == room for scene in [before[-1], *around])

    def heard_after(self, server_at: float) -> bool:
        """Says whether one was connected at some time after an instant, for a second at least."""
        at = server_at - self.offset
        return any(ended is None or ended > max(at, began) + 1000 for began, ended in self.spells)

    def connected_through(self, began: float, ended: float) -> bool:
        """Says whether one connection held from `began` to `ended`."""
        return any(a <= began and (b is None or b >= ended) for a, b in self.spells)

    # The parts of it

    @property
    def _is_here(self) -> bool:
        return self._here and (self.connected or self.on_site)

    def _present(self) -> frozenset[str]:
        return frozenset(mate for mate, there in self._mates.items() if there)

    def _scene(self, at: float) -> None:
        self.timeline.append(
            Scene(
                at=at,
                room=self.room,
                mates=self._present(),
                here=self._is_here,
                waits=self._waits,
            )
        )

    def _spans(self, end: float) -> list[tuple[Scene, float, float]]:
        """Returns the scenes in rooms with their span in our clock, cut to their rounds' bounds."""
        spans: list[tuple[Scene, float, float]] = []
        ends = [scene.at for scene in self.timeline[1:]] + [end]
        for scene, ended in zip(self.timeline, ends, strict=True):
            if scene.room is None:
                continue
            seen = self.rooms[scene.room]
            began = max(scene.at, seen.starts_at - self.offset)
            ended = min(ended, seen.ends_at - self.offset)
            if ended > began:
                spans.append((scene, began, ended))
        return spans

    def _welcomed(self, welcome: messages.Welcome, at: float) -> None:
        self.me = welcome.you.id
        self.connected = True
        self.spells.append((at, None))
        if not welcome.resumed:
            self.full_views += 1
            self._heard_in_chain.clear()  # a full view brings the last fifty again
            self._full_view(welcome, at)
        self._scene(at)

    def _full_view(self, welcome: messages.Welcome, at: float) -> None:
        if isinstance(welcome.event, messages.EventView):
            event = welcome.event
            self.phase, self.round = event.phase, event.round
            running = event.phase in (Phase.PREVIEW, Phase.ROUND)
            if running and event.starts_at is not None and event.ends_at is not None:
                self.round_bounds[event.round] = (event.starts_at, event.ends_at)
            if welcome.you.because:
                self.told.add(self.round)
        if isinstance(welcome.room, messages.Room):
            self._seated(welcome.room, at)
        else:
            self._unseated(at)
        if isinstance(welcome.contacts, tuple):
            self.contacts |= {contact.card.id for contact in welcome.contacts if contact.fields}

    def _phase(self, message: messages.PhaseChanged, at: float) -> None:
        running = message.phase in (Phase.PREVIEW, Phase.ROUND)
        if running and message.starts_at is not None and message.ends_at is not None:
            known = self.round_bounds.get(message.round)
            if known is not None and self.room is not None:
                seen = self.rooms[self.room]
                if seen.round == message.round:
                    # A changed deadline of the round moves all rooms by as much.
                    seen.starts_at += message.starts_at - known[0]
                    seen.ends_at += message.ends_at - known[1]
            self.round_bounds[message.round] = (message.starts_at, message.ends_at)
        self.phase_at.setdefault((message.round, message.phase), at)
        self.phase, self.round = message.phase, message.round
        if not running:
            self._unseated(at)

    def _seated(self, room: messages.Room, at: float) -> None:
        seen = self.rooms.get(room.id)
        people = {card.id for card in room.people}
        ends_at = room.ends_at if room.ends_at is not None else room.starts_at + DAY_MS
        if seen is None:
            seen = self.rooms[room.id] = RoomSeen(
                round=room.round, starts_at=room.starts_at, ends_at=ends_at, people=people
            )
        seen.starts_at, seen.ends_at = room.starts_at, ends_at
        seen.people |= people
        self.told.add(room.round)
        self.first_room_at.setdefault(room.round, at)
        if room.id != self.room:
            self._waits = False
        if room.because == "by-choice":
            self._waits = True  # on an open floor one may be alone as long as one likes
        self.room = room.id
        self._mates = {
            id: room.states.get(id, "") not in NOT_THERE for id in people if id != self.me
        }
        self._here = room.states.get(self.me, "") not in {"not-here-yet"}
        self._scene(at)

    def _unseated(self, at: float) -> None:
        self.room = None
        self._mates = {}
        self._here = True
        self._waits = False
        self._scene(at)

    def _people(self, change: messages.RoomPeople, at: float) -> None:
        if self.room is None:
            return
        if change.at:  # on site one learns late, by a phone that was away, what happened then
            at = max(self.timeline[-1].at, min(at, change.at - self.offset))
        seen = self.rooms[self.room]
        for card in change.joined:
            if card.id != self.me:
                self._mates[card.id] = True
                seen.people.add(card.id)
        for gone in (*change.left, *change.moved):
            self._mates.pop(gone, None)
        for away in (*change.dropped, *change.not_here_yet):
            self._is_there(away, False)
        for back in (*change.back, *change.arrived):
            self._is_there(back, True)
        if at + self.offset > seen.starts_at:
            for arrived in change.arrived:
                self._arrivals.setdefault((self.room, arrived), at)
        if self._present():
            self._waits = False
        self._scene(at)

    def _is_there(self, id: str, there: bool) -> None:
        if id == self.me:
            self._here = there
        elif id in self._mates:
            self._mates[id] = there
