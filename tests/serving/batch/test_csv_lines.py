"""Lines of CSV, written column by column, are those that are written row by row."""

import csv
import io
from datetime import datetime
from typing import Any

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import to_json

from serving.batch.csv_lines import header, lines_of
from serving.batch.schema import SCORES

_CATEGORIES = ("industry", "land")
_TEXTS = st.text(alphabet='aä,;"\\\r\n\t\x01 €𝄞', max_size=5)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
_FEW = st.sampled_from([0.0, -0.0, 1.0, 1e-5, 1e-7, 1e16, 1e22, 123456789.0, 5e-324, 0.1])


def by_rows(scores: pa.RecordBatch) -> bytes:
    """Write the same row by row."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, SCORES.names)
    writer.writeheader()
    for row in scores.to_pylist():
        for reason in row["reasons"]:
            for share in reason["features"]:
                if share["value"] is not None and share["feature"] not in _CATEGORIES:
                    share["value"] = float(share["value"])
        lists = {name: ";".join(row[name]) for name in ("missing", "unknown")}
        as_of = row["as_of"].isoformat().replace("+00:00", "Z")
        reasons = to_json(row["reasons"]).decode()
        writer.writerow({**row, **lists, "as_of": as_of, "reasons": reasons})
    return file.getvalue().encode()


@st.composite
def shares(draw: st.DrawFn) -> dict[str, Any]:
    feature = draw(st.sampled_from([*_CATEGORIES, "count(*,7d)", 'odd"name']))
    value = _TEXTS if feature in _CATEGORIES else (_NUMBERS | _FEW).map(str)
    return {
        "feature": feature,
        "value": draw(st.none() | value),
        "contribution": draw(_NUMBERS | _FEW),
    }


_ROWS = st.fixed_dictionaries(
    {
        "lead_id": _TEXTS,
        "as_of": st.datetimes(
            min_value=pa.scalar(0, pa.timestamp("us")).as_py(), timezones=st.just(None)
        ),
        "probability": _NUMBERS | _FEW,
        "score": st.integers(1, 100),
        "grade": st.sampled_from(["A", None]),
        "basis": st.sampled_from(["model", "rules"]),
        "fallback_reason": st.sampled_from(["no_model", None]),
        **dict.fromkeys(
            ("log_odds", "base_log_odds", "fit", "behaviour", "other_contribution"),
            _NUMBERS | _FEW,
        ),
        "reasons": st.lists(
            st.fixed_dictionaries(
                {
                    "subject": _TEXTS,
                    "contribution": _NUMBERS | _FEW,
                    "direction": st.sampled_from(["up", "down"]),
                    "text": _TEXTS,
                    "features": st.lists(shares(), max_size=3),
                }
            ),
            max_size=3,
        ),
        "missing": st.lists(_TEXTS, max_size=3),
        "unknown": st.lists(_TEXTS, max_size=2),
        "model_version": st.none() | _TEXTS,
        "rules": st.none() | _TEXTS,
    }
)


def _saying(*texts: str) -> list[dict[str, Any]]:
    reason = {"subject": "s", "contribution": 1.0, "direction": "up", "features": []}
    answer: dict[str, Any] = dict.fromkeys(SCORES.names, 0.0) | {"missing": [], "unknown": []}
    said = {"reasons": [reason | {"text": text} for text in texts]}
    named = dict.fromkeys(("lead_id", "grade", "basis", "model_version", "rules"), "x")
    at = {"as_of": datetime(2026, 1, 1), "score": 1, "fallback_reason": None}  # noqa: DTZ001  # UTC
    return [answer | said | named | at]


@example(_saying('",', "a", "", ",", "\\"), 0)
@example(_saying("a", "b", '"'), 0)
@given(st.lists(_ROWS, max_size=5), st.integers(0, 2))
def test_lines_are_those_that_are_written_row_by_row(
    rows: list[dict[str, Any]], skipped: int
) -> None:
    scores = pa.RecordBatch.from_pylist(rows, SCORES).slice(skipped)
    assert header() + lines_of(scores, _CATEGORIES) == by_rows(scores)
