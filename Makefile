# Needs Python 3.11 or newer and make, nothing else. `make` alone lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run demo test test-mongodb lint format bench soak import wheels requirements clean messages

VENV   := .venv
PYTHON := $(VENV)/bin/python
STAMP  := $(VENV)/.made
PIP    := $(PYTHON) -m pip --disable-pip-version-check --no-input

# The first Python here that is new enough and can make a virtual environment; `make PYTHON3=…` names another.
ENOUGH  := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON3 ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	"$$python" -c '$(ENOUGH)' >/dev/null 2>&1 && { echo "$$python"; break; }; done)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | while IFS="$$(printf '\t')" read -r name text; \
		do printf '  make %-13s %s\n' "$$name" "$$text"; done

run: $(STAMP) ## start everything on this machine and stay in the foreground; Ctrl-C stops it
	@exec $(PYTHON) -m service.processes

demo: $(STAMP) ## the same on an invented centre, two years old, in var-demo/; never touches var/
	@exec $(PYTHON) -m service.processes demo

test: $(STAMP) ## run every test (ARGS="-k name" chooses)
	@$(PYTHON) -m pytest -n 2 --dist loadgroup $(ARGS)

test-mongodb: $(STAMP) ## ask a real server the questions of tests/cases: make test-mongodb MONGODB_URI=mongodb://…
	@test -n "$(MONGODB_URI)" || { echo 'MONGODB_URI is missing: make test-mongodb MONGODB_URI=mongodb://…' >&2; exit 2; }
	@CASES_MONGODB_URI="$(MONGODB_URI)" $(PYTHON) -m pytest tests/integration/test_aggregations.py

lint: $(STAMP) ## check style (ruff) and types (mypy)
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy

format: $(STAMP) ## lay the code out
	@$(PYTHON) -m ruff check --fix-only --quiet .
	@$(PYTHON) -m ruff format .

messages: $(STAMP) ## take new texts into the catalogues of service/translations, drop those that are gone
	@$(PYTHON) -m tests.messages

bench: $(STAMP) ## measure the parts that may become slow
	@$(PYTHON) -m bench.store
	@$(PYTHON) -m bench.centre

soak: $(STAMP) ## surveys while workers are killed, summaries with crashes; writes docs/soak*.md (long)
	@$(PYTHON) -m pytest -q --hypothesis-profile=search tests/integration/soak_surveys.py tests/integration/soak_summaries.py

import: $(STAMP) ## import spreadsheets: make import FILES="a.csv b.xlsx" (while `make run` is on)
	@test -n "$(FILES)" || { echo 'FILES is missing: make import FILES="a.csv b.xlsx"' >&2; exit 2; }
	@$(PYTHON) -m flask --app wsgi import-sheets $(FILES)

wheels: $(STAMP) ## fill wheels/ for a machine without network (PIP_NO_INDEX=1 PIP_FIND_LINKS=wheels make run)
	@$(PIP) wheel --quiet --wheel-dir wheels --requirement requirements.txt

requirements: ## pin anew what requirements.in chooses
	@rm -rf $(VENV)-new && $(PYTHON3) -m venv $(VENV)-new
	@$(VENV)-new/bin/python -m pip install --quiet --requirement requirements.in
	@{ echo '# Exact pins of everything installed; made by `make requirements` from requirements.in.'; \
		$(VENV)-new/bin/python -m pip freeze; } > requirements.txt
	@rm -rf $(VENV)-new

clean: ## remove what can be made again; never var/ or var-demo/, where the data is
	rm -rf $(VENV) $(VENV)-new wheels .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# A virtual environment whose Python has gone (an upgrade of the system) is built again.
ifneq ($(wildcard $(STAMP)),)
ifneq ($(shell $(PYTHON) -c 'print(1)' 2>/dev/null),1)
$(shell rm -f $(STAMP))
endif
endif

# Half a virtual environment is never taken for a whole one: the stamp is its last file.
$(STAMP): requirements.txt
	@test -n "$(PYTHON3)" || { echo 'Python 3.11 or newer with its venv module is needed' \
		'(on Debian and Ubuntu: apt install python3-venv).' >&2; exit 1; }
	@echo 'Building $(VENV) (once; a minute or two) …'
	@rm -rf $(VENV) && $(PYTHON3) -m venv $(VENV)
	@$(PIP) install --quiet --requirement requirements.txt
	@touch $@
