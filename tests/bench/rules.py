"""How many generated seatings break a hard rule: `python -m tests.bench rules [CASES]`.

The tests that CI runs with a few cases, run with very many (100,000 unless told): pools of up to 14
people, of one mode or both with stations, drawn by Hypothesis with every hard rule there is, seated
by `solve_wanted` in no steps, few or many, and mended after some have gone (`repair.py`). Each room
is checked by `rules.broken_seating`, plain Python that the search does not use. Says every 1,000
cases how far it is; ends with an error at the first seating that breaks a rule or loses somebody,
cut down to the smallest such pool.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rooms.matching.ask import Wanted
from tests.rooms.matching.crowd import EFFORTS
from tests.rooms.matching.test_mixing import hybrid_pools
from tests.rooms.matching.test_repair import keeps_hard_rules_when_some_go
from tests.rooms.matching.test_solving import keeps_hard_rules_and_loses_nobody, pools

CASES = 100_000


def run(arguments: Sequence[str]) -> None:
    """Draws so many pools, other ones each time, and says that all seatings were right."""
    cases = int(arguments[0]) if arguments else CASES
    began = time.perf_counter()
    done = 0

    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        pools() | hybrid_pools(),
        st.sampled_from(EFFORTS),
        st.sets(st.integers(0, 13), max_size=4),
    )
    def every_seating_is_right(wanted: Wanted, steps: int, leaving: set[int]) -> None:
        nonlocal done
        offer = keeps_hard_rules_and_loses_nobody(wanted, steps)
        gone = {person.id for at, person in enumerate(wanted.people) if at in leaving}
        keeps_hard_rules_when_some_go(wanted, offer, gone)
        done += 1
        if done % 1_000 == 0:
            sys.stdout.write(f"{done} cases right, {time.perf_counter() - began:.0f} s\n")
            sys.stdout.flush()

    every_seating_is_right()
    spent = time.perf_counter() - began
    sys.stdout.write(
        f"{cases} seatings, and as many mended: no hard rule broken, nobody lost, {spent:.0f} s\n"
    )
