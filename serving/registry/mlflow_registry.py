"""Models of MLflow's registry, with a copy kept for when it is away.

The only file of the service that imports MLflow.
"""

import hashlib
import os
import tempfile
from collections import deque
from contextlib import suppress
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException
from pydantic import BaseModel, ValidationError

from serving.model.artefact import MANIFEST
from serving.registry.address import without_secrets
from serving.registry.model_folder import (
    REGISTRY_SCHEME,
    FetchedModel,
    ModelUnavailableError,
    manifest_folder,
)
from serving.registry.patience import in_time

_SQLITE = "sqlite:///"
_PATIENCE_SECONDS = 15.0
_DOWNLOAD_SECONDS = 45.0
_NOT_THERE = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")


class _WithdrawnError(ModelUnavailableError):
    """The registry answered, and knows no such model, so that an older copy must not answer."""


class _Kept(BaseModel):
    """Which copy an address led to when the registry was last asked.

    Attributes:
        version: What answers call it.
        copy_name: Of its folder in the cache.
    """

    version: str
    copy_name: str


def fetch_registered(uri: str, tracking_uri: str, cache: Path, *, anew: bool) -> FetchedModel:
    """Bring a registered model to this machine, as `fetch_model` does.

    Raises:
        ModelUnavailableError: The registry knows none, or it is away and no copy is there that may
            be used.
    """
    kept = cache / f"{_digest(tracking_uri, uri)}.json"
    try:
        return _from_registry(uri, tracking_uri, kept, anew=anew)
    except _WithdrawnError:
        raise
    except ModelUnavailableError as error:
        copy = _last_copy(kept)
        if copy is None or anew:
            raise
        return FetchedModel(manifest_folder(cache / copy.copy_name), copy.version, str(error))


def _from_registry(uri: str, tracking_uri: str, kept: Path, *, anew: bool) -> FetchedModel:
    # A service that starts while the registry is away should fall back in seconds, not minutes.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    try:
        _check_database(tracking_uri)
        found = in_time(_PATIENCE_SECONDS, lambda: _registered(uri, tracking_uri))
        folder = kept.parent / found.copy_name
        if anew or not _holds_model(folder):
            in_time(_DOWNLOAD_SECONDS, lambda: _download_model(found.version, folder))
        if found != _last_copy(kept):
            _write(kept, found.model_dump_json())
        return FetchedModel(manifest_folder(folder), found.version)
    except ModelUnavailableError:
        raise
    # MLflow lets through whatever its stores raise: of databases, networks, file systems, clouds.
    except Exception as error:
        # The first line may only say that there was a fault, and the last one which.
        lines = [line for line in str(error).splitlines() if line] or [type(error).__name__]
        reason = " ".join(dict.fromkeys((lines[0], lines[-1])))
        message = without_secrets(f"{uri} could not be had from {tracking_uri}: {reason}")
        withdrawn = isinstance(error, MlflowException) and error.error_code in _NOT_THERE
        raise (_WithdrawnError if withdrawn else ModelUnavailableError)(message) from None


def _check_database(tracking_uri: str) -> None:
    """Refuse a database file that is not there, which MLflow would create, and find empty."""
    file = Path(tracking_uri.removeprefix(_SQLITE).partition("?")[0])
    if tracking_uri.startswith(_SQLITE) and not file.is_file():
        raise FileNotFoundError("there is no such file")


def _registered(uri: str, tracking_uri: str) -> _Kept:
    """Ask the registry which version an address means, and let MLflow know the registry."""
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_registry_uri(tracking_uri)
    client = mlflow.MlflowClient()
    name, _, alias = uri.removeprefix(REGISTRY_SCHEME).partition("@")
    if alias:
        found = client.get_model_version_by_alias(name, alias)
    else:
        name, _, number = name.rpartition("/")
        found = client.get_model_version(name, number)
    version = f"{name}/{found.version}"
    # A registry that was made anew counts from 1 again.
    made = str(found.creation_timestamp)
    return _Kept(version=version, copy_name=_digest(tracking_uri, version, made))


def _require_model(version: str) -> None:
    """Look into a version before it is fetched: it may be large, and is asked for again and again.

    Raises:
        ModelUnavailableError: It is no model of leadscore.
    """
    unseen = deque([""])
    while unseen:
        address = f"{REGISTRY_SCHEME}{version}/{unseen.popleft()}".rstrip("/")
        for file in mlflow.artifacts.list_artifacts(artifact_uri=address):
            if Path(file.path).name == MANIFEST:
                return
            if file.is_dir:
                unseen.append(file.path)
    raise ModelUnavailableError(f"version {version} is no model of leadscore; name another one")


def _download_model(version: str, folder: Path) -> None:
    _require_model(version)
    _download(version, folder)


def _download(version: str, folder: Path) -> None:
    """Bring a version into a folder, which appears whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    damaged = folder.is_dir()
    with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
        downloaded = Path(fresh, "model")
        mlflow.artifacts.download_artifacts(f"{REGISTRY_SCHEME}{version}", dst_path=str(downloaded))
        if damaged:
            # Another process that shares the cache may have been faster.
            with suppress(OSError):
                folder.rename(Path(fresh, "damaged"))
        try:
            downloaded.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise


def _holds_model(folder: Path) -> bool:
    return next(folder.rglob(MANIFEST), None) is not None


def _last_copy(kept: Path) -> _Kept | None:
    try:
        found = _Kept.model_validate_json(kept.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None
    return found if (kept.parent / found.copy_name).is_dir() else None


def _write(path: Path, text: str) -> None:
    """Write a file, which appears whole or not at all."""
    with tempfile.TemporaryDirectory(dir=path.parent) as fresh:
        written = Path(fresh, path.name)
        written.write_text(text, encoding="utf-8")
        written.replace(path)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
