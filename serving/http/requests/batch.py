"""Many leads in one request: each is checked and answered on its own, some of them at a time."""

from typing import NamedTuple

from pydantic import BaseModel, Field, ValidationError

from features.contract.case import Case
from features.contract.lead import ContractError
from features.contract.text import LONGEST_NAME
from serving.http.errors import Problem, invalid
from serving.http.requests.demand import Demanded, unmet
from serving.http.requests.fields import HALF_CHARACTER
from serving.http.requests.score import ScoreRequest
from serving.http.requests.sent_leads import SentLeads
from serving.scoring.answer import Answer
from serving.scoring.scoring import Scoring

AT_A_TIME = 25
"""Leads of one piece of work: some hundredths of a second."""


class BatchResult(BaseModel):
    """What became of one lead of a batch: an answer or an error."""

    index: int = Field(ge=0, description="Position in the request, from 0.")
    lead_id: str | None = Field(description="As sent; null where it could not be read.")
    answer: Answer | None
    error: Problem | None


class BatchAnswer(BaseModel):
    """Results in the order of the request."""

    results: list[BatchResult]


class Scored(NamedTuple):
    """Some leads of a batch: what is answered of them, as JSON and without the brackets.

    Attributes:
        answers: Of those that were scored, whether the caller gets them or not.
        written: The results.
    """

    answers: list[Answer]
    written: bytes


class Batch:
    """A batch under way.

    Attributes:
        size: Leads in it.
    """

    def __init__(self, body: bytes, scoring: Scoring, arrived: float, now: int) -> None:
        """Read a body; the leads are not checked yet.

        Args:
            body: JSON.
            scoring: The application, for all of the leads.
            arrived: When the request did, by `time.monotonic`.
            now: Microseconds since 1970.

        Raises:
            RefusedError: It is no JSON.
            ValidationError: It is no batch.
        """
        self._leads = SentLeads(body)
        self._scoring, self._arrived, self._now = scoring, arrived, now
        self.size = len(self._leads)

    def score(self, first: int, demanded: Demanded) -> Scored:
        """Score some leads, from one of them on."""
        leads = self._leads[first : first + AT_A_TIME]
        read = [_case(raw, self._now) for raw in leads]
        cases = [case for case in read if isinstance(case, Case)]
        scored = iter(self._scoring.score_all(cases, self._arrived, among=self.size))
        outcomes = [next(scored) if isinstance(case, Case) else case for case in read]
        results = [
            _result(index, raw, outcome, demanded)
            for index, (raw, outcome) in enumerate(zip(leads, outcomes, strict=True), first)
        ]
        return Scored(
            [outcome for outcome in outcomes if isinstance(outcome, Answer)],
            ",".join(result.model_dump_json() for result in results).encode(),
        )


def _result(
    index: int, raw: object, outcome: Answer | ContractError | Problem, demanded: Demanded
) -> BatchResult:
    answer = outcome if isinstance(outcome, Answer) else None
    problem = outcome if isinstance(outcome, Problem) else None
    if isinstance(outcome, ContractError):
        problem = invalid(outcome)
    if answer is not None and (refused := unmet(answer, demanded)):
        answer, problem = None, refused.problem
    return BatchResult(index=index, lead_id=_lead_id(raw), answer=answer, error=problem)


def _case(raw: object, now: int) -> Case | Problem:
    try:
        return ScoreRequest.model_validate(raw).case(now)
    except (ValidationError, ContractError) as error:
        return invalid(error)


def _lead_id(raw: object) -> str | None:
    lead = raw.get("lead") if isinstance(raw, dict) else None
    lead_id = lead.get("lead_id") if isinstance(lead, dict) else None
    if not isinstance(lead_id, str) or len(lead_id) > LONGEST_NAME:
        return None
    # It could not be sent back.
    return None if HALF_CHARACTER.search(lead_id) else lead_id
