"""Who is asking: links, keys, cookies, and where a request was made from.

Responsible for making and finding keys, signing cookies, and telling the viewer of a request. What
a viewer may do is decided elsewhere: by role at the doors, by the rules in `rooms/`.

Invariants:
- A key is stored as its SHA-256 alone: whoever reads the store gets no link that opens anything.
- Everybody has one living key at most; a new one ends the old one, and the sessions begun with it.
  Beside it there may be one in that person's mails, the same in all of them, which ends with it.
- The event's open link is not stored at all: it is derived from the cookies' secret.
- A request that changes something by a cookie alone comes from a page of this very host. The attack
  is another site's form or script, which the browser sends with the cookie; it cannot fake Origin.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec
from itsdangerous import BadSignature, URLSafeTimedSerializer
from msgspec import Struct
from starlette.requests import HTTPConnection
from starlette.responses import Response

from rooms.people import Role
from server.redis import Store, items, pairs, text
from server.settings import Settings

KEYS = "meguri:keys"
"""Hash: SHA-256 of a key to its `KeyRecord`; `of:{event}:{id}` to the SHA-256 of that person's
living key; `mailed:{event}:{id}` to what the key in their mails is derived from; `organiser` to
that of the organiser's; `secret`, with which cookies are signed."""

DAY = 24 * 3600
COOKIE_SECONDS = 180 * DAY
"""Attendees come back for their contacts; hosts and organiser sign in again sooner."""
HOST_COOKIE_SECONDS = 30 * DAY
DESK_COOKIE_SECONDS = 14 * DAY
DESK_COOKIE = "meguri_desk"
ORGANISER = "organiser"


class Viewer(Struct, frozen=True):
    """Who is asking. `event` None and id `organiser`: the organiser, at every event."""

    event: str | None
    id: str
    role: Role

    @property
    def is_organiser(self) -> bool:
        return self.event is None and self.role is Role.ORGANISER


class KeyRecord(Struct, frozen=True, omit_defaults=True):
    """What a key opens. Instants in ms since 1970 UTC."""

    event: str
    id: str
    role: Role
    at: int
    expires_at: int | None = None


class Found(Struct, frozen=True):
    """A key as it was found; `ended` says why it opens nothing any more: `replaced`, `expired`."""

    record: KeyRecord
    sha: str
    ended: str = ""


class Session(Struct, frozen=True, array_like=True):
    """What a cookie holds: who, and which key began it (the start of its SHA-256, or nothing)."""

    id: str
    role: Role
    key: str = ""


def hashed(key: str) -> str:
    """Returns a key's SHA-256 in hex. Keys are random and long, so no slow hash is needed."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def new_key() -> str:
    """Returns a new key: 192 bits, URL-safe; its ends are letters or digits, or mails cut links."""
    while True:
        key = secrets.token_urlsafe(24)
        if key[0].isalnum() and key[-1].isalnum():
            return key


async def secret_of(store: Store) -> str:
    """Returns a store's secret; it is made at the very first use. Raises StoreAway."""
    await store.call("HSETNX", KEYS, "secret", secrets.token_urlsafe(48))
    return text(await store.call("HGET", KEYS, "secret"))


