"""Drawings: bars add up to the answer, and stay inside; a course holds until something new."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.pages.course import HEIGHT, course
from serving.pages.course import WIDTH as LONG
from serving.pages.waterfall import WIDTH, Waterfall

PARTS = st.lists(st.floats(-8, 8), max_size=12)


def numbers(svg: str, element: str) -> dict[str, float]:
    found = re.search(rf"<{element} ([^>]*)/>", svg)
    assert found is not None
    return {name: float(value) for name, value in re.findall(r'(\w+)="([-\d.]+)"', found[1])}


@given(st.floats(-8, 8), PARTS)
def test_bars_begin_where_the_one_before_ended_and_add_up(base: float, parts: list[float]) -> None:
    drawn = Waterfall.of(base, parts)
    ends = [base, *(step.end for step in drawn.steps)]
    assert [step.begin for step in drawn.steps] == ends[:-1]
    assert drawn.total == pytest.approx(base + sum(parts), abs=1e-9)
    for place, part in enumerate(parts):
        assert drawn.steps[place].contribution == pytest.approx(part, abs=1e-9)


@given(st.floats(-8, 8), PARTS)
def test_bars_are_drawn_to_scale_and_inside(base: float, parts: list[float]) -> None:
    drawn = Waterfall.of(base, parts)
    low, high = (
        min([base, *(s.end for s in drawn.steps)]),
        max([base, *(s.end for s in drawn.steps)]),
    )
    for place, step in enumerate(drawn.steps):
        svg = str(drawn.bar(place))
        bar = numbers(svg, "rect")
        assert bar["x"] >= 0 and bar["x"] + bar["width"] <= WIDTH + 0.02
        if abs(step.contribution) > 0.05 * (high - low) > 1e-6:
            expected = WIDTH * abs(step.contribution) / (high - low)
            assert bar["width"] == pytest.approx(expected, abs=0.02)
            assert bar["x"] == pytest.approx(
                WIDTH * (min(step.begin, step.end) - low) / (high - low), abs=0.02
            )
        assert f'class="{"up" if step.contribution > 0 else "down"}"' in svg


def test_nothing_moves_in_the_middle() -> None:
    drawn = Waterfall.of(-2.0, [0.0])
    assert numbers(str(drawn.whole()), "line")["x1"] == WIDTH / 2
    assert Waterfall.of(1.5, []).total == 1.5


def test_the_whole_goes_from_the_base_to_the_total() -> None:
    bar = numbers(str(Waterfall.of(-2.0, [3.0, -1.0]).whole()), "rect")
    assert bar["x"] == 0.0
    assert bar["width"] == pytest.approx(WIDTH * 2 / 3, abs=0.01)


def test_a_course_holds_until_something_new_was_said() -> None:
    path = re.search(r'd="([^"]+)"', str(course([(0, 0.25), (50, 0.5)], 100)))
    assert path is not None
    floor, top = HEIGHT - 6, 6
    half = floor - (floor - top) / 2
    assert path[1] == f"M0.0 {half:.1f}H{LONG / 2:.1f}V{top:.1f}H{LONG}"


@given(st.lists(st.tuples(st.integers(0, 100), st.floats(0, 1)), min_size=1, max_size=9))
def test_a_course_stays_inside(told: list[tuple[int, float]]) -> None:
    told.sort()
    path = re.search(r'd="([^"]+)"', str(course(told, 100)))
    assert path is not None
    for axis, number in re.findall(r"([HV])([-\d.]+)", path[1]):
        assert 0 <= float(number) <= (LONG if axis == "H" else HEIGHT)
