"""Telling: which messages a fact gives to whom.

Called right after the fact was folded in. Never yields differences of views; what a message shows
is `view.py`'s, and nothing that the rules do not give its audience (rule 18).
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from rooms import facts as f
from rooms import messages as m
from rooms.contacts import contacts_of, fields_by_card, fields_by_yes
from rooms.event import Event
from rooms.messages import EVERYONE, HOSTS, LOBBY, Told
from rooms.people import Mode, Register
from rooms.standing import Room, pair
from rooms.view import (
    announcement,
    call,
    card_of,
    hears_why,
    media_of,
    phase,
    programme,
    room_message,
    room_people,
    sitting_out,
    why_without_seat,
    you,
)


def tell(event: Event, register: Register, fact: f.AnyFact) -> list[Told]:
    """Returns the messages that a fact, just folded in, gives to each audience, in order."""
    return [
        (audience, replace(message, at=fact.at) if isinstance(message, m.RoomPeople) else message)
        for audience, message in _told(event, register, fact)
    ]


def _told(event: Event, register: Register, fact: f.AnyFact) -> list[Told]:
    match fact:
        case f.EventCreated() | f.AttendeeAdded() | f.Erased() | f.Removed():
            return []
        case f.EventChanged():
            return [(EVERYONE, replace(phase(event, register), programme=programme(event)))]
        case f.DoorsOpened() | f.EventEnded() | f.BreakEnded():
            return [(EVERYONE, phase(event, register))]
        case f.RoundProposed():
            return [(EVERYONE, replace(phase(event, register), programme=programme(event)))]
        case f.ClosingBegan():
            seconds = (fact.closes_at - fact.at) // 1000
            return [
                (EVERYONE, phase(event, register)),
                (EVERYONE, _notice(fact.at, "closing", seconds=seconds)),
            ]
        case f.PreviewShortened() | f.Paused() | f.RoundEnded():
            return [(EVERYONE, phase(event, register))]
        case f.Resumed():
            own = [r for r in event.running_rooms() if r.ends_at != event.ends_at]
            return [
                (EVERYONE, phase(event, register)),
                *(_room_told(event, register, r) for r in own),
            ]
        case f.RoundStarted():
            lonely = [event.rooms[alone.room] for alone in event.alone.values()]
            return [
                (EVERYONE, phase(event, register)),
                *(_people_told(event, room) for room in lonely),
            ]
        case f.ProfileChanged():
            return _profile_told(event, register, fact)
        case (
            f.ConsentGiven()
            | f.Readmitted()
            | f.CheckedIn()
            | f.CheckedOut()
            | f.SatOut()
            | f.Rejoined()
            | f.SaidReady()
            | f.Blocked()
            | f.Unblocked()
        ):
            return _standing_told(event, register, fact)
        case f.Connected() | f.Disconnected() | f.NodeLost():
            return _connection_told(event, fact)
        case f.Looked() | f.Spoken():
            return _in_room(event, fact.id, back=(fact.id,)) if fact.back else []
        case f.NotHereYet():
            return _in_room(event, fact.id, dropped=(fact.id,), not_here_yet=(fact.id,))
        case f.ArrivedAtTable():
            return _in_room(event, fact.id, arrived=(fact.id,))
        case f.MediaChanged():
            media = {fact.id: media_of(event.people[fact.id])}
            return _in_room(event, fact.id, media=media, back=(fact.id,) if fact.back else ())
        case f.SeatingFixed():
            return _seating_told(event, register, fact)
        case f.SeatingOffered() | f.RoundCalled() | f.Pinned() | f.LinkEnded():
            return []
        case f.Undone() if fact.closing:
            return [(EVERYONE, phase(event, register))]
        case f.ProposalChanged() | f.Rearranged() | f.Undone() | f.Relaxed():
            return []
        case f.CallWithdrawn():
            return [(HOSTS, _notice(fact.at, fact.because))]
        case f.DeadlineMoved() | f.Warned() | f.RoomEnded():
            return _clock_told(event, register, fact)
        case (
            f.Seated()
            | f.Unseated()
            | f.RoomOpened()
            | f.JoinPlanned()
            | f.JoinCancelled()
            | f.ChoseToWait()
            | f.ChoseToMeetOthers()
        ):
            return _seat_told(event, register, fact)
        case (
            f.MoreTimeWished() | f.Rated() | f.QuestionsAnswered() | f.NoteWritten() | f.Reported()
        ):
            return []
        case (
            f.Invited()
            | f.ComingChanged()
            | f.MailChosen()
            | f.OutcomeTold()
            | f.MailWritten()
            | f.ThanksSent()
            | f.AddressMarked()
            | f.PlaceGiven()
            | f.PutOnWaitingList()
            | f.SignUpRefused()
            | f.LinkAsked()
        ):
            return []
        case f.YesGiven() | f.YesWithdrawn() | f.ContactMade() | f.CardGiven() | f.CardReached():
            return _contact_told(event, register, fact)
        case f.Announced():
            rooms = dict.fromkeys(fact.rooms or ())
            ids = tuple(id for room in rooms for id in event.rooms[room].people)
            audience = EVERYONE if fact.rooms is None else m.People(ids)
            return [(audience, announcement(register, fact))]
        case f.HostCalled() | f.CallWasSeen() | f.CallAnswered():
            return [(m.People((event.calls[fact.id].by,)), call(event, register, fact.id))]
        case (
            f.TopicsNamed()
            | f.MeetingsRecorded()
            | f.Exported()
            | f.DeskNoted()
            | f.MetInSeries()
            | f.MinutesForgotten()
            | f.WebhookChanged()
        ):
            return []
        case f.TopicProposed() | f.TopicAccepted() | f.TopicDropped() | f.TopicChosen():
            return _topic_told(event, register, fact)
        case f.Visited() | f.VisitEnded():
            return _visit_told(event, register, fact)
        case _:
            assert_never(fact)


def _profile_told(event: Event, register: Register, fact: f.ProfileChanged) -> list[Told]:
    told = _standing_told(event, register, fact)
    room = event.room_of(fact.id)
    if room is not None:
        told.append(_room_told(event, register, room))
    for other in contacts_of(event, fact.id):
        fields = fields_by_yes(event, register, other, fact.id)
        told.append((m.People((other,)), m.Contact(card=card_of(register, fact.id), fields=fields)))
    for (by, to), given in event.cards.items():
        if by == fact.id and given.reached:
            fields = fields_by_card(event, register, to, by)
            told.append((m.People((to,)), m.CardGiven(card=card_of(register, by), fields=fields)))
    return told


def _standing_told(
    event: Event,
    register: Register,
    fact: f.ProfileChanged
    | f.ConsentGiven
    | f.Readmitted
    | f.CheckedIn
    | f.CheckedOut
    | f.SatOut
    | f.Rejoined
    | f.SaidReady
    | f.Blocked
    | f.Unblocked,
) -> list[Told]:
    if isinstance(fact, f.Blocked | f.Unblocked):
        return [(m.People((fact.by,)), m.YouChanged(you=you(event, register, fact.by, fact.at)))]
    mine = m.People((fact.id,))
    told: list[Told] = [(mine, m.YouChanged(you=you(event, register, fact.id, fact.at)))]
    if isinstance(fact, f.SatOut):
        told.append((mine, sitting_out(event, "by-choice")))
    if not isinstance(fact, f.ProfileChanged | f.ConsentGiven):
        told.append((EVERYONE, m.Lobby(present=len(event.present))))
    return told


def _connection_told(event: Event, fact: f.Connected | f.Disconnected | f.NodeLost) -> list[Told]:
    told: list[Told] = []
    match fact:
        case f.Connected():
            if fact.back:
                told += _in_room(event, fact.id, back=(fact.id,))
        case f.Disconnected():
            person = event.people[fact.id]
            if not person.connections and person.mode is Mode.ONLINE:
                told += _in_room(event, fact.id, dropped=(fact.id,))
        case f.NodeLost():
            for room in event.running_rooms():
                gone = tuple(
                    id
                    for id in room.people
                    if event.people[id].dropped_at == fact.as_of
                    and event.people[id].mode is Mode.ONLINE
                )
                if gone:
                    told.append(_people_told(event, room, dropped=gone))
    return [*told, (EVERYONE, m.Lobby(present=len(event.present)))]


def _seating_told(event: Event, register: Register, fact: f.SeatingFixed) -> list[Told]:
    told: list[Told] = [(EVERYONE, phase(event, register))]
    told += [_room_told(event, register, room) for room in event.running_rooms()]
    why: dict[str, list[str]] = {}
    for person in event.people.values():
        # Who dropped hears it on coming back.
        is_near = person.connections or person.dropped_at is not None
        if person.seat is None and is_near and hears_why(person):
            why.setdefault(why_without_seat(event, person), []).append(person.id)
    told += [(m.People(tuple(ids)), sitting_out(event, code)) for code, ids in why.items()]
    for id, topic in event.chose.items():
        room = event.room_of(id)
        if room is not None and room.topic != topic:
            joined = _notice(fact.at, "other-topic", text=register.text(topic))
            told.append((m.People((id,)), joined))
    return told


def _clock_told(
    event: Event, register: Register, fact: f.DeadlineMoved | f.Warned | f.RoomEnded
) -> list[Told]:
    match fact:
        case f.DeadlineMoved() if fact.room is None:
            return [(EVERYONE, phase(event, register))]
        case f.DeadlineMoved():
            room = event.rooms[fact.room or ""]
            told = [_room_told(event, register, room)]
            if not fact.by:
                notice = _notice(fact.at, "more-time", seconds=fact.seconds)
                told.append((m.People(room.people), notice))
            return told
        case f.Warned():
            code = "minute-left" if fact.seconds == 60 else "ten-seconds-left"
            rooms = (
                [event.rooms[fact.room]]
                if fact.room is not None
                else [r for r in event.running_rooms() if r.ends_at == event.ends_at]
            )
            people = tuple(id for room in rooms for id in room.people)
            return [(m.People(people), _notice(fact.at, code, seconds=fact.seconds))]
        case f.RoomEnded():
            room = event.rooms[fact.room]
            told = [_room_told(event, register, room)]
            if event.is_running:
                told.append((m.People(room.people), sitting_out(event, "room-ended")))
            return told
        case _:
            assert_never(fact)


def _seat_told(
    event: Event,
    register: Register,
    fact: f.Seated
    | f.Unseated
    | f.RoomOpened
    | f.JoinPlanned
    | f.JoinCancelled
    | f.ChoseToWait
    | f.ChoseToMeetOthers,
) -> list[Told]:
    match fact:
        case f.Seated():
            room = event.rooms[fact.room]
            others = tuple(id for id in event.those_in(room) if id != fact.id)
            joined = room_people(event, room, joined=(card_of(register, fact.id),))
            return [(m.People(others), joined), _room_told(event, register, room)]
        case f.Unseated():
            room = event.rooms[fact.room]
            gone = (fact.id,)
            told = [
                _people_told(event, room, left=gone)
                if fact.because in ("left", "chose", "gone")
                else _people_told(event, room, moved=gone)
            ]
            if not fact.onward and fact.because != "removed":
                because = fact.because if event.seats_people else "open-floor"
                told.append((m.People(gone), sitting_out(event, because)))
            return told
        case f.RoomOpened():
            return [_room_told(event, register, event.rooms[fact.room.id])]
        case f.JoinPlanned():
            return _join_told(event, register, fact)
        case f.JoinCancelled():
            told = _in_room(event, fact.id)
            if fact.room != LOBBY:
                told.append(_people_told(event, event.rooms[fact.room], not_joining=(fact.id,)))
            return told
        case f.ChoseToWait() | f.ChoseToMeetOthers():
            return _in_room(event, fact.id)
        case _:
            assert_never(fact)


def _join_told(event: Event, register: Register, fact: f.JoinPlanned) -> list[Told]:
    told = _in_room(event, fact.id)
    if fact.room != LOBBY:
        joining = m.Joining(card=card_of(register, fact.id), at=fact.join_at)
        told.append(_people_told(event, event.rooms[fact.room], joining=(joining,)))
    if not event.people[fact.id].seat:
        seconds = max(0, fact.join_at - fact.at) // 1000
        told.append((m.People((fact.id,)), _notice(fact.at, "joining-soon", seconds=seconds)))
    return told


def _contact_told(
    event: Event,
    register: Register,
    fact: f.YesGiven | f.YesWithdrawn | f.ContactMade | f.CardGiven | f.CardReached,
) -> list[Told]:
    def contact(viewer: str, about: str) -> Told:
        fields = fields_by_yes(event, register, viewer, about)
        return m.People((viewer,)), m.Contact(card=card_of(register, about), fields=fields)

    def card_given(viewer: str, about: str) -> Told:
        fields = fields_by_card(event, register, viewer, about)
        return m.People((viewer,)), m.CardGiven(card=card_of(register, about), fields=fields)

    match fact:
        case f.YesGiven():
            known = pair(fact.by, fact.about) in event.contacts
            return [contact(fact.about, fact.by)] if known else []
        case f.YesWithdrawn():
            both = [contact(fact.about, fact.by), contact(fact.by, fact.about)]
            return both if fact.was_contact else []
        case f.ContactMade():
            return [contact(fact.a, fact.b), contact(fact.b, fact.a)]
        case f.CardGiven():
            return [card_given(fact.to, fact.by)] if fact.had_reached else []
        case f.CardReached():
            return [card_given(fact.to, fact.by)]
        case _:
            assert_never(fact)


# Messages


def _notice(at: int, code: str, seconds: int | None = None, text: str = "") -> m.Notice:
    return m.Notice(sender="clock", text=text, at=at, code=code, seconds=seconds)


def _topic_told(
    event: Event,
    register: Register,
    fact: f.TopicProposed | f.TopicAccepted | f.TopicDropped | f.TopicChosen,
) -> list[Told]:
    """Tells whose topic or choice it is; the list itself is sent at its own pace."""
    if isinstance(fact, f.TopicProposed):
        ids = [fact.by]
    elif isinstance(fact, f.TopicChosen):
        ids = [fact.id]
    else:
        ids = [fact.about] if fact.about else []
        ids += fact.lost if isinstance(fact, f.TopicDropped) else ()
    return [
        (m.People((id,)), m.YouChanged(you=you(event, register, id, fact.at)))
        for id in dict.fromkeys(ids)
        if id in event.people
    ]


def _visit_told(event: Event, register: Register, fact: f.Visited | f.VisitEnded) -> list[Told]:
    room = event.rooms[fact.room]
    me = m.People((fact.id,))
    others = m.People(tuple(id for id in event.those_in(room) if id != fact.id))
    mine: Told = (me, m.YouChanged(you=you(event, register, fact.id, fact.at)))
    if isinstance(fact, f.VisitEnded):
        return [(others, room_people(event, room, left=(fact.id,), visiting=(fact.id,))), mine]
    came = (card_of(register, fact.id),)
    return [
        (others, room_people(event, room, joined=came, visiting=(fact.id,))),
        (me, room_message(event, register, room)),
        mine,
    ]


def _room_told(event: Event, register: Register, room: Room) -> Told:
    return m.People(event.those_in(room)), room_message(event, register, room)


def _people_told(
    event: Event,
    room: Room,
    *,
    joining: tuple[m.Joining, ...] = (),
    left: tuple[str, ...] = (),
    moved: tuple[str, ...] = (),
    dropped: tuple[str, ...] = (),
    not_joining: tuple[str, ...] = (),
) -> Told:
    message = room_people(
        event,
        room,
        joining=joining,
        left=left,
        moved=moved,
        dropped=dropped,
        not_joining=not_joining,
    )
    return m.People(event.those_in(room)), message


def _in_room(
    event: Event,
    id: str,
    *,
    dropped: tuple[str, ...] = (),
    not_here_yet: tuple[str, ...] = (),
    arrived: tuple[str, ...] = (),
    back: tuple[str, ...] = (),
    media: dict[str, m.MediaState] | None = None,
) -> list[Told]:
    room = event.rooms.get(event.place_of(id) or "")
    if room is None:
        return []
    message = room_people(
        event,
        room,
        dropped=dropped,
        not_here_yet=not_here_yet,
        arrived=arrived,
        back=back,
        media=media,
    )
    return [(m.People(event.those_in(room)), message)]
