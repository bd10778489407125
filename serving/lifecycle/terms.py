"""What an agreement is made of: stages, ways between them, views of them, use cases."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from features.contract.document_part import DocumentPart, several
from features.contract.group import Group, in_group
from features.contract.lead import ProfileValue
from serving.lifecycle.criteria import Criteria
from serving.lifecycle.sla import OtherSla
from serving.lifecycle.stages import Role, Stage

ViewName = Literal["cold", "warm", "sales"]

Name = Annotated[str, Field(min_length=1, max_length=60)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,59}$")]
"""Of a reason: no free text, so that reasons can be counted and hold no personal data."""


Stages = Annotated[tuple[Stage, ...], BeforeValidator(several), Field(min_length=1)]

_ADDRESS = re.compile(r"models:/[^/:@\s]+(@[^/:@\s]+|/[1-9][0-9]{0,8})")


def _address(written: str) -> str:
    if not _ADDRESS.fullmatch(written):
        raise ValueError(
            f"'{written}' names no registered model; write models:/name@alias or models:/name/3"
        )
    return written


ModelAddress = Annotated[str, Field(max_length=300), AfterValidator(_address)]
"""Of a registered model: an agreement counts on every machine, a folder on one."""


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
    """Leads for whom other thresholds were agreed on, or a model of their own scores.

    Attributes:
        name: Unique.
        when: By profile field, the values that it may have; all fields must fit.
        needs: By stage, what holds instead of the same criteria of every way there.
        model: What scores them; None leaves it to the general model.
        sla: What is promised of them otherwise; None is the usual.
    """

    name: Name
    when: Group
    needs: dict[Stage, Criteria] = Field(default_factory=dict)
    model: ModelAddress | None = Field(default=None, exclude_if=lambda model: model is None)
    sla: OtherSla | None = Field(default=None, exclude_if=lambda sla: sla is None)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.needs and self.sla is None and self.model is None:
            raise ValueError(
                "needs or sla must say what is agreed on otherwise for these leads, or model what "
                "scores them"
            )
        return self

    def fits(self, profile: Mapping[str, ProfileValue]) -> bool:
        """Tell whether a lead with a profile is one of them."""
        return in_group(self.when, profile)

    def applied(self, transition: Transition) -> Transition:
        """Return a way with the thresholds of these leads."""
        other = self.needs.get(transition.to)
        if other is None:
            return transition
        return transition.model_copy(update={"needs": transition.needs.under(other)})
