"""Keep scores fresh, and tell what changed."""

from pathlib import Path
from typing import Annotated

import typer

from leadscore.serve import settings_of

EXAMPLE = "Example: `leadscore work --project project.toml --port 8001`"


def work(
    project: Annotated[
        Path | None, typer.Option(help="Score by the champion of this project, with its rules.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Folder, models:/name@champion or models:/name/3.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address at which it tells how it does; see --port.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            help="Port at which it tells how it does (/healthz, /readyz, /metrics); 0 takes a "
            "free one. Without one it listens nowhere.",
            min=0,
            max=65_535,
        ),
    ] = None,
) -> None:
    """Score stored leads again as things happen to them and once a day, and send webhooks.

    A service on SQLite does this by itself; on PostgreSQL, run as many of these as it takes.
    """
    from serving.background import work as run

    run(settings_of(project, model=model, host=host, work_port=port))
