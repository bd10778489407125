"""Scores of the leads of a project at a moment, through the answers the service gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.declaration import FeatureSet, Language
from features.history import History
from features.local import LocalFeatures
from features.mistake import MistakeError
from features.table import FeatureTable
from serving.answer import Answer, Listing, Subject, Verdict, compose
from serving.basis import Basis
from training.progress import Progress
from training.project import Project
from training.score_file import score_file
from training.timeline import open_for

_CHUNK = 5_000
"""Answers held at a time; each is some kilobytes."""


class UnknownLeadError(MistakeError):
    """A lead that the sources do not have."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How answers are said.

    Attributes:
        listing: How many reasons.
        language: Of the reasons.
    """

    listing: Listing
    language: Language


@dataclass(frozen=True, slots=True)
class ScoredLeads:
    """What was scored.

    Attributes:
        leads: How many.
        older: Leads among them that are older than any row of a training may be.
        left_out: Leads not yet started, closed, or at the target already.
        as_of: The moment, microseconds since 1970.
        unread: What the basis looks at and the sources hold nothing of, as `unread_by` names it.
    """

    leads: int
    older: int
    left_out: int
    as_of: int
    unread: tuple[str, ...]


def score_project(
    project: Project,
    history: History,
    basis: Basis,
    output: Path,
    as_of: int | None,
    wording: Wording,
    progress: Progress,
) -> ScoredLeads:
    """Score every lead that is open at a moment.

    Args:
        project: Whose leads.
        history: Its opened sources.
        basis: Model or rules.
        output: A ``.parquet`` or ``.csv`` file; written whole or not at all.
        as_of: Microseconds since 1970; None means right after the last moment of the history.
        wording: How answers are said.
        progress: Where progress is shown.

    Raises:
        OutputError: The file cannot be written.
    """
    at = as_of or history.last_moment() + 1
    age = open_ages(project, history, at)
    lead = np.flatnonzero(age >= 0)
    with score_file(output) as write, progress.bar("Scoring leads", len(lead)) as advance:
        for answers in score_leads(project, history, basis, lead, at, wording):
            write(answers)
            advance(len(answers))
    older = 0 if project.rows is None else int((age > project.rows.max_age).sum())
    unread = unread_by(project, history, basis.feature_set)
    return ScoredLeads(len(lead), older, len(age) - len(lead), at, unread)


def score_one(
    project: Project,
    history: History,
    basis: Basis,
    lead_id: str,
    as_of: int | None,
    wording: Wording,
) -> Answer:
    """Score one lead of a project, open or not.

    Raises:
        UnknownLeadError: There is no such lead, or it is created later.
    """
    at = as_of or history.last_moment() + 1
    leads = history.leads()
    lead = np.flatnonzero((leads.lead_id == lead_id) & (leads.created <= at))
    if len(lead) == 0:
        raise UnknownLeadError(f"lead '{lead_id}' is not in the sources, or is created after as_of")
    return next(score_leads(project, history, basis, lead, at, wording))[0]


def open_ages(project: Project, history: History, as_of: int) -> NDArray[np.int64]:
    """Return how long each lead has been open, int64 [leads], microseconds; -1 where it is not."""
    if project.stages is None:
        created = history.leads().created
        return np.where(created <= as_of, as_of - created, -1)
    from_stage = project.rows.from_stage if project.rows else None
    return open_for(history, project.stages, from_stage, as_of)


def unread_by(project: Project, history: History, feature_set: FeatureSet) -> tuple[str, ...]:
    """Return what features look at and a project's sources hold nothing of.

    Profile fields (``profile.x``) are missing for every lead, also those that the project declares
    as another kind, and so is the age without a date of creation; event types (``event_type:x``)
    never occur.
    """
    numeric, categorical = project.profile.numeric, project.profile.categorical
    fields = {*feature_set.numbers} - {*numeric} | {*feature_set.categories} - {*categorical}
    types = {*feature_set.event_types} - {summary.event_type for summary in history.event_types()}
    ages = {feature.name for feature in feature_set.features if feature.kind == "lead_age"}
    return (
        *(f"profile.{field}" for field in sorted(fields)),
        *(() if project.sources.leads.columns.created_at else ages),
        *(f"event_type:{event_type}" for event_type in sorted(types)),
    )


def score_leads(
    project: Project,
    history: History,
    basis: Basis,
    lead: NDArray[np.int64],
    as_of: int,
    wording: Wording,
) -> Iterator[list[Answer]]:
    """Yield the answers of leads in chunks, in order.

    Args:
        project: Whose leads.
        history: Its opened sources.
        basis: Model or rules.
        lead: int64 [leads], ascending codes.
        as_of: Microseconds since 1970.
        wording: How answers are said.
    """
    lead_id = history.leads().lead_id
    features = LocalFeatures(basis.feature_set, history)
    moments = np.full(len(lead), 0 if project.flat else as_of)
    for rows, table in features.partitions(lead, moments):
        codes = lead[rows]
        for start in range(0, len(table), _CHUNK):
            part = np.arange(start, min(start + _CHUNK, len(table)))
            subjects = [Subject(str(lead_id[code]), as_of) for code in codes[part]]
            yield _answers(basis, table.take(part), subjects, wording)


def _answers(
    basis: Basis, table: FeatureTable, subjects: list[Subject], wording: Wording
) -> list[Answer]:
    explained = basis.explain(table)
    scores = basis.scores(table, explained).tolist()
    return [
        compose(
            subject,
            Verdict(
                basis,
                table,
                row,
                explained.base_log_odds,
                explained.contributions[row],
                scores[row],
            ),
            wording.listing,
            wording.language,
            fallback_reason=None if basis.name == "model" else "no_model",
        )
        for row, subject in enumerate(subjects)
    ]
