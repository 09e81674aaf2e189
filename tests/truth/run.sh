#!/usr/bin/env bash
# Runs the truth tests: real torch in an environment of its own, .truth-venv, made once and used again.
#   tests/truth/run.sh [arguments of pytest]
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=.truth-venv
ready=$venv/.ready
if [[ ! -e $ready || pyproject.toml -nt $ready || tests/truth/requirements.txt -nt $ready ]]; then
  test -x $venv/bin/python || "${PYTHON:-python3}" -m venv --clear $venv
  # The CPU wheels of torch suffice, and are a tenth of the size where an index offers them.
  $venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --requirement tests/truth/requirements.txt --editable .
  touch $ready
fi
# A skipped truth is none: without torch this stops here instead of passing.
$venv/bin/python -W ignore -c 'import torch; print("torch", torch.__version__)'
exec $venv/bin/python -m pytest -W "ignore:Failed to initialize NumPy:UserWarning" tests/truth "$@"
