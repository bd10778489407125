"""The history of a project: its sources, opened."""

from pathlib import Path

from features.history.history import END_OF_TIME, History
from training.progress import Progress
from training.project.project import Project
from training.record.history import record_history
from training.record.opened import opened_record


def open_history(
    project: Project, folder: Path, progress: Progress, now: int = END_OF_TIME
) -> History:
    """Read the sources of a project, relative to a folder; what is dated after now is left out.

    Raises:
        HistoryError: A source cannot be read.
        RecordError: The record cannot be had.
        DocumentError: The policy of the record is missing or wrong.
    """
    if project.source == "record":
        with (
            progress.step("Reading the record") as detail,
            opened_record(project.record.beside(folder)) as record,
        ):
            return record_history(record, project.profile, now, detail)
    carried = {}
    if project.flat is not None:
        carried["label"] = project.flat.label
        if project.flat.order not in ("file", "random"):
            carried["order"] = project.flat.order
    with progress.step("Reading sources") as detail:
        return History.open(
            project.sources, project.profile, folder, now=now, carried=carried, on_step=detail
        )
