"""Runs a measurement by its module's name: `python -m tests.bench fanout [ARGUMENTS]`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.bench


def main(arguments: list[str]) -> int:
    """Runs `run(arguments)` of the module that is named; without one, lists them."""
    names = sorted(
        each.name for each in pkgutil.iter_modules(tests.bench.__path__) if each.name[0] != "_"
    )
    if not arguments or arguments[0] not in names:
        sys.stderr.write(f"python -m tests.bench {{{'|'.join(names)}}} [ARGUMENTS]\n")
        return 2
    importlib.import_module(f"tests.bench.{arguments[0]}").run(arguments[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
