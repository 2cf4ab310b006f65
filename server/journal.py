"""The journal in the store: one stream of facts per event, and the chat's stream beside it.

Responsible for appending facts atomically, together with the register's rows and the alarm that
follow from them; for reading in pages; and for following both streams. Deliberately decides and
folds nothing.

Invariants:
- A batch lands whole or not at all, and only if the journal's last entry is the one decided on.
- Each entry carries its batch's id, so that a writer who got no answer can read whether it landed.
- Chat entries are found again by their ref, so that sending one twice adds it once.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from rooms.facts import AnyFact
from server.redis import Link, Part, Reply, Script, Store, items, key, pairs, text, whole

START = "0-0"
"""The place before the first entry of any stream."""

PAGE = 2000
"""Entries read at once: about 0.5 MB, and 20 ms of folding between two turns of the loop."""

FOLLOW_SECONDS = 5.0
"""How long a follower's read blocks."""

SHORTER_SECONDS = 600
"""How long a shorter journal that was never put in the place of the long one stays."""

CHAT_LENGTH = 20_000
"""Things said that are kept of one event."""

CHAT_SECONDS = 30 * 24 * 3600
"""What was said is gone a month after the last word."""


class UnknownFact(Exception):
    """An entry was written by a newer version: this process cannot fold it and must step down."""


class Entry(Struct, frozen=True):
    """One fact of the journal. `rows` names the register rows its whole batch wrote."""

    id: str
    fact: AnyFact
    batch: str = ""
    rows: tuple[str, ...] = ()
    ref: str = ""


class ChatEntry(Struct, frozen=True):
    """Something said: by whom, in which room (or `lobby`), when (ms)."""

    sender: str
    room: str
    text: str
    at: int
    ref: str = ""


class Appended(Struct, frozen=True):
    """The batch landed; `ids` are its entries' places, in order."""

    ids: tuple[str, ...]


class Overtaken(Struct, frozen=True):
    """Somebody else appended first."""


class TurnTaken(Struct, frozen=True):
    """Somebody else has the turn to append, for at most this long."""

    milliseconds: int


class Lost(Struct, frozen=True):
    """The entry decided on is not in the journal (a failover lost it, or the event is deleted)."""


Outcome = Appended | Overtaken | TurnTaken | Lost


class Draft(Struct, frozen=True):
    """A fact to be appended; `ref` marks the first fact of a command that had one."""

    fact: AnyFact
    ref: str = ""


Place = tuple[int, int]


def place(entry_id: str) -> Place:
    """Returns an entry's id as something that compares by order."""
    milliseconds, _, sequence = entry_id.partition("-")
    return int(milliseconds), int(sequence)


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyFact] = msgspec.json.Decoder(AnyFact)


def encode_fact(fact: AnyFact) -> bytes:
    """Returns a fact as the journal keeps it."""
    return _encoder.encode(fact)


# append(journal, register, meta, turn; expected, batch, token, due, facts, rows, nodes, …)
#   then `facts` × (fact, ref), `rows` × (name, value), `nodes` × (name, at).
# Gives ["appended", ids, time], ["turn", ms], ["overtaken"] or ["lost"].
APPEND = Script("""
local holder = redis.call('GET', KEYS[4])
if holder and holder ~= ARGV[3] then
  return {'turn', redis.call('PTTL', KEYS[4])}
end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local tip = last[1] and last[1][1] or '0-0'
if tip ~= ARGV[1] then
  if ARGV[1] ~= '0-0' and #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then
    return {'lost'}
  end
  return {'overtaken'}
end
local facts, rows, nodes = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local first_row = 7 + 2 * facts
local names = {}
for i = 1, rows do
  local name, value = ARGV[first_row + 2 * i - 1], ARGV[first_row + 2 * i]
  names[i] = name
  if value == '' then
    redis.call('HDEL', KEYS[2], name)
  else
    redis.call('HSET', KEYS[2], name, value)
  end
end
local written = table.concat(names, '\\n')
local ids = {}
for i = 1, facts do
  local entry = {'f', ARGV[6 + 2 * i], 'b', ARGV[2]}
  if i == 1 and rows > 0 then
    entry[#entry + 1] = 'r'
    entry[#entry + 1] = written
  end
  if ARGV[7 + 2 * i] ~= '' then
    entry[#entry + 1] = 'k'
    entry[#entry + 1] = ARGV[7 + 2 * i]
  end
  ids[i] = redis.call('XADD', KEYS[1], '*', unpack(entry))
end
if ARGV[4] == '' then
  redis.call('HDEL', KEYS[3], 'due')
else
  redis.call('HSET', KEYS[3], 'due', ARGV[4])
end
local first_node = first_row + 2 * rows
for i = 1, nodes do
  redis.call('HSET', KEYS[3], 'node:' .. ARGV[first_node + 2 * i - 1], ARGV[first_node + 2 * i])
end
if holder then
  redis.call('DEL', KEYS[4])
end
return {'appended', ids, redis.call('TIME')}
""")

