"""The templates of pages, letters and paper, compiled once per process.

Responsible for what they all need: what somebody typed stays text (autoescape), and a name that a
template misses is our bug, not an empty place. Draws nothing itself.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.files import TEMPLATES


@cache
def environment() -> Environment:
    """Returns the templates."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
