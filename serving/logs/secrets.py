"""What must not be logged: addresses' users and parameters, and every secret of the settings."""

import os
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from serving.registry.address import without_secrets
from serving.settings import Settings

_OF_MLFLOW = ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_PASSWORD")
_SHORTEST = 4
"""Characters; whatever is shorter stands in every other word."""


class Secrets:
    """Hides secrets in texts."""

    def __init__(self, values: Iterable[str]) -> None:
        """Hide values, wherever they stand, besides what an address holds."""
        long = sorted({v for v in values if len(v) >= _SHORTEST}, key=len, reverse=True)
        self._values = re.compile("|".join(map(re.escape, long))) if long else None

    def hidden_in(self, text: str) -> str:
        """Return a text with ``***`` in the place of each secret."""
        public = without_secrets(text) if "?" in text or "://" in text else text
        return public if self._values is None else self._values.sub("***", public)


def secrets_of(settings: Settings) -> Secrets:
    """Return what hides the secrets of settings, and those that MLflow reads by itself."""
    found = [settings.write_key, *(os.environ.get(variable) for variable in _OF_MLFLOW)]
    found += _password(settings.tracking_uri, alone=True)
    found += _password(settings.database_url or "", alone=False)
    if settings.smtp_url is not None:
        found += _password(settings.smtp_url.get_secret_value(), alone=False)
    if settings.hubspot_secret is not None:
        found.append(settings.hubspot_secret.get_secret_value())
    return Secrets(value for value in found if value)


def _password(address: str, *, alone: bool) -> Iterator[str]:
    """Yield the password of an address as written and as meant.

    Args:
        address: Of a server.
        alone: Whether a user without a password is a token.
    """
    user, _, password = address.partition("://")[2].rpartition("@")[0].partition(":")
    secret = password or (user if alone else "")
    yield secret
    yield unquote(secret)
