"""Asks a relay for a place, as a browser would, to see whether it answers and knows the secret.

Responsible for one question over UDP or TCP by the TURN protocol (RFC 8656, RFC 8489). Deliberately
relays nothing: the place is given back at once. Used by `doctor`; the rest of the program only
makes credentials.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import ssl
import struct
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

COOKIE = 0x2112A442
"""RFC 5389, 6: in the head of every message."""

ALLOCATE, REFRESH = 0x0003, 0x0004
SUCCESS, ERROR = 0x0100, 0x0110
USERNAME, INTEGRITY, ERROR_CODE = 0x0006, 0x0008, 0x0009
LIFETIME, REALM, NONCE, TRANSPORT = 0x000D, 0x0014, 0x0015, 0x0019
UDP = struct.pack("!B3x", 17)
PORTS = {"turn": 3478, "turns": 5349}
SECONDS = 3.0
"""How long a relay may take to answer."""


class RelayError(Exception):
    """A relay gave no place; the text is one sentence that says why."""


class Relay(Struct, frozen=True):
    """Where a relay is, and how it is spoken to."""

    host: str
    port: int
    over_tcp: bool
    over_tls: bool


def read_url(url: str) -> Relay:
    """Reads an address such as `turn:relay.example.org:3478?transport=udp`."""
    scheme, _, rest = url.partition(":")
    parts = urlsplit(f"//{rest}")
    transport = parse_qs(parts.query).get("transport", ["tcp" if scheme == "turns" else "udp"])[0]
    return Relay(
        host=parts.hostname or "",
        port=parts.port or PORTS[scheme],
        over_tcp=transport == "tcp" or scheme == "turns",
        over_tls=scheme == "turns",
    )


def ask_for_place(url: str, user: str, password: str) -> None:
    """Asks for a place and gives it back. Raises RelayError."""
    relay = read_url(url)
    try:
        with _reach(relay) as line:
            _ask(line, relay.over_tcp, user, password)
    except TimeoutError as error:
        raise RelayError("it does not answer") from error
    except OSError as error:
        raise RelayError(f"it cannot be reached: {error.strerror or error}") from error
    except (struct.error, KeyError, UnicodeDecodeError) as error:
        raise RelayError("something else answers there") from error


def _reach(relay: Relay) -> socket.socket:
    kind = socket.SOCK_STREAM if relay.over_tcp else socket.SOCK_DGRAM
    family, _, _, _, address = socket.getaddrinfo(relay.host, relay.port, type=kind)[0]
    line = socket.socket(family, kind)
    line.settimeout(SECONDS)
    try:
        line.connect(address)
        if relay.over_tls:
            return ssl.create_default_context().wrap_socket(line, server_hostname=relay.host)
    except BaseException:
        line.close()
        raise
    return line


def _ask(line: socket.socket, over_tcp: bool, user: str, password: str) -> None:
    transport = [(TRANSPORT, UDP)]
    answer, said = _exchange(line, over_tcp, _message(ALLOCATE, transport))
    if answer != ALLOCATE | ERROR or REALM not in said:
        raise RelayError("it gives places to anybody, without a secret")
    who = [(USERNAME, user.encode()), (REALM, said[REALM]), (NONCE, said[NONCE])]
    realm = said[REALM].decode()
    # MD5 is the protocol's, for the key of a password that lives for hours.
    key = hashlib.md5(f"{user}:{realm}:{password}".encode(), usedforsecurity=False).digest()
    answer, said = _exchange(line, over_tcp, _message(ALLOCATE, transport + who, key))
    if answer != ALLOCATE | SUCCESS:
        raise RelayError(_refusal(said))
    back = [(LIFETIME, struct.pack("!I", 0))]
    _exchange(line, over_tcp, _message(REFRESH, back + who, key))


def _refusal(said: dict[int, bytes]) -> str:
    if ERROR_CODE not in said:
        return "it refuses"
    code = said[ERROR_CODE][2] * 100 + said[ERROR_CODE][3]
    if code == 401:
        return "it has another secret (coturn's static-auth-secret)"
    return f"it refuses with {code} {said[ERROR_CODE][4:].decode()}".rstrip()


def _message(kind: int, attributes: list[tuple[int, bytes]], key: bytes | None = None) -> bytes:
    body = b"".join(_attribute(*each) for each in attributes)
    size = len(body) + (24 if key else 0)
    head = struct.pack("!HHI", kind, size, COOKIE) + os.urandom(12)
    if key:
        body += _attribute(INTEGRITY, hmac.new(key, head + body, hashlib.sha1).digest())
    return head + body


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _exchange(line: socket.socket, over_tcp: bool, message: bytes) -> tuple[int, dict[int, bytes]]:
    """Sends a message; returns the answer's kind and its attributes."""
    line.sendall(message)
    raw = _read_whole(line) if over_tcp else line.recv(4096)
    kind, size, cookie = struct.unpack("!HHI", raw[:8])
    if cookie != COOKIE or raw[8:20] != message[8:20]:
        raise RelayError("something else answers there")
    said: dict[int, bytes] = {}
    at = 20
    while at < 20 + size:
        attribute, length = struct.unpack("!HH", raw[at : at + 4])
        said[attribute] = raw[at + 4 : at + 4 + length]
        at += 4 + length + -length % 4
    return kind, said


def _read_whole(line: socket.socket) -> bytes:
    raw = b""
    while len(raw) < 20 or len(raw) < 20 + struct.unpack("!H", raw[2:4])[0]:
        more = line.recv(4096)
        if not more:
            raise RelayError("it closes the connection")
        raw += more
    return raw
