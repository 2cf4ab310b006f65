"""Where the program's log goes, and in which form.

On a terminal a person reads sentences, so the log is a file in the data folder; otherwise it is
one JSON object a line on standard error, for whoever collects them. Says nothing itself.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import sys
import tempfile
from pathlib import Path

LOG_BYTES = 5_000_000
"""Two files of 5 MB keep some weeks of an ordinary server."""


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": round(record.created, 3),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_file(data_dir: Path) -> Path:
    """Returns a file that can be written: in the data folder, else in the temporary one."""
    for folder in (data_dir, Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / "meguri.log"
            with path.open("a", encoding="utf-8"):
                return path
        except OSError:
            continue
    return Path(tempfile.mkstemp(prefix="meguri-", suffix=".log")[1])


def start_logging(data_dir: Path, *, debug: bool = False) -> Path | None:
    """Sets the log up; returns its file, or None when it goes to standard error."""
    handler: logging.Handler
    path: Path | None = None
    if debug:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    elif sys.stderr.isatty():
        path = log_file(data_dir)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8"
        )
        handler.setFormatter(JsonLines())
    else:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for noisy in ("asyncio", "websockets", "uvicorn.access", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return path