# say(chat; after, from, room, text, ref, most, seconds): adds unless an entry after `after` has the
# ref, and gives all entries after `after`.
SAY = Script("""
local found = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+')
for _, entry in ipairs(found) do
  local fields = entry[2]
  for i = 1, #fields, 2 do
    if fields[i] == 'ref' and fields[i + 1] == ARGV[5] then
      return found
    end
  end
end
local time = redis.call('TIME')
local at = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[6], '*',
  'from', ARGV[2], 'room', ARGV[3], 'text', ARGV[4], 'at', at, 'ref', ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[7])
return redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+')
""")

# forget_said(chat; sender): writes the stream anew without what somebody said. Taking entries out
# with XDEL marks them only: the words stay in the stream's blocks, and in every file written of it.
FORGET_SAID = Script("""
if redis.call('XLEN', KEYS[1]) == 0 then
  return 0
end
local seconds = redis.call('PTTL', KEYS[1])
local last
local info = redis.call('XINFO', 'STREAM', KEYS[1])
for i = 1, #info, 2 do
  if info[i] == 'last-generated-id' then
    last = info[i + 1]
  end
end
local kept, gone = {}, 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  local theirs = false
  for i = 1, #entry[2], 2 do
    theirs = theirs or (entry[2][i] == 'from' and entry[2][i + 1] == ARGV[1])
  end
  if theirs then
    gone = gone + 1
  else
    kept[#kept + 1] = entry
  end
end
redis.call('DEL', KEYS[1])
for _, entry in ipairs(kept) do
  redis.call('XADD', KEYS[1], entry[1], unpack(entry[2]))
end
if #kept == 0 then
  redis.call('XADD', KEYS[1], last, 'from', '')
  redis.call('XDEL', KEYS[1], last)
end
redis.call('XSETID', KEYS[1], last)
if seconds > 0 then
  redis.call('PEXPIRE', KEYS[1], seconds)
end
return gone
""")

# replace(journal, shorter, meta, register; expected, fact, batch, names…): puts a shorter journal
# in the place of the longer one, with a fact at its end that says so, if nobody appended since.
REPLACE = Script("""
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if not last[1] or last[1][1] ~= ARGV[1] then
  redis.call('DEL', KEYS[2])
  return 0
end
if redis.call('XLEN', KEYS[2]) > 0 then
  redis.call('XSETID', KEYS[2], ARGV[1])
end
redis.call('DEL', KEYS[1])
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('PERSIST', KEYS[2])
  redis.call('RENAME', KEYS[2], KEYS[1])
end
redis.call('XADD', KEYS[1], '*', 'f', ARGV[2], 'b', ARGV[3])
redis.call('HDEL', KEYS[3], 'due')
for i = 4, #ARGV do
  redis.call('HDEL', KEYS[4], ARGV[i])
end
return 1
""")


