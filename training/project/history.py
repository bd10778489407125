"""The history of a project: its sources, opened."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from features.contract.mistake import MistakeError
from features.history.history import END_OF_TIME, History
from training.progress import Progress
from training.project.project import Project


class EngineError(MistakeError):
    """What the project wants to compute with is not there; the message says what to do."""


def open_history(
    project: Project, folder: Path, progress: Progress, now: int = END_OF_TIME
) -> History:
    """Read the sources of a project, relative to a folder; what is dated after now is left out.

    Raises:
        HistoryError: A source cannot be read.
        RecordError: The record cannot be had.
        DocumentError: The policy of the record is missing or wrong.
        EngineError: Spark is not installed.
        SparkError: Spark cannot be had.
    """
    if project.source == "record":
        # Alembic and drivers, which other sources do without.
        from training.record.history import record_history  # noqa: PLC0415
        from training.record.opened import opened_record  # noqa: PLC0415

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
        opening = History.open if project.engine == "local" else _spark_opening(project.master)
        return opening(
            project.sources, project.profile, folder, now=now, carried=carried, on_step=detail
        )


def _spark_opening(master: str | None) -> Callable[..., History]:
    try:
        from features.spark.history import SparkHistory  # noqa: PLC0415 - needs the extra `spark`
    except ModuleNotFoundError as missing:
        raise EngineError(
            f"engine = 'spark' needs '{missing.name}'; install leadscore[spark], or leave 'engine' "
            "out"
        ) from None
    return partial(SparkHistory.open_at, master)
