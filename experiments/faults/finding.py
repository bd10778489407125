"""What a trial of a fault found."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["sqlite", "postgresql"]
"""Of a database."""


class Finding(NamedTuple):
    """What was counted while one thing was wrong.

    Attributes:
        fault: What was wrong.
        told: What was counted, in a line.
        kept: Whether the promise was: every request answered or honestly refused, nothing that was
            acknowledged lost, no data of a lead and no secret in what the service wrote.
    """

    fault: str
    told: str
    kept: bool


Findings = Iterator[Finding]
