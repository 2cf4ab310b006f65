"""Frames read as commands: what is malformed is named, what is too much is counted."""

from __future__ import annotations

import json

import pytest

from rooms.commands import AttendeeCommand, HostCommand, KeepInTouch, Pause, Say, Signal
from rooms.messages import Lobby
from rooms.people import Role
from rooms.refusal import Refusal
from server.wire import (
    BAD_MESSAGES_LIMIT,
    HELPER_TYPES,
    HOST_TYPES,
    MINUTE_LIMIT,
    SECOND_LIMIT,
    SIGNAL_BYTES,
    SIGNAL_LIMIT,
    SLOW_DOWNS_LIMIT,
    Measure,
    WireError,
    encode,
    read_command,
    read_envelope,
    with_tip,
)

CONTRACT = {
    *("here", "ready", "sit-out", "rejoin", "arrived", "wait", "meet-others", "say", "signal"),
    *("media", "keep-in-touch", "give-card", "note", "rate", "block", "unblock", "report"),
    *("wish-more-time", "call-host", "choose-topic", "propose-topic", "choose-room", "profile"),
    *("clock", "leave"),
    *("open-doors", "close-event", "propose-round", "pin", "swap", "reshuffle", "relax"),
    *("start-round", "pause", "resume", "undo", "end-round", "extend", "announce", "move"),
    *("merge", "remove", "readmit", "visit", "answer-call", "check-in", "check-out"),
    *("accept-topic",),
}
"""The types of client messages in the contract's tables."""


def read(text: str | None, role: Role = Role.ATTENDEE) -> object:
    """Reads a frame as the socket does."""
    envelope = read_envelope(text)
    return read_command(text or "", envelope, role)


def test_a_well_formed_message_is_a_command_with_its_ref() -> None:
    text = '{"type":"say","text":"Hello","ref":"a-1","unknown":true}'
    assert read(text) == Say(text="Hello")
    assert read_envelope(text).ref == "a-1"


def test_every_type_of_the_contract_is_known() -> None:
    known = {
        kind.__struct_config__.tag
        for union in (AttendeeCommand, HostCommand)
        for kind in union.__args__
    }
    assert known == CONTRACT | {
        "call-seen", "drop-topic", "change-programme", "answer-questions",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "Messages are text, not binary."),
        ("", "This message is not JSON."),
        ("nonsense", "This message is not JSON."),
        ('{"type":"say"', "This message is not JSON."),
        ('{"type":"say","text":"\\ud800"}', "This message is not JSON."),
        ("[]", "A message is a JSON object with a “type”."),
        ('"say"', "A message is a JSON object with a “type”."),
        ("{}", "The field “type” is missing."),
        ('{"type":7}', "The field “type” is wrong (Expected str, got int)."),
        ('{"type":"dance"}', "There is no message of the type “dance”."),
        ('{"type":"say"}', "The field “text” is missing."),
        ('{"type":"say","text":5}', "The field “text” is wrong (Expected str, got int)."),
        ('{"type":"say","text":""}', "The field “text” is wrong (Expected str of length >= 1)."),
        (
            '{"type":"say","text":" \\n　"}',
            "The field “text” is wrong (Expected str matching regex '\\\\S').",
        ),
        ('{"type":"rate","stars":6}', "The field “stars” is wrong (Expected int <= 5)."),
        (
            '{"type":"profile","interests":["tea",4]}',
            "The field “interests[1]” is wrong (Expected str, got int).",
        ),
        (
            '{"type":"leave","ref":{}}',
            "The field “ref” is wrong (Expected int | str | null, got object).",
        ),
        (
            '{"type":"signal","to":"a","data":' + "[" * 5000 + "]" * 5000 + "}",
            "This message is nested too deeply.",
        ),
    ],
)
def test_a_malformed_message_is_refused_in_one_sentence_that_names_the_field(
    text: str | None, sentence: str
) -> None:
    with pytest.raises(WireError) as caught:
        read(text)
    assert (caught.value.code, str(caught.value)) == ("bad-message", sentence)


