"""The command line: every failure is a sentence and a code, never a traceback."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import click
import httpx2 as httpx
import pytest

from server import cli
from server.auth import Keys
from server.bundled import BundledStore
from server.cli.running import greeting
from server.doctor import examine, kept_findings
from server.erasure import FILES, want_files
from server.redis import Store
from server.retention import RETENTION
from server.settings import Settings, child_environment
from tests.guests import House, guest, guests
from tests.server.house import KEY


class Ran:
    """A command that has ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


async def meguri(*arguments: str, **environment: str | None) -> Ran:
    """Runs the command line in a process of its own and waits for its end."""
    environment.setdefault("REDIS_URL", None)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", *arguments,
        env=child_environment(**environment), stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    async with asyncio.timeout(120):
        out, err = await process.communicate()
    assert b"Traceback" not in out + err, err.decode()
    return Ran(process.returncode or 0, out.decode(), err.decode())


async def asks(house: House, *arguments: str) -> Ran:
    """Runs a command that asks the house's server."""
    return await meguri(*arguments, "--url", house.url, MEGURI_ORGANISER_KEY=KEY)


async def test_an_organiser_holds_an_event_from_the_command_line(
    house: House, tmp_path: Path
) -> None:
    made = await asks(house, "event", "create", "Tea", "--rounds", "2", "--seconds", "60")
    assert made.code == 0
    assert "/join/" in made.out
    assert "/in/" in made.out
    listed = await asks(house, "event", "list")
    assert "Tea" in listed.out
    id = listed.out.split()[0]

    people = tmp_path / "people.csv"
    people.write_text("name,mode\nAna,\n花子,on-site\n,on-site\n=cmd(),\n", encoding="utf-8")
    links = tmp_path / "links.csv"
    brought = await asks(house, "attendees", "import", str(people), "--links", str(links))
    assert brought.code == 0
    assert "3 created" in brought.out
    assert "Row 4" in brought.err
    rows = list(csv.DictReader(io.StringIO(links.read_text(encoding="utf-8-sig"))))
    assert [row["name"] for row in rows] == ["Ana", "花子", "'=cmd()"], "a list runs nothing"
    assert set(rows[0]) == {"name", "external_id", "url"}, "names repeat, ids do not"
    assert all(row["url"].startswith(house.url) for row in rows)

    shown = await asks(house, "event", "show", id)
    assert json.loads(shown.out)["title"] == "Tea"
    pairs = await asks(house, "export", "pairs", "--event", id)
    assert pairs.out.lstrip("\ufeff").startswith("event_id,round,room")
    for what, column in (("leads", "email_sha256"), ("consents", "given_at")):
        assert column in (await asks(house, "export", what, "--event", id)).out
    written = await asks(house, "export", "attendees", "-o", str(tmp_path / "a.csv"))
    assert written.code == 0
    assert "花子" in (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert (await asks(house, "event", "close", id)).code == 0


async def test_a_missing_event_and_a_wrong_key_are_sentences(house: House) -> None:
    missing = await asks(house, "event", "show", "nosuchevent2")
    assert missing.code == 1
    assert len(missing.err.strip().splitlines()) == 1
    wrong = await meguri("event", "list", "--url", house.url, "--key", "wrong" * 6)
    assert wrong.code == 1
    assert len(wrong.err.strip().splitlines()) == 1


async def test_a_list_that_cannot_be_read_is_a_sentence(house: House, tmp_path: Path) -> None:
    await house.opens([], doors=False)
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    ran = await asks(house, "attendees", "import", str(empty))
    assert ran.code == 1
    assert len(ran.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["serve", "--port", "123456"],
        ["export", "nothing"],
        ["export", "rounds", "--format", "jsonl", "--key", "k"],
        ["attendees", "import", "no-such-file.csv"],
        ["rehearse", "--late", "101"],
        ["event", "list"],
        [],
    ],
)
async def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    ran = await meguri(*arguments, MEGURI_ORGANISER_KEY=None)
    assert ran.code == 2
    assert ran.err


