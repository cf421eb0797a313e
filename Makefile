# Two commands: `make serve` runs the site, `make test` runs every test.
# Both prepare what they need; PORT=, PYTHON= and DATABASE_URL= may be given.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PORT ?= 8000
RUN := .venv/bin/python
SBOM ?= var/sbom.json

.PHONY: serve test lint lock update sbom messages setup screenshots bench permissions

serve: .venv/run.stamp setup
	@PORT=$(PORT) exec .venv/bin/gunicorn promotion.wsgi

setup: .venv/run.stamp
	@$(RUN) manage.py prepare --port $(PORT)

test: .venv/test.stamp
	@$(RUN) -m pytest $(ARGS)

lint: .venv/test.stamp
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m djlint --lint --quiet templates
	@$(RUN) manage.py makemigrations --check --dry-run

# Remakes the two lock files from pyproject.toml; needs uv.
lock:
	uv pip compile -q $(UPGRADE) --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" pyproject.toml -o requirements.txt
	uv pip compile -q $(UPGRADE) --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" --extra dev -c requirements.txt \
		pyproject.toml -o requirements-dev.txt

# Renews what the lock holds, within the bounds of pyproject.toml; needs uv.
update: UPGRADE := --upgrade
update: lock

# Writes what the lock installs, for whoever has to look for weaknesses, as CycloneDX.
sbom: .venv/test.stamp
	@mkdir -p $(dir $(SBOM))
	@.venv/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file $(SBOM) requirements.txt
	@echo $(SBOM)

# Collects the interface's strings into locale/en and compiles them, with what Django's own Chinese
# lacks (locale/zh_Hans); needs GNU gettext.
messages: .venv/test.stamp
	$(RUN) manage.py makemessages -l en --no-location --no-obsolete --ignore=.venv --ignore=var
	$(RUN) manage.py compilemessages -l en -l zh_Hans --ignore=.venv

# Writes the table of docs/permissions.md anew from what the roles meet; review the difference.
permissions: .venv/test.stamp
	REWRITE_PERMISSIONS=1 $(RUN) -m pytest -n0 tests/roles/test_permissions.py

# Measures the public pages (docs/performance.md); ARGS="--help" tells what can be chosen. With
# BENCH="import_companies export_companies find_duplicates merge_records", or some of them, import
# and export of 100,000 companies against the csv and sqlite3 modules alone, the search for
# duplicates among as many, merging two parks with 50,000 relations.
BENCH ?= pages
bench: .venv/run.stamp
	@for each in $(BENCH); do $(RUN) -m benchmarks.$$each $(ARGS) || exit 1; done

# Remakes the pictures of docs/ from the fixtures; needs Chromium.
screenshots: .venv/test.stamp
	$(RUN) -m tests.screenshots

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更高版本 / Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt | .venv/bin/python
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/test.stamp: requirements-dev.txt | .venv/bin/python
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
