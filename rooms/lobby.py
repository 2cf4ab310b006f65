"""Arriving and leaving: sign-up, connections, check-in, who is looking, who sits out (1, 11, 13).

Deliberately seats nobody: what follows for rooms is found by `seats.py` once the facts are in.
"""

from __future__ import annotations

from msgspec.structs import replace

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import ORGANISER, Deciding
from rooms.event import Event
from rooms.messages import LOBBY
from rooms.people import (
    CONSENT_FIELDS,
    CONTACT_FIELDS,
    HOST_ROLES,
    NEWS,
    SEATED_ROLES,
    Attendee,
    Consent,
    Mode,
    Place,
    RoomMode,
    attendee_key,
    chosen_consents,
    consent_key,
    is_remembered,
    is_visible,
    normalise,
    tidied,
    web_address,
)
from rooms.places import has_place_for, lost_place
from rooms.programme import Mixing, SignUp
from rooms.refusal import Refusal
from rooms.standing import Person, Room

DROPPED_COUNTS_AS_PRESENT_MS = 20_000
"""Rule 1: dropped for less than this counts as present."""

SILENT_MS = 2_000
"""A living connection is heard from at least this often (rule 22: minutes are right within it)."""


def pool(event: Event, now: int) -> list[str]:
    """Returns who is to be seated next, in the order they were added (rule 1)."""
    return [person.id for person in event.people.values() if in_pool(event, person, now)]


def in_pool(event: Event, person: Person, now: int) -> bool:
    """Says whether somebody is present, takes a seat, and does not sit out."""
    if not (person.takes_seat and person.belongs) or person.sitting_out:
        return False
    if event.plan.ready_check and not person.ready and person.seat is None:
        return False
    return person.present or (
        person.mode is Mode.ONLINE
        and person.dropped_at is not None
        and now - person.dropped_at < DROPPED_COUNTS_AS_PRESENT_MS
    )


def station_tables(event: Event, now: int | None = None) -> tuple[int, ...]:
    """Returns the tables at which on-site and online people can share a room now (rule 25).

    Stations that have links count while they are connected, as people do. Where none has one, the
    organiser's number is believed: stations then stand at the first tables. Without `now` (ms), one
    that has just dropped does not count.
    """
    if event.plan.mixing is Mixing.APART:
        return ()
    count = event.plan.stations
    if not event.stations:
        return tuple(range(1, (count or 0) + 1))
    here = (event.people[id] for id in event.stations)
    tables = {one.table for one in here if one.table is not None and _is_station_here(one, now)}
    return tuple(sorted(tables))[:count]


def is_station_away(event: Event, room: Room) -> bool:
    """Says whether the table of a mixed room has a station with a link, and none is connected."""
    station = event.station_of(room)
    if room.mode is not RoomMode.MIXED or not event.stations:
        return False
    return station is None or not event.people[station].connections


def _is_station_here(person: Person, now: int | None) -> bool:
    dropped_at = person.dropped_at
    recently = (
        now is not None
        and dropped_at is not None
        and now - dropped_at < DROPPED_COUNTS_AS_PRESENT_MS
    )
    return person.belongs and (bool(person.connections) or recently)


def why_not_in_pool(event: Event, person: Person) -> str:
    """Returns the code of why somebody who is here is not to be seated; empty: they are."""
    if person.waits_for_yes:
        return "waits-for-yes"
    if person.sitting_out or not person.takes_seat:
        return "by-choice"
    if person.mode is Mode.ON_SITE and not person.present:
        return "not-checked-in"
    if person.not_here_yet:
        return "not-here-yet"
    if event.plan.ready_check and not person.ready:
        return "not-ready"
    return ""


# Connections


