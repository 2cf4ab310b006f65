"""Where the files that are no Python lie: templates, static files, sample people.

Does not read them. They are the checkout's top-level folders, or, once installed, folders of this
package (the wheel puts them there).
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    installed = _HERE / name
    return installed if installed.is_dir() else _HERE.parent / name


TEMPLATES = _folder("templates")
STATIC = _folder("static")
LOCALE = TEMPLATES / "locale"
SAMPLE = _HERE / "sample"
