"""Callers: browsers and programs at the doors of a real house, over real HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import httpx2 as httpx
import msgspec
from msgspec import Struct

from server.auth import Keys
from server.redis import Store
from server.settings import Settings
from tests.server.house import KEY, a_house

ROUND = {"seconds": 60, "size": 2, "preview_seconds": 0, "break_seconds": 0}
PEOPLE = [
    {"name": "Ana", "email": "ana@example.org", "external_id": "x-ana"},
    {"name": "Bo", "email": "bo@example.org", "external_id": "x-bo"},
]


class Enrolled(Struct):
    """One person of an import's answer."""

    id: str
    name: str = ""
    url: str = ""
    key: str = ""


class Doors:
    """A house with its organiser's program calling."""

    def __init__(self, url: str, store: Store, client: httpx.AsyncClient) -> None:
        self.url = url
        self.store = store
        self.client = client
        self.keys = Keys(store, Settings(organiser_key=KEY))

    def browser(self) -> httpx.AsyncClient:
        """Returns a browser of its own: cookies, and the Origin of this house on its forms."""
        return httpx.AsyncClient(base_url=self.url, headers={"origin": self.url}, timeout=120)

    async def makes_event(self, **changes: object) -> dict[str, str]:
        """Makes an event; returns its links."""
        body = {"title": "Tea", "programme": {"rounds": [ROUND, ROUND]}, **changes}
        answer = await self.client.post("/api/events", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, str] = answer.json()
        return made

    async def brings(self, event: str, people: object = PEOPLE) -> list[Enrolled]:
        """Imports people; returns them."""
        answer = await self.client.post(f"/api/events/{event}/attendees", json=people)
        assert answer.status_code == 200, answer.text
        return msgspec.convert(answer.json()["attendees"], list[Enrolled], strict=False)


def bearer(key: str) -> dict[str, str]:
    """Returns the header that carries a key."""
    return {"authorization": f"Bearer {key}"}


@contextlib.asynccontextmanager
async def doors(store: Store, settings: Settings | None = None) -> AsyncIterator[Doors]:
    """Opens a house on a store."""
    async with (
        a_house(store, settings) as house,
        httpx.AsyncClient(base_url=house.url, headers=bearer(KEY), timeout=120) as client,
    ):
        yield Doors(house.url, store, client)
