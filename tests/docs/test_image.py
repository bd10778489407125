"""The Dockerfile and the compose file, held to the code: files, settings, ports, commands."""

import json
import re
import tomllib
import warnings
from importlib import import_module
from typing import Any

import pytest

from serving.settings import Settings, settings_table
from tests.docs.command_line import require_command
from tests.docs.image import Step, compose, steps
from tests.docs.markdown import ROOT

SERVICES: dict[str, dict[str, Any]] = compose()["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "leadscore"}
VARIABLES = {setting.variable for setting in settings_table()}


def of(stage: str, word: str) -> list[Step]:
    return [step for step in steps() if (step.stage, step.word) == (stage, word)]


def settings_in(environment: dict[str, str]) -> set[str]:
    return {name for name in environment if name.startswith("LEADSCORE_")}


def image_environment() -> dict[str, str]:
    pairs = (pair for step in of("leadscore", "ENV") for pair in step.rest.split())
    return dict(pair.split("=", 1) for pair in pairs)


def test_what_is_copied_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    copied = [step.rest.split()[:-1] for step in steps() if step.word == "COPY"]
    paths = [path for words in copied if not words[0].startswith("--from") for path in words]
    assert len(paths) > 5
    for path in paths:
        assert (ROOT / path).exists(), path
        assert f"!{path}" in ignored, path
    # And nothing more goes in.
    assert {line[1:] for line in ignored if line.startswith("!")} == {*paths}


def test_every_room_is_in_the_image() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = {
        one.rstrip("*") for one in project["tool"]["setuptools"]["packages"]["find"]["include"]
    }
    assert rooms <= {step.rest.split()[0] for step in of("leadscore-packages", "COPY")}


def test_the_image_runs_the_service_without_rights() -> None:
    environment = image_environment()
    assert settings_in(environment) <= VARIABLES
    [user], [port], [command] = (of("leadscore", word) for word in ("USER", "EXPOSE", "CMD"))
    assert user.rest == "10001" and port.rest == environment["LEADSCORE_PORT"]
    [check] = of("leadscore", "HEALTHCHECK")
    assert f"127.0.0.1:{port.rest}/healthz" in check.rest
    require_command(json.loads(command.rest))
    assert steps()[-1].stage == "leadscore", "what is built without a target"


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_without_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] and "/tmp" in service["tmpfs"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == ("no" if name == "upgrade" else "unless-stopped")


def test_service_and_worker_listen_where_the_image_asks_whether_they_are_alive() -> None:
    assert SERVICES["worker"]["command"][1:] == ["--port", image_environment()["LEADSCORE_PORT"]]
    assert not any("healthcheck" in SERVICES[name] for name in ("leadscore", "worker"))
    assert SERVICES["upgrade"]["healthcheck"] == {"disable": True}, "it ends before it is asked"


def test_secrets_are_not_in_the_file() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    secrets = re.findall(r"PASSWORD: (\S+)|://\w+:(.+)@", text)
    assert len(secrets) == 2
    assert all("".join(secret).startswith("${POSTGRES_PASSWORD") for secret in secrets)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert ".env" in ignored


@pytest.mark.parametrize("name", OURS)
def test_services_of_the_image_have_settings_and_commands_that_exist(name: str) -> None:
    service = OURS[name]
    assert settings_in(service["environment"]) <= VARIABLES
    require_command(service.get("command", ["serve"]))
    [kept] = [one.split(":")[1] for one in service["volumes"] if one.startswith("cache:")]
    for variable in ("LEADSCORE_CACHE", "NUMBA_CACHE_DIR"):
        assert service["environment"][variable].startswith(f"{kept}/")
    assert any(kept in step.rest for step in of("leadscore", "RUN")), "owned by the image's user"
    settings = Settings()
    stops = settings.leave_seconds + settings.grace_seconds
    assert int(service["stop_grace_period"].rstrip("s")) > stops + 2


def test_what_works_on_the_record_waits_for_its_upgrade() -> None:
    assert OURS["upgrade"]["command"] == ["db", "upgrade"]
    assert OURS["upgrade"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("leadscore", "worker"):
        waits = {"upgrade": {"condition": "service_completed_successfully"}}
        assert OURS[name]["depends_on"] == waits
    assert OURS["leadscore"]["ports"][0].endswith(f":{image_environment()['LEADSCORE_PORT']}")


def test_names_that_services_call_each_other_by_are_services_they_can_reach() -> None:
    environment = OURS["leadscore"]["environment"]
    for variable in ("LEADSCORE_DATABASE_URL", "LEADSCORE_TRACKING_URI"):
        name = re.split(r"[/:]", environment[variable].rpartition("@")[2].removeprefix("http://"))[
            0
        ]
        assert {*SERVICES[name]["networks"]} <= {*OURS["leadscore"]["networks"]}
    # Models are made by others than those who may see leads.
    assert not {*SERVICES["mlflow"]["networks"]} & {*SERVICES["postgres"]["networks"]}


def test_the_mlflow_server_has_options_that_exist_and_the_version_of_training() -> None:
    mlflow = SERVICES["mlflow"]
    assert of(mlflow["build"]["target"], "ENTRYPOINT")[0].rest == '["mlflow"]'
    name, *options = mlflow["command"]
    # It warns when it is imported.
    with warnings.catch_warnings(action="ignore"):
        commands = import_module("mlflow.cli").cli.commands
    known = {option for parameter in commands[name].params for option in parameter.opts}
    assert {option.partition("=")[0] for option in options} <= known
    [port] = of(mlflow["build"]["target"], "EXPOSE")
    assert f"--port={port.rest}" in options
    locks = [(ROOT / f"requirements/{lock}.lock").read_text() for lock in ("mlflow", "dev")]
    pins = [re.findall(r"^mlflow(?:-\w+)?==\S+", text, re.MULTILINE) for text in locks]
    assert pins[0] == pins[1] and pins[0]
