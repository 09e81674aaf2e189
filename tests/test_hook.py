"""The hooks, run by the real pre-commit in a repository of their own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from seed import FIXED_SEED, SEED, SEED_LINE

ROOT = Path(__file__).parent.parent

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="pre-commit takes hooks from a git repository"),
    pytest.mark.skipif(shutil.which("git") is None, reason="there is no git"),
]


def test_hooks_find_then_fix_then_pass(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "train.py").write_text(SEED)
    (repository / "train.ipynb").write_text(_notebook(SEED))
    (repository / "notes.md").write_text("no_decay = ['bias']\n")
    _git(repository, "init", "--quiet")
    _git(repository, "add", ".")

    first = _try_hooks(repository, tmp_path)
    assert first.returncode == 1, first.stdout + first.stderr
    assert f"train.py:{SEED_LINE}:" in first.stdout
    assert "bypassed-param-groups" in first.stdout
    assert "files were modified by this hook" in first.stdout
    assert (repository / "train.py").read_text() == FIXED_SEED
    assert (repository / "train.ipynb").read_text() == _notebook(FIXED_SEED)

    _git(repository, "add", ".")
    second = _try_hooks(repository, tmp_path)
    assert second.returncode == 0, second.stdout + second.stderr
    assert second.stdout.count("Passed") == 2


def _try_hooks(repository: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run both hooks, the one that only checks first."""
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), "--all-files", "--color", "never"]
    environment = {**_environment(), "PRE_COMMIT_HOME": str(home / "pre-commit")}
    return subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)


def _git(repository: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=repository, env=_environment(), check=True)


def _environment() -> dict[str, str]:
    """The environment without variables that a surrounding git hook or coverage run sets."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PYTHON", "COV"))}


def _notebook(source: str) -> str:
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(True),
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"
