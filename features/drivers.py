"""Which driver computes the features of a history: the one next to its events."""

from features.declaration.feature_set import FeatureSet
from features.history.part import HistoryPart
from features.local import LocalFeatures


def features_of(feature_set: FeatureSet, history: HistoryPart) -> LocalFeatures:
    """Return the driver that computes features of a history, here or in Spark."""
    if history.engine == "local":
        return LocalFeatures(feature_set, history)
    from features.spark.features import SparkFeatures  # noqa: PLC0415 - needs the extra `spark`
    from features.spark.history import SparkHistory  # noqa: PLC0415

    assert isinstance(history, SparkHistory)
    return SparkFeatures(feature_set, history)
