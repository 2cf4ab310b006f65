"""The connections to one event that this process holds: by viewer, hosts, staff.

Responsible for who of them hears what. Deliberately sends and closes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from rooms.messages import Everyone, Hosts, People
from server.outbox import Connection
from server.recent import Hearers, Unseated


class Held:
    """One event's connections in this process, in the order in which they came."""

    def __init__(self) -> None:
        self._connections: dict[str, Connection] = {}
        self._by_viewer: dict[str, list[Connection]] = {}
        self._hosts: list[Connection] = []
        self.staff: list[Connection] = []
        """Those that see the board: hosts and helpers."""

    def __iter__(self) -> Iterator[Connection]:
        return iter(self._connections.values())

    def __len__(self) -> int:
        return len(self._connections)

    def of(self, viewer: str) -> list[Connection]:
        """Returns one viewer's connections."""
        return list(self._by_viewer.get(viewer, ()))

    def add(self, connection: Connection) -> None:
        """Takes up a connection."""
        self._connections[connection.id] = connection
        self._by_viewer.setdefault(connection.viewer, []).append(connection)
        if connection.is_host:
            self._hosts.append(connection)
        if connection.sees_board:
            self.staff.append(connection)

    def discard(self, connection: Connection) -> bool:
        """Forgets a connection; says whether it was held."""
        if self._connections.pop(connection.id, None) is None:
            return False
        theirs = self._by_viewer[connection.viewer]
        theirs.remove(connection)
        if not theirs:
            del self._by_viewer[connection.viewer]
        if connection.is_host:
            self._hosts.remove(connection)
        if connection.sees_board:
            self.staff.remove(connection)
        return True

    def who_hears(self, hearers: Hearers) -> list[Connection]:
        """Returns the connections of those who are meant."""
        match hearers:
            case Everyone():
                return list(self)
            case Hosts():
                return list(self._hosts)
            case People(ids):
                found = (self._by_viewer.get(id, ()) for id in dict.fromkeys(ids))
                return [connection for theirs in found for connection in theirs]
            case Unseated(seated):
                return [one for one in self if one.viewer not in seated]
            case _:
                assert_never(hearers)
