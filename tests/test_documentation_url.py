"""If the package's metadata name a site, every finding links to its rule's page there."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_support import COMMAND, environment
from seed import SEED

ROOT = Path(__file__).parent.parent
SITE = "https://docs.example/optimlint"
PAGE = f"{SITE}/rules/bypassed-param-groups/"


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """A folder with metadata of optimlint that take precedence over those of the installation."""
    folder = tmp_path / "named" / "optimlint-0.1.0.dist-info"
    folder.mkdir(parents=True)
    urls = f"Project-URL: Source, https://code.example/\nProject-URL: Documentation, {SITE}/\n"
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: optimlint\nVersion: 0.1.0\n{urls}")
    return folder.parent


def test_every_report_with_room_for_it_has_the_page(named: Path, tmp_path: Path) -> None:
    said = _reports(tmp_path, [*COMMAND], {**environment(), "PYTHONPATH": str(named)})
    assert [one["url"] for one in said["json"]] == [PAGE]
    driver = said["sarif"]["runs"][0]["tool"]["driver"]
    assert driver["informationUri"] == SITE
    assert [rule["helpUri"] for rule in driver["rules"]] == [f"{SITE}/rules/{rule['id']}/" for rule in driver["rules"]]
    assert said["rdjson"]["source"]["url"] == SITE
    assert said["rdjson"]["diagnostics"][0]["code"]["url"] == PAGE
    assert f"]({PAGE})" in said["markdown"]


def test_without_a_site_nothing_is_invented(tmp_path: Path) -> None:
    declared = re.search(r"^Documentation *=", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert not declared, "the package has a site now: this test is to speak of it"
    said = _reports(tmp_path, [*COMMAND], environment())
    assert [one["url"] for one in said["json"]] == [None]
    assert not any("helpUri" in rule for rule in said["sarif"]["runs"][0]["tool"]["driver"]["rules"])
    assert "url" not in said["rdjson"]["diagnostics"][0]["code"]


def test_the_editor_gets_the_page_if_it_can_show_it(
    named: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pytest_lsp", reason="the editor's side of the language server is not installed")
    from lsprotocol import types
    from server_support import editor, run

    from optimlint.hosts.server.messages import reader

    monkeypatch.setenv("PYTHONPATH", str(named))

    async def story() -> list[types.CodeDescription | None]:
        async with editor(tmp_path) as one:
            return [found.code_description for found in await one.findings(one.open("train.py", SEED))]

    assert run(story) == [types.CodeDescription(PAGE)]
    assert not reader(types.ClientCapabilities(), types.PositionEncodingKind.Utf16).shows_pages


@pytest.mark.network
def test_a_wheel_brings_the_site_along(tmp_path: Path) -> None:
    """The setting that CONTRIBUTING.md tells a maintainer to make is sufficient."""
    tree, target = tmp_path / "tree", tmp_path / "target"
    shutil.copytree(ROOT / "src", tree / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("README.md", "LICENSE"):
        shutil.copy(ROOT / file, tree)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tree / "pyproject.toml").write_text(f'{settings}\n[project.urls]\nDocumentation = "{SITE}/"\n', encoding="utf-8")
    install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", str(target), str(tree)]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True, capture_output=True)

    said = _reports(tmp_path, [sys.executable, "-m", "optimlint"], {**environment(), "PYTHONPATH": str(target)})
    assert [one["url"] for one in said["json"]] == [PAGE]
    assert said["sarif"]["runs"][0]["tool"]["driver"]["rules"][0]["helpUri"] == PAGE


def _reports(folder: Path, command: list[str], env: dict[str, str]) -> dict[str, Any]:
    """The reports of one run over a file with one finding."""
    work = folder / "work"
    work.mkdir()
    (work / "train.py").write_text(SEED)
    formats = ["json", "sarif", "rdjson", "markdown"]
    outputs = [part for name in formats for part in ("--output", f"{name}:{name}.out")]
    done = subprocess.run(
        [*command, "check", "--isolated", *outputs, "train.py"],
        cwd=work,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    texts = {name: (work / f"{name}.out").read_text(encoding="utf-8") for name in formats}
    return {name: text if name == "markdown" else json.loads(text) for name, text in texts.items()}
