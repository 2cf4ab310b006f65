"""Retention by kind: when an evening's minutes are forgotten, and what is left of it (rule 21).

Responsible for the dates, and for which facts and rows outlive the minutes: people, consents,
yeses, cards, contacts, notes, blocks, what was sent, answered and taken home. Who was where, with
whom, for how long, what was rated, called or reported goes. Deliberately removes nothing itself:
the building puts the shorter journal in the place of the longer one, and `MinutesForgotten` to it.

Invariant: the shorter journal with `MinutesForgotten` gives the same event as the longer one with
it, so that whoever had read on folds one fact, and whoever reads anew comes to the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, json

from rooms import facts as f
from rooms.event import Event

DAY_MS = 24 * 3600 * 1000
UNUSED_DAYS = 730
"""Contacts, notes and next steps are kept until nobody has touched them for two years."""

FORGOTTEN = (
    f.Connected | f.Disconnected | f.NodeLost | f.Looked | f.Spoken | f.NotHereYet
    | f.CheckedIn | f.CheckedOut | f.ArrivedAtTable | f.SatOut | f.Rejoined | f.SaidReady
    | f.MediaChanged | f.RoundProposed | f.Pinned | f.Relaxed | f.Rearranged | f.ProposalChanged
    | f.Undone | f.SeatingOffered | f.RoundCalled | f.CallWithdrawn | f.SeatingFixed
    | f.PreviewShortened | f.RoundStarted | f.DeadlineMoved | f.Warned | f.Paused | f.Resumed
    | f.RoomEnded | f.RoundEnded | f.BreakEnded | f.Seated | f.Unseated | f.RoomOpened
    | f.JoinPlanned | f.JoinCancelled | f.ChoseToWait | f.ChoseToMeetOthers | f.MoreTimeWished
    | f.Rated | f.Reported | f.Announced | f.HostCalled | f.CallWasSeen | f.CallAnswered
    | f.TopicsNamed | f.TopicProposed | f.TopicAccepted | f.TopicDropped | f.TopicChosen
    | f.Visited | f.VisitEnded | f.LinkEnded | f.MeetingsRecorded | f.DoorsOpened | f.ClosingBegan
    | f.MinutesForgotten | f.MetInSeries
)  # fmt: skip
"""Facts that go with the minutes."""


class Dates(Struct, frozen=True, kw_only=True):
    """When what is forgotten (ms); None: not by any date, since the event is not over."""

    minutes_at: int | None
    """Who met whom and for how long; None also once that is done."""
    everything_at: int | None
    """The whole event, unless somebody uses it until then."""


def dates(event: Event, last_at: int) -> Dates:
    """Returns when an event's minutes and the event itself are due; `last_at`: its last fact."""
    if event.ended_at is None:
        return Dates(minutes_at=None, everything_at=None)
    minutes_at = event.ended_at + event.plan.minutes_days * DAY_MS
    return Dates(
        minutes_at=None if event.minutes_forgotten_at is not None else minutes_at,
        everything_at=last_at + UNUSED_DAYS * DAY_MS,
    )


def outlives(fact: f.AnyFact) -> bool:
    """Says whether a fact stays when the minutes are forgotten."""
    return not isinstance(fact, FORGOTTEN)


def rows_to_forget(rows: Iterable[str], kept: Iterable[f.AnyFact]) -> list[str]:
    """Returns the register's rows of words that no kept fact points to."""
    texts = [row for row in rows if row.startswith("t:")]
    if not texts:
        return []
    pointed = b"\n".join(json.encode(fact) for fact in kept)
    return [row for row in texts if b'"%s"' % row.removeprefix("t:").encode() not in pointed]
