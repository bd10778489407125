"""A lead as it is not: scored with another value of one field, and kept nowhere."""

import math
from dataclasses import dataclass, replace

from features.contract.case import Case
from features.contract.derived_facts import DERIVED_FACTS
from features.contract.lead import ContractError, ProfileValue
from features.contract.profile import profile_number
from features.contract.text import LONGEST_NAME
from serving.intake.company import company_facts
from serving.scoring.answer import Answer
from serving.scoring.basis import Basis
from serving.scoring.scoring import Scoring


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would be said.

    Attributes:
        field: Whose value is supposed.
        typed: What was typed.
        answer: Of the lead with that value; None where something is wrong with it.
        mistake: What is: `field`, `number` or `long`.
        never_seen: Whether the model has learned nothing of the value.
    """

    field: str
    typed: str
    answer: Answer | None = None
    mistake: str | None = None
    never_seen: bool = False


def fields_to_suppose(basis: Basis) -> list[str]:
    """Return the profile fields that somebody could tell, and a score looks at."""
    return [field for field in basis.feature_set.fields if field not in DERIVED_FACTS]


def what_if(scoring: Scoring, case: Case, field: str, typed: str) -> WhatIf:
    """Return what would be said of a lead if one field had another value.

    Args:
        scoring: The model and the rules.
        case: The lead as it is.
        field: Of its profile.
        typed: The value; empty is unknown.
    """
    basis = scoring.of(case.lead.profile).basis
    if field not in fields_to_suppose(basis):
        return WhatIf(field, typed, mistake="field")
    if len(typed) > LONGEST_NAME:
        return WhatIf(field, typed, mistake="long")
    try:
        value = _value(basis, field, typed)
    except ContractError:
        return WhatIf(field, typed, mistake="number")
    supposed = {field: value}
    profile = {**case.lead.profile, **supposed, **company_facts(supposed, case.lead.profile)}
    told = {name: known for name, known in profile.items() if known is not None}
    answer = scoring.score(replace(case, lead=replace(case.lead, profile=told)), math.inf)
    return WhatIf(field, typed, answer, never_seen=f"profile.{field}" in answer.unknown)


def _value(basis: Basis, field: str, typed: str) -> ProfileValue:
    if not typed:
        return None
    if field in basis.feature_set.numbers:
        return profile_number(typed, field)
    return typed
