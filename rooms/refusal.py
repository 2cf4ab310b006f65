"""A refusal: a rule said no, with a code for programs and a sentence for people.

The sentence is an English message id; the server words it in the reader's language.
"""

from __future__ import annotations


class Refusal(Exception):
    """A rule said no. `sentence` may hold {named} places, filled from `details`."""

    def __init__(self, code: str, sentence: str, **details: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.details: dict[str, str | int] = details

    def __str__(self) -> str:
        return self.sentence.format(**self.details)
