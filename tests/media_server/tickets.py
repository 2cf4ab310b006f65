"""Who may come in: access tokens, checked as LiveKit checks them.

Source: https://docs.livekit.io/frontends/reference/tokens-grants/ (JWT, HS256, `video` grants).
"""

from __future__ import annotations

import time

import jwt
import msgspec
from msgspec import Struct


class Refused(Exception):
    """A token that opens nothing; the text says why."""


class Grant(Struct, frozen=True, rename="camel"):
    """What a token allows (its `video` claim)."""

    room: str = ""
    room_join: bool = False
    room_admin: bool = False
    can_publish: bool = True
    can_subscribe: bool = True
    can_publish_data: bool = True
    can_update_own_metadata: bool = False


class Ticket(Struct, frozen=True):
    """Whose token it is, since when it counts (s since 1970), and what it allows."""

    identity: str
    not_before: int
    grant: Grant


class Tickets:
    """Checks tokens by one key and secret, and remembers which were taken back."""

    def __init__(self, key: str, secret: str) -> None:
        self._key = key
        self._secret = secret
        self._taken_back: dict[tuple[str, str], int] = {}

    def take_back(self, room: str, identity: str, before: int) -> None:
        """Has somebody's tokens for a room open nothing that count since earlier than `before`."""
        self._taken_back[room, identity] = before or int(time.time())

    def joining(self, token: str) -> Ticket:
        """Reads a token that is to open a room. Raises Refused."""
        ticket = self._read(token)
        if not (ticket.identity and ticket.grant.room_join and ticket.grant.room):
            raise Refused("the token lets nobody into a room")
        if ticket.not_before < self._taken_back.get((ticket.grant.room, ticket.identity), 0):
            raise Refused("the token was revoked")
        return ticket

    def administering(self, token: str, room: str) -> None:
        """Reads a token that is to command a room. Raises Refused."""
        grant = self._read(token).grant
        if not grant.room_admin or grant.room != room:
            raise Refused("the token commands another room, or none")

    def _read(self, token: str) -> Ticket:
        try:
            claims = jwt.decode(
                token, self._secret, algorithms=["HS256"], issuer=self._key, leeway=0,
                options={"require": ["exp", "nbf", "iss"]},
            )  # fmt: skip
        except jwt.InvalidTokenError as error:
            raise Refused(f"invalid token: {error}") from None
        grant = msgspec.convert(claims.get("video", {}), Grant)
        return Ticket(str(claims.get("sub", "")), int(claims["nbf"]), grant)
