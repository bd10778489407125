"""The clock of a promise, at every border."""

import pytest

from serving.lifecycle.sla import Sla, SlaState
from serving.pages.clock import clock_of

MINUTE = 60_000_000
HOUR = 60 * MINUTE


@pytest.mark.parametrize(
    ("left", "state", "en", "de"),
    [
        (8 * HOUR, "running", "8 business h left", "noch 8 Arbeitsstd."),
        (2 * HOUR - 1, "warning", "1 business h left", "noch 1 Arbeitsstd."),
        (HOUR - 1, "warning", "59 business min left", "noch 59 Arbeitsmin."),
        (0, "warning", "0 business min left", "noch 0 Arbeitsmin."),
        (0, "broken", "0 business min late", "0 Arbeitsmin. zu spät"),
        (-HOUR, "broken", "1 business h late", "1 Arbeitsstd. zu spät"),
        (-30 * HOUR, "broken", "30 business h late", "30 Arbeitsstd. zu spät"),
    ],
)
def test_what_is_left(left: int, state: SlaState, en: str, de: str) -> None:
    sla = Sla("MQL", 0, 1, 2, left, state)
    shown = clock_of(sla, "en")
    assert shown == (en, state, 2)
    german = clock_of(sla, "de")
    assert german is not None and german.text == de


def test_no_promise() -> None:
    assert clock_of(None, "en") is None
