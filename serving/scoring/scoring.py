"""The application without HTTP: cases in, answers out, from the model or else from the rules."""

import copy
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from features.contract.case import Case
from features.contract.language import Language
from features.contract.lead import ContractError, Lead, ProfileValue, moment
from features.declaration.feature_set import Level
from features.declaration.table import concatenate
from features.online import OnlineFeatures, OnlineRow
from serving.model.scorer import LeadModel
from serving.scoring.answer import (
    Answer,
    Assessment,
    Enquiry,
    FallbackReason,
    assess,
    compose,
)
from serving.scoring.basis import Basis, ModelBasis, RulesBasis
from serving.scoring.fallback import Fallback, settle, usable
from serving.scoring.rules import Rules
from serving.scoring.strongest import Listing
from serving.scoring.use_cases import AnsweredFor, OwnModel, choose, grouped


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the answers of a service have in common.

    Attributes:
        deadline: Seconds that a lead may take from arrival until the model is asked.
        listing: How many reasons.
        language: Of reasons, where the request names none.
    """

    deadline: float = 0.2
    listing: Listing = field(default_factory=Listing)
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class _Assessed:
    """An assessment, and the row it is about."""

    row: OnlineRow
    assessment: Assessment

    @property
    def finite(self) -> bool:
        return self.assessment.finite


class _FeaturedBasis:
    """A basis and the features it wants."""

    def __init__(self, basis: Basis, *, strict: bool) -> None:
        self.basis = basis
        self._features = OnlineFeatures(basis.feature_set, strict=strict)

    def rows(self, cases: Sequence[Case]) -> list[OnlineRow | ContractError]:
        return [self._row(case) for case in cases]

    def _row(self, case: Case) -> OnlineRow | ContractError:
        try:
            return self._features.row(case.lead, case.events, case.as_of, case.account_events)
        except ContractError as error:
            return error

    def assess(self, rows: Sequence[OnlineRow | ContractError]) -> list[_Assessed | ContractError]:
        """Return an assessment about each row there is."""
        found = [row for row in rows if isinstance(row, OnlineRow)]
        if not found:
            return [row for row in rows if isinstance(row, ContractError)]
        assessments = assess(self.basis, concatenate([row.table for row in found]))
        assessed = iter(map(_Assessed, found, assessments))
        return [row if isinstance(row, ContractError) else next(assessed) for row in rows]


class Scoring:
    """Scores leads; safe to call from several threads.

    Attributes:
        conditions: What all answers have in common.
        rules: What answers where the model cannot.
        unavailable: Why there is no model; None where there is one.
        address: By which the model was named; None where none was.
        own: Use cases whose leads models of their own score, in the order of the agreement.
    """

    def __init__(
        self,
        rules: Rules,
        model: LeadModel | FallbackReason,
        conditions: Conditions | None = None,
        address: str | None = None,
    ) -> None:
        """Lay out the features.

        Args:
            rules: What answers where the model cannot.
            model: The model, or why there is none.
            conditions: Deadline, listing, language; the usual ones if None.
            address: Of the model; None where it has none.
        """
        self.conditions = conditions or Conditions()
        self.rules = rules
        self.unavailable: FallbackReason | None = None
        self.address = address
        self.own: tuple[OwnModel[Scoring], ...] = ()
        self._general: Scoring | None = None
        # What the model can read must not become a mistake where the rules stand in for it.
        self._rules = _FeaturedBasis(RulesBasis(rules), strict=False)
        self._model: _FeaturedBasis | None = None
        if isinstance(model, LeadModel):
            self._model = _FeaturedBasis(ModelBasis(model), strict=True)
        else:
            self.unavailable = model

    @property
    def basis(self) -> Basis:
        """What answers rest on unless something goes wrong on the way."""
        return (self._model or self._rules).basis

    @property
    def general(self) -> "Scoring":
        """What scores leads of no use case with a model of its own, undivided."""
        return self._general or self

    def divided(self, own: Sequence[OwnModel["Scoring"]]) -> "Scoring":
        """Return what scores the same, but for the leads of use cases with models of their own."""
        divided = copy.copy(self)
        divided.own, divided._general = tuple(own), self.general
        return divided

    def of(self, profile: Mapping[str, ProfileValue]) -> "Scoring":
        """Return what scores leads with a profile: by the model of a use case, or this one."""
        return choose(self.own, profile)[0] or self.general

    def under(self, rules: Rules) -> "Scoring":
        """Return what scores by the same model, with other rules where it cannot."""
        basis = self.basis
        model = basis.model if isinstance(basis, ModelBasis) else self.unavailable
        return Scoring(rules, model or "no_model", self.conditions, self.address)

    def warm(self) -> None:
        """Compile and touch all that the first request needs, of the model and of the rules."""
        nobody = Case(Lead("nobody", moment(0)), [], [], 0, None)
        self.score(nobody, arrived=math.inf)
        self.score(nobody, arrived=-math.inf)

    def score(self, case: Case, arrived: float) -> Answer:
        """Score one lead.

        Args:
            case: The lead.
            arrived: When the request did, by `time.monotonic`.

        Raises:
            ContractError: The lead's data cannot be read as its features want them.
        """
        result = self.score_all([case], arrived)[0]
        if isinstance(result, ContractError):
            raise result
        return result

    def score_all(
        self, cases: Sequence[Case], arrived: float, among: int | None = None
    ) -> list[Answer | ContractError]:
        """Score leads each on its own: one result for each, in the same order.

        Args:
            cases: The leads.
            arrived: When the request did, by `time.monotonic`; the deadline of many leads is that
                of one times their number.
            among: How many leads the request has, where these are some of them.
        """
        if self.own:
            return self._score_divided(cases, arrived, among or len(cases))
        latest = arrived + self.conditions.deadline * (among or len(cases))
        settled: list[tuple[_Assessed | ContractError, FallbackReason | None]] = settle(
            self._ask_model(cases, latest),
            lambda left: self._rules.assess(self._rules.rows([cases[p] for p in left])),
        )
        return [
            found if isinstance(found, ContractError) else self._answer(case, found, reason)
            for case, (found, reason) in zip(cases, settled, strict=True)
        ]

    def _score_divided(
        self, cases: Sequence[Case], arrived: float, among: int
    ) -> list[Answer | ContractError]:
        told: dict[int, Answer | ContractError] = {}
        for scoring, asked, positions in self._groups(cases):
            results = scoring.score_all([cases[p] for p in positions], arrived, among)
            for position, result in zip(positions, results, strict=True):
                told[position] = (
                    result.answered_for(asked) if isinstance(result, Answer) else result
                )
        return [told[position] for position in range(len(cases))]

    def probabilities(self, cases: Sequence[Case]) -> list[float]:
        """Return how likely cases reach the target, each by what scores its lead.

        Raises:
            ContractError: A case's data cannot be read as its features want them.
        """
        found: dict[int, float] = {}
        for scoring, _, positions in self._groups(cases):
            said = scoring.assess([cases[p] for p in positions])
            found.update(zip(positions, (one.probability for one in said), strict=True))
        return [found[position] for position in range(len(cases))]

    def _groups(self, cases: Sequence[Case]) -> Iterator[tuple["Scoring", AnsweredFor, list[int]]]:
        """Yield what scores some of the cases, and which."""
        profiles = [case.lead.profile for case in cases]
        for scorer, asked, positions in grouped(self.own, profiles):
            yield scorer or self.general, asked, positions

    def assess(self, cases: Sequence[Case]) -> list[Assessment]:
        """Return what one basis says of cases: the model if it can tell all of them, or the rules.

        The models of use cases are not asked; `of` returns what scores a lead.

        Raises:
            ContractError: A case's data cannot be read as its features want them.
        """
        for basis in [self._model, self._rules] if self._model else [self._rules]:
            found = basis.assess(basis.rows(cases))
            for outcome in found:
                if isinstance(outcome, ContractError):
                    raise outcome
            assessments = [one.assessment for one in found if isinstance(one, _Assessed)]
            if all(one.finite for one in assessments):
                break
        return assessments

    def _ask_model(
        self, cases: Sequence[Case], latest: float
    ) -> Sequence[_Assessed | ContractError | Fallback]:
        """Return the model's assessments, or why the rules must answer instead."""
        if self._model is None:
            return [Fallback(self.unavailable or "no_model")] * len(cases)
        if time.monotonic() > latest:
            return [Fallback("deadline")] * len(cases)
        rows = self._model.rows(cases)
        if time.monotonic() > latest:
            passed = Fallback("deadline")
            return [row if isinstance(row, ContractError) else passed for row in rows]
        return [
            usable(found) if isinstance(found, _Assessed) else found
            for found in self._model.assess(rows)
        ]

    def _answer(self, case: Case, found: _Assessed, reason: FallbackReason | None) -> Answer:
        language = case.language or self.conditions.language
        enquiry = _enquiry(case, found.row)
        return compose(enquiry, found.assessment, self.conditions.listing, language, reason)


def _enquiry(case: Case, row: OnlineRow) -> Enquiry:
    unsent: list[Level] = [] if row.own_events else ["lead"]
    if case.lead.account_id is not None and case.account_events is None:
        unsent.append("account")
    return Enquiry(
        lead_id=case.lead.lead_id,
        as_of=case.as_of,
        unsent=tuple(unsent),
        events_ignored=row.events_ignored,
        events_incomplete=row.events_incomplete,
        unknown=tuple(row.unknown),
    )
