"""Times as people type them: where the clocks are put forward, one that does not exist is told."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click
import httpx2 as httpx
import pytest
from icalendar import Calendar

from rooms.programme import Plan, PlannedRound
from server.calendars import calendar_file
from server.cli.typed_times import DAY_AND_TIME, typed_time
from server.local_times import SkippedTime, instant_of
from tests.server.callers import Doors
from tests.server.desk import desk, house, read

__all__ = ["desk", "house"]

BERLIN = ZoneInfo("Europe/Berlin")
GAP = "2037-03-29T02:30"
WHY = "In Europe/Berlin there is no 2037-03-29 02:30: the clocks are put forward then."


def test_a_time_that_the_clocks_leave_out_is_told_with_what_to_write_instead() -> None:
    with pytest.raises(SkippedTime) as skipped:
        instant_of(datetime.fromisoformat(GAP), BERLIN)
    assert (skipped.value.given, skipped.value.instead) == ("2037-03-29 02:30", "2037-03-29 03:30")
    for fold in (0, 1):
        with pytest.raises(SkippedTime):
            instant_of(datetime.fromisoformat(GAP).replace(fold=fold), BERLIN)
    with pytest.raises(SkippedTime, match="2011-12-30 09:00"):  # a whole day, beside the date line
        instant_of(datetime(2011, 12, 30, 9), ZoneInfo("Pacific/Apia"))


@pytest.mark.parametrize("time", ["01:59", "03:00"])
def test_the_times_beside_the_gap_are_what_they_say(time: str) -> None:
    at = instant_of(datetime.fromisoformat(f"2037-03-29T{time}"), BERLIN)
    assert datetime.fromtimestamp(at / 1000, BERLIN).strftime("%H:%M") == time


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    at = instant_of(datetime(2037, 10, 25, 2, 30), BERLIN)
    assert datetime.fromtimestamp(at / 1000, BERLIN).isoformat() == "2037-10-25T02:30:00+02:00"


@pytest.mark.parametrize("form", ["events", "details", "copy"])
async def test_no_form_of_the_desk_takes_a_start_that_does_not_exist(
    house: Doors, desk: httpx.AsyncClient, form: str
) -> None:
    made = await house.makes_event(time_zone="Europe/Berlin")
    path = "/desk/events" if form == "events" else f"/desk/{made['id']}/{form}"
    sent = {"title": "Tea", "rounds": "2", "starts_at": GAP, "time_zone": "Europe/Berlin"}
    refused = await desk.post(path, data=sent)
    assert refused.status_code == 422
    assert f"{WHY} Write 2037-03-29 03:30, or an earlier time." in refused.text
    assert f'value="{GAP}" aria-invalid="true"' in refused.text
    desk.cookies.set("meguri_language", "ja")
    assert "という時刻はありません" in (await desk.post(path, data=sent)).text
    [one] = (await house.client.get("/api/events")).json()
    assert one["starts_at"] == made.get("starts_at")


async def test_a_start_that_is_not_touched_stays_what_it_was(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    second = instant_of(datetime(2037, 10, 25, 2, 30), BERLIN) + 3_600_000
    made = await house.makes_event(time_zone="Europe/Berlin", starts_at=second)
    assert "(Europe/Berlin)" in (await house.client.get(made["join_url"])).text, "whose 02:30?"
    assert "2037-10-25T02:30" in await read(desk, f"/desk/{made['id']}")
    sent = {"title": "Tea", "starts_at": "2037-10-25T02:30", "time_zone": "Europe/Berlin"}
    await desk.post(f"/desk/{made['id']}/details", data=sent)
    shown = (await house.client.get(f"/api/events/{made['id']}")).json()
    assert (shown["title"], shown["starts_at"]) == ("Tea", second)


def test_the_command_line_reads_a_time_in_the_events_zone_and_tells_the_same() -> None:
    at = typed_time(datetime(2037, 3, 29, 9), "Asia/Tokyo", "--starts-at")
    assert at == instant_of(datetime(2037, 3, 29, 9), ZoneInfo("Asia/Tokyo"))
    assert DAY_AND_TIME.convert("2037-03-29 09:00", None, None) == datetime(2037, 3, 29, 9)
    with pytest.raises(click.BadParameter, match=r"02:30: the clocks.+Write 2037-03-29 03:30"):
        typed_time(datetime.fromisoformat(GAP), "Europe/Berlin", "--starts-at")


def test_an_evening_over_a_change_of_clocks_lasts_in_the_calendar_as_long_as_it_does() -> None:
    begins = instant_of(datetime(2037, 3, 29, 1, 30), BERLIN)
    rounds = (PlannedRound(seconds=5400, break_seconds=0, preview_seconds=0),)
    plan = Plan(rounds=rounds, starts_at=begins, time_zone="Europe/Berlin")
    file = calendar_file("e", "Tea", plan, "https://x.example", "x.example", begins)
    assert file is not None
    [entry] = Calendar.from_ical(file).walk("VEVENT")
    assert entry.decoded("dtend").timestamp() - begins / 1000 == 5400
    assert entry["dtend"].to_ical() == b"20370329T040000"
