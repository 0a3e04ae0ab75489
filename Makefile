# Everything a person or a machine does with this checkout. `make` lists it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Where `make run` serves, and what else to hand to the tools.
LISTEN ?= 127.0.0.1:10132
RUN_ARGS ?=
CHECK_ARGS ?=
PYTEST_ARGS ?=
BENCH_ARGS ?=
AGENTS ?=
SCALE_ARGS ?=
SOAK_ARGS ?=
SECONDS ?= 600
N ?= 50000
# Where links of the dashboards lead, if not to the project's own documentation.
DOCS ?=
UV_VERSION := 0.13.8
# The container image. An own BASE_IMAGE brings its BUILD_IMAGE, where they differ.
BUILDER ?= $(shell command -v podman || command -v buildah)
VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' agent/__init__.py)
IMAGE ?= localhost/sctp-node-agent:$(VERSION)
IMAGE_ARGS ?=
SBOM := /opt/sctp-node-agent/sbom.cdx.json
BASE_IMAGE ?=
BUILD_IMAGE ?=
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || date +%s)

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo '  Variables: PYTHON, LISTEN, CHECK_ARGS, RUN_ARGS, IMAGE, BASE_IMAGE, PYTEST_ARGS (a part of the tests is not judged on coverage)'

setup: $(VENV)/.dev $(VENV)/.runtime ## Make .venv from the locks, the project in it, editable

run: $(VENV)/.runtime ## Print this node's report, then serve its metrics on LISTEN
	@$(BIN)/sctp-node-agent check $(CHECK_ARGS) || (($$? <= 2)) # the verdict is no error here
	@echo 'Serving http://$(patsubst :%,localhost:%,$(LISTEN))/metrics until interrupted (elsewhere: make run LISTEN=ADDRESS:PORT).'
	@exec $(BIN)/sctp-node-agent run --web.listen-address='$(LISTEN)' $(RUN_ARGS)

check: lint type ## Lint and types

lint: $(VENV)/.dev ## Style and bans
	$(BIN)/ruff check
	$(BIN)/ruff format --check

type: $(VENV)/.dev ## Types
	$(BIN)/mypy

test: system lint type ## Everything that proves it (PYTEST_ARGS narrows it)
	$(BIN)/python -m tests.setup.run $(PYTEST_ARGS)

test-fast: system lint type ## The same without real kernels
	$(BIN)/python -m tests.setup.run --fast $(PYTEST_ARGS)

system: ## Install (Debian, Ubuntu) or name what the tests need of the system
	@tests/setup/system-packages

golden: $(VENV)/.dev ## Write anew what is kept of reports, metrics and flags, in tests and docs; then read the difference
	$(BIN)/python -m pytest -q --update-golden tests/cli/test_main.py tests/cli/test_machineconfig.py tests/cli/test_pages.py \
	  tests/evaluation/test_node_trees.py tests/report tests/terminal/test_captures.py

oracle: $(VENV)/.dev ## Hold our readers to the real kmod and systemd on N random nodes
	ORACLE_TREES=$(N) $(BIN)/python -m pytest tests/oracle

fuzz: $(VENV)/.dev ## Spoil the inputs of all readers for ten minutes
	$(BIN)/python -m tests.fuzz --seconds '$(SECONDS)'

mutants: $(VENV)/.mutants ## Change the code that decides, one thing at a time, and list what no test notices (PARTS)
	$(BIN)/python -m tests.mutants $(PARTS)

rules: $(VENV)/.runtime ## Render the PrometheusRule from daemonset/rules (DOCS, GRAFANA, POOL_SHARE, FAMILIES, STYLES: docs/alerts.md)
	$(BIN)/python daemonset/rules/render.py $(if $(DOCS),--docs '$(DOCS)') $(if $(GRAFANA),--grafana '$(GRAFANA)') $(if $(POOL_SHARE),--pool-share $(POOL_SHARE)) \
	  $(if $(FAMILIES),--families $(FAMILIES)) $(if $(STYLES),--styles $(STYLES))

rules-cost: system $(VENV)/.dev ## Measure what the rules cost Prometheus over NODES nodes, write docs/alerts.md (5 minutes)
	$(BIN)/python -m tests.rules.cost $(NODES)

dashboards: $(VENV)/.runtime ## Render dashboards/grafana and the components from dashboards/
	$(BIN)/python -m dashboards $(DOCS)

