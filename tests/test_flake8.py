"""The flake8 plugin in flake8 itself, in its own process and folder."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli_support import BUG, MENDED, environment, optimlint

BUILDER = """\
from torch.optim import AdamW


def make_groups(model):
    decay = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}]


def train(model):
    return AdamW(model.parameters(), lr=3e-4)
"""
"""Nothing here calls `make_groups`. Whether that is a mistake depends on other files."""


def flake8(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flake8", "--select", "OPT,E9", *arguments],
        cwd=folder,
        env=environment(),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def places(folder: Path, *arguments: str) -> list[tuple[str, int, int, str]]:
    """Path, line, column and code of each line that flake8 writes."""
    done = flake8(folder, *arguments)
    assert done.stderr == ""
    found = [re.match(r"(?:\./)?(.+?):(\d+):(\d+): (\w+) ", line) for line in done.stdout.splitlines()]
    assert done.returncode == (1 if found else 0)
    return [(one[1], int(one[2]), int(one[3]), one[4]) for one in found if one]


def test_finding_with_code_and_column(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    done = flake8(tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("./train.py:6:12: OPT001 `groups` is never used: ")
    assert done.stdout.count("\n") == 1


def test_plugin_is_named_with_its_version() -> None:
    assert re.search(r"\boptimlint: \d+\.\d+", flake8(Path.cwd(), "--version").stdout)


def test_column_counts_characters(tmp_path: Path) -> None:
    source = BUG.replace("return AdamW", "'é🙂'; return AdamW")
    (tmp_path / "train.py").write_text(source, encoding="utf-8")
    assert places(tmp_path) == [("train.py", 6, 5 + len("'é🙂'; return "), "OPT001")]


def test_same_findings_as_the_command(tmp_path: Path) -> None:
    """Also if the rest of the repository matters: a builder that another file calls is in use."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'lab'\n")
    (tmp_path / "builders.py").write_text(BUILDER)
    (tmp_path / "train.py").write_text(BUG)
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "pyproject.toml").write_text("[project]\nname = 'alone'\n")
    (alone / "kept.py").write_text(BUILDER.replace("make_groups", "split_groups"))
    (tmp_path / "main.py").write_text("from builders import make_groups\n\nmake_groups(None)\n")
    command = optimlint(tmp_path, ["check", "--output-format", "concise"]).stdout.decode()
    listed = re.findall(r"^(\S+?):(\d+):(\d+): (OPT\d+)", command, re.MULTILINE)
    assert places(tmp_path) == [(path, int(line), int(column), code) for path, line, column, code in listed]
    assert ("alone/kept.py", "OPT005") in {(path, code) for path, _, _, code in listed}
    assert not any(path == "builders.py" for path, *_ in listed)


def test_workers_of_flake8(tmp_path: Path) -> None:
    """Workers of flake8 may start no processes, but questions about the repository are answered anyway."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'lab'\n")
    for number in range(4):
        text = BUILDER.replace("make_groups", f"make_groups_{number}")
        (tmp_path / f"builders_{number}.py").write_text(text)
    found = places(tmp_path, "--jobs", "2")
    assert [(path, code) for path, _, _, code in found] == [(f"builders_{n}.py", "OPT005") for n in range(4)]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# noqa", []),
        ("# noqa: OPT001", []),
        ("# noqa: E501,OPT001", []),
        ("# noqa: OPT002", ["OPT001", "OPT901"]),
        ("# optimlint: ignore", []),
        ("# optimlint: ignore[bypassed-param-groups]", []),
        ("# optimlint: ignore[unused-no-decay]", ["OPT001", "OPT901"]),
    ],
)
def test_suppressions(tmp_path: Path, comment: str, expected: list[str]) -> None:
    (tmp_path / "train.py").write_text(BUG.rstrip("\n") + f"  {comment}\n")
    assert [code for *_, code in places(tmp_path)] == expected


def test_disable_noqa_shows_what_noqa_hides(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG.rstrip("\n") + "  # noqa: OPT001\n")
    assert places(tmp_path, "--disable-noqa") == [("train.py", 6, 12, "OPT001")]
    (tmp_path / "train.py").write_text(BUG.rstrip("\n") + "  # optimlint: ignore[OPT001]\n")
    assert places(tmp_path, "--disable-noqa") == []


def test_what_does_not_parse_is_left_to_flake8(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG + "def broken(:\n")
    assert [code for *_, code in places(tmp_path)] == ["E999"]


def test_configuration_nearest_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "train.py").write_text(BUG)
    (tmp_path / "old" / "optimlint.toml").write_text('ignore = ["OPT001"]\n')
    (tmp_path / "skipped.py").write_text(BUG)
    (tmp_path / "pyproject.toml").write_text('[tool.optimlint]\nextend-exclude = ["skipped.py"]\n')
    assert [path for path, *_ in places(tmp_path)] == ["train.py"]


def test_wrong_configuration_is_said_and_fails(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(MENDED)
    (tmp_path / "optimlint.toml").write_text('ignore = ["OPT777"]\n')
    done = flake8(tmp_path)
    assert done.returncode == 1
    assert "optimlint.toml:1: " in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_standard_input(tmp_path: Path) -> None:
    done = flake8(tmp_path, "--stdin-display-name", "lab/train.py", "-", stdin=BUG)
    assert done.stdout.startswith("lab/train.py:6:12: OPT001 ")


def test_extend_ignore(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    assert places(tmp_path, "--extend-ignore", "OPT001") == []
    assert places(tmp_path, "--per-file-ignores", "train.py:OPT0") == []
