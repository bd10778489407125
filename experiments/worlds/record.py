"""What is kept of a run."""

from dataclasses import dataclass

from experiments.worlds.figures import Figures

END = "at the end"
RANDOM = "at random"
AFTER_EVENT = "after an event"


@dataclass(frozen=True, slots=True)
class Run:
    """What came out of one world of one seed.

    Attributes:
        world: Its name.
        seed: Of all chance in it.
        seconds: That training and asking took.
        figures: By when it was asked.
        strongest_reason: Factor on the odds, in the median lead; None where reasons may be strong.
    """

    world: str
    seed: int
    seconds: float
    figures: dict[str, Figures]
    strongest_reason: float | None
