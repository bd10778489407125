"""How long statements take."""

from time import perf_counter

from sqlalchemy import Connection, Engine, event

from serving.metrics import DATABASE_STATEMENT

_BEGUN = "leadscore_begun"


def time_statements(engine: Engine) -> None:
    """Time every statement that an engine runs from now on."""
    event.listen(engine, "before_cursor_execute", _begin)
    event.listen(engine, "after_cursor_execute", _end)


def _begin(connection: Connection, *_: object) -> None:
    connection.info[_BEGUN] = perf_counter()


def _end(connection: Connection, *_: object) -> None:
    DATABASE_STATEMENT.observe(perf_counter() - connection.info[_BEGUN])
