"""What scores of a record rested on, fetched to replay them."""

from pathlib import Path

from serving.model.artefact import ModelRefusedError
from serving.registry.loaded import load_fetched
from serving.registry.loader import fetch_model
from serving.registry.model_folder import REGISTRY_SCHEME, ModelUnavailableError
from serving.scoring.basis import Basis, ModelBasis
from training.consistency.given import Giver
from training.project.project import Project
from training.project.rules import project_rules
from training.scores.basis import choose_basis


class GivenBases:
    """Finds the basis of scores: the version of the project's model that gave them, or its rules.

    The rules are known by their fingerprint.
    """

    def __init__(self, project: Project, folder: Path, cache: Path, model: str | None) -> None:
        """Take a project.

        Args:
            project: Whose model and rules.
            folder: What its paths are relative to.
            cache: Folder for copies of registered models.
            model: Folder or address of the only model to look for, or ``rules``; None means every.

        Raises:
            MistakeError: The named model, or the rules, cannot be had.
        """
        self._project = project
        self._cache = cache
        self._rules = project_rules(project, folder)
        self._only: Basis | None = None
        if model is not None:
            self._only = choose_basis(project, folder, model, cache).basis

    def of(self, giver: Giver) -> Basis | str:
        """Return what scores rested on, or why it cannot be had."""
        if self._only is not None and not self._gave(self._only, giver):
            return f"{_called(giver)} gave them, not {self._only.version or 'the rules'}"
        if self._only is not None:
            return self._only
        if giver.model_version is not None:
            return self._model(giver.model_version)
        known = self._gave(self._rules, giver)
        return self._rules if known else "other rules than those of the project gave them"

    def _gave(self, basis: Basis, giver: Giver) -> bool:
        if basis.version is None:
            return giver == Giver(None, self._rules.rules.fingerprint)
        return giver.model_version == basis.version

    def _model(self, version: str) -> Basis | str:
        if version.rpartition("/")[0] != self._project.model_name:
            return f"{version} gave them, which is no version of {self._project.model_name}"
        try:
            uri = f"{REGISTRY_SCHEME}{version}"
            place = (uri, self._project.mlflow.tracking_uri, self._cache)
            return ModelBasis(load_fetched(fetch_model(*place), *place))
        except (ModelUnavailableError, ModelRefusedError) as error:
            return f"{version} gave them, which cannot be had: {error}"


def _called(giver: Giver) -> str:
    return giver.model_version or "rules"
