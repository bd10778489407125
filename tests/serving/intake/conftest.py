"""An empty record of either kind."""

from tests.serving.record.conftest import database

__all__ = ["database"]
