"""Of which period figures are asked for, and how they are told apart."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from features.contract.lead import ContractError, micros
from serving.lifecycle.kpis.calendar import usual_period
from serving.lifecycle.kpis.groups import Dimension

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


def _midnight(day: date) -> int:
    return micros(datetime.combine(day, time(), UTC), "from")
