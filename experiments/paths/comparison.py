"""Answers of two ways held against each other, field by field and bit for bit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Answer = dict[str, Any]


class Difference(NamedTuple):
    """A field of an answer that two ways do not say alike.

    Attributes:
        field: Its name, such as ``reasons[].text``.
        one: What one way says.
        other: What the other says.
    """

    field: str
    one: object
    other: object


@dataclass(slots=True)
class Comparison:
    """Two ways, and where they do not say the same.

    Attributes:
        one: Name of a way.
        other: Name of the other.
        apart: Fields that cannot be the same by their meaning, and why.
        compared: How many leads both have answered.
        equal: Of how many all fields are equal, bit for bit.
        alone: How many leads one of them has not answered.
        unequal: Of how many leads a field is not equal.
        first: The first difference of each field, by its name.
    """

    one: str
    other: str
    apart: Mapping[str, str]
    compared: int = 0
    equal: int = 0
    alone: int = 0
    unequal: dict[str, int] = field(default_factory=dict)
    first: dict[str, Difference] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        """Whether something was answered, and all of it is equal."""
        return self.alone == 0 and self.equal == self.compared > 0

    def lines(self) -> Iterator[str]:
        """Yield what was found; of a lead that differs, values alone, and neither id nor events."""
        yield (
            f"{self.one} / {self.other}: {self.compared:,} leads compared, {self.equal:,} equal "
            f"bit for bit; {self.alone:,} answered by one alone"
        )
        for name, why in self.apart.items():
            yield f"  not compared: {name}, {why}"
        for name, leads in self.unequal.items():
            _, one, other = self.first[name]
            yield f"  {name}: of {leads:,} leads not equal, first {one!r} / {other!r}"


def compare(
    one: tuple[str, Sequence[Answer]],
    other: tuple[str, Sequence[Answer]],
    apart: Mapping[str, str],
) -> Comparison:
    """Hold the answers of two ways, each with its name, against each other.

    Args:
        one: Answers, in any order.
        other: Answers about the same leads.
        apart: Fields that are left out, and why.
    """
    found = Comparison(one[0], other[0], apart)
    first, second = ({answer["lead_id"]: answer for answer in way[1]} for way in (one, other))
    both = first.keys() & second.keys()
    found.alone = len(one[1]) + len(other[1]) - 2 * len(both)
    found.compared = len(both)
    # As the first way has them, so that two runs show the same example.
    for lead_id in (lead_id for lead_id in first if lead_id in both):
        said, beside = _without(first[lead_id], apart), _without(second[lead_id], apart)
        unlike = list(differences(said, beside))
        found.equal += not unlike
        for difference in unlike:
            found.first.setdefault(difference.field, difference)
        for name in {difference.field for difference in unlike}:
            found.unequal[name] = found.unequal.get(name, 0) + 1
    return found


def differences(one: object, other: object, name: str = "") -> Iterator[Difference]:
    """Yield where two values are not equal, 0.0 and -0.0 being two."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key, value in one.items():
            yield from differences(value, other[key], f"{name}.{key}" if name else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for each, beside in zip(one, other, strict=True):
            yield from differences(each, beside, f"{name}[]")
    elif repr(one) != repr(other):
        yield Difference(name, one, other)


def _without(answer: Answer, apart: Mapping[str, str]) -> Answer:
    return {name: value for name, value in answer.items() if name not in apart}
