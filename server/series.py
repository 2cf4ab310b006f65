"""What a series of events remembers: which two people met at one of them, for 400 days (rule 21).

Responsible for one hash for each series: a field for two people, its value the instant (ms) they
met last. A person is a code there, derived from their e-mail address with the server's secret, so
that whoever reads the hash finds nobody, and the server finds only whom it looks for. Whom it may
look for is a matter of consent (`rooms/series.py`); when it is done, `remembering.py`'s.

Invariants:
- Only pairs of whom both agreed are kept, and none that met before one of them took that back.
- What was taken back stays so, whichever event's people say else: the instant stands beside the
  pairs, and only what was agreed to after it counts.
- Twice does no harm, nor does a process that dies in between.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Iterable, Mapping

from msgspec import Struct

from rooms.event import Event
from rooms.people import Register, address_form, normalise
from rooms.retention import DAY_MS
from rooms.series import agreed_at, met_at, said_of_series
from rooms.standing import Pair
from server.auth import secret_of
from server.redis import Script, Store, items, key, pairs, text

REMEMBERED_DAYS = 400

ALL = key("series", "all")
"""Set: the digests of all series of which anything is remembered."""

KEPT = key("series", "kept")
"""Hash: event whose pairs were kept to the latest consent that was looked at then (ms)."""

AT_ONCE = 1000

# keep(all, hash; digest, then field and instant by turns): adds pairs; a later instant stays.
KEEP = Script("""
redis.call('SADD', KEYS[1], ARGV[1])
for i = 2, #ARGV, 2 do
  local before = redis.call('HGET', KEYS[2], ARGV[i])
  if not before or tonumber(before) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
  end
end
return 1
""")

# tidy(all, hash; digest): takes a series of which nothing is left out of the list.
TIDY = Script("""
if redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('SREM', KEYS[1], ARGV[1])
end
return 1
""")


def digest_of(series: str) -> str:
    """Returns what names a series in the store; nothing for none. However it is written."""
    name = normalise(series)
    return hashlib.sha256(name.encode()).hexdigest()[:32] if name else ""


class _Agreed(Struct, frozen=True):
    """Somebody's code, and since when they have agreed (ms)."""

    code: str
    at: int