@pytest.mark.parametrize("text", ['{"type":7,"ref":3}', '{"type":"say","ref":3}'])
def test_a_malformed_message_keeps_the_ref_that_can_be_read(text: str) -> None:
    with pytest.raises(WireError) as caught:
        read(text)
    assert caught.value.ref == 3


def test_text_of_more_than_2000_characters_is_malformed() -> None:
    assert read(json.dumps({"type": "say", "text": "x" * 2000})) == Say(text="x" * 2000)
    with pytest.raises(WireError):
        read(json.dumps({"type": "say", "text": "x" * 2001}))


def test_a_signal_carries_16_kib_and_no_more() -> None:
    fitting = json.dumps({"type": "signal", "to": "abo", "data": "x" * (SIGNAL_BYTES - 2)})
    assert isinstance(read(fitting), Signal)
    with pytest.raises(WireError, match="too long"):
        read(json.dumps({"type": "signal", "to": "abo", "data": "x" * (SIGNAL_BYTES - 1)}))


@pytest.mark.parametrize("role", [Role.ATTENDEE, Role.AMBASSADOR, Role.HELPER, Role.STATION])
@pytest.mark.parametrize("type", sorted(HOST_TYPES - HELPER_TYPES))
def test_a_host_s_command_by_anybody_else_is_not_allowed(type: str, role: Role) -> None:
    with pytest.raises(Refusal) as caught:
        read(json.dumps({"type": type}), role)
    assert caught.value.code == "not-allowed"


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"check-in","attendee":"abo"}',
        '{"type":"check-out","attendee":"abo"}',
        '{"type":"announce","text":"Tea"}',
        '{"type":"answer-call","call":"t1"}',
        '{"type":"call-seen","call":"t1"}',
    ],
)
def test_helpers_check_in_announce_and_answer_and_attendees_do_not(text: str) -> None:
    assert read(text, Role.HELPER)
    with pytest.raises(Refusal) as caught:
        read(text)
    assert caught.value.code == "not-allowed"


def test_hosts_send_their_own_commands_and_attendees_commands_too() -> None:
    assert read('{"type":"pause"}', Role.HOST) == Pause()
    assert read('{"type":"keep-in-touch","about":"abo"}', Role.HOST) == KeepInTouch(about="abo")


# How much


def test_twenty_messages_in_a_second_are_taken_and_the_next_is_not() -> None:
    measure = Measure()
    assert all(measure.takes("say", 10.0 + i / 100) for i in range(SECOND_LIMIT))
    assert not measure.takes("say", 10.9)
    assert measure.takes("say", 11.0)


def test_three_hundred_messages_in_a_minute_are_taken_and_the_next_is_not() -> None:
    measure = Measure()
    assert all(measure.takes("say", i / 10) for i in range(MINUTE_LIMIT))
    assert not measure.takes("say", 59.9)
    assert measure.takes("say", 60.0)


def test_signals_are_counted_apart() -> None:
    measure = Measure()
    assert all(measure.takes("signal", 10.0) for _ in range(SIGNAL_LIMIT))
    assert not measure.takes("signal", 10.5)
    assert measure.takes("say", 10.5)
    assert measure.takes("signal", 11.0)


def test_going_on_too_fast_is_seen() -> None:
    measure = Measure()
    assert not any(measure.goes_on(i / 100) for i in range(SLOW_DOWNS_LIMIT))
    assert measure.goes_on(2.0)


def test_refusals_of_a_while_ago_are_forgiven() -> None:
    measure = Measure()
    assert not any(measure.goes_on(float(i)) for i in range(SLOW_DOWNS_LIMIT * 2))


def test_the_tenth_malformed_message_in_a_minute_is_one_too_many() -> None:
    measure = Measure()
    assert not any(measure.is_hopeless(float(i)) for i in range(BAD_MESSAGES_LIMIT - 1))
    assert measure.is_hopeless(59.0)
    fresh = Measure()
    assert not any(fresh.is_hopeless(i * 7.0) for i in range(BAD_MESSAGES_LIMIT * 2))


def test_a_tip_is_one_more_field_of_a_message() -> None:
    told = json.loads(with_tip(encode(Lobby(present=3)), "17-0~18-1"))
    assert told == {"type": "lobby", "present": 3, "tip": "17-0~18-1"}
