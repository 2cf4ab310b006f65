"""The event as it stands: a fold over the journal's facts.

Responsible for the state that the rules look at, and for what a change of one person or one room
brings with it: presence, stays, who is alone, who has met. Which fact changes what is `apply.py`'s.

Invariants:
- Values in the fold are frozen; a working copy shares them, so copying is cheap.
- Somebody's seat is the id of a room that lists them among its `people`, and of no other.
- A stay is open only while its person is in the room and present; minutes come from stays alone.
- `starts_at` and `ends_at` are the round's, from the preview on; pausing moves what is ahead.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from msgspec.structs import replace

from rooms import facts as f
from rooms.encounters import met_after_ms, met_in, together
from rooms.messages import LogLine, Phase
from rooms.people import HOST_ROLES, SEATED_ROLES, Mode, Role, RoomMode
from rooms.programme import (
    DEFAULT_SECONDS,
    SEATING_KINDS,
    UNTIL_ENDED,
    Allow,
    Kind,
    Plan,
    PlannedRound,
)
from rooms.standing import (
    WITHOUT_SEAT,
    Alone,
    Calling,
    Given,
    Pair,
    Person,
    Room,
    Stay,
    Topic,
    Undoable,
    pair,
)

EVENING = (
    *("acquainted", "allowed", "alone", "announcements", "asked", "been", "break_ends_at"),
    *("called", "calls", "came", "choices", "chose", "closes_at", "closing"),
    *("count", "current", "drawn"),
    *(
        "dropped",
        "ends_at",
        "handled",
        "holding",
        "joins",
        "kind",
        "lets_sit_out",
        "log",
        "met",
        "met_before",
    ),
    *("paused_at", "pinned", "present", "preview_at", "prompts", "proposal", "proposed"),
    *("proposers", "ratings", "replanned", "reports", "rooms", "rooms_changed", "round"),
    *(
        "round_seconds",
        "round_size",
        "rounds_ended",
        "starts_at",
        "stations",
        "together",
        "topics",
        "undoable",
    ),
    *("unseen", "until_ended", "visits", "waiting", "warned"),
)
"""What of an event is the evening itself, and is forgotten with its minutes."""


class Event:
    """One event's state. Change it with `apply.apply` only; read it freely."""

    __slots__ = (
        "acquainted",
        "allowed",
        "alone",
        "announcements",
        "answers",
        "asked",
        "been",
        "blocks",
        "break_ends_at",
        "called",
        "calls",
        "came",
        "cards",
        "choices",
        "chose",
        "closes_at",
        "closing",
        "consents",
        "contacts",
        "contacts_ended",
        "count",
        "current",
        "declined",
        "drawn",
        "dropped",
        "ended_at",
        "ends_at",
        "exports",
        "handled",
        "holding",
        "id",
        "invited",
        "joins",
        "kind",
        "lets_sit_out",
        "links_asked",
        "log",
        "met",
        "met_before",
        "minutes_forgotten_at",
        "newcomers_wait",
        "no_mail",
        "noted",
        "outcomes",
        "paused_at",
        "people",
        "phase",
        "pinned",
        "plan",
        "present",
        "preview_at",
        "prompts",
        "proposal",
        "proposed",
        "proposers",
        "ratings",
        "replanned",
        "reports",
        "rooms",
        "rooms_changed",
        "round",
        "round_seconds",
        "round_size",
        "rounds_ended",
        "signed_up",
        "starts_at",
        "stations",
        "thanked_at",
        "together",
        "topics",
        "totals",
        "undoable",
        "unseen",
        "until_ended",
        "visits",
        "waiting",
        "warned",
        "webhook_at",
        "webhooks",
        "yeses",
    )

    def __init__(self, id: str = "") -> None:
        self.id = id
        self.count = 0
        self.phase = Phase.DRAFT
        self.plan = Plan()
        self.replanned = 0
        """How many facts there had been when what is to come was last changed."""
        self.round = 0
        self.kind = Kind.MATCHED
        """The current or last round's."""
        self.until_ended = False
        """An open floor that has no deadline of its own."""
        self.round_seconds = 0
        self.round_size = 0
        self.preview_at: int | None = None
        self.starts_at: int | None = None
        self.ends_at: int | None = None
        self.break_ends_at: int | None = None
        self.paused_at: int | None = None
        self.closes_at: int | None = None
        self.closing: f.ClosingBegan | None = None
        """Since when the event closes, and who asked for it; None: it does not."""
        self.ended_at: int | None = None
        self.newcomers_wait = False
        self.warned: tuple[int, ...] = ()
        self.people: dict[str, Person] = {}
        self.present: dict[str, None] = {}
        """Who takes part and is present, whether in a room or not."""
        self.came: dict[str, int] = {}
        """Everybody who was ever present, and since when (ms)."""
        self.waiting: dict[str, None] = {}
        """Who could take a seat now and has none."""
        self.rooms: dict[str, Room] = {}
        self.current: dict[str, None] = {}
        """Ids of the latest round's rooms."""
        self.holding: dict[str, None] = {}
        """Ids of rooms that are not over."""
        self.acquainted: dict[Pair, tuple[str, ...]] = {}
        """Rooms that two people were seated in at the same time."""
        self.been: dict[str, tuple[str, ...]] = {}
        """The rooms somebody was seated in, in order."""
        self.met: dict[Pair, int] = {}
        """The last ended round in which two people met (rule 4)."""
        self.met_before: dict[Pair, int] = {}
        """Who met at an earlier event of the series and may be remembered; always round 0."""
        self.alone: dict[str, Alone] = {}
        self.unseen: dict[str, None] = {}
        """Online people in rooms who have not shown themselves since the preview (rule 11)."""
        self.dropped: dict[str, None] = {}
        """Online people in rooms who are away, and did not leave."""
        self.visits: dict[str, str] = {}
        """Hosts to the room that each is visiting."""
        self.stations: dict[str, None] = {}
        """Stations: the screens, cameras and microphones of tables (rule 25)."""
        self.topics: dict[str, Topic] = {}
        """Topics of rounds to come, and those proposed, in their order."""
        self.proposers: dict[str, str] = {}
        """Who proposed a topic, also of those declined or over."""
        self.choices: dict[str, str] = {}
        """Which topic each chose for the next round of topics."""
        self.chose: dict[str, str] = {}
        """Which topic each had chosen for the current round."""
        self.joins: dict[str, f.JoinPlanned] = {}
        self.proposal: f.SeatingOffered | None = None
        self.drawn: dict[int, f.SeatingOffered] = {}
        """The proposal that each round's seating came of, with its numbers."""
        self.proposed = 0
        """How many facts there had been when the proposal was last changed."""
        self.pinned: tuple[tuple[str, ...], ...] = ()
        """Rooms of the proposal that hosts keep as they are."""
        self.together: tuple[tuple[str, ...], ...] = ()
        """People of the proposal whom hosts keep in one room."""
        self.allowed: Allow | None = None
        """What a host lets give way first in the next round; None: as the programme says."""
        self.lets_sit_out = False
        """Whether some sit out this round so that sizes hold and nobody meets again."""
        self.handled = 0
        """How many facts there had been when a host last changed the proposal."""
        self.rooms_changed = 0
        """Rooms of the proposal that hold other people than in the one before it."""
        self.asked: f.RoundProposed | None = None
        """A host's overrides of the next round's plan."""
        self.prompts: dict[int, str] = {}
        """A host's own prompt of a round, as the register's id of its words."""
        self.undoable: dict[str, Undoable] = {}
        """Each host's latest change of seats, of this round or of the next one's proposal."""
        self.called: f.RoundCalled | None = None
        self.yeses: dict[Pair, tuple[str, ...]] = {}
        """(by, about) to the fields chosen."""
        self.contacts: dict[Pair, int] = {}
        self.contacts_ended: dict[tuple[str, str, int], int] = {}
        """Contacts taken back, or ended with a person, by pair and instant made; when (ms)."""
        self.cards: dict[Pair, Given] = {}
        """(by, to) to what was given."""
        self.blocks: dict[Pair, int] = {}
        """(by, about) to since when."""
        self.ratings: dict[tuple[str, int], int] = {}
        self.consents: dict[str, tuple[str, int]] = {}
        """Attendee to the version agreed to, and how many consents are kept."""
        self.calls: dict[str, Calling] = {}
        self.invited: dict[str, int] = {}
        """Since when somebody's link was sent last."""
        self.signed_up: dict[str, int] = {}
        """Who came by the event's open link, and when."""
        self.links_asked: dict[str, int] = {}
        """Who signed up once more with an address that is known, and when."""
        self.declined: dict[str, int] = {}
        """Who said that they can't come."""
        self.no_mail: dict[str, int] = {}
        """Who wants no mail about this event."""
        self.outcomes: dict[str, str] = {}
        self.minutes_forgotten_at: int | None = None
        """Since when who met whom, and for how long, is kept no more (rule 21)."""
        self.totals: f.Totals | None = None
        """What stays of it."""
        self.answers: dict[str, tuple[str, tuple[str, ...]]] = {}
        """Answers to the closing questions: whether somebody comes again, and what they would
        change."""
        self.thanked_at: int | None = None
        self.announcements: tuple[f.Announced, ...] = ()
        self.reports: tuple[f.Reported, ...] = ()
        self.exports: tuple[f.Exported, ...] = ()
        """Who took what home, and when."""
        self.noted: tuple[f.DeskNoted, ...] = ()
        """What else was done with people's data; `erased` is one of them."""
        self.webhooks: tuple[f.WebhookChanged, ...] = ()
        self.webhook_at: int | None = None
        """Since when an address of the organiser's program is set (ms); None: there is none."""
        self.rounds_ended: dict[int, int] = {}
        """Rounds that were held to their end, and when that was (ms)."""
        self.log: tuple[LogLine, ...] = ()

    def copy(self) -> Event:
        """Returns a working copy: own dicts, shared frozen values."""
        twin = Event.__new__(Event)
        for name in Event.__slots__:
            value = getattr(self, name)
            setattr(twin, name, value.copy() if isinstance(value, dict) else value)
        return twin

    def forget_minutes(self, at: int, totals: f.Totals | None = None) -> None:
        """Forgets who was where, with whom, for how long, and all that the evening itself was.

        Nothing but `totals` stays of it.
        """
        new = Event(self.id)
        for name in EVENING:
            setattr(self, name, getattr(new, name))
        for person in list(self.people.values()):
            plain = Person(
                id=person.id,
                role=person.role,
                mode=person.mode,
                table=person.table,
                sits_with=person.sits_with,
                takes_seat=person.role in SEATED_ROLES,
                removed_at=person.removed_at,
                waits_for_yes=person.waits_for_yes,
                place=person.place,
                place_at=person.place_at,
                erased_at=person.erased_at,
            )
            self.people[person.id] = plain
            if plain.role is Role.STATION and not plain.erased:
                self.stations[plain.id] = None
        self.phase = Phase.ENDED if self.ended_at is not None else Phase.DRAFT
        self.count = at  # ids of words are made of it, and must not come twice
        self.minutes_forgotten_at = at
        self.totals = totals

    # Reading

    @property
    def planned(self) -> PlannedRound | None:
        """The current or last round as planned; None before the first."""
        return self.plan.rounds[self.round - 1] if 0 < self.round <= len(self.plan.rounds) else None

    @property
    def next_planned(self) -> PlannedRound | None:
        """The next round as planned; None when the programme is over."""
        return self.plan.rounds[self.round] if self.round < len(self.plan.rounds) else None

    @property
    def next_kind(self) -> Kind | None:
        """The next round's kind, as a host overrode or planned; None: there is none."""
        planned = self.next_planned
        own = self.asked.kind if self.asked is not None else None
        return own or (planned.kind if planned is not None else None)

    @property
    def seats_people(self) -> bool:
        """Whether the current round's people were seated, and late ones are."""
        return self.kind in SEATING_KINDS

    @property
    def topics_round(self) -> int | None:
        """The next round to come whose people choose topics; None: there is none."""
        if self.next_kind is Kind.TOPICS:
            return self.round + 1
        later = range(self.round + 1, len(self.plan.rounds))
        return next((n + 1 for n in later if self.plan.rounds[n].kind is Kind.TOPICS), None)

    @property
    def next_seconds(self) -> int:
        """How long the next round is to be, as a host overrode or planned; 0: there is none."""
        planned = self.next_planned
        own = self.asked.seconds if self.asked is not None else None
        if planned is not None and planned.seconds == UNTIL_ENDED:
            return own or (UNTIL_ENDED if self.next_kind is Kind.OPEN else DEFAULT_SECONDS)
        return own or (planned.seconds if planned is not None else 0)

    @property
    def next_size(self) -> int:
        """The next round's target size, as a host overrode or planned; 0: there is none."""
        planned = self.next_planned
        own = self.asked.size if self.asked is not None else None
        return own or (planned.size if planned is not None else 0)

    @property
    def gives_way(self) -> Allow:
        """What gives way first in the next round, as a host chose or the programme says."""
        return self.allowed if self.allowed is not None else self.plan.allow

    @property
    def is_running(self) -> bool:
        """Whether a round's seating stands (preview or round)."""
        return self.phase in (Phase.PREVIEW, Phase.ROUND)

    def room_of(self, id: str) -> Room | None:
        """Returns the room somebody is seated in now."""
        person = self.people.get(id)
        return self.rooms.get(person.seat) if person and person.seat else None

    def those_in(self, room: Room) -> tuple[str, ...]:
        """Returns who sits in a room, the hosts who are visiting it, and its table's station."""
        station = self.station_of(room)
        visiting = (id for id, at in self.visits.items() if at == room.id)
        return (*room.people, *visiting, *([station] if station is not None else ()))

    def station_of(self, room: Room) -> str | None:
        """Returns the station at the table of a mixed room, a connected one first."""
        if room.mode is not RoomMode.MIXED:
            return None
        those = [self.people[id] for id in self.stations]
        at = [one for one in those if one.table == room.table and one.belongs]
        return max(at, key=lambda one: bool(one.connections)).id if at else None

    def running_rooms(self) -> list[Room]:
        """Returns the rooms that are not over."""
        return [self.rooms[id] for id in self.holding]

    def hosts_present(self) -> int:
        """Returns how many hosts are connected."""
        return sum(1 for p in self.people.values() if p.role in HOST_ROLES and p.connections)

    def alone_in(self, room_id: str) -> str | None:
        """Returns who is the only one present in a room; None: nobody is."""
        return next((id for id, alone in self.alone.items() if alone.room == room_id), None)

    def share_running_room(self, a: str, b: str) -> bool:
        """Says whether two people were seated in one room that is not over."""
        return any(id in self.holding for id in self.acquainted.get(pair(a, b), ()))

    def place_of(self, id: str) -> str | None:
        """Returns the room that somebody sits in, is visiting, or is the station of, now."""
        person = self.people.get(id)
        if id in self.stations:
            return next((at for at in self.holding if self.station_of(self.rooms[at]) == id), None)
        return (person.seat if person else None) or self.visits.get(id)

    def are_roommates(self, a: str, b: str) -> bool:
        """Says whether two people are in the same room now, hosts who visit it included."""
        here = self.place_of(a)
        return here is not None and here == self.place_of(b) and a != b

    def is_blocked(self, a: str, b: str) -> bool:
        """Says whether either of two people blocked the other."""
        return (a, b) in self.blocks or (b, a) in self.blocks

    def next_preview_at(self) -> int | None:
        """Returns when the next preview begins; None: when the host calls it, or never."""
        following = self.next_planned
        if following is None or not following.auto:
            return None
        if self.phase is Phase.BREAK:
            return self.break_ends_at
        if self.is_running and self.ends_at is not None and self.planned is not None:
            return self.ends_at + self.planned.break_seconds * 1000
        return self.plan.starts_at if self.round == 0 else None

    def clock(self, now: int) -> int:
        """Returns the instant as of which deadlines are meant: while paused, the pause's."""
        return self.paused_at if self.paused_at is not None else now

    # Changing, for `apply.py`

    def put(self, person: Person, at: int) -> None:
        """Writes somebody, and what follows from it: presence, stays, who is alone."""
        before = self.people.get(person.id)
        self.people[person.id] = person
        if person.role is Role.STATION and not person.erased:
            self.stations[person.id] = None
        else:
            self.stations.pop(person.id, None)
        takes_part = person.takes_seat and person.present
        if takes_part:
            self.came.setdefault(person.id, at)
        if takes_part:
            self.present[person.id] = None
        else:
            self.present.pop(person.id, None)
        if takes_part and person.seat is None and not person.sitting_out and not person.held:
            self.waiting[person.id] = None
        else:
            self.waiting.pop(person.id, None)
        if person.seat and person.dropped_at is not None and person.mode is Mode.ONLINE:
            self.dropped[person.id] = None
        else:
            self.dropped.pop(person.id, None)
        if before and before.seat and before.seat != person.seat:
            self._take_out(person.id, before.seat, at)
        if person.seat:
            self._settle_stay(person, at)
            self.look_for_alone(person.seat, at)

    def _take_out(self, id: str, room_id: str, at: int) -> None:
        room = self.rooms[room_id]
        stays = tuple(
            replace(s, to_at=max(s.from_at, at)) if s.id == id and s.to_at is None else s
            for s in room.stays
        )
        people = tuple(p for p in room.people if p != id)
        wishes = tuple(w for w in room.wishes if w != id)
        self.rooms[room_id] = replace(
            room, stays=stays, people=people, wishes=wishes, touched=self.count
        )
        self.alone.pop(id, None)
        self.unseen.pop(id, None)
        self.look_for_alone(room_id, at)

    def _settle_stay(self, person: Person, at: int) -> None:
        """Opens or closes somebody's stay so that it is open just while they are present."""
        room = self.rooms[person.seat or ""]
        link = person.connections[-1] if person.connections else None
        connection = link.connection if link and person.mode is Mode.ONLINE else ""
        stays = list(room.stays)
        still = next(
            (i for i, s in enumerate(stays) if s.id == person.id and s.to_at is None), None
        )
        belongs = person.present and room.ended_at is None
        if still is not None and belongs and stays[still].connection == connection:
            return
        if still is not None:
            stays[still] = replace(stays[still], to_at=max(stays[still].from_at, at))
        if belongs:
            ended = (s.to_at for s in stays if s.id == person.id and s.to_at is not None)
            stays.append(
                Stay(
                    id=person.id,
                    from_at=max([at, *ended]),
                    connection=connection,
                    node=link.node if link and connection else "",
                    confirmed=person.mode is Mode.ONLINE or person.arrived,
                )
            )
        if stays != list(room.stays):
            self.rooms[room.id] = replace(room, stays=tuple(stays))

    def look_for_alone(self, room_id: str, at: int) -> None:
        """Notes who is the only one present in a room, and who no longer is."""
        room = self.rooms[room_id]
        here = [id for id in room.people if self.people[id].present]
        lonely = here[0] if len(here) == 1 and room.ended_at is None else None
        if room.id in self.current and not (self.phase is Phase.ROUND and self.seats_people):
            lonely = None
        for id in room.people:
            if id != lonely:
                self.alone.pop(id, None)
        if lonely is not None and lonely not in self.alone:
            self.alone[lonely] = Alone(room.id, max(at, room.starts_at))

    def seat(self, id: str, room_id: str, at: int) -> None:
        """Puts somebody into a room, out of the one they were in."""
        room = self.rooms[room_id]
        if room_id not in self.been.get(id, ()):
            self.been[id] = (*self.been.get(id, ()), room_id)
        if id not in room.people:
            self.rooms[room_id] = replace(room, people=(*room.people, id), touched=self.count)
        for other in room.people:
            if other != id:
                key = pair(id, other)
                known = self.acquainted.get(key, ())
                if room_id not in known:
                    self.acquainted[key] = (*known, room_id)
        person = replace(_no_longer_left_over(self.people[id]), seat=room_id, sitting_out=False)
        self.joins.pop(id, None)
        self.put(person, at)

    def open_room(self, seats: f.Seats, round: int, starts_at: int, ends_at: int, at: int) -> None:
        """Adds a room with its people."""
        self.rooms[seats.id] = Room(
            id=seats.id,
            round=round,
            people=seats.people,
            starts_at=starts_at,
            ends_at=ends_at,
            mode=seats.mode,
            table=seats.table,
            topic=seats.topic,
            met_ms=met_after_ms(self.round_seconds),
        )
        self.current[seats.id] = None
        self.holding[seats.id] = None
        for a, b in combinations(seats.people, 2):
            key = pair(a, b)
            self.acquainted[key] = (*self.acquainted.get(key, ()), seats.id)
        for id in seats.people:
            self.been[id] = (*self.been.get(id, ()), seats.id)
            self.joins.pop(id, None)
            person = _no_longer_left_over(self.people[id])
            self.put(replace(person, seat=seats.id, arrived=False), at)

    def record(self, room: Room, key: Pair) -> None:
        """Adds a room of two that was observed elsewhere, and is over."""
        self.rooms[room.id] = room
        self.acquainted[key] = (*self.acquainted.get(key, ()), room.id)
        for id in key:
            self.been[id] = (*self.been.get(id, ()), room.id)
            self.came[id] = min(self.came.get(id, room.ends_at), min(s.from_at for s in room.stays))
        self._note_whether_met(key)

    def end_room(self, room_id: str, as_of: int, because: str) -> None:
        """Ends a room as of an instant: stays close, its people have no seat and who met is noted.

        Those whose room was ended before the round are not seated again before the next one.
        """
        room = self.rooms[room_id]
        stays = tuple(
            replace(s, to_at=max(s.from_at, as_of)) if s.to_at is None or s.to_at > as_of else s
            for s in room.stays
        )
        # While paused people talk on past the deadline as it stands; minutes run to the end.
        ends_at = room.ends_at if self.paused_at is None else as_of
        self.rooms[room_id] = replace(room, ended_at=as_of, ends_at=ends_at, stays=stays)
        self.holding.pop(room_id, None)
        for id in room.people:
            person = self.people.get(id)
            if person is None or person.seat != room_id:
                continue
            self.alone.pop(id, None)
            self.unseen.pop(id, None)
            held = person.held or because == "room-ended"
            self.people[id] = replace(person, seat=None, arrived=False, because=because, held=held)
        # The room keeps the list of those who were in it to the end; seats point to it no more.
        for id in room.people:
            self.put(self.people[id], as_of)
        for key in together(self.rooms[room_id], as_of):
            self._note_whether_met(key)

    def _note_whether_met(self, key: Pair) -> None:
        """Keeps the last round in which two people met, by rooms that are over (rule 4)."""
        self.met.pop(key, None)
        if any(id in self.people and self.people[id].sits_with for id in key):
            return
        for room in (self.rooms[id] for id in self.acquainted.get(key, ())):
            if room.ended_at is not None and met_in(room, key):
                self.met[key] = room.round

    def cut_stays(
        self, as_of: int, rooms: Iterable[str], *, connection: str = "", node: str = ""
    ) -> None:
        """Closes the stays of a connection or a process as of an instant, also behind later facts.

        Who has met by then is found anew in rooms that are over.
        """
        for room_id in rooms:
            room = self.rooms[room_id]
            stays = tuple(
                replace(s, to_at=max(s.from_at, as_of))
                if (s.to_at is None or s.to_at > as_of)
                and s.connection
                and (s.connection == connection or (node and s.node == node))
                else s
                for s in room.stays
            )
            if stays == room.stays:
                continue
            self.rooms[room_id] = replace(room, stays=stays)
            if room.ended_at is not None:
                for key in together(room, room.ended_at):
                    self._note_whether_met(key)

    def rooms_since(self, at: int) -> list[str]:
        """Returns the ids of rooms that were not over at an instant (ms)."""
        return [
            room.id for room in self.rooms.values() if room.ended_at is None or room.ended_at > at
        ]


def _no_longer_left_over(person: Person) -> Person:
    """Rule 5: who finds a seat after all has not sat out."""
    sat_out = person.sat_out - (person.because in WITHOUT_SEAT)
    return replace(person, because="", held=False, sat_out=sat_out)
