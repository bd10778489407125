"""Project files: what they say is read as meant, and a mistake is named by file and key."""

from pathlib import Path

import pytest

from features.contract.document import DocumentError
from features.contract.duration import DAY_US
from features.contract.lead import moment
from training.project.project import Project, read_project
from training.project.rules import project_rules

UNDATED = 'name = "firm"\n[sources.leads]\npath = "leads.csv"\n'
LEADS = UNDATED + 'columns = { created_at = "created" }\n'
DATED = '[stages]\ntarget = "SQL"\n[rows]\nhorizon = "30d"\n'
FLAT = '[flat]\nlabel = "bought"\npositive = "yes"\n'

NAME, RECORD = 'name = "firm"\n', 'source = "record"\n'

SHIPPED = sorted((Path(__file__).parents[3] / "experiments" / "projects").glob("*.toml"))


def _read(folder: Path, text: str) -> Project:
    path = folder / "project.toml"
    path.write_text(text, encoding="utf-8")
    return read_project(path)


def _mistake(folder: Path, text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        _read(folder, text)
    return str(caught.value)


def test_durations_are_read_and_the_rest_has_defaults(tmp_path: Path) -> None:
    project = _read(tmp_path, LEADS + DATED + 'every = "12h"\nmax_age = "2w"\n')
    assert project.rows is not None
    assert project.rows.horizon == 30 * DAY_US
    assert project.rows.every == DAY_US // 2
    assert project.rows.max_age == 14 * DAY_US
    assert [window // DAY_US for window in project.features.windows] == [1, 7, 30, 90]
    assert project.model_name == "leadscore-firm"
    assert project.target == "SQL"


def test_a_flat_project_aims_at_a_value_of_a_column(tmp_path: Path) -> None:
    assert _read(tmp_path, UNDATED + FLAT).target == "bought = yes"


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("[feature]\ntop_event_types = 3\n", "unknown key 'feature'; did you mean 'features'?"),
        ("[features]\nwindow = ['7d']\n", "'features.window'; did you mean 'windows'?"),
        ("[model]\nleafs = 3\n", "unknown key 'model.leafs'; did you mean 'leaves'?"),
        ("[mlflow]\nmodelname = 'x'\n", "'mlflow.modelname'; did you mean 'model_name'?"),
        ("[profile]\nnumbers = ['a']\n", "'profile.numbers'; did you mean 'numeric'?"),
        (
            "[[sources.events]]\npath = 'e.csv'\n[sources.events.columns]\noccured_at = 'at'\n",
            "'sources.events.0.columns.occured_at'; did you mean 'occurred_at'?",
        ),
        (
            "[[features.add]]\nkind = 'behaviour'\noperator = 'trend'\nlevl = 'lead'\n",
            "levl'; did you mean 'level'?",
        ),
    ],
)
def test_an_unknown_key_is_named_with_a_suggestion(tmp_path: Path, added: str, said: str) -> None:
    mistake = _mistake(tmp_path, LEADS + DATED + added)
    assert mistake.startswith(f"{tmp_path / 'project.toml'}: ")
    assert said in mistake


def test_a_group_of_leads_is_told_apart_by_fields_of_the_profile(tmp_path: Path) -> None:
    profile = "[profile]\ncategorical = ['country']\n"
    read = _read(tmp_path, LEADS + profile + "[leads]\nwhere = { country = 'AT' }\n")
    assert read.leads is not None and read.leads.where == {"country": ("AT",)}
    said = _mistake(tmp_path, LEADS + profile + "[leads]\nwhere = { contry = 'AT' }\n")
    assert "leads.where.contry: [profile] has no such field; did you mean 'country'?" in said
    assert "leads.where" in _mistake(tmp_path, LEADS + profile + "[leads]\nwhere = {}\n")


