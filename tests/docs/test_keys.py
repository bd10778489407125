"""The commands of the page on keys, run in order, and the key that they make, used."""

import re
from pathlib import Path

from tests.docs.command_line import command, typed
from tests.docs.markdown import ROOT, blocks
from tests.e2e.command import free_port, served

PAGE = "docs/keys.md"


def test_the_commands_make_keys_that_count(environment: dict[str, str], tmp_path: Path) -> None:
    def run(text: str) -> str:
        return typed(text, tmp_path, environment)

    run("leadscore db upgrade")
    in_record, in_file = [run(b.text) for b in blocks(PAGE) if (b.language, b.labels) == ("sh", ())]
    listed = run("leadscore keys list")
    assert "crm" in listed and "read, write" in listed and "no use noted, counts, expires" in listed
    assert re.fullmatch(r"ls_[0-9a-f]{12}_[0-9a-f]{64}\n", in_record)
    token = in_file.splitlines()[0]
    port = str(free_port())
    serve = ["serve", "--port", port]
    lead = {"lead": {"lead_id": "L1", "created_at": "2026-01-01T00:00:00Z"}}
    for settings, key, path in (
        ({}, in_record.strip(), "/v1/leads"),
        ({"LEADSCORE_KEYS": "keys.toml"}, token, "/v1/score"),
    ):
        with served(serve, tmp_path, {**environment, **settings}, port) as client:
            method = "POST" if path == "/v1/score" else "GET"
            sent = {"Authorization": f"Bearer {key}"}
            assert client.request(method, path, json=lead).status_code == 401
            assert client.request(method, path, json=lead, headers=sent).status_code == 200
        # Logs of both.
        assert key[16:] not in (tmp_path / "service.log").read_text(encoding="utf-8")
    assert "last used" in run("leadscore keys list")


def test_the_rows_of_commands_are_run_as_they_stand(
    environment: dict[str, str], tmp_path: Path
) -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    commands = re.findall(r"^\| `(leadscore keys [^`]+)` \|", page, re.MULTILINE)
    assert len(commands) == 3
    rotate, revoke, show = commands
    create = "leadscore keys create crm --scope score"
    for text in ("leadscore db upgrade", create, show, revoke, create, rotate):
        done = command(text, tmp_path, environment)
        assert done.returncode == 0, done.stderr
