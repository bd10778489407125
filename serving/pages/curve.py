"""A curve drawn on the server, as points of an SVG."""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 600.0, 220.0
"""Of the drawing, without its axes."""


class Drawn(NamedTuple):
    """A curve in the units of the drawing.

    Attributes:
        line: Points as SVG writes them, from left to right.
        zero: How far down a value of 0 lies.
        places: Of each point, how far right and how far down.
    """

    line: str
    zero: float
    places: tuple[tuple[float, float], ...]


def draw(points: Sequence[tuple[float, float]]) -> Drawn:
    """Return points laid out so that the largest fill the drawing; 0 is always on it.

    Args:
        points: How far right, at least 0, and how high; at least one.
    """
    most_right = max(x for x, _ in points) or 1.0
    lowest, highest = min(0.0, *(y for _, y in points)), max(0.0, *(y for _, y in points))
    span = highest - lowest or 1.0
    places = tuple(
        (round(WIDTH * x / most_right, 2), round(HEIGHT * (highest - y) / span, 2))
        for x, y in points
    )
    line = " ".join(f"{right},{down}" for right, down in sorted(places, key=lambda one: one[0]))
    return Drawn(line, round(HEIGHT * highest / span, 2), places)
