"""Many leads in one request: each is checked and answered on its own."""

from pydantic import BaseModel, Field, ValidationError

from features.contract.case import Case
from features.contract.lead import ContractError
from features.contract.text import LONGEST_NAME
from serving.http.errors import Problem, invalid
from serving.http.request import HALF_CHARACTER, BatchRequest, ScoreRequest
from serving.scoring.answer import Answer
from serving.scoring.scoring import Scoring


class BatchResult(BaseModel):
    """What became of one lead of a batch: an answer or an error."""

    index: int = Field(ge=0, description="Position in the request, from 0.")
    lead_id: str | None = Field(description="As sent; null where it could not be read.")
    answer: Answer | None
    error: Problem | None


class BatchAnswer(BaseModel):
    """Results in the order of the request."""

    results: list[BatchResult]


def score_batch(request: BatchRequest, scoring: Scoring, arrived: float, now: int) -> BatchAnswer:
    """Score many leads.

    Args:
        request: The leads as they came; not checked yet.
        scoring: The application.
        arrived: When the request did, by `time.monotonic`.
        now: Microseconds since 1970.
    """
    read = [_case(raw, now) for raw in request.leads]
    cases = [case for case in read if isinstance(case, Case)]
    scored = iter(scoring.score_all(cases, arrived))
    results = []
    for index, (raw, case) in enumerate(zip(request.leads, read, strict=True)):
        outcome = next(scored) if isinstance(case, Case) else case
        problem = invalid(outcome) if isinstance(outcome, ContractError) else None
        if isinstance(outcome, Problem):
            problem = outcome
        answer = outcome if isinstance(outcome, Answer) else None
        results.append(
            BatchResult(index=index, lead_id=_lead_id(raw), answer=answer, error=problem)
        )
    return BatchAnswer(results=results)


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
