"""How often callers have asked of late."""

BURST_SECONDS = 10.0
"""What a caller did not use for so long may be used at once: systems send in bursts."""

MOST_CALLERS = 10_000

_FORGET_SECONDS = 1.0

_OTHERS = None


class Buckets:
    """Keeps one moment per caller: when all that it asked would be over, asked at the rate.

    A moment that is past says nothing, and is forgotten. Whoever comes while as many as may be are
    known shares one with all others who do.
    """

    def __init__(self, rate: float) -> None:
        """Begin with nobody.

        Args:
            rate: Requests a second of one caller.
        """
        self._pause = 1 / rate
        self._ahead = max(BURST_SECONDS - self._pause, 0.0)
        self._over: dict[int | None, float] = {}
        self._forgotten_at = 0.0

    def __len__(self) -> int:
        """Return how many callers are known."""
        return len(self._over)

    def wait_of(self, caller: int, now: float) -> float:
        """Count a request, unless its caller must wait; return how many seconds, 0 for none.

        Args:
            caller: Who asks.
            now: In seconds.
        """
        if now - self._forgotten_at >= _FORGET_SECONDS:
            self._forget(now)
        known = caller in self._over or len(self._over) < MOST_CALLERS
        bucket = caller if known else _OTHERS
        over = max(self._over.get(bucket, now), now)
        wait = over - now - self._ahead
        if wait > 0:
            return wait
        self._over[bucket] = over + self._pause
        return 0.0

    def _forget(self, now: float) -> None:
        self._over = {caller: over for caller, over in self._over.items() if over > now}
        self._forgotten_at = now
