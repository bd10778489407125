"""What scores the leads of a project, opened for a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from leadscore.options import SpokenLanguage
from leadscore.record_database import lifecycle_in_force

if TYPE_CHECKING:
    from serving.lifecycle.terms import UseCase
    from training.progress import Progress
    from training.scores.project_scoring import ProjectScoring


@contextmanager
def scoring_of(
    project: Path, model: str | None, language: SpokenLanguage, reasons: int, progress: "Progress"
) -> Iterator["ProjectScoring"]:
    """Open what scores the leads of a project; where that is the rules unasked, say why."""
    from features.contract.clock import now
    from serving.batch.answers import Wording
    from serving.scoring.strongest import Listing
    from serving.settings import Settings
    from training.scores.basis import open_scoring

    wording = Wording(Listing(up=reasons, down=reasons), language.value)
    cache = Settings.from_environment().cache
    use_cases = () if model else _use_cases()
    with open_scoring(
        project, model, wording, progress, cache=cache, use_cases=use_cases, now=now()
    ) as scoring:
        if scoring.choice.message is not None:
            typer.echo(f"The rules answer: {scoring.choice.message}", err=True)
        for one in scoring.own:
            if one.message is not None:
                typer.echo(f"Use case {one.use_case}: {one.message}", err=True)
        yield scoring


def _use_cases() -> "tuple[UseCase, ...]":
    """Return the use cases that were agreed on; those of the file, where there is no record yet."""
    from serving.lifecycle.agreement import read_lifecycle
    from serving.record.database.database import RecordError
    from serving.settings import Settings

    try:
        return lifecycle_in_force()[1].use_cases
    except RecordError as error:
        use_cases = read_lifecycle(Settings.from_environment().lifecycle).use_cases
        if use_cases:
            typer.echo(f"Use cases are those of the lifecycle file: {error}", err=True)
        return use_cases


def as_of_moment(as_of: datetime | None) -> int | None:
    """Return the moment of an option, microseconds since 1970; None where it is left out."""
    from features.contract.lead import micros

    return None if as_of is None else micros(as_of.replace(tzinfo=UTC), "as_of")
