"""What a page needs for sound and picture: by which way, through which relay, with which ticket.

Responsible for the choice of way (from each to each up to eight people, through a media server
beyond, or always when the operator says so), for the relay's credentials and for tickets to one
room of the media server.

Deliberately knows no evening: who sits where is an argument; carries no sound itself.

Invariants: credentials and tickets are made for one person and told to nobody else; a ticket opens
one room and lets its owner do no more than be there, speak and listen; the secrets stay here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import jwt
from msgspec import Struct

from rooms.messages import MediaPolicy, MediaTicket
from server.settings import Settings

MOST_IN_MESH = 8
"""People in a room beyond which a media server carries it, where there is one: each page sends to
each other one, and seven pictures are what a home line and a phone bear."""

RELAY_SECONDS = 12 * 3600
"""How long the relay's credentials are good for: an evening, and who comes early to try."""

RENEW_BEFORE_MS = 6 * 3600 * 1000
"""Credentials with less time left are renewed with the next room."""

TICKET_SECONDS = 10 * 60
"""How long a ticket opens its room beyond the room's end: a media server that was restarted lets
everybody in again, also late in a round, or in time that was added to it."""

ADMIN_SECONDS = 60
"""How long a token is good that removes somebody from a room."""

CLOCKS_DIFFER_SECONDS = 30
"""As far as the clocks of two machines may lie apart."""


class Seat(Struct, frozen=True):
    """A viewer's room: `most` is how many may sit in it, so that its way holds while it fills.

    `ends_at` is its deadline (ms).
    """

    event: str
    room: str
    most: int
    ends_at: int = 0


class Ways:
    """The ways that an operator's settings give."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def policy(self, viewer: str, seat: Seat | None, now: int) -> MediaPolicy:
        """Returns what a viewer's page needs. `seat` None: no room, or they send no sound there."""
        settings = self._settings
        if settings.media == "none":
            return MediaPolicy()
        served = seat is not None and self.is_served(seat.most)
        return MediaPolicy(
            policy=settings.media,
            relay=has_relay(settings),
            ice_servers=ice_servers(settings, viewer, now),
            ticket=self._ticket(viewer, seat, now) if seat and served else None,
        )

    def is_due(self, seat: Seat, told_at: int, now: int) -> bool:
        """Says whether who was last told at an instant (ms) must be told anew in a new room."""
        if self._settings.media == "none":
            return False
        left = told_at + RELAY_SECONDS * 1000 - now
        return self.is_served(seat.most) or (has_relay(self._settings) and left < RENEW_BEFORE_MS)

    def is_served(self, most: int) -> bool:
        """Says whether a media server carries rooms in which so many may sit."""
        if self._settings.livekit_url is None or self._settings.media == "none":
            return False
        return self._settings.media == "livekit" or most > MOST_IN_MESH

    @property
    def room_service(self) -> str | None:
        """Where the media server takes calls about its rooms (`http://host`), if there is one."""
        url = self._settings.livekit_url
        return "http" + url.removeprefix("ws") if url else None

    def removal(self, room: str, left_at: int, now: int) -> tuple[str, int]:
        """Returns what removes somebody from a room that they left at an instant (ms).

        That is a token of the room's own administrator, and the instant (s) before which a ticket's
        `nbf` must lie to open it no more: one that is given later does, when they are let in again.
        """
        revoke_before = left_at // 1000 - CLOCKS_DIFFER_SECONDS + 1
        return admin_token(self._settings, room, now), revoke_before

    def _ticket(self, viewer: str, seat: Seat, now: int) -> MediaTicket:
        until = max(now, seat.ends_at) // 1000 + TICKET_SECONDS
        token = room_token(self._settings, viewer, f"{seat.event}:{seat.room}", now, until)
        return MediaTicket(room=seat.room, url=self._settings.livekit_url or "", token=token)


def has_relay(settings: Settings) -> bool:
    """Says whether there is a relay for those whose networks let nobody through."""
    return any(url.startswith(("turn:", "turns:")) for url in settings.turn_urls)


def ice_servers(settings: Settings, viewer: str, now: int) -> tuple[dict[str, str], ...]:
    """Returns the relays with credentials for one viewer.

    As coturn's `use-auth-secret` has it: a user name that begins with the end of its time (s since
    1970), and its HMAC-SHA1 under the shared secret as password.
    """
    user = f"{now // 1000 + RELAY_SECONDS}:{viewer}"
    servers: list[dict[str, str]] = []
    for url in settings.turn_urls:
        if url.startswith("stun") or not settings.turn_secret:
            servers.append({"urls": url})
            continue
        digest = hmac.new(settings.turn_secret.encode(), user.encode(), hashlib.sha1).digest()
        credential = base64.b64encode(digest).decode()
        servers.append({"urls": url, "username": user, "credential": credential})
    return tuple(servers)


def room_token(
    settings: Settings, viewer: str, room: str, now: int, until: int, *, may_speak: bool = True
) -> str:
    """Returns a token for one room of the media server (LiveKit's access token: a JWT, HS256).

    `now` is in ms, `until` in seconds since 1970. It carries the viewer's id and no name, and no
    right to make, list, record or close rooms.
    """
    claims = {
        "iss": settings.livekit_key,
        "sub": viewer,
        "nbf": now // 1000 - CLOCKS_DIFFER_SECONDS,
        "exp": until,
        "video": {
            "roomJoin": True,
            "room": room,
            "canPublish": may_speak,
            "canSubscribe": True,
            "canPublishData": False,
            "canUpdateOwnMetadata": False,
        },
    }
    return jwt.encode(claims, settings.livekit_secret or "", algorithm="HS256")


def admin_token(settings: Settings, room: str, now: int) -> str:
    """Returns a token for our own calls about one room of the media server; `now` in ms."""
    claims = {
        "iss": settings.livekit_key,
        "nbf": now // 1000 - CLOCKS_DIFFER_SECONDS,
        "exp": now // 1000 + ADMIN_SECONDS,
        "video": {"roomAdmin": True, "room": room},
    }
    return jwt.encode(claims, settings.livekit_secret or "", algorithm="HS256")
