"""Scores of leads of a history at a moment, the same that the service gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.declaration.feature_set import Level
from features.declaration.table import FeatureTable
from features.drivers import features_of
from features.history.part import HistoryPart
from serving.batch.answers import Found, Whom, Why, Wording, answers_of, tell
from serving.scoring.answer import Answer, Enquiry, FallbackReason, assess, compose
from serving.scoring.basis import Basis, RulesBasis
from serving.scoring.fallback import settle, usable
from serving.scoring.use_cases import NO_USE_CASE, AnsweredFor

_CHUNK = 2_500
"""Rows that are told at a time; each takes some kilobytes."""


@dataclass(frozen=True, slots=True)
class BasisChoice:
    """What scores rest on.

    Attributes:
        basis: The model, or the rules.
        rules: What answers where the model's output is no number.
        fallback_reason: Why `basis` is the rules where nobody asked for them.
        message: The same as a sentence.
        asked: Of which use case the model is.
    """

    basis: Basis
    rules: RulesBasis
    fallback_reason: FallbackReason | None = None
    message: str | None = None
    asked: AnsweredFor = NO_USE_CASE


class Chunk(NamedTuple):
    """Some leads, with all that is found of them; what remains is to put it into words.

    Attributes:
        found: By the basis, and by the rules in its place.
        order: intp [leads], where each lead stands in `found`, one behind the other.
        wording: How the answers are said.
    """

    found: list[Found]
    order: NDArray[np.intp]
    wording: Wording

    @property
    def leads(self) -> int:
        """How many leads."""
        return len(self.order)

    def answers(self) -> pa.RecordBatch:
        """Return the answers, as `SCORES`; a pure function, for any thread."""
        batches = [answers_of(found, self.wording) for found in self.found]
        if len(batches) == 1:
            return batches[0]
        [batch] = pa.Table.from_batches(batches).take(self.order).combine_chunks().to_batches()
        return batch


class HistoryScoring:
    """Scores leads of a history.

    Attributes:
        history: Its opened sources.
        choice: What the scores rest on.
    """

    def __init__(
        self, history: HistoryPart, choice: BasisChoice, wording: Wording, *, dated: bool
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

    def batches(self, lead: NDArray[np.int64], as_of: int) -> Iterator[pa.RecordBatch]:
        """Yield the answers about leads in batches, in order, as `SCORES`.

        Args:
            lead: int64 [leads], ascending codes.
            as_of: Microseconds since 1970.
        """
        for chunk in self.chunks(lead, as_of):
            yield chunk.answers()

    def chunks(self, lead: NDArray[np.int64], as_of: int) -> Iterator[Chunk]:
        """Yield what `batches` does before it is put into words.

        Features are computed and explained as it goes, so one thread takes the chunks; any may
        word them.
        """
        features = features_of(self.choice.basis.feature_set, self.history)
        moments = self._moments(lead, as_of)
        eventful, lead_id = self.history.eventful(as_of), self.history.leads().lead_id
        for rows, table in features.partitions(lead, moments):
            for start in range(0, len(table), _CHUNK):
                part = np.arange(start, min(start + _CHUNK, len(table)))
                chunk = lead[rows][part]
                whom = Whom(lead_id[chunk], as_of, eventful[chunk])
                yield self._chunk(table.take(part), chunk, whom)

    def answer(self, lead: int, as_of: int) -> Answer:
        """Return the answer about one lead.

        Args:
            lead: Its code.
            as_of: Microseconds since 1970.
        """
        one = np.array([lead])
        basis, history = self.choice.basis, self.history
        table = features_of(basis.feature_set, history).table(one, self._moments(one, as_of))
        [(found, reason)] = settle(
            [usable(assessment) for assessment in assess(basis, table)],
            lambda _: assess(self.choice.rules, self._of_rules(one, as_of)),
        )
        unsent: tuple[Level, ...] = () if history.eventful(as_of)[lead] else ("lead",)
        enquiry = Enquiry(history.leads().lead_id[lead], as_of, unsent=unsent)
        listing, language = self._wording
        answer = compose(enquiry, found, listing, language, reason or self.choice.fallback_reason)
        return answer.answered_for(self.choice.asked)

    def _chunk(self, table: FeatureTable, lead: NDArray[np.int64], whom: Whom) -> Chunk:
        """Return what is found, of rows that the model says no numbers of by the rules."""
        basis, asked = self.choice.basis, self.choice.asked
        usual = Why(self.choice.fallback_reason, asked)
        found = Found(basis, table, tell(basis, table), whom, usual)
        finite = found.told.finite
        if finite.all():
            return Chunk([found], np.arange(len(table)), self._wording)
        by_model, by_rules = np.flatnonzero(finite), np.flatnonzero(~finite)
        rules, left = self.choice.rules, self._of_rules(lead[by_rules], whom.as_of)
        instead = Found(
            rules, left, tell(rules, left), whom.take(by_rules), Why("non_finite", asked)
        )
        order = np.argsort(np.concatenate([by_model, by_rules]))
        return Chunk([found.take(by_model), instead], order, self._wording)

    def _of_rules(self, lead: NDArray[np.int64], as_of: int) -> FeatureTable:
        features = features_of(self.choice.rules.feature_set, self.history)
        return features.table(lead, self._moments(lead, as_of))

    def _moments(self, lead: NDArray[np.int64], as_of: int) -> NDArray[np.int64]:
        return np.full(len(lead), as_of if self._dated else 0)
