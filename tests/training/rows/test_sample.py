"""As many leads are learned from as one machine can take, and all where it can."""

import numpy as np
import pytest

from features.history.lots import LOTS
from training.rows import sample
from training.rows.grid import LabelledRows
from training.rows.sample import lay_most, sample_note

LEADS = 1_000


def _lay(lot: int, rows_of_each: int) -> LabelledRows:
    """Lay rows of leads that are spread evenly over the lots."""
    lead = np.repeat(np.arange(lot * LEADS // LOTS), rows_of_each)
    kind = np.zeros(len(lead), dtype=np.int8)
    return LabelledRows(lead, lead, np.zeros(len(lead)), lead, kind, immature=0)


@pytest.mark.parametrize(
    ("rows_of_each", "first", "leads"),
    [
        (1, 1_000, 1_000), (10, 1_000, 1_000), (20, 1_000, 500),
        (1, 100, 1_000), (10, 100, 1_000), (20, 100, 500),
    ],
)  # fmt: skip
def test_rows_are_those_of_as_many_leads_as_fit(
    monkeypatch: pytest.MonkeyPatch, rows_of_each: int, first: int, leads: int
) -> None:
    monkeypatch.setattr(sample, "MOST_ROWS", 10_000)
    monkeypatch.setattr(sample, "_FIRST_LEADS", first)
    laid: list[int] = []

    def lay(lot: int) -> LabelledRows:
        laid.append(lot)
        return _lay(lot, rows_of_each)

    rows, lot = lay_most(lay, LEADS)
    # A lot holds a lead or none.
    assert rows.leads == pytest.approx(leads, rel=0.02)
    assert rows.leads == lot * LEADS // LOTS
    # Whether all fit is told by a few; and what fits at once is not laid twice.
    begun = LOTS * first // LEADS
    assert laid == ([LOTS] if begun == lot else [begun, lot])


def test_how_many_were_learned_from_is_told_if_not_all() -> None:
    assert sample_note(LOTS) == ()
    [note] = sample_note(LOTS // 4)
    assert note.startswith("Learned from, and tried on, 25% of the leads")
