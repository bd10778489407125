"""The history of a record, opened; the way from its tables on is that of files."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from features.history.history import END_OF_TIME, History
from features.history.report import SourceEnd
from features.history.sources import ProfileFields
from training.record.declared import NUMBER, tables_with
from training.record.export import write_record
from training.record.opened import Record
from training.record.tables import RecordTables


def record_history(
    record: Record,
    profile: ProfileFields,
    now: int = END_OF_TIME,
    on_step: Callable[[str], None] = lambda step: None,
) -> History:
    """Read a record; the numbers of the leads are carried along.

    It is one source, and reaches as far as the newest lead or event in it.

    Args:
        record: Opened.
        profile: Which profile fields are wanted.
        now: Microseconds since 1970; what is dated later is left out.
        on_step: Called with what is about to be done.

    Raises:
        HistoryError: A profile field cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="leadscore-") as folder:
        with RecordTables(Path(folder), profile) as tables:
            left_out = write_record(record, profile, tables, on_step)
        history = History.open(
            tables_with(profile),
            profile,
            Path(folder),
            now=now,
            carried={NUMBER: NUMBER},
            on_step=on_step,
        )
    end = max((e.end for e in history.report.ends if e.end is not None), default=None)
    history.report = replace(
        history.report,
        ends=(SourceEnd("The record", end),),
        left_out=tuple(left_out.sentences()),
    )
    return history
