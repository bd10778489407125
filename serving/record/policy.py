"""What a company has decided about its leads' data, in a file anyone can read."""

from pathlib import Path

from pydantic import Field

from features.contract.document import read_document
from features.contract.document_part import DocumentPart


class Profiling(DocumentPart):
    """When a lead may be scored."""

    bases: tuple[str, ...] = Field(default=("consent",), min_length=1)


class Policy(DocumentPart):
    """A whole policy file; without one, only consent counts."""

    profiling: Profiling = Field(default_factory=Profiling)


def read_policy(path: Path | None) -> Policy:
    """Read a policy file; None means the strict one.

    Raises:
        DocumentError: The file is missing or wrong; the message names file and key.
    """
    return Policy() if path is None else read_document(path, Policy)
