"""What a company has decided about its leads' data, in a file anyone can read."""

from pathlib import Path

from pydantic import Field

from features.contract.document import read_document
from features.contract.document_part import DocumentPart
from features.contract.duration import DAY_US, Duration
from features.contract.language import Language


class Profiling(DocumentPart):
    """When a lead may be scored."""

    bases: tuple[str, ...] = Field(default=("consent",), min_length=1)


class Wording(DocumentPart):
    """A version of what is agreed to, in the languages that there are."""

    de: str | None = Field(default=None, min_length=1, max_length=10_000)
    en: str | None = Field(default=None, min_length=1, max_length=10_000)

    def text(self, language: Language) -> str | None:
        """Return the text in a language, None where there is none."""
        return self.de if language == "de" else self.en


class OptIns(DocumentPart):
    """How consent is asked for by e-mail."""

    expire_after: Duration = 7 * DAY_US


class Retention(DocumentPart):
    """How long things are kept; what has no period is kept for good."""

    leads_without_activity: Duration | None = None
    visitors: Duration | None = None
    scores: Duration | None = None
    bant: Duration | None = None
    audit: Duration | None = None
    outbox: Duration | None = None


class Policy(DocumentPart):
    """A whole policy file; without one, only consent counts."""

    profiling: Profiling = Field(default_factory=Profiling)
    wordings: dict[str, Wording] = Field(default_factory=dict)
    opt_ins: OptIns = Field(default_factory=OptIns)
    retention: Retention = Field(default_factory=Retention)


def read_policy(path: Path | None) -> Policy:
    """Read a policy file; None means the strict one.

    Raises:
        DocumentError: The file is missing or wrong; the message names file and key.
    """
    return Policy() if path is None else read_document(path, Policy)
