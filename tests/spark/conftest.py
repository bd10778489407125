"""One Spark for all of these tests, on two cores of this machine."""

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

if find_spec("pyspark") is None:
    others = Path(__file__).parent.glob("test_*.py")
    collect_ignore = [path.name for path in others if path.stem != "test_installed"]


@pytest.fixture(scope="session")
def spark() -> Iterator["SparkSession"]:
    """Return a running session, as a notebook has one; a task that fails is tried twice."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - only where it is installed

    from features.spark.java import find_java  # noqa: PLC0415

    find_java()
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2,2]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "1g")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "2")
        # What runs for seconds is not worth compiling well, nor cleaning up side by side.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()