def connect(deciding: Deciding, command: c.Connect) -> None:
    """Notes a connection; an attendee's second tab takes over from the first (rule 12)."""
    person = deciding.person(command.attendee)
    if person.removed_at is not None:
        raise Refusal("removed", "A host has removed you from this event.")
    if not person.has_place or lost_place(deciding.event, deciding.register, person.id):
        raise Refusal("no-place", "You have no place at this event yet.")
    deciding.happened(
        f.Connected(
            at=deciding.now,
            id=command.attendee,
            connection=command.connection,
            node=command.node,
            back=person.seat is not None
            and person.mode is Mode.ONLINE
            and not person.connections
            and not person.not_here_yet,
        )
    )


def disconnect(deciding: Deciding, command: c.Disconnect) -> None:
    """Notes a connection's end as of its last frame.

    One that a newer tab had taken over from matters only for the minutes in which it was silent.
    """
    person = deciding.event.people.get(command.attendee)
    if person is None:
        return
    as_of = min(command.as_of if command.as_of is not None else deciding.now, deciding.now)
    held = any(link.connection == command.connection for link in person.connections)
    if held or _was_silent(deciding.event, person.id, command.connection, as_of):
        deciding.happened(
            f.Disconnected(
                at=deciding.now, id=person.id, connection=command.connection, as_of=as_of
            )
        )


def _was_silent(event: Event, id: str, connection: str, as_of: int) -> bool:
    return any(
        stay.connection == connection and (stay.to_at or as_of) - as_of > SILENT_MS
        for room_id in event.been.get(id, ())
        for stay in event.rooms[room_id].stays
    )


def lose_node(deciding: Deciding, command: c.LoseNode) -> None:
    """Notes that a process is gone, if anybody was connected to it."""
    nodes = {k.node for p in deciding.event.people.values() for k in p.connections}
    recent = {
        stay.node
        for id in deciding.event.rooms_since(command.as_of)
        for stay in deciding.event.rooms[id].stays
        if stay.to_at is None or stay.to_at > command.as_of
    }
    if command.node in nodes | recent:
        deciding.happened(f.NodeLost(at=deciding.now, node=command.node, as_of=command.as_of))


def leave(deciding: Deciding, command: c.Leave) -> None:
    """Leaves the event on purpose: the seat is given up, and the others are told so.

    Who leaves on site is checked out; a closed phone would not do that (rule 26).
    """
    me = deciding.me
    if me.seat is not None:
        deciding.happened(f.Unseated(at=deciding.now, id=me.id, room=me.seat, because="left"))
    if me.mode is Mode.ON_SITE and me.checked_in_at is not None and me.checked_out_at is None:
        deciding.happened(f.CheckedOut(at=deciding.now, id=me.id, by=me.id))
    for link in me.connections:
        deciding.happened(
            f.Disconnected(
                at=deciding.now,
                id=me.id,
                connection=link.connection,
                as_of=deciding.now,
                on_purpose=True,
            )
        )


def here(deciding: Deciding, command: c.Here) -> None:
    """Notes whether one's page is being looked at (rule 11)."""
    me = deciding.me
    if not me.connections:
        return
    link = me.connections[-1]
    if link.visible != command.visible or (command.visible and me.not_here_yet):
        deciding.happened(
            f.Looked(
                at=deciding.now,
                id=me.id,
                connection=link.connection,
                visible=command.visible,
                back=command.visible and me.not_here_yet,
            )
        )


def where_may_speak(event: Event, by: str) -> str:
    """Returns the room that somebody writes to, or `lobby`; refuses those who may not take part."""
    person = event.people.get(by)
    if person is None or not person.belongs:
        raise Refusal("not-allowed", "You cannot write here.")
    return event.place_of(by) or LOBBY


def is_awaited(event: Event, id: str) -> bool:
    """Says whether a sign of life from somebody would be the first since a preview (rule 11)."""
    return event.people[id].not_here_yet or id in event.unseen


