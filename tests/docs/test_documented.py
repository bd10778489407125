"""What exists is documented, and what is documented exists; the lists come from the code."""

import dataclasses
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from features.declaration.operators import OPERATORS
from features.history.sources import Source
from leadscore import app
from serving.http.app import create_app
from serving.http.errors import ErrorBody
from serving.http.problems import KINDS, ErrorCode
from serving.http.requests.bant import BantBody
from serving.http.requests.batch import BatchResult
from serving.http.requests.events import EventOfLead
from serving.http.requests.kpis import KpisQuery
from serving.http.requests.leads import LeadBody, ToldConsent, ToldContact
from serving.http.requests.opt_ins import OptInBody
from serving.http.requests.queries import ImportQuery, ListQuery
from serving.http.requests.score import ScoreRequest, SentEvent, SentLead
from serving.http.requests.transitions import TransitionBody
from serving.http.state import Readiness, ServiceState
from serving.http.views.handover import HandoverView, NextView, QuestionView
from serving.http.views.kpis import FigureView
from serving.http.views.lifecycle import LeadLifecycle
from serving.http.views.reviews import DisagreementView, ReviewView
from serving.intake.importing.headings import HEADINGS, heading_key
from serving.intake.importing.report import ImportReport
from serving.lifecycle.action_words import ACTIONS
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.bant import State
from serving.lifecycle.criteria import Criteria
from serving.lifecycle.kpis.kpis import KPI_NAMES
from serving.lifecycle.next_action import TABLE
from serving.record.privacy.policy import Retention
from serving.scoring.answer import Answer, FallbackReason
from serving.scoring.card import Card
from serving.scoring.reasons import FeatureShare, Reason
from serving.scoring.rules import Rules
from serving.settings import settings_table
from tests.docs.markdown import blocks, code, table, text
from training.checks.metrics import METRICS
from training.learning.baseline import AGES
from training.learning.choice import HALF_LIVES, LEAVES, LOGISTIC_CS, ROUNDS
from training.project.project import Project
from training.report.report import metrics_table

SCIENTIST, CRM, SALES = "docs/data-scientist.md", "docs/crm.md", "docs/sales.md"
KPIS = "docs/kpis.md"
RECORD, IMPORT, LIFECYCLE = "docs/record.md", "docs/import.md", "docs/lifecycle.md"


def first_column(document: str, heading: str) -> list[str]:
    return [code(next(iter(row.values()))) for row in table(document, heading)]


def test_every_command_and_option_is_documented() -> None:
    existing = {
        (name, option)
        for name, command in _commands(get_command(app), "")
        for parameter in command.params
        for option in (
            [*parameter.opts, *parameter.secondary_opts]
            if parameter.param_type_name == "option"
            else [(parameter.name or "").upper()]
        )
    }
    documented = [
        (code(row["command"]), option.strip("` "))
        for row in table(SCIENTIST, "Every command and option")
        for option in row["option"].split(",")
    ]
    assert sorted(documented) == sorted(existing)


def _commands(command: object, name: str) -> Iterator[tuple[str, TyperCommand]]:
    if isinstance(command, TyperGroup):
        for inner, of_group in command.commands.items():
            yield from _commands(of_group, f"{name} {inner}".strip())
    elif isinstance(command, TyperCommand):
        yield name, command


def test_every_setting_is_documented_with_its_default() -> None:
    documented = [(code(row["variable"]), row["default"]) for row in table(CRM, "Settings")]
    existing = [(s.variable, f"`{s.default}`" if s.default else "–") for s in settings_table()]
    assert sorted(documented) == sorted(existing)


def test_every_endpoint_is_documented() -> None:
    paths = create_app(ServiceState()).openapi()["paths"]
    existing = {f"{method.upper()} {path}" for path, operations in paths.items()
                for method in operations}  # fmt: skip
    assert sorted(first_column(CRM, "Endpoints")) == sorted(existing)


def test_every_error_code_is_documented() -> None:
    assert sorted(first_column(CRM, "Every code")) == sorted(get_args(ErrorCode))


def test_every_error_code_is_explained_in_the_same_words() -> None:
    documented = {
        code(row["code"]): (_plain(row["when"]), _plain(row["do this"]))
        for row in table(CRM, "Every code")
    }
    assert documented == KINDS


def _plain(markdown: str) -> str:
    return re.sub(r"\[(.+?)\]\(.+?\)", r"\1", markdown).replace("`", "")


def test_every_fallback_reason_is_documented() -> None:
    assert sorted(first_column(CRM, "When the rules answer")) == sorted(get_args(FallbackReason))


