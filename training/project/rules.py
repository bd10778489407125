"""The rules of a project: its own file, or the default ones."""

from pathlib import Path

from serving.scoring.basis import RulesBasis
from serving.scoring.rules import read_rules
from training.project.project import Project


def project_rules(project: Project, folder: Path) -> RulesBasis:
    """Return the rules of a project in a folder.

    Raises:
        DocumentError: The file is missing or wrong.
    """
    return RulesBasis(read_rules(folder / project.rules if project.rules else None))
