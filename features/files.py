"""Files as sources: which ones a path means, and how DuckDB reads them."""

import re
from pathlib import Path

from features.sql import literal


def find_files(folder: Path, path: str) -> list[str]:
    """Return the files that a path or glob means, sorted.

    Args:
        folder: What a relative path is relative to.
        path: A file, or a pattern such as ``events/*.parquet``.

    Raises:
        ValueError: There is none.
    """
    whole = (folder / path).resolve()
    if whole.is_file():
        return [str(whole)]
    root = Path(whole.anchor)
    files = sorted(str(file) for file in root.glob(str(whole.relative_to(root))) if file.is_file())
    if not files:
        raise ValueError(f"there is no file {whole}; check the setting 'path'")
    return files


def is_csv(file: str) -> bool:
    """Tell whether a file is CSV, by its name."""
    return re.search(r"(?i)\.(csv|tsv|txt)(\.gz)?$", file) is not None


def files_reader(files: list[str], delimiter: str) -> str:
    """Return the table function of DuckDB that reads files of one kind.

    Raises:
        ValueError: The name of the first file tells neither CSV nor Parquet.
    """
    listed = "[" + ", ".join(literal(file) for file in files) + "]"
    if files[0].lower().endswith((".parquet", ".pq")):
        return f"read_parquet({listed})"
    if not is_csv(files[0]):
        raise ValueError(f"{files[0]} is neither CSV nor Parquet by its name; rename it")
    # All text, and every line: what is a number or a time is decided by the declaration, and no
    # guess from a sample may take a line for a comment or for no part of the table.
    return (
        f"read_csv({listed}, delim={literal(delimiter)}, quote='\"', escape='\"', header=true, "
        "all_varchar=true, comment='', skip=0)"
    )
