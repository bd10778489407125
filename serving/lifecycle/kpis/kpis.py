"""All figures of a period, in all and by group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar, get_args

from features.contract.mistake import MistakeError
from serving.lifecycle.kpis.costs import Cost, cost_per_lead, cost_per_sql
from serving.lifecycle.kpis.figure import Figure
from serving.lifecycle.kpis.funnel import acceptance, conversion, rejections
from serving.lifecycle.kpis.groups import Dimension, Key
from serving.lifecycle.kpis.journeys import Journey, Pass
from serving.lifecycle.kpis.promises import Promise, Scored, promises
from serving.lifecycle.kpis.speed import (
    Handed,
    in_time,
    sales_cycle,
    speed_to_lead,
    velocity,
)
from serving.lifecycle.kpis.stages_reached import Level
from serving.lifecycle.kpis.terms import KpiTerms
from serving.lifecycle.kpis.worth import Opened, deal_value, pipeline_value

KpiName = Literal[
    "mql_to_sql", "acceptance_rate", "speed_to_lead", "within_sla", "close_rate", "sales_cycle",
    "deal_value", "pipeline_velocity", "pipeline_value", "cost_per_lead", "cost_per_sql",
]  # fmt: skip
KPI_NAMES: tuple[KpiName, ...] = get_args(KpiName)

One = TypeVar("One")


MOST_GROUPS = 1_000


class TooManyGroupsError(MistakeError):
    """More groups than anybody reads; the message says how many."""


class Case(NamedTuple, Generic[One]):
    """What belongs to a group; to none of them where `key` is None."""

    key: Key | None
    of: One


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Who and what a period is about, each with its group.

    Attributes:
        handed: Passes that were handed to sales.
        opened: Passes that became SQL.
        pipeline: Passes that are SQL, and not decided yet, at the end of the period.
        leads: Leads that were created, in months whose costs are known.
        costs: Of months that lie in the period as a whole.
        scored: Leads that were scored.
    """

    handed: Sequence[Case[Handed]]
    opened: Sequence[Case[Opened]]
    pipeline: Sequence[Case[Pass]]
    leads: Sequence[Case[Journey]]
    costs: Sequence[Case[Cost]]
    scored: Sequence[Case[Scored]]

    def by_group(self) -> dict[Key, "Cohorts"]:
        """Return what belongs to each group, in order; what is not known comes last."""
        handed, opened, pipeline = (
            _by_key(self.handed), _by_key(self.opened), _by_key(self.pipeline)
        )  # fmt: skip
        leads, costs, scored = _by_key(self.leads), _by_key(self.costs), _by_key(self.scored)
        keys = {*handed, *opened, *pipeline, *leads, *costs, *scored}
        return {
            key: Cohorts(
                handed.get(key, []), opened.get(key, []), pipeline.get(key, []),
                leads.get(key, []), costs.get(key, []), scored.get(key, []),
            )
            for key in sorted(keys, key=_place)
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of a group.

    Attributes:
        key: One value for each dimension; None where it is not known, and empty for all.
        figures: Those that there are.
        rejections: By reason, its share of all rejections; None is that no reason was given.
        promises: By basis and grade.
    """

    key: Key
    figures: dict[KpiName, Figure]
    rejections: dict[str | None, Figure]
    promises: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class Kpis:
    """The figures of a period `[begin, end)`, as of a moment; in microseconds since 1970.

    Attributes:
        begin: Of the period.
        end: Of the period.
        as_of: What was known by then counts.
        by: By what the groups are told apart.
        currency: Of costs and deals.
        total: Of all.
        groups: In order; none where nothing is told apart.
        levels: How far leads that were created in the period have come.
    """

    begin: int
    end: int
    as_of: int
    by: tuple[Dimension, ...]
    currency: str
    total: Group
    groups: tuple[Group, ...]
    levels: tuple[Level, ...] = ()


def group(
    key: Key,
    cohorts: Cohorts,
    terms: KpiTerms,
    promised: bool,
    as_of: int,
) -> Group:
    """Return the figures of a group.

    Args:
        key: Of the group.
        cohorts: What belongs to it.
        terms: What the figures look at.
        promised: Whether anything is promised of leads that are handed over.
        as_of: Microseconds since 1970.
    """
    handed = [case.of for case in cohorts.handed]
    ways = [one.way for one in handed]
    opened = [case.of for case in cohorts.opened]
    deals = [one.way for one in opened]
    figures: dict[KpiName, Figure] = {
        "mql_to_sql": conversion(ways, "MQL", "SQL", terms.sql_within, as_of),
        "acceptance_rate": acceptance(ways),
        "speed_to_lead": speed_to_lead(handed, terms.action_within, as_of),
    }
    if promised:
        figures["within_sla"] = in_time(handed, as_of)
    closing = terms.close_within
    speed = velocity(len(cohorts.pipeline), deals, closing, as_of)
    value = deal_value(opened)
    figures |= {
        "close_rate": conversion(deals, "SQL", "customer", closing, as_of),
        "sales_cycle": sales_cycle(deals, closing, as_of),
        "deal_value": value,
        "pipeline_velocity": speed,
        "pipeline_value": pipeline_value(speed, value),
    }
    if cohorts.costs:
        leads, costs = [case.of for case in cohorts.leads], [case.of for case in cohorts.costs]
        figures["cost_per_lead"] = cost_per_lead(costs, leads, as_of)
        figures["cost_per_sql"] = cost_per_sql(costs, leads, terms.sql_within, as_of)
    scored = [case.of for case in cohorts.scored]
    return Group(key, figures, rejections(ways), promises(scored, terms.promised_within, as_of))


def groups(
    cohorts: Cohorts,
    by: tuple[Dimension, ...],
    terms: KpiTerms,
    promised: bool,
    as_of: int,
) -> tuple[Group, tuple[Group, ...]]:
    """Return the figures of all, and of each group where anything is told apart.

    Raises:
        TooManyGroupsError: There are more than a thousand.
    """
    some = cohorts.by_group() if by else {}
    if len(some) > MOST_GROUPS:
        raise TooManyGroupsError(
            f"by {', '.join(by)} there are {len(some):,} groups; ask for at most {MOST_GROUPS:,}: "
            "of a shorter period, or by less"
        )
    total = group((), cohorts, terms, promised, as_of)
    return total, tuple(group(key, one, terms, promised, as_of) for key, one in some.items())


def _by_key(cases: Iterable[Case[One]]) -> dict[Key, list[Case[One]]]:
    found: dict[Key, list[Case[One]]] = {}
    for case in cases:
        if case.key is not None:
            found.setdefault(case.key, []).append(case)
    return found


def _place(key: Key) -> list[tuple[bool, str]]:
    return [(value is None, value or "") for value in key]
