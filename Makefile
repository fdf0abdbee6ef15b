PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: help run test lint format hooks revision notice diagram mutants bench pictures
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 10

run: .venv/.runtime  ## start the program on http://127.0.0.1:8000
	$(BIN)/python app.py run

test: .venv/.dev  ## every test, on SQLite and PostgreSQL, in Chromium and LibreOffice
	tests/install_tools.sh
	$(BIN)/pytest

lint: .venv/.dev  ## layout, style, types, dangerous calls
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/bandit -q -r -c pyproject.toml .

format: .venv/.dev  ## give every file the layout, mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

hooks: .venv/.dev  ## let git check layout and style of the files of each commit
	git config core.hooksPath .githooks

revision: .venv/.dev  ## m="…": write the migration for changed models
	$(BIN)/python -m tools.revision "$(m)"

notice: .venv/.dev  ## NOTICE, the licences of what the program runs on
	$(BIN)/python -m tools.notice > NOTICE.new
	mv NOTICE.new NOTICE

diagram: .venv/.dev  ## docs/states.md, drawn from the tables of states
	$(BIN)/python -m services.cases.state_diagram > docs/states.md

mutants: .venv/.dev  ## break rules one at a time, see whether a test notices; more: make mutants args="--help"
	nice -n 10 $(BIN)/python -m tests.mutants $(args)

bench: .venv/.dev  ## how fast lists, searches and exports are
	$(BIN)/python -m bench

pictures: .venv/.dev  ## the pictures of the start page, from the demonstration
	$(BIN)/python -m tests.browser.pictures

.venv/.runtime: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	touch $@
