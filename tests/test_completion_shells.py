"""Completion in real shells, with the guide's set-up line and the Tab key."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli_support import COMMAND, environment

GUIDE = Path(__file__).parent.parent / "docs" / "guide" / "install.md"
LINES = {
    shell: line.replace("\\|", "|")
    for shell, line in re.findall(r"^\| (\w+) \| `([^`]+)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
}
"""The guide's line for the start-up file of each shell."""

PATIENCE = 60


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """An environment with `optimlint` on the path and without the user's start-up files."""
    command = tmp_path / "bin" / "optimlint"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    command.chmod(0o755)
    path = os.pathsep.join([str(command.parent), os.environ["PATH"]])
    return environment() | {"PATH": path, "HOME": str(tmp_path), "TERM": "dumb"}


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(
    ("shell", "options", "before"),
    [
        pytest.param(
            "bash", ["--norc", "--noprofile", "-i"], "bind 'set enable-bracketed-paste off'", marks=needs("bash")
        ),
        pytest.param("zsh", ["-f", "-i"], "autoload -Uz compinit; compinit -D", marks=needs("zsh")),
    ],
)
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("optimlint che", "optimlint check"),
        ("optimlint check --select bypassed", "optimlint check --select bypassed-param-groups"),
        ("optimlint check --output-format jun", "optimlint check --output-format junit"),
    ],
    ids=["command", "rule", "format"],
)
def test_tab(
    variables: dict[str, str], shell: str, options: list[str], before: str, typed: str, completed: str
) -> None:
    """The completed line is run with a comment appended, so that its effect is visible besides the shell's echo."""
    pexpect = pytest.importorskip("pexpect")
    child = pexpect.spawn(shell, options, env=variables, encoding="utf-8", timeout=PATIENCE, dimensions=(24, 200))
    try:
        child.sendline(
            f"{before}; {LINES[shell]}; PS1='> '; optimlint() {{ echo \"got: optimlint $*.\"; }}; echo re''ady"
        )
        child.expect("ready\r?\n")
        child.send(f"{typed}\t")
        child.send("\r")
        child.expect(r"got: (.*)\.\r?\n")
        assert child.match[1].strip() == completed
    finally:
        child.close(force=True)


@needs("fish")
def test_fish(variables: dict[str, str], tmp_path: Path) -> None:
    script = (
        f'{LINES["fish"]}; complete --do-complete "optimlint che"; complete --do-complete "optimlint rule unused-s"'
    )
    done = subprocess.run(
        ["fish", "--no-config", "-c", script],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    offered = [line.split("\t")[0] for line in done.stdout.splitlines()]
    assert offered == ["check", "unused-suppression"], done.stderr


def test_the_guide_names_every_shell() -> None:
    assert sorted(LINES) == ["bash", "fish", "zsh"]
