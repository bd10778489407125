"""Requests as a CRM sends them."""

from typing import Any

from features.contract.case import Case
from serving.http.requests.score import ScoreRequest

AS_OF = "2026-03-01T12:00:00Z"


def request(**changes: object) -> dict[str, Any]:
    """Return a good request; changes replace its parts."""
    return {
        "lead": lead(),
        "events": [
            {"event_type": "demo_request", "occurred_at": "2026-02-27T09:00:00Z"},
            {"event_type": "page_view", "occurred_at": "2026-02-20T09:00:00Z", "value": 12.5},
        ],
        "as_of": AS_OF,
        **changes,
    }


def lead(**changes: object) -> dict[str, Any]:
    """Return a good lead; changes replace its fields."""
    return {
        "lead_id": "L1",
        "created_at": "2026-02-01T09:00:00Z",
        "profile": {"employees": 120, "industry": "IT"},
        **changes,
    }


def case(**changes: object) -> Case:
    """Return a good request, read."""
    return ScoreRequest.model_validate(request(**changes)).case(now=0)
