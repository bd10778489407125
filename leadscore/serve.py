"""Answer over HTTP."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from serving.settings import Settings

EXAMPLE = "Example: `leadscore serve --project project.toml --port 8080`"


def serve(
    project: Annotated[
        Path | None, typer.Option(help="Serve the champion of this project, with its rules.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Folder, models:/name@champion or models:/name/3.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65_535)
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that answer on the port.", min=1, max=256)
    ] = None,
) -> None:
    """Answer over HTTP; settings are LEADSCORE_ variables, options win over them."""
    from serving.service import serve as run

    run(settings_of(project, model=model, host=host, port=port, workers=workers))


def settings_of(project: Path | None, **given: object) -> "Settings":
    """Return the settings of the environment, over which a project and options win."""
    from serving.settings import Settings

    chosen = dict(given)
    if project is not None:
        from training.project.project import read_project

        read = read_project(project)
        chosen["model"] = given["model"] or read.champion
        chosen["tracking_uri"] = read.mlflow.tracking_uri
        chosen["rules"] = project.parent / read.rules if read.rules else None
    known = {key: value for key, value in chosen.items() if value is not None}
    return Settings.from_environment().model_copy(update=known)