def spoke(deciding: Deciding) -> None:
    """Notes that somebody wrote, where that shows that they are here (rule 11)."""
    me = deciding.me
    if is_awaited(deciding.event, me.id):
        deciding.happened(f.Spoken(at=deciding.now, id=me.id, back=me.not_here_yet))


def media(deciding: Deciding, command: c.Media) -> None:
    """Notes what one sends."""
    me = deciding.me
    before = (me.microphone, me.camera, me.screen)
    if before != (command.microphone, command.camera, command.screen):
        deciding.happened(
            f.MediaChanged(
                at=deciding.now,
                id=me.id,
                microphone=command.microphone,
                camera=command.camera,
                screen=command.screen,
                back=command.microphone and me.not_here_yet,
            )
        )


# On site


def check_in(deciding: Deciding, command: c.CheckIn) -> None:
    """A host or helper checks somebody in: on site, present until check-out (rule 26)."""
    person = _for_staff(deciding, command.attendee)
    if person.checked_in_at is not None and person.checked_out_at is None:
        return
    if not person.has_place:
        raise Refusal("no-place", "This person has no place yet: the organiser's desk gives it.")
    if person.mode is not Mode.ON_SITE:
        profile = replace(deciding.profile(person.id), mode=Mode.ON_SITE)
        deciding.wrote(attendee_key(person.id), profile)
        if person.seat is not None:
            deciding.happened(
                f.Unseated(at=deciding.now, id=person.id, room=person.seat, because="moved")
            )
    deciding.happened(f.CheckedIn(at=deciding.now, id=person.id, by=deciding.by))


def check_out(deciding: Deciding, command: c.CheckOut) -> None:
    """A host or helper checks somebody out: their seat is given up."""
    person = _for_staff(deciding, command.attendee)
    if person.checked_in_at is None or person.checked_out_at is not None:
        raise Refusal("not-checked-in", "This person is not checked in.")
    if person.seat is not None:
        deciding.happened(
            f.Unseated(at=deciding.now, id=person.id, room=person.seat, because="left")
        )
    deciding.happened(f.CheckedOut(at=deciding.now, id=person.id, by=deciding.by))


def _for_staff(deciding: Deciding, id: str) -> Person:
    if not deciding.is_staff:
        raise Refusal("not-allowed", "Only a host or a helper can do this.")
    person = deciding.person(id)
    if person.removed_at is not None:
        raise Refusal("removed-person", "This person was removed; readmit them first.")
    return person


def arrived(deciding: Deciding, command: c.Arrived) -> None:
    """Says that oneself, or a table-mate, is at the table (rule 22)."""
    me = deciding.me
    about = me if command.about is None else deciding.person(command.about)
    if about.mode is not Mode.ON_SITE:
        raise Refusal("on-site-only", "Only people on site arrive at a table.")
    here = deciding.event.place_of(me.id)
    if about.seat is None or (about.id != me.id and about.seat != here and not deciding.is_staff):
        raise Refusal("not-your-table", "This person is not at your table.")
    if not about.arrived:
        deciding.happened(f.ArrivedAtTable(at=deciding.now, id=about.id, by=me.id))


# The pool


def ready(deciding: Deciding) -> None:
    """Says ready for the next round; it holds until the preview (rule 1)."""
    me = deciding.me
    if me.sitting_out:
        deciding.happened(f.Rejoined(at=deciding.now, id=me.id))
    if not deciding.me.ready:
        deciding.happened(f.SaidReady(at=deciding.now, id=me.id))


def sit_out(deciding: Deciding) -> None:
    """Leaves the pool by choice; in a room, leaves the room too."""
    me = deciding.me
    if me.seat is not None:
        deciding.happened(f.Unseated(at=deciding.now, id=me.id, room=me.seat, because="left"))
    if me.takes_seat and not deciding.me.sitting_out:
        deciding.happened(f.SatOut(at=deciding.now, id=me.id))


