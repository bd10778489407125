"""MLflow keeps what a training says, and any MLflow tool can load its model."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from features.declaration.table import FeatureTable
from serving.model.artefact import load_model
from tests.registry import MODEL_NAME, PROJECT_TEXT, Registry, register
from tests.tiny import FEATURE_SET, random_table
from training.tracking import TrackingError, promote_version, registered_versions

SERVING_LOCK = Path(__file__).parents[2] / "requirements" / "serving.lock"


@pytest.fixture(autouse=True)
def asked(registry: Registry) -> None:
    """Ask this registry, wherever tests before have asked."""
    mlflow.set_tracking_uri(registry.tracking_uri)
    mlflow.set_registry_uri(registry.tracking_uri)


def _frame(table: FeatureTable) -> pd.DataFrame:
    return pd.DataFrame(
        {
            f.name: table.texts[f.field] if f.kind == "category" else table.numbers[:, column]
            for column, f in enumerate(FEATURE_SET.features)
        }
    )


def test_a_run_keeps_parameters_figures_texts_and_plots(registry: Registry, tmp_path: Path) -> None:
    client = mlflow.MlflowClient(registry.tracking_uri)
    run_id = registry.versions[0].run_id
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params == {"model.leaves": "16", "rows.horizon": "30d"}
    assert run.data.metrics == {
        "leadscore.roc_auc": 0.8,
        "leadscore.roc_auc.low": 0.7,
        "leadscore.roc_auc.high": 0.9,
    }
    folder = mlflow.artifacts.download_artifacts(run_id=run_id, dst_path=str(tmp_path))
    kept = {str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file()}
    assert kept == {"project.toml", "summary.md", "plots/lift.png"}


def test_the_project_is_kept_whole_but_for_its_passwords(
    registry: Registry, tmp_path: Path
) -> None:
    path = mlflow.artifacts.download_artifacts(
        run_id=registry.versions[0].run_id, artifact_path="project.toml", dst_path=str(tmp_path)
    )
    assert Path(path).read_text(encoding="utf-8") == PROJECT_TEXT.replace("crm:geh/eim", "***")


def test_the_model_has_a_signature_of_raw_features(registry: Registry) -> None:
    signature = mlflow.models.get_model_info(registry.versions[0].uri).signature
    assert signature is not None
    assert signature.inputs.input_names() == [f.name for f in FEATURE_SET.features]
    assert signature.outputs.input_names() == ["probability", "log_odds", "score", "grade"]


def test_the_first_version_is_the_champion_and_the_second_is_not(registry: Registry) -> None:
    first, second = registry.versions
    assert (first.version, first.champion) == ("1", True)
    assert (second.version, second.champion) == ("2", False)
    assert second.uri == f"models:/{MODEL_NAME}/2"
    assert registered_versions(registry.tracking_uri, MODEL_NAME) == [second, first]


def test_a_model_without_versions_has_none(registry: Registry) -> None:
    assert registered_versions(registry.tracking_uri, "leadscore-nobody") == []


def _champion(tracking_uri: str) -> list[str]:
    return [v.version for v in registered_versions(tracking_uri, MODEL_NAME) if v.champion]


def test_promotion_moves_the_champion_there_and_back(own_registry: str, registry: Registry) -> None:
    promote_version(own_registry, MODEL_NAME, "2")
    assert _champion(own_registry) == ["2"]
    promote_version(own_registry, MODEL_NAME, "1")
    assert _champion(own_registry) == ["1"]
    assert register(own_registry, registry.model_folder, promote=True).champion
    assert _champion(own_registry) == ["3"]


def test_a_version_that_is_not_there_cannot_be_promoted(own_registry: str) -> None:
    with pytest.raises(TrackingError, match="version=9"):
        promote_version(own_registry, MODEL_NAME, "9")
    assert _champion(own_registry) == ["1"]


def test_a_server_that_is_away_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(TrackingError) as caught:
        registered_versions("http://crm:geheim@127.0.0.1:9", MODEL_NAME)
    said = str(caught.value)
    assert said.startswith("MLflow at http://***@127.0.0.1:9: ")
    assert "geheim" not in said
    assert "\n" not in said


CLEAN_PROCESS = """
import importlib.metadata, importlib.util, json, re, sys
from importlib.machinery import PathFinder
site, lock, model, rows = sys.argv[1:]
sys.path.append(site)
assert importlib.util.find_spec("features") is None, "the checkout can be seen"

normal = lambda name: re.sub(r"[-_.]+", "-", name).lower()
locked = {normal(name) for name in re.findall(r"^([\\w.-]+)==", open(lock).read(), re.M)}
locked.add("leadscore")  # Its modules come with the model.
owners = importlib.metadata.packages_distributions()
absent = {m for m, found in owners.items() if not locked & {normal(name) for name in found}}
assert {"sklearn", "shap", "matplotlib", "duckdb", "pyarrow"} <= absent