class Journal:
    """One event's two streams. Every method raises StoreAway when the store does not answer."""

    def __init__(self, store: Store, event_id: str) -> None:
        self._store = store
        self._journal = key(event_id, "journal")
        self._chat = key(event_id, "chat")
        self._meta = key(event_id, "meta")
        self._turn = key(event_id, "turn")
        self._shorter = key(event_id, "shorter")
        self._register = key(event_id, "register")
        self._mail = key(event_id, "mail")
        self._hooks = key(event_id, "hooks")

    async def append(
        self,
        facts: Sequence[Draft],
        rows: Mapping[str, bytes],
        *,
        expected: str,
        batch: str,
        turn: str,
        due: int | None,
        nodes: Mapping[str, int],
    ) -> Outcome:
        """Appends facts as one batch, if the journal's last entry is still `expected`.

        `turn` is the writer's token: with another's turn running, nothing is done. `rows` are
        written with the facts, empty bytes take a row out; `due` is the alarm (ms) that follows;
        `nodes` are processes that got connections, with the instant.
        """
        parts: list[Part] = [expected, batch, turn, "" if due is None else due]
        parts += [len(facts), len(rows), len(nodes)]
        for draft in facts:
            parts += [encode_fact(draft.fact), draft.ref]
        for name, value in rows.items():
            parts += [name, value]
        for node, at in nodes.items():
            parts += [node, at]
        keys = (self._journal, self._register, self._meta, self._turn)
        sent = time.monotonic()
        reply = items(await self._store.run(APPEND, keys, parts))
        match text(reply[0]):
            case "appended":
                self._store.heard_time(reply[2], sent, time.monotonic())
                return Appended(tuple(text(id) for id in items(reply[1])))
            case "turn":
                return TurnTaken(max(1, whole(reply[1])))
            case "overtaken":
                return Overtaken()
            case _:
                return Lost()

    async def take_turn(self, turn: str, milliseconds: int) -> bool:
        """Takes the turn to append; says whether it was free or one's own."""
        if await self._store.call("SET", self._turn, turn, "NX", "PX", milliseconds) is not None:
            return True
        return await self._store.call("GET", self._turn) == turn.encode()

    async def page(self, after: str) -> list[Entry]:
        """Reads the next entries after a place, at most a page. Raises UnknownFact."""
        reply = await self._store.call("XRANGE", self._journal, f"({after}", "+", "COUNT", PAGE)
        return [_entry(item) for item in items(reply)]

    async def pages(self, after: str = START) -> AsyncIterator[list[Entry]]:
        """Reads on from a place to the end, page by page. Raises UnknownFact."""
        while page := await self.page(after):
            yield page
            after = page[-1].id

    async def stands(self, entry_id: str) -> bool:
        """Says whether the journal still holds an entry (the place before the first: always)."""
        if entry_id == START:
            return True
        return bool(items(await self._store.call("XRANGE", self._journal, entry_id, entry_id)))

    async def follow(
        self, reader: Link, journal_after: str, chat_after: str
    ) -> tuple[list[Entry], list[tuple[str, ChatEntry]]]:
        """Waits for entries after two places, and returns them; both empty when none came.

        Raises TimeoutError when the store does not even answer that, and UnknownFact.
        """
        async with asyncio.timeout(FOLLOW_SECONDS * 2):
            reply = await reader.call(
                *("XREAD", "COUNT", PAGE, "BLOCK", int(FOLLOW_SECONDS * 1000)),
                *("STREAMS", self._journal, self._chat, journal_after, chat_after),
            )
        entries: list[Entry] = []
        said: list[tuple[str, ChatEntry]] = []
        for item in [] if reply is None else items(reply):
            name, found = items(item)
            if text(name) == self._journal:
                entries = [_entry(each) for each in items(found)]
            else:
                said = [_said(each) for each in items(found)]
        return entries, said

    async def say(
        self, after: str, sender: str, room: str, words: str, ref: str
    ) -> list[tuple[str, ChatEntry]]:
        """Adds to the chat unless its ref is there, and returns what is after a place, in order."""
        args = (after, sender, room, words, ref, CHAT_LENGTH, CHAT_SECONDS)
        reply = await self._store.run(SAY, (self._chat,), args)
        return [_said(item) for item in items(reply)]

    async def last_said(self, most: int) -> list[tuple[str, ChatEntry]]:
        """Reads the chat's latest entries, oldest first."""
        reply = await self._store.call("XREVRANGE", self._chat, "+", "-", "COUNT", most)
        return [_said(item) for item in reversed(items(reply))]

    async def said_by(self, sender: str) -> list[ChatEntry]:
        """Reads everything somebody said that is still kept, the oldest first."""
        found: list[ChatEntry] = []
        after = START
        while True:
            reply = await self._store.call("XRANGE", self._chat, f"({after}", "+", "COUNT", PAGE)
            page = [_said(item) for item in items(reply)]
            if not page:
                return found
            after = page[-1][0]
            found += [entry for _, entry in page if entry.sender == sender]

    async def forget_said(self, sender: str) -> None:
        """Deletes everything somebody said, to the last byte; the others' lines keep their ids."""
        await self._store.run(FORGET_SAID, (self._chat,), (sender,))

    async def shorten(
        self, keeps: Callable[[AnyFact], bool], expected: str, fact: AnyFact, rows: Sequence[str]
    ) -> bool:
        """Replaces the journal by its entries that `keeps` says yes to, and `fact` at its end.

        They keep their ids. Says whether it was done: not if the last entry is no more `expected`,
        and then nothing has changed. `rows` leave the register with it. Raises UnknownFact.
        """
        await self._store.call("DEL", self._shorter)
        after = START
        while True:
            reply = items(
                await self._store.call("XRANGE", self._journal, f"({after}", "+", "COUNT", PAGE)
            )
            if not reply:
                break
            kept: list[list[Part]] = []
            for item in reply:
                entry = _entry(item)
                after = entry.id
                if keeps(entry.fact):
                    fields = [f for f in items(items(item)[1]) if isinstance(f, bytes)]
                    kept.append(["XADD", self._shorter, entry.id, *fields])
            await self._store.calls(kept)
        # Left by a process that died in between, it goes by itself.
        await self._store.call("EXPIRE", self._shorter, SHORTER_SECONDS)
        keys = (self._journal, self._shorter, self._meta, self._register)
        args: list[Part] = [expected, encode_fact(fact), secrets.token_urlsafe(9), *rows]
        return await self._store.run(REPLACE, keys, args) == 1

    async def forget_node(self, node: str) -> None:
        """Notes that a process holds no connections of this event any more."""
        await self._store.call("HDEL", self._meta, f"node:{node}")

    async def meta(self) -> tuple[int | None, dict[str, int]]:
        """Reads the next alarm (ms) and the processes that got connections, with the instant."""
        return read_meta(await self._store.call("HGETALL", self._meta))

    async def delete(self) -> None:
        """Deletes everything of the event."""
        await self._store.call(
            *("DEL", self._journal, self._chat, self._meta, self._turn),
            *(self._register, self._mail, self._hooks),
        )


