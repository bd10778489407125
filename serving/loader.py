"""Where a model comes from: a folder, or MLflow's registry with a copy kept for when it is away.

The only file of the service that imports MLflow.
"""

import logging
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import mlflow

from features.mistake import MistakeError
from serving.model.artefact import MANIFEST

REGISTRY_SCHEME = "models:/"

_CREDENTIALS = re.compile(r"(://[^:/@\s\"']*):[^\s\"']*@")
_PASSWORD = re.compile(r"([?&](?:ssl)?password=)[^&\s\"']*")

_log = logging.getLogger(__name__)


class ModelUnavailableError(MistakeError):
    """No model could be had; the message says what was tried and what to do."""


@dataclass(frozen=True, slots=True)
class FetchedModel:
    """A model folder on this machine.

    Attributes:
        folder: Holds the manifest.
        version: What answers call the model, such as ``leadscore/3``; None for a folder, whose
            manifest knows better.
        stale: Why it is an older copy, where the registry could not be asked; else None.
    """

    folder: Path
    version: str | None
    stale: str | None = None


def fetch_model(uri: str, tracking_uri: str, cache: Path) -> FetchedModel:
    """Bring a model to this machine.

    Args:
        uri: A folder, or ``models:/name@alias`` or ``models:/name/version``.
        tracking_uri: MLflow's address.
        cache: Folder for copies of registered models.

    Raises:
        ModelUnavailableError: The folder holds no model, or the registry knows none or is away and
            no copy is there.
    """
    if not uri.startswith(REGISTRY_SCHEME):
        return FetchedModel(_manifest_folder(Path(uri)), version=None)
    kept = cache / uri.removeprefix(REGISTRY_SCHEME).replace("/", "-").replace("@", "-")
    try:
        return _from_registry(uri, tracking_uri, kept)
    except ModelUnavailableError as error:
        if not (kept / "version").is_file():
            raise
        _log.warning("MLflow cannot be asked; serving the copy of an earlier start")
        version = (kept / "version").read_text(encoding="utf-8")
        return FetchedModel(_manifest_folder(kept), version, stale=str(error))


def _from_registry(uri: str, tracking_uri: str, kept: Path) -> FetchedModel:
    # A service that starts while the registry is away should fall back in seconds, not minutes.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    try:
        version = _registered_version(uri, tracking_uri)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as fresh:
            mlflow.artifacts.download_artifacts(
                f"{REGISTRY_SCHEME}{version}", dst_path=f"{fresh}/model"
            )
            Path(fresh, "model", "version").write_text(version, encoding="utf-8")
            if list(Path(fresh).rglob(MANIFEST)):
                shutil.rmtree(kept, ignore_errors=True)
                Path(fresh, "model").rename(kept)
                return FetchedModel(_manifest_folder(kept), version)
            reason = f"version {version} is no model of leadscore; name another one"
    # MLflow lets through whatever its stores raise: of databases, networks, file systems, clouds.
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    raise ModelUnavailableError(
        without_secrets(f"{uri} could not be had from {tracking_uri}: {reason}")
    )


def _registered_version(uri: str, tracking_uri: str) -> str:
    """Return ``name/version`` of a model, and let MLflow know its address."""
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_registry_uri(tracking_uri)
    name, _, alias = uri.removeprefix(REGISTRY_SCHEME).partition("@")
    if not alias:
        return name
    return f"{name}/{mlflow.MlflowClient().get_model_version_by_alias(name, alias).version}"


def without_secrets(text: str) -> str:
    """Return a text with the passwords of its addresses hidden."""
    return _PASSWORD.sub(r"\1***", _CREDENTIALS.sub(r"\1:***@", text))


def _manifest_folder(folder: Path) -> Path:
    """Return the folder of the manifest, which an MLflow model keeps some levels down."""
    found = sorted(folder.rglob(MANIFEST)) if folder.is_dir() else []
    if not found:
        raise ModelUnavailableError(f"'{folder}' holds no {MANIFEST}; train or name another model")
    return found[0].parent
