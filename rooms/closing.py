"""The two questions at the end of the evening: come again? what would you change?

Responsible for taking the answers, which are chosen and never typed: the organiser sees totals
alone, from five people on (rule 19, `report.py`), and no words from which anybody could be told.
"""

from __future__ import annotations

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import Deciding
from rooms.people import CHANGES, COMES_AGAIN
from rooms.refusal import Refusal


def answer(deciding: Deciding, command: c.AnswerQuestions) -> None:
    """Keeps somebody's answers, instead of earlier ones."""
    event, id = deciding.event, deciding.me.id
    if event.ended_at is None:
        raise Refusal("too-early", "The closing questions are asked after the evening.")
    if id not in event.came:
        raise Refusal("not-allowed", "Only those who came are asked this.")
    if command.again not in COMES_AGAIN or set(command.change) - set(CHANGES):
        raise Refusal("bad-field", "There is no such answer.", field="again")
    change = tuple(one for one in CHANGES if one in command.change)
    if event.answers.get(id) != (command.again, change):
        deciding.happened(
            f.QuestionsAnswered(at=deciding.now, id=id, again=command.again, change=change)
        )
