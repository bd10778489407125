"""What the scores of a project rest on: a model that is named, its champion, or its rules."""

from pathlib import Path

from serving.basis import Basis, ModelBasis, RulesBasis
from serving.loader import ModelUnavailableError, fetch_model
from serving.model.artefact import load_model
from serving.rules import read_rules
from training.project import Project

RULES = "rules"
"""Names the rules where a model could be named."""


def project_rules(project: Project, folder: Path) -> RulesBasis:
    """Return the rules of a project in a folder: its own file, or the default ones.

    Raises:
        DocumentError: The file is missing or wrong.
    """
    return RulesBasis(read_rules(folder / project.rules if project.rules else None))


def project_basis(
    project: Project, folder: Path, model: str | None, cache: Path
) -> tuple[Basis, str | None]:
    """Return what is to score, and why it is the rules where nobody asked for them.

    Args:
        project: Whose leads are scored.
        folder: What its paths are relative to.
        model: A model's folder or address, or `RULES`; None means the champion, or the rules where
            there is none.
        cache: Folder for copies of registered models.

    Raises:
        ModelUnavailableError: The named model could not be had.
        ModelRefusedError: The model cannot be honoured.
        DocumentError: The rules file is missing or wrong.
    """
    if model == RULES:
        return project_rules(project, folder), None
    try:
        fetched = fetch_model(model or project.champion, project.mlflow.tracking_uri, cache)
    except ModelUnavailableError as error:
        if model is not None:
            raise
        return project_rules(project, folder), str(error)
    return ModelBasis(load_model(fetched.folder, fetched.version)), None
