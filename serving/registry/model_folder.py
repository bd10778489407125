"""A model that was brought to this machine, as a folder."""

from dataclasses import dataclass
from pathlib import Path

from features.contract.mistake import MistakeError
from serving.model.artefact import MANIFEST

REGISTRY_SCHEME = "models:/"
"""How addresses of registered models begin."""


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


def manifest_folder(folder: Path) -> Path:
    """Return the folder of the manifest, which an MLflow model keeps some levels down.

    Raises:
        ModelUnavailableError: It holds none, or cannot be read.
    """
    try:
        found = sorted(folder.rglob(MANIFEST)) if folder.is_dir() else []
    except OSError as error:
        raise ModelUnavailableError(f"'{folder}' cannot be read: {error.strerror}") from None
    if not found:
        raise ModelUnavailableError(f"'{folder}' holds no {MANIFEST}; train or name another model")
    return found[0].parent
