"""Outgoing: what somebody typed is called outside, and never becomes a way inside."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from server.outgoing import BadAddress, NoAnswer, check_address, is_public, post
from tests.server.receivers import Receiver, receiving

HEADERS = {"webhook-id": "msg_1"}


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1",
        "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:a00:1::f5ff:fffe",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_public_however_it_is_written(ip: str) -> None:
    assert not is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize("ip", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_an_address_outside_is_public(ip: str) -> None:
    assert is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("crm.example.org/hook", "not-an-address"),
        ("ftp://crm.example.org/hook", "not-an-address"),
        ("https://user:word@crm.example.org/", "not-an-address"),
        ("https://crm.example.org:port/", "not-an-address"),
        ("https://[::1/", "not-an-address"),
        ("https://crm.example.org/a b", "not-an-address"),
        ("https://crm.example.org/\r\nx: y", "not-an-address"),
        ("https://crm.example.org/" + "a" * 500, "not-an-address"),
        ("http://crm.example.org/hook", "not-https"),
        ("https://127.0.0.1/hook", "inside"),
        ("https://[::1]/hook", "inside"),
    ],
)
def test_an_address_that_can_be_seen_to_be_wrong_is_refused_before_it_is_kept(
    address: str, code: str
) -> None:
    with pytest.raises(BadAddress) as refused:
        check_address(address, private=False)
    assert refused.value.code == code


async def why(address: str, *, private: bool, seconds: float = 5.0) -> str:
    """Calls an address that gives no answer; returns why."""
    with pytest.raises(NoAnswer) as none:
        await post(address, b"{}", HEADERS, private=private, seconds=seconds)
    return none.value.why


async def test_a_name_is_judged_by_what_it_means_now_and_nothing_is_sent_inside() -> None:
    receiver = Receiver()
    async with receiving(receiver):
        named = receiver.url.replace("127.0.0.1", "localhost")
        assert await why(named.replace("http:", "https:"), private=False) == "inside"
        assert receiver.calls == []
        assert (await post(named, b"{}", HEADERS, private=True)).status == 204
    [call] = receiver.calls
    assert call.headers["host"].startswith("localhost:")


async def test_clouds_machine_data_is_out_of_reach_whatever_is_allowed() -> None:
    with pytest.raises(BadAddress):
        await post("http://169.254.169.254/latest", b"{}", HEADERS, private=True)


async def test_what_gives_no_answer_says_why() -> None:
    hanging, garbled = Receiver(hangs=True), Receiver(headers="broken header\r\n")
    async with receiving(hanging, garbled):
        assert await why(hanging.url, private=True, seconds=0.2) == "slow"
        assert await why(garbled.url, private=True) == "garbled"
        plain = hanging.url.replace("http:", "https:")
        assert await why(plain, private=True, seconds=0.5) in ("slow", "certificate")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert await why(f"http://127.0.0.1:{port}/", private=True) == "unreachable"
    # Where no name server answers, the look-up itself takes its time.
    unknown = await why("https://nobody.invalid/", private=False, seconds=120)
    assert unknown == "unknown-host"
