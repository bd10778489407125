"""The figures of marketing and sales, as the service shows them."""

from dataclasses import asdict
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from features.contract.lead import moment
from serving.lifecycle.kpis.figure import Figure
from serving.lifecycle.kpis.groups import Dimension
from serving.lifecycle.kpis.kpis import Group, KpiName, Kpis
from serving.lifecycle.kpis.promises import Promise


class FigureView(BaseModel):
    """A figure, and what it rests on."""

    numerator: float = Field(description="What was counted, or summed up.")
    denominator: float = Field(description="Of how many.")
    value: float | None = Field(description="Null where there is no case, or it is out of sight.")
    low: float | None = Field(description="Lower end of the interval of 95 %.")
    high: float | None = Field(description="Upper end of it.")
    waiting: int = Field(description="Cases of which it is too early to tell.")

    @classmethod
    def of(cls, figure: Figure) -> Self:
        """Return how a figure is shown."""
        return cls.model_validate(asdict(figure))


class RejectionView(BaseModel):
    """Leads that sales rejected for one reason."""

    reason: str | None = Field(description="Null where none was given.")
    share: FigureView = Field(description="Of all rejections.")


class PromiseView(BaseModel):
    """What scores of one grade promised, and what came of it."""

    basis: str
    grade: str
    expected: float | None = Field(description="Mean of the probabilities.")
    realised: FigureView = Field(description="Share that became SQL in time.")

    @classmethod
    def of(cls, promise: Promise) -> Self:
        """Return how it is shown."""
        return cls(
            basis=promise.basis, grade=promise.grade, expected=promise.expected,
            realised=FigureView.of(promise.realised),
        )  # fmt: skip


class GroupView(BaseModel):
    """The figures of a group."""

    group: dict[Dimension, str | None] = Field(
        description="What it is, by dimension; empty for all, null where it is not known."
    )
    figures: dict[KpiName, FigureView]
    rejections: list[RejectionView] = Field(description="The most frequent first.")
    promises: list[PromiseView]

    @classmethod
    def of(cls, group: Group, by: tuple[Dimension, ...]) -> Self:
        """Return how a group is shown."""
        return cls(
            group=dict(zip(by, group.key, strict=False)),
            figures={name: FigureView.of(figure) for name, figure in group.figures.items()},
            rejections=[
                RejectionView(reason=reason, share=FigureView.of(figure))
                for reason, figure in group.rejections.items()
            ],
            promises=[PromiseView.of(one) for one in group.promises],
        )


class KpisView(BaseModel):
    """How marketing and sales did in a period."""

    model_config = ConfigDict(serialize_by_alias=True)

    begin: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to", description="The period ends before it.")
    as_of: datetime = Field(description="What was known by then counts.")
    currency: str = Field(description="Of costs and deals.")
    total: GroupView
    groups: list[GroupView] = Field(description="None where nothing is told apart.")

    @classmethod
    def of(cls, kpis: Kpis) -> Self:
        """Return how figures are shown."""
        return cls(
            begin=moment(kpis.begin), end=moment(kpis.end), as_of=moment(kpis.as_of),
            currency=kpis.currency,
            total=GroupView.of(kpis.total, ()),
            groups=[GroupView.of(one, kpis.by) for one in kpis.groups],
        )  # fmt: skip
