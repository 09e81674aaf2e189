"""The comparison of findings in real code with people's verdicts, on a small repository."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from seed import SEED, SEED_LINE

ROOT = Path(__file__).parent.parent
COMMIT = "0123456789abcdef"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The scripts, one listed repository, and its checkout with the bug."""
    for folder in ("src", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "wild").mkdir()
    (tmp_path / "wild" / "repositories.txt").write_text(f"# a comment\nsomebody/training {COMMIT} searched\n")
    (tmp_path / "wild" / "repositories.toml").write_text("")
    checkout = tmp_path / "checkouts" / "somebody__training"
    (checkout / ".git").mkdir(parents=True)
    (checkout / ".commit").write_text(f"{COMMIT}\n")
    (checkout / "train.py").write_text(SEED)
    return tmp_path


def test_finding_without_a_verdict_fails(copy: Path) -> None:
    done = _run(copy)
    assert done.returncode == 1
    assert 'repository = "somebody/training"' in done.stdout
    assert 'rule = "bypassed-param-groups"' in done.stdout
    assert "1 without a verdict" in done.stdout


def test_verdicts_make_the_figures(copy: Path) -> None:
    _give(copy, _verdict("true", SEED_LINE), _verdict("missed", 99))
    done = _run(copy)
    assert done.returncode == 0, done.stdout
    assert "1 findings: 1 true, 0 false alarm" in done.stdout
    page = (copy / "wild" / "repositories.md").read_text()
    assert "1 of the 2 bugs known there are found" in page
    assert "| bypassed-param-groups | 1 | 0 | 1 | 0 |" in page


def test_missed_bug_that_is_found_now_is_named(copy: Path) -> None:
    _give(copy, _verdict("missed", SEED_LINE))
    done = _run(copy)
    assert done.returncode == 1
    assert "was missed and is found now" in done.stdout


def test_verdict_without_its_finding_is_named(copy: Path) -> None:
    _give(copy, _verdict("true", SEED_LINE), _verdict("false alarm", 3))
    done = _run(copy)
    assert done.returncode == 1
    assert "train.py:3: bypassed-param-groups is no longer found (false alarm: read)" in done.stdout


def test_checkout_at_another_commit_is_left_out(copy: Path) -> None:
    (copy / "checkouts" / "somebody__training" / ".commit").write_text("fedcba\n")
    done = _run(copy)
    assert "somebody/training is at fedcba, not 0123456789ab: left out" in done.stderr
    assert not (copy / "wild" / "repositories.md").exists(), "figures of a part are no figures"


def _verdict(kind: str, line: int) -> str:
    place = f'repository = "somebody/training"\nfile = "train.py"\nline = {line}\nrule = "bypassed-param-groups"'
    return f'[[finding]]\n{place}\nverdict = "{kind}"\nreason = "read"\n'


def _give(copy: Path, *verdicts: str) -> None:
    (copy / "wild" / "repositories.toml").write_text("\n".join(verdicts))


def _run(copy: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/wild.py", "--checkouts", "checkouts"]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
