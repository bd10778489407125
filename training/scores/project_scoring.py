"""Scores of the leads of a project that are open at a moment."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.contract.mistake import MistakeError
from features.history.history import History
from serving.batch.answers import Wording
from serving.batch.history_scoring import BasisChoice, HistoryScoring
from serving.batch.in_order import in_order
from serving.batch.score_file import score_file
from serving.scoring.answer import Answer
from serving.scoring.use_cases import OwnModel, grouped
from training.progress import Progress
from training.project.members import members_of
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
        left_out: Leads not yet started, closed, at the target already, or of another group than
            the project is about.
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
        leads: Scores any of them by it.
        own: Use cases whose leads models of their own score.
    """

    def __init__(
        self,
        project: Project,
        history: History,
        choice: BasisChoice,
        wording: Wording,
        own: Sequence[OwnModel[BasisChoice]] = (),
    ) -> None:
        """Take what is to be scored.

        Args:
            project: Whose leads.
            history: Its opened sources.
            choice: What the scores rest on.
            wording: How answers are said.
            own: Use cases whose leads models of their own score.
        """
        self.project = project
        self.history = history
        self.choice = choice
        self._wording = wording
        self.leads = HistoryScoring(history, choice, wording, dated=project.flat is None)
        self.own = tuple(own)

    def write(self, output: Path, as_of: int | None, progress: Progress) -> ScoredLeads:
        """Write the scores of every lead that is open at a moment, one use case after the other.

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
                parts = [
                    (scoring.choice, rows_at(some, at))
                    for scoring, some in self._divided(lead, at)
                    if len(some)
                ]
                write_in_spark(self.history, parts, self._wording, output)
            return
        chunks = (
            chunk for scoring, some in self._divided(lead, at) for chunk in scoring.chunks(some, at)
        )
        with (
            score_file(output, self._categories()) as file,
            progress.bar("Scoring leads", len(lead)) as advance,
            closing(
                in_order(chunks, lambda chunk: (chunk.leads, file.form(chunk.answers())))
            ) as worded,
        ):
            for leads, scores in worded:
                file.write(scores)
                advance(leads)

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
        [(scoring, _)] = self._divided(lead[:1], at)
        return scoring.answer(int(lead[0]), at)

    def _divided(
        self, lead: NDArray[np.int64], as_of: int
    ) -> Iterator[tuple[HistoryScoring, NDArray[np.int64]]]:
        """Yield what scores some of the leads, and their codes."""
        if not self.own:
            yield self.leads, lead
            return
        dated, moments = self.project.flat is None, self._moments(len(lead), as_of)
        fields = sorted({field for one in self.own for field in one.when})
        profiles, profile = self.history.profile.distinct(fields, lead, moments)
        for own, asked, positions in grouped(self.own, profiles):
            choice = replace(own or self.choice, asked=asked)
            some = lead[np.isin(profile, positions)]
            yield HistoryScoring(self.history, choice, self._wording, dated=dated), some

    def open_ages(self, as_of: int) -> NDArray[np.int64]:
        """Return how long each lead has been open, int64 [leads], microseconds.

        It is -1 for leads that are not, and for those that the project is not about.
        """
        project, created = self.project, self.history.leads().created
        if project.stages is None:
            age = np.where(created <= as_of, as_of - created, -1)
        else:
            from_stage = project.rows.from_stage if project.rows else None
            age = open_for(self.history, project.stages, from_stage, as_of)
        every = np.arange(len(age))
        inside = members_of(project, self.history)(every, self._moments(len(age), as_of))
        return np.where(inside, age, -1)

    def _categories(self) -> list[str]:
        """Return the names of the features whose values are texts."""
        own = [one.scorer.basis for one in self.own if one.scorer is not None]
        bases = self.choice.basis, self.choice.rules, *own
        every = [feature for basis in bases for feature in basis.feature_set.features]
        return [feature.name for feature in every if feature.kind == "category"]

    def _moments(self, leads: int, as_of: int) -> NDArray[np.int64]:
        """Return when leads are looked at; those of a flat file have no moments."""
        return np.full(leads, as_of if self.project.flat is None else 0)

    def _present(self) -> int:
        return min(complete_until(self.project, self.history) + 1, self.history.now)
