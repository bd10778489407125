"""By what figures are told apart, and to which group a case belongs."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

from features.contract.category import category_key
from features.contract.lead import ProfileValue
from serving.lifecycle.kpis.calendar import month_of, week_of
from serving.lifecycle.kpis.costs import Cost
from serving.lifecycle.kpis.journeys import Journey
from serving.lifecycle.kpis.terms import KpiTerms

Dimension = Literal["month", "week", "channel", "campaign", "use_case", "grade"]

Key = tuple[str | None, ...]
"""One value for each dimension; None where it is not known."""

UseCaseOf = Callable[[Mapping[str, ProfileValue]], str | None]


_OF_COSTS: Mapping[Dimension, Callable[[Cost], str | None]] = {
    "month": lambda cost: cost.month,
    "channel": lambda cost: cost.channel,
    "campaign": lambda cost: cost.campaign,
}
"""By what costs are known."""


class _Case(NamedTuple):
    """What tells cases apart: the lead's profile, when it came, and its grade then."""

    profile: Mapping[str, ProfileValue]
    at: int
    grade: str | None


class Grouping:
    """Tells to which group a case belongs."""

    def __init__(self, by: tuple[Dimension, ...], terms: KpiTerms, use_case: UseCaseOf) -> None:
        """Tell cases apart by something.

        Args:
            by: By what.
            terms: Which profile fields tell the channel and the campaign.
            use_case: Returns the use case of a profile.
        """
        self._by = by
        values: Mapping[Dimension, Callable[[_Case], str | None]] = {
            "month": lambda case: month_of(case.at),
            "week": lambda case: week_of(case.at),
            "channel": lambda case: _first_known(case.profile, terms.channel),
            "campaign": lambda case: _first_known(case.profile, terms.campaign),
            "use_case": lambda case: use_case(case.profile),
            "grade": lambda case: case.grade,
        }
        self._values = [values[one] for one in by]

    def key(self, journey: Journey, at: int, grade: str | None) -> Key:
        """Return the group of a case.

        Args:
            journey: The lead's.
            at: When the lead came into the cohort, microseconds since 1970.
            grade: Then; None where it was not looked at.
        """
        case = _Case(journey.profile, at, grade)
        return tuple([value(case) for value in self._values])

    def key_of_cost(self, cost: Cost) -> Key | None:
        """Return the group of a cost, None where costs are not known by what tells groups apart."""
        if not _OF_COSTS.keys() >= {*self._by}:
            return None
        return tuple(_OF_COSTS[one](cost) for one in self._by)


def _first_known(profile: Mapping[str, ProfileValue], fields: Iterable[str]) -> str | None:
    """Return the first value that is known, in the one form of equal categories."""
    return next((one for name in fields if (one := _said(profile.get(name)))), None)


def _said(value: ProfileValue) -> str | None:
    """Return a value as a group is called by it, None where there is none."""
    if value is None:
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return category_key(text, boolean=False) or None
