"""Columns of scores: those of an answer, with its reasons as structures."""

import pyarrow as pa

FEATURE = pa.struct({"feature": pa.string(), "value": pa.string(), "contribution": pa.float64()})
REASON = pa.struct(
    {
        "subject": pa.string(),
        "contribution": pa.float64(),
        "direction": pa.string(),
        "text": pa.string(),
        "features": pa.list_(FEATURE),
    }
)
SCORES = pa.schema(
    {
        "lead_id": pa.string(),
        "as_of": pa.timestamp("us", tz="UTC"),
        "probability": pa.float64(),
        "score": pa.int64(),
        "grade": pa.string(),
        "basis": pa.string(),
        "fallback_reason": pa.string(),
        "log_odds": pa.float64(),
        "base_log_odds": pa.float64(),
        "fit": pa.float64(),
        "behaviour": pa.float64(),
        "reasons": pa.list_(REASON),
        "other_contribution": pa.float64(),
        "missing": pa.list_(pa.string()),
        "unknown": pa.list_(pa.string()),
        "model_version": pa.string(),
        "rules": pa.string(),
        "use_case": pa.string(),
        "use_case_away": pa.string(),
    }
)
