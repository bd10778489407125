"""What a reader of a report must know before believing its figures."""

from collections.abc import Iterator

from features.contract.group import group_text
from features.contract.lead import moment
from features.history.history import History, HistoryReport
from training.project.project import Flat, Project, RowGrid, Stages
from training.project.reach import outcomes_until
from training.rows.grid import LabelledRows

_TOO_GOOD = "a field that is filled in or changed after the outcome makes the figures too good."


def dataset_notes(project: Project, history: History, rows: LabelledRows) -> tuple[str, ...]:
    """Return sentences on how the rows came about and what was left out, the gravest first."""
    notes: list[str] = []
    if project.leads is not None:
        notes.append(
            f"Learned from leads with {group_text(project.leads.where)} alone, {rows.leads:,} of "
            f"{len(history.leads()):,}; what other leads of an account did counts as done by the "
            "account."
        )
    if project.flat is not None:
        notes += _flat(project.flat, history)
    elif history.report.profile_is_todays:
        notes.append(f"Profile values are today's, not those known at each moment: {_TOO_GOOD}")
    if project.rows is not None and project.stages is not None:
        notes += _observation(project.rows, project.stages, history)
    unknown = "without an outcome" if project.flat else "as immature"
    counts = {
        f"{rows.over:,} leads left out: at the target or closed when their rows would start": (
            rows.over
        ),
        f"{rows.immature:,} rows left out {unknown}": rows.immature,
    }
    return (*notes, *_sentences(counts), *history_notes(history.report))


def history_notes(report: HistoryReport) -> list[str]:
    """Return sentences on what of the sources was left out."""
    counted = _sentences(
        {
            f"{report.duplicate_leads:,} leads left out as duplicates": report.duplicate_leads,
            f"{report.leads_before_1970:,} leads left out, created before 1970": (
                report.leads_before_1970
            ),
            f"{report.duplicate_events:,} events left out as duplicates": report.duplicate_events,
            f"{report.events_of_unknown_leads:,} events left out, of unknown leads": (
                report.events_of_unknown_leads
            ),
            f"{report.events_before_1970:,} events left out, before 1970": (
                report.events_before_1970
            ),
            f"{report.events_in_future:,} events left out, dated later than now": (
                report.events_in_future
            ),
            f"{report.stages_in_future:,} stage changes left out, dated later than now": (
                report.stages_in_future
            ),
            f"{report.stages_of_unknown_leads:,} stage changes left out, of unknown leads": (
                report.stages_of_unknown_leads
            ),
        }
    )
    return [*report.left_out, *counted]


def _sentences(counts: dict[str, int]) -> list[str]:
    return [f"{text}." for text, count in counts.items() if count]


def _flat(flat: Flat, history: History) -> Iterator[str]:
    how = {
        "random": "AT RANDOM, since the data have no order: figures may be too good",
        "file": "by the order of the file, since the data have no dates",
    }.get(flat.order, f"by column '{flat.order}'")
    yield f"Rows were split {how}. Profile values are those of the day of the export: {_TOO_GOOD}"
    outcomes = {*history.leads().carried["label"]} - {None, flat.positive}
    if len(outcomes) > 1 and not flat.negative:
        yield (
            f"{len(outcomes):,} different values of '{flat.label}' count as negative; if some of "
            "them mean that the outcome is open, name the others in flat.negative."
        )


def _observation(grid: RowGrid, stages: Stages, history: History) -> Iterator[str]:
    """Say up to when outcomes are taken as known, where that is read off the data."""
    if grid.observed_until is not None:
        return
    last, crowded = outcomes_until(stages, history), history.crowded_until()
    where = "the last moment in the sources"
    if last < history.last_moment():
        where = "where the events end that the target is derived from"
    yield f"Outcomes are taken as known up to {_day(last)}, {where}."
    if last - crowded > grid.horizon:
        yield (
            f"Only one of 1,000 events and stage changes is later than {_day(crowded)}. If the "
            "data end there, and the rest are planned or mistyped dates, outcomes that are still "
            "open count as negative: set rows.observed_until."
        )


def _day(micros: int) -> str:
    return f"{moment(micros):%Y-%m-%d}"