def test_every_field_of_requests_and_answers_is_documented() -> None:
    for heading, fields in {
        "The request": [
            *_paths(ScoreRequest, ""),
            *_paths(SentLead, "lead."),
            *(f"events[].{name}" for name in SentEvent.__annotations__),
        ],
        "The answer": [
            *_paths(Answer, ""),
            *(f"reasons[].{field.name}" for field in dataclasses.fields(Reason)),
            *(f"reasons[].features[].{name}" for name in FeatureShare.__annotations__),
        ],
        "Many leads at once": _paths(BatchResult, "results[]."),
        "The shape of an error": _paths(ErrorBody, ""),
        "What answers": _paths(Card, ""),
        "Readiness": _paths(Readiness, ""),
    }.items():
        assert sorted(first_column(CRM, heading)) == sorted(fields), heading


def test_every_field_of_the_record_is_documented() -> None:
    for heading, fields in {
        "Leads": [*LeadBody.model_fields, *ToldContact.model_fields],
        "Events": list(EventOfLead.__annotations__),
        "Scores": list(ListQuery.model_fields),
        "Who may be scored": list(ToldConsent.model_fields),
        "Consent by e-mail": list(OptInBody.model_fields),
        "How long things are kept": list(Retention.model_fields),
    }.items():
        assert sorted(first_column(RECORD, heading)) == sorted(fields), heading


def test_every_option_and_field_of_an_import_is_documented() -> None:
    assert sorted(first_column(IMPORT, "Over HTTP")) == sorted(ImportQuery.model_fields)
    assert sorted(first_column(IMPORT, "The report")) == sorted(ImportReport.model_fields)


def test_every_heading_that_is_guessed_is_documented() -> None:
    documented = {
        heading_key(heading): code(row["becomes"])
        for row in table(IMPORT, "Columns")
        for heading in row["headings"].split(", ")
    }
    assert documented == HEADINGS


def _paths(model: type[BaseModel], prefix: str) -> list[str]:
    return [prefix + name for name in model.model_fields]


def test_every_operator_is_documented_with_its_time_and_empty_value() -> None:
    documented = {
        code(row["operator"]): (row["time"], row["nothing happened"])
        for row in table(SCIENTIST, "Operators")
    }
    assert documented == {
        name: (o.time.replace("_", "-"), "missing" if math.isnan(o.empty) else f"{o.empty:g}")
        for name, o in OPERATORS.items()
    }


def test_what_is_tried_is_documented() -> None:
    tried = {
        row["question"].partition(":")[0].partition(",")[0]: row["ways, the simplest first"]
        for row in table(SCIENTIST, "What is chosen")
    }
    shares = [f"{share:g}" if share else "none" for share in HALF_LIVES]
    assert tried["recency"].startswith(f"{shares[0]} of the span (the incumbent), ")
    assert f"{shares[1]}, {shares[2]};" in tried["recency"]
    assert tried["regularisation of the logistic"] == f"C = {_listed(LOGISTIC_CS)}"
    fewest, most = ROUNDS[0], ROUNDS[-1]
    leaves = " or ".join(map(str, LEAVES))
    assert f"the mean with {fewest} to {most} trees of {leaves} leaves" in tried["trees"]
    assert f"at {_listed(AGES[1:-1])} days" in " ".join(text(SCIENTIST).split())


def _listed(numbers: Sequence[float]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)


def test_every_figure_of_the_report_is_documented() -> None:
    titles = metrics_table({}).splitlines()[0].strip("| ").split(" | ")[1:]
    assert len(titles) == len(METRICS)
    assert {*titles} <= {row["figure"] for row in table(SCIENTIST, "Reading the report")}


def test_every_key_of_a_project_is_documented_with_its_default() -> None:
    existing = dict(project_keys(Project))
    rows = {code(row["key"]): row for row in table(SCIENTIST, "The project file")}
    assert sorted(rows) == sorted(existing)
    for key, field in existing.items():
        # What is added is one of several kinds of feature; their table tells which needs what.
        if not key.startswith("features.add."):
            assert rows[key]["default"] == default_text(field), key


def test_every_key_of_a_project_has_an_example() -> None:
    used = {
        key
        for block in blocks(SCIENTIST)
        if (block.language, *block.labels) == ("toml", "project")
        for key in written_keys(tomllib.loads(block.text))
    }
    existing = {key.replace("labels.*.", "labels.") for key, _ in project_keys(Project)}
    missing = existing - {_general(key) for key in used}
    assert missing == set()


def test_every_key_of_a_rule_is_documented() -> None:
    rows = first_column(SALES, "Every key of the rules file")
    assert sorted(rows) == sorted({key for key, _ in model_keys(Rules, "")})


