"""What the answers of the last minutes rested on."""

import threading
from collections import Counter, deque

from pydantic import BaseModel, Field

from serving.scoring.answer import FallbackReason

SECONDS = 300
"""How far back answers count."""

_SLICE_SECONDS = 10
_SLICES = SECONDS // _SLICE_SECONDS


class RecentAnswers(BaseModel):
    """Answers of the last five minutes, and the share of those that the rules gave."""

    answers: int = Field(ge=0, description="Of single leads, of batches, of stored leads.")
    by_rules: float = Field(ge=0, le=1, description="Share that the rules gave.")
    by_reason: dict[FallbackReason, float] = Field(description="That share, by fallback reason.")


class Recent:
    """Counts answers by slices of time and forgets old ones; safe to call from several threads."""

    def __init__(self) -> None:
        """Begin without an answer."""
        self._lock = threading.Lock()
        self._slices: deque[tuple[int, Counter[FallbackReason | None]]] = deque(maxlen=_SLICES)

    def note(self, reason: FallbackReason | None, at: float) -> None:
        """Count an answer.

        Args:
            reason: Why the rules gave it; None where the model did.
            at: When, by `time.monotonic`.
        """
        number = int(at // _SLICE_SECONDS)
        with self._lock:
            if not self._slices or self._slices[-1][0] < number:
                self._slices.append((number, Counter()))
            self._slices[-1][1][reason] += 1

    def told(self, at: float) -> RecentAnswers:
        """Return what the answers until a moment rested on.

        Args:
            at: The moment, by `time.monotonic`.
        """
        oldest = int(at // _SLICE_SECONDS) - _SLICES
        total: Counter[FallbackReason | None] = Counter()
        with self._lock:
            for number, counted in self._slices:
                if number > oldest:
                    total += counted
        by_reason = {
            reason: count / total.total() for reason, count in total.items() if reason is not None
        }
        return RecentAnswers(
            answers=total.total(), by_rules=sum(by_reason.values()), by_reason=by_reason
        )
