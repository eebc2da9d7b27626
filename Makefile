# make demo   the reports of every sample
# make test   every check, the same that CI runs
#
# Needs Python 3.11 or later. What else is missing is installed: Python packages into .venv, Pango (and, on Debian
# and Ubuntu, Python's venv module) by the system's package manager. Without make: see README.md.

VENV := .venv
PYTHON := $(VENV)/bin/python
OUT := out/demo

PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
export DEBIAN_FRONTEND := noninteractive
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# A Python that is not Homebrew's finds Homebrew's Pango only when told where to look.
ifeq ($(shell uname -s),Darwin)
RUN := DYLD_FALLBACK_LIBRARY_PATH=/opt/homebrew/lib:/usr/local/lib $(PYTHON)
else
RUN := $(PYTHON)
endif

.PHONY: demo test clean
.NOTPARALLEL:

demo: $(VENV)/.libraries
	@$(RUN) -m sheetreport report samples/*/*.xlsx --out $(OUT) --force >/dev/null
	@echo "The reports (PDF):"
	@find "$(CURDIR)/$(OUT)" -name '*-report.pdf' | sort

test: $(VENV)/.installed-dev $(VENV)/.libraries
	@$(RUN) -m tests.checks

clean:
	rm -rf $(VENV) out

# On Debian and Ubuntu Python may lack what makes a virtual environment: it is installed, or else the system's pip
# or virtualenv takes its place.
$(PYTHON):
	@for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  python=$$(command -v $$name) && \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	  python=; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 or later is needed: https://www.python.org/downloads/"; exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null && command -v apt-get >/dev/null && \
	  command -v $(or $(AS_ROOT),true) >/dev/null; then \
	  package=$$($$python -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	  echo "Installing $$package"; \
	  $(AS_ROOT) apt-get update -qq; \
	  $(AS_ROOT) apt-get install -y -qq $$package >/dev/null; \
	fi; \
	$$python -m venv --clear $(VENV) >/dev/null 2>&1 || \
	{ $$python -m venv --clear --without-pip $(VENV) && $$python -m pip --python $(VENV) install --quiet pip; } || \
	$$python -m virtualenv --quiet --clear $(VENV) || \
	{ rm -rf $(VENV); echo "Install Python's venv module first (Debian, Ubuntu: python3-venv)"; exit 1; }

$(VENV)/.installed: $(PYTHON) pyproject.toml constraints.txt
	@echo "Installing sheetreport into $(VENV)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: $(PYTHON) pyproject.toml constraints.txt
	@echo "Installing sheetreport and what its checks need into $(VENV)"
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.installed

# What a PDF needs of the system; `sheetreport doctor` knows the commands. HarfBuzz-Subset can be looked for only
# where Pango is there, so a second look follows.
$(VENV)/.libraries: | $(VENV)/.installed
	@for look in first second; do \
	  $(RUN) -c 'from sheetreport.doctor import install_commands; print(*install_commands(), sep="\n")' | \
	  while read -r command; do \
	    if [ -n "$$command" ]; then echo "+ $$command"; $$command </dev/null >/dev/null || break; fi; \
	  done; \
	done
	@$(RUN) -W ignore -c 'import weasyprint' >/dev/null 2>&1 || { $(RUN) -m sheetreport doctor; exit 1; }
	@touch $@
