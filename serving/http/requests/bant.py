"""What somebody found out of a lead: checked once, then handed on."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from serving.http.auth import caller
from serving.http.requests.fields import Label, Moment, Note, moment_until
from serving.lifecycle.bant import SUBJECTS, Authority, Budget, Need, Report, Source, Timeline


class BantBody(BaseModel):
    """What somebody found out of a lead: of at least one of the four."""

    model_config = ConfigDict(extra="forbid")

    budget: Budget | None = Field(
        default=None, description="Null where it was asked, and there is none."
    )
    authority: Authority | None = Field(default=None, description="As `budget`.")
    need: Need | None = Field(default=None, description="As `budget`.")
    timeline: Timeline | None = Field(default=None, description="As `budget`.")
    source: Source = Field(description="Where it comes from.")
    confidence: float = Field(
        gt=0, le=1, strict=True, description="How sure it is; 1 is beyond doubt."
    )
    at: Moment | None = Field(default=None, description="When it was found out; now, if left out.")
    by: Label = Field(
        default_factory=caller,
        description="Who found it out; an id, no name. If left out, the name of the key.",
    )
    note: Note | None = Field(default=None, description="Free text; goes with the lead.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set & {*SUBJECTS}:
            raise ValueError(f"needs at least one of {', '.join(SUBJECTS)}")
        return self

    def report(self, now: int) -> Report:
        """Return what was found out.

        Raises:
            ContractError: It lies ahead.
        """
        told = self.model_dump(mode="json")
        said = {s: _given(told[s]) for s in SUBJECTS if s in self.model_fields_set}
        at = moment_until(self.at, "at", now)
        return Report(said, self.source, self.confidence, at, self.by, self.note)


def _given(form: dict[str, object] | None) -> dict[str, object] | None:
    return None if form is None else {k: v for k, v in form.items() if v is not None}
