"""What the scores of a project rest on: a model that is named, its champion, or its rules."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from serving.batch.answers import Wording
from serving.batch.history_scoring import BasisChoice
from serving.model.artefact import ModelRefusedError
from serving.registry.loaded import load_fetched
from serving.registry.loader import fetch_model
from serving.registry.model_folder import ModelUnavailableError
from serving.scoring.basis import ModelBasis, RulesBasis
from serving.scoring.use_cases import OwnModel
from training.progress import Progress
from training.project.history import open_history
from training.project.project import Project, read_project
from training.project.rules import project_rules
from training.scores.project_scoring import ProjectScoring

if TYPE_CHECKING:
    from serving.lifecycle.terms import UseCase

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
    use_cases: Sequence["UseCase"] = (),
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
        own = own_models(project, named, choice, cache)
    with open_history(project, folder, progress, now) as history:
        yield ProjectScoring(project, history, choice, wording, own)


def own_models(
    project: Project, use_cases: Sequence["UseCase"], choice: BasisChoice, cache: Path
) -> list[OwnModel[BasisChoice]]:
    """Return use cases with their models, each fetched once; without, where one cannot be had.

    Args:
        project: Whose leads are scored; names the registry, and the champion.
        use_cases: That name a model.
        choice: What scores all other leads: the champion, or the rules.
        cache: Folder for copies of registered models.
    """
    known: dict[str, BasisChoice | str] = {}
    if isinstance(choice.basis, ModelBasis):
        known[project.champion] = choice
    found = []
    for one in use_cases:
        assert one.model is not None
        if one.model not in known:
            known[one.model] = _choice(project, one.model, choice.rules, cache)
        had = known[one.model]
        scorer, message = (None, had) if isinstance(had, str) else (had, _unfit(project, one))
        found.append(OwnModel(one.name, one.when, one.model, scorer, message))
    return found


def _choice(project: Project, address: str, rules: RulesBasis, cache: Path) -> BasisChoice | str:
    """Return a model, or why it cannot be had."""
    place = (address, project.mlflow.tracking_uri, cache)
    try:
        return BasisChoice(ModelBasis(load_fetched(fetch_model(*place), *place)), rules)
    except (ModelUnavailableError, ModelRefusedError) as error:
        return str(error)


def _unfit(project: Project, one: "UseCase") -> str | None:
    """Return why no lead of the project can be of a use case; None where some can."""
    unknown = sorted(one.when.keys() - {*project.profile.numeric, *project.profile.categorical})
    if not unknown:
        return None
    return f"[profile] lacks '{unknown[0]}', so that none of its leads is known as such"
