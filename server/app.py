"""The application: its routes as a list, and what runs for as long as it does.

Responsible for putting the parts together and for their beginning and end: what starts is stopped
in reverse order, and every background task has an owner who awaits it.

Deliberately contains no route's logic and no rule.

Invariant: an application is ready only while all of its background tasks run; one that dies takes
readiness down with it, and the log says why.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from asyncio import TaskGroup
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from server import api, exports, fallback, rehearsing, schemas, sockets
from server.alarms import Alarms
from server.auth import Keys
from server.erasure import Eraser
from server.evenings import Evenings
from server.fallback import Fallbacks
from server.hub import Hub
from server.limits import Limits
from server.media import Ways
from server.metrics import Metrics
from server.nodes import Nodes, lose
from server.pages import routes as page_routes
from server.pages.errors import handlers
from server.pulse import Pulse
from server.redis import Store
from server.rehearsing import Rehearsals
from server.relay import Relay
from server.remembering import Remembering
from server.retention import Retention
from server.settings import Settings
from server.showing_out import ShowingOut
from server.sockets import Building
from server.solving import Solving
from server.trying import Trials
from server.wire import CloseCode

log = logging.getLogger(__name__)

LEAVE_SECONDS = 1.0
"""How long a process that ends may take to write that its connections have ended."""


class Readiness:
    """Whether requests can be served; `trouble` says why not, in one sentence."""

    def __init__(self) -> None:
        self.trouble = "The server is starting."
        self.is_known = asyncio.Event()
        """Set once the background tasks run, or have failed to."""

    @property
    def is_ready(self) -> bool:
        """Whether all is well."""
        return not self.trouble


class Parts(Struct, frozen=True):
    """What runs in the background."""

    alarms: Alarms
    pulse: Pulse
    solving: Solving
    eraser: Eraser
    retention: Retention
    showing_out: ShowingOut
    remembering: Remembering


def create_app(settings: Settings, store: Store) -> Starlette:
    """Returns the application on a store; whoever connected the store closes it."""
    readiness = Readiness()
    metrics = Metrics()

    def step_down(reason: str) -> None:
        readiness.trouble = reason
        hub.close_all(CloseCode.SHUTTING_DOWN)

    ways = Ways(settings)
    hub = Hub(store.clock, ways, metrics)
    evenings = Evenings(store, step_down=step_down)
    evenings.watch(hub.open)
    showing_out = ShowingOut(ways, store.clock)
    evenings.watch(showing_out.open)
    nodes = Nodes(store, evenings, lambda: hub.close_all(CloseCode.SHUTTING_DOWN))
    nodes.on_store(lambda away: hub.store_went() if away else hub.store_came_back())
    relay = Relay(store, evenings, hub, lambda: nodes.name)
    parts = Parts(
        alarms=Alarms(store, evenings, nodes),
        pulse=Pulse(hub.patiences, store.clock, metrics.silences.inc),
        solving=Solving(evenings, store),
        eraser=Eraser(store, Keys(store, settings)),
        retention=Retention(store, evenings, Keys(store, settings), store.clock),
        showing_out=showing_out,
        remembering=Remembering(store, evenings),
    )
    building = Building(
        settings=settings,
        store=store,
        evenings=evenings,
        nodes=nodes,
        hub=hub,
        relay=relay,
        metrics=metrics,
    )

    app = Starlette(
        routes=_routes(), lifespan=_life_of(building, parts, readiness), exception_handlers=handlers
    )
    app.state.building = building
    app.state.readiness = readiness
    app.state.settings = settings
    app.state.store = store
    app.state.evenings = evenings
    app.state.keys = Keys(store, settings)
    app.state.limits = Limits()
    app.state.trials = Trials()
    app.state.fallbacks = Fallbacks()
    app.state.rehearsals = Rehearsals(store)
    return app


def _life_of(
    building: Building, parts: Parts, readiness: Readiness
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Returns what runs while an application does: its background, begun first and ended last."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        background = asyncio.create_task(run_parts(building, parts, readiness), name="background")
        try:
            await readiness.is_known.wait()
            yield
        finally:
            readiness.trouble = "The server is stopping."
            await app.state.rehearsals.close()
            background.cancel()
            await asyncio.gather(background, return_exceptions=True)
            building.hub.stop()
            await building.evenings.close()

    return lifespan


async def run_parts(building: Building, parts: Parts, readiness: Readiness) -> None:
    """Runs all background tasks; returns only when one of them died, which ends the others."""
    try:
        async with TaskGroup() as group:
            group.create_task(building.nodes.run(), name="nodes")
            group.create_task(building.relay.run(), name="relay")
            group.create_task(parts.pulse.run(), name="pulse")
            group.create_task(parts.alarms.run(), name="alarms")
            group.create_task(parts.solving.run(), name="solving")
            group.create_task(parts.eraser.run(), name="eraser")
            group.create_task(parts.retention.run(), name="retention")
            group.create_task(parts.showing_out.run(), name="showing out")
            group.create_task(parts.remembering.run(), name="remembering")
            readiness.trouble = building.evenings.trouble
            readiness.is_known.set()
    except Exception as error:
        log.exception("A background task died; this process is not ready any more.")
        readiness.trouble = f"A background task died: {_first(error)!r}."
    finally:
        readiness.is_known.set()


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def leave(app: Starlette) -> None:
    """Ends this process's part in all events, before it stops: connections end, as of now.

    One fact an event says so, rather than one a connection; others see at once who has gone.
    """
    building: Building = app.state.building
    app.state.readiness.trouble = "The server is stopping."
    node, now = building.nodes.name, building.store.clock()
    building.nodes.is_leaving = True
    try:
        async with asyncio.timeout(LEAVE_SECONDS), TaskGroup() as group:
            for gathering in list(building.hub.gatherings()):
                if gathering.connections():
                    group.create_task(lose(gathering.evening, node, now))
    except TimeoutError:
        log.warning("The store was not told in time that this process ends; others will notice.")
    building.hub.close_all(CloseCode.SHUTTING_DOWN)


# Alive, ready, numbers


async def healthz(request: Request) -> Response:
    """Says that the process answers."""
    return JSONResponse({"alive": True})


async def readyz(request: Request) -> Response:
    """Says whether the process is able to serve; 503 with a sentence when it is not."""
    readiness: Readiness = request.app.state.readiness
    building: Building = request.app.state.building
    trouble = readiness.trouble or building.evenings.trouble
    if building.nodes.store_away:
        trouble = "The store does not answer."
    if trouble:
        return JSONResponse({"ready": False, "trouble": trouble}, status_code=503)
    return JSONResponse({"ready": True})


async def metrics(request: Request) -> Response:
    """Shows this process's numbers to Prometheus."""
    building: Building = request.app.state.building
    return Response(building.metrics.page(), media_type=CONTENT_TYPE_LATEST)


def _routes() -> list[BaseRoute]:
    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        *sockets.routes,
        *exports.routes,
        *api.routes,
        *fallback.routes,
        *rehearsing.routes,
        *schemas.routes,
        *page_routes,
    ]
