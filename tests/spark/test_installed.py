"""Without Spark, its other tests are not even read; this one says so."""

import pytest


def test_spark_is_installed() -> None:
    pytest.importorskip("pyspark", reason="leadscore[spark] is not installed: no test of Spark")
