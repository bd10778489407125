"""Reasons of many rows as arrays: each sentence is said once, and referred to."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.contract.language import Language
from features.declaration.feature_set import LeadAge
from features.declaration.table import FeatureTable, Value
from features.wording.facts import MOST_FACTS, Chosen, whole_times
from serving.batch.schema import FEATURE, REASON
from serving.scoring.basis import Basis, ModelBasis, RulesBasis
from serving.scoring.odds import odds_factors
from serving.scoring.reasons import with_odds
from serving.scoring.strongest import Listed

_NO_TEXT = -1
_NO_COLUMN = -1


def reasons_of(
    basis: Basis,
    table: FeatureTable,
    contributions: NDArray[np.float64],
    listed: Listed,
    language: Language,
) -> pa.ListArray:
    """Return the reasons of rows, as `basis.reasons` says those of one.

    Args:
        basis: What they rest on.
        table: Holds the features.
        contributions: float64 [rows, terms]; finite.
        listed: Which reasons.
        language: Of the sentences.
    """
    assert isinstance(basis, ModelBasis | RulesBasis)
    if isinstance(basis, ModelBasis):
        texts, features = _of_model(basis, table, contributions, listed, language)
    else:
        texts, features = _of_rules(basis, table, listed, language)
    columns = {
        "subject": _chosen([name for name, _ in basis.about], listed.position),
        "contribution": pa.array(listed.contribution),
        "direction": _chosen(["down", "up"], (listed.contribution > 0).astype(np.int64)),
        "text": texts,
        "features": features,
    }
    reasons = pa.StructArray.from_arrays([columns[one.name] for one in REASON], fields=[*REASON])
    return pa.ListArray.from_arrays(pa.array(listed.offsets), reasons)


def _of_model(
    basis: ModelBasis,
    table: FeatureTable,
    contributions: NDArray[np.float64],
    listed: Listed,
    language: Language,
) -> tuple[pa.StringArray, pa.ListArray]:
    values = _Values(table)
    chosen = basis.facts.choose(listed.position, listed.row, table.numbers, contributions)
    sentences = _sentences(basis, values, listed, chosen, language)
    factors = pa.array(odds_factors(listed.contribution, language), pa.string())
    before, after = map(pa.scalar, with_odds("", "\0", language).split("\0"))
    texts = pc.binary_join_element_wise(sentences, before, factors, after, pa.scalar(""))
    shares = contributions[listed.row[:, None], np.maximum(chosen.columns, 0)]
    told = (chosen.columns >= 0) & (shares != 0.0)
    row = np.repeat(listed.row, told.sum(axis=1))
    features = _features(basis, values, row, chosen.columns[told], shares[told])
    return texts, _lists(told.sum(axis=1), features)


def _of_rules(
    basis: RulesBasis, table: FeatureTable, listed: Listed, language: Language
) -> tuple[pa.StringArray, pa.ListArray]:
    said = [basis.said(position, language) for position in range(len(basis.about))]
    columns = np.array([table.feature_set.columns[feature.name] for _, feature in basis.about])
    features = _features(
        basis, _Values(table), listed.row, columns[listed.position], listed.contribution
    )
    return _chosen(said, listed.position), _lists(np.ones(len(listed.row), np.int64), features)


class _Values:
    """Values of features as keys: equal ones have one, whatever feature they are of.

    Those of numbers are their bits, those of categories places in `texts`.
    """

    def __init__(self, table: FeatureTable) -> None:
        self._numbers = table.numbers
        self._age = table.feature_set.columns.get(LeadAge().name, _NO_COLUMN)
        self._category = np.zeros(table.numbers.shape[1], dtype=np.bool_)
        self._codes = np.full(table.numbers.shape, _NO_TEXT, dtype=np.int64)
        self.texts: list[str] = []
        for field, column in table.feature_set.categories.items():
            self._category[column] = True
            encoded = pa.array(table.texts[field], pa.string()).dictionary_encode()
            codes = encoded.indices.fill_null(_NO_TEXT - len(self.texts)).to_numpy()
            self._codes[:, column] = codes + len(self.texts)
            self.texts += encoded.dictionary.to_pylist()

    def keys(
        self, row: NDArray[np.int64], column: NDArray[np.int64], *, as_told: bool = False
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the keys of some values, and whether they are of categories.

        As they are told in sentences, ages of leads are whole days, hours or minutes.
        """
        category = self._category[column]
        numbers = np.ascontiguousarray(self._numbers[row, column])
        if as_told:
            ages = column == self._age
            numbers[ages] = whole_times(numbers[ages])
        bits = numbers.view(np.int64)
        return np.where(category, self._codes[row, column], bits), category

    def values(self, keys: NDArray[np.int64], category: NDArray[np.bool_]) -> list[Value]:
        """Return the values of keys, as a reader knows them."""
        found: list[Value] = [
            None if math.isnan(number) else number for number in keys.view(np.float64).tolist()
        ]
        for place in np.flatnonzero(category).tolist():
            key = int(keys[place])
            found[place] = None if key == _NO_TEXT else self.texts[key]
        return found


