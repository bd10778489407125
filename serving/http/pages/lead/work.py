"""What the page of the list of work shows, put together from what is known of its leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from features.contract.language import Language
from features.contract.text import LONGEST_NAME
from features.wording.words import decimal
from serving.http.pages.mistakes import PageError
from serving.http.pages.owners import ANYBODYS, Owners
from serving.http.views.handover import ActionView
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.stages import ASIDE, STAGES, Stage
from serving.model.reference import GRADE_FROM_SCORE
from serving.pages.clock import Clock, clock_of
from serving.pages.saying import say
from serving.record.identity.people import Person
from serving.record.leads.leads import StoredLead
from serving.record.scores.scores import CurrentScore
from serving.record.scores.work_list import NOWHERE
from serving.scoring.labels import Labels
from serving.scoring.scoring import Scoring
from serving.stored.work_list import WorkRow

OPEN, REVIEW, EVERY = "open", "review", "all"
"""What is wanted besides one stage: leads that are not done with, that were drawn for a review this
week, or all."""

_FOR, _AGAINST = 2, 1
"""How many reasons a line has."""

_UNCHANGED = 0.005


class Asked(NamedTuple):
    """What is asked of the list, as its form sends it.

    Attributes:
        stage: One, or `open`, `review`, `all`.
        grades: Any of them; none is all.
        use_case: Of the agreement; empty is any.
        sought: By which leads are looked for; empty is not.
        owner: Whose leads; `mine`, `nobody`, or an owner as the record has it; empty is anybody's.
    """

    stage: str = OPEN
    grades: tuple[str, ...] = ()
    use_case: str = ""
    sought: str = ""
    owner: str = ANYBODYS

    def checked(self, lifecycle: Lifecycle) -> "Asked":
        """Return what can be asked.

        Raises:
            PageError: No form of ours asks for it.
        """
        cases = {"", *(one.name for one in lifecycle.use_cases)}
        fits = self.stage in {OPEN, REVIEW, EVERY, *STAGES} and self.use_case in cases
        fits = fits and "\0" not in self.owner
        if not fits or not set(self.grades) <= GRADE_FROM_SCORE.keys():
            raise PageError(400, "invalid")
        return self._replace(
            sought=self.sought.strip()[:LONGEST_NAME], owner=self.owner[:LONGEST_NAME]
        )

    def stages(self, lifecycle: Lifecycle) -> tuple[str, ...] | None:
        """Return the stages that are wanted; None is any."""
        if self.stage in (REVIEW, EVERY):
            return None
        if self.stage != OPEN:
            return (self.stage,)
        done = {name for name, terms in lifecycle.stages.items() if terms.end} | ASIDE
        return (NOWHERE, *(stage for stage in STAGES if stage not in done))

    def address(self, path: str, after: str | None = None) -> str:
        """Return the address of a page of what is asked."""
        told = {"q": self.sought, "stage": self.stage, "grade": self.grades}
        told |= {"use_case": self.use_case, "owner": self.owner, "after": after or ""}
        held = {name: value for name, value in told.items() if value}
        return f"{path}?{urlencode(held, doseq=True)}"


@dataclass(frozen=True, slots=True)
class Why:
    """The strongest reasons of a score, as what they are about."""

    up: tuple[str, ...]
    down: tuple[str, ...]

    @classmethod
    def of(cls, contributions: Mapping[str, float], labels: Labels) -> "Why":
        """Return what speaks most for and against a lead."""
        told = {subject: x for subject, x in contributions.items() if subject != "other"}
        up = sorted((s for s in told if told[s] > 0), key=lambda s: -told[s])
        down = sorted((s for s in told if told[s] < 0), key=lambda s: told[s])
        return cls(
            tuple(labels.subject(one) for one in up[:_FOR]),
            tuple(labels.subject(one) for one in down[:_AGAINST]),
        )


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A lead of the list, as it is shown."""

    lead: StoredLead
    person: Person
    score: CurrentScore | None
    stage: Stage | None
    why: Why
    moved: "Moved"
    action: ActionView
    clock: Clock | None
    drawn: bool
    owner: str | None

    @classmethod
    def of(cls, row: WorkRow, labels: Labels | None, day_ago: int, owners: Owners) -> "ShownRow":
        """Return how a lead is shown."""
        language = owners.language
        return cls(
            lead=row.item.lead,
            person=row.person,
            score=row.item.score,
            stage=row.standing.facts.position.stage,
            why=Why((), ()) if labels is None else Why.of(row.item.contributions, labels),
            moved=moved_since(row, day_ago, language),
            action=ActionView.of(row.action, language),
            clock=clock_of(row.sla, language),
            drawn=row.drawn,
            owner=None if row.owner is None else owners.name(row.owner),
        )


def labels_of(scoring: Scoring | None, language: Language) -> Labels | None:
    """Return what reasons are called; None while nothing is loaded that knows it."""
    return None if scoring is None else Labels(scoring.basis, language)


class Moved(NamedTuple):
    """What changed since yesterday: a text, and whether that is `up`, `down` or `none`."""

    text: str
    direction: str


def moved_since(row: WorkRow, day_ago: int, language: Language) -> Moved:
    """Return what changed of a score since a day ago."""
    score, before = row.item.score, row.before
    if score is None:
        return Moved("–", "none")
    if before is None:
        new = row.item.lead.created > day_ago
        return Moved(say(language, "work.new" if new else "work.first"), "none")
    difference = score.probability - before.probability
    towards = "up" if difference > 0 else "down"
    if before.grade != score.grade:
        return Moved(f"{before.grade} → {score.grade}", towards)
    if abs(difference) < _UNCHANGED:
        return Moved(say(language, "work.unchanged"), "none")
    points = decimal(f"{100 * difference:+.0f}", language).replace("-", "−")
    return Moved(say(language, "work.points", points=points), towards)
