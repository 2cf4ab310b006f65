"""All scenes: what is driven once and then looked at in every way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.tour import entry, evening, hosting, kinds, luck, organising, signing_up
from tests.tour.stage import Look, Stage

Scene = Callable[[Stage, Look], Awaitable[None]]

SCENES: tuple[Scene, ...] = (
    entry.doors,
    entry.desk,
    entry.the_end,
    evening.lobby,
    evening.preview_and_room,
    evening.after_and_end,
    evening.leaving,
    hosting.console,
    kinds.other_kinds,
    kinds.mixed,
    kinds.practice,
    kinds.in_an_app,
    luck.bad_luck,
)
"""What is driven for axe and for the tour."""

AROUND: tuple[Scene, ...] = (
    organising.before,
    organising.after,
    signing_up.sign_up,
    signing_up.mine,
)
"""The pages before and after an evening: driven for axe in light in one language, in dark in the
other, and for the tour."""

LOOKED_AT: tuple[Scene, ...] = (
    *SCENES,
    *AROUND,
)
"""What the tour shows."""

LANGUAGES = ("en", "ja")
