"""What the demands of cells ask of a row, packed into words of up to 63 questions.

A question that several cells ask, of one tree or of several, is answered once for those that share
a word.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from serving.model.explain.cells import Cell, NoCellsError
from serving.model.explain.trees import Split, Tree

MOST_QUESTIONS = 63
"""Questions of a word. Its last bit is never set, for demands that a cell does not have."""


class Reading(NamedTuple):
    """How a column is read before it is compared with thresholds; what is NaN goes right.

    Attributes:
        feature: Column of the matrix.
        zero: What zero is read as.
        missing: What NaN is read as.
    """

    feature: int
    zero: float
    missing: float


class Number(NamedTuple):
    """Is a number at most the threshold?"""

    reading: Reading
    threshold: float


class Category(NamedTuple):
    """Is a code in a set, given as the words of its bits?"""

    feature: int
    words: tuple[int, ...]


class Together(NamedTuple):
    """Are all of these answered as said?"""

    answers: tuple[tuple[Number | Category, bool], ...]


Question = Number | Category | Together


@dataclass(frozen=True, slots=True)
class Word:
    """Questions, and the cells they decide.

    Attributes:
        numbers: Those whose answers are the first bits.
        categories: Those of the next bits.
        together: Those of the bits after these.
        cells: The questions of each cell.
    """

    numbers: tuple[Number, ...]
    categories: tuple[Category, ...]
    together: tuple[Together, ...]
    cells: tuple[tuple[Question, ...], ...]

    @property
    def bits(self) -> dict[Question, int]:
        """The position of each question's bit."""
        asked: tuple[Question, ...] = (*self.numbers, *self.categories, *self.together)
        return {question: i for i, question in enumerate(asked)}


def questions(tree: Tree, cells: list[Cell]) -> Iterator[tuple[Question, ...]]:
    """Return what the demands of each cell of a tree ask."""
    of_splits = [_of_split(split) for split in tree.splits]
    for cell in cells:
        demands = zip(cell.asked, cell.left, strict=True)
        yield tuple(_question(of_splits, asked, left) for asked, left in demands)


def pack(cells: list[tuple[Question, ...]]) -> list[Word]:
    """Put the questions of cells into as few words as their order allows.

    Raises:
        NoCellsError: A cell alone has more questions than a word.
    """
    words = []
    waiting: list[tuple[Question, ...]] = []
    all_of: dict[Question, None] = {}
    for cell in cells:
        own = dict.fromkeys(part for question in cell for part in _parts(question))
        if len(own) > MOST_QUESTIONS:
            raise NoCellsError(f"a path asks {len(own)} questions, more than {MOST_QUESTIONS}")
        if len(all_of) + sum(part not in all_of for part in own) > MOST_QUESTIONS:
            words.append(_word(all_of, waiting))
            waiting, all_of = [], {}
        waiting.append(cell)
        all_of |= own
    return [*words, _word(all_of, waiting)] if waiting else words


def _question(of_splits: list[Number | Category], asked: int, left: int) -> Question:
    splits = [i for i in range(asked.bit_length()) if asked >> i & 1]
    if len(splits) == 1:
        return of_splits[splits[0]]
    return Together(tuple((of_splits[i], bool(left >> i & 1)) for i in splits))


def _of_split(split: Split) -> Number | Category:
    if split.categories is not None:
        return Category(split.feature, tuple(map(int, split.categories)))
    missing = -math.inf if split.default_left else math.nan
    if split.missing == "none":
        reading = Reading(split.feature, 0.0, 0.0)
    elif split.missing == "nan":
        reading = Reading(split.feature, 0.0, missing)
    else:
        reading = Reading(split.feature, missing, missing)
    return Number(reading, split.threshold)


def _parts(question: Question) -> Iterator[Question]:
    if isinstance(question, Together):
        yield from (part for part, _ in question.answers)
    yield question


def _word(all_of: dict[Question, None], cells: list[tuple[Question, ...]]) -> Word:
    return Word(
        numbers=tuple(q for q in all_of if isinstance(q, Number)),
        categories=tuple(q for q in all_of if isinstance(q, Category)),
        together=tuple(q for q in all_of if isinstance(q, Together)),
        cells=tuple(cells),
    )
