"""The demo, from simulated leads to an explained answer."""

import re
from pathlib import Path

from tests.e2e.command import free_port, said


def test_the_demo_prints_figures_closeness_and_an_explained_answer(
    tmp_path: Path,
) -> None:
    port = str(free_port())
    printed = said(tmp_path, "demo", "--no-serve", "--leads", "2000", "--port", port)
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
