"""What is not known of a lead, and would tell more if it were."""

from collections.abc import Collection, Mapping, Sequence

from features.declaration.feature_set import FeatureSet, Level, ProfileCategory, ProfileNumber
from features.declaration.subject import subject_of
from features.declaration.table import Value

UNSENT: dict[Level, str] = {"lead": "events", "account": "account_events"}
"""How events that are missing are called, by whose they are."""


class Missing:
    """Names what is missing of a lead, the most important first."""

    def __init__(self, feature_set: FeatureSet, importance: Mapping[str, float]) -> None:
        """Weigh all that can be missing.

        Args:
            feature_set: What is looked at.
            importance: How much subjects tell.
        """
        self._fields: list[tuple[str, int, float]] = []
        by_level: dict[Level, dict[str, float]] = {level: {} for level in feature_set.levels}
        for column, feature in enumerate(feature_set.features):
            subject = subject_of(feature)
            weight = importance.get(subject, 0.0)
            if isinstance(feature, ProfileNumber | ProfileCategory):
                self._fields.append((feature.field, column, weight))
            elif feature.kind == "behaviour":
                by_level[feature.level][subject] = weight
        self._levels = {level: sum(weights.values()) for level, weights in by_level.items()}

    def of(self, values: Sequence[Value], unsent: Collection[Level]) -> list[str]:
        """Return profile fields, and `UNSENT` where no events were sent that count.

        Args:
            values: Those of the lead's features, in column order.
            unsent: Whose events are missing.
        """
        weights = {
            field: weight for field, column, weight in self._fields if values[column] is None
        }
        weights |= {UNSENT[level]: self._levels[level] for level in unsent if level in self._levels}
        return sorted(weights, key=lambda name: (-weights[name], name))
