"""Curves as they are drawn."""

from hypothesis import given
from hypothesis import strategies as st

from serving.pages.curve import HEIGHT, WIDTH, Drawn, draw

POINT = st.tuples(st.floats(0, 1e9), st.floats(-1e9, 1e9))


def test_the_largest_fill_the_drawing() -> None:
    assert draw([(4, 30), (0, 0), (2, -10)]) == Drawn(
        "0.0,165.0 300.0,220.0 600.0,0.0", 165.0, ((600.0, 0.0), (0.0, 165.0), (300.0, 220.0))
    )


def test_one_point_and_nothing_at_all_are_drawn() -> None:
    assert draw([(0, 0)]).places == ((0.0, 0.0),)
    assert draw([(3, 5)]).places == ((WIDTH, 0.0),)
    assert draw([(3, -5)]).places == ((WIDTH, HEIGHT),)


@given(st.lists(POINT, min_size=1, max_size=20))
def test_nothing_is_drawn_outside(points: list[tuple[float, float]]) -> None:
    drawn = draw(points)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in drawn.places)
    assert 0 <= drawn.zero <= HEIGHT
    ordered = sorted(zip(points, drawn.places, strict=True), key=lambda pair: pair[0][1])
    downs = [down for _, (_, down) in ordered]
    assert downs == sorted(downs, reverse=True)
