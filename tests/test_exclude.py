"""The files that the command line excludes, in the current folder and in named folders."""

import os
from pathlib import Path

import pytest
from cli_support import BUG, optimlint


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """A folder next to a project."""
    for name in ("here/train.py", "here/old/train.py", "there/train.py", "there/old/train.py", "there/src/old/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(BUG.replace("groups", name.translate(str.maketrans("/.", "__"))))
    return tmp_path


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        ("old", ["here/train.py", "there/train.py"]),
        ("/old", ["here/train.py", "there/src/old/a.py", "there/train.py"]),
        ("src/old", ["here/old/train.py", "here/train.py", "there/old/train.py", "there/train.py"]),
        (
            "there",
            [f"{name}/train.py" for name in ("here/old", "here", "there/old")]
            + ["there/src/old/a.py", "there/train.py"],
        ),
    ],
)
@pytest.mark.parametrize("option", ["--exclude", "--extend-exclude"])
def test_patterns_hold_in_every_folder_that_is_named(
    folders: Path, option: str, patterns: str, left: list[str]
) -> None:
    for there in ("../there", str(folders / "there")):
        done = optimlint(folders / "here", ["check", option, patterns, ".", there])
        places = [line.partition(":")[0] for line in done.stdout.decode().splitlines()]
        found = [os.path.relpath(os.path.join(folders / "here", place), folders) for place in places]
        assert found == left
