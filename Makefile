# make demo         set everything up, compare the sample checkpoints, serve the dashboard on http://127.0.0.1:8501
# make test         set everything up, then lint, type check and run all tests
# make docs         write docs/cli.md and docs/suite.schema.json anew
# make screenshots  take the pictures of the dashboard in docs/pictures anew
# make checklist    add the CheckList library: to write suites with it, and for the tests that compare flipscope with it

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test lint docs screenshots checklist browser pango clean

demo: $(VENV)/.installed
	$(BIN)/flipscope demo --out demo

test: $(VENV)/.installed-dev checklist browser pango lint
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile -m "not e2e"
	OMP_NUM_THREADS=1 $(BIN)/pytest -m e2e   # a browser, a server and what it runs need the machine for themselves

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.installed-dev
	$(BIN)/python docs/make_cli.py

screenshots: $(VENV)/.installed-dev browser
	$(BIN)/python docs/screenshots.py

checklist: $(VENV)/.installed-checklist

# Browser tests need Chromium; where it can't be had they are skipped and say so.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	       && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-noto-core >/dev/null; } \
	  || echo "no Chromium here: the browser tests will be skipped"

# What WeasyPrint draws text with, and what reads it back; where that can't be had the tests of PDFs are skipped and say so.
pango: $(VENV)/.installed-dev
	@{ $(BIN)/python -c 'import weasyprint' 2>/dev/null && command -v pdftotext >/dev/null; } \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	       && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
	            libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 poppler-utils fonts-noto-core >/dev/null; } \
	  || echo "no Pango here: the tests of PDFs will be skipped"

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "flipscope needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[explain]'
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

# A plain install of the library fails; the module says why, and installs it.
$(VENV)/.installed-checklist: $(VENV)/.installed-dev analysis/flipscope/behaviors/checklist/install_library.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[checklist]'
	$(BIN)/python -m flipscope.behaviors.checklist.install_library
	touch $@

clean:
	rm -rf $(VENV) demo .pytest_cache .ruff_cache .mypy_cache .hypothesis
