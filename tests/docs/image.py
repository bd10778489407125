"""The Dockerfile and the compose file, as a test reads them."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from tests.docs.markdown import ROOT


def compose() -> dict[str, Any]:
    """Return what compose.yaml says, its anchors resolved."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction of the Dockerfile: its stage, its word, and what follows."""

    stage: str
    word: str
    rest: str


def steps() -> list[Step]:
    """Return the instructions of the Dockerfile, in order."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    whole = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    found, stage = [], ""
    for line in filter(None, whole.splitlines()):
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            stage = rest.rpartition(" AS ")[2]
        found.append(Step(stage, word, rest))
    return found
