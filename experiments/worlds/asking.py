"""What a trained model promises, asked through the doors that batch scoring goes through."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.worlds.moments import Questions
from experiments.worlds.world import World
from features.declaration.table import FeatureTable
from features.history.history import History
from features.local import LocalFeatures
from serving.model.artefact import load_model
from serving.model.scorer import LeadModel, probability
from serving.scoring.answer import Enquiry, assess, compose
from serving.scoring.basis import ModelBasis
from serving.scoring.strongest import Listing
from training.project.project import read_project


class TrainedWorld:
    """A world, its opened history, and the model that was trained on it."""

    def __init__(self, world: World, history: History, model: LeadModel) -> None:
        """Take what answers."""
        self._world = world
        self._history = history
        self._model = model
        code = {lead: code for code, lead in enumerate(history.leads().lead_id.tolist())}
        self._code = np.array([code[lead] for lead in world.outcomes.lead_id.tolist()])

    def promised(self, questions: Questions) -> NDArray[np.float64]:
        """Return the probabilities of the answers, float64 [rows]."""
        order, table = self._table(questions)
        promised = np.empty(len(order))
        promised[order] = probability(self._model.log_odds(table))
        return promised

    def strongest_reason(self, questions: Questions) -> float:
        """Return the factor on the odds of the strongest reason listed, in the median lead."""
        _, table = self._table(questions)
        strongest = []
        for assessment in assess(ModelBasis(self._model), table):
            answer = compose(Enquiry("", self._world.end), assessment, Listing(), "en", None)
            strongest.append(max((abs(each.contribution) for each in answer.reasons), default=0.0))
        return float(np.exp(np.median(strongest)))

    def _table(self, questions: Questions) -> tuple[NDArray[np.int64], FeatureTable]:
        """Return the order in which features are computed, and the features in it."""
        code = self._code[questions.lead]
        order = np.argsort(code, kind="stable")
        features = LocalFeatures(self._model.manifest.feature_set, self._history)
        return order, features.table(code[order], questions.as_of[order])


@contextmanager
def answering(world: World, model: Path) -> Iterator[TrainedWorld]:
    """Open what answers about the leads of a world.

    Args:
        world: Whose history is opened.
        model: Folder of the model that was trained on it.
    """
    project = read_project(world.folder / "project.toml")
    sources, profile = project.sources, project.profile
    with History.open(sources, profile, world.folder, now=world.end) as history:
        yield TrainedWorld(world, history, load_model(model))
