"""What the desk's pages hold, and what is kept of a person."""

from __future__ import annotations

import html
import re

import msgspec

from rooms.people import Attendee
from server.redis import Store


def fields(page: str) -> dict[str, str]:
    """Returns the form of the page that was looked at, as a browser would send it."""
    form = page[page.index('class="import-look"') : page.index("</form>")]
    found = {
        name: html.unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        assert chosen, name
        found[name] = chosen[1]
    return found


async def kept(store: Store, event: str, id: str) -> Attendee:
    """Returns somebody's profile as it is kept."""
    row = await store.call("HGET", f"meguri:{{{event}}}:register", f"a:{id}")
    assert isinstance(row, bytes)
    return msgspec.json.decode(row, type=Attendee)
