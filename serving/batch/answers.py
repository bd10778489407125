"""The answers about many rows as a record batch, field by field what a request is answered.

A pure function of a basis, the features of some rows and their leads: no object is made and no
sentence composed for each lead. It may run in several threads at once.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.contract.language import Language
from features.declaration.feature_set import Level
from features.declaration.table import FeatureTable
from serving.batch.reasons import reasons_of
from serving.batch.schema import SCORES
from serving.model.reference import grade_of
from serving.model.scorer import Explained, probability
from serving.scoring.answer import FallbackReason
from serving.scoring.basis import Basis
from serving.scoring.strongest import Listing, list_strongest
from serving.scoring.use_cases import AnsweredFor

_GRADES = pa.array([None, *(grade_of(score) for score in range(1, 101))], pa.string())


class Wording(NamedTuple):
    """How answers are said.

    Attributes:
        listing: How many reasons.
        language: Of the reasons.
    """

    listing: Listing
    language: Language


class Whom(NamedTuple):
    """Whom answers are about.

    Attributes:
        lead_id: Object array [rows] of str.
        as_of: Microseconds since 1970.
        eventful: bool [rows], whether any event of the lead counts.
    """

    lead_id: NDArray[np.object_]
    as_of: int
    eventful: NDArray[np.bool_]

    def take(self, rows: NDArray[np.intp]) -> "Whom":
        """Return some of them."""
        return Whom(self.lead_id[rows], self.as_of, self.eventful[rows])


class Why(NamedTuple):
    """Why answers rest on what they do.

    Attributes:
        fallback_reason: Of the rules, where nobody asked for them.
        asked: Of which use case the model is that was asked.
    """

    fallback_reason: FallbackReason | None
    asked: AnsweredFor


class Told(NamedTuple):
    """What a basis says of rows.

    Attributes:
        explained: Log-odds and contributions.
        scores: int64 [rows], 1 to 100.
    """

    explained: Explained
    scores: NDArray[np.int64]

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Whether all of it are numbers, bool [rows]."""
        return np.isfinite(self.explained.log_odds)

    def take(self, rows: NDArray[np.intp]) -> "Told":
        """Return what is said of some of them."""
        said = self.explained
        taken = Explained(said.base_log_odds, said.log_odds[rows], said.contributions[rows])
        return Told(taken, self.scores[rows])


def tell(basis: Basis, table: FeatureTable) -> Told:
    """Return what a basis says of the rows of its features."""
    # What is not finite is for the caller to see, and for the rules to answer.
    with np.errstate(invalid="ignore", over="ignore"):
        return Told(*basis.explain(table))


class Found(NamedTuple):
    """All that answers about rows are made of.

    Attributes:
        basis: What they rest on.
        table: Features of the rows.
        told: What the basis says of them; finite.
        whom: Whom they are about.
        why: Why they rest on it.
    """

    basis: Basis
    table: FeatureTable
    told: Told
    whom: Whom
    why: Why

    def take(self, rows: NDArray[np.intp]) -> "Found":
        """Return some of the rows."""
        return Found(
            self.basis,
            self.table.take(rows),
            self.told.take(rows),
            self.whom.take(rows),
            self.why,
        )


def answers_of(found: Found, wording: Wording) -> pa.RecordBatch:
    """Return the answers about rows, in order, as `SCORES`."""
    basis, table, told, whom, why = found
    contributions, base = told.explained.contributions, told.explained.base_log_odds
    totals = basis.by_reason(contributions)
    listed = list_strongest(totals, basis.fit, wording.listing)
    rows = len(table)
    columns = {
        "lead_id": pa.array(whom.lead_id, pa.string()),
        "as_of": pa.array(np.full(rows, whom.as_of), pa.timestamp("us", tz="UTC")),
        "probability": pa.array(probability(told.explained.log_odds)),
        "score": pa.array(told.scores),
        "grade": _GRADES.take(pa.array(told.scores)),
        "basis": _repeated(basis.name, rows),
        "fallback_reason": _repeated(why.fallback_reason, rows),
        "log_odds": pa.array(base + listed.fit + listed.behaviour),
        "base_log_odds": pa.array(np.full(rows, base)),
        "fit": pa.array(listed.fit),
        "behaviour": pa.array(listed.behaviour),
        "reasons": reasons_of(basis, table, contributions, listed, wording.language),
        "other_contribution": pa.array(listed.other),
        "missing": _missing(basis, table, whom),
        "unknown": _unknown(basis, table),
        "model_version": _repeated(basis.version, rows),
        "rules": _repeated(basis.fingerprint, rows),
        "use_case": _repeated(why.asked.use_case, rows),
        "use_case_away": _repeated(why.asked.use_case_away, rows),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in SCORES.names], schema=SCORES)


def _missing(basis: Basis, table: FeatureTable, whom: Whom) -> pa.ListArray:
    unsent: dict[Level, NDArray[np.bool_]] = {"lead": ~whom.eventful}
    nothing = np.zeros(len(table), dtype=np.bool_)
    lacks = [
        unsent.get(one.level, nothing) if one.level is not None else _is_missing(table, one.column)
        for one in basis.missing.ranked
    ]
    return _names([one.name for one in basis.missing.ranked], lacks, len(table))


def _is_missing(table: FeatureTable, column: int) -> NDArray[np.bool_]:
    feature = table.feature_set.features[column]
    if feature.kind == "category":
        return np.asarray(pa.array(table.texts[feature.field], pa.string()).is_null())
    return np.isnan(table.numbers[:, column])


def _unknown(basis: Basis, table: FeatureTable) -> pa.ListArray:
    unseen = {}
    for field in sorted(table.feature_set.categories):
        texts = pa.array(table.texts[field], pa.string()).dictionary_encode()
        known = [basis.has_seen(field, text) for text in texts.dictionary.to_pylist()]
        codes = texts.indices.fill_null(len(known)).to_numpy()
        unseen[f"profile.{field}"] = ~np.array([*known, True])[codes]
    return _names([*unseen], [*unseen.values()], len(table))


def _names(names: list[str], chosen: list[NDArray[np.bool_]], rows: int) -> pa.ListArray:
    """Return for each row the names that are chosen of it, in order."""
    if not names:
        return pa.array([[]] * rows, pa.list_(pa.string()))
    every = np.stack(chosen, axis=1)
    offsets = np.concatenate(([0], every.sum(axis=1).cumsum())).astype(np.int32)
    told = pa.array(names, pa.string()).take(pa.array(np.nonzero(every)[1]))
    return pa.ListArray.from_arrays(pa.array(offsets), told)


def _repeated(text: str | None, rows: int) -> pa.StringArray:
    return pa.array([text], pa.string()).take(pa.array(np.zeros(rows, dtype=np.int64)))
