"""The application as a whole: ready while all its parts run, and not a moment longer."""

from __future__ import annotations

import asyncio
import logging
from typing import cast

import pytest
from starlette.testclient import TestClient

from server.alarms import Alarms
from server.app import Parts, create_app, run_parts
from server.erasure import Eraser
from server.pulse import Pulse
from server.redis import Store
from server.remembering import Remembering
from server.retention import Retention
from server.settings import Settings
from server.showing_out import ShowingOut
from server.solving import Solving
from tests.guests import House
from tests.server.waiting import wait_until


class Idle:
    """A part that does nothing."""

    async def run(self) -> None:
        """Waits."""
        await asyncio.Event().wait()


class Dying:
    """A part that dies when it is told to."""

    def __init__(self) -> None:
        self.dies = asyncio.Event()

    async def run(self) -> None:
        """Waits, and raises."""
        await self.dies.wait()
        raise RuntimeError("the wheel came off")


async def test_a_background_task_that_dies_takes_readiness_down_and_says_why(store: Store) -> None:
    app = create_app(Settings(), store)
    building, readiness = app.state.building, app.state.readiness
    assert not readiness.is_ready
    dying = Dying()
    parts = Parts(
        alarms=cast(Alarms, Idle()),
        pulse=cast(Pulse, dying),
        solving=cast(Solving, Idle()),
        eraser=cast(Eraser, Idle()),
        retention=cast(Retention, Idle()),
        showing_out=cast(ShowingOut, Idle()),
        remembering=cast(Remembering, Idle()),
    )
    running = asyncio.create_task(run_parts(building, parts, readiness))
    await readiness.is_known.wait()
    assert readiness.is_ready
    dying.dies.set()
    await running
    assert not readiness.is_ready
    assert "the wheel came off" in readiness.trouble
    answer = await asyncio.to_thread(TestClient(app).get, "/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "trouble": readiness.trouble}
    assert (await asyncio.to_thread(TestClient(app).get, "/healthz")).json() == {"alive": True}


async def test_a_page_that_goes_in_the_middle_of_a_sentence_is_no_bug(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.opens(["Ana"])
    caplog.set_level(logging.INFO)
    host, port = house.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /api/events/{house.event}/attendees/me/commands HTTP/1.1",
        f"Host: {host}:{port}",
        f"Authorization: Bearer {house.key('Ana')}",
        "Content-Length: 100",
    )
    writer.write("\r\n".join([*head, "", '{"type": "note"']).encode())
    await writer.drain()
    writer.close()
    await wait_until(lambda: "gone before it was sent" in caplog.text, "a line in the log")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
