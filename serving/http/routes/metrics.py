"""What Prometheus reads."""

import os

from fastapi import APIRouter, Response
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector

from features.contract.clock import now
from serving.http.auth import needs
from serving.http.limits.threads import in_own_thread
from serving.http.route import GuardedRoute
from serving.http.server.gauges import Backlogs, Standing
from serving.http.state import ServiceState


def metrics_routes(state: ServiceState) -> APIRouter:
    """Return the path of metrics; no client of leads needs it, so its document leaves it out."""
    routes = APIRouter(route_class=GuardedRoute)
    backlogs = Backlogs(state)

    @routes.get("/metrics", include_in_schema=False)
    @needs("score")
    async def metrics() -> Response:
        """Tell Prometheus what was counted and timed, and what stands."""
        standing = Standing(state, await backlogs.newest(), now())
        told = await in_own_thread(_told, standing)
        return Response(told, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    return routes


def _told(standing: Standing) -> bytes:
    told = CollectorRegistry()
    told.register(standing)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        # Of all processes that count together; figures of this one alone would mislead.
        MultiProcessCollector(told)
    else:
        told.register(REGISTRY)
    return generate_latest(told)
