"""Models that loaded, and yet cannot be trusted."""

import math
from dataclasses import replace

from serving.model.linear import LinearExplanation
from serving.model.scorer import LeadModel
from tests.tiny import tiny_training


def model_without_numbers() -> LeadModel:
    """Return a model that says infinity wherever the number of employees is missing."""
    training = tiny_training()
    ensemble = training.learned.ensemble
    terms = [
        term.model_copy(update={"missing_weight": math.inf}) if term.column == 0 else term
        for term in ensemble.linear.model.terms
    ]
    linear = LinearExplanation(ensemble.linear.model.model_copy(update={"terms": tuple(terms)}))
    return LeadModel(training.manifest, replace(ensemble, linear=linear), "broken/1")
