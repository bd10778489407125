"""All that commands import, in the process that the processes of commands begin as copies of."""

# ruff: noqa: F401
import atexit
import gc

import git
import holidays.countries
import matplotlib.backends.backend_agg
import mlflow.pyfunc
import mlflow.store.model_registry.sqlalchemy_store
import mlflow.store.tracking.sqlalchemy_store
import mlflow.tracing.provider
import numpy as np
import opentelemetry.sdk.trace.export
import rich.markdown
import sqlalchemy.dialects.sqlite

import experiments.demo.run
import leadscore
import serving.background
import serving.service
import tests.sqlite
import training.consistency.check
import training.pipeline
import training.scores.basis
from serving.model.reference import Reference

# The first compiled function that is called loads the compiler.
Reference(quantiles=(0.0,) * 101).scores(np.zeros(1))

# Searching for garbage would look through all of it, in each process.
gc.collect()
gc.freeze()
# Libraries would tell at the end what they still hold.
atexit.register(gc.unfreeze)
