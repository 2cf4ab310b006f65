"""The welcome: all that one viewer may see, or the head of what they missed.

Responsible for which messages a welcome is made of, and their order. Deliberately keeps nothing and
sends nothing: it gives frames.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from rooms.messages import LOBBY, MediaPolicy, Message, Notice, Said, Welcome
from rooms.people import Role
from rooms.tell import tell
from rooms.view import View, view
from server.evenings import Evening, Tip
from server.journal import ChatEntry
from server.outbox import Connection
from server.recent import hears
from server.transport import text_frame
from server.wire import encode, with_tip

SAID_KEPT = 50
"""Of each place, for a full view."""

NOTICE_MS = 5 * 60 * 1000
"""Hosts' words of so long ago are still told to who comes in (the contract's five minutes)."""

Frame = bytes


def resumed(
    evening: Evening, connection: Connection, media: MediaPolicy, now: int, after: Tip
) -> Frame:
    """Returns the welcome of somebody who comes back; what they missed since `after` follows."""
    seen = _view(evening, connection, now)
    return text_frame(
        encode(
            Welcome(
                session=connection.session,
                # Their own, not ours: if the socket drops amidst the rest, that stays missed.
                tip=str(after),
                now=now,
                resumed=True,
                you=seen.you,
                media=media,
            )
        )
    )


def whole(
    evening: Evening, connection: Connection, media: MediaPolicy, now: int
) -> Iterator[Frame]:
    """Yields the welcome with a full view at `now` (ms), and what belongs to it."""
    seen = _view(evening, connection, now)
    tip = str(evening.tip)
    yield text_frame(
        encode(
            Welcome(
                session=connection.session,
                tip=tip,
                now=now,
                resumed=False,
                you=seen.you,
                event=seen.event,
                room=seen.room,
                contacts=seen.contacts,
                media=media,
            )
        )
    )
    for message in (*seen.then, *_history(evening, connection, now)):
        yield text_frame(with_tip(encode(message), tip))


def said_as_told(evening: Evening, entry_id: str, entry: ChatEntry) -> Said:
    """Returns an entry of the chat as its hearers get it."""
    return Said(
        id=entry_id,
        sender=entry.sender,
        room=entry.room,
        text=entry.text,
        at=entry.at,
        name=evening.register.attendee(entry.sender).name,
    )


def _view(evening: Evening, connection: Connection, now: int) -> View:
    seen = view(evening.event, evening.register, connection.viewer, now)
    if connection.viewer in evening.event.people:
        return seen
    # The organiser, who is at every event and in no event's list of people.
    return replace(seen, you=replace(seen.you, role=Role.ORGANISER))


def _history(evening: Evening, connection: Connection, now: int) -> list[Message]:
    """Returns the last of what was said where a viewer is, and what hosts announced of late."""
    person = evening.event.people.get(connection.viewer)
    here = (evening.event.place_of(person.id) if person else None) or LOBBY
    told: list[tuple[int, Message]] = []
    for id, entry in reversed(evening.chat):
        if entry.room == here:
            told.append((entry.at, said_as_told(evening, id, entry)))
            if len(told) == SAID_KEPT:
                break
    told.reverse()
    for announced in evening.event.announcements:
        if announced.at >= now - NOTICE_MS:
            for audience, message in tell(evening.event, evening.register, announced):
                is_theirs = hears(audience, connection.viewer, connection.is_host)
                if isinstance(message, Notice) and is_theirs:
                    told.append((message.at, message))
    told.sort(key=lambda each: each[0])
    return [message for _, message in told]
