"""Hold recorded scores against what training sees."""

from datetime import datetime
from typing import Annotated

import typer

from leadscore.options import ProjectFile
from leadscore.project_scoring import as_of_moment

EXAMPLE = "Example: `leadscore consistency project.toml --since 2026-06-01 --limit 100000`"


def consistency(
    project: ProjectFile,
    since: Annotated[
        datetime | None, typer.Option(help="Moment in UTC; earlier scores are left out.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Most scores to replay, the newest.", min=1)] = 10_000,
    model: Annotated[
        str | None,
        typer.Option(
            help="Replay only what this gave: folder, models:/name@champion or models:/name/3, "
            "or 'rules'; otherwise every score by what gave it."
        ),
    ] = None,
) -> None:
    """Replay scores of the record offline, and count those that training sees otherwise.

    Exit code 1 if any differs.
    """
    from serving.settings import Settings
    from training.consistency.bases import GivenBases
    from training.consistency.check import check_consistency
    from training.progress import Progress
    from training.project.project import read_project

    read, folder, progress = read_project(project), project.parent, Progress()
    cache = Settings.from_environment().cache
    with progress.step("Fetching the model"):
        bases = GivenBases(read, folder, cache, model)
    found = check_consistency(read, folder, progress, bases, since=as_of_moment(since), limit=limit)
    for line in found.lines():
        typer.echo(line)
    if found.mismatch:
        raise typer.Exit(1)
