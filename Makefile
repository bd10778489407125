# Everything happens in .venv, made from the lock file; nothing else is needed than Python 3.11+ and make.

PYTHON ?= python3
BIN := .venv/bin
export MPLBACKEND := Agg
# Threads of LightGBM that wait for each other leave the cores to other work.
export OMP_WAIT_POLICY := passive
# What a process compiles of the sources it imports, others need not compile again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: packages packages-a-m packages-n-z pyspark demo test kernels compiled as_python contract lint bench results quality mutants clean

demo: .venv/ready
	$(BIN)/leadscore demo --port 0

# What numba compiles is not counted; so what goes through all of it runs once more as Python.
AS_PYTHON := tests/features/kernel tests/features/wording/test_facts.py tests/serving/model/test_explanation.py \
	tests/serving/model/test_explanation_limits.py tests/serving/scoring/test_strongest.py \
	-k "not threads and not bits and not bit_for_bit and not compiled"

PYTEST := $(BIN)/python -m pytest -p no:schemathesis --cov --cov-report=

# Side by side, and more than there are cores, since tests wait for servers and browsers.
test: .venv/ready
	$(MAKE) --jobs compiled contract
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under 96.5

# The learner comes to the same with one thread; with two in each of several processes, they wait for each other.
kernels compiled as_python contract: export OMP_NUM_THREADS := 1
# Whose own threads are as many as there are cores, and then those of the learner, too.
kernels compiled as_python contract: export NUMBA_NUM_THREADS := 1

# Compiling takes half as long again when coverage looks on, and each process would do it.
kernels: .venv/ready
	$(BIN)/python -m tests.kernels

# Requests are drawn where tests are looked for, which is best done by one process.
contract: as_python
	$(BIN)/python -m pytest tests/contract

# Files as tests/conftest.py orders them, each in one process, for what is trained once in it.
compiled: kernels
	COVERAGE_FILE=.coverage.$@ $(PYTEST) --numprocesses 3 --dist loadfile --no-loadscope-reorder \
		--ignore tests/contract

as_python: lint
	COVERAGE_FILE=.coverage.$@ NUMBA_DISABLE_JIT=1 $(PYTEST) $(AS_PYTHON)

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/ready
	$(BIN)/python -m experiments.benchmarks

results: .venv/ready
	$(BIN)/python -m experiments.results

# Needs the extra: .venv/bin/pip install --editable '.[training,peers]'
quality: .venv/ready
	$(BIN)/python -m experiments.benchmarks.quality --page

mutants: .venv/ready
	$(BIN)/python -m experiments.mutants --sample 100

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps

.venv/ready: requirements/pip.lock requirements/dev.lock requirements/spark.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements/pip.lock
	$(MAKE) --jobs packages pyspark
	@# Which warns of folders that are named as a package, and they are meant.
	PYTHONWARNINGS=ignore $(PIP) --no-build-isolation --editable .
	touch $@

# In two halves, since one pip keeps one core busy. They are cut by name, so that packages with a folder
# in common, such as those of MLflow, come one after the other.
packages: packages-a-m packages-n-z
packages-a-m packages-n-z: packages-%:
	awk '/^[a-z]/ { inside = /^[$*]/ } inside' requirements/dev.lock > .venv/$*.lock
	$(PIP) --require-hashes -r .venv/$*.lock

# Its wheel is unpacked at once, so that compressing it would be in vain; what it is built by comes
# with it, since the packages bring another setuptools meanwhile.
pyspark: export DIST_EXTRA_CONFIG := $(CURDIR)/requirements/stored.cfg
pyspark:
	$(PIP) --use-pep517 --require-hashes -r requirements/spark.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis demo
