"""The page on the funnel and its figures, and the same as CSV."""

from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from pydantic import ValidationError

from features.contract.lead import ContractError, moment
from serving.http.pages.answers import show
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.http.requests.kpis import KpisQuery
from serving.lifecycle.kpis.groups import Dimension
from serving.lifecycle.kpis.kpis import KPI_NAMES, Group, KpiName, Kpis, TooManyGroupsError
from serving.lifecycle.kpis.table import csv_text
from serving.lifecycle.kpis.words import DIMENSIONS, LABELS, UNITS
from serving.pages.figure_text import figure_text
from serving.pages.frame import HEADERS
from serving.pages.saying import say
from serving.stored.kpis import kpis_of

FIGURES = "/app/figures"

_IN_GROUPS: tuple[KpiName, ...] = (
    "mql_to_sql", "acceptance_rate", "speed_to_lead", "close_rate", "cost_per_lead",
    "cost_per_sql",
)  # fmt: skip
"""Figures that are shown of each group; the CSV has all of them."""


def figure_routes() -> APIRouter:
    """Return the paths of the page."""
    routes = page_router()

    @routes.get(FIGURES)
    @for_permission("figures")
    def show_figures(visit: Visiting) -> Response:
        typed = _typed(visit)
        asked = _asked(visit, typed)
        if asked is None:
            return _figures(visit, KpisQuery(), typed, "figures.mistake.period")
        try:
            return _figures(visit, asked, typed)
        except TooManyGroupsError:
            return _figures(visit, KpisQuery(), typed, "figures.mistake.groups")

    @routes.get(FIGURES + "/table.csv")
    @for_permission("figures")
    def download_figures(visit: Visiting) -> Response:
        asked = _asked(visit, _typed(visit))
        if asked is None:
            raise PageError(400, "invalid")
        try:
            kpis = _kpis(visit, asked)
        except TooManyGroupsError:
            raise PageError(422, "invalid") from None
        named = f'attachment; filename="figures-{moment(visit.at):%Y-%m-%d}.csv"'
        headers = {**HEADERS, "Content-Disposition": named}
        return Response(csv_text(kpis), media_type="text/csv", headers=headers)

    return routes


def _typed(visit: Visit) -> dict[str, str]:
    sent = visit.request.query_params
    return {name: sent.get(name, "").strip() for name in ("from", "to", "by")}


def _asked(visit: Visit, typed: dict[str, str]) -> KpisQuery | None:
    """Return what is asked for, None where it cannot be told."""
    given = {name: typed[name] for name in ("from", "to") if typed[name]}
    by = [typed["by"]] if typed["by"] else []
    try:
        asked = KpisQuery.model_validate({**given, "by": by})
        asked.period(visit.at)
    except (ValidationError, ContractError):
        return None
    return asked


def _kpis(visit: Visit, asked: KpisQuery) -> Kpis:
    begin, end = asked.period(visit.at)
    lifecycle = visit.state.kept().lifecycle
    with visit.database.reading() as connection:
        return kpis_of(connection, lifecycle, begin, end, tuple(asked.by), visit.at)


def _figures(
    visit: Visit, asked: KpisQuery, typed: dict[str, str], mistake: str | None = None
) -> Response:
    kpis = _kpis(visit, asked)
    frame, language = visit.frame, visit.language
    in_groups = [name for name in _IN_GROUPS if name in kpis.total.figures]
    dimensions: tuple[Dimension, ...] = get_args(Dimension)
    return show(
        visit,
        "figures",
        200 if mistake is None else 422,
        kpis=kpis,
        levels=kpis.levels,
        typed={
            "from": f"{moment(kpis.begin):%Y-%m-%d}",
            "to": f"{moment(kpis.end):%Y-%m-%d}",
            "by": typed["by"] if mistake is None else "",
        },
        mistake=None if mistake is None else say(language, mistake),
        dimensions=[("", say(language, "figures.by.none"))]
        + [(one, DIMENSIONS[language][one]) for one in dimensions],
        labels=LABELS[language],
        names=[name for name in KPI_NAMES if name in kpis.total.figures],
        in_groups=in_groups,
        heads=[LABELS[language][name] for name in in_groups],
        is_count=lambda name: UNITS[name] in {"share", "hours", "days"},
        said=lambda name, value: figure_text(frame, name, value, kpis.currency),
        called=lambda group: _called(visit, group),
        table=f"{FIGURES}/table.csv?{urlencode({k: v for k, v in typed.items() if v})}",
    )


def _called(visit: Visit, group: Group) -> str:
    unknown = say(visit.language, "figures.not_known")
    return ", ".join(unknown if value is None else value for value in group.key)