class Series:
    """All that series remember in one store. Every coroutine raises StoreAway."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._secret = ""

    async def code(self, email: str) -> str:
        """Returns what stands for an e-mail address, however it is written."""
        self._secret = self._secret or await secret_of(self._store)
        purpose = f"series {address_form(email)}".encode()
        digest = hmac.new(self._secret.encode(), purpose, hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:26]

    async def keep(self, event: Event, register: Register, now: int) -> None:
        """Remembers who met at an event that is over.

        What was kept of it before is not kept again, lest it come back after an erasure; whoever
        agreed since then is.
        """
        digest = digest_of(register.details.series)
        if not digest or event.ended_at is None or event.minutes_forgotten_at is not None:
            return
        kept = await self._store.call("HGET", KEPT, event.id)
        since = int(kept) if isinstance(kept, bytes) else -1
        agreed = await self._agreed(digest, register, now)
        parts: list[str | int] = []
        for (a, b), at in met_at(event).items():
            if a not in agreed or b not in agreed or at <= now - REMEMBERED_DAYS * DAY_MS:
                continue
            if max(agreed[a].at, agreed[b].at) > since:
                parts += [_field(agreed[a].code, agreed[b].code), at]
        for start in range(0, len(parts), AT_ONCE):
            some = parts[start : start + AT_ONCE]
            await self._store.run(KEEP, (ALL, key("series", digest)), (digest, *some))
        latest = max([0, since, *(one.at for one in agreed.values())])
        await self._store.call("HSET", KEPT, event.id, latest)
        # Somebody may have taken it back while this was written.
        still = await self._agreed(digest, register, now)
        for one in agreed.keys() - still.keys():
            await self._drop(digest, agreed[one].code, now)

    async def met_before(self, event: Event, register: Register, now: int) -> list[Pair]:
        """Returns who of an event's list met at an earlier one of its series, as the series knows.

        Both must agree now, at this event, to its remembering that.
        """
        digest = digest_of(register.details.series)
        agreed = await self._agreed(digest, register, now)
        by_code = {one.code: id for id, one in agreed.items() if id in event.people}
        found = []
        if len(by_code) > 1:
            async for field, at in self._fields(digest):
                a, _, b = field.partition(":")
                if a in by_code and b in by_code and at > now - REMEMBERED_DAYS * DAY_MS:
                    found.append((by_code[a], by_code[b]))
        return found

    async def take_back(self, register: Register, now: int) -> bool:
        """Forgets, of each series, whom those had met who do not agree to it any more.

        Says whether there was anything to take back that had not been yet.
        """
        taken = False
        for said in said_of_series(register):
            email = register.attendee(said.attendee).email
            if said.agrees or not email or said.at <= now - REMEMBERED_DAYS * DAY_MS:
                continue
            digest, code = digest_of(said.series), await self.code(email)
            if (await self._taken_back(digest, [code])).get(code, 0) < said.at:
                await self._drop(digest, code, said.at)
                mark: tuple[str | int, ...] = (digest, _mark(code), said.at)
                await self._store.run(KEEP, (ALL, key("series", digest)), mark)
                taken = True
        return taken

    async def agrees(self, register: Register, id: str, now: int) -> bool:
        """Says whether somebody lets the event's series remember whom they met, as of now."""
        digest = digest_of(register.details.series)
        return bool(digest) and id in await self._agreed(digest, register, now, only=(id,))

    async def forget(self, code: str) -> bool:
        """Forgets somebody in every series; says whether anything was known of them."""
        found = False
        for digest in items(await self._store.call("SMEMBERS", ALL)):
            found |= await self._drop(text(digest), code, None)
        return found

    async def prune(self, now: int) -> bool:
        """Forgets what is older than 400 days; says whether there was any."""
        last, found = now - REMEMBERED_DAYS * DAY_MS, False
        for digest in map(text, items(await self._store.call("SMEMBERS", ALL))):
            old = [field async for field, at in self._fields(digest) if at <= last]
            found |= await self._take_out(digest, old)
        return found

    async def _agreed(
        self, digest: str, register: Register, now: int, only: Iterable[str] | None = None
    ) -> dict[str, _Agreed]:
        """Returns who agrees to what a series remembers, and has not taken it back anywhere."""
        said = agreed_at(register)
        wanted = said if only is None else {id: said[id] for id in only if id in said}
        found = {
            id: _Agreed(await self.code(register.attendee(id).email), at)
            for id, at in wanted.items()
            if at > now - REMEMBERED_DAYS * DAY_MS
        }
        back = await self._taken_back(digest, [one.code for one in found.values()])
        return {id: one for id, one in found.items() if one.at > back.get(one.code, 0)}

    async def _taken_back(self, digest: str, codes: list[str]) -> Mapping[str, int]:
        """Returns when people took back that a series remembers them (ms), by code."""
        found: dict[str, int] = {}
        for start in range(0, len(codes), AT_ONCE):
            some = codes[start : start + AT_ONCE]
            fields = [_mark(code) for code in some]
            reply = items(await self._store.call("HMGET", key("series", digest), *fields))
            for code, at in zip(some, reply, strict=True):
                if isinstance(at, bytes):
                    found[code] = int(at)
        return found

    async def _drop(self, digest: str, code: str, until: int | None) -> bool:
        """Takes out the pairs of somebody who had met by then (ms); None: all, and the mark."""
        mine = [
            field
            async for field, at in self._fields(digest)
            if (code in field.split(":") and (until is None or at <= until))
            or (until is None and field == _mark(code))
        ]
        return await self._take_out(digest, mine)

    async def _take_out(self, digest: str, fields: list[str]) -> bool:
        for start in range(0, len(fields), AT_ONCE):
            some = fields[start : start + AT_ONCE]
            await self._store.call("HDEL", key("series", digest), *some)
        await self._store.run(TIDY, (ALL, key("series", digest)), (digest,))
        return bool(fields)

    async def _fields(self, digest: str) -> AsyncIterator[tuple[str, int]]:
        """Yields a series' fields and instants; one that is there throughout at least once."""
        cursor = "0"
        while True:
            reply = items(
                await self._store.call("HSCAN", key("series", digest), cursor, "COUNT", AT_ONCE)
            )
            for field, at in pairs(reply[1]):
                yield field, int(at)
            cursor = text(reply[0])
            if cursor == "0":
                return


def _field(a: str, b: str) -> str:
    """Returns the name of two people's field."""
    return f"{min(a, b)}:{max(a, b)}"


def _mark(code: str) -> str:
    """Returns the name of the field that says since when somebody has taken it back."""
    return f"-{code}"
