"""Rows of a flat export: one per lead, with its outcome in a column."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from features.contract.document import value_suggestion
from features.history.lead_table import Leads
from training.project.members import Inside, everybody
from training.project.project import Flat
from training.project.timeline import StageError
from training.rows.grid import REGULAR, LabelledRows
from training.rows.groups import independent_groups


def flat_rows(flat: Flat, leads: Leads, seed: int, inside: Inside = everybody) -> LabelledRows:
    """Return the rows of leads whose outcome is known, their moment being the rank in the order.

    Args:
        flat: The declaration.
        leads: With the columns "label" and, where the order is a column, "order" carried along.
        seed: Of a random order.
        inside: Which rows the project is about.

    Raises:
        StageError: The outcome never happens, or the column of the order has no order.
    """
    outcome = leads.carried["label"]
    label = (outcome == flat.positive).astype(np.float64)
    for key, value in (("positive", flat.positive), *(("negative", v) for v in flat.negative)):
        if not (outcome == value).any():
            values = (str(value) for value in outcome if value is not None)
            raise StageError(
                f"flat.{key} = '{value}' never occurs in column '{flat.label}'; "
                f"{value_suggestion(value, values)}"
            )
    known = np.array([value is not None for value in outcome], dtype=np.bool_)
    if flat.negative:
        known = np.isin(outcome, [flat.positive, *flat.negative])
    lead = np.arange(len(label))
    ranks = _ranks(flat, leads, seed)
    kind = np.full(len(lead), REGULAR, dtype=np.int8)
    wanted = inside(lead, np.zeros_like(lead))
    immature = int((wanted & ~known).sum())
    rows = LabelledRows(lead, ranks, label, independent_groups(leads), kind, immature)
    return rows.take(wanted & known)


def _ranks(flat: Flat, leads: Leads, seed: int) -> NDArray[np.int64]:
    """Return where each lead stands in the order to split by, equal values at one rank."""
    if flat.order == "random":
        return np.random.default_rng(seed).permutation(len(leads))
    if flat.order == "file":
        return leads.position
    values = _comparable(flat, leads.carried["order"].tolist())
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _comparable(flat: Flat, values: Sequence[str | None]) -> NDArray[np.float64]:
    """Return numbers as they are, and dates as seconds."""
    present = [value for value in values if value is not None]
    if len(present) < len(values):
        raise StageError(
            f"flat.order: column '{flat.order}' has empty values; fill them in, or set "
            "flat.order = 'file'"
        )
    for read in (float, _seconds):
        try:
            found = np.array([read(value) for value in present])
        except (ValueError, OverflowError):
            continue
        if np.isfinite(found).all():
            return found
    raise StageError(
        f"flat.order: column '{flat.order}' holds neither numbers nor ISO dates such as "
        "2026-03-01; other dates would be sorted by their letters. Rewrite the column, or set "
        "flat.order = 'file' if the rows stand in order"
    )


def _seconds(value: str) -> float:
    moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