def rejoin(deciding: Deciding) -> None:
    """Enters the pool again; a host, helper or station takes a seat."""
    me = deciding.me
    if me.sitting_out or not me.takes_seat or me.held:
        deciding.happened(f.Rejoined(at=deciding.now, id=me.id))


# Profiles


def add_attendees(deciding: Deciding, command: c.AddAttendees) -> None:
    """Writes people: new ones are added, known ones changed."""
    if deciding.event.ended_at is not None and command.by_event_link:
        raise Refusal("event-over", "This event is over.")
    for profile in command.people:
        _check_fields(profile)
        known = deciding.event.people.get(profile.id)
        if known is not None:
            if known.erased:
                raise Refusal("unknown-person", "There is nobody with this id at this event.")
            profile = _with_own_choices(deciding.profile(known.id), profile)
        place = Place.GIVEN
        if known is None and command.by_event_link:
            place = _place_of_newcomer(deciding, profile)
            if deciding.register.with_address(profile.email) is not None:
                raise Refusal("known-address", "This address is on the list already.")
        deciding.wrote(attendee_key(profile.id), profile)
        if known is None:
            deciding.happened(
                f.AttendeeAdded(
                    at=deciding.now,
                    id=profile.id,
                    role=profile.role,
                    mode=profile.mode,
                    table=profile.table,
                    sits_with=profile.sits_with,
                    by_event_link=command.by_event_link,
                    waits_for_yes=command.by_event_link and deciding.event.newcomers_wait,
                    place=place,
                )
            )
        else:
            _profile_changed(deciding, known, profile)


def _place_of_newcomer(deciding: Deciding, profile: Attendee) -> Place:
    """Returns the place of somebody who signs up; refuses where nobody may by this link."""
    match deciding.event.plan.sign_up:
        case SignUp.INVITATION:
            raise Refusal("by-invitation", "This event is by invitation.")
        case SignUp.CLOSED:
            raise Refusal("sign-up-closed", "The sign-up is closed.")
        case SignUp.APPROVAL:
            return Place.ASKED
        case SignUp.OPEN:
            free = has_place_for(deciding.event, deciding.register, profile.segment)
            return Place.GIVEN if free else Place.WAITING


OWN_CHOICES = (
    "locale",
    "contact_fields",
    "organiser_may_export",
    "consent_version",
    "show_in_lobby",
    "remembered_in",
)
"""What nobody but the person themselves chooses."""


def _with_own_choices(before: Attendee, profile: Attendee) -> Attendee:
    """Returns a profile as the organiser writes it, with its owner's choices as they are now.

    A long list is compared with the people once, before its first row is written: a consent taken
    back meanwhile would else be given again.
    """
    return replace(profile, **{name: getattr(before, name) for name in OWN_CHOICES})


def change_profile(deciding: Deciding, command: c.Profile) -> None:
    """Changes one's own fields; a changed consent to the organiser is kept as a consent."""
    me = deciding.me
    before = deciding.profile(me.id)
    changes = _typed(command)
    if me.mode is Mode.ON_SITE and me.checked_in_at is not None and me.checked_out_at is None:
        changes.pop("mode", None)  # checked in on site: the staff check out
    elif "mode" in changes and me.seat is not None and changes["mode"] is not me.mode:
        raise Refusal("out-of-turn", "You can change this between rounds.")
    after = replace(before, **changes)
    # Ticked once more it is agreed to once more: it may have been taken back at another event.
    agrees_again = bool(command.remembered_in)
    if after == before and not agrees_again:
        return
    _check_fields(after)
    if agrees_again and normalise(after.remembered_in) != normalise(
        deciding.register.details.series
    ):
        raise Refusal("bad-field", "This event is of another series.", field="remembered_in")
    after = replace(after, organiser_may_export=chosen_consents(after.organiser_may_export))
    deciding.wrote(attendee_key(me.id), after)
    _profile_changed(deciding, me, after)
    lets_have = set(after.organiser_may_export) != set(before.organiser_may_export)
    if lets_have or agrees_again or after.remembered_in != before.remembered_in:
        _keep_choice(deciding, command, after)


