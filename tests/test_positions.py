"""Where the tree's positions cannot be trusted, diagnostics come without fixes."""

from dataclasses import replace
from pathlib import Path

from optimlint.check import check_facts, read_facts
from optimlint.facts import FileFacts

FIXTURE = Path(__file__).parent.parent / "fixtures" / "bypassed-param-groups" / "forms_of_group_lists.py"


def test_no_edit_is_offered_at_a_place_that_may_be_another() -> None:
    facts = read_facts(FIXTURE.read_bytes())
    assert isinstance(facts, FileFacts)
    trusted = check_facts(facts, "train.py")
    doubtful = check_facts(replace(facts, has_trusted_positions=False), "train.py")
    assert any(one.fixes for one in trusted)
    assert doubtful == [replace(one, fixes=()) for one in trusted]
