# syntax=docker/dockerfile:1
# The service alone: no training dependencies, no root, no need of a writable file system but /tmp.
# It listens on all addresses, so it starts with keys (LEADSCORE_KEYS, or a record that has some), or
# open where LEADSCORE_OPEN=yes says so.

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/leadscore
ENV PATH=/opt/leadscore/bin:$PATH
WORKDIR /src
COPY requirements/serving.lock requirements/build.lock requirements/
RUN pip install --no-deps --require-hashes -r requirements/serving.lock -r requirements/build.lock
COPY pyproject.toml README.md ./
COPY leadscore leadscore
COPY features features
COPY serving serving
COPY training training
COPY experiments experiments
RUN pip install --no-deps --no-build-isolation . && pip uninstall --yes setuptools pip

FROM python:3.11-slim
# LightGBM's OpenMP runtime.
RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home leadscore
COPY --from=build /opt/leadscore /opt/leadscore
ENV PATH=/opt/leadscore/bin:$PATH \
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
