"""List the versions of a model, or change the champion."""

from typing import Annotated

import typer

from leadscore.options import ProjectFile

EXAMPLE = "Example: `leadscore models project.toml --promote 3`"


def models(
    project: ProjectFile,
    promote: Annotated[
        int | None, typer.Option(help="Version to make the champion; also the way back.")
    ] = None,
) -> None:
    """List the registered versions of a project's model, or change the champion."""
    from serving.settings import Settings
    from training.project.project import read_project
    from training.tracking import promote_version, registered_versions

    read = read_project(project)
    if promote is not None:
        promote_version(read.mlflow.tracking_uri, read.model_name, str(promote))
        usual = Settings.model_fields["model_watch_seconds"].default
        typer.echo(
            f"Services that serve {read.champion} swap to it within {usual} seconds, or what "
            "LEADSCORE_MODEL_WATCH_SECONDS says where they run, without a restart.",
            err=True,
        )
    versions = registered_versions(read.mlflow.tracking_uri, read.model_name)
    if not versions:
        typer.echo(f"{read.model_name} has no version yet; train one: leadscore train {project}")
    for version in versions:
        mark = "champion" if version.champion else ""
        typer.echo(f"{version.uri:40} {mark:9} run {version.run_id}")
