# `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run test lint format bench bench-directory bench-matching bench-opportunities bench-selection messages requirements catalogues clean

python := .venv/bin/python
catalogues := $(wildcard umkm_portal/locale/*/LC_MESSAGES/django.po)

# The environment wins over .env, and .env over these defaults for one's own machine.
from_env_file = $(shell sed -n 's/^$(1)=//p' .env 2>/dev/null | tail -n 1)
export DEBUG ?= $(or $(call from_env_file,DEBUG),True)
export PORT ?= $(or $(call from_env_file,PORT),8000)

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		awk -F'|' '{ printf "make %-20s %s\n", $$1, $$2 }'

run: ## Set everything up, then serve the portal and its task worker (PORT=8000)
	@bin/bootstrap requirements.txt
	@$(python) bin/serve --check-port
	@$(MAKE) --no-print-directory catalogues
	@$(python) bin/prepare
	@exec $(python) bin/serve

test: ## Run all tests (ARGS="-k history" passes arguments to pytest)
	@bin/bootstrap requirements.txt requirements-dev.txt
	@$(MAKE) --no-print-directory catalogues
	@exec bin/test $(ARGS)

lint: ## Check style, migrations, translations and production settings
	@bin/bootstrap requirements.txt requirements-dev.txt
	@$(MAKE) --no-print-directory catalogues
	@bin/lint

format: ## Rewrite Python and templates in the house style
	@bin/bootstrap requirements.txt requirements-dev.txt
	@bin/lint --fix

bench: ## Measure pages at 1, 10 and 100 times the missions
	@bin/bootstrap requirements.txt requirements-dev.txt
	@$(MAKE) --no-print-directory catalogues
	@$(python) -m benchmarks

bench-directory: ## Measure the search for businesses on PostgreSQL (ARGS="10000 100000" for fewer)
	@bin/bootstrap requirements.txt requirements-dev.txt
	@$(MAKE) --no-print-directory catalogues
	@bin/postgres $(python) -m benchmarks.directory $(ARGS)

bench-matching: ## Measure the scoring of all pairs of a mission (ARGS=100 for 100 × 100)
	@bin/bootstrap requirements.txt requirements-dev.txt
	@$(MAKE) --no-print-directory catalogues
	@$(python) -m benchmarks.matching $(ARGS)

bench-opportunities: ## Measure the opportunities of a business on SQLite and PostgreSQL (ARGS="1000 10000" for fewer)
	@bin/bootstrap requirements.txt requirements-dev.txt
	@$(MAKE) --no-print-directory catalogues
	@DATABASE_URL= $(python) -m benchmarks.opportunities $(ARGS)
	@bin/postgres $(python) -m benchmarks.opportunities $(ARGS)

bench-selection: ## Measure the choice of meetings (ARGS=100 for 100 × 100)
	@bin/bootstrap requirements.txt requirements-dev.txt
	@$(MAKE) --no-print-directory catalogues
	@$(python) -m benchmarks.selection $(ARGS)

messages: ## Bring the translation catalogues up to date with the code
	@bin/bootstrap requirements.txt requirements-dev.txt
	@$(python) bin/messages

requirements: ## Pin what requirements*.in name (upgrades with ARGS=--upgrade)
	@bin/bootstrap requirements-dev.txt
	@for name in requirements requirements-dev; do \
		.venv/bin/uv pip compile --quiet --no-header --no-annotate --python-version 3.12 \
			$(ARGS) $$name.in --output-file $$name.txt; \
	done

catalogues: $(catalogues:.po=.mo)
	@:

%.mo: %.po
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@

clean: ## Remove what the other targets made, except the database
	rm -rf .venv staticfiles artefacts .pytest_cache .ruff_cache .hypothesis
	rm -f $(catalogues:.po=.mo)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
