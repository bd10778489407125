"""Delta tables as sources: the Parquet files of which the newest version of one consists.

Whatever would be read wrongly from these files alone is refused.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class DeltaFiles:
    """What a Delta table is read from.

    Attributes:
        files: Parquet files, sorted.
        partition_columns: Columns whose values stand in the names of folders, and in no file.
    """

    files: list[str]
    partition_columns: frozenset[str]

    @staticmethod
    def are_in(folder: Path) -> bool:
        """Tell whether a folder is a Delta table."""
        return (folder / "_delta_log").is_dir()

    @classmethod
    def folder_of(cls, file: str) -> Path | None:
        """Return the Delta table in whose folder a file lies, or None."""
        return next(filter(cls.are_in, Path(file).parents), None)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Look up which files the newest version of a table has.

        Raises:
            ValueError: The package that reads tables is not installed, or the table cannot be read
                by its files alone.
        """
        try:
            from deltalake import DeltaTable  # noqa: PLC0415 - only where it is installed
            from deltalake.exceptions import DeltaError  # noqa: PLC0415
        except ModuleNotFoundError:
            raise ValueError(f"{folder} is a Delta table; install 'leadscore[delta]'") from None
        # It is taken for an address, whose escapes are read as what they stand for.
        if unquote(str(folder)) != str(folder):
            raise ValueError(f"the Delta table {folder} has a '%' in its name; rename the folder")
        try:
            table = DeltaTable(str(folder))
            metadata = table.metadata()
            if metadata.configuration.get("delta.columnMapping.mode", "none") != "none":
                raise ValueError(
                    f"the Delta table {folder} maps names of columns, so its files have others; "
                    "write it anew without column mapping"
                )
            if any(batch.num_rows for batch in table.deletion_vectors()):
                raise ValueError(
                    f"the Delta table {folder} has deletion vectors, so its files hold rows that "
                    "were deleted; purge them: REORG TABLE ... APPLY (PURGE)"
                )
            # As the log writes them, addresses below the folder.
            paths = table.get_add_actions()["path"].to_pylist()
        except DeltaError as error:
            reason = str(error).split("\n", maxsplit=1)[0]
            raise ValueError(f"the Delta table {folder} cannot be read: {reason}") from None
        files = sorted(folder / unquote(path) for path in paths)
        if not files:
            raise ValueError(f"the Delta table {folder} is empty")
        for file in files:
            if not file.is_file():
                raise ValueError(f"the Delta table {folder} lacks its file {file}")
        return cls([str(file) for file in files], frozenset(metadata.partition_columns))
