"""What a series of events remembers: which two people met at one of them, for 400 days (rule 21).

Responsible for one hash for each series: a field for two people, its value the events at which they
met, each with the instant (ms) of the last time. A person is a code there, derived from their
e-mail address with the server's secret, so that whoever reads the hash finds nobody, and the server
finds only whom it looks for. Whom it may look for is a matter of consent
(`rooms/series.py`); when it is done, `remembering.py`'s.

Invariants:
- Only pairs of whom both agreed are kept, and none that met before one of them took that back.
- What was taken back stays so, whichever event's people say else: the instant stands beside the
  pairs, and only what was agreed to after it counts.
- What one event brought in goes with that event, and follows whoever changes their address there.
- Twice does no harm, nor does a process that dies in between.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from rooms.event import Event
from rooms.people import Register, address_form, normalise
from rooms.retention import DAY_MS
from rooms.series import agreed_at, met_at, said_of_series
from rooms.standing import Pair
from server.auth import secret_of
from server.redis import EVENTS, Script, Store, items, key, pairs, text

REMEMBERED_DAYS = 400
"""A little more than a year: an event held once a year still knows its last time."""

ALL = key("series", "all")
"""Set: the digests of all series of which anything is remembered."""

KEPT = key("series", "kept")
"""Hash: event whose pairs were kept to the latest consent that was looked at then (ms)."""

CODES = "codes"
"""An event's hash: whoever agreed there to the codes of their addresses, the latest last."""

AT_ONCE = 1000
"""Fields read or written in one go, so that others get their turn at the store."""

# keep(all, hash; digest, then field, event and instant by turns): adds an event to what is known of
# two; its later instant stays. A value is `instant:event` for each event, with spaces between.
KEEP = Script("""
redis.call('SADD', KEYS[1], ARGV[1])
for i = 2, #ARGV, 3 do
  local parts, at = {}, tonumber(ARGV[i + 2])
  for one, event in string.gmatch(redis.call('HGET', KEYS[2], ARGV[i]) or '', '(%d+):?(%S*)') do
    if event == ARGV[i + 1] then
      at = math.max(at, tonumber(one))
    else
      parts[#parts + 1] = one .. ':' .. event
    end
  end
  parts[#parts + 1] = string.format('%d:%s', at, ARGV[i + 1])
  redis.call('HSET', KEYS[2], ARGV[i], table.concat(parts, ' '))
end
return 1
""")

