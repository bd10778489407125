"""Draw the score of one lead."""

from typing import Annotated

import typer
from rich.console import Console

from leadscore.options import (
    AsOf,
    ModelUri,
    ProjectFile,
    ReasonCount,
    ReasonLanguage,
    SpokenLanguage,
)
from leadscore.project_scoring import as_of_moment, scoring_of

EXAMPLE = "Example: `leadscore explain project.toml 173688 --language de`"


def explain(
    project: ProjectFile,
    lead_id: Annotated[str, typer.Argument(help="Key of the lead.")],
    model: ModelUri = None,
    as_of: AsOf = None,
    language: ReasonLanguage = SpokenLanguage.en,
    reasons: ReasonCount = 5,
) -> None:
    """Draw the score of one lead: what raises it, and what lowers it."""
    from serving.scoring.drawing import draw
    from training.progress import Progress
    from training.project.reach import reach_notes

    with scoring_of(project, model, language, reasons, Progress()) as scoring:
        answer = scoring.answer(lead_id, as_of_moment(as_of))
        notes = [*reach_notes(scoring.project, scoring.history)]
    names = scoring.choice.basis.feature_set.names
    Console().print(draw(answer, language.value, names))
    for note in notes:
        typer.echo(note)
