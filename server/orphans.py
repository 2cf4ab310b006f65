"""Orphans: none is left behind when a process that started others is killed.

Responsible for ending a child with its parent, whatever that died of: Linux sends it SIGTERM.
Elsewhere nothing is done; whoever starts a child there has another way, or says so.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2): sent when the thread that started this process ends."""


def end_with(parent: int) -> None:
    """Asks for SIGTERM to this process when `parent` dies; sends it at once if that has died."""
    if sys.platform == "linux":
        _asking(parent)()


def ending_with_us() -> Callable[[], None] | None:
    """Returns what a child of ours does first (`preexec_fn`); None where there is no such signal.

    To be started from a thread that lives as long as we do.
    """
    return _asking(os.getpid()) if sys.platform == "linux" else None


def _asking(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)  # loaded here: a child between fork and exec must not

    def ask() -> None:
        libc.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal.SIGTERM)

    return ask
