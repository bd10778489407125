"""Who and what a period is about: leads handed over, SQLs, leads with their costs, scores."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.business_hours import BusinessHours
from serving.lifecycle.kpis.calendar import month_of
from serving.lifecycle.kpis.costs import Cost, whole_months
from serving.lifecycle.kpis.groups import Dimension, Grouping
from serving.lifecycle.kpis.journeys import Journey, Pass, Step
from serving.lifecycle.kpis.kpis import Case, Cohorts
from serving.lifecycle.kpis.promises import Scored
from serving.lifecycle.kpis.speed import Handed, is_in_pipeline
from serving.lifecycle.kpis.worth import Opened, amount
from serving.lifecycle.sla import SlaTerms
from serving.lifecycle.stages import Stage
from serving.record.lifecycle.costs import costs_of
from serving.record.lifecycle.sales_contacts import sales_contacts
from serving.record.scores.first_scores import first_scores


class _Promised(NamedTuple):
    """What is promised of leads that are handed over.

    Attributes:
        hours: In which time counts.
        within: So long, in microseconds.
        types: Of events that keep it, too.
    """

    hours: BusinessHours
    within: int
    types: tuple[str, ...]

    @classmethod
    def of(cls, terms: SlaTerms) -> "_Promised":
        """Return what terms promise."""
        promised = terms.stages["MQL"]
        return cls(terms.hours, promised.within, promised.kept_by)

    def due(self, at: int) -> int:
        """Return the last moment at which it is kept for whoever was handed over at one."""
        return self.hours.add_business(at, self.within)


class Period:
    """A period `[begin, end)`, in microseconds since 1970, whose cases are told apart."""

    def __init__(
        self,
        connection: Connection,
        lifecycle: Lifecycle,
        begin: int,
        end: int,
        by: tuple[Dimension, ...],
    ) -> None:
        """Read from a connection, by the terms of an agreement."""
        self._connection, self._terms = connection, lifecycle.kpis
        self._begin, self._end = begin, end
        self._grouping = Grouping(by, lifecycle.kpis, lifecycle.use_case)
        self._use_case = lifecycle.use_case
        promises = lifecycle.promises_of("MQL")
        self._promised = {name: _Promised.of(terms) for name, terms in promises.items()}

    def cohorts(self, journeys: Mapping[int, Journey], as_of: int) -> Cohorts:
        """Return who and what belongs to the period, of leads by number."""
        costs = self._costs()
        return Cohorts(
            handed=self._handed(journeys, as_of),
            opened=self._opened(journeys),
            pipeline=self._pipeline(journeys, as_of),
            leads=self._leads(journeys, {case.of.month for case in costs}),
            costs=costs,
            scored=self._scored(journeys, as_of),
        )

    def _handed(self, journeys: Mapping[int, Journey], as_of: int) -> list[Case[Handed]]:
        begun = list(self._begun(journeys, "MQL"))
        terms = {one.number: self._promised.get(self._use_case(one.profile)) for one, _, _ in begun}
        keeping = self._keeping(terms, as_of)
        types = {*self._terms.contacts, *(t for one in self._promised.values() for t in one.types)}
        contacts = sales_contacts(self._connection, terms, types, as_of)
        return [
            Case(
                self._key(one, step),
                Handed(
                    way, contacts.get(one.number, ()), keeping.get(one.number, ()),
                    None if (promised := terms[one.number]) is None else promised.due(step.at),
                ),
            )
            for one, way, step in begun
        ]  # fmt: skip

    def _keeping(self, terms: Mapping[int, "_Promised | None"], as_of: int) -> dict[int, list[int]]:
        """Return when sales was in touch with leads so that what is promised is kept."""
        asked: dict[tuple[str, ...], list[int]] = {}
        for number, promised in terms.items():
            if promised is not None and promised.types:
                asked.setdefault(promised.types, []).append(number)
        found: dict[int, list[int]] = {}
        for types, numbers in asked.items():
            found |= sales_contacts(self._connection, numbers, types, as_of)
        return found

    def _opened(self, journeys: Mapping[int, Journey]) -> list[Case[Opened]]:
        return [
            Case(self._key(one, step), Opened(way, amount(one.profile.get(self._terms.value))))
            for one, way, step in self._begun(journeys, "SQL")
        ]

    def _pipeline(self, journeys: Mapping[int, Journey], as_of: int) -> list[Case[Pass]]:
        at, within = min(self._end, as_of), self._terms.close_within
        return [
            Case(self._key(one, way.entered["SQL"]), way)
            for one in journeys.values()
            for way in one.passes
            if is_in_pipeline(way, within, at)
        ]

    def _begun(
        self, journeys: Mapping[int, Journey], stage: Stage
    ) -> Iterator[tuple[Journey, Pass, Step]]:
        """Yield the passes that came to a stage in the period, each with the step."""
        for one in journeys.values():
            for way in one.passes:
                step = way.begun(stage)
                if step is not None and self._begin <= step.at < self._end:
                    yield one, way, step

    def _key(self, journey: Journey, step: Step) -> tuple[str | None, ...]:
        return self._grouping.key(journey, step.at, step.grade)

    def _costs(self) -> list[Case[Cost]]:
        every = costs_of(self._connection)
        months = whole_months({one.month for one in every}, self._begin, self._end)
        return [Case(self._grouping.key_of_cost(one), one) for one in every if one.month in months]

    def _leads(self, journeys: Mapping[int, Journey], months: set[str]) -> list[Case[Journey]]:
        return [
            Case(self._grouping.key(one, one.created, None), one)
            for one in (journeys.values() if months else ())
            if month_of(one.created) in months
        ]

    def _scored(self, journeys: Mapping[int, Journey], as_of: int) -> list[Case[Scored]]:
        found = first_scores(self._connection, self._begin, min(self._end, as_of))
        # A visitor is no lead (yet), and one that was created later was not scored.
        scored = [
            Scored(journeys[one.root], one.as_of, one.probability, one.grade, one.basis)
            for one in found
            if one.root in journeys
        ]
        return [Case(self._grouping.key(one.journey, one.as_of, one.grade), one) for one in scored]
