"""The model as MLflow's generic Python model: raw features in, probability and score out.

MLflow imports this module by name and calls `_load_pyfunc`; nothing here imports MLflow.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from features.contract.profile import profile_text
from features.declaration.feature_set import FeatureSet
from features.declaration.table import FeatureTable
from serving.model.artefact import load_model
from serving.model.reference import grade_of
from serving.model.scorer import LeadModel, probability


class PyfuncModel:
    """What `mlflow.pyfunc.load_model` wraps."""

    def __init__(self, model: LeadModel) -> None:
        """Wrap a loaded model."""
        self._model = model

    def predict(self, model_input: pd.DataFrame, params: object = None) -> pd.DataFrame:
        """Score raw feature rows.

        Args:
            model_input: One column per feature by name; a column that is absent is missing.
            params: Not used; part of MLflow's interface.

        Returns:
            Columns probability, log_odds, score (1-100) and grade (A-D), in the order of the input.
        """
        log_odds = self._model.log_odds(
            feature_table(self._model.manifest.feature_set, model_input)
        )
        scores = self._model.manifest.reference.scores(log_odds)
        return pd.DataFrame(
            {
                "probability": probability(log_odds),
                "log_odds": log_odds,
                "score": scores,
                "grade": [grade_of(int(score)) for score in scores],
            },
            index=model_input.index,
        )


def feature_table(feature_set: FeatureSet, frame: pd.DataFrame) -> FeatureTable:
    """Read a frame of raw features, [rows, any of the features], as a feature table."""
    numbers = np.full((len(frame), len(feature_set.features)), np.nan)
    texts = {}
    for column, feature in enumerate(feature_set.features):
        present = feature.name in frame.columns
        if feature.kind == "category":
            values = frame[feature.name] if present else [None] * len(frame)
            known = (None if pd.isna(value) else value for value in values)
            texts[feature.field] = np.array([profile_text(value) for value in known], dtype=object)
        elif present:
            numbers[:, column] = frame[feature.name].to_numpy(dtype=np.float64, na_value=np.nan)
    return FeatureTable(feature_set, numbers, texts)


def _load_pyfunc(path: str) -> PyfuncModel:
    model = load_model(Path(path))
    # LightGBM is loaded now rather than by the first prediction, and so is what is wrong with it.
    model.ensemble.margins(np.zeros((1, len(model.manifest.feature_set.features))))
    return PyfuncModel(model)
