"""Scores of leads of a history at a moment, through the answers the service gives."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract.language import Language
from features.history.history import History
from features.local import LocalFeatures
from serving.scoring.answer import (
    Answer,
    Assessment,
    Enquiry,
    FallbackReason,
    Listing,
    assess,
    compose,
)
from serving.scoring.basis import Basis, RulesBasis
from serving.scoring.fallback import settle, usable

_CHUNK = 5_000
"""Answers held at a time; each is some kilobytes."""


@dataclass(frozen=True, slots=True)
class BasisChoice:
    """What scores rest on.

    Attributes:
        basis: The model, or the rules.
        rules: What answers where the model's output is no number.
        fallback_reason: Why `basis` is the rules where nobody asked for them.
        message: The same as a sentence.
    """

    basis: Basis
    rules: RulesBasis
    fallback_reason: FallbackReason | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """How answers are said.

    Attributes:
        listing: How many reasons.
        language: Of the reasons.
    """

    listing: Listing
    language: Language


class HistoryScoring:
    """Scores leads of a history.

    Attributes:
        history: Its opened sources.
        choice: What the scores rest on.
    """

    def __init__(
        self, history: History, choice: BasisChoice, wording: Wording, *, dated: bool
    ) -> None:
        """Take what is to be scored.

        Args:
            history: Its opened sources.
            choice: What the scores rest on.
            wording: How answers are said.
            dated: Whether the leads have moments; those of a flat file have none.
        """
        self.history = history
        self.choice = choice
        self._wording = wording
        self._dated = dated

    def answers(self, lead: NDArray[np.int64], as_of: int) -> Iterator[list[Answer]]:
        """Yield the answers about leads in chunks, in order.

        Args:
            lead: int64 [leads], ascending codes.
            as_of: Microseconds since 1970.
        """
        basis = self.choice.basis
        features = LocalFeatures(basis.feature_set, self.history)
        moments = np.full(len(lead), as_of if self._dated else 0)
        eventful = self.history.eventful(as_of)
        for rows, table in features.partitions(lead, moments):
            for start in range(0, len(table), _CHUNK):
                part = np.arange(start, min(start + _CHUNK, len(table)))
                assessments = assess(basis, table.take(part))
                chunk = lead[rows][part]
                enquiries = [
                    Enquiry(lead_id, as_of, unsent=() if any_event else ("lead",))
                    for lead_id, any_event in zip(
                        self.history.leads().lead_id[chunk].tolist(),
                        eventful[chunk].tolist(),
                        strict=True,
                    )
                ]
                yield self._composed(enquiries, assessments, chunk, moments[rows][part])

    def _composed(
        self,
        enquiries: list[Enquiry],
        assessments: list[Assessment],
        lead: NDArray[np.int64],
        moments: NDArray[np.int64],
    ) -> list[Answer]:
        """Return answers, those of assessments that are no numbers by the rules."""
        settled = settle(
            [usable(assessment) for assessment in assessments],
            lambda left: self._by_rules(lead[left], moments[left]),
        )
        listing, language = self._wording.listing, self._wording.language
        return [
            compose(enquiry, found, listing, language, reason or self.choice.fallback_reason)
            for enquiry, (found, reason) in zip(enquiries, settled, strict=True)
        ]

    def _by_rules(self, lead: NDArray[np.int64], moments: NDArray[np.int64]) -> list[Assessment]:
        rules = self.choice.rules
        return assess(rules, LocalFeatures(rules.feature_set, self.history).table(lead, moments))
