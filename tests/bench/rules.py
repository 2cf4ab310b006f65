"""How many generated seatings break a hard rule: `python -m tests.bench rules [CASES]`.

The test that CI runs with a few cases, run with very many (100,000 unless told): pools of up to 14
people drawn by Hypothesis with every hard rule there is, seated by `solve_wanted`; each room is
checked by `rules.broken_seating`, plain Python that the search does not use. Ends with an error at
the first seating that breaks a rule or loses somebody, cut down to the smallest such pool.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from hypothesis import HealthCheck, Phase, given, settings

from rooms.matching.ask import Wanted
from tests.rooms.matching.test_solving import keeps_hard_rules_and_loses_nobody, pools

CASES = 100_000


def run(arguments: Sequence[str]) -> None:
    """Draws so many pools, other ones each time, and says that all seatings were right."""
    cases = int(arguments[0]) if arguments else CASES
    began = time.perf_counter()

    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(pools())
    def every_seating_is_right(wanted: Wanted) -> None:
        keeps_hard_rules_and_loses_nobody(wanted)

    every_seating_is_right()
    spent = time.perf_counter() - began
    sys.stdout.write(f"{cases} seatings, no hard rule broken, nobody lost: {spent:.0f} s\n")
