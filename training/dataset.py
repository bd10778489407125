"""From a project's history to labelled rows and their features."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.declaration import FeatureSet
from features.duration import format_duration
from features.history import END_OF_TIME, History
from features.local import LocalFeatures
from features.table import FeatureTable
from training.derivation import derive_feature_set
from training.flat import flat_rows
from training.grid import LabelledRows, grid_rows
from training.groups import independent_groups
from training.notes import dataset_notes
from training.progress import Progress
from training.project import Project, RowGrid, Stages
from training.reach import outcomes_until, reach_notes
from training.split import Split, split_rows
from training.timeline import StageError, read_timeline


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows, what they look like, and which slice they belong to.

    Attributes:
        lead_id: Object array [rows] of str.
        rows: Sorted by lead and moment.
        split: Slices of the evaluation.
        table: Features, one row for each of `rows`.
        notes: What a reader must know before believing the figures.
    """

    lead_id: NDArray[np.object_]
    rows: LabelledRows
    split: Split
    table: FeatureTable
    notes: tuple[str, ...]

    @property
    def feature_set(self) -> FeatureSet:
        """What the columns mean."""
        return self.table.feature_set


def open_history(
    project: Project, folder: Path, progress: Progress, now: int = END_OF_TIME
) -> History:
    """Read the sources of a project, relative to a folder; what is dated after now is left out."""
    carried = {}
    if project.flat is not None:
        carried["label"] = project.flat.label
        if project.flat.order not in ("file", "random"):
            carried["order"] = project.flat.order
    with progress.step("Reading sources") as detail:
        return History.open(
            project.sources, project.profile, folder, now=now, carried=carried, on_step=detail
        )


def build_dataset(project: Project, history: History, progress: Progress) -> Dataset:
    """Build the rows of a project and compute their features.

    Raises:
        StageError: Nothing says what is learned, a stage never occurs, or no row is left.
        SplitError: The rows cannot be split.
        FeatureChoiceError: A feature choice does not fit the data.
    """
    rows = _labelled_rows(project, history)
    horizon = project.rows.horizon if project.rows else 0
    split = split_rows(rows, horizon, project.model.seed)
    # What the features are may depend on the past only, and so not on the newest slice.
    before = int(rows.as_of[split.mask(2)].min()) if project.rows else None
    derived = derive_feature_set(
        project, history.event_types(before), accounts_tell_more=history.accounts_tell_more()
    )
    as_of = rows.as_of if project.rows else np.zeros(len(rows), dtype=np.int64)
    with progress.bar("Computing features", len(rows)) as advance:
        table = LocalFeatures(derived.feature_set, history).table(rows.lead, as_of, advance)
    lead_id = history.leads().lead_id[rows.lead]
    notes = (
        *dataset_notes(project, history, rows, split),
        *reach_notes(project, history),
        *derived.notes,
    )
    return Dataset(lead_id, rows, split, table, notes)


def _labelled_rows(project: Project, history: History) -> LabelledRows:
    if len(history.leads()) == 0:
        raise StageError("sources.leads holds no lead; check its file or query")
    if project.flat is not None:
        return flat_rows(project.flat, history.leads(), project.model.seed)
    if project.stages is None or project.rows is None:
        raise StageError(
            "to learn from, a project needs [stages] and [rows] (leads with dates), or [flat] (one "
            "row per lead with its outcome)"
        )
    rows = _grid(history, project.stages, project.rows)
    if len(rows) == 0:
        raise StageError(
            "no lead has a row whose horizon of "
            f"{format_duration(project.rows.horizon)} has passed; choose a shorter horizon"
        )
    return rows


def _grid(history: History, stages: Stages, grid: RowGrid) -> LabelledRows:
    timeline = read_timeline(history, stages, grid.from_stage)
    # Nobody has observed the future, whatever the project says.
    observed_until = min(grid.observed_until or outcomes_until(stages, history), history.now)
    return grid_rows(timeline, independent_groups(history.leads()), grid, observed_until)
