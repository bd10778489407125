"""How to learn, chosen by forward validation on the newest windows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from training.learning.evidence import Trial, simplest
from training.learning.forward import Forward, Window, log_losses
from training.learning.ground import FEWEST_LEADS
from training.learning.learners import Candidate
from training.project.project import ModelChoices
from training.rows.schedule import MEMORY

HALF_LIVES = (0.5, 0.0, 0.2)
"""Shares of the span; the first won on five data sets and is left only for a better one."""

LOGISTIC_CS = (0.001, 0.01, 0.1, 1.0)
TREE_WEIGHTS = (0.5, 1.0)
LEAVES = (4, 16)
ROUNDS = (40, 80, 160)

_USUAL = Candidate(
    season=False, by_age=False, half_life=0.5, logistic_c=0.1, tree_weight=0.0, leaves=16, rounds=80
)
_WINDOWS = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to learn, and why.

    Attributes:
        candidate: The way.
        trials: All that were tried; empty where there was nothing to try them on.
    """

    candidate: Candidate
    trials: tuple[Trial, ...]


def rounds_tried(fixed: ModelChoices) -> tuple[int, ...]:
    """Return the numbers of trees that may be chosen."""
    return ROUNDS if fixed.rounds is None else (fixed.rounds,)


def choose(forward: Forward, cutoff: int, fixed: ModelChoices) -> Choice:
    """Choose a way to learn by what is known at a cut-off; what a project fixes is not tried.

    Whether the time of year is learned and the half-life are chosen first, by the logistic
    regression, then its regularisation, then what trees add to it.
    """
    windows = forward.windows(cutoff, MEMORY)
    newest = windows[:_WINDOWS]
    usual = _fixed(fixed)
    if _rarer(newest) < FEWEST_LEADS:
        return Choice(usual, ())
    linear = replace(usual, tree_weight=0.0)
    over_time, trial = _Trial(forward, windows, of_level=True), _Trial(forward, newest)
    can_know = all(map(forward.knows_season, newest))
    linear = over_time.best("recency", _with_recency(linear, fixed, can_know))
    if fixed.by_age is None and all(map(forward.knows_age, newest)):
        linear = trial.best("age", [replace(linear, by_age=by_age) for by_age in (False, True)])
    cs = LOGISTIC_CS if fixed.logistic_c is None else (fixed.logistic_c,)
    linear = trial.best("logistic C", [replace(linear, logistic_c=c) for c in cs])
    chosen = trial.best("trees", _with_trees(linear, fixed))
    return Choice(chosen, (*over_time.trials, *trial.trials))


def _fixed(fixed: ModelChoices) -> Candidate:
    """Return what is learned without evidence: what is fixed, else a logistic regression."""
    given = {name: getattr(fixed, name) for name in Candidate.__slots__}
    return replace(_USUAL, **{name: value for name, value in given.items() if value is not None})


def _with_recency(linear: Candidate, fixed: ModelChoices, can_know: bool) -> list[Candidate]:
    """Return candidates, those without a season first."""
    seasons = ((False, True) if can_know else (False,)) if fixed.season is None else (fixed.season,)
    half_lives = HALF_LIVES if fixed.half_life is None else (fixed.half_life,)
    return [
        replace(linear, season=season, half_life=half_life)
        for season in seasons
        for half_life in half_lives
    ]


def _with_trees(linear: Candidate, fixed: ModelChoices) -> list[Candidate]:
    """Return candidates, the simplest first: no trees, then the mean, then trees alone."""
    weights = (0.0, *TREE_WEIGHTS) if fixed.tree_weight is None else (fixed.tree_weight,)
    leaves = LEAVES if fixed.leaves is None else (fixed.leaves,)
    candidates = [linear] if 0.0 in weights else []
    return candidates + [
        replace(linear, tree_weight=weight, leaves=most, rounds=rounds)
        for weight in weights
        if weight > 0
        for most in leaves
        for rounds in rounds_tried(fixed)
    ]


def _rarer(windows: Sequence[Window]) -> int:
    """Return how many leads converted, or did not, inside the windows."""
    lead = np.concatenate([w.rows.lead for w in windows]) if windows else np.zeros(0)
    label = np.concatenate([w.rows.label for w in windows]) if windows else np.zeros(0)
    converted = len(np.unique(lead[label > 0]))
    return min(converted, len(np.unique(lead)) - converted)


class _Trial:
    """Tries candidates on the same windows."""

    def __init__(
        self, forward: Forward, windows: Sequence[Window], *, of_level: bool = False
    ) -> None:
        """Try nothing yet.

        Args:
            forward: Learns and predicts.
            windows: What candidates are tried on.
            of_level: Whether the question is how the level moves, which it does for all leads of a
                window: they then tell no more than one.
        """
        self._forward = forward
        self._windows = windows
        self._label = np.concatenate([window.rows.label for window in windows])
        self._clusterings = [np.concatenate([window.rows.group for window in windows])]
        if of_level:
            anchors = [np.full(len(window.rows), window.anchor) for window in windows]
            self._clusterings.append(np.concatenate(anchors))
        self.trials: list[Trial] = []

    def best(self, question: str, candidates: Sequence[Candidate]) -> Candidate:
        """Return the simplest candidate, which come in that order, of about the least loss."""
        if len(candidates) == 1:
            return candidates[0]
        # Window by window, since what candidates learn from is laid out once for all of them.
        margins = [[self._forward.margins(w, c) for c in candidates] for w in self._windows]
        losses = [
            log_losses(np.concatenate(of_one), self._label) for of_one in zip(*margins, strict=True)
        ]
        names = [candidate_name(question, candidate) for candidate in candidates]
        chosen, trials = simplest(question, names, losses, self._clusterings)
        self.trials += trials
        return candidates[chosen]


def candidate_name(question: str, candidate: Candidate) -> str:
    """Return what a candidate is called in the report, by what was asked."""
    if question == "recency":
        half_life = candidate.half_life
        name = f"half-life {half_life:g} of the span" if half_life else "no recency"
        return f"{name}, time of year" if candidate.season else name
    if question == "age":
        return "a baseline of its own" if candidate.by_age else "a feature among others"
    if question == "logistic C":
        return f"{candidate.logistic_c:g}"
    if candidate.tree_weight == 0:
        return "logistic alone"
    trees = f"{candidate.rounds} trees of {candidate.leaves} leaves"
    return trees if candidate.tree_weight == 1 else f"logistic and {trees}"
