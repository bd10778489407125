"""Logging as the settings want it, whatever libraries have set up for themselves."""

import logging

from serving.logs.lines import JsonLine, TextLine
from serving.logs.secrets import secrets_of
from serving.settings import Settings


def start_logging(settings: Settings) -> None:
    """Write every line of this process to standard error, without secrets."""
    secrets = secrets_of(settings)
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine(secrets) if settings.log_format == "json" else TextLine(secrets))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # MLflow and others write by themselves, past what hides secrets.
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger) and logger.handlers:
            logger.handlers, logger.propagate = [], True
    # It tells every address that is asked; of some webhooks, the path is the secret.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    # A line that cannot be written would be shown with all that it was made of.
    logging.raiseExceptions = False
