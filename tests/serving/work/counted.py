"""What was counted meanwhile."""

from prometheus_client import REGISTRY


class Counted:
    """Remembers what was counted until now under a name, by the values of its labels."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._before = self._all()

    def __call__(self) -> dict[tuple[str, ...], float]:
        """Return what was counted since, without what was not."""
        return {
            labels: value - self._before.get(labels, 0.0)
            for labels, value in self._all().items()
            if value != self._before.get(labels, 0.0)
        }

    def _all(self) -> dict[tuple[str, ...], float]:
        return {
            tuple(sample.labels.values()): sample.value
            for metric in REGISTRY.collect()
            for sample in metric.samples
            if sample.name == self._name
        }
