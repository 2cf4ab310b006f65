"""The bundled store starts, survives, and says in one sentence why it cannot."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from server.bundled import BundledStore, running_url
from server.redis import Store, StoreAway, StoreError, key, shown
from tests.server.waiting import wait_until


def test_keys_of_one_event_share_a_slot() -> None:
    assert key("abc", "journal") == "meguri:{abc}:journal"


def test_an_address_is_shown_without_its_password() -> None:
    assert shown("redis://ana:secret@db.example:6380/1") == "redis://db.example:6380/1"


async def test_the_bundled_store_keeps_what_it_was_given(tmp_path: Path) -> None:
    for expected in (None, b"1"):
        bundled = BundledStore(tmp_path)
        await bundled.start()
        store = await Store.connect(bundled.url)
        assert await store.call("GET", "kept") == expected
        await store.call("SET", "kept", 1)
        pid = bundled.pid
        await store.close()
        await bundled.stop()
        assert not _lives(pid)


async def test_a_killed_store_is_back_at_the_same_address_with_its_data(tmp_path: Path) -> None:
    bundled = BundledStore(tmp_path)
    await bundled.start()
    store = await Store.connect(bundled.url)
    await store.call("SET", "kept", 1)
    url, pid = bundled.url, bundled.pid
    os.kill(pid, signal.SIGKILL)

    async def is_back() -> bool:
        try:
            return await store.call("GET", "kept") == b"1" and bundled.pid != pid
        except StoreAway:
            return False

    await wait_until(is_back, "the data is back")
    assert bundled.url == url
    await store.close()
    await bundled.stop()


async def test_a_store_that_keeps_dying_keeps_being_started(tmp_path: Path) -> None:
    bundled = BundledStore(tmp_path)
    await bundled.start()
    for times in (1, 2, 3):
        os.kill(bundled.pid, signal.SIGKILL)
        await wait_until(lambda times=times: bundled.restarts == times, "started again")  # type: ignore[misc]
        await wait_until(lambda: _lives(bundled.pid), "it lives")
    await bundled.stop()


async def test_a_data_folder_in_use_is_said_so(tmp_path: Path) -> None:
    first = BundledStore(tmp_path)
    await first.start()
    with pytest.raises(StoreError, match=r"^The data folder .* is in use by another Meguri .*\.$"):
        await BundledStore(tmp_path).start()
    assert running_url(tmp_path) == first.url
    await first.stop()
    assert running_url(tmp_path) is None


async def test_a_read_only_data_folder_is_said_so(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):  # root may write anywhere but in the kernel's own tree
        folder = Path("/sys/kernel/meguri")
        if not folder.parent.is_dir():
            pytest.skip("nowhere to be refused")
    with pytest.raises(StoreError, match=r"^The data folder .* is read-only\.$"):
        await BundledStore(folder).start()


async def test_a_file_in_the_data_folders_way_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StoreError, match="a file is in its way"):
        await BundledStore(tmp_path / "data").start()


async def test_a_server_that_does_not_start_gives_its_reason(tmp_path: Path) -> None:
    folder = tmp_path / "store" / "appendonlydir"
    folder.mkdir(parents=True)
    (folder / "appendonly.aof.manifest").write_text("this is no manifest\n")
    with pytest.raises(StoreError, match="The bundled store did not start"):
        await BundledStore(tmp_path).start()
    assert running_url(tmp_path) is None


async def test_after_a_crash_of_ours_the_next_start_takes_over(tmp_path: Path) -> None:
    program = (
        "import asyncio, os, signal, sys\n"
        "from pathlib import Path\n"
        "from server.bundled import BundledStore\n"
        "from server.redis import Store\n"
        "async def main():\n"
        "    bundled = BundledStore(Path(sys.argv[1]))\n"
        "    await bundled.start()\n"
        "    store = await Store.connect(bundled.url)\n"
        "    await store.call('SET', 'kept', 1)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    crashed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, str(tmp_path)), cwd=Path(__file__).parents[2]
    )
    assert await crashed.wait() == -signal.SIGKILL
    left_behind = Path((tmp_path / "lock").read_text().split()[1].removeprefix("unix://")).parent
    assert left_behind.is_dir()
    bundled = BundledStore(tmp_path)
    await bundled.start()
    assert not left_behind.exists()
    store = await Store.connect(bundled.url)
    assert await store.call("GET", "kept") == b"1"
    await store.close()
    await bundled.stop()


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server on PATH")
async def test_redis_reads_a_folder_that_valkey_wrote(tmp_path: Path) -> None:
    redis_server = Path(shutil.which("redis-server") or "")
    for binary in (None, redis_server):
        bundled = BundledStore(tmp_path, binary)
        await bundled.start()
        store = await Store.connect(bundled.url)
        assert await store.call("HSETNX", "kept", "once", 1) == (1 if binary is None else 0)
        await store.call("BGREWRITEAOF")
        await store.close()
        await bundled.stop()


async def test_a_store_that_cannot_be_reached_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"^Redis cannot be reached at redis://127\.0\.0\.1:1: "):
        await Store.connect("redis://:secret@127.0.0.1:1")


async def test_a_store_too_old_is_said_so(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A server that is Redis 6.2, and says so to everything."""
        told = b"redis_version:6.2.14\r\n"
        while asked := await reader.read(4096):
            writer.write(b"$%d\r\n%s\r\n" % (len(told), told) * asked.count(b"*"))
        writer.close()

    server = await asyncio.start_unix_server(answer, tmp_path / "s")
    with pytest.raises(StoreError, match=r"^Redis 7\.0 or newer is needed; .* runs 6\.2\.14\.$"):
        await Store.connect(f"unix://{tmp_path / 's'}")
    server.close()


async def test_the_clock_is_the_stores_and_never_goes_back(store: Store) -> None:
    before = await store.now()
    seconds, micros = before // 1000 - 3600, 0
    store.heard_time([b"%d" % seconds, b"%d" % micros], 0.0, 0.0)
    assert store.clock() >= before


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
