# `make run` and `make test` set up what they need; nothing else has to be installed first but Python 3.11+ and make.
.PHONY: run test soak lint format lock bench cluster-demo quality eval topics pictures clean
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

run: $(READY)
	@$(BIN)/vllm-digest run --or-demo

test: $(READY)
	@$(BIN)/pytest --numprocesses auto

# Hundreds of kills over thousands of deliveries, with faults of the platforms mixed in; some ten minutes.
soak: $(READY)
	@$(BIN)/python -m tests.soak

lint: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(READY)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(READY) $(VENV)/bench/.ready
	@$(BIN)/python -m benchmarks

# Two workers, two schedulers and a cluster on loopback; a worker and the scheduler are killed while they post.
cluster-demo: $(READY)
	@$(BIN)/python -m benchmarks.cluster_demo

# DIGEST_MODEL makes that model write; without it the recordings of docs/quality.json speak.
quality: $(READY)
	@$(BIN)/python -m benchmarks.quality

# How questions are read and what they find. DIGEST_MODEL makes that model read; without it its recordings do.
eval: $(READY)
	@$(BIN)/python -m benchmarks.asking --model

# How well the bundled topics do on a folder of items: make topics DATA=folder
topics: $(READY)
	@$(BIN)/python -m benchmarks.topics $(DATA)

# The pictures of the docs, from the messages that people see in Slack and Discord; needs Chromium.
pictures: $(READY)
	@$(BIN)/python -m benchmarks.pictures

# The alternatives that it measures have an environment of their own; without a network the table goes without them.
$(VENV)/bench/.ready: benchmarks/requirements.lock | $(READY)
	@echo "Setting up what to compare with (once) ..." >&2; \
	$(BIN)/python -m venv --clear $(VENV)/bench && \
	$(VENV)/bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $< && touch $@ || \
	{ rm -rf $(VENV)/bench; echo "They cannot be installed, so they are not measured." >&2; }

# The lock names packages, versions and hashes, never an index, so that each machine uses its own.
lock: $(READY)
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): pyproject.toml requirements.lock
	@for python in "$$PYTHON" python3 python3.13 python3.12 python3.11; do \
		"$$python" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	done; \
	test -n "$$python" || { echo "Python 3.11 or newer with the venv module is needed; set PYTHON=/path/to/it" >&2; exit 1; }; \
	echo "Setting up $(VENV) (once) ..." >&2; \
	"$$python" -m venv --clear $(VENV) && \
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