@pytest.mark.parametrize(
    ("added", "key"),
    [
        ("[model]\nleaves = 'many'\n", "model.leaves"),
        ("[model]\nleaves = 1\n", "model.leaves"),
        ("[model]\ntree_weight = 1.5\n", "model.tree_weight"),
        ("[features]\nwindows = '7d'\n", "features.windows"),
        ("[features]\nwindows = ['7 days']\n", "features.windows.0"),
        ("[profile]\nnumeric = 'employees'\n", "profile.numeric"),
        ("[labels]\nform = 'Formular'\n", "labels.form"),
    ],
)
def test_a_wrong_value_is_named_by_its_key(tmp_path: Path, added: str, key: str) -> None:
    assert f"project.toml: {key}: " in _mistake(tmp_path, LEADS + DATED + added)


@pytest.mark.parametrize("text", ["30 days", "0d", "-7d", "d", "1.5d", ""])
def test_what_is_no_duration_is_refused(tmp_path: Path, text: str) -> None:
    project = LEADS + f'[stages]\ntarget = "SQL"\n[rows]\nhorizon = "{text}"\n'
    assert "rows.horizon: " in _mistake(tmp_path, project)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DATED, "key 'name' is missing"),
        (DATED, "key 'sources' is missing"),
        (LEADS + '[rows]\nhorizon = "30d"\n', "[rows] needs [stages]"),
        (UNDATED + DATED, "key 'sources.leads.columns.created_at' is missing"),
        (UNDATED + DATED, "set sources.leads.created to 'first_seen' or to a moment"),
        (
            UNDATED + "created = 2024-01-01\n" + DATED,
            "sources.leads.created: write 'first_seen', or",
        ),
        (LEADS + "created = 'first_seen'\n" + DATED, "sources.leads: 'created' takes the place of"),
        (UNDATED + "created = 'first_seen'\n" + DATED, "leads.created = 'first_seen' needs [["),
        (
            UNDATED + "created = 2024-01-01T00:00:00Z\n" + FLAT,
            "'sources.leads.created' has no use; leave it out",
        ),
        (
            UNDATED + FLAT + '[profile]\ncategorical = ["bought"]\n',
            "'bought' is the outcome and cannot",
        ),
        (UNDATED + FLAT + 'negative = ["yes"]\n', "'yes' cannot be both positive and negative"),
        (LEADS + FLAT, "'sources.leads.columns.created_at' has no use; leave it out"),
        (LEADS + DATED + FLAT, "[flat] takes the place of [stages] and [rows]"),
        (LEADS + '[stages]\nclosing = ["lost"]\n', "key 'stages.target' is missing"),
        (LEADS.replace("firm", "a firm!") + DATED, "name: "),
        (LEADS + "[stages\n", "is not TOML"),
        (RECORD + LEADS, "source = 'record' takes the place of [sources]"),
        (LEADS + "[record]\npolicy = 'p.toml'\n", "set source = 'record', too"),
        (RECORD + NAME + FLAT, "[flat] data have no moments, and the record has"),
        (RECORD.replace("record", "reccord") + LEADS, "source: Input should be 'record'"),
        (RECORD + NAME + "[record]\ndatabase = 'postgresql://me:word@host/db'\n", "a password;"),
    ],
)
def test_sections_that_do_not_fit_are_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in _mistake(tmp_path, text)


def test_leads_start_at_one_moment_where_no_column_tells(tmp_path: Path) -> None:
    project = _read(tmp_path, UNDATED + "created = 2024-01-01T01:00:00+01:00\n" + DATED)
    assert isinstance(project.sources.leads.created, int)
    assert moment(project.sources.leads.created).isoformat() == "2024-01-01T00:00:00+00:00"


def test_every_mistake_has_a_line_of_its_own(tmp_path: Path) -> None:
    lines = _mistake(tmp_path, LEADS + DATED + "[model]\nleafs = 3\ndepth = 0\n").splitlines()
    assert len(lines) == 2


def test_the_target_cannot_close_a_lead(tmp_path: Path) -> None:
    text = LEADS + '[stages]\ntarget = "SQL"\nclosing = ["lost", "SQL"]\n[rows]\nhorizon = "1d"\n'
    assert "'SQL' is the target and cannot be a closing stage" in _mistake(tmp_path, text)


