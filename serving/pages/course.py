"""The course of a probability over time, drawn as a line of steps."""

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 600, 120
_EDGE = 6

_DRAWN = Markup(
    '<svg class="course" viewBox="0 0 {width} {height}" preserveAspectRatio="none" '
    'aria-hidden="true" focusable="false"><line class="ground" x1="0" x2="{width}" y1="{floor}" '
    'y2="{floor}"/><path d="{path}"/></svg>'
)


def course(told: Sequence[tuple[int, float]], until: int) -> Markup:
    """Return the drawing of probabilities, each of which holds until the next one.

    Args:
        told: Moments, microseconds since 1970, with probabilities; the oldest first.
        until: The right end.
    """
    begin = told[0][0]
    span = max(until - begin, 1)
    top = max(probability for _, probability in told) or 1.0
    floor = HEIGHT - _EDGE
    points = []
    for position, (at, probability) in enumerate(told):
        x, y = WIDTH * (at - begin) / span, floor - (floor - _EDGE) * probability / top
        # Until something new was said, the old held.
        points.append(f"M{x:.1f} {y:.1f}" if position == 0 else f"H{x:.1f}V{y:.1f}")
    return _DRAWN.format(
        width=WIDTH, height=HEIGHT, floor=floor, path=Markup("").join([*points, f"H{WIDTH}"])
    )
