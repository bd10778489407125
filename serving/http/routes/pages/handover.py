"""The page on the handover: from which probability it pays, and what past lists brought."""

from babel.numbers import format_currency
from fastapi import APIRouter, Response

from serving.http.pages.answers import go, show
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.lifecycle.handover import lacking_keys
from serving.pages.curve import HEIGHT, WIDTH, draw
from serving.stored.handover import Handover, bring_best_into_force, handover_of

HANDOVER = "/app/figures/handover"

_POINTS = 60
_ROWS = 10
_MONEY = "#,##0 ¤"


def handover_page_routes() -> APIRouter:
    """Return the paths of the page."""
    routes = page_router()

    @routes.get(HANDOVER)
    @for_permission("figures")
    def show_handover(visit: Visiting) -> Response:
        return _page(visit, _found(visit))

    @routes.post(HANDOVER)
    @for_permission("rules")
    def apply_best(visit: Visiting) -> Response:
        found, lifecycle = _found(visit), visit.state.kept().lifecycle
        with visit.database.writing() as connection:
            entry = bring_best_into_force(connection, lifecycle, found, visit.user.actor)
        if entry is None:
            raise PageError(409, "conflict")
        return go(visit, HANDOVER, "handed_over")

    return routes


def _found(visit: Visit) -> Handover:
    kept, scoring = visit.state.kept(), visit.state.loaded()
    with visit.database.reading() as connection:
        return handover_of(connection, kept.lifecycle, kept.policy, scoring, visit.at)


def _page(visit: Visit, found: Handover) -> Response:
    candidates, in_force = found.candidates, found.in_force
    if candidates is None:
        return show(
            visit,
            "handover",
            found=found,
            candidates=None,
            lacking=lacking_keys(),
            days=_days(found),
        )
    curve = candidates.curve(_POINTS)
    best = candidates.at(candidates.threshold)
    now = None if in_force is None else candidates.at(in_force.threshold)
    marked = [best] if now is None else [best, now]
    drawn = draw([(point.leads, point.value) for point in (*curve, *marked)])
    return show(
        visit,
        "handover",
        found=found,
        candidates=candidates,
        best=best,
        now=now,
        curve=curve[:: max(1, len(curve) // _ROWS)],
        drawn=drawn,
        best_at=drawn.places[len(curve)],
        now_at=None if now is None else drawn.places[-1],
        width=WIDTH,
        height=HEIGHT,
        days=_days(found),
        money=lambda value: format_currency(
            value,
            candidates.terms.currency,
            "#,##0 ¤",
            locale=visit.language,
            currency_digits=False,
        ),
    )


def _days(found: Handover) -> int:
    return found.horizon // 86_400_000_000
