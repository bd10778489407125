"""The stages of a lead's life, and who may move a lead from one to another."""

from typing import Literal, get_args

Stage = Literal[
    "visitor", "lead", "MAL", "MQL", "SAL", "SQL", "customer", "disqualified", "recycled"
]

STAGES: tuple[Stage, ...] = get_args(Stage)

ASIDE: frozenset[Stage] = frozenset({"disqualified", "recycled"})
"""Stages beside the way forward; after them a lead begins anew."""

OUTCOMES: frozenset[Stage] = frozenset({"SQL", "customer", "disqualified"})
"""Stages that models learn from."""

Role = Literal["rule", "sales", "marketing", "crm", "admin"]
"""Who moves a lead."""

Cause = Literal["rule", "person", "crm"]


def cause_of(role: Role) -> Cause:
    """Return what kind of decision it is that somebody makes in a role."""
    return role if role in ("rule", "crm") else "person"


def is_ahead(stage: Stage, of: Stage) -> bool:
    """Tell whether a stage lies further on the way forward than another one."""
    return not {stage, of} & ASIDE and STAGES.index(stage) > STAGES.index(of)
