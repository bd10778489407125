"""Scores of the leads of a project that are open at a moment."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.contract.mistake import MistakeError
from features.history.history import History
from serving.batch.answers import Wording
from serving.batch.history_scoring import BasisChoice, HistoryScoring
from serving.batch.score_file import score_file
from serving.scoring.answer import Answer
from training.progress import Progress
from training.project.project import Project
from training.project.reach import complete_until
from training.project.timeline import open_for


class UnknownLeadError(MistakeError):
    """A lead that the sources do not have."""


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
        leads: Scores any of them.
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
        self.leads = HistoryScoring(history, choice, wording, dated=project.flat is None)

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
        self._write(output, lead, at, progress)
        rows = self.project.rows
        older = 0 if rows is None else int((age > rows.max_age).sum())
        return ScoredLeads(len(lead), older, len(age) - len(lead), at)

    def _write(self, output: Path, lead: NDArray[np.int64], at: int, progress: Progress) -> None:
        if self.history.engine == "spark":
            # Both need the extra `spark`.
            from features.spark.history import SparkHistory  # noqa: PLC0415
            from serving.batch.spark_scores import rows_at, write_in_spark  # noqa: PLC0415

            assert isinstance(self.history, SparkHistory)
            with progress.step("Scoring leads in Spark"):
                rows = rows_at(lead, at)
                write_in_spark(self.history, self.choice, self._wording, output, rows)
            return
        with (
            score_file(output, self._categories()) as write,
            progress.bar("Scoring leads", len(lead)) as advance,
        ):
            for scores in self.leads.batches(lead, at):
                write(scores)
                advance(len(scores))

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
        return self.leads.answer(int(lead[0]), at)

    def open_ages(self, as_of: int) -> NDArray[np.int64]:
        """Return how long each lead has been open, int64 [leads], microseconds; -1 if it is not."""
        project = self.project
        if project.stages is None:
            created = self.history.leads().created
            return np.where(created <= as_of, as_of - created, -1)
        from_stage = project.rows.from_stage if project.rows else None
        return open_for(self.history, project.stages, from_stage, as_of)

    def _categories(self) -> list[str]:
        """Return the names of the features whose values are texts."""
        bases = self.choice.basis, self.choice.rules
        every = [feature for basis in bases for feature in basis.feature_set.features]
        return [feature.name for feature in every if feature.kind == "category"]

    def _present(self) -> int:
        return min(complete_until(self.project, self.history) + 1, self.history.now)
