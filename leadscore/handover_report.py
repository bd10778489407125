"""What a command tells of the handover to sales."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from features.contract.duration import DAY_US
from features.contract.lead import moment
from serving.lifecycle.handover import lacking_keys

if TYPE_CHECKING:
    from serving.lifecycle.handover import Candidates, Point
    from serving.lifecycle.lists import WeekList
    from serving.stored.handover import Handover

_POINTS = 12


def handover_lines(found: "Handover") -> Iterator[str]:
    """Yield the lines that a command prints."""
    if found.candidates is None:
        yield f"no call has a price; the lifecycle file lacks {', '.join(lacking_keys())}"
    else:
        yield from _of_candidates(found, found.candidates)
    yield ""
    days = found.horizon / DAY_US
    yield f"handed over by week: expected and seen to become SQL within {days:g} days"
    yield "week          leads  expected  usual       seen"
    yield from (_list(one) for one in found.lists)


def _of_candidates(found: "Handover", candidates: "Candidates") -> Iterator[str]:
    terms, in_force = candidates.terms, found.in_force
    yield (
        f"{len(candidates.ranked):,} leads of the week, {len(found.waiting):,} of them wait; "
        f"a call pays from {terms.break_even:.4f} on"
    )
    yield (
        f"best threshold {candidates.threshold:.4f}; one call more a week would bring "
        f"{candidates.one_call_more:,.0f} {terms.currency}"
    )
    if in_force is None:
        yield "no threshold is in force: the criteria of the agreement decide"
    else:
        since = moment(in_force.at).isoformat(timespec="seconds")
        yield f"in force: {in_force.threshold:.4f} since {since} by {in_force.by}"
    yield ""
    yield "threshold    leads  called  conversions         value     too early      too late"
    yield from (
        _point(point, "  best" if point.threshold == candidates.threshold else "")
        for point in candidates.curve(_POINTS)
    )


def _point(point: "Point", mark: str) -> str:
    return (
        f"{point.threshold:>9.4f}  {point.leads:>7,} {point.called:>7,} {point.conversions:>12.1f}"
        f"  {point.value:>12,.0f}  {point.too_early:>12,.0f}  {point.too_late:>12,.0f}{mark}"
    )


def _list(one: "WeekList") -> str:
    day = moment(one.week).date().isoformat()
    usual = f"{one.low} to {one.high}"
    note = "" if one.mature else " so far"
    unknown = f"; {one.unknown} without a probability" if one.unknown else ""
    figures = f"{one.leads:>7,} {one.expected:>9.1f}  {usual:<10} {one.converted:>5}"
    return f"{day}  {figures}{note}{unknown}"
