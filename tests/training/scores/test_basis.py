"""Models of use cases that score a project: each fetched once, and those that are away told of."""

from pathlib import Path

import pytest

from serving.batch.history_scoring import BasisChoice
from serving.lifecycle.terms import UseCase
from serving.scoring.basis import ModelBasis, RulesBasis
from serving.scoring.rules import read_rules
from tests.registry import MODEL_NAME, Registry
from tests.training.firm import write_firm
from training.project.project import Project, read_project
from training.scores.basis import choose_basis, own_models

CHAMPION, SECOND = f"models:/{MODEL_NAME}@champion", f"models:/{MODEL_NAME}/2"
RULES = RulesBasis(read_rules())


@pytest.fixture
def project(registry: Registry, tmp_path: Path) -> Project:
    write_firm(tmp_path)
    read = read_project(tmp_path / "project.toml")
    mlflow = read.mlflow.model_copy(
        update={"tracking_uri": registry.tracking_uri, "model_name": MODEL_NAME}
    )
    return read.model_copy(update={"mlflow": mlflow})


def named(name: str, model: str, field: str = "industry") -> UseCase:
    return UseCase.model_validate({"name": name, "when": {field: name}, "model": model})


def test_a_model_that_several_name_is_loaded_once(project: Project, tmp_path: Path) -> None:
    choice = choose_basis(project, tmp_path, None, tmp_path / "cache")
    assert isinstance(choice.basis, ModelBasis) and project.champion == CHAMPION
    cases = [named("a", SECOND), named("b", CHAMPION), named("c", SECOND)]
    one, general, again = own_models(project, cases, choice, tmp_path / "cache")
    assert one.scorer is not None and one.scorer is again.scorer and general.scorer is choice
    assert one.scorer.basis.version == f"{MODEL_NAME}/2"
    assert [own.use_case for own in (one, general, again)] == ["a", "b", "c"]


def test_one_that_is_away_is_told_of_each_use_case(project: Project, tmp_path: Path) -> None:
    cases = [named(name, "models:/none/1") for name in ("a", "b")]
    found = own_models(project, cases, BasisChoice(RULES, RULES, "no_model"), tmp_path)
    assert [own.scorer for own in found] == [None, None]
    messages = {own.message for own in found}
    assert len(messages) == 1 and "models:/none/1 could not be had" in str(messages)


def test_a_field_that_the_project_lacks_is_told(project: Project, tmp_path: Path) -> None:
    cases = [named("a", SECOND, field="planet"), named("b", SECOND)]
    unfit, fit = own_models(project, cases, BasisChoice(RULES, RULES), tmp_path)
    assert "[profile] lacks 'planet'" in str(unfit.message)
    assert fit.message is None and unfit.scorer is fit.scorer is not None
