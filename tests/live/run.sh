#!/usr/bin/env bash
# Tries the callbacks of optimlint.live, and what Lightning does, in the libraries themselves, in an environment of its own.
#   tests/live/run.sh [arguments of pytest]
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=.live-venv
ready=$venv/.ready
if [[ ! -e $ready || pyproject.toml -nt $ready || tests/live/requirements.txt -nt $ready ]]; then
  test -x $venv/bin/python || "${PYTHON:-python3}" -m venv --clear $venv
  $venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --requirement tests/live/requirements.txt --editable .
  touch $ready
fi
# A skipped test is none: without the libraries this stops here instead of passing.
$venv/bin/python -W ignore -c 'import lightning, transformers; print("lightning", lightning.__version__, "transformers", transformers.__version__)'
exec $venv/bin/python -m pytest tests/live "$@"
