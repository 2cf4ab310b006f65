"""Seeds: a string of its own in every field of every person, to be searched for afterwards.

A seed is `zq`, whose it is, and of what: it says by itself where it came from. Nothing else in a
test's evening looks like one.
"""

from __future__ import annotations

import re

from server.redis import Store, items, text

SEED = re.compile(r"zq([a-z]+?)x([a-z]+)qz")

LISTED = ("interests", "offers", "seeks")
TYPED = (
    "name", "reading", "title", "organisation", "department", "email", "phone", "link", "segment",
    "external_id", *LISTED,
)  # fmt: skip


def seed(who: str, what: str) -> str:
    """Returns the string that stands for one thing of one person."""
    return f"zq{who.lower()}x{what.replace('_', '')}qz"


def seeded(who: str, **more: object) -> dict[str, object]:
    """Returns a person as an import takes them, with a seed in every field."""
    found: dict[str, object] = {field: seed(who, field) for field in TYPED}
    found |= {field: [seed(who, field)] for field in LISTED}
    found["email"] = f"{seed(who, 'email')}@people.example"
    found["link"] = f"https://{seed(who, 'link')}.example/"
    return {**found, "Answer": seed(who, "custom"), **more}


def seeds_in(found: bytes | str) -> set[tuple[str, str]]:
    """Returns whose seeds of what stand in something that was read, in any case and spelling."""
    words = found.decode("utf-8", "replace") if isinstance(found, bytes) else found
    return {(who, what) for who, what in SEED.findall(words.lower())}


async def everything_in(store: Store) -> bytes:
    """Returns the raw bytes of every key, those in a stream's blocks that no command shows too."""
    await store.call("CONFIG", "SET", "rdbcompression", "no")
    raw: list[bytes] = []
    cursor = "0"
    while True:
        reply = items(await store.call("SCAN", cursor, "COUNT", 1000))
        for name in items(reply[1]):
            key = text(name)
            dumped = await store.call("DUMP", key)
            raw += [key.encode(), dumped if isinstance(dumped, bytes) else b""]
        cursor = text(reply[0])
        if cursor == "0":
            await store.call("CONFIG", "SET", "rdbcompression", "yes")
            return b"\n".join(raw)
