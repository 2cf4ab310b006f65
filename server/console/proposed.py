"""The next round in words: what is planned, the proposal's numbers, what is in its way. Pure.

A block is never worded: the server calls it private, and so does this.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from rooms import messages as m
from rooms.commands import Cause, Relaxation
from rooms.programme import Allow
from server.console.board import Board, name_of
from server.console.sentences import lasting
from server.console.speech import Speech

NAMES_SHOWN = 6


def names_words(speech: Speech, board: Board, ids: Sequence[str], shown: int = NAMES_SHOWN) -> str:
    """Returns people's names as a list, the rest of many as a number."""
    names = [name_of(board, id) or speech.gettext("Somebody") for id in ids[:shown]]
    if len(ids) > shown:
        names.append(speech.gettext("{n} more", n=speech.number(len(ids) - shown)))
    return speech.list(names)


def kind_words(speech: Speech, kind: str) -> str:
    """Returns what a kind of round is called."""
    _ = speech.gettext
    kinds = {
        "topics": _("by topic"),
        "open": _("open floor"),
        "plenary": _("all together"),
    }
    return kinds.get(kind, _("matched"))


def plan_words(speech: Speech, planned: m.PlannedView | m.ProgrammeRound) -> str:
    """Returns a round as planned: its length, and its rooms' size or its kind."""
    _ = speech.gettext
    length = lasting(speech, planned.seconds) if planned.seconds else _("until you end it")
    if planned.kind == "matched":
        return _("{length}, rooms of {size}", length=length, size=planned.size)
    return _("{length}, {kind}", length=length, kind=kind_words(speech, planned.kind))


def number_rows(speech: Speech, board: Board, proposal: m.Proposal) -> list[tuple[str, str]]:
    """Returns the numbers of a proposal as (label, value), beside a random draw's."""
    _, number = speech.gettext, speech.number

    def beside(own: float, random: float) -> str:
        return _("{mean} · random {random}", mean=f"{own:.2f}", random=f"{random:.2f}")

    again = speech.ngettext("{n} pair", "{n} pairs", proposal.repeats)
    seated = _(
        "{people} in {rooms} rooms",
        people=number(proposal.seated),
        rooms=number(proposal.rooms),
    )
    out = proposal.sitting_out
    rows = [
        (_("Seated"), seated),
        (_("Sizes"), sizes_words(speech, proposal.sizes)),
        (_("Affinity"), beside(proposal.mean_affinity, proposal.random_affinity)),
        (_("Worst off"), beside(proposal.worst_affinity, proposal.random_worst)),
        (_("Meet again"), again if proposal.repeats else _("none")),
        (_("Sit out"), names_words(speech, board, out) if out else _("none")),
    ]
    mean, bound = proposal.mean_affinity, proposal.bound_affinity
    if bound and mean <= bound:
        gap = math.ceil((1 - mean / bound) * 100)
        rows.append((_("To the best there can be"), _("{n} % at the most", n=gap)))
    if proposal.changed:
        changed = speech.ngettext("{n} room", "{n} rooms", proposal.changed)
        rows.append((_("Changed since the last one"), changed))
    return rows


def sizes_words(speech: Speech, sizes: dict[str, int]) -> str:
    """Returns the sizes of rooms: "28 of 4 · 2 of 3"."""
    ordered = sorted(((int(size), count) for size, count in sizes.items()), reverse=True)
    return " · ".join(
        speech.gettext("{count} of {size}", count=count, size=size) for size, count in ordered
    )


def cause_words(speech: Speech, board: Board, cause: Cause) -> str:
    """Returns one cause as a sentence; "" when its rules are not known here."""
    _ = speech.gettext
    rules = {
        "sizes": _("the sizes of rooms"),
        "repeats": _("that nobody meets twice"),
        "topics": _("the topics people chose"),
        "language": _("a common language"),
        "segments": _("segments that must, or must not, meet"),
        "segment-most": _("how many of a segment share a room"),
        "tables": _("tables, and who is fixed at one"),
        "stations": _("the number of stations"),
        "modes": _("that on-site and online people sit apart"),
        "private": _("something private"),
    }
    known = [rules[rule] for rule in cause.rules if rule in rules]
    if not known:
        return ""
    effects = []
    if cause.people:
        people = names_words(speech, board, cause.people)
        effects.append(_("{people} would have a seat without it", people=people))
    elif cause.seated:
        effects.append(
            speech.ngettext(
                "{n} person more would have a seat without it",
                "{n} people more would have a seat without it",
                cause.seated,
            )
        )
    if cause.repeats:
        effects.append(
            speech.ngettext(
                "{n} pair fewer would meet again",
                "{n} pairs fewer would meet again",
                cause.repeats,
            )
        )
    if cause.rooms:
        effects.append(
            speech.ngettext(
                "{n} room is not as large as planned",
                "{n} rooms are not as large as planned",
                cause.rooms,
            )
        )
    if not effects:
        return speech.list(known)
    return _("{cause}: {effects}", cause=speech.list(known), effects=" · ".join(effects))


def choice_words(speech: Speech, allow: str) -> str:
    """Returns what it is called to let something give way."""
    _ = speech.gettext
    choices = {
        Allow.REPEATS: _("Let people meet again"),
        Allow.SIZES: _("Let sizes differ from the plan"),
        Allow.SIT_OUTS: _("Let some sit out"),
    }
    return choices.get(Allow(allow), _("as the programme says"))


def outcome_words(speech: Speech, board: Board, choice: Relaxation) -> str:
    """Returns what would come of a choice."""
    _ = speech.gettext
    pieces = []
    if choice.repeats:
        again = speech.ngettext("{n} pair meets again", "{n} pairs meet again", choice.repeats)
        if choice.oldest:
            again = _("{again}, the oldest from round {round}", again=again, round=choice.oldest)
        elif choice.oldest == 0:
            again = _("{again}, the oldest from an earlier event", again=again)
        pieces.append(again)
    for size, count in Counter(choice.sizes).items():
        pieces.append(
            speech.ngettext("{n} room of {size}", "{n} rooms of {size}", count, size=size)
        )
    if choice.sitting_out:
        people = names_words(speech, board, choice.sitting_out)
        pieces.append(
            speech.ngettext(
                "{people} sits out", "{people} sit out", len(choice.sitting_out), people=people
            )
        )
    return " · ".join(pieces) or _("everything else holds")


def why_words(speech: Speech, board: Board, room: m.ProposedRoom) -> list[str]:
    """Returns why people are proposed together: what they share, offer, who met before."""
    _ = speech.gettext

    def name(id: str) -> str:
        return name_of(board, id) or _("Somebody")

    shared = [
        _(
            "{n} share {interests}",
            n=speech.number(len(one.people)),
            interests=speech.list(list(one.interests)),
        )
        for one in room.shared
    ]
    offers = [
        _(
            "{a} offers what {b} seeks: {words}",
            a=name(one.a),
            b=name(one.b),
            words=speech.list(list(one.words)),
        )
        for one in room.reasons
    ]
    again = [_("{a} and {b} meet again", a=name(a), b=name(other)) for a, other in room.again]
    return [*shared, *offers, *again]
