"""BANT as evidence: what was found out of budget, authority, need and timeline, and what counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, model_validator

from features.contract.document_part import DocumentPart
from features.contract.duration import DAY_US, Duration
from features.contract.lead import moment
from serving.lifecycle.currency import Currency

Subject = Literal["budget", "authority", "need", "timeline"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)

Source = Literal["form", "call", "email", "crm", "event"]
"""Where evidence comes from."""

Part = Literal["decides", "approves", "recommends", "uses"]
"""What somebody has to do with the decision."""

State = Literal["established", "against", "unsure", "outdated", "unknown"]

Amount = Annotated[float, Field(ge=0, le=1e15)]


class Budget(DocumentPart):
    """What there is to spend: at least, at most or both, in one currency."""

    at_least: Amount | None = None
    at_most: Amount | None = None
    currency: Currency = Field(description="As of ISO 4217, such as `EUR`.")

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("needs at_least or at_most; send null where there is no budget")
        if None not in (self.at_least, self.at_most) and self.at_least > self.at_most:  # type: ignore[operator]
            raise ValueError("at_most must not be less than at_least")
        return self


class Authority(DocumentPart):
    """What the person has to do with the decision."""

    part: Part


class Need(DocumentPart):
    """What it is needed for."""

    code: str = Field(
        min_length=1,
        max_length=60,
        pattern=r"^[a-z0-9][a-z0-9_.-]*$",
        description="One of yours, such as `replace_legacy`.",
    )


class Timeline(DocumentPart):
    """When it is to be decided, or bought: a day or a quarter."""

    day: date | None = None
    quarter: str | None = Field(
        default=None, pattern="^20[0-9]{2}-Q[1-4]$", description="Such as `2026-Q3`."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.day is None) is (self.quarter is None):
            raise ValueError("needs either day or quarter; send null where nothing is planned")
        return self

    @property
    def span(self) -> tuple[date, date]:
        """Its first and its last day."""
        if self.day is not None:
            return self.day, self.day
        year, quarter = int((self.quarter or "")[:4]), int((self.quarter or "")[-1])
        after = date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
        return date(year, 3 * quarter - 2, 1), after - timedelta(days=1)


FORMS: Mapping[Subject, type[Budget | Authority | Need | Timeline]] = {
    "budget": Budget,
    "authority": Authority,
    "need": Need,
    "timeline": Timeline,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody found out of a lead at one moment.

    Attributes:
        said: By subject, in the form of `FORMS`; None where it was asked, and there is none.
        source: Where it comes from.
        confidence: How sure it is, above 0 up to 1.
        at: Microseconds since 1970.
        by: Who found it out; an id.
        note: Free text, which is personal data.
    """

    said: Mapping[Subject, Mapping[str, Any] | None]
    source: Source
    confidence: float
    at: int
    by: str
    note: str | None = None


class BantTerms(DocumentPart):
    """Which evidence counts.

    Attributes:
        confidence_at_least: How sure evidence must be.
        fresh_for: For how long it counts.
        authority: Parts in the decision that are enough.
        timeline_within: How far ahead the decision may lie.
    """

    confidence_at_least: float = Field(default=0.5, gt=0, le=1)
    fresh_for: Duration = 180 * DAY_US
    authority: tuple[Part, ...] = Field(default=("decides", "approves", "recommends"), min_length=1)
    timeline_within: Duration = 365 * DAY_US


@dataclass(frozen=True, slots=True)
class Finding:
    """What counts of one subject.

    Attributes:
        state: `established`; `against`, where there is none, or not enough; `unsure`; `outdated`;
            `unknown`.
        report: What it rests on; None where nothing was found out.
    """

    state: State
    report: Report | None = None


def findings(reports: Iterable[Report], terms: BantTerms, now: int) -> dict[Subject, Finding]:
    """Return what counts of each subject at a moment, microseconds since 1970.

    Of reports that are sure enough and fresh the newest counts, and of one moment the surest. Where
    there is none, the newest of the others says why.
    """
    ordered = sorted(reports, key=lambda one: (one.at, one.confidence))
    return {
        subject: _finding(subject, [one for one in ordered if subject in one.said], terms, now)
        for subject in SUBJECTS
    }


def established(found: Mapping[Subject, Finding]) -> int:
    """Return of how many subjects enough is known."""
    return sum(one.state == "established" for one in found.values())


def _finding(subject: Subject, reports: list[Report], terms: BantTerms, now: int) -> Finding:
    if not reports:
        return Finding("unknown")
    sure = [one for one in reports if one.confidence >= terms.confidence_at_least]
    if not sure:
        return Finding("unsure", reports[-1])
    newest = sure[-1]
    if now - newest.at > terms.fresh_for:
        return Finding("outdated", newest)
    return Finding(_state(subject, newest.said[subject], terms, now), newest)


def _state(subject: Subject, said: Mapping[str, Any] | None, terms: BantTerms, now: int) -> State:
    if said is None:
        return "against"
    # As it was stored: a day is a text there.
    form = FORMS[subject].model_validate(said)
    if isinstance(form, Timeline):
        return _timely(form, terms, now)
    if isinstance(form, Authority):
        return "established" if form.part in terms.authority else "against"
    if isinstance(form, Budget):
        return "against" if form.at_most == 0 else "established"
    return "established"


def _timely(form: Timeline, terms: BantTerms, now: int) -> State:
    begins, ends = form.span
    if ends < moment(now).date():
        return "outdated"
    return "established" if begins <= moment(now + terms.timeline_within).date() else "against"
