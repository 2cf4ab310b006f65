"""The event as it stands: a fold over the journal's facts.

Responsible for the state that the rules look at, and for reading it. Which fact changes what is
`apply.py`'s; what a change of one person or one room brings with it, `stays.py`'s.

Invariants:
- Values in the fold are frozen; a working copy shares them, so copying is cheap.
- Somebody's seat is the id of a room that lists them among its `people`, and of no other.
- A stay is open only while its person is in the room and present; minutes come from stays alone.
- `starts_at` and `ends_at` are the round's, from the preview on; pausing moves what is ahead.
"""

from __future__ import annotations

from rooms import facts as f
from rooms.messages import LogLine, Phase
from rooms.people import HOST_ROLES, SEATED_ROLES, Role, RoomMode
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
    Alone,
    Calling,
    Given,
    Pair,
    Person,
    Room,
    Topic,
    Undoable,
    pair,
)

EVENING = (
    "acquainted", "allowed", "alone", "announcements", "asked", "been", "break_ends_at", "called",
    "calls", "came", "choices", "chose", "closes_at", "closing", "count", "current", "drawn",
    "dropped", "ends_at", "handled", "holding", "joins", "kind", "lets_sit_out", "log", "met",
    "met_before", "paused_at", "pinned", "present", "preview_at", "prompts", "proposal", "proposed",
    "proposers", "ratings", "replanned", "reports", "rooms", "rooms_changed", "round",
    "round_seconds", "round_size", "rounds_ended", "starts_at", "stations", "together", "topics",
    "undoable", "unseen", "until_ended", "visits", "waiting", "warned",
)  # fmt: skip
"""What of an event is the evening itself, and is forgotten with its minutes."""


class Event:
    """One event's state. Change it with `apply.apply` only; read it freely."""

    __slots__ = (
        "acquainted", "allowed", "alone", "announcements", "answers", "asked", "been", "blocks",
        "break_ends_at", "called", "calls", "came", "cards", "choices", "chose", "closes_at",
        "closing", "consents", "contacts", "contacts_ended", "count", "current", "declined",
        "drawn", "dropped", "ended_at", "ends_at", "exports", "handled", "holding", "id", "invited",
        "joins", "kind", "lets_sit_out", "links_asked", "log", "met", "met_before",
        "minutes_forgotten_at", "newcomers_wait", "no_mail", "noted", "outcomes", "paused_at",
        "people", "phase", "pinned", "plan", "present", "preview_at", "prompts", "proposal",
        "proposed", "proposers", "ratings", "replanned", "reports", "rooms", "rooms_changed",
        "round", "round_seconds", "round_size", "rounds_ended", "signed_up", "starts_at",
        "stations", "thanked_at", "together", "topics", "totals", "undoable", "unseen",
        "until_ended", "visits", "waiting", "warned", "webhook_at", "webhooks", "yeses",
    )  # fmt: skip

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

    def rooms_since(self, at: int) -> list[str]:
        """Returns the ids of rooms that were not over at an instant (ms)."""
        return [
            room.id for room in self.rooms.values() if room.ended_at is None or room.ended_at > at
        ]
