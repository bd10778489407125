"""What the page on a lead shows, put together from what is known of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple, get_args
from urllib.parse import quote

from features.contract.duration import parse_duration
from features.contract.language import Language
from features.contract.lead import ContractError, micros, moment
from features.wording.words import during, value_text
from serving.access.user import User
from serving.http.bant import FindingView
from serving.http.lead_view import ChangeView, EventRow
from serving.http.lifecycle import LeadLifecycle
from serving.http.what_if import fields_to_suppose
from serving.lifecycle.bant import Part, Source
from serving.lifecycle.stages import STAGES, Role, Stage
from serving.pages.chance import chance, percent
from serving.pages.course import course
from serving.pages.explained import Explained
from serving.pages.finding import finding_text
from serving.pages.saying import WORDS, say
from serving.scoring.answer import Answer
from serving.scoring.basis import Basis, ModelBasis, RulesBasis
from serving.scoring.labels import Labels
from serving.scoring.scoring import Scoring
from serving.stored.dossier import MOST_EVENTS, Behind, Dossier
from serving.stored.scoring import StoredScores

LEADS = "/app/leads"

_QUARTERS = 8

CONFIDENCES: Mapping[str, float] = {"certain": 1.0, "likely": 0.8, "vague": 0.4}
"""How sure a finding is, as people choose it."""


def lead_path(lead_id: str) -> str:
    """Return the address of the page on a lead."""
    return f"{LEADS}/{quote(lead_id, safe='')}"


class Choice(NamedTuple):
    """A way on that a page offers.

    Attributes:
        to: The stage it leads to.
        role: In which the reader may go it; None where they may not.
        reasons: Of which one must be given, each with what it is called.
        open: Whether all that it needs holds.
        unmet: What does not, as sentences.
        by: Who may go it.
    """

    to: Stage
    role: Role | None
    reasons: list[tuple[str, str]]
    open: bool
    unmet: list[str]
    by: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class LeadPage:
    """Puts the page together.

    Attributes:
        dossier: What is known of the lead.
        scores: Of the record.
        scoring: The model and the rules; None while they are loading.
        user: Who reads it.
        language: Of the reader.
        now: Microseconds since 1970.
    """

    dossier: Dossier
    scores: StoredScores
    scoring: Scoring | None
    user: User
    language: Language
    now: int

    def values(self) -> Iterator[tuple[str, object]]:
        """Yield what the template needs."""
        found, language = self.dossier, self.language
        yield "lead", found.lead
        yield "person", found.person
        yield "title", found.person.name or found.lead.lead_id
        stage = self._stage
        yield "stage", stage
        yield "since", micros(stage.since, "since")
        yield "choices", list(self._choices(stage))
        yield "stages", STAGES
        yield "reason", self._reason
        yield "unscored", self._unscored
        yield "company", found.company
        yield "consents", found.consents[::-1]
        yield from self._bant_form()
        yield "chance", partial(chance, language=language)
        yield "percent", partial(percent, language=language)
        yield "path", lead_path
        yield "micros", partial(micros, field="at")
        labels = None if self._basis is None else Labels(self._basis, language)
        yield "labels", labels
        profile = found.standing.facts.profile.items()
        yield (
            "profile",
            [
                (
                    name if labels is None else labels.field(name),
                    value_text(_shown(value), language),
                )
                for name, value in sorted(profile)
                if value is not None
            ],
        )
        if found.behind is None or labels is None:
            yield "answer", None
        else:
            yield from self._behind(found.behind, labels)

    def _bant_form(self) -> Iterator[tuple[str, object]]:
        open_ = ("", self._say("lead.bant.not_asked"))
        none = ("none", self._say("lead.bant.none"))
        quarters = [(one, one) for one in _quarters(moment(self.now))]
        yield "found", self._found
        yield "authorities", [open_, *self._called("bant.part.", get_args(Part)), none]
        yield "timelines", [open_, *quarters, none]
        yield "sources", self._called("bant.source.", get_args(Source))
        yield "confidences", self._called("bant.sure.", CONFIDENCES)

    def _found(self, one: FindingView) -> str:
        return finding_text(one.subject, one.value, self.language)

    def _say(self, key: str) -> str:
        return say(self.language, key)

    def _called(self, begin: str, names: Iterable[str]) -> list[tuple[str, str]]:
        return [(name, self._say(begin + name)) for name in names]

    def _behind(self, behind: Behind, labels: Labels) -> Iterator[tuple[str, object]]:
        answer, language = behind.answer, self.language
        yield "answer", answer
        yield "explained", Explained.of(answer, labels, language)
        yield "horizon", self._horizon
        yield "missing", [self._missing(name, labels) for name in answer.missing]
        yield "suppose", [(name, labels.field(name)) for name in self._fields]
        yield "change", behind.change and ChangeView.of(behind.change, language)
        yield "history", behind.history[::-1]
        told = [(one.as_of, one.probability) for one in behind.history]
        yield "course", course([*told, (self.now, answer.probability)], self.now)
        done = behind.timeline
        yield "timeline", done
        entries = done.entries if done else ()
        yield "events", [EventRow.of(entry, labels, language) for entry in entries]
        yield "most_events", MOST_EVENTS

    @property
    def _basis(self) -> Basis | None:
        """What the score rests on, and so what things are called."""
        if self.scoring is None:
            return None
        outcome = self.dossier.outcome
        by_rules = isinstance(outcome, Answer) and outcome.basis == "rules"
        return RulesBasis(self.scoring.rules) if by_rules else self.scoring.basis

    @property
    def _fields(self) -> list[str]:
        return [] if self.scoring is None else fields_to_suppose(self.scoring.basis)

    @property
    def _horizon(self) -> str | None:
        basis = self._basis
        horizon = basis.model.manifest.window.horizon if isinstance(basis, ModelBasis) else None
        return None if horizon is None else during(parse_duration(horizon), self.language)

    @property
    def _stage(self) -> LeadLifecycle:
        said = None if isinstance(self.dossier.outcome, Answer) else str(self.dossier.outcome)
        lifecycle, standing = self.scores.lifecycle, self.dossier.standing
        return LeadLifecycle.of(lifecycle, standing, said, self.language)

    def _choices(self, stage: LeadLifecycle) -> Iterator[Choice]:
        for way in stage.ways:
            yield Choice(
                to=way.to_stage,
                role=role_in(self.user, way.by),
                reasons=[(code, self._reason(code)) for code in way.reasons or ()],
                open=way.open,
                unmet=[check.text for check in way.needs if not check.holds],
                by=way.by,
            )

    def _field(self, name: str, labels: Labels | None) -> str:
        key = f"field.{name}"
        if key in WORDS:
            return self._say(key)
        return name if labels is None else labels.field(name)

    def _reason(self, code: str) -> str:
        key = f"reason.{code}"
        return say(self.language, key) if key in WORDS else code

    def _missing(self, name: str, labels: Labels) -> str:
        key = f"lead.missing.{name}"
        return say(self.language, key) if key in WORDS else labels.field(name)

    @property
    def _unscored(self) -> tuple[str, dict[str, str]] | None:
        """Return why there is no score, and what the sentence is filled with."""
        outcome = self.dossier.outcome
        if isinstance(outcome, Answer):
            return None
        if self.dossier.lead.kind == "visitor":
            return "visitor", {}
        if not self.dossier.standing.facts.consent:
            return "no_basis", {"bases": ", ".join(self.scores.policy.profiling.bases)}
        if isinstance(outcome, ContractError):
            return "unreadable", {"field": outcome.field.removeprefix("lead.profile.")}
        return "loading", {}


def role_in(user: User, by: tuple[Role, ...]) -> Role | None:
    """Return in which role somebody may go a way; an admin does so for others, too."""
    own: tuple[Role, ...] = ("sales",) if user.role == "sales" else ()
    if user.role == "admin":
        own = ("admin", "sales", "marketing")
    return next((role for role in own if role in by), None)


def _quarters(today: datetime) -> list[str]:
    """Return this quarter and the next ones, such as `2026-Q3`."""
    first = 4 * today.year + (today.month - 1) // 3
    return [f"{one // 4}-Q{one % 4 + 1}" for one in range(first, first + _QUARTERS)]


def _shown(value: object) -> float | str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str | float | None) else float(str(value))
