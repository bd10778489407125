"""Users and browsers, as for what all pages share."""

from tests.serving.http.pages.conftest import added, database_kind, opened

__all__ = ["added", "database_kind", "opened"]
