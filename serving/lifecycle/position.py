"""Where a lead stands, by all that was ever said of its stage."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from serving.lifecycle.stages import ASIDE, Stage


class Position(NamedTuple):
    """Where a lead stands.

    Attributes:
        stage: None where the newest that was told is no stage of the agreement.
        since: When it came there, microseconds since 1970.
        entered: The stages it has been in since it was last set aside.
    """

    stage: Stage | None
    since: int
    entered: frozenset[Stage]

    def after(self, stage: Stage | None, at: int) -> "Position":
        """Return where it stands once it was said to be in a stage at a moment."""
        if stage == self.stage is not None:
            return self
        if stage is None:
            return Position(None, at, self.entered)
        return Position(stage, at, frozenset() if stage in ASIDE else self.entered | {stage})


def position(
    first: Stage,
    created: int,
    changes: Iterable[tuple[str, int]],
    called: Callable[[str], Stage | None],
) -> Position:
    """Return where a lead stands after changes of its stage.

    Args:
        first: Where it began.
        created: When, microseconds since 1970.
        changes: Stages as they were told, with their moments, the oldest first.
        called: Returns the stage that a name means.
    """
    stands = Position(first, created, frozenset({first}))
    for name, at in changes:
        stands = stands.after(called(name), at)
    return stands
