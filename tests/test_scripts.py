"""The scripts for contributors, run in a copy of the tree."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("src", "scripts", "docs", "tests", "wild"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "fixtures").mkdir()
    for file in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / file, tmp_path)
    return tmp_path


@pytest.mark.long
def test_new_rule_is_started_and_then_written(copy: Path) -> None:
    started = _run(copy, "scripts/new_rule.py", "default-decay", "OPT099")
    assert started.returncode == 0, started.stderr
    rule, fixture, registry = (copy / line for line in started.stdout.splitlines())
    listed = "from optimlint.rules import RULES; print([rule.name for rule in RULES if rule.code <= 'OPT100'][-1])"
    assert _run(copy, "-c", listed).stdout.strip() == "default-decay"
    assert _ruff(copy, rule, registry) == ""

    unwritten = _test_fixtures(copy)
    assert unwritten.returncode == 1
    assert "default-decay is not found" in unwritten.stdout

    for path in (rule, fixture):
        path.write_text(re.sub(r"TO[D]O(: )?", "takes the default decay", path.read_text()))
    rule.write_text(rule.read_text().replace("return False", 'return call.setting("weight_decay") is None'))
    written = _test_fixtures(copy)
    assert written.returncode == 0, written.stdout


def test_new_rule_takes_no_name_or_code_twice(copy: Path) -> None:
    before = (copy / "src/optimlint/rules/__init__.py").read_text()
    for name, code in (("unparseable", "OPT099"), ("default-decay", "OPT900"), ("Default", "OPT099"), ("decay", "O1")):
        refused = _run(copy, "scripts/new_rule.py", name, code)
        assert refused.returncode == 2, (name, code)
    assert (copy / "src/optimlint/rules/__init__.py").read_text() == before


def test_rule_pages_are_written_and_stale_ones_named(copy: Path) -> None:
    pages = copy / "docs" / "rules"
    assert _run(copy, "scripts/rule_docs.py").returncode == 0
    assert _run(copy, "scripts/rule_docs.py", "--check").returncode == 0

    (pages / "unparseable.md").write_text("edited by hand")
    (pages / "no-longer-a-rule.md").write_text("left behind")
    stale = _run(copy, "scripts/rule_docs.py", "--check")
    assert stale.returncode == 1
    assert "unparseable.md is not up to date" in stale.stderr
    assert "no-longer-a-rule.md is not up to date" in stale.stderr

    assert _run(copy, "scripts/rule_docs.py").returncode == 0
    assert "OPT900" in (pages / "unparseable.md").read_text()
    assert not (pages / "no-longer-a-rule.md").exists()


def _run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the copy's package instead of the installed one."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    environment["PYTHONPATH"] = str(copy / "src")
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


def _test_fixtures(copy: Path) -> subprocess.CompletedProcess[str]:
    return _run(copy, "-m", "pytest", "-q", "tests/test_fixtures.py", "-k", "default-decay")


def _ruff(copy: Path, *paths: Path) -> str:
    """The output of the linter and the formatter."""
    said = (_run(copy, "-m", "ruff", *how, *map(str, paths)) for how in (["check", "-q"], ["format", "--diff", "-q"]))
    return "".join(done.stdout for done in said)


def test_facts_are_shown_at_their_lines(tmp_path: Path) -> None:
    (tmp_path / "groups.py").write_text(
        "def two(net):\n"
        "    spared = ['bias', 'norm']\n"
        "    return [\n"
        "        {'params': [p for n, p in net.named_parameters() if not any(s in n for s in spared)], 'decay': 1},\n"
        "        {'params': [p for n, p in net.named_parameters() if any(s in n for s in spared)], 'decay': 0},\n"
        "    ]\n"
    )
    (tmp_path / "train.py").write_text(
        "import torch\nfrom groups import two\n\n\ndef run(net):\n    return torch.optim.AdamW(two(net))\n"
    )
    shown = _run(ROOT, "scripts/facts.py", f"{tmp_path / 'train.py'}:6")
    assert shown.returncode == 0, shown.stderr
    call = next(line for line in shown.stdout.splitlines() if line.startswith("6:12: optimizer_calls: OptimizerCall("))
    assert "torch.optim.AdamW" in call and call.count("ParamGroup(") >= 2 and "key='decay'" in call
    everything = _run(ROOT, "scripts/facts.py", str(tmp_path / "train.py")).stdout
    assert "groups.py:2:5: name_lists: NameList(" in everything
    assert "groups.py:" not in shown.stdout
    broken = tmp_path / "broken.py"
    broken.write_bytes(b"\xff\xfe\x00")
    assert _run(ROOT, "scripts/facts.py", str(broken)).returncode == 1
