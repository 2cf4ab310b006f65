"""How often something may be asked: token buckets, for addresses and for sessions.

Responsible for counting only: what a refusal says is the door's business. Kept per process, in
bounded memory; a bucket that is full again is forgotten. Instants are arguments (seconds of any
steady clock). A socket's own limits are `wire.py`'s.
"""

from __future__ import annotations

from collections import OrderedDict

MOST_BUCKETS = 20_000
"""Buckets kept; beyond that the one unused for longest goes, which at worst forgives somebody."""


class Buckets:
    """One token bucket for each name: `burst` at once, `rate` a second in the long run."""

    def __init__(self, *, rate: float, burst: int, most: int = MOST_BUCKETS) -> None:
        self.rate = rate
        self.burst = burst
        self.most = most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, now: float) -> float:
        """Takes a token and returns 0, or returns the seconds until there is one."""
        left = self.left(name, now)
        if left < 1:
            return (1 - left) / self.rate
        self._left[name] = (left - 1, now)
        self._left.move_to_end(name)
        while len(self._left) > self.most:
            self._left.popitem(last=False)
        return 0.0

    def left(self, name: str, now: float) -> float:
        """Returns how many tokens a name has, without taking one."""
        left, at = self._left.get(name, (float(self.burst), now))
        return min(float(self.burst), left + (now - at) * self.rate)

    def __len__(self) -> int:
        return len(self._left)


class Limits:
    """The limits of this process's doors."""

    def __init__(self) -> None:
        # A whole venue may sit behind one address: 400 people who join within a minute pass.
        self.joins = Buckets(rate=5, burst=600)
        # Keys have 144 bits; this only keeps guessers from filling logs and the store's time.
        self.wrong_keys = Buckets(rate=0.5, burst=60)
        # Each connect and its end are facts that the journal keeps: a page that flaps passes, a
        # loop of connects does not.
        self.connects = Buckets(rate=1, burst=60)
        # The organiser, by key or at the desk: an import of single people, a rehearsal's commands,
        # every file of an event one after another.
        self.programs = Buckets(rate=100, burst=1000)
        # An attendee's or host's commands over HTTP: as on the socket, 300 in a minute.
        self.sessions = Buckets(rate=5, burst=60)
