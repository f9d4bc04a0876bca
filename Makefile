# `make run` and `make test` set up what they need; nothing else has to be installed first but Python 3.11+ and make.
.PHONY: run test browser soak lint format lock bench cluster-demo quality eval topics pictures docs wheel audit clean
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

run: $(READY)
	@$(BIN)/vllm-digest run --or-demo

test: $(READY) $(VENV)/.browser
	@$(BIN)/pytest --numprocesses auto

# Tried once for an environment; `make browser` tries again.
$(VENV)/.browser: | $(READY)
	@.ci/browser && touch $@

browser:
	@.ci/browser

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

# The site of docs/, in site/; a link or an anchor that leads nowhere fails it.
docs: $(READY)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# The wheel and the sdist, in dist/.
wheel: $(READY)
	@$(BIN)/python -m hatchling build -t wheel -t sdist -d dist

# Known vulnerabilities of all that is locked, by the advisories of PyPI; what cannot be looked up fails it too.
audit: $(READY) $(VENV)/audit/.ready
	@$(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.lock

$(VENV)/audit/.ready: deploy/audit.lock | $(READY)
	@echo "Setting up pip-audit (once) ..." >&2; \
	$(BIN)/python -m venv --clear $(VENV)/audit && \
	$(VENV)/audit/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $< && touch $@ || \
	{ rm -rf $(VENV)/audit; echo "pip-audit cannot be installed, so nothing is audited." >&2; exit 1; }

# The alternatives that it measures have an environment of their own; without a network the table goes without them.
$(VENV)/bench/.ready: benchmarks/requirements.lock | $(READY)
	@echo "Setting up what to compare with (once) ..." >&2; \
	$(BIN)/python -m venv --clear $(VENV)/bench && \
	$(VENV)/bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $< && touch $@ || \
	{ rm -rf $(VENV)/bench; echo "They cannot be installed, so they are not measured." >&2; }

# What an image and its build are made of are parts of it: deploy/.
LOCKED := --constraints requirements.lock --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet

# The lock names packages, versions and hashes, never an index, so that each machine uses its own.
lock: $(READY)
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade --quiet --output-file requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra otel --extra sentry $(LOCKED) -o deploy/requirements.lock
	@echo "hatchling>=1.27" | $(BIN)/uv pip compile - $(LOCKED) -o deploy/build.lock
	@echo "pip-audit>=2.9" | $(BIN)/uv pip compile - $(LOCKED) -o deploy/audit.lock

clean:
	rm -rf $(VENV) build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis

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
