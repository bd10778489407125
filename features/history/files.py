"""Files as sources: which ones a path means, and how DuckDB reads them."""

import codecs
import gzip
import re
from pathlib import Path

from features.history.delta_table import DeltaFiles
from features.history.sql import literal


def find_files(folder: Path, path: str) -> list[str]:
    """Return the files that a path or glob means, sorted.

    Args:
        folder: What a relative path is relative to.
        path: A file, or a pattern such as ``events/*.parquet``.

    Raises:
        ValueError: There is none, or one may be of an earlier version of a Delta table.
    """
    whole = (folder / path).resolve()
    if whole.is_file():
        files = [str(whole)]
    else:
        root = Path(whole.anchor)
        found = root.glob(str(whole.relative_to(root)))
        files = sorted(str(file) for file in found if file.is_file())
    if not files:
        raise ValueError(f"there is no file {whole}; check the setting 'path'")
    one_of_each_folder = {Path(file).parent: file for file in files if is_parquet(file)}
    for file in one_of_each_folder.values():
        table = DeltaFiles.folder_of(file)
        # Rows that were deleted from the table are still in the files that it let go of.
        if table is not None:
            raise ValueError(
                f"{file} is part of the Delta table {table}; set 'path' to that folder"
            )
    return files


def is_csv(file: str) -> bool:
    """Tell whether a file is CSV, by its name."""
    return re.search(r"(?i)\.(csv|tsv|txt)(\.gz)?$", file) is not None


def is_parquet(file: str) -> bool:
    """Tell whether a file is Parquet, by its name."""
    return file.lower().endswith((".parquet", ".pq"))


def is_empty(file: str) -> bool:
    """Tell whether a CSV file holds not even the names of its columns."""
    opened = gzip.open if file.endswith(".gz") else open
    with opened(Path(file), "rb") as content:
        return not content.read(1000).removeprefix(codecs.BOM_UTF8).strip()


def files_reader(files: list[str], delimiter: str) -> str:
    """Return the table function of DuckDB that reads files of one kind, columns by their names.

    Raises:
        ValueError: The name of a file tells neither CSV nor Parquet, or they are of both kinds.
    """
    listed = "[" + ", ".join(literal(file) for file in files) + "]"
    by_name = ", union_by_name=true" if len(files) > 1 else ""
    for file in files:
        if not is_csv(file) and not is_parquet(file):
            raise ValueError(
                f"{file} is neither CSV nor Parquet by its name; rename it, or leave it out of "
                "'path'"
            )
        if is_csv(file) != is_csv(files[0]):
            raise ValueError(
                f"one of {files[0]} and {file} is CSV, the other Parquet; let 'path' mean one "
                "kind, such as *.csv"
            )
    if is_parquet(files[0]):
        return f"read_parquet({listed}{by_name})"
    # All text, and every line: what is a number or a time is decided by the declaration, and no
    # guess from a sample may take a line for a comment or for no part of the table.
    return (
        f"read_csv({listed}, delim={literal(delimiter)}, quote='\"', escape='\"', header=true, "
        f"all_varchar=true, comment='', skip=0{by_name})"
    )
