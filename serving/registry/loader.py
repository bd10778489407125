"""Where a model comes from: a folder, or MLflow's registry."""

from pathlib import Path

from serving.registry.model_folder import REGISTRY_SCHEME, FetchedModel, manifest_folder


def fetch_model(uri: str, tracking_uri: str, cache: Path, *, anew: bool = False) -> FetchedModel:
    """Bring a model to this machine.

    Args:
        uri: A folder, or ``models:/name@alias`` or ``models:/name/version``.
        tracking_uri: MLflow's address.
        cache: Folder for copies of registered models; several processes may share it.
        anew: Whether a copy that is there is replaced, since it is damaged.

    Raises:
        ModelUnavailableError: The folder holds no model, the registry knows none, or it is away and
            no copy is there that may be used.
    """
    if not uri.startswith(REGISTRY_SCHEME):
        return FetchedModel(manifest_folder(Path(uri)), version=None)
    # MLflow takes a second and 70 MB, which a folder does without.
    from serving.registry.mlflow_registry import fetch_registered  # noqa: PLC0415

    return fetch_registered(uri, tracking_uri, cache, anew=anew)
