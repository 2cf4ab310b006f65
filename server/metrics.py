"""Numbers for operators, as Prometheus reads them at `/metrics`.

Responsible for their names alone; who counts holds them. Each process tells its own.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """One application's numbers, in a registry of their own: tests run several in one process."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self.connections = Gauge(
            "meguri_connections", "Sockets that this process holds.", registry=registry
        )
        self.events = Gauge("meguri_events", "Events that this process follows.", registry=registry)
        self.facts = Counter(
            "meguri_facts", "Facts folded, whoever appended them.", registry=registry
        )
        self.said = Counter("meguri_said", "Things said in rooms and lobbies.", registry=registry)
        self.frames = Counter("meguri_frames", "Frames given to sockets.", registry=registry)
        self.fan_out_seconds = Histogram(
            "meguri_fan_out_seconds",
            "Telling one fact to everybody held here.",
            registry=registry,
            buckets=SECONDS,
        )
        self.command_seconds = Histogram(
            "meguri_command_seconds",
            "From reading a command to its durable answer.",
            registry=registry,
            buckets=SECONDS,
        )
        self.refusals = Counter(
            "meguri_refusals", "Messages refused, by code.", ["code"], registry=registry
        )
        self.closes = Counter(
            "meguri_closes", "Sockets closed by the server, by code.", ["code"], registry=registry
        )
        self.silences = Counter(
            "meguri_silences", "Sockets given up because nothing was heard.", registry=registry
        )
        self.resumes = Counter(
            "meguri_resumes",
            "Sockets that came back, by what they got.",
            ["got"],
            registry=registry,
        )
        self.bugs = Counter(
            "meguri_bugs", "Errors of our own that somebody was told about.", registry=registry
        )
        self.store_away = Gauge(
            "meguri_store_away", "1 while the store does not answer.", registry=registry
        )

    def page(self) -> bytes:
        """Returns the numbers in Prometheus' text format."""
        return generate_latest(self._registry)
