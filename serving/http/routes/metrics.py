"""What Prometheus reads."""

import os

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from features.contract.clock import now
from serving.http.route import GuardedRoute
from serving.http.standing import Backlogs, Standing
from serving.http.state import ServiceState


def metrics_routes(state: ServiceState) -> APIRouter:
    """Return the path of metrics; no client of leads needs it, so its document leaves it out."""
    routes = APIRouter(route_class=GuardedRoute)
    backlogs = Backlogs(state)

    @routes.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        """Tell Prometheus what was counted and timed, and what stands."""
        standing = Standing(state, await backlogs.newest(), now())
        return await run_in_threadpool(_exposed, standing, request.headers.get("accept", ""))

    return routes


def _exposed(standing: Standing, accepted: str) -> Response:
    told = CollectorRegistry()
    told.register(standing)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        # Of all processes that count together; figures of this one alone would mislead.
        MultiProcessCollector(told)
    else:
        told.register(REGISTRY)
    try:
        encode, media_type = choose_encoder(accepted)
    except ValueError:
        encode, media_type = choose_encoder("")
    return Response(encode(told), headers={"Content-Type": media_type})
