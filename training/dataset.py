"""From a project's history to labelled rows and their features."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.declaration import FeatureSet
from features.document import suggestion
from features.duration import format_duration
from features.history import History
from features.local import LocalFeatures
from features.table import FeatureTable
from training.derivation import derive_feature_set
from training.grid import LabelledRows, grid_rows
from training.progress import Progress
from training.project import Flat, Project, RowGrid, Stages
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


def open_history(project: Project, folder: Path, progress: Progress) -> History:
    """Read the sources of a project, relative to a folder."""
    carried = {}
    if project.flat is not None:
        carried["label"] = project.flat.label
        if project.flat.order not in ("file", "random"):
            carried["order"] = project.flat.order
    with progress.step("Reading sources") as detail:
        return History.open(
            project.sources, project.profile, folder, carried=carried, on_step=detail
        )


def build_dataset(project: Project, history: History, progress: Progress) -> Dataset:
    """Build the rows of a project and compute their features.

    Raises:
        StageError: A stage never occurs, or no row is left.
        SplitError: The rows cannot be split.
        FeatureChoiceError: A feature choice does not fit the data.
    """
    rows = _labelled_rows(project, history)
    horizon = project.rows.horizon if project.rows else 0
    split = split_rows(rows, horizon, project.model.seed)
    # What the features are may depend on the past only, and so not on the newest slice.
    before = int(rows.as_of[split.mask(2)].min()) if project.rows else None
    feature_set = derive_feature_set(
        project, history.event_types(before), accounts_tell_more=history.accounts_tell_more()
    )
    as_of = rows.as_of if project.rows else np.zeros(len(rows), dtype=np.int64)
    with progress.bar("Computing features", len(rows)) as advance:
        table = LocalFeatures(feature_set, history).table(rows.lead, as_of, advance)
    lead_id = history.leads().lead_id[rows.lead]
    return Dataset(lead_id, rows, split, table, _notes(project, history, rows, split))


def _labelled_rows(project: Project, history: History) -> LabelledRows:
    if project.flat is not None:
        return _flat_rows(project.flat, history, project.model.seed)
    assert project.stages is not None
    assert project.rows is not None
    rows = _grid(history, project.stages, project.rows)
    if len(rows) == 0:
        raise StageError(
            "no lead has a row whose horizon of "
            f"{format_duration(project.rows.horizon)} has passed; choose a shorter horizon"
        )
    return rows


def _grid(history: History, stages: Stages, grid: RowGrid) -> LabelledRows:
    timeline = read_timeline(history, stages, grid.from_stage)
    observed_until = grid.observed_until or history.last_moment()
    return grid_rows(timeline, history.leads().account, grid, observed_until)


def _flat_rows(flat: Flat, history: History, seed: int) -> LabelledRows:
    leads = history.leads()
    outcome = leads.carried["label"]
    label = (outcome == flat.positive).astype(np.float64)
    if not label.any():
        values = {str(value) for value in outcome if value is not None}
        raise StageError(
            f"flat.positive = '{flat.positive}' never occurs in column '{flat.label}'; "
            f"{suggestion(flat.positive, values)}"
        )
    known = np.array([value is not None for value in outcome], dtype=np.bool_)
    lead = np.arange(len(label))
    ranks = _ranks(flat, history, seed)
    rows = LabelledRows(lead, ranks, label, leads.account, immature=int((~known).sum()))
    return rows.take(known)


def _ranks(flat: Flat, history: History, seed: int) -> NDArray[np.int64]:
    """Return where each lead stands in the order to split by."""
    leads = history.leads()
    if flat.order == "random":
        return np.random.default_rng(seed).permutation(len(leads.position))
    if flat.order == "file":
        return leads.position
    return history.carried_ranks("order")


def _notes(project: Project, history: History, rows: LabelledRows, split: Split) -> tuple[str, ...]:
    notes = []
    if project.flat is not None:
        how = {
            "random": "AT RANDOM, since the data have no order: figures may be too good",
            "file": "by the order of the file, since the data have no dates",
        }.get(project.flat.order, f"by column '{project.flat.order}'")
        notes.append(f"Rows were split {how}.")
    if history.report.profile_is_todays and project.flat is None:
        notes.append(
            "Profile values are today's, not those known at each moment: a field that is filled "
            "in or changed after the outcome makes the figures too good."
        )
    report = history.report
    unknown = "without an outcome" if project.flat else "as immature"
    counts = {
        f"{rows.immature:,} rows left out {unknown}": rows.immature,
        f"{split.in_gap:,} rows left out in the gaps between slices": split.in_gap,
        f"{split.straddling:,} rows left out of the evaluation because another slice keeps their "
        "account": split.straddling,
        f"{report.duplicate_leads:,} leads left out as duplicates": report.duplicate_leads,
        f"{report.duplicate_events:,} events left out as duplicates": report.duplicate_events,
        f"{report.events_of_unknown_leads:,} events left out, of unknown leads": (
            report.events_of_unknown_leads
        ),
        f"{report.events_before_1970:,} events left out, before 1970": report.events_before_1970,
        f"{report.stages_of_unknown_leads:,} stage changes left out, of unknown leads": (
            report.stages_of_unknown_leads
        ),
    }
    return (*notes, *(f"{text}." for text, count in counts.items() if count))
