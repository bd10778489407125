"""Arguments and options that several commands take."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class SpokenLanguage(StrEnum):
    """Languages of reasons."""

    de = "de"
    en = "en"


ProjectFile = Annotated[Path, typer.Argument(help="Project file, such as project.toml.")]
ModelUri = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="Folder, models:/name@champion or models:/name/3, or 'rules'; "
        "otherwise the project's champion, or the rules if there is none.",
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        help="Moment in UTC; if left out, right after the last one that all leads and events reach."
    ),
]
ReasonLanguage = Annotated[SpokenLanguage, typer.Option(help="Language of the reasons.")]
ReasonCount = Annotated[int, typer.Option(help="Most reasons up, and most down.", min=0, max=100)]
TrackingUri = Annotated[str | None, typer.Option(help="MLflow's address instead of the project's.")]