async def test_nobody_at_the_address_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    ran = await meguri("event", "list", "--url", f"http://127.0.0.1:{port}", "--key", "k")
    assert ran.code == 1
    assert "meguri serve" in ran.err
    ran = await meguri("rehearse", "--url", f"http://127.0.0.1:{port}", "--key", "k")
    assert ran.code == 1
    assert len(ran.err.strip().splitlines()) == 1


async def test_a_port_in_use_is_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("serve", "demo"):
            host = ["--host", "127.0.0.1"] if command == "serve" else []
            ran = await meguri(command, *host, "--port", port, MEGURI_DATA_DIR=str(tmp_path))
            assert ran.code == 1
            assert f"Port {port}" in ran.err


async def test_a_store_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    ran = await meguri(
        "serve", "--host", "127.0.0.1", "--port", "0",
        MEGURI_DATA_DIR=str(tmp_path), REDIS_URL=f"unix://{tmp_path}/nothing",
    )  # fmt: skip
    assert ran.code == 1
    assert "Redis cannot be reached" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


async def test_a_wrong_setting_is_a_sentence(tmp_path: Path) -> None:
    ran = await meguri("doctor", MEGURI_DATA_DIR="~nobody-of-this-name/x", HOME=str(tmp_path))
    assert ran.code == 1
    assert ran.err.startswith("MEGURI_DATA_DIR")
    ran = await meguri("serve", MEGURI_DATA_DIR=str(tmp_path), REDIS_URL="http://nowhere")
    assert ran.code == 1
    assert "REDIS_URL" in ran.err


def test_our_own_bug_is_a_sentence_with_a_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks() -> None:
        raise ZeroDivisionError("nobody divides by nothing")

    monkeypatch.setenv("MEGURI_DATA_DIR", str(tmp_path))
    monkeypatch.setitem(cli.meguri.commands, "break", click.Command("break", callback=breaks))
    assert cli.run(["break"]) == 1
    told = capsys.readouterr().err
    reference = told.split("reference ")[1][:8]
    assert "Traceback" not in told
    log = (tmp_path / "meguri.log").read_text()
    assert reference in log
    assert "ZeroDivisionError" in log
    with pytest.raises(ZeroDivisionError):
        cli.run(["--debug", "break"])


async def test_doctor_says_what_to_mend(tmp_path: Path) -> None:
    well = await meguri("doctor", MEGURI_DATA_DIR=str(tmp_path / "data"))
    assert well.code == 0
    assert "before each answer" in well.out
    sick = await meguri(
        "doctor", MEGURI_DATA_DIR=str(tmp_path), REDIS_URL=f"unix://{tmp_path}/nothing",
        MEGURI_ORGANISER_KEY="short", MEGURI_PUBLIC_URL="http://meguri.example",
    )  # fmt: skip
    assert sick.code == 1
    assert sick.out.count("✗") == 3