def test_every_key_of_a_lifecycle_is_documented() -> None:
    rows = first_column(LIFECYCLE, "The file")
    keys = {re.sub(r"\.needs\..+", ".needs", key) for key, _ in model_keys(Lifecycle, "")}
    # The same as those of the usual promises.
    keys = {re.sub(r"^use_cases\.sla\..+", "use_cases.sla", key) for key in keys}
    keys = {f"{key}.*" if key == "use_cases.needs" else key for key in keys}
    assert sorted(rows) == sorted(keys | {*Criteria.model_fields})
    assert first_column(LIFECYCLE, "Criteria") == list(Criteria.model_fields)


def test_every_field_of_a_standing_a_move_and_evidence_is_documented() -> None:
    moves = table(LIFECYCLE, "Who moved it, and why")
    fields = [code(row["field"]) for row in moves if "field" in row]
    assert sorted(fields) == sorted(LeadLifecycle.model_fields)
    fields = [code(row["field of a move"]) for row in moves if "field of a move" in row]
    assert sorted(fields) == sorted(TransitionBody.model_fields)
    evidence = table(LIFECYCLE, "BANT")
    fields = [code(row["field"]) for row in evidence if "field" in row]
    assert sorted(fields) == sorted(BantBody.model_fields)
    assert [code(row["state"]) for row in evidence if "state" in row] == list(get_args(State))


def test_every_figure_and_parameter_of_the_kpis_is_documented() -> None:
    assert first_column(KPIS, "Figures") == list(KPI_NAMES)
    rows = table(KPIS, "For marketing and sales: how well it goes, in figures")
    parameters = [field.alias or name for name, field in KpisQuery.model_fields.items()]
    documented = [code(row["parameter"]) for row in rows if "parameter" in row]
    assert sorted(documented) == sorted(parameters)
    assert first_column(KPIS, "What a figure says") == list(FigureView.model_fields)
    fields = DisagreementView.model_json_schema(mode="serialization")["properties"]
    assert first_column(KPIS, "Where people and the model disagree") == list(fields)
    assert first_column(KPIS, "A review of low grades") == list(ReviewView.model_fields)


def test_every_field_of_the_handover_and_of_what_comes_next_is_documented() -> None:
    told = [*table(LIFECYCLE, "Handover"), *table(LIFECYCLE, "Next action")]
    for column, model in (
        ("field of the handover", HandoverView),
        ("field of what comes next", NextView),
        ("field of a question", QuestionView),
    ):
        assert [code(row[column]) for row in told if column in row] == list(model.model_fields)


def test_the_table_of_actions_is_the_one_that_decides() -> None:
    rows = [row for row in table(LIFECYCLE, "Next action") if "code" in row]
    shown = [(code(row["code"]), row["action"]) for row in rows]
    assert shown == [(name, ACTIONS["en"][kind].lower()) for kind, name, _ in TABLE]


def default_text(field: FieldInfo) -> str:
    """Return a default as the tables show it."""
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    if default is None:
        return "–"
    alone = TypeAdapter(field.rebuild_annotation())
    return f"`{_toml(alone.dump_python(default, mode='json'))}`"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(v) for v in value)}]"
    return str(value)


def project_keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield the keys of a project; what all sources share stands under ``sources.*``."""
    for key, field in model_keys(model, prefix):
        parts = key.split(".")
        shared = parts[0] == "sources" and parts[-1] in Source.model_fields
        yield (f"sources.*.{parts[-1]}" if shared else key), field


def model_keys(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    """Yield the keys of a model and of the models inside it, dotted."""
    for key, field in model.model_fields.items():
        name = field.alias or key
        inner = list(_models_in(field.annotation))
        star = "*." if get_origin(field.annotation) is dict else ""
        for part in inner:
            yield from model_keys(part, f"{prefix}{name}.{star}")
        if not inner:
            yield prefix + name, field


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def written_keys(document: Mapping[str, object], prefix: str = "") -> Iterator[str]:
    """Yield the dotted keys that a TOML document writes."""
    for name, value in document.items():
        inner = value if isinstance(value, list) else [value]
        tables = [part for part in inner if isinstance(part, dict)]
        for part in tables:
            yield from written_keys(part, f"{prefix}{name}.")
        if not tables:
            yield prefix + name


def _general(key: str) -> str:
    parts = key.split(".")
    if parts[0] == "sources" and parts[-1] in Source.model_fields:
        return f"sources.*.{parts[-1]}"
    if parts[:2] == ["leads", "where"]:
        return "leads.where"
    return f"labels.{parts[-1]}" if parts[0] == "labels" else key