def test_moments_need_a_time_zone(tmp_path: Path) -> None:
    aware = _read(tmp_path, LEADS + DATED + "observed_until = 2026-03-01T02:00:00+02:00\n")
    assert aware.rows is not None
    assert aware.rows.observed_until is not None
    assert moment(aware.rows.observed_until).isoformat() == "2026-03-01T00:00:00+00:00"
    for naive in ("2026-03-01T00:00:00", "2026-03-01", '"2026-03-01T00:00:00"'):
        mistake = _mistake(tmp_path, LEADS + DATED + f"observed_until = {naive}\n")
        assert "rows.observed_until: write a moment with a time zone" in mistake


def test_a_relative_database_of_mlflow_lies_beside_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert _read(tmp_path, LEADS + DATED).mlflow.tracking_uri == f"sqlite:///{tmp_path}/mlflow.db"
    absolute = _read(tmp_path, LEADS + DATED + '[mlflow]\ntracking_uri = "sqlite:////srv/m.db"\n')
    assert absolute.mlflow.tracking_uri == "sqlite:////srv/m.db"
    server = _read(tmp_path, LEADS + DATED + '[mlflow]\ntracking_uri = "http://mlflow:5000"\n')
    assert server.mlflow.tracking_uri == "http://mlflow:5000"


def test_a_variable_wins_over_its_default_and_must_be_set_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://elsewhere:5000")
    assert _read(tmp_path, LEADS + DATED).mlflow.tracking_uri == "http://elsewhere:5000"
    mistake = _mistake(tmp_path, LEADS + DATED + '[mlflow]\ntracking_uri = "${NO_SUCH_SERVER}"\n')
    assert "mlflow.tracking_uri: environment variable NO_SUCH_SERVER is not set" in mistake


def test_a_missing_file_and_one_that_is_no_project_are_told(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="there is no such file"):
        read_project(tmp_path / "nowhere.toml")
    with pytest.raises(DocumentError, match="a project is a TOML file"):
        read_project(tmp_path / "leads.csv")


def test_rules_are_read_beside_the_project(tmp_path: Path) -> None:
    project = _read(tmp_path, 'rules = "ours.toml"\n' + LEADS + DATED)
    with pytest.raises(DocumentError, match=r"ours\.toml: there is no such file"):
        project_rules(project, tmp_path)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_project_is_read(path: Path) -> None:
    assert read_project(path).name == path.stem


def test_six_real_data_sets_are_shipped() -> None:
    assert len(SHIPPED) == 6


@pytest.mark.parametrize(
    "database",
    [
        "postgresql+psycopg://me:a/b@host/db",
        "postgresql://host/db?password=word",
        "${LEADSCORE_DATABASE_URL:-postgresql://me:word@host/db}",
        "postgresql://me:${WORD:-word}@host/db",
    ],
)
def test_a_password_is_no_part_of_a_project(tmp_path: Path, database: str) -> None:
    text = f'{RECORD}{NAME}[record]\ndatabase = "{database}"\n'
    assert "record.database: holds a password; leave it" in _mistake(tmp_path, text)
    assert "word" not in _mistake(tmp_path, text).replace("password", "")


def test_a_record_lies_beside_the_project_or_where_the_environment_says(tmp_path: Path) -> None:
    near = '[record]\ndatabase = "sqlite:///leads.db"\npolicy = "policy.toml"\n'
    named = _read(tmp_path, RECORD + NAME + DATED + near).record.beside(tmp_path)
    assert named.database == f"sqlite:///{tmp_path}/leads.db"
    assert named.policy_file == tmp_path / "policy.toml"
    default = _read(tmp_path, RECORD + NAME + DATED).record.beside(tmp_path)
    assert default.database == "${LEADSCORE_DATABASE_URL}"
    secret = '[record]\ndatabase = "postgresql+psycopg://me:${WORD}@host/db"\n'
    assert "${WORD}" in _read(tmp_path, RECORD + NAME + secret).record.database
