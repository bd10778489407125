"""What may be learned, and how: a logistic regression, a booster, or the mean of their logits."""

from dataclasses import dataclass

from features.declaration.encoder import Encoder
from features.declaration.feature_set import FeatureSet
from serving.model.explain.explanation import TreeExplanation
from serving.model.linear import LinearExplanation
from serving.model.manifest import Mixture
from serving.model.scorer import Ensemble
from training.learning.boosting import booster_settings, fit_booster
from training.learning.examples import Examples
from training.learning.logistic import beside_trees, fit_linear


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to learn.

    Attributes:
        season: Whether it learns the time of year.
        by_age: Whether it learns on top of a baseline by age.
        half_life: Of a row's weight, as a share of the training span; 0 means no recency.
        logistic_c: Inverse strength of the logistic regression's regularisation.
        tree_weight: Weight of the booster's logit in the mean; 0 means no trees.
        leaves: Most leaves of a tree.
        rounds: How many trees.
    """

    season: bool
    by_age: bool
    half_life: float
    logistic_c: float
    tree_weight: float
    leaves: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Learned:
    """The fitted ensemble, and what is needed to write them down.

    Attributes:
        ensemble: As the model object uses it; its linear part holds the baseline of the trees, too.
        logistic: The logistic regression alone.
        booster_text: None without trees.
    """

    ensemble: Ensemble
    logistic: LinearExplanation
    booster_text: str | None


def learn(
    feature_set: FeatureSet,
    encoder: Encoder,
    examples: Examples,
    candidate: Candidate,
    learning_rate: float,
    seed: int,
) -> Learned:
    """Fit the learners of a candidate.

    Args:
        feature_set: What the columns mean.
        encoder: What encoded them.
        examples: To fit, weighted as the candidate wants it.
        candidate: How.
        learning_rate: Of the booster.
        seed: Of everything random.
    """
    linear = fit_linear(feature_set, encoder, examples, candidate.logistic_c)
    if candidate.tree_weight == 0.0:
        return Learned(Ensemble(None, linear, Mixture(trees=0.0, linear=1.0)), linear, None)
    settings = booster_settings(candidate.leaves, learning_rate, seed)
    text = fit_booster(feature_set, examples, settings, candidate.rounds).model_to_string()
    beside, weight = beside_trees(linear, examples, candidate.tree_weight)
    mixture = Mixture(trees=candidate.tree_weight, linear=weight)
    return Learned(Ensemble(TreeExplanation(text), beside, mixture), linear, text)
