"""Reasons: the strongest contributions, said in German or English; never a made-up one."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field
from typing_extensions import TypedDict

from features.contract.language import Language
from features.declaration.table import Value
from features.wording.words import WORDS


class FeatureShare(TypedDict):
    """One feature inside a reason."""

    feature: Annotated[
        str, Field(description="Name of the feature, such as `count(demo_request,30d)`.")
    ]
    value: Annotated[Value, Field(description="Its value; null is missing.")]
    contribution: Annotated[float, Field(description="What it adds to the log-odds.")]


@dataclass(slots=True)
class Reason:
    """One reason of an answer; its contribution is the sum of those of its features."""

    subject: Annotated[str, Field(description="What it is about, such as `event:demo_request`.")]
    contribution: Annotated[float, Field(description="What it adds to the log-odds.")]
    direction: Literal["up", "down"]
    text: Annotated[str, Field(description="A sentence for a reader.")]
    features: Annotated[
        list[FeatureShare], Field(description="What it is made of, the strongest first.")
    ]

    @classmethod
    def about(
        cls, subject: str, contribution: float, text: str, features: list[FeatureShare]
    ) -> Self:
        """Return a reason with its direction."""
        return cls(subject, contribution, "up" if contribution > 0 else "down", text, features)


def with_odds(sentence: str, factor: str, language: Language) -> str:
    """Return a model's reason: a sentence and its factor, such as ``... (odds × 1.8)``."""
    return f"{sentence} ({WORDS[language]['odds']} × {factor})"
