"""What is not known of a lead, and would tell more if it were."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from features.declaration.feature_set import FeatureSet, Level, ProfileCategory, ProfileNumber
from features.declaration.subject import subject_of
from features.declaration.table import Value

UNSENT: dict[Level, str] = {"lead": "events", "account": "account_events"}
"""How events that are missing are called, by whose they are."""


class Lack(NamedTuple):
    """Something that can be missing of a lead.

    Attributes:
        name: What it is called.
        column: Of the feature that lacks it; -1 for events.
        level: Whose events; None for a profile field.
    """

    name: str
    column: int
    level: Level | None = None


class Missing:
    """Names what is missing of a lead, the most important first.

    Attributes:
        ranked: All that can be missing, in that order.
    """

    def __init__(self, feature_set: FeatureSet, importance: Mapping[str, float]) -> None:
        """Weigh all that can be missing.

        Args:
            feature_set: What is looked at.
            importance: How much subjects tell.
        """
        weights: dict[Lack, float] = {}
        by_level: dict[Level, dict[str, float]] = {level: {} for level in feature_set.levels}
        for column, feature in enumerate(feature_set.features):
            subject = subject_of(feature)
            weight = importance.get(subject, 0.0)
            if isinstance(feature, ProfileNumber | ProfileCategory):
                weights[Lack(feature.field, column)] = weight
            elif feature.kind == "behaviour":
                by_level[feature.level][subject] = weight
        for level, of_subjects in by_level.items():
            weights[Lack(UNSENT[level], -1, level)] = sum(of_subjects.values())
        self.ranked = sorted(weights, key=lambda lack: (-weights[lack], lack.name))

    def of(self, values: Sequence[Value], unsent: Collection[Level]) -> list[str]:
        """Return profile fields, and `UNSENT` where no events were sent that count.

        Args:
            values: Those of the lead's features, in column order.
            unsent: Whose events are missing.
        """
        return [
            lack.name
            for lack in self.ranked
            if (values[lack.column] is None if lack.level is None else lack.level in unsent)
        ]
