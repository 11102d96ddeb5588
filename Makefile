# Relais on one machine. GNU make, a POSIX shell and Python 3.11 or newer are all it needs.

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check bench soak messages lock clean prepared-to-run prepared-to-test

PY := .venv/bin/python
WORKERS ?= logical

help:  ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: prepared-to-test  ## Install what running and testing need (a second time: nothing to do)
	@echo "Ready. 'make run' serves the directory, 'make test' tests it."

run: prepared-to-run  ## Serve the directory at http://127.0.0.1:8000 (HOST and PORT change that)
	@$(PY) -m tools.serve

demo: prepared-to-run  ## Serve fictional people and services to try, at http://127.0.0.1:8001 (FRESH=1 begins anew)
	@$(PY) -m tools.demo

test: prepared-to-test  ## Run every test but the long ones, on SQLite and PostgreSQL, with a browser
	@$(PY) -m pytest -m "not soak" -n $(WORKERS) $(ARGS)

soak: prepared-to-test  ## Run the long tests: load, killed processes
	@$(PY) -m pytest -m soak $(ARGS)

bench: prepared-to-test  ## Measure the speed, beside the same queries written plainly
	@for file in bench/*.py; do echo "== $$file"; PYTHONPATH=. $(PY) "$$file" || exit 1; done

check: prepared-to-test  ## Check style, types, imports, templates, requirements and translations
	@sh tools/check

messages: prepared-to-test  ## Bring new messages of the code into the French catalogue
	@$(PY) -m tools.check_translations --update

lock: prepared-to-test  ## Lock the requirements again, with hashes
	@sh tools/lock

clean:  ## Remove what was made here, but for the database and the key in instance/
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find referral -name '*.mo' -exec rm -f {} +

prepared-to-run:
	@python=$$(sh tools/find-python) && "$$python" tools/prepare.py run

prepared-to-test:
	@python=$$(sh tools/find-python) && "$$python" tools/prepare.py test
