"""Figures as text that can be pasted."""

from serving.model.manifest import Metric


def metric_text(metric: Metric) -> str:
    """Return a figure with its interval: ``.812 (.790-.833)``."""
    if metric.value is None or metric.low is None or metric.high is None:
        return "undefined"
    return f"{number(metric.value)} ({number(metric.low)}-{number(metric.high)})"


def number(value: float) -> str:
    """Return a figure with three digits: ``.812``, ``1.03``, ``-.250``."""
    text = f"{value:.3f}"
    if abs(float(text)) >= 1:
        return f"{value:.2f}"
    return text.replace("0.", ".", 1)
