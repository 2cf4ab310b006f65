"""Which event's door a host means: a personal link, or an event's address and a key."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from msgspec import Struct

_PATH = re.compile(r"(?P<before>.*)/e/(?P<event>[A-Za-z0-9]+)(?:/in/(?P<key>[^/]+)|/host)?/?")


class BadAddress(Exception):
    """The address names no event; the sentence says what one looks like."""


class Address(Struct, frozen=True):
    """Where an event is. `key` is empty where the address holds none."""

    base: str
    event: str
    key: str = ""

    @property
    def socket_base(self) -> str:
        """The server as its sockets spell it: `ws://…`."""
        return "ws" + self.base.removeprefix("http")


def read_address(url: str) -> Address:
    """Returns what an address names. Raises BadAddress.

    >>> read_address("https://meguri.example/e/abc/in/KEY")
    Address(base='https://meguri.example', event='abc', key='KEY')
    """
    parts = urlsplit(url if "://" in url else f"https://{url}")
    found = _PATH.fullmatch(parts.path)
    if parts.scheme not in ("http", "https") or not parts.hostname or not found:
        raise BadAddress(
            "This is no event's address. It looks like https://HOST/e/EVENT/in/KEY, "
            "or https://HOST/e/EVENT with --key."
        )
    base = f"{parts.scheme}://{parts.netloc}{found['before']}"
    return Address(base, found["event"], found["key"] or "")
