"""Libraries that tests need."""

# ruff: noqa: F401
import warnings

# What libraries warn of at their start is nothing of ours.
with warnings.catch_warnings(action="ignore"):
    import duckdb
    import fastapi
    import lightgbm
    import matplotlib.pyplot
    import mlflow.pyfunc
    import mlflow.store.model_registry.sqlalchemy_store
    import mlflow.store.tracking.sqlalchemy_store
    import numba
    import pandas
    import playwright.sync_api
    import psycopg
    import pyarrow.dataset
    import shap
    import sklearn.linear_model
    import sqlalchemy
    import typer
    import uvicorn
