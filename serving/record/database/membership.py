"""One of many values, as one parameter: a statement stays the same however many are asked for."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(column: ColumnElement[Any], name: str) -> "Among":
    """Return the condition that a column has one of the values of a parameter, a collection.

    Args:
        column: Of numbers or texts.
        name: Of the parameter.
    """
    return Among(column, bindparam(name, type_=_Many(column.type)))


class Among(FunctionElement[bool]):
    """The condition that a column has one of many values."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: object = None) -> "Among":
        """Return it as it stands; `IN (...) = 1` would keep SQLite from its indexes."""
        return self


@compiles(Among, "sqlite")
def _of_json(element: Among, compiler: SQLCompiler, **how: object) -> str:
    column, values = (compiler.process(part, **how) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"


@compiles(Among, "postgresql")
def _of_array(element: Among, compiler: SQLCompiler, **how: object) -> str:
    column, values = (compiler.process(part, **how) for part in element.clauses)
    return f"{column} = ANY({values})"


class _Many(TypeDecorator[Collection[Any]]):
    """Many values: JSON in SQLite, an array in PostgreSQL."""

    impl = Text
    cache_ok = True

    def __init__(self, one: TypeEngine[Any]) -> None:
        super().__init__()
        self.one = one

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else ARRAY(self.one)

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> object:
        every = list(value or ())
        return json.dumps(every) if dialect.name == "sqlite" else every
