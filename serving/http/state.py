"""The state of the service: loading, ready, or degraded to the rules."""

from typing import Literal

from pydantic import BaseModel, Field

from serving.http.errors import RefusedError
from serving.intake.mapping import Mapping
from serving.scoring.answer import Answer, FallbackReason
from serving.scoring.scoring import Scoring
from serving.stored.scoring import StoredScores


class Readiness(BaseModel):
    """Whether the service answers, and on what."""

    status: Literal["ready", "degraded"]
    reason: FallbackReason | None = Field(description="Why the rules answered last.")
    message: str | None = Field(description="What an operator should know.")


class ServiceState:
    """What requests share; it gets its scoring once loading is done."""

    def __init__(self) -> None:
        """Start as loading."""
        self.scoring: Scoring | None = None
        self.record: StoredScores | None = None
        self.write_key: str | None = None
        self.mapping = Mapping()
        self.public_url: str | None = None
        self.mail_lacks: tuple[str, ...] = ()
        self.message: str | None = None
        self._last_fallback: FallbackReason | None = None

    def ready(self, scoring: Scoring, message: str | None = None) -> None:
        """Begin to answer.

        Args:
            scoring: What answers; warm, so that the first request need not wait.
            message: What an operator should know, such as why there is no model.
        """
        self.message = message
        self._last_fallback = scoring.unavailable
        self.scoring = scoring

    def loaded(self) -> Scoring:
        """Return what scores.

        Raises:
            RefusedError: It is still loading.
        """
        if self.scoring is None:
            raise RefusedError(503, "not_ready", "the service is still loading; try again")
        return self.scoring

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

    def require_mail(self) -> None:
        """Make sure that e-mails can be sent.

        Raises:
            RefusedError: A setting for it lacks.
        """
        if self.mail_lacks:
            lacking = ", ".join(self.mail_lacks)
            raise RefusedError(503, "no_mail", f"no e-mails are sent from here; set {lacking}")

    def note(self, answer: Answer) -> None:
        """Remember whether the newest answer fell back."""
        self._last_fallback = answer.fallback_reason

    @property
    def readiness(self) -> Readiness:
        """Degraded while the newest answer had to rest on the rules."""
        reason = self._last_fallback
        status: Literal["ready", "degraded"] = "degraded" if reason else "ready"
        return Readiness(status=status, reason=reason, message=self.message)
