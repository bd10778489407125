"""Agreements and facts as tests want them."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.bant import SUBJECTS, Finding
from serving.lifecycle.criteria import Facts, Score
from serving.lifecycle.position import Position
from serving.lifecycle.stages import Stage

NOW = 1_790_000_000_000_000

SHIPPED: dict[str, Any] = tomllib.loads(
    (files("serving.lifecycle") / "lifecycle.toml").read_text(encoding="utf-8")
)


def agreement(**changes: object) -> Lifecycle:
    """Return the agreement that ships; changes replace its parts."""
    return Lifecycle.model_validate({**SHIPPED, **changes})


def small(*transitions: Mapping[str, object], **changes: object) -> dict[str, object]:
    """Return an agreement of a few stages, which further transitions join."""
    return {
        "version": "t",
        "stages": {"MQL": {}, "SQL": {"end": True}},
        "transitions": [
            {"from": "lead", "to": "MQL", "by": ["sales"]},
            {"from": "MQL", "to": "SQL", "by": ["sales"]},
            *transitions,
        ],
        **changes,
    }


def facts(stage: Stage | None = "lead", **changes: object) -> Facts:
    """Return what is known of a lead in a stage, of which all is well; changes replace it."""
    entered = frozenset({stage} if stage else set())
    known: dict[str, object] = {
        "position": Position(stage, NOW, entered),
        "now": NOW,
        "profile": {},
        "consent": True,
        "contactable": True,
        "bant": {subject: Finding("established") for subject in SUBJECTS},
        "score": Score(probability=0.5, grade="A", fit=1.0, behaviour=1.0),
    }
    return Facts(**(known | changes))  # type: ignore[arg-type]
