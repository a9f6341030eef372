# The two commands of a newcomer: `make up` and `make test`. Each works first, on a fresh clone.
PYTHON ?= python3
BIN := .venv/bin
PINS := requirements/run.txt requirements/dev.txt
export PYTHONUTF8 := 1

.PHONY: up down test lint unit again browser viewer bench kubernetes docs release site pictures screenshots pins clean

up: .venv/.run
	@$(BIN)/codesentinel up $(ARGS)

down: .venv/.run
	@$(BIN)/codesentinel down

# The tests run beside one another and against real servers, on whatever machine: what fails then is run once
# more, alone. Both runs are shown, and what fails twice fails.
test: lint
	@$(MAKE) unit || $(MAKE) again

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: .venv/.dev browser
	$(BIN)/pytest -n 2 --dist loadgroup --cov --cov-report=term $(ARGS)

again: .venv/.dev
	$(BIN)/pytest --last-failed --last-failed-no-failures none

# Debian's chromium, in which the tests look at every dashboard.
browser:
	@$(PYTHON) tools/get_browser.py

# The pages of the viewer, from their source; what this makes is committed.
viewer:
	cd viewer && npm ci --no-audit --no-fund && npm run check && npm run build && npm run build:flame

bench: .venv/.dev
	$(BIN)/python benchmarks/run.py $(ARGS)

# Manifests for kustomize, rendered from the Helm chart, with the rules and dashboards of the mixin.
kubernetes: .venv/.dev
	$(BIN)/codesentinel dashboards kubernetes
	$(BIN)/python tools/kubernetes.py

docs: .venv/.dev
	$(BIN)/python tools/reference.py
	$(BIN)/python tools/manual.py
	$(BIN)/python tools/licences.py

# Wheel, source distribution, bills of materials and checksums in dist/; ARGS=--draft before the day.
release: .venv/.dev
	$(BIN)/python tools/release.py $(ARGS)

# The documents as a site in build/site; nothing is fetched, and a warning is an error.
site: .venv/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# What the documents show: drawn by the functions that they are about, and seen in the viewer of a stack of its own.
pictures: .venv/.dev
	$(BIN)/python tools/pictures.py

screenshots: .venv/.dev browser
	$(BIN)/python tools/screenshots.py

pins: .venv/.dev
	$(BIN)/python tools/pins.py

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage*

# The run set is a part of the dev set: whoever has the second has the first.
.venv/.run: requirements/run.txt pyproject.toml
	@test .venv/.dev -nt requirements/dev.txt -a .venv/.dev -nt pyproject.toml && touch $@ || $(PYTHON) tools/make_venv.py run

.venv/.dev: requirements/dev.txt pyproject.toml
	@$(PYTHON) tools/make_venv.py dev
