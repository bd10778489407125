"""The state of the service: loading, ready, or degraded to the rules."""

import time
from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from features.contract.clock import now
from serving.access.hosts import Hosts
from serving.access.keyring import Keyring
from serving.access.provider import Provider
from serving.access.session import Terms
from serving.agreements import Agreements
from serving.http.errors import RefusedError
from serving.http.recent_answers import Recent, RecentAnswers
from serving.intake.mapping import Mapping
from serving.metrics import count_answer
from serving.pages.alerts import Reading
from serving.scoring.answer import Answer, FallbackReason
from serving.scoring.scoring import Scoring
from serving.stored.scoring import StoredScores


class Challenger(BaseModel):
    """The model that scores in the shadow."""

    model_config = ConfigDict(protected_namespaces=())

    model_version: str | None = Field(description="Null while there is none.")
    message: str | None = Field(description="What an operator should know.")
    scored: int = Field(ge=0, description="Answers that it has scored, too, since the start.")
    dropped: int = Field(ge=0, description="Answers that it has not.")


class OwnModelReadiness(BaseModel):
    """The model of a use case."""

    model_config = ConfigDict(protected_namespaces=())

    use_case: str
    model_version: str | None = Field(
        description="Null while it is not loaded: its leads are answered as others are."
    )
    message: str | None = Field(description="What an operator should know.")


class Readiness(BaseModel):
    """Whether the service answers, and on what."""

    status: Literal["ready", "degraded"]
    reason: FallbackReason | None = Field(description="Why the rules answered last.")
    message: str | None = Field(description="What an operator should know.")
    recent: RecentAnswers
    challenger: Challenger | None = Field(description="Null where none is configured.")
    use_cases: list[OwnModelReadiness] = Field(
        description="Those with models of their own, in the order of the agreement."
    )


class ServiceState:
    """What requests share; it gets its scoring once loading is done."""

    def __init__(self) -> None:
        """Start as loading."""
        self.scoring: Scoring | None = None
        self.since: int | None = None
        self.record: StoredScores | None = None
        self.keyring = Keyring()
        self.hosts: Hosts | None = None
        self.write_key: str | None = None
        self.hubspot_secret: SecretStr | None = None
        self.public_url: str | None = None
        self.reading: Callable[[], Reading] = lambda: Reading("en", "UTC", None)
        self.session_terms = Terms()
        self.provider: Provider | None = None
        self.keys_in_file = False
        self.mapping = Mapping()
        self.mail_lacks: tuple[str, ...] = ()
        self.message: str | None = None
        self.stopping = False
        self.alive: Callable[[], bool] = lambda: True
        self.log_requests = False
        self._last_fallback: FallbackReason | None = None
        self._recent = Recent()

    def ready(self, scoring: Scoring, message: str | None = None) -> None:
        """Begin to answer, or answer by another model from the next request on.

        Args:
            scoring: What answers; warm, so that the first request need not wait.
            message: What an operator should know, such as why there is no model.
        """
        self.message = message
        # The models of use cases come and go without it.
        if self.scoring is None or scoring.basis is not self.scoring.basis:
            self._last_fallback = scoring.unavailable
            self.since = now()
        self.scoring = scoring

    def loaded(self) -> Scoring:
        """Return what scores.

        Raises:
            RefusedError: It is still loading.
        """
        if self.scoring is None:
            raise RefusedError(503, "not_ready", "the service is still loading; try again")
        return self.scoring

    @property
    def time_zone(self) -> str:
        """Of the moments that people read."""
        return "UTC" if self.record is None else self.record.lifecycle.time_zone

    def kept(self) -> StoredScores:
        """Return the stored leads.

        Raises:
            RefusedError: No record is kept.
        """
        if self.record is None:
            raise RefusedError(
                503, "no_record", "no record is kept here; set LEADSCORE_DATABASE_URL"
            )
        return self.record

    def agreed(self) -> Agreements:
        """Return what keeps to what was agreed on.

        Raises:
            RefusedError: No record is kept.
        """
        agreements = self.kept().agreements
        assert agreements is not None
        return agreements

    def require_mail(self) -> None:
        """Make sure that e-mails can be sent.

        Raises:
            RefusedError: A setting for it lacks.
        """
        if self.mail_lacks:
            lacking = ", ".join(self.mail_lacks)
            raise RefusedError(503, "no_mail", f"no e-mails are sent from here; set {lacking}")

    def note(self, answer: Answer) -> None:
        """Count an answer, and remember whether the newest one fell back."""
        count_answer(answer.basis, answer.fallback_reason, answer.probability)
        self._last_fallback = answer.fallback_reason
        self._recent.note(answer.fallback_reason, time.monotonic())

    @property
    def readiness(self) -> Readiness:
        """Degraded while the newest answer had to rest on the rules, whichever model was asked.

        Where models of use cases answer beside the general one, it tells of the one asked last;
        before the first answer, of the general one.
        """
        reason = self._last_fallback
        status: Literal["ready", "degraded"] = "degraded" if reason else "ready"
        recent = self._recent.told(time.monotonic())
        return Readiness(
            status=status,
            reason=reason,
            message=self.message,
            recent=recent,
            challenger=self._challenger,
            use_cases=[
                OwnModelReadiness(
                    use_case=one.use_case,
                    model_version=one.scorer.basis.version if one.scorer else None,
                    message=one.message,
                )
                for one in (self.scoring.own if self.scoring else ())
            ],
        )

    @property
    def _challenger(self) -> Challenger | None:
        shadow = self.record.shadow if self.record else None
        if shadow is None:
            return None
        scoring = shadow.challenger.scoring
        return Challenger(
            model_version=scoring.basis.version if scoring else None,
            message=shadow.challenger.message,
            scored=shadow.scored,
            dropped=shadow.dropped,
        )
