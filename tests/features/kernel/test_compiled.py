"""Files of compiled functions are a convenience: without them all goes on."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from features.kernel.compiled import compiled

FULL = """\
import logging, resource
logging.basicConfig(format="%(message)s")
resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
from tests.features.kernel.test_compiled import compiled, doubled
assert compiled()(doubled)(21) == 42
"""


def doubled(number: int) -> int:
    return 2 * number


def test_a_damaged_file_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    assert compiled()(doubled)(21) == 42
    for kind in ("*.nbc", "*.nbi"):
        [file] = tmp_path.rglob(kind)
        file.write_bytes(file.read_bytes()[:50])
        assert compiled()(doubled)(21) == 42
        assert caplog.messages == [
            "doubled is compiled again: its file is damaged (UnpicklingError)"
        ]
        caplog.clear()
        assert compiled()(doubled)(21) == 42
        assert caplog.messages == []


def test_a_disk_without_room_keeps_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    # Python would leave a part of this file's own code, which no later run could read.
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    ran = subprocess.run(
        [sys.executable, "-c", FULL], env=environment, capture_output=True, text=True, check=True
    )
    assert "doubled was compiled, and is not kept (File too large)" in ran.stderr
    assert not [*tmp_path.rglob("*.nbc")]