async def last_ids(store: Store, event_ids: Sequence[str]) -> list[str]:
    """Reads the place of each journal's last entry; START for one without. Raises StoreAway."""
    replies = await store.calls(
        [("XREVRANGE", key(id, "journal"), "+", "-", "COUNT", 1) for id in event_ids]
    )
    return [text(items(found[0])[0]) if (found := items(reply)) else START for reply in replies]


def read_meta(reply: Reply) -> tuple[int | None, dict[str, int]]:
    """Returns (due, nodes) out of an event's `:meta` hash."""
    due: int | None = None
    nodes: dict[str, int] = {}
    for name, value in pairs(reply):
        if name == "due":
            due = int(value)
        elif name.startswith("node:"):
            nodes[name.removeprefix("node:")] = int(value)
    return due, nodes


def _entry(item: Reply) -> Entry:
    id, flat = items(item)
    fact: AnyFact | None = None
    batch = ref = ""
    rows: tuple[str, ...] = ()
    fields = items(flat)
    for name, value in zip(fields[::2], fields[1::2], strict=True):
        if name == b"f" and isinstance(value, bytes):
            try:
                fact = _decoder.decode(value)
            except msgspec.ValidationError as error:
                raise UnknownFact(f"the journal's entry {text(id)}: {error}") from error
        elif name == b"b":
            batch = text(value)
        elif name == b"r":
            rows = tuple(text(value).split("\n"))
        elif name == b"k":
            ref = text(value)
    if fact is None:
        raise UnknownFact(f"the journal's entry {text(id)} has no fact")
    return Entry(text(id), fact, batch, rows, ref)


def _said(item: Reply) -> tuple[str, ChatEntry]:
    id, flat = items(item)
    fields = {name: value.decode() for name, value in pairs(flat)}
    return text(id), ChatEntry(
        sender=fields["from"],
        room=fields["room"],
        text=fields["text"],
        at=int(fields["at"]),
        ref=fields.get("ref", ""),
    )
