"""Sentences about a subject of a row, as a salesperson would say them, in German and English."""

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from features.contract.language import Language
from features.declaration.feature_set import Behaviour, Feature, FeatureSet
from features.declaration.subject import Subjects
from features.declaration.table import Value
from features.kernel.plan import WHOLE_HISTORY
from features.wording.facts import FIRST, LAST, QUIET, Fact, facts_of
from features.wording.labels import subject_label
from features.wording.words import WORDS, during, elapsed, number_text, value_text, window_unit

_SHORTEST_INACTIVITY = 1.0
"""Days; before that nobody is called inactive."""

_REMEMBERED = 20_000
"""Sentences, and beginnings and ends of them; each takes some hundred bytes."""

_BYTES = np.dtype(np.int64).itemsize

_BEGINS = frozenset({QUIET, LAST})
"""Facts about all events that are whole sentences by themselves."""

_WITHOUT_SPAN = frozenset({QUIET, LAST, FIRST, "trend"})
"""Facts that tell no span that another fact could share."""


class Sentences:
    """Says what the features of each subject tell of a row; each number is one of theirs."""

    def __init__(self, feature_set: FeatureSet, subjects: Subjects) -> None:
        """Look up what the subjects are called."""
        languages: tuple[Language, ...] = ("de", "en")
        self._features = [feature_set.features[columns[0]] for columns in subjects.columns]
        self._labels: dict[Language, list[str]] = {
            language: [subject_label(first, feature_set, language) for first in self._features]
            for language in languages
        }
        # Leads do the same things: most of it was said of another one before. It is looked up by
        # bytes, so that nothing is made of them where it was.
        self._said = lru_cache(_REMEMBERED)(self._behaviour)
        self.beginning = lru_cache(_REMEMBERED)(self._beginning)
        self.continuation = lru_cache(_REMEMBERED)(self._continuation)

    def say(
        self,
        subject: int,
        value: Value,
        facts: NDArray[np.int64],
        language: Language,
        *,
        down: bool,
    ) -> str:
        """Return a sentence, without a full stop.

        Args:
            subject: Position of the subject.
            value: Of its strongest feature; None is missing.
            facts: int64 [`MOST_FACTS`, 3], what `Facts` chose of it.
            language: Of the sentence.
            down: Whether the subject lowers the probability.
        """
        if self._features[subject].kind != "behaviour":
            return self.of_lead(subject, value, language)
        return self._said(subject, facts.tobytes(), language, down)

    def of_lead(self, subject: int, value: Value, language: Language) -> str:
        """Return the sentence of a subject that is no behaviour, by its value; None is missing."""
        return _of_lead(self._features[subject], self._labels[language][subject], value, language)

    def _behaviour(self, subject: int, chosen: bytes, language: Language, down: bool) -> str:
        facts = _facts(chosen)
        begun = self._begin(subject, facts[0], language, inactive=down and len(facts) == 1)
        gone_on = (self._further(subject, f, before, language) for before, f in pairwise(facts))
        return ", ".join([begun, *gone_on])

    def _beginning(self, key: bytes, language: Language) -> str:
        """Return how the sentence of a behaviour begins.

        Args:
            key: int64 [5], the position of the subject; whether the fact is all that is said, of a
                subject that lowers the probability; and the first fact.
            language: Of the sentence.
        """
        subject, inactive = np.frombuffer(key, dtype=np.int64, count=2).tolist()
        [fact] = _facts(key[2 * _BYTES :])
        return self._begin(subject, fact, language, inactive=bool(inactive))

    def _continuation(self, key: bytes, language: Language) -> str:
        """Return how it goes on, behind a comma.

        Args:
            key: int64 [7], the position of the subject, the fact before, whose value is not read,
                and the fact.
            language: Of the sentence.
        """
        [subject] = np.frombuffer(key, dtype=np.int64, count=1).tolist()
        earlier, fact = _facts(key[_BYTES:])
        return self._further(subject, fact, earlier, language)

    def _begin(self, subject: int, fact: Fact, language: Language, *, inactive: bool) -> str:
        feature, label = self._features[subject], self._labels[language][subject]
        assert feature.kind == "behaviour"
        if feature.event_type is not None:
            return _of_event_type(feature, label, fact, language)
        return _of_every_event(feature, label, fact, language, inactive=inactive)

    def _further(self, subject: int, fact: Fact, earlier: Fact, language: Language) -> str:
        feature = self._features[subject]
        assert feature.kind == "behaviour"
        return _part(fact, earlier, _noun(feature), language)


