"""The solver's own process: reads what is wanted from its standard input, answers on its output.

Responsible for keeping a search's seconds of computing away from the server's event loop. Started
as `python -m server.solver` by `solving.py`; it knows no event, no store and no socket, and imports
nothing of them. It ends when its input does, so that none outlives a server that was killed.

A frame is four bytes of length and MessagePack. One question is answered at a time, in order. An
empty frame while a question is being solved says that somebody waits: the best so far is answered.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from queue import SimpleQueue
from typing import BinaryIO

import msgspec
from msgspec import Struct

from rooms.commands import OfferSeating
from rooms.matching.ask import Seeker, Wanted

NICE = 5
"""Gives way to the server on a machine with few cores."""


class Question(Struct, frozen=True):
    """A seating to be solved within so many seconds."""

    wanted: Wanted
    seconds: float


class Answer(Struct, frozen=True):
    """The offer, or, when solving failed, what failed."""

    offer: OfferSeating | None = None
    trouble: str = ""


encode = msgspec.msgpack.Encoder().encode
decode_answer = msgspec.msgpack.Decoder(Answer).decode
_decode_question = msgspec.msgpack.Decoder(Question).decode


def frame(content: bytes) -> bytes:
    """Returns the content with its length before it."""
    return len(content).to_bytes(4, "big") + content


def main() -> None:
    """Answers questions until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends our input
    with contextlib.suppress(OSError):
        os.nice(NICE)
    asked = _Asked(sys.stdin.buffer)
    threading.Thread(target=asked.read, daemon=True).start()
    _warm_up()
    while (content := asked.next()) is not None:
        sys.stdout.buffer.write(frame(encode(_answer(content, asked))))
        sys.stdout.buffer.flush()


def _answer(content: bytes, asked: _Asked) -> Answer:
    from rooms.matching.proposing import propose

    try:
        question = _decode_question(content)
        return Answer(offer=propose(question.wanted, question.seconds, hurry=asked.is_hurried))
    except Exception as error:  # told to the server, which logs it with the event's id
        return Answer(trouble=f"{type(error).__name__}: {error}")


def _warm_up() -> None:
    """Loads what solving needs and solves a small seating, so that the first round is quick."""
    from rooms.matching.solving import solve_wanted

    people = tuple(Seeker(id=f"a{number:03}", interests=("tea",)) for number in range(80))
    wanted = Wanted(event="", round=1, basis="", size=4, least=3, most=6, people=people)
    solve_wanted(wanted, 0, steps=3)


class _Asked:
    """What was read, and whether somebody waits. The reader's thread never computes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._questions: SimpleQueue[bytes | None] = SimpleQueue()
        self._hurry = threading.Event()

    def read(self) -> None:
        """Reads frames until the input ends."""
        while len(head := self._stream.read(4)) == 4:
            content = self._stream.read(int.from_bytes(head, "big"))
            if content:
                self._hurry.clear()  # it was meant for the question before
                self._questions.put(content)
            else:
                self._hurry.set()
        self._hurry.set()
        self._questions.put(None)

    def next(self) -> bytes | None:
        """Waits for the next question; None when the input has ended."""
        return self._questions.get()

    def is_hurried(self) -> bool:
        """Says whether somebody waits for the question being solved."""
        return self._hurry.is_set()


if __name__ == "__main__":
    main()
