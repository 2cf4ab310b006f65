"""What an organiser does next, by how far an event has come.

Responsible for choosing one step out of the event's state; its words are desk_event.html's. Who
organises for the first time follows these from an empty list to the thank-you.
"""

from __future__ import annotations

from msgspec import Struct

from rooms.messages import Phase
from rooms.places import requests
from server.evenings import Evening
from server.pages.mail import uninvited


class NextStep(Struct, frozen=True, kw_only=True):
    """The step's name, and how many people it is about.

    `people`: nobody is on the list; `requests`: some wait for an answer; `links`: some have not
    been sent theirs (`by_mail`: it can be); `ready`; `running`; `over`.
    """

    name: str
    count: int = 0
    by_mail: bool = False


def next_step(evening: Evening, sends_mail: bool) -> NextStep:
    """Returns what comes next."""
    event = evening.event
    if event.phase is Phase.ENDED:
        return NextStep(name="over")
    if event.phase is not Phase.DRAFT:
        return NextStep(name="running")
    if not any(one.takes_seat and not one.erased for one in event.people.values()):
        return NextStep(name="people")
    if asked := len(requests(event)):
        return NextStep(name="requests", count=asked)
    if unsent := len(uninvited(evening)):
        return NextStep(name="links", count=unsent, by_mail=sends_mail)
    return NextStep(name="ready")
