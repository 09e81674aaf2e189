"""The sessions in pages of the guide, run again: they must show the current output of the command."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from cli_support import BUG, COMMAND, environment

GUIDE = Path(__file__).parent.parent / "docs" / "guide"
FILES = {
    "baseline": {"train.py": BUG},
    "configuration": {
        "pyproject.toml": "",
        "old/optimlint.toml": 'select = ["OPT0", "OPT9x"]\nexlude = ["a"]\n',
    },
    "since": {"train.py": BUG},
    "suppression": {"train.py": BUG},
}
"""The pages whose sessions are run from top to bottom, with their initial files."""

GIT = {
    **{f"GIT_{role}_{what}": "nobody@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@pytest.mark.parametrize("page", FILES)
def test_sessions(page: str, tmp_path: Path) -> None:
    text = (GUIDE / f"{page}.md").read_text(encoding="utf-8")
    for name, content in FILES[page].items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content or re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0])
    if "$ git " in text:
        if shutil.which("git") is None:
            pytest.skip("there is no git")
        for command in ("git init --quiet --initial-branch main", "git add .", "git commit --quiet -m Begin"):
            assert run(command, tmp_path) == ""
    sessions = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    assert sessions
    for session in sessions:
        commands = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE)
        for command, output in commands:
            assert run(command, tmp_path) == output, command


def test_the_file_that_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    run("optimlint check --baseline known.json --write-baseline", tmp_path)
    (shown,) = re.findall(r"```json\n(.*?)```", (GUIDE / "baseline.md").read_text(encoding="utf-8"), re.DOTALL)
    assert (tmp_path / "known.json").read_text() == shown


def test_the_code_that_the_page_shows(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```python\n(.*?)```", (GUIDE / "suppression.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "train.py").write_text(shown)
    assert run("optimlint check --quiet", tmp_path) == ""
    assert "OPT001" in run("optimlint check --quiet --ignore-suppressions", tmp_path)


def run(command: str, folder: Path) -> str:
    """The output of a command of a session, from both streams."""
    command, _, file = command.partition(" > ")
    words = shlex.split(command)
    if words[0] == "optimlint":
        words[:1] = COMMAND
    kept = {name: value for name, value in environment().items() if not name.startswith("GIT_") and name != "CI"}
    done = subprocess.run(
        words,
        cwd=folder,
        env=kept | GIT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    if file:
        (folder / file).write_text(done.stdout)
        return ""
    return done.stdout
