"""JSON text ↔ commands and messages: what a frame may say, how it is refused, how often.

Responsible for: decoding a client's frame into a typed command and its `ref`; naming what is wrong
with a malformed one; counting messages and malformed messages of one connection; close codes;
encoding messages, with and without their `tip`.

Deliberately decides nothing about the evening: rights that depend on the role alone are checked
here (a host's commands by others), all other rules are `rooms.decide`'s. It does no I/O and has no
clock: instants are arguments, in seconds of any steady clock.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from enum import IntEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from rooms.commands import HostCommand, Signal, SocketCommand
from rooms.messages import Message, Refused
from rooms.people import HOST_ROLES, Role
from rooms.refusal import Refusal
from server.transport import SHUTTING_DOWN

SUBPROTOCOL = "meguri.1"

SIGNAL_BYTES = 16 * 1024
"""The most that a signal's `data` may take as JSON: an offer of many tracks stays below 8 KiB."""

SECOND_LIMIT = 20
MINUTE_LIMIT = 300
SIGNAL_LIMIT = 200
"""Messages in a second, in a minute, and signals in a second (a burst of ICE candidates)."""

BAD_MESSAGES_LIMIT = 10
"""Malformed messages in a minute; this one closes."""

SLOW_DOWNS_LIMIT = 100
"""Messages refused with `slow-down` in a minute; one more closes: nobody is reading the answers."""

MOST_REF = 2**53
"""Where integers end that every JSON reader keeps exactly."""

Ref = Annotated[int, Meta(ge=-MOST_REF, le=MOST_REF)] | Annotated[str, Meta(max_length=64)]


def ref_kept(viewer: str, chain: str, ref: Ref) -> str:
    """Returns a ref as the journal keeps it, so that what is sent again in a chain is done once.

    Of a text only a digest is kept: a journal holds nothing that somebody's program or they
    themselves wrote (a name, say), and outlives the person's erasure.
    """
    said = ref if isinstance(ref, int) else hashlib.sha256(ref.encode()).hexdigest()[:24]
    return f"{viewer}:{chain}:{said}"


class CloseCode(IntEnum):
    """Why a socket is closed. Below 4500: come back; from there on: don't."""

    LEFT = 1000
    SHUTTING_DOWN = SHUTTING_DOWN
    TOO_SLOW = 4001
    STATE_LOST = 4002
    BAD_MESSAGES = 4500
    SIGNED_IN_ELSEWHERE = 4501
    REMOVED = 4502
    EVENT_OVER = 4503
    NOT_ALLOWED = 4504


class Envelope(Struct, frozen=True):
    """What every message of a client has."""

    type: str
    ref: Ref | None = None


class Answerable(Struct, frozen=True):
    """What is needed to answer a message of which nothing else can be read."""

    ref: Ref | None = None


class WireError(Refusal):
    """The peer's message is malformed; worded and answered like a refusal, but counted.

    `ref` is the message's, as far as it could be read.
    """

    def __init__(self, sentence: str, *, ref: Ref | None = None, **details: str | int) -> None:
        super().__init__("bad-message", sentence, **details)
        self.ref = ref


HOST_TYPES = frozenset(kind.__struct_config__.tag for kind in HostCommand.__args__)
"""Types of messages that only hosts may send."""

HELPER_TYPES = frozenset({"check-in", "check-out", "announce", "answer-call", "call-seen"})
"""Those among them that helpers may send too."""

_answerables = msgspec.json.Decoder(Answerable)
_envelopes = msgspec.json.Decoder(Envelope)
_commands: msgspec.json.Decoder[SocketCommand] = msgspec.json.Decoder(SocketCommand)
_encoder = msgspec.json.Encoder()


def read_envelope(text: str | None) -> Envelope:
    """Reads what kind of message this is; `text` None: it was binary. Raises WireError."""
    if text is None:
        raise WireError("Messages are text, not binary.")
    try:
        return _envelopes.decode(text)
    except msgspec.ValidationError as error:
        raise _malformed(error, _ref_at_least(text)) from error
    except msgspec.DecodeError as error:
        raise WireError("This message is not JSON.") from error
    except RecursionError as error:
        raise _too_deep(None) from error


def _ref_at_least(text: str) -> Ref | None:
    try:
        return _answerables.decode(text).ref
    except (msgspec.DecodeError, RecursionError):
        return None  # the caller refuses the message anyway, without its ref


def _too_deep(ref: Ref | None) -> WireError:
    return WireError("This message is nested too deeply.", ref=ref)