def test_doctor_looks_at_the_folder_before_the_store(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    findings = examine(Settings(data_dir=in_the_way / "data"))
    assert not findings[-1].well
    assert "cannot be written" in findings[-1].sentence


async def test_doctor_names_the_tables_whose_stations_are_away(
    house: House, bundled: BundledStore
) -> None:
    stations: list[dict[str, object]] = [
        {"name": f"Station {table}", "role": "station", "table": table} for table in (2, 3)
    ]
    settings = Settings(redis_url=bundled.url, media="none")
    await house.opens(["Ana"], tables=3, stations=2, settings={"mixing": "most"})
    await house.brings(stations)
    async with guests(house, "Ana", "Station 2"):
        [away] = [one for one in await asyncio.to_thread(examine, settings) if not one.well]
        assert away.sentence == "1 of 2 stations of “Tea” are not connected: table 3."
        async with guest(house, "Station 3"):
            findings = await asyncio.to_thread(examine, settings)
        assert "All 2 stations of “Tea” are connected." in [one.sentence for one in findings]


async def test_doctor_says_when_retention_ran_and_what_the_files_still_hold(store: Store) -> None:
    async def said() -> list[tuple[bool, str, bool]]:
        found = await kept_findings(store)
        return [(one.well, one.sentence.partition(" at 20")[0], bool(one.mend)) for one in found]

    never = "Retention has not run yet: it does as the server runs."
    assert await said() == [(True, never, False)]
    ran = "Retention last looked at all events"
    await store.call("HSET", RETENTION, "seen", store.clock() - 25 * 3600 * 1000)
    assert await said() == [(True, ran, True)]
    await store.call("HSET", RETENTION, "seen", store.clock())
    await want_files(store)
    still = "The store's files are still to be written anew, without what was erased."
    assert await said() == [(True, ran, False), (True, still, True)]
    await store.call("HSET", FILES, "trouble", "BGSAVE failed.")
    trouble = "The store's files still hold what was erased: BGSAVE failed."
    assert await said() == [(True, ran, False), (False, trouble, True)]
    await store.call("HDEL", FILES, "trouble", "wanted")
    await store.call("HSET", FILES, "at", store.clock())
    anew = "The store's files were written anew after an erasure"
    assert await said() == [(True, ran, False), (True, anew, False)]


async def test_a_lost_organisers_key_is_renewed_on_the_servers_machine(tmp_path: Path) -> None:
    data = {"MEGURI_DATA_DIR": str(tmp_path)}
    first, second = await meguri("key", "renew", **data), await meguri("key", "renew", **data)
    keys = [ran.out.split()[-1] for ran in (first, second)]
    assert (first.code, second.code) == (0, 0), (first.err, second.err)
    store = BundledStore(tmp_path)
    await store.start()
    try:
        held = Keys(await Store.connect(store.url), Settings(data_dir=tmp_path))
        assert [await held.is_organiser_key(key) for key in keys] == [False, True]
    finally:
        await store.stop()


async def test_a_key_that_is_a_setting_is_not_renewed() -> None:
    ran = await meguri("key", "renew", MEGURI_ORGANISER_KEY=KEY)
    assert ran.code == 1
    assert "MEGURI_ORGANISER_KEY" in ran.err


async def said_at_start(data_dir: Path) -> tuple[str, asyncio.subprocess.Process]:
    """Starts a server; returns what it says once it answers."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "serve", "--host", "127.0.0.1", "--port", "0",
        env=child_environment(
            MEGURI_DATA_DIR=str(data_dir), MEGURI_ORGANISER_KEY=None, REDIS_URL=None
        ),
        stdout=PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    said = b""
    async with asyncio.timeout(120):
        while b" ends it." not in said:
            said += await process.stdout.readline()
    return said.decode(), process


def test_the_first_start_is_said_in_the_language_of_the_terminal() -> None:
    english = greeting("", "http://tea.test", "k-e-y", None)
    japanese = greeting("ja", "http://tea.test", "k-e-y", None)
    for said in (english, japanese):
        assert "http://tea.test/desk/in/k-e-y\n" in said
        assert "meguri key renew" in said
    assert "Sign in" in english
    assert "サインイン" in japanese
    assert "ends it" not in japanese


async def test_the_first_start_says_once_how_to_come_to_the_desk(tmp_path: Path) -> None:
    said, server = await said_at_start(tmp_path)
    try:
        [address] = re.findall(r"http://\S+/desk/in/\S+", said)
        base = address.partition("/desk")[0]
        async with httpx.AsyncClient(base_url=base, headers={"origin": base}) as browser:
            assert "Sign in" in (await browser.get(address)).text
            signed = await browser.post(address)
            assert signed.headers["location"] == "/desk"
            assert "No event yet." in (await browser.get("/desk")).text
    finally:
        server.terminate()
        await server.wait()
    said, server = await said_at_start(tmp_path)
    server.terminate()
    await server.wait()
    assert address.rpartition("/")[2] not in said
    assert "/desk/in/" not in said
