"""A session of Spark: one that is there already, or one started at a master."""

import os
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from py4j.protocol import Py4JError
from pyspark import SparkContext, SparkFiles
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from features.spark.archive import write_archive
from features.spark.error import SparkError
from features.spark.java import find_java

_PATIENCE_SECONDS = 5
_PORT = 7077

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "50000",
}


@contextmanager
def open_session(master: str | None) -> Iterator[SparkSession]:
    """Open a session with settings and names of its own.

    One that is active, as in a notebook or under ``spark-submit``, is taken and left running.

    Args:
        master: Such as ``spark://host:7077``, ``yarn`` or ``local[4]``; None means what the
            environment says, and else all cores of this machine.

    Raises:
        SparkError: There is no Java, or the master is away.
    """
    # Whatever it does not support of pandas, nothing here uses.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    running = SparkSession.getActiveSession()
    whole = running or _started(master)
    try:
        session = whole.newSession()
        for name, value in _SETTINGS.items():
            session.conf.set(name, value)
        _send_code(session.sparkContext)
        yield session
    finally:
        if running is None:
            whole.stop()


def _send_code(context: SparkContext) -> None:
    """Send the code to executors on other machines; those here run the code that runs here."""
    master = context.master or ""
    if master == "local" or master.startswith("local["):
        return
    # It is fetched as long as executors come, so it stays as long as Spark does.
    folder = Path(SparkFiles.getRootDirectory(), "leadscore")
    folder.mkdir(exist_ok=True)
    context.addPyFile(str(write_archive(folder)))


def _started(master: str | None) -> SparkSession:
    find_java()
    builder = SparkSession.builder.appName("leadscore").config(
        "spark.ui.showConsoleProgress", "false"
    )
    if master is not None:
        _check(master)
        builder = builder.master(master)
        if master.startswith("local"):
            builder = builder.config("spark.driver.host", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        session = builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        raise SparkError(
            f"Spark does not start at the master '{master or 'of the environment'}' "
            f"({type(error).__name__}); check 'master' in the project file"
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session


def _check(master: str) -> None:
    """Ask whether anything listens at a master by itself, since Spark would ask for a minute.

    Raises:
        SparkError: Nothing does.
    """
    if not master.startswith("spark://"):
        return
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.partition(":")
        try:
            socket.create_connection((host, int(port or _PORT)), _PATIENCE_SECONDS).close()
        except (OSError, ValueError):
            continue
        return
    raise SparkError(
        f"nothing answers at the master of Spark, {master}; start it, or correct 'master' in the "
        "project file"
    )
