"""Scores of the leads of a project at a moment, through the answers the service gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.contract.language import Language
from features.contract.mistake import MistakeError
from features.history.history import History
from features.local import LocalFeatures
from serving.scoring.answer import (
    Answer,
    Assessment,
    Enquiry,
    FallbackReason,
    Listing,
    assess,
    compose,
)
from serving.scoring.basis import Basis, RulesBasis
from training.batch.score_file import score_file
from training.progress import Progress
from training.project.project import Project
from training.project.reach import complete_until
from training.project.timeline import open_for

_CHUNK = 5_000
"""Answers held at a time; each is some kilobytes."""


class UnknownLeadError(MistakeError):
    """A lead that the sources do not have."""


@dataclass(frozen=True, slots=True)
class BasisChoice:
    """What scores rest on.

    Attributes:
        basis: The model, or the rules.
        rules: What answers where the model's output is no number.
        fallback_reason: Why `basis` is the rules where nobody asked for them.
        message: The same as a sentence.
    """

    basis: Basis
    rules: RulesBasis
    fallback_reason: FallbackReason | None = None
    message: str | None = None


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
    """

    leads: int
    older: int
    left_out: int
    as_of: int


class ProjectScoring:
    """Scores the leads of a project.

    Attributes:
        project: Whose leads.
        history: Its opened sources.
        choice: What the scores rest on.
    """

    def __init__(
        self, project: Project, history: History, choice: BasisChoice, wording: Wording
    ) -> None:
        """Take what is to be scored.

        Args:
            project: Whose leads.
            history: Its opened sources.
            choice: What the scores rest on.
            wording: How answers are said.
        """
        self.project = project
        self.history = history
        self.choice = choice
        self._wording = wording

    def write(self, output: Path, as_of: int | None, progress: Progress) -> ScoredLeads:
        """Write the scores of every lead that is open at a moment.

        Args:
            output: A ``.parquet`` or ``.csv`` file; written whole or not at all.
            as_of: Microseconds since 1970; None means right after the moment up to which the
                history is complete, or now, where nothing tells.
            progress: Where progress is shown.

        Raises:
            OutputError: The file cannot be written.
        """
        at = as_of or self._present()
        age = self.open_ages(at)
        lead = np.flatnonzero(age >= 0)
        with score_file(output) as write, progress.bar("Scoring leads", len(lead)) as advance:
            for answers in self.answers(lead, at):
                write(answers)
                advance(len(answers))
        rows = self.project.rows
        older = 0 if rows is None else int((age > rows.max_age).sum())
        return ScoredLeads(len(lead), older, len(age) - len(lead), at)

    def answer(self, lead_id: str, as_of: int | None) -> Answer:
        """Return the answer about one lead, open or not.

        Raises:
            UnknownLeadError: There is no such lead, or it is created later.
        """
        at = as_of or self._present()
        leads = self.history.leads()
        lead = np.flatnonzero((leads.lead_id == lead_id) & (leads.created <= at))
        if len(lead) == 0:
            raise UnknownLeadError(
                f"lead '{lead_id}' is not in the sources, or is created after as_of"
            )
        return next(self.answers(lead, at))[0]

    def open_ages(self, as_of: int) -> NDArray[np.int64]:
        """Return how long each lead has been open, int64 [leads], microseconds; -1 if it is not."""
        project = self.project
        if project.stages is None:
            created = self.history.leads().created
            return np.where(created <= as_of, as_of - created, -1)
        from_stage = project.rows.from_stage if project.rows else None
        return open_for(self.history, project.stages, from_stage, as_of)

    def _present(self) -> int:
        return min(complete_until(self.project, self.history) + 1, self.history.now)

    def answers(self, lead: NDArray[np.int64], as_of: int) -> Iterator[list[Answer]]:
        """Yield the answers about leads in chunks, in order.

        Args:
            lead: int64 [leads], ascending codes.
            as_of: Microseconds since 1970.
        """
        basis = self.choice.basis
        features = LocalFeatures(basis.feature_set, self.history)
        moments = np.full(len(lead), 0 if self.project.flat else as_of)
        eventful = self.history.eventful(as_of)
        for rows, table in features.partitions(lead, moments):
            for start in range(0, len(table), _CHUNK):
                part = np.arange(start, min(start + _CHUNK, len(table)))
                assessments = assess(basis, table.take(part))
                chunk = lead[rows][part]
                enquiries = [
                    Enquiry(lead_id, as_of, unsent=() if any_event else ("lead",))
                    for lead_id, any_event in zip(
                        self.history.leads().lead_id[chunk].tolist(),
                        eventful[chunk].tolist(),
                        strict=True,
                    )
                ]
                yield self._composed(enquiries, assessments, chunk, moments[rows][part])

    def _composed(
        self,
        enquiries: list[Enquiry],
        assessments: list[Assessment],
        lead: NDArray[np.int64],
        moments: NDArray[np.int64],
    ) -> list[Answer]:
        """Return answers, those of assessments that are no numbers by the rules."""
        finite = np.array([assessment.finite for assessment in assessments], dtype=np.bool_)
        by_rules = iter(self._by_rules(lead[~finite], moments[~finite]))
        answers = []
        for enquiry, assessment, usable in zip(enquiries, assessments, finite, strict=True):
            answers.append(
                compose(
                    enquiry,
                    assessment if usable else next(by_rules),
                    self._wording.listing,
                    self._wording.language,
                    self.choice.fallback_reason if usable else "non_finite",
                )
            )
        return answers

    def _by_rules(self, lead: NDArray[np.int64], moments: NDArray[np.int64]) -> list[Assessment]:
        if len(lead) == 0:
            return []
        rules = self.choice.rules
        return assess(rules, LocalFeatures(rules.feature_set, self.history).table(lead, moments))
