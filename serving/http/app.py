"""Scoring over HTTP; what happens to a lead happens behind `Scoring`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar, get_args

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool

from serving.http.document.openapi import DocumentedApp
from serving.http.document.operations import operation_id
from serving.http.limits.admission import Admission, Limits
from serving.http.limits.rates import Rates
from serving.http.route import answer_errors
from serving.http.routes.alerts import alert_routes
from serving.http.routes.handover import handover_routes
from serving.http.routes.imports import import_routes
from serving.http.routes.kpis import kpi_routes
from serving.http.routes.lifecycle import lifecycle_routes
from serving.http.routes.merges import merge_routes
from serving.http.routes.metrics import metrics_routes
from serving.http.routes.operation import operation_routes
from serving.http.routes.opt_in_page import opt_in_page_routes
from serving.http.routes.opt_ins import opt_in_routes
from serving.http.routes.owners import owner_routes
from serving.http.routes.pages.workspace import workspace_routes
from serving.http.routes.problems import problem_routes
from serving.http.routes.record import record_routes
from serving.http.routes.reviews import review_routes
from serving.http.routes.rights import rights_routes
from serving.http.routes.score import score_routes
from serving.http.routes.segment import segment_routes
from serving.http.routes.senders import sender_routes
from serving.http.routes.stored import stored_routes
from serving.http.routes.webhooks import webhook_routes
from serving.http.server.headers import Headers
from serving.http.server.ids import register_ids
from serving.http.server.observation import Observed
from serving.http.server.shortcut import Shortcut
from serving.http.state import ServiceState
from serving.metrics import expect_answers
from serving.scoring.answer import FallbackReason

App = TypeVar("App", bound=FastAPI)

_LIMITS = Limits()

_OPERATION = (operation_routes, metrics_routes)
_ROUTES = (
    score_routes,
    stored_routes,
    lifecycle_routes,
    owner_routes,
    kpi_routes,
    review_routes,
    handover_routes,
    record_routes,
    rights_routes,
    opt_in_routes,
    opt_in_page_routes,
    import_routes,
    segment_routes,
    sender_routes,
    webhook_routes,
    alert_routes,
    merge_routes,
    *_OPERATION,
)


def create_app(state: ServiceState, limits: Limits = _LIMITS) -> DocumentedApp:
    """Return the application.

    Args:
        state: Answers lead requests once its scoring is there.
        limits: What it takes on at once.
    """
    app = DocumentedApp(
        title="leadscore",
        summary="Which leads will become sales-qualified, how sure that is, and why.",
        version="1",
        servers=[{"url": (state.public_url or "").rstrip("/") or "/"}],
        generate_unique_id_function=operation_id,
        redirect_slashes=False,
        lifespan=_with_threads,
    )
    register_ids()
    expect_answers(get_args(FallbackReason))
    routers = [*(of_subject(state) for of_subject in _ROUTES), *workspace_routes()]
    return _put_together(app, routers, state, limits)


def create_operation_app(state: ServiceState, limits: Limits = _LIMITS) -> FastAPI:
    """Return the application of a process that answers no leads: how it does, and nothing else."""
    app = FastAPI(openapi_url=None, redirect_slashes=False, lifespan=_with_threads)
    routers = [of_subject(state) for of_subject in _OPERATION]
    return _put_together(app, routers, state, limits)


def _put_together(
    app: App, routers: Sequence[APIRouter], state: ServiceState, limits: Limits
) -> App:
    app.state.service = state
    for router in routers:
        app.include_router(router)
    app.include_router(problem_routes())
    answer_errors(app)
    app.add_middleware(Shortcut, api=app, routers=routers)
    # The last one is the outermost: what is refused has its headers, and is counted, too.
    app.add_middleware(Admission, limits=limits)
    if limits.rate is not None:
        app.add_middleware(Rates, state=state, rate=limits.rate)
    app.add_middleware(Headers, state=state)
    app.add_middleware(Observed, log_requests=state.log_requests)
    return app


@asynccontextmanager
async def _with_threads(_: FastAPI) -> AsyncIterator[None]:
    # What runs threads is imported with the first of them: no caller should wait for that.
    await run_in_threadpool(lambda: None)
    yield
