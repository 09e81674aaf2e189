"""If the tree's positions cannot be trusted, diagnostics have no fixes."""

from dataclasses import replace
from pathlib import Path

from optimlint.check import check_facts, check_source, read_facts
from optimlint.facts import FileFacts

FIXTURE = Path(__file__).parent.parent / "fixtures" / "bypassed-param-groups" / "forms_of_group_lists.py"


def test_no_edit_is_offered_at_a_place_that_may_be_another() -> None:
    facts = read_facts(FIXTURE.read_bytes())
    assert isinstance(facts, FileFacts)
    trusted = check_facts(facts, "train.py")
    doubtful = check_facts(replace(facts, has_trusted_positions=False), "train.py")
    assert any(one.fixes for one in trusted)
    assert doubtful == [replace(one, fixes=()) for one in trusted]


def test_a_comment_that_the_tree_has_lost_takes_all_fixes_along() -> None:
    """LibCST drops one of two comments that are indented less than a body and more than its surroundings."""
    source = "def make(model):\n    return model\n  # optimlint: ignore\n  # optimlint: ignore\n"
    found = check_source(source)
    assert {one.code for one in found} == {"OPT901"}
    assert not any(one.fixes for one in found)
