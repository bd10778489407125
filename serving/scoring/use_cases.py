"""Which scorer answers for a lead: that of its use case, or else the general one.

The first use case that fits the profile and has a model that is loaded counts; else the general
model, and the rules where that cannot.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from features.contract.group import Group, membership
from features.contract.lead import ProfileValue

Scorer = TypeVar("Scorer")
Scorer_co = TypeVar("Scorer_co", covariant=True)


@dataclass(frozen=True)
class OwnModel(Generic[Scorer_co]):
    """A use case with a model of its own.

    Attributes:
        use_case: Its name.
        when: Which leads are of it.
        address: Of the model.
        scorer: What scores by the model; None where it is not loaded.
        message: What an operator should know of it.
    """

    use_case: str
    when: Group
    address: str
    scorer: Scorer_co | None
    message: str | None = None

    @cached_property
    def fits(self) -> Callable[[Mapping[str, ProfileValue]], bool]:
        """Tells whether a lead with a profile is of the use case."""
        return membership(self.when)


class AnsweredFor(NamedTuple):
    """Of which use case the model is that was asked about a lead.

    Attributes:
        use_case: Whose own model was asked; None where the general one was, or there is none.
        use_case_away: The first that fits whose own model would have been asked, were it loaded.
    """

    use_case: str | None = None
    use_case_away: str | None = None


NO_USE_CASE = AnsweredFor()
"""Of leads that are of no use case with a model."""


def choose(
    own: Sequence[OwnModel[Scorer]], profile: Mapping[str, ProfileValue]
) -> tuple[Scorer | None, AnsweredFor]:
    """Return what scores a lead, None where the general scorer does; and what is told of that.

    Args:
        own: Use cases that have models, in the order of the agreement.
        profile: As it is known at the moment of the score.
    """
    away: str | None = None
    for one in own:
        if one.fits(profile):
            if one.scorer is not None:
                return one.scorer, AnsweredFor(one.use_case, away)
            away = away or one.use_case
    return None, AnsweredFor(None, away) if away else NO_USE_CASE


def grouped(
    own: Sequence[OwnModel[Scorer]], profiles: Sequence[Mapping[str, ProfileValue]]
) -> list[tuple[Scorer | None, AnsweredFor, list[int]]]:
    """Return which leads are scored by the same, as `choose`, each with the positions of theirs."""
    scorers: dict[AnsweredFor, Scorer | None] = {}
    positions: dict[AnsweredFor, list[int]] = {}
    chosen = [choose(own, profile) for profile in profiles]
    for position, (scorer, asked) in enumerate(chosen):
        scorers[asked] = scorer
        positions.setdefault(asked, []).append(position)
    return [(scorers[asked], asked, positions[asked]) for asked in positions]
