# What one can do here. `make run` and `make test` need nothing but python3 on a Debian-like system: they install the rest.
#
#   make install       .venv and everything in it; asks for missing system packages, or installs them where allowed
#   make run           the portal with made-up candidates on http://localhost:8000 (PORT=...)
#   make test          the tests (ARGS="-k ..." for a part)
#   make test-long     full sizes, many races and kills, the longest journeys
#   make lint          style, order of imports, types, templates, migrations, translations
#   make format        puts code and templates in the agreed form
#   make bench         load and speed
#   make messages      collects the sentences to translate into locale/
#   make screenshots   pictures of every page of a running demonstration, into var/screenshots (ONLY="iim candidate" for a part)
#   make requirements  compiles requirements.in into requirements.txt

BIN := .venv/bin
PORT ?= 8000
export PORT

help:
	@sed -n '/^#   make/s/^#  //p' Makefile

.PHONY: help install run test test-long lint format bench messages screenshots requirements

install:
	@bin/install

run: install
	@exec $(BIN)/python -m admissions_portal.run

# Everything on PostgreSQL and Redis; then acts, rules and loader on SQLite too, as the demonstration runs on it.
test: install
	@bin/require chromium clamav-daemon postgresql redis-server
	$(BIN)/python -m tests.services.run $(BIN)/pytest -n 2 --dist worksteal -m "not long" $(ARGS)
	$(BIN)/pytest -n 2 --dist worksteal -m "not long and not browser and not postgresql" \
		--ignore=tests --ignore-glob='*/test_views*' --ignore-glob='*/test_admin*' $(ARGS)

test-long: install
	@bin/require chromium clamav-daemon postgresql redis-server
	$(BIN)/python -m tests.services.run $(BIN)/pytest -n 2 --dist worksteal -m long $(ARGS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy .
	$(BIN)/djlint --check --lint templates
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run
	bin/typography --check
	bin/messages --check

format: install
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	$(BIN)/djlint --quiet --reformat templates
	bin/typography

bench: install
	$(BIN)/python -m bench.allocation
	$(BIN)/python -m bench.pages ast-2026
	$(BIN)/python -m bench.filling ast-2026
	$(BIN)/python -m bench.filling apprenticeship-2021
	$(BIN)/python -m bench.rehearsals

messages: install
	bin/messages

screenshots: install
	@bin/require chromium
	$(BIN)/python -m tests.screenshots

requirements: install
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --output-file requirements.txt requirements.in
