"""The organiser's own questions at the sign-up: how they are asked, and what was answered.

Responsible for a form's fields of questions and for turning what was typed into answers. An answer
stands with the person under the question's words in the event's language, as it was asked then:
a question worded anew begins another column and takes nothing from the earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from starlette.datastructures import FormData

from rooms.people import Asks, Question, is_visible
from server import words
from server.person_rows import BadRow, Sentence, clean

ANSWER_LIMIT = 500
"""Characters of a short text."""

YES_NO = ("Yes", "No")


class BadAnswer(Exception):
    """A question was not answered as it must be. `field`: its name in the form."""

    def __init__(self, field: str, sentence: str, **details: str | int) -> None:
        super().__init__(sentence)
        self.field = field
        self.why = Sentence(sentence, details)


class Asked(Struct, frozen=True, kw_only=True):
    """A question as the form shows it in one language; `options` in order."""

    field: str
    asks: str
    words: str
    options: tuple[str, ...]
    required: bool
    limit: int = ANSWER_LIMIT


def field_of(question: Question) -> str:
    """Returns a question's name in the form."""
    return f"q-{question.id}"


def asked(questions: Sequence[Question], language: str) -> list[Asked]:
    """Returns the questions in a language, in the other where the organiser wrote only that."""
    return [
        Asked(
            field=field_of(question),
            asks=question.asks.value,
            words=worded(question, language),
            options=options_in(question, language),
            required=question.required,
        )
        for question in questions
    ]


def worded(question: Question, language: str) -> str:
    """Returns a question's words in a language, else in the one there is."""
    return question.words.get(language) or next(iter(question.words.values()))


def options_in(question: Question, language: str) -> tuple[str, ...]:
    """Returns what one may choose from, in a language, else in the one there is."""
    if question.asks is Asks.YES_NO:
        return tuple(words.words(language).gettext(word) for word in YES_NO)
    return question.options.get(language) or next(iter(question.options.values()), ())


def given_answers(
    questions: Sequence[Question], kept: Mapping[str, str], event_language: str
) -> dict[str, list[str]]:
    """Returns answers that are kept as a form has them, by each question's field."""
    found: dict[str, list[str]] = {}
    for question in questions:
        answer = kept.get(worded(question, event_language), "")
        if question.asks is Asks.TEXT:
            found[field_of(question)] = [answer] if answer else []
        else:
            chosen = answer.split("; ") if question.asks is Asks.SEVERAL else [answer]
            options = options_in(question, event_language)
            found[field_of(question)] = [str(at) for at, one in enumerate(options) if one in chosen]
    return found


def typed_answers(questions: Sequence[Question], form: FormData) -> dict[str, list[str]]:
    """Returns what a form holds for each question, by its field, as it was typed."""
    return {
        field_of(question): [str(value) for value in form.getlist(field_of(question))]
        for question in questions
    }


def answers_of(
    questions: Sequence[Question],
    typed: Mapping[str, Sequence[str]],
    language: str,
    event_language: str,
) -> dict[str, str]:
    """Returns the answers under their questions' words; raises BadAnswer, naming the question.

    `language` is the one it was asked in; words are kept in the event's.
    """
    found: dict[str, str] = {}
    for question in questions:
        field = field_of(question)
        values = [value for value in typed.get(field, ()) if value.strip()]
        if question.asks is Asks.TEXT:
            answer = _text(question, values, language)
        else:
            options = options_in(question, event_language)
            answer = "; ".join(_chosen(question, values, options, language))
        if question.required and not is_visible(answer):
            raise BadAnswer(
                field, "Please answer “{question}”.", question=worded(question, language)
            )
        if answer:
            found[worded(question, event_language)] = answer
    return found


def _text(question: Question, values: Sequence[str], language: str) -> str:
    field = field_of(question)
    asked = worded(question, language)
    try:
        answer = " ".join(clean(values[0], asked).split()) if values else ""
    except BadRow as bad:
        raise BadAnswer(field, bad.why.sentence, **bad.why.details) from bad
    if len(answer) > ANSWER_LIMIT:
        raise BadAnswer(
            field,
            "Your answer to “{question}” has {count} characters; {most} fit. It still stands there:"
            " please shorten it.",
            question=asked,
            count=len(answer),
            most=ANSWER_LIMIT,
        )
    return answer


def _chosen(
    question: Question, values: Sequence[str], options: Sequence[str], language: str
) -> list[str]:
    """Returns the options with these numbers, in their order."""
    numbers = {str(number) for number in range(len(options))}
    single = question.asks is not Asks.SEVERAL
    if not numbers.issuperset(values) or (single and len(values) > 1):
        raise BadAnswer(
            field_of(question),
            "Please choose an answer to “{question}”.",
            question=worded(question, language),
        )
    return [option for number, option in enumerate(options) if str(number) in values]
