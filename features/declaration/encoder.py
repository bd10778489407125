"""The only gate to a model: order, dtype and categories frozen at training.

LightGBM checks neither dtypes nor category codes of a plain array, so nothing else may build one.
"""

import hashlib
import math
from collections import Counter
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from features.contract.category import are_boolean, category_key
from features.contract.document_part import DocumentPart
from features.declaration.feature_set import FeatureSet
from features.declaration.table import FeatureTable

UNKNOWN_CATEGORY = 0
"""Code of a category that training did not know or saw too rarely; known ones start at 1."""

MOST_RARE = 10_000
"""Rare categories of a field that are remembered; where there are more, a new one is no news."""

_MARK_DIGITS = 6


class Encoder(DocumentPart):
    """Feature table in, matrix out.

    Attributes:
        categories: Known categories by profile field, in code order from 1, each in its most
            frequent spelling.
        rare: Marks of those that training saw too rarely for a code, by profile field; None where
            they are too many to be remembered.
        boolean: Profile fields whose categories are all boolean words.
    """

    categories: dict[str, tuple[str, ...]]
    rare: dict[str, tuple[str, ...] | None] = Field(default_factory=dict)
    boolean: tuple[str, ...] = ()

    @classmethod
    def fit(
        cls, table: FeatureTable, lead: NDArray[np.int64], *, min_leads: int, max_categories: int
    ) -> "Encoder":
        """Learn the categories that enough leads have, the most frequent first.

        Args:
            table: Rows to learn from.
            lead: int64 [rows], whose rows they are: many rows of one lead are one observation.
            min_leads: Fewest leads of a category.
            max_categories: Most categories of a field.
        """
        categories: dict[str, tuple[str, ...]] = {}
        rare: dict[str, tuple[str, ...] | None] = {}
        boolean: list[str] = []
        for field, texts in table.texts.items():
            having = {(t, of) for t, of in zip(texts, lead.tolist(), strict=True) if t is not None}
            spellings = Counter(text for text, _ in having)
            if are_boolean(spellings):
                boolean.append(field)
            keys = {text: category_key(text, boolean=field in boolean) for text in spellings}
            # A lead whose category is spelt in two ways is one observation as well.
            leads = Counter(key for key, _ in {(keys[text], of) for text, of in having})
            spelt = _most_frequent(spellings, keys)
            frequent = [(-n, spelt[key], key) for key, n in leads.items() if n >= min_leads]
            known = [key for _, _, key in sorted(frequent)[:max_categories]]
            categories[field] = tuple(spelt[key] for key in known)
            others = leads.keys() - set(known)
            rare[field] = None if len(others) > MOST_RARE else tuple(sorted({*map(_mark, others)}))
        return cls(categories=categories, rare=rare, boolean=tuple(boolean))

    def encode(self, table: FeatureTable) -> NDArray[np.float64]:
        """Return float64 [rows, features]: numbers as they are, categories as codes, NaN missing.

        Raises:
            ValueError: The table has other categorical fields than the encoder learned.
        """
        feature_set = table.feature_set
        if feature_set.categories.keys() != self.categories.keys():
            raise ValueError("the table's categorical fields are not those of the encoder")
        matrix = table.numbers.copy()
        for field, column in feature_set.categories.items():
            matrix[:, column] = self._codes_of(field, table.texts[field])
        return matrix

    def _codes_of(self, field: str, texts: NDArray[np.object_]) -> list[float]:
        known, boolean = self._codes[field], field in self.boolean
        told = texts.tolist()
        codes: dict[str | None, float] = {None: math.nan}
        # Of many leads, each different text is looked up once.
        for text in {*told}:
            if text is not None:
                codes[text] = known.get(category_key(text, boolean=boolean), UNKNOWN_CATEGORY)
        return [codes[text] for text in told]

    def seen(self, field: str, text: str) -> bool:
        """Tell whether any training row had a category of a field."""
        key = category_key(text, boolean=field in self.boolean)
        rare = self._rare[field]
        return key in self._codes[field] or rare is None or _mark(key) in rare

    @cached_property
    def _rare(self) -> dict[str, frozenset[str] | None]:
        marks = {field: self.rare.get(field, ()) for field in self.categories}
        return {field: None if rare is None else frozenset(rare) for field, rare in marks.items()}

    @cached_property
    def _codes(self) -> dict[str, dict[str, int]]:
        return {
            field: {
                category_key(text, boolean=field in self.boolean): code
                for code, text in enumerate(texts, start=UNKNOWN_CATEGORY + 1)
            }
            for field, texts in self.categories.items()
        }


def category_columns(feature_set: FeatureSet) -> list[int]:
    """Return the columns that LightGBM must be told are categorical."""
    return list(feature_set.categories.values())


def _most_frequent(spellings: Counter[str], keys: dict[str, str]) -> dict[str, str]:
    """Return the spelling that most leads have, by key; the first in the alphabet of several."""
    most: dict[str, str] = {}
    for text in sorted(spellings, key=lambda text: (-spellings[text], text)):
        most.setdefault(keys[text], text)
    return most


def _mark(key: str) -> str:
    # A rare text may be personal. So short a hash is shared by many texts, and tells of none.
    return hashlib.sha256(key.encode()).hexdigest()[:_MARK_DIGITS]
