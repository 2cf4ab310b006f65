"""The desk's page for customer programs: leads by number, Sansan's format kept and filled."""

from __future__ import annotations

import csv
import html
import io

from server.redis import Store
from tests.server.callers import doors
from tests.server.house import KEY

TEMPLATE = "名刺所有者ユーザID（必須）,会社名（必須）,氏名[姓]（必須）,氏名[名],e-mail(1)\r\n"


async def test_leads_are_taken_home_by_number(store: Store) -> None:
    async with doors(store) as house, house.browser() as desk:
        await desk.post("/desk", data={"key": KEY})
        event = (await house.makes_event())["id"]
        [ana, _] = await house.brings(event)
        async with house.browser() as phone:
            link = f"/e/{event}/in/{ana.key}"
            await phone.post(link, data={"agree": "1", "fields": ["news"]})
        page = await desk.get(f"/desk/{event}/customers")
        assert "1 person agreed to hear from you." in page.text
        file = await desk.get(f"/api/events/{event}/leads.csv")
        assert f"{event}-leads-1.csv" in file.headers["content-disposition"]
        [row] = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))
        assert (row["change"], row["name"], row["email"]) == ("new", "Ana", "ana@example.org")
        assert row["consent_wording"]
        again = await desk.get(f"/api/events/{event}/leads.jsonl?since=1")
        assert again.content == b""
        assert "?since=2" in (await desk.get(f"/desk/{event}/customers")).text
        wrong = await desk.get(f"/api/events/{event}/leads.csv?since=x")
        assert (wrong.status_code, wrong.json()["code"]) == (422, "bad-field")
        async with house.browser() as somebody:
            assert (await somebody.get(f"/api/events/{event}/leads.csv")).status_code == 401


async def test_sansans_format_is_asked_for_once_and_filled(store: Store) -> None:
    async with doors(store) as house, house.browser() as desk:
        await desk.post("/desk", data={"key": KEY})
        event = (await house.makes_event())["id"]
        path = f"/desk/{event}/customers/sansan.csv"
        wrong = await desk.post(path, data={"owner": "u"}, files={"file": ("x.csv", b"a,b\r\n")})
        assert wrong.status_code == 422
        assert "not the CSV format that Sansan hands out" in html.unescape(wrong.text)
        nothing = await desk.post(path, data={"owner": "u"})
        assert "Please choose the CSV format" in nothing.text
        data = TEMPLATE.encode("cp932")
        filled = await desk.post(path, data={"owner": "u-1"}, files={"file": ("x.csv", data)})
        assert filled.status_code == 200, filled.text
        assert filled.content.startswith(data.strip())
        assert 'value="u-1"' in (await desk.get(f"/desk/{event}/customers")).text
        assert (await desk.post(path, data={"owner": "u-2"})).content == filled.content
        assert "sansan.csv" in (await desk.get(f"/desk/{event}")).text, "it is written down"