def _sentences(
    basis: ModelBasis, values: _Values, listed: Listed, chosen: Chosen, language: Language
) -> pa.StringArray:
    """Return the sentence of each reason, put together from parts that are said once each."""
    facts, position = chosen.facts, listed.position
    alone = facts[:, 1, 0] < 0
    told = np.flatnonzero(facts[:, 0, 0] >= 0)
    # What is no behaviour has no facts, but a value.
    plain = np.flatnonzero(facts[:, 0, 0] < 0)

    def of_leads(keys: list[bytes]) -> list[str]:
        numbers = np.frombuffer(b"".join(keys), np.int64).reshape(-1, 3)
        found = values.values(numbers[:, 1].copy(), numbers[:, 2] == 1)
        of = zip(numbers[:, 0].tolist(), found, strict=True)
        return [basis.sentences.of_lead(p, value, language) for p, value in of]

    def begun(keys: list[bytes]) -> list[str]:
        return [basis.sentences.beginning(key, language) for key in keys]

    def gone_on(keys: list[bytes]) -> list[str]:
        return [basis.sentences.continuation(key, language) for key in keys]

    inactive = alone[told] & (listed.contribution[told] < 0)
    value_keys = values.keys(listed.row[plain], chosen.columns[plain, 0], as_told=True)
    beginnings = pa.concat_arrays(
        [
            _said_once(begun, (position[told], inactive, facts[told, 0])),
            _said_once(of_leads, (position[plain], *value_keys)),
        ]
    )
    parts = [beginnings.take(pa.array(_back(told, plain)))]
    for n in range(1, MOST_FACTS):
        following = np.flatnonzero(facts[:, n, 0] >= 0)
        before = facts[following, n - 1]
        before[:, 1] = 0
        said = _said_once(gone_on, (position[following], before, facts[following, n]))
        place = np.full(len(facts), -1)
        place[following] = np.arange(len(following))
        parts.append(said.take(pa.array(place, mask=place < 0)))
    return pc.binary_join_element_wise(*parts, ", ", null_handling="skip")


def _back(*rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return where each row stands among those of some groups, one behind the other."""
    return np.argsort(np.concatenate(rows))


def _said_once(
    say: Callable[[list[bytes]], list[str]], columns: Sequence[NDArray[Any]]
) -> pa.StringArray:
    """Return what is said of rows of keys, which are bytes of int64; of equal ones once."""
    encoded = _encoded(np.column_stack(columns).astype(np.int64))
    said = say(encoded.dictionary.to_pylist())
    return pa.array(said, pa.string()).take(encoded.indices)


def _encoded(keys: NDArray[np.int64]) -> pa.DictionaryArray:
    """Return rows as places among the different ones, which are bytes."""
    rows, size = keys.shape[0], keys.shape[1] * keys.itemsize
    data = pa.py_buffer(np.ascontiguousarray(keys))
    return pa.Array.from_buffers(pa.binary(size), rows, [None, data]).dictionary_encode()


def _features(
    basis: Basis,
    values: _Values,
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    contribution: NDArray[np.float64],
) -> pa.StructArray:
    keys, category = values.keys(row, column)
    numbers = pa.array(keys[~category]).dictionary_encode()
    different = np.asarray(numbers.dictionary).view(np.float64)
    said = pa.array(list(map(str, different.tolist())), pa.string(), mask=np.isnan(different))
    texts = pa.concat_arrays([pa.array(values.texts, pa.string()), said])
    place = keys.copy()
    place[~category] = numbers.indices.to_numpy() + len(values.texts)
    columns = [
        _chosen(list(basis.feature_set.columns), column),
        texts.take(pa.array(place, mask=place == _NO_TEXT)),
        pa.array(contribution),
    ]
    return pa.StructArray.from_arrays(columns, fields=[*FEATURE])


def _lists(counts: NDArray[np.int64], items: pa.Array) -> pa.ListArray:
    """Return items as lists of some each."""
    offsets = np.concatenate(([0], counts.cumsum())).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), items)


def _chosen(texts: Sequence[str], place: NDArray[np.int64]) -> pa.StringArray:
    return pa.array(texts, pa.string()).take(pa.array(place))
