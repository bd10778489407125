"""The page on the model: what answers, how true it was, and its challenger."""

from typing import Literal, NamedTuple

from fastapi import APIRouter, Response

from features.contract.duration import parse_duration
from features.contract.group import group_text
from features.contract.lead import micros
from serving.http.pages.answers import show
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.lifecycle.kpis.calendar import usual_period
from serving.lifecycle.kpis.promises import Promise
from serving.model.manifest import Manifest, Metric
from serving.record.scores.bases import newest_bases
from serving.record.scores.challenges import Beside, beside
from serving.scoring.basis import ModelBasis
from serving.scoring.card import card_of, use_case_card
from serving.scoring.duel import Duel, duel
from serving.scoring.scoring import Scoring
from serving.stored.kpis import kpis_of

MODEL = "/app/model"

_NEWEST = 10_000
_MOST_SUBJECTS = 12
_SHOWN = ("roc_auc", "lift_10", "expected_observed", "brier", "ece")
"""Figures of a training that are shown, the plainest first."""


class _Tried(NamedTuple):
    """A figure of the training, of the newest slice and of the backtest."""

    name: str
    newest: Metric | None
    backtest: Metric | None


class _Beside(NamedTuple):
    """Two models that scored the same leads, by their versions."""

    champion: str | None
    challenger: str
    duel: Duel


def model_routes() -> APIRouter:
    """Return the path of the page."""
    routes = page_router()

    @routes.get(MODEL)
    @for_permission("model")
    def show_model(visit: Visiting, truth: Literal["yes"] | None = None) -> Response:
        # What came of all leads takes a while to count; the page does not wait for it.
        return _model(visit, counted=truth == "yes")

    return routes


def _model(visit: Visit, *, counted: bool) -> Response:
    kept, scoring = visit.state.kept(), visit.state.loaded()
    with kept.database.reading() as connection:
        rested, said = newest_bases(connection, _NEWEST), beside(connection, _NEWEST)
    basis = scoring.basis
    manifest = basis.model.manifest if isinstance(basis, ModelBasis) else None
    return show(
        visit,
        "model",
        basis=basis,
        manifest=manifest,
        trained=None if manifest is None else micros(manifest.trained_at, ""),
        horizon=_horizon(manifest),
        rules=scoring.rules,
        unavailable=scoring.unavailable,
        message=visit.state.message,
        since=visit.state.since,
        subjects=card_of(scoring, None).subjects[:_MOST_SUBJECTS],
        own=[use_case_card(one) for one in scoring.own],
        group=group_text,
        tried=[] if manifest is None else _tried(manifest),
        promises=_promises(visit) if counted else None,
        within=kept.lifecycle.kpis.promised_within,
        rested=rested,
        scores=sum(one.scores for one in rested),
        challenger=visit.state.readiness.challenger,
        beside=_beside(said, scoring),
    )


def _promises(visit: Visit) -> tuple[Promise, ...]:
    """Return what was promised in the last year, and what came of it."""
    begin, end = usual_period(visit.at)
    lifecycle = visit.state.kept().lifecycle
    with visit.database.reading() as connection:
        return kpis_of(connection, lifecycle, begin, end, (), visit.at).total.promises


def _horizon(manifest: Manifest | None) -> int | None:
    """Return within what time the target is to be reached, in microseconds."""
    said = None if manifest is None else manifest.window.horizon
    return None if said is None else parse_duration(said)


def _tried(manifest: Manifest) -> list[_Tried]:
    found = [
        _Tried(name, manifest.metrics.get(name), manifest.backtest.get(name)) for name in _SHOWN
    ]
    return [one for one in found if one.newest is not None or one.backtest is not None]


def _beside(said: list[Beside], scoring: Scoring) -> list[_Beside]:
    """Return how far the newest challenger agrees with whoever answers: last, or a use case."""
    if not said:
        return []
    challenger = said[0].challenger
    own = [one.scorer.basis.version for one in scoring.own if one.scorer is not None]
    found = []
    for champion in dict.fromkeys([said[0].champion, scoring.basis.version, *own]):
        pair = champion, challenger
        both = [(one.given, one.said) for one in said if (one.champion, one.challenger) == pair]
        if (compared := duel(both)) is not None:
            found.append(_Beside(champion, challenger, compared))
    return found
