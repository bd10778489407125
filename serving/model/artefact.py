"""A model as a folder: `manifest.json`, `linear.json` and `booster.txt`, and nothing pickled."""

import hashlib
import json
from pathlib import Path

from pydantic import ValidationError

from features.contract.mistake import MistakeError
from features.declaration.feature_set import KERNEL_VERSION
from serving.model.explain.explanation import TreeExplanation
from serving.model.explain.trees import BoosterError
from serving.model.linear import LinearExplanation, LinearModel
from serving.model.manifest import FORMAT, Manifest
from serving.model.scorer import Ensemble, LeadModel

MANIFEST = "manifest.json"
LINEAR = "linear.json"
BOOSTER = "booster.txt"


class ModelRefusedError(MistakeError):
    """A model folder this code cannot honour; the message says why and what to do."""


def checksum(text: str) -> str:
    """Return the SHA-256 by which a manifest knows another part."""
    return hashlib.sha256(text.encode()).hexdigest()


def save_model(
    folder: Path, manifest: Manifest, linear: LinearModel, booster_text: str | None
) -> None:
    """Write a model into an empty or new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if booster_text is not None:
        (folder / BOOSTER).write_text(booster_text, encoding="utf-8")
    (folder / LINEAR).write_text(linear.model_dump_json(), encoding="utf-8")
    # What learned from all leads is read by older versions, too.
    unsaid = {"leads"} if manifest.leads is None else None
    text = manifest.model_dump_json(indent=1, exclude=unsaid)
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def load_model(folder: Path, version: str | None = None) -> LeadModel:
    """Read a model folder.

    Args:
        folder: What `save_model` wrote.
        version: What answers call this model; its project and moment of training if None.

    Raises:
        ModelRefusedError: A part is missing, damaged, or of a layout or kernel not known here.
    """
    manifest = _manifest(folder)
    linear = _linear(folder, manifest)
    ensemble = Ensemble(_trees(folder, manifest), LinearExplanation(linear), manifest.mixture)
    _check_columns(manifest, ensemble)
    unregistered = f"{manifest.project}@{manifest.trained_at:%Y-%m-%dT%H:%M:%SZ}"
    return LeadModel(manifest, ensemble, version or unregistered)


def _manifest(folder: Path) -> Manifest:
    text = _read(folder / MANIFEST)
    try:
        layout = json.loads(text).get("format")
    except (ValueError, AttributeError, RecursionError):
        raise ModelRefusedError(f"{MANIFEST} is not JSON; fetch the model again") from None
    if layout != FORMAT:
        layout = str(layout)[:20]
        raise ModelRefusedError(
            f"{MANIFEST} has format {layout}, this leadscore reads format {FORMAT}; "
            "train again or use the leadscore that trained it"
        )
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise ModelRefusedError(f"{MANIFEST} is damaged: {_first(error)}; train again") from None
    if manifest.kernel_version != KERNEL_VERSION:
        raise ModelRefusedError(
            f"the model's features are of kernel version {manifest.kernel_version}, this leadscore "
            f"computes version {KERNEL_VERSION}; train again"
        )
    if manifest.fingerprint != manifest.feature_set.fingerprint:
        raise ModelRefusedError(
            "the fingerprint of the feature set is not the one the model was trained with; "
            "fetch the model again or train again"
        )
    return manifest


def _linear(folder: Path, manifest: Manifest) -> LinearModel:
    text = _read(folder / LINEAR)
    _check_sum(LINEAR, text, manifest.linear_sha256)
    try:
        return LinearModel.model_validate_json(text)
    except ValidationError as error:
        raise ModelRefusedError(f"{LINEAR} is damaged: {_first(error)}; train again") from None


def _trees(folder: Path, manifest: Manifest) -> TreeExplanation | None:
    if manifest.booster_sha256 is None:
        return None
    text = _read(folder / BOOSTER)
    # LightGBM may end the process on a damaged text, so it only sees what was written.
    _check_sum(BOOSTER, text, manifest.booster_sha256)
    try:
        return TreeExplanation(text)
    except BoosterError as error:
        raise ModelRefusedError(f"{BOOSTER} cannot be read: {error}") from None


def _check_sum(part: str, text: str, expected: str) -> None:
    if checksum(text) != expected:
        raise ModelRefusedError(f"{part} is not the one of the manifest; fetch the model again")


def _check_columns(manifest: Manifest, ensemble: Ensemble) -> None:
    columns = len(manifest.feature_set.features)
    if ensemble.trees is not None and ensemble.trees.features != columns:
        raise ModelRefusedError(
            f"{BOOSTER} expects {ensemble.trees.features} features, the manifest has {columns}"
        )
    if manifest.encoder.categories.keys() != manifest.feature_set.categories.keys():
        raise ModelRefusedError("the encoder's categorical fields are not those of the feature set")
    for term in ensemble.linear.model.terms:
        if not 0 <= term.column < columns:
            raise ModelRefusedError(f"{LINEAR} names a column beyond the {columns} of the manifest")
        feature = manifest.feature_set.features[term.column]
        codes = None
        if feature.kind == "category":
            codes = len(manifest.encoder.categories[feature.field]) + 1
        if codes != (len(term.weights) if term.kind == "category" else None):
            raise ModelRefusedError(f"{LINEAR} does not fit feature '{feature.name}'; train again")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ModelRefusedError(f"{path.name} is missing in the model folder") from None
    except (OSError, UnicodeDecodeError):
        raise ModelRefusedError(f"{path.name} in the model folder cannot be read") from None


def _first(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}"