def _facts(numbers: bytes) -> list[Fact]:
    return facts_of(np.frombuffer(numbers, dtype=np.int64).reshape(-1, 3))


def _of_lead(feature: Feature, label: str, value: Value, language: Language) -> str:
    """Say the age of a lead, or a part of its profile."""
    words = WORDS[language]
    if feature.kind == "lead_age":
        if not isinstance(value, float):
            return words["lead since unknown"]
        return words["lead for"].format(time=elapsed(value, language))
    if feature.kind == "season":
        return label
    if feature.kind == "missing_count" and isinstance(value, float):
        return _counted("profile_missing", value, language)
    said = value_text(value, language)
    return f"{label}: {said}" if value is None else f"{label} = {said}"


def _of_event_type(feature: Behaviour, label: str, fact: Fact, language: Language) -> str:
    joint = WORDS[language]["times joint"] if fact.kind == "count" else ": "
    if feature.level == "account" and joint != " ":
        # The label of an account has a colon already.
        joint = " – "
    return label + joint + _part(fact, None, _noun(feature), language)


def _of_every_event(
    feature: Behaviour, label: str, fact: Fact, language: Language, *, inactive: bool
) -> str:
    words = WORDS[language]
    if inactive and fact.kind == LAST and fact.value >= _SHORTEST_INACTIVITY:
        said = words["inactive"].format(time=elapsed(fact.value, language))
    else:
        said = _part(fact, None, _noun(feature), language)
    if feature.level == "account":
        return f"{words['account']}: {said}"
    return said[0].upper() + said[1:] if fact.kind in _BEGINS else f"{label}: {said}"


def _noun(feature: Behaviour) -> str:
    """Return what is counted."""
    return "events" if feature.event_type is None else "times"


def _part(fact: Fact, earlier: Fact | None, noun: str, language: Language) -> str:
    """Say a fact, after another one or as the first."""
    if fact.kind in _WITHOUT_SPAN:
        return _with_time(fact, noun, language, first=earlier is None)
    return _with_span(fact, earlier, noun, language)


def _with_time(fact: Fact, noun: str, language: Language, *, first: bool) -> str:
    """Say a fact whose words tell a time themselves."""
    words = WORDS[language]
    if fact.kind == QUIET:
        if fact.span == WHOLE_HISTORY:
            return words[f"{noun} never"]
        key = f"{noun} quiet" if first else f"{noun} but quiet"
        return words[key].format(time=during(fact.span, language))
    if fact.kind == "trend":
        key = "trend up" if fact.value > 0 else "trend down" if fact.value < 0 else "trend"
        number, _ = window_unit(fact.span)
        return words[key].format(time=during(fact.span, language), n=number)
    key = f"{noun} last" if fact.kind == LAST else "first"
    return words[key].format(time=elapsed(fact.value, language))


@lru_cache(maxsize=10_000)
def _with_span(fact: Fact, earlier: Fact | None, noun: str, language: Language) -> str:
    """Say a fact and how far back it looks."""
    counted = noun if fact.kind == "count" else fact.kind
    said = _counted(counted, fact.value, language, first=earlier is None)
    return _within(said, fact, earlier, language)


def _counted(key: str, value: float, language: Language, *, first: bool = True) -> str:
    """Return a number with what it is of; some have words of their own."""
    words = WORDS[language]
    if math.isnan(value):
        return words["no value"]
    number = number_text(value, language)
    said = words.get(f"{key} {number}") or (None if first else words.get(f"{key} further"))
    return (said or words[key]).format(n=number)


def _within(said: str, fact: Fact, earlier: Fact | None, language: Language) -> str:
    """Add how far back a fact looks, unless the one before it has told that already."""
    words = WORDS[language]
    if fact.kind == "decayed_count":
        return said
    told = earlier if earlier and earlier.kind not in _WITHOUT_SPAN else None
    if told and told.span == fact.span:
        return said
    if fact.span == WHOLE_HISTORY:
        return words["altogether"].format(said=said)
    number, unit = window_unit(fact.span)
    time = during(fact.span, language)
    if told and told.kind == fact.kind == "count" and window_unit(told.span)[1] == unit:
        time = str(number)
    return words["within"].format(said=said, time=time)