class Keys:
    """Keys and cookies of one store. Every coroutine raises StoreAway when it does not answer."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._secret = ""

    async def secret(self) -> str:
        """Returns the secret with which all processes sign; it is made at the very first use."""
        if not self._secret:
            self._secret = await secret_of(self._store)
        return self._secret

    # Keys

    async def make(
        self, event_id: str, id: str, role: Role, *, expires_at: int | None = None
    ) -> str:
        """Makes somebody's key, which ends their earlier one, and returns it."""
        [key] = await self.make_all(event_id, [(id, role)], expires_at=expires_at)
        return key

    async def make_all(
        self, event_id: str, people: Iterable[tuple[str, Role]], *, expires_at: int | None = None
    ) -> list[str]:
        """Makes keys for many people, in their order."""
        keys: list[str] = []
        ended: list[str] = []
        fields: list[str | bytes] = []
        for id, role in people:
            keys.append(new_key())
            record = KeyRecord(
                event=event_id, id=id, role=role, at=self._store.clock(), expires_at=expires_at
            )
            sha = hashed(keys[-1])
            fields += [sha, msgspec.json.encode(record), _living(event_id, id), sha]
            ended.append(_mailed(event_id, id))
        for start in range(0, len(ended), 2000):
            await self._store.call("HDEL", KEYS, *ended[start : start + 2000])
        for start in range(0, len(fields), 2000):
            await self._store.call("HSET", KEYS, *fields[start : start + 2000])
        return keys

    async def find(self, key: str) -> Found | None:
        """Returns what a key opens or has opened; None: there never was such a key."""
        sha = hashed(key)
        value = await self._store.call("HGET", KEYS, sha)
        if not isinstance(value, bytes):
            return None
        record = msgspec.json.decode(value, type=KeyRecord)
        if sha not in await self._living_shas(record.event, record.id):
            return Found(record, sha, "replaced")
        if record.expires_at is not None and self._store.clock() >= record.expires_at:
            return Found(record, sha, "expired")
        return Found(record, sha)

    async def has_key(self, event_id: str, id: str) -> bool:
        """Says whether somebody has a living key."""
        return any(await self._living_shas(event_id, id))

    async def keyless(self, event_id: str, ids: Sequence[str]) -> set[str]:
        """Returns those of some people who have no living key, asked for a thousand at a time."""
        found: set[str] = set()
        for start in range(0, len(ids), 1000):
            some = ids[start : start + 1000]
            names = [name(event_id, id) for id in some for name in (_living, _mailed)]
            values = items(await self._store.call("HMGET", KEYS, *names))
            found.update(
                id
                for id, own, mailed in zip(some, values[::2], values[1::2], strict=True)
                if own is None and mailed is None
            )
        return found

    async def mailed_key(self, event_id: str, id: str, role: Role) -> str:
        """Returns the key in somebody's mails, which is derived and so the same each time.

        It opens what their own key opens, and ends when that is renewed or revoked.
        """
        field = _mailed(event_id, id)
        await self._store.call("HSETNX", KEYS, field, secrets.token_urlsafe(12))
        salt = text(await self._store.call("HGET", KEYS, field))
        key = await self._derived(event_id, id, salt)
        record = KeyRecord(event=event_id, id=id, role=role, at=self._store.clock())
        await self._store.call("HSETNX", KEYS, hashed(key), msgspec.json.encode(record))
        return key

    async def _derived(self, event_id: str, id: str, salt: str) -> str:
        digest = await self._digest(f"mailed {event_id} {id} {salt}")
        return base64.b32encode(digest).decode().lower()[:40]

    async def _digest(self, purpose: str) -> bytes:
        secret = (await self.secret()).encode()
        return hmac.new(secret, purpose.encode(), hashlib.sha256).digest()

    async def choice_key(self, event_id: str, id: str) -> str:
        """Returns the key that opens somebody's choices about mails, and nothing else."""
        digest = await self._digest(f"mail choices {event_id} {id}")
        return base64.b32encode(digest).decode().lower()[:26]

    async def is_choice_key(self, event_id: str, id: str, key: str) -> bool:
        """Says whether a key opens somebody's choices about mails, in constant time."""
        return hmac.compare_digest(
            (await self.choice_key(event_id, id)).encode(), key.encode("utf-8", "surrogatepass")
        )

    async def webhook_secret(self, event_id: str, salt: str) -> str:
        """Returns the secret that an event's webhooks are signed with; another salt, another one.

        It is derived, and so stands in no export and in no copy of the register.
        """
        digest = await self._digest(f"webhook {event_id} {salt}")
        return "whsec_" + base64.b64encode(digest).decode()

    async def import_seed(self, event_id: str) -> str:
        """Returns the secret by which people of an event's lists are named by what they say."""
        return base64.b64encode(await self._digest(f"import {event_id}")).decode()

    async def forget(self, event_id: str, ids: Iterable[str]) -> None:
        """Takes out the keys of people who are erased, or whose link is revoked."""
        gone: list[str] = []
        for id in ids:
            gone += [sha for sha in await self._living_shas(event_id, id) if sha]
            gone += [_living(event_id, id), _mailed(event_id, id)]
        for start in range(0, len(gone), 1000):
            await self._store.call("HDEL", KEYS, *gone[start : start + 1000])

    async def forget_event(self, event_id: str) -> None:
        """Takes out all keys of an event, those that had ended too."""
        cursor = "0"
        while True:
            cursor_reply, fields = items(
                await self._store.call("HSCAN", KEYS, cursor, "COUNT", 1000)
            )
            gone = [
                name
                for name, value in pairs(fields)
                if name.startswith((f"of:{event_id}:", f"mailed:{event_id}:"))
                or _is_of(value, event_id)
            ]
            if gone:
                await self._store.call("HDEL", KEYS, *gone)
            cursor = text(cursor_reply)
            if cursor == "0":
                return

    async def _living_shas(self, event_id: str, id: str) -> tuple[str, str]:
        """Returns the SHA-256 of somebody's own key, and of the one in their mails; or nothing."""
        own, salt = items(
            await self._store.call("HMGET", KEYS, _living(event_id, id), _mailed(event_id, id))
        )
        mailed = hashed(await self._derived(event_id, id, text(salt))) if salt is not None else ""
        return text(own) if own is not None else "", mailed

    # The event's open link

    async def join_key(self, event_id: str) -> str:
        """Returns the key of an event's open link."""
        secret = (await self.secret()).encode()
        digest = hmac.new(secret, f"join {event_id}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:26]

    async def is_join_key(self, event_id: str, key: str) -> bool:
        """Says whether a key is that of the event's open link, in constant time."""
        return hmac.compare_digest(
            (await self.join_key(event_id)).encode(), key.encode("utf-8", "surrogatepass")
        )

    # The organiser's key

    async def first_organiser_key(self) -> str | None:
        """Makes the organiser's key if there is none yet; returns it only then, to show it once."""
        if self._settings.organiser_key:
            return None
        key = new_key()
        return key if await self._store.call("HSETNX", KEYS, ORGANISER, hashed(key)) else None

    async def new_organiser_key(self) -> str:
        """Makes a new organiser's key in place of the old one, for one who has lost it."""
        key = new_key()
        await self._store.call("HSET", KEYS, ORGANISER, hashed(key))
        return key

    async def is_organiser_key(self, key: str) -> bool:
        """Says whether a key is the organiser's, in constant time."""
        return hmac.compare_digest(await self._organiser_sha(), hashed(key))

    async def _organiser_sha(self) -> str:
        if self._settings.organiser_key:
            return hashed(self._settings.organiser_key)
        value = await self._store.call("HGET", KEYS, ORGANISER)
        return text(value) if isinstance(value, bytes) else ""

    # Cookies

    async def sign(self, cookie: str, session: Session) -> str:
        """Returns a cookie's value; its name is signed too, so that it can be no other's value."""
        value: str | bytes = (await self._signer(cookie)).dumps(msgspec.to_builtins(session))
        return value if isinstance(value, str) else value.decode()

    async def read(self, cookie: str, value: str, seconds: int) -> Session | None:
        """Returns the session of a cookie's value; None: altered, of another name, or too old."""
        try:
            session = (await self._signer(cookie)).loads(value[:2000], max_age=seconds)
            return msgspec.convert(session, Session)
        except (BadSignature, msgspec.ValidationError):
            return None

    async def organiser_session(self) -> Session:
        """Returns the desk's session; it ends when the organiser's key changes."""
        return Session(ORGANISER, Role.ORGANISER, (await self._organiser_sha())[:16])

    async def still_holds(self, event_id: str | None, session: Session) -> bool:
        """Says whether the key that began a session is still the living one."""
        if event_id is None:
            return session == await self.organiser_session()
        if not session.key:
            return True
        living = await self._living_shas(event_id, session.id)
        return any(sha.startswith(session.key) for sha in living)

    async def _signer(self, cookie: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(await self.secret(), salt=cookie)


def _living(event_id: str, id: str) -> str:
    return f"of:{event_id}:{id}"


def _mailed(event_id: str, id: str) -> str:
    return f"mailed:{event_id}:{id}"


def _is_of(value: bytes, event_id: str) -> bool:
    return value.startswith(b"{") and msgspec.json.decode(value, type=KeyRecord).event == event_id


# Requests


def keys_of(connection: HTTPConnection) -> Keys:
    """Returns the keys of the application that serves a request."""
    keys: Keys = connection.app.state.keys
    return keys


def cookie_name(event_id: str, *, as_host: bool = False) -> str:
    """Returns the name of an event's cookie; a browser may hold both at once."""
    return f"meguri_host_{event_id}" if as_host else f"meguri_{event_id}"


def bearer(connection: HTTPConnection) -> str | None:
    """Returns the key of an `Authorization: Bearer` header; None: there is no such header."""
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


async def viewer_by_key(connection: HTTPConnection) -> Viewer | None:
    """Returns whose key a request carries; None: none, or one that opens nothing."""
    key = bearer(connection)
    if not key:
        return None
    keys = keys_of(connection)
    if await keys.is_organiser_key(key):
        return Viewer(None, ORGANISER, Role.ORGANISER)
    found = await keys.find(key)
    if found is None or found.ended:
        return None
    return Viewer(found.record.event, found.record.id, found.record.role)


async def viewer_by_cookie(
    connection: HTTPConnection, event_id: str, *, as_host: bool = False
) -> Viewer | None:
    """Returns who a request's cookie for an event says it is."""
    name = cookie_name(event_id, as_host=as_host)
    seconds = HOST_COOKIE_SECONDS if as_host else COOKIE_SECONDS
    session = await _session(connection, name, seconds, event_id)
    return Viewer(event_id, session.id, session.role) if session else None


async def organiser_by_cookie(connection: HTTPConnection) -> Viewer | None:
    """Returns the organiser if the request's browser is signed in at the desk."""
    session = await _session(connection, DESK_COOKIE, DESK_COOKIE_SECONDS, None)
    return Viewer(None, ORGANISER, Role.ORGANISER) if session else None


async def _session(
    connection: HTTPConnection, name: str, seconds: int, event_id: str | None
) -> Session | None:
    value = connection.cookies.get(name)
    if not value:
        return None
    keys = keys_of(connection)
    session = await keys.read(name, value, seconds)
    return session if session and await keys.still_holds(event_id, session) else None


async def viewer_of(
    connection: HTTPConnection, event_id: str, *, as_host: bool = False
) -> Viewer | None:
    """Returns who asks at an event, by key or cookie; None: nobody known, or of another event.

    A key goes before cookies. Whether the person still belongs to the event is for the caller to
    look up in the event.
    """
    if bearer(connection) is not None:
        viewer = await viewer_by_key(connection)
        return viewer if viewer and viewer.event in (None, event_id) else None
    return await viewer_by_cookie(connection, event_id, as_host=as_host)


def is_same_origin(connection: HTTPConnection, settings: Settings, *, unsaid: bool = False) -> bool:
    """Says whether a request was made by a page of this host; `unsaid`: the answer if unknown.

    The scheme is left out of the comparison: behind a proxy that ends TLS it is not known.
    """
    origin = connection.headers.get("origin")
    if origin and origin != "null":
        ours = {connection.headers.get("host", "").lower()}
        if settings.public_url:
            ours.add(urlsplit(settings.public_url).netloc.lower())
        try:
            return urlsplit(origin).netloc.lower() in ours
        except ValueError:  # `http://[`: no browser sends it, and no page is there
            return False
    # Browsers that hide the origin (`null`, from sandboxes and strict referrer policies) still say
    # whether the page was of the same one, in a header that scripts cannot set.
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return unsaid and origin is None


def set_cookie(
    response: Response, connection: HTTPConnection, name: str, value: str, seconds: int
) -> None:
    """Puts a cookie on a response: not for scripts, not for other sites, and by TLS where it is."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(connection),
    )


def is_secure(connection: HTTPConnection) -> bool:
    """Says whether the browser's side of a request is TLS, behind a proxy by the public address."""
    settings: Settings = connection.app.state.settings
    return connection.url.scheme in ("https", "wss") or (
        (settings.public_url or "").startswith("https://")
        and urlsplit(settings.public_url or "").netloc == connection.headers.get("host")
    )


def address(connection: HTTPConnection) -> str:
    """Returns the address a request came from, for counting."""
    return connection.client.host if connection.client else "unknown"


def public_url(connection: HTTPConnection) -> str:
    """Returns where links begin: `MEGURI_PUBLIC_URL`, else the address that was asked."""
    settings: Settings = connection.app.state.settings
    return settings.public_url or f"{connection.url.scheme}://{connection.url.netloc}"