soak: $(VENV)/.dev ## Run a day in minutes, judge memory, descriptors and threads, write docs/reliability.md (15 minutes at most)
	$(BIN)/python -m tests.soak $(SOAK_ARGS)

bench: system $(VENV)/.dev ## Measure beside other exporters, in peace and under attack, write docs/benchmarks.md and docs/reliability.md (9 minutes)
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

image: ## Build the container image IMAGE with podman or buildah
	@test -n '$(BUILDER)' || { echo 'Building an image needs podman or buildah.' >&2; exit 1; }
	$(BUILDER) build --file Containerfile --tag '$(IMAGE)' --timestamp '$(SOURCE_DATE_EPOCH)' \
	  --build-arg VERSION='$(VERSION)' --build-arg SOURCE_DATE_EPOCH='$(SOURCE_DATE_EPOCH)' \
	  --build-arg REVISION="$$(git describe --always --exclude '*' --abbrev=40 --dirty 2>/dev/null || echo unknown)" \
	  $(foreach name,BASE_IMAGE BUILD_IMAGE,$(if $($(name)),--build-arg $(name)='$($(name))')) $(IMAGE_ARGS) .

sbom: ## Print what is in the image IMAGE, as CycloneDX JSON
	@case '$(notdir $(BUILDER))' in \
	  podman) made=$$(podman create '$(IMAGE)'); trap 'podman rm "$$made" >&2' EXIT; podman cp "$$made":$(SBOM) - | tar -xO ;; \
	  buildah) made=$$(buildah from --pull-never '$(IMAGE)'); trap 'buildah rm "$$made" >&2' EXIT; cat "$$(buildah mount "$$made")$(SBOM)" ;; \
	  *) echo 'Looking into an image needs podman or buildah.' >&2; exit 1 ;; \
	esac

seccomp: system $(VENV)/.dev ## Record the agent's system calls on real kernels, write daemonset/seccomp (10 minutes)
	$(BIN)/python -m tests.vm.profile

scale: system $(VENV)/.dev ## Measure one Prometheus over AGENTS simulated agents, write docs/scale.md (10 minutes)
	$(BIN)/python -m tests.scale $(if $(AGENTS),--agents $(AGENTS)) $(SCALE_ARGS)

lock: ## Renew requirements/*.txt from pyproject.toml, at most a week fresh
	@test -x .cache/uv-$(UV_VERSION)/bin/uv || { \
	  "$$(tests/setup/find-python)" -m venv .cache/uv-$(UV_VERSION); \
	  .cache/uv-$(UV_VERSION)/bin/python -m pip --quiet install 'uv == $(UV_VERSION)'; }
	$(call compile,runtime,pyproject.toml)
	$(call compile,build,--group build)
	$(call compile,dev,pyproject.toml --group build --group dev -c requirements/runtime.txt -c requirements/build.txt)
	$(call compile,mutants,pyproject.toml --group dev --group mutants -c requirements/dev.txt)

clean: ## Remove all that was made here, downloads too
	rm -rf $(VENV) .cache .hypothesis .coverage* htmlcov build dist
	find agent tests -name __pycache__ -prune -exec rm -rf {} +

.PHONY: golden rules-cost sbom scale seccomp help setup run check lint type test test-fast system oracle fuzz mutants rules dashboards bench soak image lock clean

define compile
	.cache/uv-$(UV_VERSION)/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	  --exclude-newer '1 week' --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command 'make lock' $(2) --output-file requirements/$(1).txt
endef

# Stamps: what the running agent needs comes first, so that `make run` is quick,
# and only a new lock makes the environment anew.
$(VENV)/.locked: requirements/runtime.txt requirements/build.txt
	@tests/setup/make-venv $(VENV)
	@echo 'Installing what the agent needs into $(VENV)'
	@$(PIP) install --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	@touch $@

$(VENV)/.runtime: $(VENV)/.locked pyproject.toml agent/__init__.py
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.locked | $(VENV)/.runtime
	@echo 'Installing what the tests need into $(VENV)'
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.mutants: requirements/mutants.txt $(VENV)/.dev
	@echo 'Installing what changes the code into $(VENV)'
	@$(PIP) install --require-hashes -r requirements/mutants.txt
	@touch $@
