"""Which leads are worth a call of those there is time for, in money.

A call of a lead with probability p is worth p * value - cost. Sales calls the best of a list first,
and as many as it has time for. The threshold of the highest expected value is the probability of
the last lead that is called so, or the one at which a call just pays, whichever is higher.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from features.contract.document_part import DocumentPart
from features.contract.duration import DAY_US, Duration
from serving.lifecycle.currency import Currency

Money = Annotated[float, Field(ge=0, le=1e12)]

NOBODY = 1.0
"""The threshold where there is no time for any call."""


class HandoverTerms(DocumentPart):
    """What a call costs and may bring.

    Attributes:
        calls_per_week: That sales has time for.
        value_of_conversion: What a lead that becomes SQL is worth.
        cost_of_call: What it costs to take up a lead.
        currency: Of both.
        apply: Whether the threshold comes into force by itself each week, or is proposed.
        stage: Whoever comes into it is handed over to sales.
        horizon: Within which leads become SQL, where the rules answer, which say none.
    """

    calls_per_week: int = Field(strict=True, ge=0, le=1_000_000)
    value_of_conversion: Money
    cost_of_call: Money
    currency: Currency
    apply: Literal["propose", "automatic"] = "propose"
    stage: Literal["MAL", "MQL", "SAL"] = "MQL"
    horizon: Duration = 30 * DAY_US

    @model_validator(mode="after")
    def _can_pay(self) -> Self:
        if self.cost_of_call >= self.value_of_conversion:
            raise ValueError(
                "cost_of_call must be less than value_of_conversion, or no call ever pays"
            )
        return self

    @property
    def break_even(self) -> float:
        """The probability at which a call just pays."""
        return self.cost_of_call / self.value_of_conversion


def lacking_keys() -> list[str]:
    """Return what an agreement must say before calls have a price."""
    fields = HandoverTerms.model_fields
    return [f"handover.{name}" for name, field in fields.items() if field.is_required()]


def expected_value(probability: float, terms: HandoverTerms) -> float:
    """Return what a call of a lead is worth, in the currency of the terms."""
    return probability * terms.value_of_conversion - terms.cost_of_call


class Point(NamedTuple):
    """What comes of a threshold.

    For every threshold, `value + too_early + too_late` is the highest value there is.

    Attributes:
        threshold: Leads of this probability or a higher one are handed over.
        leads: How many that are.
        called: How many of these there is time to call, the best first.
        conversions: How many of those become SQL, by expectation.
        value: What they bring, less what the calls cost.
        too_early: What calls lose that do not pay.
        too_late: What leads would bring that would pay, for which there is time, and which are not
            handed over.
    """

    threshold: float
    leads: int
    called: int
    conversions: float
    value: float
    too_early: float
    too_late: float


class Candidates:
    """Leads of one week that may be handed over, ranked by their probability.

    Attributes:
        terms: What calls cost and may bring.
        ranked: Their probabilities, the highest first.
        threshold: Of the highest expected value.
    """

    def __init__(self, probabilities: Iterable[float], terms: HandoverTerms) -> None:
        """Rank leads.

        Args:
            probabilities: Of becoming SQL.
            terms: What calls cost and may bring.
        """
        self.terms = terms
        self.ranked = sorted(probabilities, reverse=True)
        self._negated = [-probability for probability in self.ranked]
        self._sums = list(accumulate(self.ranked, initial=0.0))
        # Value rises with the probability, so those that pay come first.
        self._paying = bisect_left(self.ranked, x=True, key=self._loses)
        self._best = min(self._paying, terms.calls_per_week)
        self.threshold = self._threshold()

    @property
    def one_call_more(self) -> float:
        """What one call more than there is time for would bring."""
        if self._best == self._paying:
            return 0.0
        return expected_value(self.ranked[self._best], self.terms)

    def at(self, threshold: float) -> Point:
        """Return what comes of a threshold."""
        leads = bisect_right(self._negated, -threshold)
        called = min(leads, self.terms.calls_per_week)
        value = self._value(called)
        return Point(
            threshold=threshold,
            leads=leads,
            called=called,
            conversions=self._sums[called],
            value=value,
            too_early=self._value(min(called, self._paying)) - value,
            too_late=self._value(self._best) - self._value(min(called, self._best)),
        )

    def curve(self, most: int) -> list[Point]:
        """Return what comes of the thresholds that differ, from the highest to the lowest.

        Args:
            most: How many points at most, besides that of the highest expected value; they are
                spread evenly over the different probabilities.
        """
        differing = sorted(set(self.ranked), reverse=True)
        every = -(-len(differing) // most)
        chosen = {*differing[:: max(every, 1)], *differing[-1:], self.threshold}
        return [self.at(threshold) for threshold in sorted(chosen, reverse=True)]

    def _threshold(self) -> float:
        if self.terms.calls_per_week == 0:
            return NOBODY
        if self._best < self.terms.calls_per_week:
            return self.terms.break_even
        return self.ranked[self._best - 1]

    def _loses(self, probability: float) -> bool:
        return expected_value(probability, self.terms) <= 0

    def _value(self, calls: int) -> float:
        terms = self.terms
        return self._sums[calls] * terms.value_of_conversion - calls * terms.cost_of_call
