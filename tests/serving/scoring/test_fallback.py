"""What is told of each lead where the model says nothing of some."""

from dataclasses import dataclass

from serving.scoring.fallback import Fallback, settle, usable


@dataclass(frozen=True, slots=True)
class Said:
    by: str
    finite: bool = True


def by_rules(left: list[int]) -> list[Said]:
    return [Said(f"rules about {position}") for position in left]


def test_what_the_model_says_is_told() -> None:
    said = [Said("model"), Said("the same model")]
    assert settle(said, by_rules) == [(said[0], None), (said[1], None)]


def test_the_rules_are_asked_once_and_only_about_the_leads_left() -> None:
    asked = []

    def ask(left: list[int]) -> list[Said]:
        asked.append(left)
        return by_rules(left)

    found = [Fallback("deadline"), Said("model"), Fallback("non_finite")]
    assert settle(found, ask) == [
        (Said("rules about 0"), "deadline"),
        (Said("model"), None),
        (Said("rules about 2"), "non_finite"),
    ]
    assert asked == [[0, 2]]


def test_the_rules_are_not_asked_where_nothing_is_left() -> None:
    assert settle([], lambda left: [Said("never")] * 9) == []


def test_what_is_no_number_is_not_told() -> None:
    assert usable(Said("model")) == Said("model")
    assert usable(Said("model", finite=False)) == Fallback("non_finite")
