"""Try a project at past moments."""

from typing import Annotated

import typer

from leadscore.options import ProjectFile, TrackingUri
from leadscore.starting import starting

EXAMPLE = "Example: `leadscore backtest project.toml --cutoffs 12 --step 30d`"


def backtest(
    project: ProjectFile,
    cutoffs: Annotated[int, typer.Option(help="How many past moments to try.", min=2, max=60)] = 6,
    step: Annotated[str, typer.Option(help="Distance between them, such as 30d or 4w.")] = "30d",
    tracking_uri: TrackingUri = None,
) -> None:
    """Try the whole procedure at past moments, and hold what it expected against what came.

    At each cut-off everything runs as if it were that day, and scores the leads open then.
    """
    from features.contract.clock import now
    from features.contract.duration import parse_duration
    from training.progress import Progress
    from training.project.project import EvaluationChoices, read_project

    read_project(project)
    try:
        evaluation = EvaluationChoices(cutoffs=cutoffs, step=parse_duration(step))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--step") from None
    progress = Progress()
    with starting(progress):
        from training.pipeline import backtest as run
    summary = run(project, progress, now=now(), evaluation=evaluation, tracking_uri=tracking_uri)
    typer.echo(f"\n{summary}")
