"""What the page on a lead shows, put together from what is known of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from features.contract.duration import parse_duration
from features.contract.language import Language
from features.contract.lead import ContractError, ProfileValue, micros, moment
from features.wording.words import during, value_text
from serving.access.user import User
from serving.http.pages.lead.choices import choices
from serving.http.pages.lead.forms import bant_choices
from serving.http.pages.lead.view import ChangeView, EventRow
from serving.http.pages.lead.what_if import fields_to_suppose
from serving.http.views.bant import FindingView
from serving.http.views.handover import ActionView
from serving.http.views.lifecycle import LeadLifecycle
from serving.lifecycle.action_words import money_text, share_text
from serving.lifecycle.handover import expected_value
from serving.lifecycle.stages import STAGES
from serving.pages.chance import chance
from serving.pages.clock import clock_of
from serving.pages.course import course
from serving.pages.explained import Explained
from serving.pages.finding import finding_text
from serving.pages.saying import WORDS, reason_text, say
from serving.scoring.answer import Answer
from serving.scoring.basis import Basis, ModelBasis, RulesBasis
from serving.scoring.labels import Labels
from serving.scoring.scoring import Scoring
from serving.stored.dossier import MOST_EVENTS, Behind, Dossier
from serving.stored.scoring import StoredScores
from serving.stored.standing import promise

LEADS = "/app/leads"


def lead_path(lead_id: str) -> str:
    """Return the address of the page on a lead."""
    return f"{LEADS}/{quote(lead_id, safe='')}"


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
        yield "choices", choices(stage, self.user, partial(reason_text, self.language))
        yield "stages", STAGES
        yield "reason", partial(reason_text, self.language)
        yield "unscored", self._unscored
        yield "company", found.company
        yield "action", ActionView.of(found.action, language)
        yield "worth", self._worth
        yield "clock", clock_of(promise(self.scores.lifecycle, found.standing, self.now), language)
        yield "consents", found.consents[::-1]
        yield "found", self._found
        yield from bant_choices(self.language, moment(self.now))
        yield "chance", partial(chance, language=language)
        yield "percent", partial(share_text, language=language)
        yield "path", lead_path
        yield "micros", partial(micros, field="at")
        labels = None if self._basis is None else Labels(self._basis, language)
        yield "labels", labels
        yield "profile", self._profile(labels)
        if found.behind is None or labels is None:
            yield "answer", None
        else:
            yield from self._behind(found.behind, labels)

    def _found(self, one: FindingView) -> str:
        return finding_text(one.subject, one.value, self.language)

    def _say(self, key: str) -> str:
        return say(self.language, key)

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
        return RulesBasis(self.scoring.rules) if by_rules else self._asked.basis

    @property
    def _fields(self) -> list[str]:
        return [] if self.scoring is None else fields_to_suppose(self._asked.basis)

    @property
    def _asked(self) -> Scoring:
        """What scores the lead, once anything is loaded."""
        assert self.scoring is not None
        return self.scoring.of(self.dossier.standing.facts.profile)

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

    @property
    def _worth(self) -> str | None:
        terms, outcome = self.scores.lifecycle.handover, self.dossier.outcome
        if terms is None or not isinstance(outcome, Answer):
            return None
        return money_text(expected_value(outcome.probability, terms), terms.currency, self.language)

    def _field(self, name: str, labels: Labels | None) -> str:
        key = f"known.{name}"
        if key in WORDS:
            return self._say(key)
        return name if labels is None else labels.field(name)

    def _profile(self, labels: Labels | None) -> list[tuple[str, str]]:
        return [
            (self._field(name, labels), value_text(shown_value(value), self.language))
            for name, value in sorted(self.dossier.standing.facts.profile.items())
            if value is not None
        ]

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


def shown_value(value: ProfileValue) -> float | str | None:
    """Return a profile value as `value_text` says it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return float(value) if isinstance(value, int) else value
