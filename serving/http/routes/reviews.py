"""What people say of leads and reasons, held against the model; leads drawn for a review."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool

from features.contract.clock import now
from serving.http.auth import needs
from serving.http.body import respond
from serving.http.document.errors import RECORD_ERRORS
from serving.http.requests.kpis import PeriodQuery
from serving.http.requests.reviews import ReviewsQuery
from serving.http.route import GuardedRoute
from serving.http.routes.kpis import period_of
from serving.http.state import ServiceState
from serving.http.views.reviews import (
    MOST_LISTED,
    DisagreementView,
    ReviewView,
    SampledLead,
)
from serving.lifecycle.kpis.calendar import week_of
from serving.record.leads.leads import leads_by_number
from serving.record.lifecycle.review_sample import sampled
from serving.stored.disagreement import disagreement_of


def review_routes(state: ServiceState) -> APIRouter:
    """Return the paths of reviews."""
    routes = APIRouter(prefix="/v1", tags=["lifecycle"], route_class=GuardedRoute)

    @routes.get("/disagreements", response_model=DisagreementView, responses=RECORD_ERRORS)
    @needs("read")
    async def get_disagreements(query: Annotated[PeriodQuery, Query()]) -> Response:
        """Tell where people and the model disagreed in a period."""
        return respond(200, await run_in_threadpool(_disagreements, state, query))

    @routes.get("/reviews", response_model=ReviewView, responses=RECORD_ERRORS)
    @needs("read")
    async def get_reviews(query: Annotated[ReviewsQuery, Query()]) -> Response:
        """Tell which leads of low grades were drawn for a review, and how likely that was."""
        return respond(200, await run_in_threadpool(_reviews, state, query))

    return routes


def _disagreements(state: ServiceState, query: PeriodQuery) -> DisagreementView:
    kept, at = state.kept(), now()
    period = period_of(query, at)
    with kept.database.reading() as connection:
        said = disagreement_of(connection, kept.lifecycle, *period, at)
        listed = [one.lead for one in said.against[:MOST_LISTED]]
        ids = {one.number: one.lead_id for one in leads_by_number(connection, listed)}
    return DisagreementView.of(said, period, ids)


def _reviews(state: ServiceState, query: ReviewsQuery) -> ReviewView:
    week = query.week or week_of(now())
    with state.kept().database.reading() as connection:
        leads = sampled(connection, week).values()
    return ReviewView(week=week, leads=[SampledLead.of(one) for one in leads])
