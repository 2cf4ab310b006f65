"""How long a search may go on: until an instant, or for so many steps.

Responsible for the only look at a clock in `rooms/`, and it decides nothing but when to stop: the
same seed and the same number of steps give the same answer, whatever the clock said. So too when
somebody could not wait: `hurry` ends the time at once, and the steps taken tell how far it got.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from time import perf_counter

TOLD_BY = 50
"""Steps from which on it is told how many more there will be."""


class Budget:
    """Steps that a search may still take; `steps` wins over `seconds` when both are given.

    A grant may be used even when the time is over, so that a slow machine seats people well too.
    """

    def __init__(
        self,
        seconds: float,
        steps: int | None = None,
        hurry: Callable[[], bool] = lambda: False,
    ) -> None:
        self.taken = 0
        self._granted = 0
        self._most = steps
        self._hurry = hurry
        self._began_at = perf_counter()
        self._ends_at = self._began_at + max(0.0, seconds)

    @property
    def is_timed(self) -> bool:
        """Whether a clock ends it, not a number of steps."""
        return self._most is None

    def step(self) -> bool:
        """Takes one step if there is one left, and says whether there was."""
        if self._most is not None:
            if self.taken >= self._most:
                return False
        elif self.taken >= self._granted and self._is_over():
            return False
        self.taken += 1
        return True

    def left(self) -> float:
        """Returns how many steps there still are, as far as can be told from those taken."""
        if self._most is not None:
            return self._most - self.taken
        now = perf_counter()
        if self.taken < TOLD_BY:
            return inf
        return max(0.0, (self._ends_at - now) * self.taken / (now - self._began_at))

    def share(self, steps: int, parts: int) -> int:
        """Returns so many steps, or the share of one of several parts where fewer are left.

        What ends by the clock leaves to each part what it needs.
        """
        return steps if self._most is None else min(steps, -(-(self._most - self.taken) // parts))

    def _is_over(self) -> bool:
        return perf_counter() >= self._ends_at or self._hurry()

    def grant(self, steps: int) -> None:
        """Allows so many steps from now on, whatever the time."""
        self._granted = max(self._granted, self.taken + steps)
