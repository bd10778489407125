"""Batch scores of a project: those the service gives, of the leads that are open."""

import csv
import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from features.contract.case import Case
from features.contract.lead import Event, Lead, ProfileValue, micros, moment
from features.history.history import History
from serving.batch import history_scoring
from serving.batch.answers import Wording
from serving.batch.history_scoring import BasisChoice
from serving.scoring.answer import Answer
from serving.scoring.basis import Basis, ModelBasis, RulesBasis
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.scoring.strongest import Listing
from serving.scoring.use_cases import OwnModel
from tests.serving.broken import model_without_numbers
from tests.tiny import tiny_training
from tests.training.firm import write_firm
from training.progress import Progress
from training.project.history import open_history
from training.project.project import LeadChoice, Project, read_project
from training.scores.project_scoring import ProjectScoring, UnknownLeadError

QUIET = Progress(Console(quiet=True))
WORDING = Wording(Listing(), "de")
RULES = RulesBasis(read_rules())
AS_OF = micros(datetime(2025, 7, 1, tzinfo=UTC), "as_of")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firm")
    write_firm(folder)
    return folder


@pytest.fixture(scope="module")
def project(folder: Path) -> Project:
    return read_project(folder / "project.toml")


@pytest.fixture(scope="module")
def history(folder: Path, project: Project) -> Iterator[History]:
    with open_history(project, folder, QUIET) as history:
        yield history


