"""The extension for Visual Studio Code, built and packaged by npm, with its client and the real server."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from cli_support import BUG, environment

from optimlint import __version__

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "editors" / "vscode"
NPM = shutil.which("npm")


def test_lock_file_names_no_other_registry() -> None:
    lock = (SOURCES / "package-lock.json").read_text()
    addresses = set(re.findall(r'"resolved": "(?:https?:)?//([^/"]+)', lock))
    assert addresses <= {"registry.npmjs.org"}
    assert lock.count('"integrity"') > 10


def test_extension_is_of_this_version() -> None:
    assert json.loads((SOURCES / "package.json").read_text())["version"] == __version__


@pytest.mark.network
@pytest.mark.skipif(NPM is None, reason="npm is not installed")
def test_extension_is_packaged_and_shows_findings(tmp_path: Path) -> None:
    extension = tmp_path / "editors" / "vscode"
    shutil.copytree(SOURCES, extension, ignore=shutil.ignore_patterns("node_modules", "dist", "*.vsix", "LICENSE"))
    shutil.copy(ROOT / "LICENSE", tmp_path)
    _run([NPM or "", "ci", "--no-audit", "--no-fund"], extension)
    _run([NPM or "", "run", "package"], extension)
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(extension / "optimlint.vsix") as package:
        assert {name for name in package.namelist() if name.startswith("extension/")} == {
            "extension/dist/extension.js",
            "extension/LICENSE.txt",
            "extension/package.json",
            "extension/readme.md",
        }
        package.extractall(unpacked)

    project = tmp_path / "project"
    project.mkdir()
    (project / "train.py").write_text(BUG)
    command = project / "optimlint"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m optimlint "$@"\n')
    command.chmod(0o755)
    shown = _driven(unpacked, command, project)
    assert [(one["line"], one["code"], one["source"]) for one in shown["findings"]] == [
        (5, "bypassed-param-groups", "optimlint")
    ]
    assert not shown["messages"]
    assert [str(name) for name in shown["commands"]] == ["optimlint.restart"]

    wanted = shown["findings"]
    assert _driven(unpacked, Path(), project, sys.executable)["findings"] == wanted

    command.unlink()
    shown = _driven(unpacked, command, project)
    assert "pip install 'optimlint[lsp]'" in str(shown["messages"][-1])


def _driven(unpacked: Path, command: Path, project: Path, interpreter: str = "") -> dict[str, list[dict[str, object]]]:
    """The output of the extension when it is activated with an open file."""
    main = unpacked / "extension" / "dist" / "extension.js"
    drive = ["node", SOURCES / "test" / "drive.cjs", main, command, project, project / "train.py", interpreter]
    words = ["" if part == Path() else str(part) for part in drive]
    shown: dict[str, list[dict[str, object]]] = json.loads(_run(words, project))
    return shown


def _run(command: Sequence[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
