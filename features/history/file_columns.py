"""The columns of the files that one path means: what is read of one must be in each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import duckdb

from features.contract.document import suggestion
from features.history.delta_table import DeltaFiles
from features.history.files import files_reader, is_csv, is_empty
from features.history.misreading import Misreadings


def column_types(description: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the DuckDB type of each column, by name, as DESCRIBE tells them."""
    return {str(row[0]): str(row[1]) for row in description.fetchall()}


@dataclass(frozen=True, slots=True)
class FileColumns:
    """Which columns each file has.

    Attributes:
        types: DuckDB types by column, by file in the order in which they are read.
    """

    types: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(
        cls, connection: duckdb.DuckDBPyConnection, section: str, files: list[str], delimiter: str
    ) -> Self:
        """Look into each file.

        Raises:
            HistoryError: One cannot be read; the message names it.
        """
        types = {}
        for file in files:
            reader = files_reader([file], delimiter)
            try:
                described = connection.execute(f"DESCRIBE SELECT * FROM {reader}")
            except duckdb.Error as error:
                unread = Misreadings(connection, section, [file], delimiter)
                raise unread.explain(error, reader) from None
            types[file] = column_types(described)
        return cls(types)

    def absent(self, column: str) -> str | None:
        """Say which file a column is missing from and what to do, or None if every one has it."""
        lacking = [file for file, types in self.types.items() if column not in types]
        if not lacking:
            return None
        file = lacking[0]
        having = [file for file, types in self.types.items() if column in types]
        if not having:
            return f"{file}, column '{column}' does not exist; {self._nowhere(file, column)}"
        missing = [f"'{name}'" for name in self.types[having[0]] if name not in self.types[file]]
        names = ("column " if len(missing) == 1 else "columns ") + ", ".join(missing)
        return f"{file} lacks the {names} of {having[0]}; {self._not_here(file)}"

    def mixed_zones(self, column: str) -> str | None:
        """Say which files disagree on whether a column's times have a zone; None if none do."""
        kinds = {file: types[column] for file, types in self.types.items()}
        aware = [file for file, kind in kinds.items() if kind == "TIMESTAMP WITH TIME ZONE"]
        naive = [
            file
            for file, kind in kinds.items()
            if kind == "DATE" or (kind.startswith("TIMESTAMP") and file not in aware)
        ]
        if not aware or not naive:
            return None
        return (
            f"column '{column}' has a time zone in {aware[0]} and none in {naive[0]}; write them "
            "alike"
        )

    def _nowhere(self, file: str, column: str) -> str:
        if is_csv(file) and is_empty(file):
            return "the file is empty"
        if len(self.types[file]) == 1:
            return "the file has one column only: set 'delimiter'"
        return suggestion(column, self.types[file])

    def _not_here(self, file: str) -> str:
        if is_csv(file) and is_empty(file):
            return "it is empty, leave it out of 'path'"
        if len(self.types[file]) == 1:
            return "it has one column only, perhaps with another delimiter"
        if DeltaFiles.folder_of(file) is not None:
            return "rewrite the Delta table once, so that all its files have all columns"
        return "write what is missing, or leave the file out of 'path'"
