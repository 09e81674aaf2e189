"""What stands at the top of a rule's page is what torch says."""

import warnings
from pathlib import Path

import pytest
from consequences import FOLDER, WRITTEN, session

from optimlint.rules import RULES

PROGRAMS = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_torch_says_so(program: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert (WRITTEN / f"{program.stem}.txt").read_text(encoding="utf-8") == session(program)


def test_every_rule_about_training_has_one() -> None:
    assert {path.stem for path in PROGRAMS} == {rule.name for rule in RULES if rule.code < "OPT9"}
    assert {path.stem for path in WRITTEN.glob("*.txt")} == {path.stem for path in PROGRAMS}
