"""Train a project and register the model."""

from typing import Annotated

import typer

from leadscore.options import ProjectFile, TrackingUri
from leadscore.starting import starting

EXAMPLE = "Example: `leadscore train project.toml --promote`"


def train(
    project: ProjectFile,
    promote: Annotated[
        bool, typer.Option("--promote", help="Make the new version the champion.")
    ] = False,
    tracking_uri: TrackingUri = None,
) -> None:
    """Train a project, evaluate it forward in time, and register the model in MLflow."""
    from features.contract.clock import now
    from training.progress import Progress
    from training.project.project import read_project

    # A mistake in the project is told before seconds go by for loading the libraries.
    read_project(project)
    progress = Progress()
    with starting(progress):
        from training.pipeline import train as run
    training = run(project, progress, now=now(), promote=promote, tracking_uri=tracking_uri)
    version = training.version
    typer.echo(f"\n{training.summary}\n")
    typer.echo(f"Registered {version.uri}, {'now' if version.champion else 'not'} the champion.")
    if not version.champion:
        typer.echo(f"To promote it: leadscore models {project} --promote {version.version}")
