"""Settings of a repository that nobody has reviewed cost neither time nor memory and reach no other files."""

import os
import time
from pathlib import Path

import pytest
from cli_support import BUG, optimlint

LONG_NAME = "a" * 200 + ".py"
DEEP = "/".join(["a" * 20] * 10 + ["train.py"])


@pytest.mark.parametrize(
    ("ignored", "file"),
    [
        ("a*" * 30 + "b\n", LONG_NAME),
        ("**/" * 40 + "a*" * 20 + "b\n", DEEP),
        ("/".join(["a***"] * 12) + "b\n", DEEP),
        ("a*a*a*b\n" * 50, LONG_NAME),
        ("**/a/**/a/**/a/**/a/**/a/b\n", "/".join(["a"] * 100 + ["train.py"])),
        ("[" * 5_000 + "\n", LONG_NAME),
        ("?" * 5_000 + "\n", LONG_NAME),
        ("train.py\n" * 200_000, "train.py"),
    ],
)
@pytest.mark.parametrize("settings", [".gitignore", "optimlint.toml"])
def test_patterns_end(tmp_path: Path, settings: str, ignored: str, file: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(BUG)
    if settings == ".gitignore":
        (tmp_path / settings).write_text(ignored)
    else:
        (tmp_path / settings).write_text(
            "extend-exclude = [\n" + "".join(f"'{one}',\n" for one in ignored.split()) + "]"
        )
    begin = time.monotonic()
    outcome = optimlint(tmp_path, ["check"])
    assert time.monotonic() - begin < 60
    if settings != ".gitignore" and len(ignored) > 1_000_000:
        assert outcome.returncode == 2
        assert b"optimlint.toml: larger than 1 MB" in outcome.stderr
    else:
        assert outcome.returncode == 1, outcome.stderr
        assert b"train.py:6:12: OPT001" in outcome.stdout or b"aaa.py:6:12: OPT001" in outcome.stdout


def test_a_pattern_that_is_obeyed_still_is(tmp_path: Path) -> None:
    (tmp_path / "one_two_three.py").write_text(BUG)
    (tmp_path / ".gitignore").write_text("*_*_*.py\n**/build/**/x/**\n")
    assert optimlint(tmp_path, ["check", "--no-respect-gitignore"]).returncode == 1
    outcome = optimlint(tmp_path, ["check"])
    assert outcome.returncode == 2
    assert b"no Python file" in outcome.stderr


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("select = " + "[" * 5_000 + "]" * 5_000, b"nested too deeply"),
        ("a." * 20_000 + "b = 1", b":2: a key has too many parts"),
        ("[" + "'a'." * 20_000 + "b]", b":2: a key has too many parts"),
        ("select = [" + "'OPT001', " * 200_000 + "]", b"larger than 1 MB"),
        ("x = " + "1" * 10_000, b"not valid TOML"),
    ],
)
def test_configurations_end(tmp_path: Path, text: str, reason: bytes) -> None:
    (tmp_path / "train.py").write_text(BUG)
    (tmp_path / "pyproject.toml").write_text(f"[tool.optimlint]\n{text}\n")
    begin = time.monotonic()
    outcome = optimlint(tmp_path, ["check"])
    assert time.monotonic() - begin < 30
    assert outcome.returncode == 2
    assert reason in outcome.stderr
    assert b"itself failed" not in outcome.stderr


def test_a_line_of_many_versions_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    versions = ", ".join(f"'package{number}>=1.2.3'" for number in range(100))
    (tmp_path / "pyproject.toml").write_text(f"[project]\ndependencies = [{versions}]\n[tool.optimlint]\nignore = []\n")
    assert optimlint(tmp_path, ["check"]).returncode == 1


def test_settings_reach_nothing_outside(tmp_path: Path) -> None:
    """Patterns that lead out of the repository remain patterns, and no key names a file to read or write."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.py").write_text(BUG)
    (inside / "train.py").write_text(BUG)
    (inside / "optimlint.toml").write_text(
        f"extend-exclude = ['../outside/**', '/etc/**', '{outside}/**']\n"
        "[per-file-ignores]\n'../**' = ['OPT002']\n'/**' = ['OPT002']\n"
    )
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    outcome = optimlint(inside, ["check"])
    assert outcome.returncode == 1, outcome.stderr
    assert outcome.stdout.startswith(b"train.py:6:12: OPT001")
    assert b"secret" not in outcome.stdout + outcome.stderr
    for key in ("extend", "include", "output-file", "baseline", "plugins", "config", "cache-dir", "paths"):
        (inside / "optimlint.toml").write_text(f"{key} = '{outside}/secret.py'\n")
        outcome = optimlint(inside, ["check"])
        assert outcome.returncode == 2
        assert f"unknown key `{key}`".encode() in outcome.stderr
    (inside / "optimlint.toml").unlink()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == {
        path: content for path, content in before.items() if path.name != "optimlint.toml"
    }


def test_a_configuration_that_is_a_link_shows_nothing_of_what_it_leads_to(tmp_path: Path) -> None:
    outside, inside = tmp_path / "secret.txt", tmp_path / "inside"
    inside.mkdir()
    outside.write_text("password-of-optimlint hunter2\n")
    (inside / "train.py").write_text(BUG)
    for name in ("optimlint.toml", "pyproject.toml"):
        os.symlink(outside, inside / name)
        outcome = optimlint(inside, ["check"])
        assert outcome.returncode == 2
        assert b"hunter2" not in outcome.stdout + outcome.stderr
        (inside / name).unlink()
