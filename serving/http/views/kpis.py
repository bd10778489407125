"""The figures of marketing and sales, as they are asked for and shown."""

import re
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from features.contract.lead import ContractError, micros, moment
from serving.lifecycle.kpis.calendar import usual_period
from serving.lifecycle.kpis.figure import Figure
from serving.lifecycle.kpis.groups import Dimension
from serving.lifecycle.kpis.kpis import Group, KpiName, Kpis
from serving.lifecycle.kpis.promises import Promise

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day_text(sent: object) -> object:
    # Numbers would else be seconds since 1970.
    if isinstance(sent, str) and not _DAY.fullmatch(sent):
        raise PydanticCustomError("day", "must be a day such as 2026-03-01")
    return sent


Day = Annotated[date, BeforeValidator(_day_text)]


class PeriodQuery(BaseModel):
    """Of which period something is told."""

    model_config = ConfigDict(extra="forbid")

    begin: Day | None = Field(
        default=None, alias="from", description="Its first day; a year of months, if left out."
    )
    end: Day | None = Field(
        default=None, alias="to", description="The day after its last; tomorrow, if left out."
    )

    def period(self, now: int) -> tuple[int, int]:
        """Return the period that is asked for, in microseconds since 1970.

        Raises:
            ContractError: It ends before it begins, or lies before 1970.
        """
        usual = usual_period(now)
        begin = usual[0] if self.begin is None else _midnight(self.begin)
        end = usual[1] if self.end is None else _midnight(self.end)
        if not 0 <= begin < end:
            raise ContractError("query.from", "must lie before to, and not before 1970")
        return begin, end


class KpisQuery(PeriodQuery):
    """Of which period figures are told, and by what they are told apart."""

    by: list[Dimension] = Field(
        default_factory=list, max_length=3, description="May be repeated; of all, if left out."
    )
    format: Literal["json", "csv"] | None = Field(
        default=None, description="As `Accept` says, if left out."
    )

    @field_validator("by")
    @classmethod
    def _once(cls, by: list[Dimension]) -> list[Dimension]:
        if len({*by}) < len(by):
            raise ValueError("must not name one twice")
        return by


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


def _midnight(day: date) -> int:
    return micros(datetime.combine(day, time(), UTC), "from")
