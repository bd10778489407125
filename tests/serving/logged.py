"""The log of the service, as it would be written."""

import contextlib
import io
import logging
from collections.abc import Iterator

from serving.logs.start import start_logging
from serving.settings import Settings


@contextlib.contextmanager
def logged(settings: Settings) -> Iterator[io.StringIO]:
    """Log as the service does, into a text; all is as before afterwards."""
    root, httpx, written = logging.getLogger(), logging.getLogger("httpx"), io.StringIO()
    before = (root.handlers, root.level, httpx.level, logging.raiseExceptions)
    try:
        with contextlib.redirect_stderr(written):
            start_logging(settings)
        yield written
    finally:
        root.handlers, level, of_httpx, logging.raiseExceptions = before
        root.setLevel(level)
        httpx.setLevel(of_httpx)
        logging.captureWarnings(capture=False)
