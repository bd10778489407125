"""The whole procedure as of a moment: choose, fit on all that is mature, calibrate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.declaration.encoder import Encoder
from features.declaration.feature_set import FeatureSet
from features.declaration.table import FeatureTable
from serving.model.manifest import Calibration, Mixture
from serving.model.scorer import Ensemble, probability
from training.learning.calibration import OutOfTime, calibrate
from training.learning.choice import choose, rounds_tried
from training.learning.columns import Columns
from training.learning.evidence import Trial
from training.learning.forward import Forward
from training.learning.ground import Ground, ground
from training.learning.learners import Candidate, Learned, learn
from training.project.project import ModelChoices
from training.rows.dataset import Dataset
from training.rows.grid import REGULAR
from training.rows.schedule import MEMORY


@dataclass(frozen=True, slots=True)
class Fitted:
    """What the procedure made of what was known at a moment.

    Attributes:
        candidate: How it learned.
        trials: What else was tried, and how that did.
        columns: The features that told anything.
        encoder: Frozen on the mature rows.
        learned: The two learners.
        calibration: From raw margins to log-odds.
        reference: float64, calibrated log-odds of regular rows that it had not learned from, or
            where there are none, of those it learned from.
        base_rate: Share of the mature rows with the target.
    """

    candidate: Candidate
    trials: tuple[Trial, ...]
    columns: Columns
    encoder: Encoder
    learned: Learned
    calibration: Calibration
    reference: NDArray[np.float64]
    base_rate: float

    @property
    def feature_set(self) -> FeatureSet:
        """The features it looks at."""
        return self.columns.kept

    def encode(self, table: FeatureTable) -> NDArray[np.float64]:
        """Return rows as the learners take them."""
        return self.encoder.encode(table.select(self.feature_set))

    def probabilities(self, table: FeatureTable) -> NDArray[np.float64]:
        """Return the probability of each row, float64 [rows]."""
        return self._probabilities(self.learned.ensemble, table)

    def by_logistic_alone(self, table: FeatureTable) -> NDArray[np.float64]:
        """Return what its logistic regression alone says of each row, float64 [rows]."""
        alone = Ensemble(None, self.learned.logistic, Mixture(trees=0.0, linear=1.0))
        return self._probabilities(alone, table)

    def _probabilities(self, ensemble: Ensemble, table: FeatureTable) -> NDArray[np.float64]:
        margins = ensemble.margins(self.encode(table))
        return probability(self.calibration.slope * margins + self.calibration.offset)


class Procedure:
    """Runs the procedure at moments of one dataset; what two moments share is done once."""

    def __init__(self, dataset: Dataset, choices: ModelChoices) -> None:
        """Run nothing yet.

        Args:
            dataset: Rows, features and anchors.
            choices: What a project fixes.
        """
        self._dataset = dataset
        self._choices = choices
        self._forward = Forward(dataset, rounds_tried(choices), choices.learning_rate, choices.seed)

    def ground(self, moment: int) -> Ground | None:
        """Return what can be learned from at a moment; None where it is too little."""
        return ground(self._dataset, moment)

    def run(self, moment: int, known: Ground) -> Fitted:
        """Run the procedure as if it were that moment, on what could be learned from then.

        Raises:
            CalibrationError: The calibration that the project fixes has nothing to learn from.
        """
        choices = self._choices
        choice = choose(self._forward, moment, choices)
        if not choice.candidate.season:
            known = known.without_season()
        learned = learn(
            known.feature_set,
            known.encoder,
            known.examples(choice.candidate.half_life, by_age=choice.candidate.by_age),
            choice.candidate,
            choices.learning_rate,
            choices.seed,
        )
        told, regular = self._out_of_time(moment, choice.candidate)
        calibration, trials = calibrate(told, self._dataset.schedule.horizon, choices.calibration)
        margins = told.margin[regular]
        if len(margins) == 0:
            margins = learned.ensemble.margins(known.matrix[known.rows.kind == REGULAR])
        return Fitted(
            candidate=choice.candidate,
            trials=(*choice.trials, *trials),
            columns=known.columns,
            encoder=known.encoder,
            learned=learned,
            calibration=calibration,
            reference=calibration.slope * margins + calibration.offset,
            base_rate=float(known.rows.label.mean()),
        )

    def _out_of_time(
        self, moment: int, candidate: Candidate
    ) -> tuple[OutOfTime, NDArray[np.bool_]]:
        """Return the predictions whose outcomes are known, and which are of regular rows."""
        windows = self._forward.windows(moment, MEMORY)[::-1]
        if candidate.season:
            windows = [w for w in windows if self._forward.knows_season(w)]
        margins = [self._forward.margins(window, candidate) for window in windows]
        rows = [window.rows for window in windows]
        anchors = [np.full(len(w.rows), w.anchor) for w in windows]
        told = OutOfTime(
            margin=np.concatenate([np.zeros(0), *margins]),
            label=np.concatenate([np.zeros(0), *(r.label for r in rows)]),
            as_of=np.concatenate([np.zeros(0, np.int64), *(r.as_of for r in rows)]),
            group=np.concatenate([np.zeros(0, np.int64), *(r.group for r in rows)]),
            window=np.concatenate([np.zeros(0, np.int64), *anchors]),
        )
        kind = np.concatenate([np.zeros(0, np.int8), *(r.kind for r in rows)])
        return told, kind == REGULAR