class Present(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in absent else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Present
import mlflow, pandas
frame = pandas.read_csv(rows, float_precision="round_trip")
scored = mlflow.pyfunc.load_model(model).predict(frame)
homes = [m.__file__ for n, m in sys.modules.items() if n.startswith("leadscore_model_")]
assert len(homes) > 20 and not {"features", "serving"} & sys.modules.keys()
print(json.dumps({"homes": homes, "scored": scored.to_dict("list")}))
"""


@pytest.fixture(scope="module")
def downloaded(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the model; what one process compiles of its code, the next finds there."""
    folder = str(tmp_path_factory.mktemp("downloaded"))
    uri = f"models:/{MODEL_NAME}/1"
    return Path(
        mlflow.artifacts.download_artifacts(
            uri, dst_path=folder, tracking_uri=registry.tracking_uri
        )
    )


def test_a_clean_process_with_the_dependencies_of_serving_loads_the_model(
    registry: Registry, downloaded: Path, tmp_path: Path
) -> None:
    table = random_table(40, seed=21)
    _frame(table).to_csv(tmp_path / "rows.csv", index=False)
    # -S leaves out the packages of this environment, and with them the way to the checkout.
    arguments = [sysconfig.get_path("purelib"), SERVING_LOCK, downloaded, tmp_path / "rows.csv"]
    process = subprocess.run(
        [sys.executable, "-I", "-S", "-c", CLEAN_PROCESS, *map(str, arguments)],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    said = json.loads(process.stdout)
    assert all(Path(home).is_relative_to(downloaded / "code") for home in said["homes"])
    expected = load_model(registry.model_folder).log_odds(table)
    np.testing.assert_allclose(said["scored"]["log_odds"], expected, atol=1e-9)
    assert set(said["scored"]) == {"probability", "log_odds", "score", "grade"}


OWN_PACKAGES = """
import sys
sys.path.insert(0, sys.argv[1])
import features, serving, training
import mlflow, pandas
frame = pandas.read_csv(sys.argv[3], float_precision="round_trip")
scored = mlflow.pyfunc.load_model(sys.argv[2]).predict(frame)
assert [features.OWN, serving.OWN, training.OWN] == [True] * 3
assert "features.contract" not in sys.modules
print(scored["log_odds"].to_json(double_precision=15))
"""


def test_a_process_that_owns_packages_of_these_names_loads_the_model(
    registry: Registry, downloaded: Path, tmp_path: Path
) -> None:
    for name in ("features", "serving", "training"):
        (tmp_path / "own" / name).mkdir(parents=True)
        (tmp_path / "own" / name / "__init__.py").write_text("OWN = True\n")
    table = random_table(10, seed=23)
    _frame(table).to_csv(tmp_path / "rows.csv", index=False)
    arguments = (tmp_path / "own", downloaded, tmp_path / "rows.csv")
    process = subprocess.run(
        [sys.executable, "-c", OWN_PACKAGES, *map(str, arguments)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    said = list(json.loads(process.stdout).values())
    np.testing.assert_allclose(said, load_model(registry.model_folder).log_odds(table), atol=1e-9)


def test_models_of_two_versions_of_the_code_are_loaded_beside_each_other(
    downloaded: Path, tmp_path: Path
) -> None:
    [package] = (downloaded / "code").iterdir()
    other = tmp_path / "other"
    shutil.copytree(downloaded, other, ignore=shutil.ignore_patterns("__pycache__"))
    (other / "code" / package.name).rename(other / "code" / "leadscore_model_other")
    for path in (other / "MLmodel", *other.rglob("*.py")):
        text = path.read_text(encoding="utf-8").replace(package.name, "leadscore_model_other")
        # Their code says the opposite.
        text = text.replace("np.exp(-log_odds)", "np.exp(log_odds)")
        path.write_text(text, encoding="utf-8")
    frame = _frame(random_table(10, seed=24))
    ours, theirs = (
        mlflow.pyfunc.load_model(str(path)).predict(frame) for path in (downloaded, other)
    )
    np.testing.assert_array_equal(ours["log_odds"], theirs["log_odds"])
    np.testing.assert_allclose(ours["probability"], 1 - theirs["probability"], atol=1e-12)


def test_mlflow_loads_the_champion_from_the_registry(registry: Registry) -> None:
    table = random_table(20, seed=22)
    scored = mlflow.pyfunc.load_model(f"models:/{MODEL_NAME}@champion").predict(_frame(table))
    expected = load_model(registry.model_folder).log_odds(table)
    np.testing.assert_array_equal(scored["log_odds"], expected)


def test_only_what_a_model_needs_is_stored_with_it(registry: Registry, tmp_path: Path) -> None:
    model = Path(
        mlflow.artifacts.download_artifacts(f"models:/{MODEL_NAME}/1", dst_path=str(tmp_path))
    )
    [package] = (model / "code").iterdir()
    assert package.name.startswith("leadscore_model_")
    assert {path.name for path in package.iterdir()} == {"__init__.py", "features", "serving"}
    assert {path.name for path in (package / "serving").iterdir()} == {"__init__.py", "model"}
    assert not (package / "features" / "history").exists()
    assert not [path for path in model.rglob("*") if path.suffix in {".pkl", ".pickle"}]
    needs = (model / "requirements.txt").read_text(encoding="utf-8")
    assert not re.search("scikit-learn|shap|duckdb|fastapi", needs)


def test_versions_are_ordered_as_numbers(own_registry: str) -> None:
    client = mlflow.MlflowClient(own_registry, own_registry)
    first = client.get_model_version(MODEL_NAME, "1")
    assert first.source is not None
    for _ in range(8):
        client.create_model_version(MODEL_NAME, first.source, first.run_id)
    newest_first = [v.version for v in registered_versions(own_registry, MODEL_NAME)]
    assert newest_first == [str(number) for number in range(10, 0, -1)]
