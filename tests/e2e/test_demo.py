"""The demo, from simulated leads to an explained answer."""

import re
from pathlib import Path

from tests.e2e.command import ENVIRONMENT, free_port, said, served


def test_the_demo_prints_figures_closeness_and_an_explained_answer(
    tmp_path: Path,
) -> None:
    port = str(free_port())
    printed = said(tmp_path, "demo", "--no-serve", "--leads", "1000", "--port", port)
    output = " ".join(printed.split())
    assert "### demo: probability of SQL." in output
    assert all(name in output for name in ("| leadscore |", "| base rate |", "| rules |"))
    closeness = re.search(r"by the true ones: (\S+); the model reaches (\S+), (\d+)%", output)
    assert closeness is not None
    best, found = float(closeness[1]), float(closeness[2])
    assert 0.6 < found <= best + 0.02
    assert "/v1/score answered:" in output
    assert re.search(r"L\d+ Score \d+, grade A, probability \d", output)
    assert "(leadscore-demo/1)" in output
    assert (tmp_path / "demo" / "mlflow.db").is_file()
    assert re.search(r"The workspace: http://127.0.0.1:8000/app/ admin@example.com admin", output)
    record = f"sqlite:///{tmp_path / 'demo' / 'record.db'}"
    password = re.search(r"password of all: (\S+)", output)
    assert password is not None
    with served(
        ["serve", "--project", "demo/project.toml", "--port", port],
        tmp_path,
        {**ENVIRONMENT, "LEADSCORE_DATABASE_URL": record},
        port,
    ) as client:
        page = client.get("/app/login").text
        token = re.search(r'name="form_token" value="([^"]+)"', page)
        assert token is not None
        form = {"email": "sales@example.com", "password": password[1], "form_token": token[1]}
        logged_in = client.post("/app/login", data=form, headers={"Origin": str(client.base_url)})
        assert logged_in.status_code == 303
