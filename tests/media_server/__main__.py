"""Runs the media server until it is ended: `python -m tests.media_server PORT KEY SECRET [old]`."""

from __future__ import annotations

import sys

import uvicorn

from tests.media_server.doors import media_app
from tests.media_server.forwarding import forward_only
from tests.media_server.tickets import Tickets


def main() -> None:
    """Serves on the loopback."""
    port, key, secret, *old = sys.argv[1:]
    forward_only()
    app = media_app(Tickets(key, secret), newest=not old)
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
