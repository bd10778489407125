"""The situation of a lead: what its history, its score and the agreement say together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from features.contract.document_part import DocumentPart
from features.contract.duration import DAY_US, Duration
from serving.lifecycle.action_words import Fact
from serving.lifecycle.handover import HandoverTerms, expected_value
from serving.lifecycle.stages import Stage
from serving.model.reference import Grade

EventTypes = tuple[Annotated[str, Field(min_length=1, max_length=200)], ...]


class NextActionTerms(DocumentPart):
    """What counts as interest, and as silence.

    Attributes:
        demo: Types of events by which somebody asks for a demo.
        prices: Types of events by which somebody asks about prices.
        recent: So long it counts.
        quiet: Whoever did nothing for so long is left alone.
    """

    demo: EventTypes = ("demo_request",)
    prices: EventTypes = ("price_page",)
    recent: Duration = 14 * DAY_US
    quiet: Duration = 180 * DAY_US


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides what to do next with a lead; moments are microseconds since 1970.

    Attributes:
        stage: None where it stands in none of the agreement.
        since: When it came there.
        now: The moment.
        consent: Whether a basis for profiling stands.
        contactable: Whether an e-mail address or a telephone number is known.
        probability: Of becoming SQL; None where it has no score.
        grade: None where it has no score.
        bar: From which probability rules hand leads over; None where no threshold is in force.
        newest: By type of event, when it last happened.
    """

    stage: Stage | None
    since: int
    now: int
    consent: bool
    contactable: bool
    probability: float | None
    grade: Grade | None
    bar: float | None
    newest: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Signs:
    """What the conditions of the table ask of a situation."""

    of: Situation
    terms: NextActionTerms
    handover: HandoverTerms | None

    @property
    def demo(self) -> bool:
        """Whether it lately asked for a demo."""
        return self._recently(self.terms.demo)

    @property
    def prices(self) -> bool:
        """Whether it lately asked about prices."""
        return self._recently(self.terms.prices)

    @property
    def active(self) -> bool:
        """Whether it lately did anything."""
        return self._recently(tuple(self.of.newest))

    @property
    def quiet(self) -> bool:
        """Whether it did nothing for long."""
        return self._silence is not None and self._silence >= self.terms.quiet

    @property
    def better(self) -> bool:
        """Whether it has a grade, and not the lowest one."""
        return self.of.grade is not None and not self.low

    @property
    def low(self) -> bool:
        """Whether it is of the lowest grade."""
        return self.of.grade == "D"

    @property
    def priced(self) -> bool:
        """Whether calls have a price."""
        return self.handover is not None

    @property
    def set_aside(self) -> bool:
        """Whether sales gave it back."""
        return self.of.stage == "recycled"

    @property
    def untaken(self) -> bool:
        """Whether sales may take it up: nobody has yet, and nobody set it aside."""
        return self.of.stage in ("lead", "MAL", "MQL")

    @property
    def worth(self) -> bool:
        """Whether a call pays, and rules would hand it over where a threshold is in force."""
        chance, bar = self.of.probability, self.of.bar
        if chance is None:
            return False
        handed_over = self.of.stage == self._handed_over_to
        if self.handover is None:
            return handed_over
        above = handed_over or bar is None or chance >= bar
        return above and expected_value(chance, self.handover) > 0

    def facts(self) -> Mapping[str, Fact]:
        """Return the facts that sentences may name."""
        chance, handover = self.of.probability, self.handover
        worth = None
        if chance is not None and handover is not None:
            worth = (expected_value(chance, handover), handover.currency)
        return {
            "stage": self.of.stage,
            "grade": self.of.grade,
            "probability": chance,
            "worth": worth,
            "demo": self._days(self.terms.demo),
            "prices": self._days(self.terms.prices),
            "silence": self._days(tuple(self.of.newest)),
        }

    @property
    def _handed_over_to(self) -> Stage:
        return "MQL" if self.handover is None else self.handover.stage

    @property
    def _silence(self) -> int | None:
        return self._since(tuple(self.of.newest))

    def _recently(self, types: tuple[str, ...]) -> bool:
        """Tell whether any was lately; of a lead that was set aside, after that."""
        newest = self._newest(types)
        if newest is None or (self.set_aside and newest <= self.of.since):
            return False
        return self.of.now - newest <= self.terms.recent

    def _days(self, types: tuple[str, ...]) -> int | None:
        since = self._since(types)
        return None if since is None else since // DAY_US

    def _since(self, types: tuple[str, ...]) -> int | None:
        newest = self._newest(types)
        return None if newest is None else self.of.now - newest

    def _newest(self, types: tuple[str, ...]) -> int | None:
        return max((self.of.newest[one] for one in types if one in self.of.newest), default=None)
