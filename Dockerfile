# The service alone: no training dependencies, no root, no need of a writable file system but /tmp.
# It listens on all addresses, so it starts with keys (LEADSCORE_KEYS, or a record that has some), or
# open where LEADSCORE_OPEN=yes says so. With --target mlflow: an MLflow server for compose.yaml, with
# nothing of the product inside.

FROM python:3.11-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /src

FROM packages AS mlflow-packages
COPY requirements/mlflow.lock requirements/
RUN pip install --no-deps --require-hashes -r requirements/mlflow.lock && pip uninstall --yes setuptools pip

FROM packages AS leadscore-packages
COPY requirements/serving.lock requirements/build.lock requirements/
RUN pip install --no-deps --require-hashes -r requirements/serving.lock -r requirements/build.lock
COPY pyproject.toml README.md ./
COPY leadscore leadscore
COPY features features
COPY serving serving
COPY training training
COPY experiments experiments
RUN pip install --no-deps --no-build-isolation . && pip uninstall --yes setuptools pip

FROM python:3.11-slim AS mlflow
RUN useradd --uid 10001 --create-home mlflow && install --directory --owner 10001 --group 10001 /mlflow
COPY --from=mlflow-packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    MLFLOW_DISABLE_TELEMETRY=true
USER 10001
EXPOSE 5000
ENTRYPOINT ["mlflow"]

FROM python:3.11-slim AS leadscore
# LightGBM's OpenMP runtime.
RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
# A volume that is mounted here may be written: what is compiled and copies of models, kept over restarts.
RUN useradd --uid 10001 --create-home leadscore && \
    install --directory --owner 10001 --group 10001 /var/cache/leadscore
COPY --from=leadscore-packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/tmp/leadscore/numba \
    MLFLOW_DISABLE_TELEMETRY=true \
    LEADSCORE_HOST=0.0.0.0 \
    LEADSCORE_PORT=8000 \
    LEADSCORE_CACHE=/tmp/leadscore
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["leadscore"]
CMD ["serve"]
