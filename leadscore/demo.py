"""The demo: simulate, train, serve and show."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from leadscore.options import ReasonLanguage, SpokenLanguage

EXAMPLE = "Example: `leadscore demo --no-serve --language de`"


def demo(
    leads: Annotated[int, typer.Option(help="How many leads to simulate.", min=1000)] = 20_000,
    seed: Annotated[int, typer.Option(help="Of the simulation.", min=0)] = 7,
    folder: Annotated[Path, typer.Option(help="Where data and models go.")] = Path("demo"),
    port: Annotated[
        int, typer.Option(help="Of the service; 0 takes a free one.", min=0, max=65_535)
    ] = 8000,
    serve: Annotated[
        bool | None,
        typer.Option(help="Keep the service running at the end; on a terminal, it is."),
    ] = None,
    language: ReasonLanguage = SpokenLanguage.en,
) -> None:
    """Simulate German B2B leads, train, serve, and show a scored and explained lead."""
    from experiments.demo.run import run_demo

    keep = sys.stdout.isatty() if serve is None else serve
    run_demo(folder, leads, seed, port, language.value, keep_serving=keep)
