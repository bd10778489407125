"""What to do next with a lead, and the facts that decided it.

Of the table, the first row whose condition holds decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from features.contract.document_part import DocumentPart
from features.contract.duration import DAY_US, Duration
from features.contract.language import Language
from serving.lifecycle.action_words import Fact, why_text
from serving.lifecycle.handover import HandoverTerms, expected_value
from serving.lifecycle.stages import Stage
from serving.model.reference import Grade

Kind = Literal["nurture", "send_content", "offer_demo", "call", "let_rest"]

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
        now: The moment.
        consent: Whether a basis for profiling stands.
        contactable: Whether an e-mail address or a telephone number is known.
        probability: Of becoming SQL; None where it has no score.
        grade: None where it has no score.
        bar: From which probability rules hand leads over; None where no threshold is in force.
        newest: By type of event, when it last happened.
    """

    stage: Stage | None
    now: int
    consent: bool
    contactable: bool
    probability: float | None
    grade: Grade | None
    bar: float | None
    newest: Mapping[str, int]


class NextAction(NamedTuple):
    """What to do next.

    Attributes:
        kind: What.
        code: The row of the table that decided.
        why: The facts that decided, as a sentence in each language.
    """

    kind: Kind
    code: str
    why: Mapping[Language, str]


def next_action(
    situation: Situation, terms: NextActionTerms, handover: HandoverTerms | None
) -> NextAction:
    """Return what to do next with a lead.

    Whoever sales or marketing set aside, may not be profiled or cannot be reached is never called.

    Args:
        situation: Of the lead.
        terms: What counts as interest, and as silence.
        handover: What a call costs and may bring; None leaves that out.
    """
    view = _View(situation, terms, handover)
    kind, code = next((kind, code) for kind, code, holds in _TABLE if holds(view))
    facts = view.facts()
    why: dict[Language, str] = {
        "de": why_text(code, facts, "de"),
        "en": why_text(code, facts, "en"),
    }
    return NextAction(kind, code, why)


@dataclass(frozen=True, slots=True)
class _View:
    """What the conditions of the table ask of a situation."""

    of: Situation
    terms: NextActionTerms
    handover: HandoverTerms | None

    @property
    def demo(self) -> bool:
        return self._recently(self.terms.demo)

    @property
    def prices(self) -> bool:
        return self._recently(self.terms.prices)

    @property
    def active(self) -> bool:
        return self._recently(tuple(self.of.newest))

    @property
    def quiet(self) -> bool:
        return self._silence is not None and self._silence >= self.terms.quiet

    @property
    def low(self) -> bool:
        return self.of.grade == "D"

    @property
    def priced(self) -> bool:
        return self.handover is not None

    @property
    def callable(self) -> bool:
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
        since = self._since(types)
        return since is not None and since <= self.terms.recent

    def _days(self, types: tuple[str, ...]) -> int | None:
        since = self._since(types)
        return None if since is None else since // DAY_US

    def _since(self, types: tuple[str, ...]) -> int | None:
        moments = [self.of.newest[one] for one in types if one in self.of.newest]
        return self.of.now - max(moments) if moments else None


_TABLE: tuple[tuple[Kind, str, Callable[[_View], bool]], ...] = (
    ("let_rest", "customer", lambda view: view.of.stage == "customer"),
    ("let_rest", "disqualified", lambda view: view.of.stage == "disqualified"),
    ("let_rest", "no_basis", lambda view: not view.of.consent),
    ("let_rest", "unreachable", lambda view: not view.of.contactable),
    ("call", "qualified", lambda view: view.of.stage == "SQL"),
    ("call", "accepted", lambda view: view.of.stage == "SAL"),
    ("call", "demo_asked", lambda view: view.callable and view.worth and view.demo),
    ("call", "worth_a_call", lambda view: view.callable and view.worth and view.priced),
    ("call", "handed_over", lambda view: view.callable and view.worth),
    ("offer_demo", "demo_interest", lambda view: view.demo),
    ("offer_demo", "price_interest", lambda view: view.prices),
    ("let_rest", "quiet", lambda view: view.quiet),
    ("send_content", "active", lambda view: view.active and not view.low),
    ("nurture", "set_aside", lambda view: view.of.stage == "recycled"),
    ("nurture", "no_score", lambda view: view.of.grade is None),
    ("let_rest", "low", lambda view: view.low and not view.active),
    ("nurture", "not_yet", lambda view: view.priced),
    ("nurture", "not_handed_over", lambda _: True),
)
"""What to do, why, and when; sales reads it in docs/lifecycle.md."""
