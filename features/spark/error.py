"""What keeps Spark from working that its user can mend."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from features.contract.mistake import MistakeError

_MISSING_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
_OTHER_PYTHON = re.compile(r"PYTHON_VERSION_MISMATCH")
_LOST = re.compile(
    r"ExecutorLostFailure|Python worker exited unexpectedly|OutOfMemoryError|MemoryError"
)


class SparkError(MistakeError):
    """Spark cannot be had, or cannot go on; the message says what to do."""


@contextmanager
def told() -> Iterator[None]:
    """Turn what Spark says of its executors into what its user can do.

    Raises:
        SparkError: An executor lacks a package, has another Python, or was lost for good.
    """
    try:
        yield
    except (PySparkException, Py4JError) as error:
        mend = mended(error)
        if mend is None:
            raise
        raise SparkError(mend) from error


def mended(error: Exception) -> str | None:
    """Say what the user of Spark can do about an error; None where it is none of theirs."""
    message = str(error)
    missing = _MISSING_MODULE.search(message)
    if missing is not None:
        return (
            f"an executor of Spark lacks the Python package '{missing[1]}'; install "
            "leadscore[spark] there, or name a Python that has it by PYSPARK_PYTHON"
        )
    if _OTHER_PYTHON.search(message):
        return (
            "the executors of Spark have another version of Python than the driver; name one of "
            "the same version by PYSPARK_PYTHON"
        )
    if _LOST.search(message):
        return (
            "executors of Spark were lost again and again, most likely for want of memory; give "
            "them more (spark.executor.memory, spark.executor.memoryOverhead) or fewer cores each: "
            "an account is never divided, and the largest one must fit"
        )
    return None
