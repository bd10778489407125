"""The workspace of the demo: a record in which a sales team has worked, and accounts to log in."""

from pathlib import Path
from typing import NamedTuple

from experiments.demo.agreement import agree_on_prices
from experiments.demo.past_weeks import DAYS, PastWeeks
from experiments.simulator import Simulation, simulate
from features.contract.clock import now
from features.contract.duration import DAY_US
from features.contract.lead import moment
from serving.access.password import new_password, password_hash
from serving.access.role import Role
from serving.bootstrap import scoring_once
from serving.record.access.users import add_user
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.record.upgrade import upgrade
from serving.scoring.rules import read_rules
from serving.settings import Settings
from serving.stored.scoring import StoredScores
from training.progress import Progress
from training.project.project import read_project

_BY = "leadscore demo"
_PATIENT_MS = 3_600_000
"""In the past, nobody waits for an answer."""

_PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("admin@example.com", "Anna Beispiel", "admin"),
    ("sales@example.com", "Mia Muster", "sales"),
    ("vertrieb@example.com", "Jonas Muster", "sales"),
)


class Workspace(NamedTuple):
    """A record to look at.

    Attributes:
        url: Of the record.
        password: Of every account.
        accounts: Addresses to log in by, with what each may do.
    """

    url: str
    password: str
    accounts: tuple[tuple[str, Role], ...]


def new_workspace(simulation: Simulation, leads: int, seed: int, progress: Progress) -> Workspace:
    """Make a record in the folder of a project, in place of an earlier one, and fill it.

    The leads are others than those that the project's champion has learned from, of the months
    up to the present.

    Args:
        simulation: The project, trained and with a champion.
        leads: Of eighteen months of the market; those of the last four are in the record.
        seed: Of all chance.
        progress: Where progress is shown.
    """
    folder = simulation.folder
    for file in folder.glob("record.db*"):
        file.unlink()
    database = Database(f"sqlite:///{folder / 'record.db'}")
    upgrade(database)
    password = _add_users(database)
    at = now()
    with progress.step("Simulating the leads of the months since"):
        market = simulate(
            folder / "now", leads=leads, seed=seed, until=moment(at), others=simulation.leads
        )
    first_day = (at // DAY_US - DAYS) * DAY_US
    scores = StoredScores(database, Policy(), agree_on_prices(database, _BY, first_day))
    settings = _settings(simulation.project)
    scoring = scoring_once(settings, (scores.lifecycle, read_rules(settings.rules)))
    PastWeeks(scores, scoring, market, at, seed).live(progress)
    scores.close()
    return Workspace(database.shown, password, tuple((email, role) for email, _, role in _PEOPLE))


def _add_users(database: Database) -> str:
    """Add all accounts, and return the password that they share."""
    password = new_password()
    kept = password_hash(password)
    with database.writing() as connection:
        for email, name, role in _PEOPLE:
            add_user(connection, now(), _BY, email=email, name=name, role=role, password=kept)
    return password


def _settings(project: Path) -> Settings:
    read = read_project(project)
    chosen = {
        "model": read.champion,
        "tracking_uri": read.mlflow.tracking_uri,
        "cache": project.parent / ".leadscore",
        "deadline_ms": _PATIENT_MS,
    }
    return Settings.from_environment().model_copy(update=chosen)