# drop(hash; field and event by turns): takes an event out of what is known of two.
DROP = Script("""
for i = 1, #ARGV, 2 do
  local parts = {}
  for one, event in string.gmatch(redis.call('HGET', KEYS[1], ARGV[i]) or '', '(%d+):?(%S*)') do
    if event ~= ARGV[i + 1] then
      parts[#parts + 1] = one .. ':' .. event
    end
  end
  if #parts == 0 then
    redis.call('HDEL', KEYS[1], ARGV[i])
  else
    redis.call('HSET', KEYS[1], ARGV[i], table.concat(parts, ' '))
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


class _Met(Struct, frozen=True):
    """A field of a series: what one event says of two people, or a mark, which is of no event."""

    field: str
    event: str
    at: int

    @property
    def codes(self) -> list[str]:
        """Whose it is; none for a mark."""
        return self.field.split(":") if ":" in self.field else []


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
                parts += [_field(agreed[a].code, agreed[b].code), event.id, at]
        await self._note(event.id, {id: one.code for id, one in agreed.items()})
        await self._keep(digest, parts)
        latest = max([0, since, *(one.at for one in agreed.values())])
        await self._store.call("HSET", KEPT, event.id, latest)
        # Somebody may have taken it back while this was written.
        still = await self._agreed(digest, register, now)
        for one in agreed.keys() - still.keys():
            await self._drop(digest, agreed[one].code, now)
        if parts and not await self._store.call("HEXISTS", EVENTS, event.id):
            await self.forget_event(event.id)  # deleted while this was written

    async def _keep(self, digest: str, parts: Sequence[str | int]) -> None:
        """Adds what `parts` says: field, event and instant by turns."""
        for start in range(0, len(parts), 3 * AT_ONCE):
            some = parts[start : start + 3 * AT_ONCE]
            await self._store.run(KEEP, (ALL, key("series", digest)), (digest, *some))

    async def met_before(self, event: Event, register: Register, now: int) -> list[Pair]:
        """Returns who of an event's list met at an earlier one of its series, as the series knows.

        Both must agree now, at this event, to its remembering that.
        """
        digest = digest_of(register.details.series)
        agreed = await self._agreed(digest, register, now)
        by_code = {one.code: id for id, one in agreed.items() if id in event.people}
        await self._note(event.id, {id: code for code, id in by_code.items()})
        found: dict[Pair, None] = {}
        if len(by_code) > 1:
            async for met in self._met(digest):
                ids = [by_code[code] for code in met.codes if code in by_code]
                if len(ids) == 2 and met.at > now - REMEMBERED_DAYS * DAY_MS:
                    found[(ids[0], ids[1])] = None
        return list(found)

    async def follow(self, event_id: str, register: Register) -> bool:
        """Keeps what an event brought in under the addresses that people have now; says whether
        any of them has another one than before.
        """
        moved = False
        for id, codes in (await self._noted(event_id)).items():
            if not register.has(id):  # erased while it was noted
                await self._store.call("HDEL", key(event_id, CODES), id)
                continue
            email = register.attendee(id).email
            code = await self.code(email) if email else ""
            if not code or code == codes[-1]:
                continue
            async for digest, met in self._everywhere():
                if met.event == event_id and codes[-1] in met.codes:
                    other = next((one for one in met.codes if one != codes[-1]), code)
                    await self._keep(digest, (_field(code, other), event_id, met.at))
                    await self._take_out(digest, [met])
            await self._note(event_id, {id: code})
            moved = True
        return moved

    async def take_back(self, event_id: str, register: Register, now: int) -> bool:
        """Forgets, of each series, whom those had met who do not agree to it any more.

        Says whether there was anything to take back that had not been yet.
        """
        taken, noted = False, await self._noted(event_id)
        for said in said_of_series(register):
            email = register.attendee(said.attendee).email
            if said.agrees or said.at <= now - REMEMBERED_DAYS * DAY_MS:
                continue
            own = [await self.code(email)] if email else []
            codes = list(dict.fromkeys([*own, *noted.get(said.attendee, ())]))
            digest = digest_of(said.series)
            back = await self._taken_back(digest, codes)
            for code in codes:
                if back.get(code, 0) < said.at:
                    await self._drop(digest, code, said.at)
                    await self._keep(digest, (_mark(code), "", said.at))
                    taken = True
        return taken

    async def agrees(self, register: Register, id: str, now: int) -> bool:
        """Says whether somebody lets the event's series remember whom they met, as of now."""
        digest = digest_of(register.details.series)
        return bool(digest) and id in await self._agreed(digest, register, now, only=(id,))

    async def forget(self, event_id: str, attendee: str, code: str) -> None:
        """Forgets somebody in every series, under each address that they had at an event; `code`
        stands for the latest, empty for none.
        """
        noted = (await self._noted(event_id)).get(attendee, ())
        for each in dict.fromkeys([*noted, code] if code else noted):
            for digest in await self._digests():
                await self._drop(digest, each, None)
        await self._store.call("HDEL", key(event_id, CODES), attendee)

    async def forget_event(self, event_id: str) -> bool:
        """Forgets what an event brought into any series; says whether that was anything."""
        found = False
        for digest in await self._digests():
            mine = [met async for met in self._met(digest) if met.event == event_id]
            found |= await self._take_out(digest, mine)
        await self._store.call("DEL", key(event_id, CODES))
        await self._store.call("HDEL", KEPT, event_id)
        return found

    async def _noted(self, event_id: str) -> dict[str, list[str]]:
        """Returns the codes of the addresses that people had when they were looked for."""
        noted = pairs(await self._store.call("HGETALL", key(event_id, CODES)))
        return {id: codes.decode().split() for id, codes in noted}

    async def _note(self, event_id: str, found: Mapping[str, str]) -> None:
        """Notes under which code people are looked for, after those of earlier addresses."""
        noted = await self._noted(event_id) if found else {}
        parts: list[str] = []
        for id, code in found.items():
            before = noted.get(id, [])
            if not before or before[-1] != code:
                parts += [id, " ".join([*(one for one in before if one != code), code])]
        if parts:
            await self._store.call("HSET", key(event_id, CODES), *parts)

    async def prune(self, now: int) -> bool:
        """Forgets what is older than 400 days, or of an event that is deleted; says whether there
        was any.
        """
        last, found = now - REMEMBERED_DAYS * DAY_MS, False
        events = {event for event, _ in pairs(await self._store.call("HGETALL", EVENTS))}
        for digest in await self._digests():
            old = [
                met
                async for met in self._met(digest)
                if met.at <= last or (met.event and met.event not in events)
            ]
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
                    found[code] = max(met.at for met in _read(_mark(code), at))
        return found

    async def _drop(self, digest: str, code: str, until: int | None) -> bool:
        """Takes out the pairs of somebody who had met by then (ms); None: all, and the mark."""
        mine = [
            met
            async for met in self._met(digest)
            if (code in met.codes and (until is None or met.at <= until))
            or (until is None and met.field == _mark(code))
        ]
        return await self._take_out(digest, mine)

    async def _take_out(self, digest: str, out: Sequence[_Met]) -> bool:
        for start in range(0, len(out), AT_ONCE):
            parts = [
                part for met in out[start : start + AT_ONCE] for part in (met.field, met.event)
            ]
            await self._store.run(DROP, (key("series", digest),), tuple(parts))
        await self._store.run(TIDY, (ALL, key("series", digest)), (digest,))
        return bool(out)

    async def _digests(self) -> list[str]:
        return [text(one) for one in items(await self._store.call("SMEMBERS", ALL))]

    async def _everywhere(self) -> AsyncIterator[tuple[str, _Met]]:
        for digest in await self._digests():
            async for met in self._met(digest):
                yield digest, met

    async def _met(self, digest: str) -> AsyncIterator[_Met]:
        """Yields what a series remembers; what is there throughout at least once."""
        cursor = "0"
        while True:
            reply = items(
                await self._store.call("HSCAN", key("series", digest), cursor, "COUNT", AT_ONCE)
            )
            for field, value in pairs(reply[1]):
                for met in _read(field, value):
                    yield met
            cursor = text(reply[0])
            if cursor == "0":
                return


def _read(field: str, value: bytes) -> Iterator[_Met]:
    """Yields what a field holds; older versions wrote an instant alone."""
    for part in value.decode().split():
        at, _, event = part.partition(":")
        yield _Met(field, event, int(at))


def _field(a: str, b: str) -> str:
    """Returns the name of two people's field."""
    return f"{min(a, b)}:{max(a, b)}"


def _mark(code: str) -> str:
    """Returns the name of the field that says since when somebody has taken it back."""
    return f"-{code}"
