"""From a project's history to labelled rows, past cut-offs, and the features of both."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.contract.duration import format_duration
from features.contract.group import group_text
from features.declaration.feature_set import FeatureSet
from features.declaration.table import FeatureTable
from features.drivers import features_of
from features.history.history import History
from features.history.lots import LOTS, lots_of
from serving.model.scorer import Explained
from training.progress import Progress
from training.project.members import Inside, members_of
from training.project.project import Project, RowGrid, Stages
from training.project.reach import complete_until, outcomes_until, reach_notes
from training.project.rules import project_rules
from training.project.timeline import NEVER, StageError, Timeline, read_timeline
from training.rows.derivation import Derived, derive_feature_set
from training.rows.flat import flat_rows
from training.rows.grid import LabelledRows, Observation, grid_rows, open_rows
from training.rows.groups import independent_groups
from training.rows.notes import dataset_notes
from training.rows.sample import lay_most, sample_note
from training.rows.schedule import Schedule, dated_schedule, flat_schedule


@dataclass(frozen=True, slots=True)
class Scene:
    """Some rows, what they look like, and what the rules say of them.

    Attributes:
        rows: With what became of them.
        table: All features that any cut-off may choose, one row for each of `rows`.
        rules: What the rules say of each of `rows`.
    """

    rows: LabelledRows
    table: FeatureTable
    rules: Explained

    def take(self, some: NDArray[np.bool_] | NDArray[np.intp]) -> "Scene":
        """Return some of the rows."""
        rules = self.rules._replace(
            log_odds=self.rules.log_odds[some],
            contributions=self.rules.contributions[some],
        )
        return Scene(self.rows.take(some), self.table.take(some), rules)


@dataclass(frozen=True, slots=True)
class Dataset:
    """All that is learned from and held against what happened.

    Attributes:
        lead_id: Object array [leads] of str, by lead code.
        learning: Rows of the grid, sorted by lead and moment.
        open_leads: By cut-off, the leads that were open then; empty for flat data.
        schedule: Cut-offs.
        feature_sets: By anchor, the features that could be chosen that day.
        notes: What a reader must know before believing the figures.
    """

    lead_id: NDArray[np.object_]
    learning: Scene
    open_leads: dict[int, Scene]
    schedule: Schedule
    feature_sets: dict[int, FeatureSet]
    notes: tuple[str, ...]

    def feature_set(self, anchor: int) -> FeatureSet:
        """Return the features that could be chosen at an anchor; flat data have the same always."""
        return self.feature_sets.get(anchor, self.feature_sets[self.schedule.end])


def build_dataset(project: Project, folder: Path, history: History, progress: Progress) -> Dataset:
    """Build the rows of a project and of its past cut-offs, and compute their features once.

    Raises:
        StageError: Nothing says what is learned, a stage never occurs, or no row is left.
        FeatureChoiceError: A feature choice does not fit the data.
        DocumentError: The rules file is missing or wrong.
    """
    if len(history.leads()) == 0:
        raise StageError("sources.leads holds no lead; check its file or query")
    inside = members_of(project, history)
    if project.flat is not None:
        rows = flat_rows(project.flat, history.leads(), project.model.seed, inside)
        _require_rows(project, rows)
        schedule = flat_schedule(rows, project.evaluation.cutoffs)
        past: dict[int, LabelledRows] = {}
        lot = LOTS
        derived = {schedule.end: _features_as_of(project, history, rows, None)}
    else:
        rows, schedule, past, lot = _dated(project, history, inside)
        derived = {
            anchor: _features_as_of(project, history, rows, anchor)
            for anchor in (schedule.end, *schedule.anchors)
        }
    feature_sets = {anchor: found.feature_set for anchor, found in derived.items()}
    looking = _Looking(project, folder, history, _union(feature_sets))
    scene = looking.at(rows, "Computing features", progress)
    scenes = {
        cutoff: looking.at(found, f"Looking back, {n + 1} of {len(past)}", progress)
        for n, (cutoff, found) in enumerate(past.items())
    }
    notes = (
        *sample_note(lot),
        *dataset_notes(project, history, rows),
        *reach_notes(project, history),
        *derived[schedule.end].notes,
    )
    return Dataset(history.leads().lead_id, scene, scenes, schedule, feature_sets, notes)


class _Looking:
    """Computes features, and what the rules say, of any rows."""

    def __init__(
        self, project: Project, folder: Path, history: History, feature_set: FeatureSet
    ) -> None:
        self._rules = project_rules(project, folder)
        self._dated = project.flat is None
        self._features = features_of(feature_set, history)
        self._rule_features = features_of(self._rules.feature_set, history)

    def at(self, rows: LabelledRows, step: str, progress: Progress) -> Scene:
        as_of = rows.as_of if self._dated else np.zeros(len(rows), dtype=np.int64)
        with progress.bar(step, 2 * len(rows)) as advance:
            table = self._features.table(rows.lead, as_of, advance)
            rules, _ = self._rules.explain(self._rule_features.table(rows.lead, as_of, advance))
        return Scene(rows, table, rules)


def _require_rows(project: Project, rows: LabelledRows) -> None:
    if len(rows):
        return
    if project.leads is not None:
        who = f"no lead with {group_text(project.leads.where)}"
        raise StageError(f"{who} has a row to learn from; check leads.where, or bring more history")
    if project.rows is not None:
        raise StageError(
            f"no lead has a row whose horizon of {format_duration(project.rows.horizon)} has "
            "passed; choose a shorter horizon"
        )


def _dated(
    project: Project, history: History, inside: Inside
) -> tuple[LabelledRows, Schedule, dict[int, LabelledRows], int]:
    """Return rows, cut-offs, the leads open then, and below which lot all of them are."""
    if project.stages is None or project.rows is None:
        raise StageError(
            "to learn from, a project needs [stages] and [rows] (leads with dates), or [flat] (one "
            "row per lead with its outcome)"
        )
    leads = history.leads()
    timeline = read_timeline(history, project.stages, project.rows.from_stage)
    group = independent_groups(leads)
    observation = _observation(project, project.stages, project.rows, history)
    grid, lots = project.rows, lots_of(len(leads))

    def drawn(lot: int) -> Timeline:
        return replace(timeline, start=np.where(lots < lot, timeline.start, NEVER))

    def lay(lot: int) -> LabelledRows:
        moments = history.event_moments(lot)
        return grid_rows(drawn(lot), leads.lead_id, group, moments, grid, observation, inside)

    rows, lot = (lay(LOTS), LOTS) if history.engine == "local" else lay_most(lay, len(leads))
    horizon, evaluation = project.rows.horizon, project.evaluation
    _require_rows(project, rows)
    schedule = dated_schedule(rows, observation, horizon, evaluation.step, evaluation.cutoffs)
    past = {
        cutoff: open_rows(drawn(lot), group, cutoff, horizon, inside) for cutoff in schedule.cutoffs
    }
    return rows, schedule, {cutoff: found for cutoff, found in past.items() if len(found)}, lot


def _observation(project: Project, stages: Stages, grid: RowGrid, history: History) -> Observation:
    # Nobody has observed the future, whatever the project says.
    outcomes = min(grid.observed_until or outcomes_until(stages, history), history.now)
    return Observation(min(complete_until(project, history), outcomes), outcomes)


def _features_as_of(
    project: Project, history: History, rows: LabelledRows, moment: int | None
) -> Derived:
    """Return the features of what had been seen by a moment: a choice may depend on the past."""
    leads = None
    if project.leads is not None:
        leads = np.unique(rows.lead if moment is None else rows.lead[rows.as_of <= moment])
    return derive_feature_set(
        project, history.event_types(moment, leads), accounts_tell_more=history.accounts_tell_more()
    )


def _union(feature_sets: dict[int, FeatureSet]) -> FeatureSet:
    features = {f.name: f for chosen in feature_sets.values() for f in chosen.features}
    newest = next(iter(feature_sets.values()))
    return FeatureSet(features=tuple(features.values()), names=newest.names)
