"""How far the sources of a project reach, and what a reader must know of it."""

from collections.abc import Iterator

from features.contract.duration import parse_duration
from features.contract.lead import moment
from features.history.history import History
from training.project.project import Project, Stages

_WEEK = parse_duration("7d")


def complete_until(project: Project, history: History) -> int:
    """Return up to when all sources of leads and events are complete, microseconds since 1970.

    A source reaches as far as what it holds, and as far as the project says that it does.
    """
    return max(history.complete_until(), _said(project, history))


def reach_notes(project: Project, history: History) -> Iterator[str]:
    """Yield sentences on sources that end early or hold nothing, and on leads never seen.

    A source ends early if another one reaches more than a step of the grid, or a week where there
    is none, further.
    """
    report, said = history.report, _said(project, history)
    for source in report.ends:
        if source.end is None:
            check = "nobody has told it anything" if project.source else "check its file or query"
            yield f"{source.section} holds nothing up to now; {check}."
    ends = {s.section: max(s.end, said) for s in report.ends if s.end is not None}
    last = max(ends, key=ends.__getitem__, default=None)
    if last is not None:
        step = project.rows.every if project.rows else _WEEK
        early = {section: end for section, end in ends.items() if ends[last] - end > step}
        if early:
            yield _early(early, last, ends[last])
    if report.leads_never_seen:
        yield (
            f"{report.leads_never_seen:,} leads have neither events nor stage changes; they start "
            "with the first moment of the data."
        )


def outcomes_until(stages: Stages, history: History) -> int:
    """Return up to when outcomes are known where the project does not say, microseconds.

    A target that leads reach by what they do is known as far as all events reach, one that a table
    holds as far as anything does.
    """
    derived = stages.target in {stage.stage for stage in stages.derived}
    ends = [
        source.end
        for source in history.report.ends
        if derived and source.section.startswith("sources.events.") and source.end is not None
    ]
    return min(ends, default=history.last_moment())


def _said(project: Project, history: History) -> int:
    until = project.rows.observed_until if project.rows else None
    return min(until or 0, history.now)


def _early(early: dict[str, int], last: str, end: int) -> str:
    listed = ", ".join(f"{section} ends on {utc(at)}" for section, at in early.items())
    return (
        f"{listed}, {last} on {utc(end)}: what is missing would look as if it had not happened, so "
        f"leads are looked at up to {utc(min(early.values()))} only. Bring the missing part; if "
        "none is missing, say so by rows.observed_until, or by --as-of when scoring."
    )


def utc(micros: int) -> str:
    """Return a moment as a reader wants it: ``2026-06-30 09:15 UTC``."""
    return f"{moment(micros):%Y-%m-%d %H:%M} UTC"
