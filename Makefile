# The commands of this repository. `make run` and `make demo` need only Python 3.11 and make.

# The first Python that is new enough. 3.11 comes first, because the tests run on it.
PYTHON ?= $(shell for name in python3.11 python3 python3.12 python3.13; do \
  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

PORT ?= 8000
SANDBOX_PORT ?= 8001
STOREFRONT_PORT ?= 5173
GATEWAY ?= http://127.0.0.1:$(PORT)
SANDBOX ?= http://127.0.0.1:$(SANDBOX_PORT)
IMAGE ?= riverfront
BASE_IMAGE ?= $(shell grep -v '^\#' deploy/base-image)
BIN := .venv/bin
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes
INSTALL := $(BIN)/python $(PIP_INSTALL)

WORKERS := --numprocesses auto --maxprocesses 4
# Slow tests wait for programs half of their time, so there are more workers than cores.
SLOW_WORKERS := --numprocesses 5 --dist worksteal

# Tests of failures, security and orders. They run a second time without compiled plans.
WITHOUT_PLANS := $(addprefix tests/,checkout http orders payments refusals resolvers sessions submission upstream)

# Packages of the tests that use Node, and of the example clients.
CLIENTS := examples/clients
SHOP := examples/storefront
PROJECTS := deploy/tools/.venv/.stamp tests/node/node_modules/.stamp $(CLIENTS)/typescript/node_modules/.stamp $(CLIENTS)/python/.venv/.stamp \
  $(SHOP)/node_modules/.stamp

# Files of a folder, without those that a program has written.
SOURCES = $(shell find $(1) \( -name node_modules -o -name dist -o -name generated -o -name '*.generated.ts' \) -prune -o -type f -print)

export PORT SANDBOX_PORT STOREFRONT_PORT

.PHONY: help run demo shop check format test test-all quick clients docs bench bench-peers schema shopper-messages image base-image sbom lock
.DELETE_ON_ERROR:

help:
	@echo "make run      start the sandbox, the gateway and, with Node, the storefront, until Ctrl-C"
	@echo "make demo     let a guest buy from the gateway of 'make run', step by step"
	@echo "make shop     build the storefront for production (needs Node and npm)"
	@echo "make check    check format, lint and types"
	@echo "make test     run the tests, quick ones first"
	@echo "make test-all run the exhaustive tests too, which take minutes more"
	@echo "make quick    run the quick tests only"
	@echo "make clients  generate, compile and run the example clients, also in a browser, and lint the graph"
	@echo "make docs     build the documentation site in build/docs"
	@echo "make bench    measure the gateway's CPU time and its calls to Digital River"
	@echo "make bench-peers  compare the gateway with other GraphQL servers (needs Node and npm)"
	@echo "make format   format the code and apply automatic fixes"
	@echo "make schema   write schema/schema.graphql and the generated pages of docs/"
	@echo "make shopper-messages  add the keys of new messages for shoppers to the catalogues"
	@echo "make image    build the container image (needs Docker)"
	@echo "make base-image  write the digest of the newest base image to deploy/base-image (needs Docker)"
	@echo "make sbom     list the packages of the image in build/sbom.json, in CycloneDX's format"
	@echo "make lock     write the lock files from pyproject.toml (needs uv)"

# Without Node, or if the storefront cannot be built, the gateway and the sandbox run without it.
run: .venv/.runtime
	-@$(MAKE) --no-print-directory --silent $(SHOP)/dist/index.html
	@$(BIN)/python -m examples.run

demo: .venv/.runtime
	@$(BIN)/python -m examples.demo --gateway $(GATEWAY) --sandbox $(SANDBOX)

shop: $(SHOP)/dist/index.html
	@test -f $< || { echo "make shop needs Node 20.19 or later with npm. Install them, then run it again."; exit 1; }
	@echo "The storefront is in $(SHOP)/dist. docs/storefront.md says how to host it."

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/.dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

test: quick $(PROJECTS)
	$(BIN)/python -m pytest $(SLOW_WORKERS) -m "(slow or browser) and not exhaustive"
	TEST_PLANS=off $(BIN)/python -m pytest $(WORKERS) -m "not browser and not slow" $(WITHOUT_PLANS)
	$(BIN)/python -m bench.guard
	@echo "The exhaustive tests were left out, and slow tests without compiled plans. make test-all runs them too."

test-all: test
	$(BIN)/python -m pytest $(SLOW_WORKERS) -m exhaustive
	TEST_PLANS=off $(BIN)/python -m pytest $(SLOW_WORKERS) -m "slow and not browser and not exhaustive" $(WITHOUT_PLANS)

quick: .venv/.dev
	$(BIN)/python -m pytest $(WORKERS) -m "not slow and not browser"

clients: .venv/.dev $(PROJECTS)
	$(BIN)/python -m pytest $(WORKERS) tests/schema/test_clients.py tests/clients

# Fails after a broken link, or if a page is missing in the navigation: --quiet would hide both from --strict.
docs: .venv/.dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --config-file docs/site/mkdocs.yml
	@echo "The documentation is in build/docs. To read it: python3 -m http.server --directory build/docs"

bench: .venv/.dev
	$(BIN)/python -m bench.documents
	$(BIN)/python -m bench.operations
	$(BIN)/python -m bench.purchase

bench-peers: .venv/.dev bench/peers/node/node_modules/.stamp bench/peers/hive/node_modules/.stamp
	$(BIN)/python -m bench.peers

schema: .venv/.runtime
	$(BIN)/python -m gateway schema > schema/schema.graphql
	$(BIN)/python -m tests.support.coverage_page > docs/coverage.md
	$(BIN)/python -m tests.support.payment_method_cases > docs/payment-methods.md
	$(BIN)/python -m tests.support.messages_page > docs/messages.md
	$(BIN)/python -m tests.support.codes_page > docs/codes.md
	$(BIN)/python -m tests.support.shopper_messages_page > docs/shopper-messages.md

shopper-messages: .venv/.dev
	$(BIN)/python -m tests.support.shopper_message_keys

image:
	docker build --tag $(IMAGE) --build-arg BASE_IMAGE=$(BASE_IMAGE) \
	  --build-arg VERSION=$$($(BIN)/python -m gateway --version | cut -d ' ' -f 2) \
	  --build-arg REVISION=$$(git rev-parse HEAD) --build-arg CREATED=$$(git log -1 --format=%cI) .

# The tag in deploy/base-image stays, with the digest that it has today.
base-image:
	@tag=$$(grep -v '^\#' deploy/base-image | cut -d @ -f 1) && docker pull --quiet $$tag >/dev/null \
	  && digest=$$(docker image inspect --format '{{index .RepoDigests 0}}' $$tag | cut -d @ -f 2) \
	  && sed -i "s/^[^#].*/$$tag@$$digest/" deploy/base-image && cat deploy/base-image

sbom: deploy/tools/.venv/.stamp
	@mkdir -p build
	@deploy/tools/.venv/bin/cyclonedx-py requirements --short-PURLs --output-reproducible --pyproject pyproject.toml \
	  --output-format JSON --output-file build/sbom.json requirements.lock
	@echo "The list of packages is build/sbom.json"

lock:
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --python-version 3.11 --output-file requirements.lock pyproject.toml
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --python-version 3.11 --extra otel --output-file requirements-otel.lock pyproject.toml
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --python-version 3.11 --group dev --output-file requirements-dev.lock pyproject.toml
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --python-version 3.11 --output-file $(CLIENTS)/python/requirements.lock $(CLIENTS)/python/requirements.in
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --python-version 3.11 --output-file deploy/tools/requirements.lock deploy/tools/requirements.in

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Riverfront needs Python 3.11 or later. Install it, or give its path: make run PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.runtime: requirements.lock | $(BIN)/python
	@echo "Installing the packages of Riverfront into .venv (once, for up to a minute)"
	@$(INSTALL) --requirement requirements.lock
	@touch $@

# requirements-dev.lock contains all of requirements.lock.
.venv/.dev: requirements-dev.lock requirements.lock | $(BIN)/python
	@echo "Installing the packages of the tests into .venv (once)"
	@$(INSTALL) --requirement requirements-dev.lock
	@touch .venv/.runtime $@

# Without npm, the tests that need it are skipped with a message.
%/node_modules/.stamp: %/package-lock.json
	@if command -v npm >/dev/null; then \
	  npm ci --prefix $* --ignore-scripts --no-audit --no-fund --loglevel error && touch $@; fi

$(CLIENTS)/typescript/dist/src/index.js: $(call SOURCES,$(CLIENTS)/typescript) schema/schema.graphql | $(CLIENTS)/typescript/node_modules/.stamp
	@if command -v npm >/dev/null; then \
	  echo "Building the client package" && cd $(CLIENTS)/typescript && npm run --silent build >/dev/null; fi

# npm has copied the client package into the storefront; the copy is replaced by what is built now.
$(SHOP)/dist/index.html: $(call SOURCES,$(SHOP)) $(CLIENTS)/typescript/dist/src/index.js schema/schema.graphql | $(SHOP)/node_modules/.stamp
	@if command -v npm >/dev/null; then \
	  echo "Building the storefront" && cp -r $(CLIENTS)/typescript/dist $(CLIENTS)/typescript/package.json $(SHOP)/node_modules/riverfront-client/ \
	  && cd $(SHOP) && npm run --silent build >/dev/null; fi

# Separate from .venv: the generator needs an older graphql-core than the gateway, and the tools of deploy/ are large.
%/.venv/.stamp: %/requirements.lock | $(BIN)/python
	@$(BIN)/python -m venv $(@D)
	@$(@D)/bin/python $(PIP_INSTALL) --requirement $<
	@touch $@
