"""What an agreement is made of: stages, ways between them, views of them, use cases."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

from features.contract.category import category_key
from features.contract.document_part import DocumentPart
from features.contract.lead import ProfileValue
from serving.lifecycle.criteria import Criteria
from serving.lifecycle.sla import OtherSla
from serving.lifecycle.stages import Role, Stage

ViewName = Literal["cold", "warm", "sales"]

Name = Annotated[str, Field(min_length=1, max_length=60)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,59}$")]
"""Of a reason: no free text, so that reasons can be counted and hold no personal data."""


def _several(written: object) -> object:
    return tuple(written) if isinstance(written, list) else (written,)


Stages = Annotated[tuple[Stage, ...], BeforeValidator(_several), Field(min_length=1)]
Scalar = StrictBool | StrictInt | StrictFloat | StrictStr
Values = Annotated[tuple[Scalar, ...], BeforeValidator(_several), Field(min_length=1)]


class StageTerms(DocumentPart):
    """What is agreed of a stage.

    Attributes:
        also: What the CRM calls it; neither case nor spaces around count.
        end: Whether nothing comes after it.
    """

    also: tuple[Name, ...] = ()
    end: bool = Field(default=False, strict=True)


class Transition(DocumentPart):
    """A way from stages to another one.

    Attributes:
        origins: The stages it leads from; `from` in the file.
        to: The stage it leads to.
        by: Who may move a lead on it.
        needs: What must hold.
        reasons: One of them must be given.
    """

    origins: Stages = Field(alias="from")
    to: Stage
    by: tuple[Role, ...] = Field(min_length=1)
    needs: Criteria = Field(default_factory=Criteria)
    reasons: tuple[Code, ...] | None = Field(default=None, min_length=1)

    def from_threshold(self, threshold: float) -> "Transition":
        """Return it with a probability in place of all that it asks of the score."""
        return self.model_copy(update={"needs": self.needs.from_threshold(threshold)})

    def __str__(self) -> str:
        """Say from where to where."""
        return f"{' or '.join(self.origins)} -> {self.to}"


class View(DocumentPart):
    """Leads that are called cold, warm or sales leads.

    Attributes:
        name: What they are called.
        stages: Any of them.
        needs: What must hold, too.
    """

    name: ViewName
    stages: Stages
    needs: Criteria = Field(default_factory=Criteria)


class UseCase(DocumentPart):
    """Leads for whom other thresholds were agreed on, such as those of a country or product.

    Attributes:
        name: Unique.
        when: By profile field, the values that it may have; all fields must fit.
        needs: By stage, what holds instead of the same criteria of every way there.
        sla: What is promised of them otherwise; None is the usual.
    """

    name: Name
    when: dict[Name, Values] = Field(min_length=1)
    needs: dict[Stage, Criteria] = Field(default_factory=dict)
    sla: OtherSla | None = Field(default=None, exclude_if=lambda sla: sla is None)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.needs and self.sla is None:
            raise ValueError("needs or sla must say what is agreed on otherwise for these leads")
        return self

    def fits(self, profile: Mapping[str, ProfileValue]) -> bool:
        """Tell whether a lead with a profile is one of them."""
        return all(
            any(_same(value, profile.get(field)) for value in values)
            for field, values in self.when.items()
        )

    def applied(self, transition: Transition) -> Transition:
        """Return a way with the thresholds of these leads."""
        other = self.needs.get(transition.to)
        if other is None:
            return transition
        return transition.model_copy(update={"needs": transition.needs.under(other)})


def _same(wanted: Any, value: ProfileValue) -> bool:  # noqa: ANN401 - whatever a file can hold
    if isinstance(wanted, str) and isinstance(value, str):
        return category_key(wanted, boolean=False) == category_key(value, boolean=False)
    # 1 and true are equal, and not the same.
    return isinstance(wanted, bool) is isinstance(value, bool) and wanted == value
