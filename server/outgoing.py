"""Outgoing: a POST to an address that somebody typed, without becoming their way into our network.

Responsible for which addresses may be called, and for one bounded call. Deliberately knows nothing
of what is sent, and tries nothing twice.

Invariants:
- The attack is an address that names, or is made to name later, something inside: the store, a
  cloud's metadata, a neighbour (SSRF). So a name is looked up here, every answer is judged, and the
  connection goes to the very address that was judged; no redirect is followed, no proxy is asked.
- The answer's body is never read: nothing of what an address inside would say comes back but its
  number, and when it wants to be asked again.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple
from urllib.parse import urlsplit

import httpcore2 as httpcore
from httpcore2 import AsyncNetworkBackend, AsyncNetworkStream

SECONDS = 10.0
"""How long one call may take, from looking up the name to the answer's first line."""

CONNECT_SECONDS = 4.0
"""How long one of a name's addresses may take to take the connection, before the next is tried."""

ADDRESS_LIMIT = 500
"""Characters of an address, as the desk's form takes them."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: its last 32 bits are an IPv4 address, which a gateway would call for us."""


class BadAddress(Exception):
    """An address that is not called; `code`: `not-an-address`, `not-https` or `inside`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Answer(NamedTuple):
    """An answer. `later`: the seconds after which it wants to be asked again; None: not said."""

    status: int
    later: int | None = None


class NoAnswer(Exception):
    """Nothing answered. `why`: `unknown-host`, `inside`, `not-https`, `certificate`, `slow`,
    `unreachable` or `garbled`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def check_address(address: str, *, private: bool) -> None:
    """Raises BadAddress for what is no http address, or can be seen to be called never.

    A name is looked up at each call only: what it means may change.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress("not-an-address") from error
    printable = re.fullmatch(r"[!-~]+", address) and len(address) <= ADDRESS_LIMIT
    if not printable or parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise BadAddress("not-an-address")
    if parts.scheme == "http" and not private:
        raise BadAddress("not-https")
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return
    if why := _forbidden(ip, parts.scheme == "https", private):
        raise BadAddress(why)


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Says whether an address, and what it stands for inside another's notation, is public."""
    if isinstance(ip, IPv6Address):
        meant = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            meant.append(IPv4Address(int(ip) & 0xFFFFFFFF))
        if not all(is_public(inner) for inner in meant if inner is not None):
            return False
    return ip.is_global and not ip.is_multicast


def _forbidden(ip: IPv4Address | IPv6Address, is_tls: bool, private: bool) -> str:
    """Returns why an address is not called, or nothing."""
    if is_public(ip):
        return "" if is_tls else "not-https"
    # Clouds keep their machines' passwords at a link-local address: never, whatever is set.
    never = ip.is_link_local or ip.is_multicast or ip.is_unspecified or _hides(ip)
    return "" if private and not never else "inside"


def _hides(ip: IPv4Address | IPv6Address) -> bool:
    """Says whether an address that is not public is one in another's notation."""
    if isinstance(ip, IPv4Address):
        return False
    return bool(ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in _NAT64)


class _Judged(AsyncNetworkBackend):
    """Connects to addresses that were judged, and to none that a name turns into afterwards."""

    def __init__(self, is_tls: bool, private: bool) -> None:
        self._is_tls = is_tls
        self._private = private
        self._under = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host, port, type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError) as error:
            raise NoAnswer("unknown-host") from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        for address in addresses:
            ip = ipaddress.ip_address(address.partition("%")[0])
            if why := _forbidden(ip, self._is_tls, self._private):
                raise NoAnswer(why)
        for address in addresses:
            try:
                return await self._under.connect_tcp(address, port, timeout=CONNECT_SECONDS)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        raise NoAnswer("unreachable")


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


async def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: bool,
    seconds: float = SECONDS,
) -> Answer:
    """Posts `body` once and returns what is read of the answer. Raises NoAnswer and BadAddress."""
    check_address(address, private=private)
    is_tls = urlsplit(address).scheme == "https"
    try:
        async with (
            asyncio.timeout(seconds),
            httpcore.AsyncConnectionPool(
                ssl_context=_trust() if is_tls else None, network_backend=_Judged(is_tls, private)
            ) as pool,
            pool.stream("POST", address, headers=list(headers.items()), content=body) as answer,
        ):
            later = next((v for k, v in answer.headers if k.lower() == b"retry-after"), b"")
            return Answer(answer.status, retry_after(later.decode("latin-1"), time.time()))
    except TimeoutError as error:
        raise NoAnswer("slow") from error
    except httpcore.ConnectError as error:
        raise NoAnswer("certificate" if _is_about_trust(error) else "unreachable") from error
    except httpcore.NetworkError as error:
        raise NoAnswer("unreachable") from error
    except httpcore.ProtocolError as error:
        raise NoAnswer("garbled") from error


def retry_after(value: str, now: float) -> int | None:
    """Returns the seconds that `Retry-After` (RFC 9110, 10.2.3) asks for: a number, or a date.

    >>> retry_after("120", 0.0), retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 0.0)
    (120, 60)
    >>> retry_after("soon", 0.0) is None
    True
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return int(value[:9])
    try:
        return max(0, round(parsedate_to_datetime(value).timestamp() - now))
    except (ValueError, TypeError, OverflowError):
        return None


def _is_about_trust(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
