"""Questions of words as flat arrays: how the kernels answer them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from serving.model.explain.questions import Word


class Decisions(NamedTuple):
    """Questions of all words, laid out for the kernels; the answers of a word are its bits in turn.

    Attributes:
        read: int32 [readings], the features that are read as numbers.
        zero: float64 [readings], what zero is read as.
        missing: float64 [readings], what NaN is read as.
        coded: int32 [..], the features that are read as categories.
        number_start: int32 [words + 1], each word's slice of `reading` and `threshold`.
        reading: int32 [numbers], positions among the readings.
        threshold: float64 [numbers], readings up to it are a yes.
        category_start: int32 [words + 1], each word's slice of `code`.
        code: int32 [categories], positions in `coded`.
        set_start: int32 [categories + 1], slices of `sets`.
        sets: uint32, bits of the codes that are a yes, and an empty word for all beyond.
        together_start: int32 [words + 1], each word's slice of `asked` and `answers`.
        asked: uint64 [..], bits of the word that must be as in `answers`.
        answers: uint64 [..].
    """

    read: NDArray[np.int32]
    zero: NDArray[np.float64]
    missing: NDArray[np.float64]
    coded: NDArray[np.int32]
    number_start: NDArray[np.int32]
    reading: NDArray[np.int32]
    threshold: NDArray[np.float64]
    category_start: NDArray[np.int32]
    code: NDArray[np.int32]
    set_start: NDArray[np.int32]
    sets: NDArray[np.uint32]
    together_start: NDArray[np.int32]
    asked: NDArray[np.uint64]
    answers: NDArray[np.uint64]


def lay_out_decisions(words: list[Word]) -> Decisions:
    """Lay out the questions of words."""
    numbers = [number for word in words for number in word.numbers]
    categories = [category for word in words for category in word.categories]
    masks = [masks for word in words for masks in _masks(word)]
    readings = list(dict.fromkeys(number.reading for number in numbers))
    coded = list(dict.fromkeys(category.feature for category in categories))
    place = {reading: i for i, reading in enumerate(readings)}
    return Decisions(
        read=np.array([reading.feature for reading in readings], dtype=np.int32),
        zero=np.array([reading.zero for reading in readings], dtype=np.float64),
        missing=np.array([reading.missing for reading in readings], dtype=np.float64),
        coded=np.array(coded, dtype=np.int32),
        number_start=starts([len(word.numbers) for word in words]),
        reading=np.array([place[number.reading] for number in numbers], dtype=np.int32),
        threshold=np.array([number.threshold for number in numbers], dtype=np.float64),
        category_start=starts([len(word.categories) for word in words]),
        code=np.array([coded.index(category.feature) for category in categories], dtype=np.int32),
        set_start=starts([len(category.words) + 1 for category in categories]),
        sets=np.array([w for c in categories for w in (*c.words, 0)], dtype=np.uint32),
        together_start=starts([len(word.together) for word in words]),
        asked=np.array([asked for asked, _ in masks], dtype=np.uint64),
        answers=np.array([answers for _, answers in masks], dtype=np.uint64),
    )


def starts(sizes: list[int]) -> NDArray[np.int32]:
    """Return where slices of these sizes start, and where the last one ends."""
    return np.cumsum([0, *sizes], dtype=np.int32)


def _masks(word: Word) -> Iterator[tuple[int, int]]:
    bits = word.bits
    for question in word.together:
        asked = answers = 0
        for part, answer in question.answers:
            asked |= 1 << bits[part]
            answers |= answer << bits[part]
        yield asked, answers