def read_command(text: str, envelope: Envelope, role: Role) -> SocketCommand:
    """Decodes the message of an envelope for somebody of this role.

    Raises WireError for a malformed one, Refusal `not-allowed` for a host's command by others.
    """
    ref = envelope.ref
    if envelope.type in HOST_TYPES and not _may_send(envelope.type, role):
        raise Refusal("not-allowed", "Only a host can do this.")
    try:
        command: SocketCommand = _commands.decode(text)
        size = len(_encoder.encode(command.data)) if isinstance(command, Signal) else 0
    except msgspec.ValidationError as error:
        raise _malformed(error, ref, envelope.type) from error
    except RecursionError as error:
        raise _too_deep(ref) from error
    if size > SIGNAL_BYTES:
        raise WireError(
            "The field “{field}” is too long: {most} bytes at the most.",
            ref=ref,
            field="data",
            most=SIGNAL_BYTES,
        )
    return command


def _may_send(type: str, role: Role) -> bool:
    return role in HOST_ROLES or (role is Role.HELPER and type in HELPER_TYPES)


class Fault(Struct, frozen=True):
    """What msgspec found wrong. `field` is a path; empty: the whole is no object."""

    field: str
    detail: str = ""
    is_missing: bool = False


_MISSING = re.compile(r"missing required field `([^`]+)`(?: - at `\$\.?(.*)`)?")
_AT = re.compile(r" - at `\$\.?(.*)`$")


def fault_of(error: msgspec.ValidationError) -> Fault:
    """Returns which field is missing, or wrong and why, as msgspec (0.22) words it."""
    found = str(error)
    if missing := _MISSING.search(found):
        parent = f"{missing[2]}." if missing[2] else ""
        return Fault(parent + missing[1], is_missing=True)
    at = _AT.search(found)
    return Fault(at[1] if at else "", detail=_AT.sub("", found).replace("`", "")[:200])


def _malformed(error: msgspec.ValidationError, ref: Ref | None, type: str = "") -> WireError:
    """Words what msgspec found: which field is missing, or wrong and why."""
    fault = fault_of(error)
    if fault.is_missing:
        return WireError("The field “{field}” is missing.", ref=ref, field=fault.field)
    if not fault.field:
        return WireError("A message is a JSON object with a “type”.", ref=ref)
    if fault.field == "type" and type:
        return WireError("There is no message of the type “{type}”.", ref=ref, type=type[:80])
    return WireError(
        "The field “{field}” is wrong ({detail}).", ref=ref, field=fault.field, detail=fault.detail
    )


class Measure:
    """How much one connection has sent of late. Instants are seconds of a steady clock."""

    __slots__ = ("_bad", "_messages", "_signals", "_slow_downs")

    def __init__(self) -> None:
        self._messages: deque[float] = deque(maxlen=MINUTE_LIMIT)
        self._signals: deque[float] = deque(maxlen=SIGNAL_LIMIT)
        self._slow_downs: deque[float] = deque(maxlen=SLOW_DOWNS_LIMIT + 1)
        self._bad: deque[float] = deque(maxlen=BAD_MESSAGES_LIMIT)

    def takes(self, type: str, now: float) -> bool:
        """Counts one message and says whether it is within measure; one refused is not counted."""
        if type == "signal":
            return _counted(self._signals, now, SIGNAL_LIMIT, within=1.0)
        messages = self._messages
        if len(messages) >= SECOND_LIMIT and now - messages[-SECOND_LIMIT] < 1.0:
            return False
        return _counted(messages, now, MINUTE_LIMIT, within=60.0)

    def goes_on(self, now: float) -> bool:
        """Counts one message refused for its number; True once it is time to close."""
        self._slow_downs.append(now)
        full = len(self._slow_downs) == self._slow_downs.maxlen
        return full and now - self._slow_downs[0] < 60.0

    def is_hopeless(self, now: float) -> bool:
        """Counts one malformed message; True at the tenth in a minute."""
        self._bad.append(now)
        return len(self._bad) == BAD_MESSAGES_LIMIT and now - self._bad[0] < 60.0


def _counted(times: deque[float], now: float, most: int, *, within: float) -> bool:
    if len(times) == most and now - times[0] < within:
        return False
    times.append(now)
    return True


def slow_down() -> Refusal:
    """Returns the refusal of a message that came too soon after too many others."""
    return Refusal("slow-down", "That was too much at once. Please slow down.")


def encode(message: Message | Refused) -> bytes:
    """Returns a message as JSON."""
    return _encoder.encode(message)


def with_tip(payload: bytes, tip: str) -> bytes:
    """Returns an encoded message with its `tip` added; `tip` is URL-safe and needs no escaping.

    >>> with_tip(b'{"type":"lobby","present":3}', "17-0~0-0")
    b'{"type":"lobby","present":3,"tip":"17-0~0-0"}'
    """
    return payload[:-1] + b',"tip":"' + tip.encode() + b'"}'
