"""What scores look at and the sources hold nothing of is named."""

from collections.abc import Iterator

import pytest
from rich.console import Console

from features.history.history import History
from features.history.sources import ProfileFields
from serving.scoring.rules import read_rules
from tests.tiny import FEATURE_SET
from tests.training.firm import write_firm
from training.progress import Progress
from training.project.history import open_history
from training.project.project import Project, Stages, read_project
from training.project.unread import unread_by


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return read_project(write_firm(tmp_path_factory.mktemp("firm")))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, project: Project) -> Iterator[History]:
    folder = write_firm(tmp_path_factory.mktemp("firm")).parent
    with open_history(project, folder, Progress(Console(quiet=True))) as history:
        yield history


def _with(project: Project, **sections: object) -> Project:
    return project.model_copy(update=sections)


def test_a_project_that_holds_everything_is_told_nothing(
    project: Project, history: History
) -> None:
    assert unread_by(project, history, FEATURE_SET) == ()


def test_fields_of_another_kind_are_not_read(project: Project, history: History) -> None:
    swapped = ProfileFields(numeric=("industry",), categorical=("employees",))
    unread = unread_by(_with(project, profile=swapped), history, FEATURE_SET)
    assert unread == ("profile.employees", "profile.industry")


def test_fields_and_event_types_of_rules_are_looked_for(project: Project, history: History) -> None:
    unread = {*unread_by(project, history, read_rules().feature_set)}
    assert {"profile.role", "event_type:webinar"} < unread
    assert not {"profile.employees", "event_type:demo_request"} & unread


def test_stages_that_nobody_reaches_are_named(project: Project, history: History) -> None:
    stages = Stages.model_validate(
        {
            "target": "SQL",
            "closing": ["LSOT", "asked", "left"],
            "derived": [
                {"stage": "asked", "event_type": "demo_request"},
                {"stage": "left", "event_type": "no_such_event"},
            ],
        }
    )
    unread = unread_by(_with(project, stages=stages), history, FEATURE_SET)
    assert unread == ("stage:LSOT", "stage:left")


def test_without_dates_of_creation_there_is_no_age(project: Project, history: History) -> None:
    columns = project.sources.leads.columns.model_copy(update={"created_at": None})
    leads = project.sources.leads.model_copy(update={"columns": columns})
    sources = project.sources.model_copy(update={"leads": leads})
    undated = _with(project, sources=sources, stages=None, rows=None)
    assert unread_by(undated, history, FEATURE_SET) == ("lead_age_days",)
