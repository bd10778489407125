"""What the scores of a project rest on: a model that is named, its champion, or its rules."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from serving.batch.answers import Wording
from serving.batch.history_scoring import BasisChoice
from serving.lifecycle.terms import UseCase
from serving.model.artefact import ModelRefusedError
from serving.registry.loaded import load_fetched
from serving.registry.loader import ModelUnavailableError, fetch_model
from serving.scoring.basis import ModelBasis, RulesBasis
from serving.scoring.use_cases import OwnModel
from training.progress import Progress
from training.project.history import open_history
from training.project.project import Project, read_project
from training.project.rules import project_rules
from training.scores.project_scoring import ProjectScoring

RULES = "rules"
"""Names the rules where a model could be named."""


def choose_basis(project: Project, folder: Path, model: str | None, cache: Path) -> BasisChoice:
    """Return what is to score the leads of a project.

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
    rules = project_rules(project, folder)
    if model == RULES:
        return BasisChoice(rules, rules)
    try:
        place = (model or project.champion, project.mlflow.tracking_uri, cache)
        loaded = load_fetched(fetch_model(*place), *place)
    except ModelUnavailableError as error:
        if model is not None:
            raise
        return BasisChoice(rules, rules, "no_model", str(error))
    return BasisChoice(ModelBasis(loaded), rules)


@contextmanager
def open_scoring(
    project_file: Path,
    model: str | None,
    wording: Wording,
    progress: Progress,
    *,
    cache: Path,
    use_cases: Sequence[UseCase] = (),
    now: int,
) -> Iterator[ProjectScoring]:
    """Read a project and its sources, and fetch what is to score its leads.

    Args:
        project_file: The TOML file.
        model: As `choose_basis`.
        wording: How answers are said.
        progress: Where progress is shown.
        cache: Folder for copies of registered models.
        use_cases: Whose own models score their leads, unless a model is named.
        now: Microseconds since 1970; what the sources date later is planned, and left out.

    Raises:
        MistakeError: As `choose_basis`, or the sources cannot be read.
    """
    project, folder = read_project(project_file), project_file.parent
    with progress.step("Fetching the model"):
        choice = choose_basis(project, folder, model, cache)
        named = [one for one in use_cases if one.model is not None and model is None]
        own = [_own_model(project, one, choice.rules, cache) for one in named]
    with open_history(project, folder, progress, now) as history:
        yield ProjectScoring(project, history, choice, wording, own)


def _own_model(
    project: Project, one: UseCase, rules: RulesBasis, cache: Path
) -> OwnModel[BasisChoice]:
    """Return a use case with its model; without, where that cannot be had, and why."""
    assert one.model is not None
    known = {*project.profile.numeric, *project.profile.categorical}
    unknown = sorted(one.when.keys() - known)
    said = None
    if unknown:
        said = f"[profile] lacks '{unknown[0]}', so that none of its leads is known as such"
    place = (one.model, project.mlflow.tracking_uri, cache)
    try:
        basis = ModelBasis(load_fetched(fetch_model(*place), *place))
    except (ModelUnavailableError, ModelRefusedError) as error:
        return OwnModel(one.name, one.when, one.model, None, str(error))
    return OwnModel(one.name, one.when, one.model, BasisChoice(basis, rules), said)
