"""The exit code of `optimlint check` by severity, and the layout of its help."""

from pathlib import Path

import click
import pytest
from cli_support import BUG, optimlint

from optimlint.cli.commands.check import check
from optimlint.cli.commands.help_sections import CheckCommand

BUG_RULE = "bypassed-param-groups"


def exit_code(folder: Path, *arguments: str) -> int:
    return optimlint(folder, ["check", *arguments, "train.py"]).returncode


def configured(folder: Path, **weights: str) -> None:
    (folder / "train.py").write_text(BUG)
    lines = "".join(f'"{selector}" = "{weight}"\n' for selector, weight in weights.items())
    (folder / "optimlint.toml").write_text(f"[severity]\n{lines}")


@pytest.mark.parametrize(
    ("weight", "least", "expected"),
    [
        ("error", "error", 1),
        ("warning", "error", 0),
        ("warning", "warning", 1),
        ("note", "warning", 0),
        ("note", "note", 1),
    ],
)
def test_a_run_fails_for_what_weighs_enough(weight: str, least: str, expected: int, tmp_path: Path) -> None:
    configured(tmp_path, **{BUG_RULE: weight})
    assert exit_code(tmp_path, "--fail-on", least) == expected
    assert exit_code(tmp_path, "--fail-on", least, "--diff") == expected
    assert exit_code(tmp_path, "--fail-on", least, "--exit-zero") == 0
    assert exit_code(tmp_path) == 1


def test_the_more_specific_selector_counts_and_reports_show_it(tmp_path: Path) -> None:
    configured(tmp_path, OPT0="note", OPT001="warning", ALL="error")
    assert b'"severity": "warning"' in optimlint(tmp_path, ["check", "--output-format", "json", "train.py"]).stdout


def test_what_could_not_be_done_fails_whatever_it_weighs(tmp_path: Path) -> None:
    configured(tmp_path, unparseable="note")
    (tmp_path / "train.py").write_text(BUG + "def broken(:\n")
    assert exit_code(tmp_path, "--fail-on", "error") == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('severity = "error"', "`severity` must be a table from rules to severities"),
        ('[severity]\nOPT001 = "fatal"', "`OPT001` must be one of error, warning, note"),
        ('[severity]\nbypased-param-groups = "note"', "did you mean `bypassed-param-groups`?"),
    ],
)
def test_a_wrong_configuration_is_named(text: str, said: str, tmp_path: Path) -> None:
    configured(tmp_path)
    (tmp_path / "optimlint.toml").write_text(text)
    outcome = optimlint(tmp_path, ["check", "train.py"])
    assert outcome.returncode == 2 and said in outcome.stderr.decode()


def test_the_help_shows_every_option_once_under_a_heading(tmp_path: Path) -> None:
    assert isinstance(check, CheckCommand)
    text = optimlint(tmp_path, ["check", "--help"]).stdout.decode()
    for option in check.params:
        if isinstance(option, click.Option):
            assert sum(line.split()[0].rstrip(",") in option.opts for line in text.splitlines() if line.split()) == 1, (
                option
            )
    headings = [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings == [
        "Which files:",
        "Which rules:",
        "Fixing:",
        "Output:",
        "Exit code:",
        "Adoption in existing code:",
        "Running:",
    ]
    # Only options that few users need are outside the headings.
    assert text.partition("Running:")[2].count("  --") <= 7


def test_groups_of_a_folder_are_a_line_each(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    (tmp_path / "other.py").write_text(
        "import torch\n\n\ndef make(m):\n    return torch.optim.SGD(m.parameters(), lr=0.1)\n"
    )
    lines = optimlint(tmp_path, ["groups"]).stdout.decode().splitlines()
    assert len(lines) == 2
    assert lines[0] == "other.py:5:12: SGD: 1 group · decay 0.0 · lr 0.1"
    assert lines[1].startswith("train.py:") and lines[1].endswith("1 list of groups not used")
    assert "in no group" in optimlint(tmp_path, ["groups", "--verbose"]).stdout.decode()
    assert "in no group" in optimlint(tmp_path, ["groups", "train.py", "other.py"]).stdout.decode()