@pytest.fixture(scope="module", params=["model", "rules"])
def basis(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Basis:
    if request.param == "rules":
        return RULES
    return ModelBasis(tiny_training().load(tmp_path_factory.mktemp("model")))


def _online(basis: Basis) -> Scoring:
    conditions = Conditions(deadline=60.0, listing=WORDING.listing, language=WORDING.language)
    if isinstance(basis, ModelBasis):
        return Scoring(read_rules(), basis.model, conditions)
    return Scoring(read_rules(), "no_model", conditions)


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Read an export as it is, past all of the product."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _cases(folder: Path, lead_ids: list[str]) -> Iterator[Case]:
    """Build what a CRM would send of each lead."""
    leads = {lead["id"]: lead for lead in _rows(folder, "leads.csv")}
    events = _rows(folder, "events.csv")
    for lead_id in lead_ids:
        lead = leads[lead_id]
        employees = float(lead["employees"]) if lead["employees"] else None
        profile: dict[str, ProfileValue] = {
            "employees": employees,
            "industry": lead["industry"] or None,
        }
        colleagues = {
            other["id"]
            for other in leads.values()
            if lead["company"] and other["company"] == lead["company"] and other["id"] != lead_id
        }
        created = datetime.fromisoformat(lead["created"])
        yield Case(
            lead=Lead(lead_id, created, lead["company"] or None, profile),
            events=[_event(event) for event in events if event["id"] == lead_id],
            account_events=[_event(event) for event in events if event["id"] in colleagues],
            as_of=AS_OF,
            language=None,
        )


def _event(row: dict[str, str]) -> Event:
    return Event(
        event_type=row["type"],
        occurred_at=datetime.fromisoformat(row["at"]),
        recorded_at=datetime.fromisoformat(row["known"]),
        value=float(row["minutes"]),
        event_id=row["event"],
    )


def _scoring(
    project: Project, history: History, basis: Basis, wording: Wording = WORDING
) -> ProjectScoring:
    choice = BasisChoice(basis, RULES, None if basis.name == "model" else "no_model")
    return ProjectScoring(project, history, choice, wording)


def _answers(
    project: Project, history: History, basis: Basis, wording: Wording = WORDING
) -> list[Answer]:
    scoring = _scoring(project, history, basis, wording)
    lead = np.flatnonzero(scoring.open_ages(AS_OF) >= 0)
    categories = {
        feature.name
        for one in (basis, RULES)
        for feature in one.feature_set.features
        if feature.kind == "category"
    }
    return [
        _answer(row, categories)
        for scores in scoring.leads.batches(lead, AS_OF)
        for row in scores.to_pylist()
    ]


def _answer(row: dict[str, Any], categories: Collection[str]) -> Answer:
    """Read an answer from a row of scores, where values are texts."""
    for reason in row["reasons"]:
        for share in reason["features"]:
            if share["value"] is not None and share["feature"] not in categories:
                share["value"] = float(share["value"])
    return Answer.model_validate({**row, "events_ignored": 0, "events_incomplete": 0})


def test_a_batch_says_what_the_service_says(
    folder: Path, project: Project, history: History, basis: Basis
) -> None:
    batch = _answers(project, history, basis)
    online = _online(basis)
    for answer, case in zip(batch, _cases(folder, [a.lead_id for a in batch]), strict=True):
        said = online.score(case, arrived=time.monotonic())
        # What was sent in vain is known of requests only.
        of_requests = {"events_ignored", "events_incomplete", "unknown"}
        found, exact = (one.model_dump_json(exclude=of_requests) for one in (answer, said))
        assert found == exact
        assert answer.unknown == [name for name in said.unknown if name.startswith("profile.")]
    assert len(batch) > 10
    assert len({answer.probability for answer in batch}) > 3


@pytest.mark.parametrize("kind", ["model", "without numbers", "rules"])
def test_a_file_worded_by_threads_holds_the_batches_in_order(
    project: Project, history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    basis: Basis = RULES
    if kind == "model":
        basis = ModelBasis(tiny_training().load(tmp_path))
    elif kind == "without numbers":
        basis = ModelBasis(model_without_numbers())
    scoring = _scoring(project, history, basis)
    lead = np.flatnonzero(scoring.open_ages(AS_OF) >= 0)
    whole = pa.Table.from_batches(scoring.leads.batches(lead, AS_OF))
    monkeypatch.setattr(history_scoring, "_CHUNK", 1)
    assert len(lead) > 15
    scoring.write(tmp_path / "scores.parquet", AS_OF, QUIET)
    assert pq.read_table(tmp_path / "scores.parquet").to_pylist() == whole.to_pylist()
    scoring.write(tmp_path / "scores.csv", AS_OF, QUIET)
    with (tmp_path / "scores.csv").open(encoding="utf-8", newline="") as file:
        written = [row["lead_id"] for row in csv.DictReader(file)]
    assert written == whole["lead_id"].to_pylist()


class _Interrupting(RulesBasis):
    """Rules of which a thread stops while it words some leads."""

    def by_reason(self, contributions: np.ndarray) -> np.ndarray:
        raise KeyboardInterrupt


def test_what_stops_a_thread_stops_it_all_and_leaves_no_file(
    project: Project, history: History, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        _scoring(project, history, _Interrupting(read_rules())).write(
            tmp_path / "scores.parquet", AS_OF, QUIET
        )
    assert list(tmp_path.iterdir()) == []


def test_events_are_missing_until_the_first_one_counts(
    folder: Path, project: Project, history: History, basis: Basis
) -> None:
    events = [_event(row) for row in _rows(folder, "events.csv") if row["id"] == "L0"]
    visible = [(micros(e.occurred_at, ""), micros(e.recorded_at or moment(0), "")) for e in events]
    first = min(max(occurred + 1, recorded) for occurred, recorded in visible)
    scoring = _scoring(project, history, basis)
    assert "events" in scoring.answer("L0", first - 1).missing
    assert "events" not in scoring.answer("L0", first).missing


def test_every_answer_adds_up(project: Project, history: History, basis: Basis) -> None:
    wording = Wording(Listing(up=2, down=1), "en")
    for answer in _answers(project, history, basis, wording):
        logit = np.log(answer.probability / (1 - answer.probability))
        listed = sum(reason.contribution for reason in answer.reasons)
        parts = answer.base_log_odds + answer.fit + answer.behaviour
        assert answer.log_odds == pytest.approx(logit, abs=1e-6)
        assert parts == pytest.approx(answer.log_odds, abs=1e-6)
        assert answer.base_log_odds + listed + answer.other_contribution == pytest.approx(
            answer.log_odds, abs=1e-6
        )
        assert len(answer.reasons) <= 3
        for reason in answer.reasons:
            inside = sum(share["contribution"] for share in reason.features)
            assert inside == pytest.approx(reason.contribution, abs=1e-6)


def test_open_leads_are_created_and_neither_closed_nor_at_the_target(
    folder: Path, project: Project, history: History
) -> None:
    over = {
        row["id"]
        for row in _rows(folder, "stages.csv")
        if datetime.fromisoformat(row["at"]) <= moment(AS_OF)
    }
    expected = {
        row["id"]
        for row in _rows(folder, "leads.csv")
        if datetime.fromisoformat(row["created"]) <= moment(AS_OF)
    }
    found = history.leads().lead_id[_scoring(project, history, RULES).open_ages(AS_OF) >= 0]
    assert set(found) == expected - over
    assert 0 < len(found) < len(history.leads())


def test_leads_of_a_use_case_are_scored_by_its_model(
    tmp_path: Path, folder: Path, project: Project, history: History, basis: Basis
) -> None:
    model = ModelBasis(tiny_training(trees=False).load(tmp_path / "own", "own/1"))
    own = [
        OwnModel("it", {"industry": ("it",)}, "models:/own/1", BasisChoice(model, RULES)),
        OwnModel("bau", {"industry": ("Bau",)}, "models:/none/1", None, "away"),
    ]
    choice = BasisChoice(basis, RULES, None if basis.name == "model" else "no_model")
    scoring = ProjectScoring(project, history, choice, WORDING, own)
    scoring.write(tmp_path / "scores.parquet", AS_OF, QUIET)
    rows = pq.read_table(tmp_path / "scores.parquet").to_pylist()
    alone = {answer.lead_id: answer for answer in _answers(project, history, basis)}
    by_own = {answer.lead_id: answer for answer in _answers(project, history, model)}
    industries = {row["id"]: row["industry"] for row in _rows(folder, "leads.csv")}
    assert {row["lead_id"] for row in rows} == alone.keys()
    for row in rows:
        industry = industries[row["lead_id"]]
        expected = (by_own if industry == "IT" else alone)[row["lead_id"]]
        assert row["probability"] == expected.probability
        assert row["model_version"] == expected.model_version
        assert row["use_case"] == ("it" if industry == "IT" else None)
        assert row["use_case_away"] == ("bau" if industry == "Bau" else None)
        answer = scoring.answer(row["lead_id"], AS_OF)
        assert (answer.probability, answer.use_case) == (row["probability"], row["use_case"])


def test_a_project_about_a_group_scores_its_leads(
    folder: Path, project: Project, history: History
) -> None:
    some = project.model_copy(update={"leads": LeadChoice(where={"industry": ("IT",)})})
    scored = _scoring(some, history, RULES).open_ages(AS_OF) >= 0
    industries = {row["id"]: row["industry"] for row in _rows(folder, "leads.csv")}
    every = _scoring(project, history, RULES).open_ages(AS_OF) >= 0
    ids = history.leads().lead_id
    assert [*scored] == [is_open and industries[ids[n]] == "IT" for n, is_open in enumerate(every)]
    assert 0 < scored.sum() < every.sum()


def test_a_file_holds_every_open_lead(
    tmp_path: Path, project: Project, history: History, basis: Basis
) -> None:
    path = tmp_path / "scores.parquet"
    scored = _scoring(project, history, basis).write(path, AS_OF, QUIET)
    rows = pq.read_table(path).to_pylist()
    answers = _answers(project, history, basis)
    assert [row["lead_id"] for row in rows] == [answer.lead_id for answer in answers]
    assert [row["log_odds"] for row in rows] == [answer.log_odds for answer in answers]
    assert scored.leads == len(rows)
    assert scored.left_out == len(history.leads()) - len(rows)


def test_without_a_moment_it_is_right_after_the_last_that_all_sources_reach(
    tmp_path: Path, folder: Path, project: Project, history: History, basis: Basis
) -> None:
    created = max(row["created"] for row in _rows(folder, "leads.csv"))
    known = max(row["known"] for row in _rows(folder, "events.csv"))
    assert created < known
    scored = _scoring(project, history, basis).write(tmp_path / "all.csv", None, QUIET)
    assert moment(scored.as_of) == datetime.fromisoformat(created) + timedelta(microseconds=1)


def test_one_lead_is_scored_as_among_all(project: Project, history: History, basis: Basis) -> None:
    for answer in _answers(project, history, basis)[:5]:
        alone = _scoring(project, history, basis).answer(answer.lead_id, AS_OF)
        assert alone.model_dump_json() == answer.model_dump_json()


def test_a_lead_that_is_not_there_yet_or_at_all_is_told(
    project: Project, history: History, basis: Basis
) -> None:
    newest = str(history.leads().lead_id[np.argmax(history.leads().created)])
    for lead_id in ("nobody", newest):
        with pytest.raises(UnknownLeadError, match=f"'{lead_id}' is not in the sources"):
            _scoring(project, history, basis).answer(lead_id, AS_OF)


def test_leads_that_are_all_open_are_scored(tmp_path: Path, project: Project, basis: Basis) -> None:
    write_firm(tmp_path)
    (tmp_path / "stages.csv").write_text("id,stage,at\n", encoding="utf-8")
    with open_history(project, tmp_path, QUIET) as history:
        scored = _scoring(project, history, basis).write(tmp_path / "scores.csv", None, QUIET)
    assert (scored.leads, scored.left_out) == (60, 0)
    created = [datetime.fromisoformat(row["created"]) for row in _rows(tmp_path, "leads.csv")]
    newest = moment(scored.as_of)
    assert scored.older == sum(newest - day > timedelta(days=30) for day in created) > 0


def test_only_leads_whose_output_is_no_number_get_the_rules(
    project: Project, history: History
) -> None:
    basis = ModelBasis(model_without_numbers())
    answers = {answer.lead_id: answer for answer in _answers(project, history, basis)}
    by_rules = {answer.lead_id: answer for answer in _answers(project, history, RULES)}
    unknown = {lead_id for lead_id, answer in by_rules.items() if "employees" in answer.missing}
    assert 0 < len(unknown) < len(answers)
    for lead_id, answer in answers.items():
        if lead_id in unknown:
            expected = by_rules[lead_id].model_copy(update={"fallback_reason": "non_finite"})
            assert answer == expected
        else:
            assert (answer.basis, answer.fallback_reason) == ("model", None)
