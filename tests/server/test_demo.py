"""The demo: its people are believable, its talk fits the table, its links come at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest

from server.demo.conversation import Conversation, Speaker, script, small_talk
from server.sample_people import invented, sample_people
from server.settings import child_environment
from tests.guests import House, guest

ANA = Speaker("ana", ("en",), ("AI", "coffee"))
HANAKO = Speaker("hanako", ("ja", "en"), ("ai", "music"))
TARO = Speaker("taro", ("ja", "en"), ("AI",))


def test_half_of_the_people_are_japanese_and_some_are_on_site() -> None:
    people = sample_people()
    assert len(people) == 40
    assert sum("reading" in person for person in people) == 20
    assert sum(person.get("mode") == "on-site" for person in people) == 16
    assert len({person["email"] for person in people}) == 40


def test_everybody_shares_an_interest_with_somebody_and_can_talk_about_one() -> None:
    topics = set(script().topics)
    for person in sample_people():
        interests = set(person["interests"])
        assert interests & topics, person["name"]
        others = [set(other["interests"]) for other in sample_people() if other is not person]
        assert any(interests & theirs for theirs in others), person["name"]


def test_more_people_than_the_sample_are_all_somebody() -> None:
    people = invented(95)
    assert len({person["name"] for person in people}) == 95
    assert len({person["external_id"] for person in people}) == 95


def test_every_topic_is_there_in_both_languages() -> None:
    for name, lines in script().topics.items():
        assert set(lines) == {"en", "ja"}, name
        assert len(lines["en"]) == len(lines["ja"]), name


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nobody_tells_of_a_table_before_the_first_round(language: str) -> None:
    before, after = small_talk(language, 0), small_talk(language, 1)
    assert before
    assert after
    assert not set(before) & set(after)
    assert not any("last table" in line or "さっきの席" in line for line in before)


def test_a_table_talks_about_what_its_people_share() -> None:
    talk = Conversation([ANA, HANAKO], "seed")
    said = [talk.next() for _ in range(4)]
    assert [line.text for line in said if line] == script().topics["AI"]["en"][:4]
    assert all(a and b and a.speaker != b.speaker for a, b in pairwise(said))


def test_a_table_of_japanese_speakers_talks_japanese() -> None:
    line = Conversation([TARO, HANAKO], "seed").next()
    assert line is not None
    assert line.text == script().topics["AI"]["ja"][0]


@pytest.mark.parametrize(
    ("words", "kind", "language"),
    [
        ("How do you do that?", "question", "en"),
        ("Hello everybody", "greeting", "en"),
        ("ありがとうございます", "thanks", "ja"),
        ("どうやって始めたんですか。", "question", "ja"),
        ("I make chairs.", "other", "en"),
    ],
)
def test_an_answer_fits_the_words_and_their_language(words: str, kind: str, language: str) -> None:
    line = Conversation([TARO, HANAKO], words).answer(words, "Bo")
    assert line is not None
    assert line.text in [t.replace("{name}", "Bo") for t in script().answers[kind][language]]


def test_nobody_talks_at_an_empty_table() -> None:
    talk = Conversation([ANA], "seed")
    talk.leaves("ana")
    assert talk.opener() is None
    assert talk.next() is None


@contextlib.asynccontextmanager
async def demo(folder: Path, *arguments: str) -> AsyncIterator[tuple[Process, list[str]]]:
    """Runs the demo; yields its process and its three links once they are printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "demo", "--port", "0", *arguments,
        env=child_environment(HOME=str(folder), TMPDIR=str(folder), REDIS_URL=None),
        stdout=PIPE, stderr=PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    links: list[str] = []
    try:
        async with asyncio.timeout(120):
            while len(links) < 3:
                line = (await process.stdout.readline()).decode()
                assert line, (await process.communicate())[1].decode()
                links += [line.strip()] if "http://" in line else []
        yield process, links
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


async def test_links_are_printed_at_once_and_ctrl_c_ends_everything(tmp_path: Path) -> None:
    async with demo(tmp_path, "--starts-in", "600") as (process, _):  # nobody has talked yet
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            out, _ = await process.communicate()
        assert process.returncode == 0
        assert b"nothing is left behind" in out
        assert os.listdir(tmp_path) == []


def is_a_room(place: object) -> bool:
    """Says whether words were said at a table."""
    return place != "lobby"


async def test_a_newcomer_is_welcomed_and_answered(tmp_path: Path) -> None:
    """With eight people, all online and on site, Ana sits with some; they greet and answer her."""
    arguments = ["--people", "8", "--seconds", "600", "--rounds", "1", "--starts-in", "6"]
    async with demo(tmp_path, *arguments) as (process, links):
        origin, _, rest = links[0].partition("/e/")
        house = House(origin, links[2].rpartition("/")[2])
        house.event = rest.partition("/")[0]
        await house.brings([{"name": "Ana"}])
        async with guest(house, "Ana") as ana:
            await ana.sees("said", room="lobby")
            await ana.sees("room")
            await ana.sees("said", text=lambda text: "Ana" in str(text), room=is_a_room)
            await ana.asks("say", text="Thank you for having me.")
            thanks = [t.replace("{name}", "Ana") for t in script().answers["thanks"]["en"]]
            await ana.sees("said", text=lambda text: text in thanks, room=is_a_room)
        process.send_signal(signal.SIGINT)
        await process.communicate()
