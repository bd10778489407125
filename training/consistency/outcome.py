"""What became of scores that were replayed, counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from training.consistency.given import Given

_SHOWN = 10


@dataclass(slots=True)
class Consistency:
    """What became of scores.

    Attributes:
        match: Said offline as well.
        otherwise: Those of `match` that training sees otherwise than they were seen then: told
            late, merged, moved or corrected since.
        mismatch: Not said offline.
        missing: Of whom nothing may be said any more.
        unknowable: Not said offline, of whose company somebody may have been erased since.
        others: Given by another model or other rules, by why they are not replayed.
        extra: Leads that training has and that have no score.
        differing: In how many scores of `mismatch` a subject differs.
        furthest: By how much it does at most; log-odds, but of ``probability``.
        numbers: Of the first scores of `mismatch`, as the record counts them.
    """

    match: int = 0
    otherwise: int = 0
    mismatch: int = 0
    missing: int = 0
    unknowable: int = 0
    others: Counter[str] = field(default_factory=Counter)
    extra: int = 0
    differing: Counter[str] = field(default_factory=Counter)
    furthest: dict[str, float] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)

    def differs(self, given: Given, differences: Mapping[str, float]) -> None:
        """Count a score that is not said offline."""
        self.mismatch += 1
        self.differing.update(differences.keys())
        for subject, by in differences.items():
            if not abs(by) <= abs(self.furthest.get(subject, 0.0)):
                self.furthest[subject] = by
        if len(self.numbers) < _SHOWN:
            self.numbers.append(given.number)

    def lines(self) -> Iterator[str]:
        """Yield the counts and what stands behind them, for a reader; nothing names a lead."""
        yield f"match     {self.match:>9,}"
        yield f"mismatch  {self.mismatch:>9,}"
        yield f"missing   {self.missing:>9,}"
        yield f"extra     {self.extra:>9,}"
        if self.otherwise:
            yield (
                f"Training sees {self.otherwise:,} of those that match otherwise than they were "
                "seen then: told late, merged, moved or corrected since."
            )
        if self.missing:
            yield (
                f"Of {self.missing:,} scores the lead may not be scored any more, or is none, so "
                "that training does not have it."
            )
        if self.extra:
            yield f"{self.extra:,} leads that training has were given no score in that time."
        if self.unknowable:
            yield (
                f"{self.unknowable:,} scores cannot be replayed: somebody was erased since, who "
                "may have been of the same company."
            )
        for why, count in self.others.most_common():
            yield f"{count:,} scores not replayed: {why}."
        yield from self._mismatches()

    def _mismatches(self) -> Iterator[str]:
        for subject, scores in self.differing.most_common(_SHOWN):
            yield f"{subject} differs in {scores:,} scores, by up to {self.furthest[subject]:+.6f}"
        if self.numbers:
            shown = ", ".join(map(str, self.numbers))
            yield f"Numbers of scores that differ, in the table score_given: {shown}"