def _keep_choice(deciding: Deciding, command: c.Profile, chosen: Attendee) -> None:
    """Keeps what somebody agreed to, with the words that were shown to them."""
    shown = command if isinstance(command, c.ChooseShown) else None
    keep_consent(
        deciding,
        Consent(
            attendee=deciding.by,
            wording=shown.wording if shown is not None else "organiser_may_export",
            version=shown.version if shown is not None else "",
            at=deciding.now,
            recipient=shown.recipient if shown is not None else ORGANISER,
            fields=chosen.organiser_may_export,
            series=chosen.remembered_in,
        ),
        agreed=deciding.profile(deciding.by).consent_version,
    )


def _typed(command: c.Profile) -> dict[str, object]:
    """Returns the fields that a command changes, tidied as an import tidies them."""
    changes: dict[str, object] = {}
    for name in c.Profile.__struct_fields__:
        match getattr(command, name):
            case None:
                pass
            case bool() | Mode() as choice:
                changes[name] = choice
            case str() as text:
                changes[name] = tidied(text)
            case tuple() as words:
                changes[name] = tuple(dict.fromkeys(t for t in map(tidied, words) if t))
    if command.name is not None and not is_visible(command.name):
        raise Refusal("bad-field", "A name is needed.", field="name")
    if link := str(changes.get("link", "")):
        address = web_address(link)
        if address is None:
            raise Refusal(
                "bad-field",
                "“{value}” is not a web address that begins with https://.",
                field="link",
                value=link[:80],
            )
        changes["link"] = address
    return changes


def give_consent(deciding: Deciding, consent: Consent) -> None:
    """Agrees to the sign-up in a version of its words (rule 20)."""
    keep_consent(deciding, consent, agreed=consent.version)


def keep_consent(deciding: Deciding, consent: Consent, *, agreed: str) -> None:
    """Keeps a consent with its wording, version, instant and recipient.

    `agreed`: the version of the sign-up's words that the person has agreed to with it.
    """
    person = deciding.person(consent.attendee)
    _, count = deciding.event.consents.get(person.id, ("", 0))
    deciding.wrote(consent_key(person.id, count), consent)
    profile = deciding.profile(person.id)
    changed = replace(
        profile,
        organiser_may_export=consent.fields,
        remembered_in=consent.series,
        consent_version=agreed,
    )
    if changed != profile:
        deciding.wrote(attendee_key(person.id), changed)
    deciding.happened(
        f.ConsentGiven(
            at=deciding.now,
            id=person.id,
            version=agreed,
            fields=consent.fields,
            remembered=is_remembered(changed, deciding.register.details),
        )
    )


def _profile_changed(deciding: Deciding, known: Person, profile: Attendee) -> None:
    role = profile.role if profile.role is not known.role else None
    mode = profile.mode if profile.mode is not known.mode else None
    if known.seat is not None and mode is not None:
        deciding.happened(
            f.Unseated(at=deciding.now, id=known.id, room=known.seat, because="moved")
        )
    deciding.happened(
        f.ProfileChanged(
            at=deciding.now,
            id=known.id,
            role=role,
            mode=mode,
            table=profile.table,
            sits_with=profile.sits_with,
        )
    )


def _check_fields(profile: Attendee) -> None:
    for field in profile.organiser_may_export:
        if field not in (*CONSENT_FIELDS, NEWS):
            raise Refusal("bad-field", "There is no field {field} to agree to.", field=field)
    for field in profile.contact_fields:
        if field not in CONTACT_FIELDS:
            raise Refusal("bad-field", "There is no contact field {field}.", field=field)
    if profile.role not in SEATED_ROLES | HOST_ROLES and profile.sits_with:
        raise Refusal("bad-field", "Only attendees sit with somebody.", field="sits_with")
