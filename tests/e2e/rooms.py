"""All that commands import, in the process that the processes of commands begin as copies of."""

# ruff: noqa: F401
import serving.background
import serving.service
import tests.sqlite
import training.consistency.check
import training.pipeline
