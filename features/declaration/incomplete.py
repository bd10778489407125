"""Events that count, and yet hold less than the features of their type read."""

from collections.abc import Iterable

from features.declaration.feature_set import Behaviour
from features.declaration.operators import OPERATORS


class Completeness:
    """Knows of which event types features read the value, and of which the item."""

    def __init__(self, features: Iterable[Behaviour]) -> None:
        """Gather what features read; those of every event read it of every type."""
        read = [(OPERATORS[feature.operator].reads, feature.event_type) for feature in features]
        self._value = frozenset(event_type for what, event_type in read if what == "value")
        self._item = frozenset(event_type for what, event_type in read if what == "item")
        self._every_value, self._every_item = None in self._value, None in self._item

    def lacks(self, event_type: str, value: float | None, item: str | None) -> bool:
        """Tell whether an event of a type lacks what a feature reads of it.

        Args:
            event_type: Its type.
            value: Its value; None if it has none.
            item: Its item, trimmed; None if it has none.
        """
        return (value is None and (self._every_value or event_type in self._value)) or (
            item is None and (self._every_item or event_type in self._item)
        )
