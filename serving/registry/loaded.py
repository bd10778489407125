"""A model that was fetched, loaded; a copy that turns out to be damaged is fetched again."""

import logging
from pathlib import Path

from serving.model.artefact import ModelRefusedError, load_model
from serving.model.scorer import LeadModel
from serving.registry.loader import fetch_model
from serving.registry.model_folder import FetchedModel, ModelUnavailableError

_log = logging.getLogger(__name__)


def load_fetched(fetched: FetchedModel, uri: str, tracking_uri: str, cache: Path) -> LeadModel:
    """Load what was fetched.

    Args:
        fetched: What `fetch_model` returned for the other arguments.
        uri: A folder, or ``models:/name@alias`` or ``models:/name/version``.
        tracking_uri: MLflow's address.
        cache: Folder for copies of registered models.

    Raises:
        ModelRefusedError: The model cannot be honoured, and for a registered one this is no matter
            of its copy.
        ModelUnavailableError: The copy is damaged, and another one cannot be had.
    """
    if fetched.stale is not None:
        _log.warning(
            "no model from MLflow; serving the copy of an earlier start: %s", fetched.stale
        )
    try:
        return load_model(fetched.folder, fetched.version)
    except ModelRefusedError as refused:
        if fetched.version is None:
            raise
        try:
            again = fetch_model(uri, tracking_uri, cache, anew=True)
        except ModelUnavailableError as error:
            raise ModelUnavailableError(
                f"the copy of {fetched.version} was refused ({refused}), and {error}"
            ) from None
        _log.warning("the copy of %s was fetched again: %s", fetched.version, refused)
        return load_model(again.folder, again.version)
