"""GitHub's workflows: valid by the schema, with pinned hashes, and accepted by zizmor."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any  # YAML has any type.

import pytest
import yaml

from optimlint import __version__

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BY_NAME = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def test_there_are_workflows() -> None:
    assert [path.stem for path in WORKFLOWS] == ["action", "ci", "docs", "release"]


@BY_NAME
def test_file_is_valid(path: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@BY_NAME
def test_what_it_uses_is_pinned_by_hash_and_says_which_version_that_is(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used
    for one in used:
        assert re.match(r"\./ |[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", one), one


def test_one_action_has_one_version() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (*WORKFLOWS, ROOT / "action.yml")]
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"uses: ([\w./-]+)@(.*)", "\n".join(texts)):
        versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@BY_NAME
def test_it_may_do_nothing_that_no_job_asks_for(path: Path) -> None:
    workflow: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


def test_python_versions_are_those_of_the_classifiers() -> None:
    workflow: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    tested = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    named = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert tested == named


def test_the_recipe_is_of_this_version() -> None:
    recipe: dict[str, Any] = yaml.safe_load((ROOT / "packaging" / "conda-forge" / "recipe.yaml").read_text())
    assert recipe["context"]["version"] == __version__
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = re.findall(r'"([\w>=. -]+)"', project.partition("\ndependencies = [")[2].partition("]")[0])
    assert [one.replace(" ", "") for one in recipe["requirements"]["run"][1:]] == wanted


def test_the_changelog_begins_with_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", text, re.MULTILINE)[1] == __version__  # type: ignore[index]
