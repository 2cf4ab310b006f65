"""The desk's form for a mail that came back: a bounce that was pasted or dropped.

Responsible for the form and for wording what it came to. What a bounce says is `bounces.py`'s, what
follows from it `undelivered.py`'s. Works without JavaScript.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from server.bodies import read_upload
from server.bounces import MESSAGE_LIMIT, NoBounce, read_bounce
from server.evenings import Evening
from server.pages.entry import evening_of
from server.pages.rendering import redirect
from server.undelivered import note_bounce_at_desk
from server.words import Saying

CAME_BACK = {
    "came-back-unknown": "It came back: there is no such address, or it was closed.",
    "came-back-full": "It came back: the mailbox is full.",
    "came-back-large": "It came back: it is too large for that mailbox.",
    "came-back-refused": "It came back: the other side does not take this mail.",
    "came-back-late": "It came back: for days nobody took it at the other end.",
    "came-back": "It came back undelivered.",
}
"""Each reason of `bounces.reason` in words."""

NOT_NOTED = {
    "bounce-empty": "Please choose a file first.",
    "bounce-unreadable": "This is no mail that can be read: save it as .eml, or copy its source.",
    "bounce-not-a-bounce": "This is no message of a mail system about a mail that came back.",
    "bounce-delayed": "It says that a mail is late, not that it came back: nothing to do yet.",
    "bounce-delivered": "It says that a mail arrived.",
    "bounce-nobody": "It is about no mail of this event, and about no address of its people.",
}


async def press_bounce(request: Request) -> Response:
    """Notes that a mail of this event came back, by what the mail system wrote."""
    evening = await evening_of(request)
    form = await read_upload(request, MESSAGE_LIMIT)
    try:
        file = form.get("file")
        if isinstance(file, UploadFile) and file.filename:
            data = await file.read(MESSAGE_LIMIT)
        else:
            data = str(form.get("text", "")).encode("utf-8", "replace")
    finally:
        await form.close()
    here = f"/desk/{evening.id}/mail"
    if not data.strip():
        return redirect(f"{here}?done=bounce-empty#came-back")
    try:
        bounce = await asyncio.to_thread(read_bounce, data)
    except NoBounce as none:
        return redirect(f"{here}?done=bounce-{none.why}#came-back")
    noted = await note_bounce_at_desk(request.app.state, evening, bounce)
    if noted is None:
        return redirect(f"{here}?done=bounce-nobody#came-back")
    done = "bounce-marked" if noted.marked else "bounce-noted"
    return redirect(f"{here}?done={done}&who={noted.attendee}&why={noted.why}")


def came_back_told(evening: Evening, query: Mapping[str, str], say: Saying) -> str:
    """Returns what the press before came to, in a sentence; empty: there was none."""
    done = query.get("done", "")
    if done in NOT_NOTED:
        return say(NOT_NOTED[done])
    if done not in ("bounce-marked", "bounce-noted"):
        return ""
    name = evening.register.attendee(query.get("who", "")).name
    why = say(CAME_BACK.get(query.get("why", ""), CAME_BACK["came-back"]))
    if done == "bounce-marked":
        after = say("No more mail goes to {name} until their address is changed.", name=name)
    else:
        after = say("It is noted beside the mail to {name}; later ones are still sent.", name=name)
    return f"{why} {after}"
