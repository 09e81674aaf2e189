"""Small training loops under real torch: what a rule claims happens with the bug, and no longer after the fix.

A program leaves `happens` behind: whether what the rule says of it is what torch did.
"""

from pathlib import Path

import pytest
import torch

from optimlint import Applicability, check_source, fix_source

PROGRAMS = Path(__file__).with_name("training")
RULES = {
    "clip_before_the_backward": "clip-without-effect",
    "clip_behind_the_step": "clip-without-effect",
    "clip_of_an_empty_iterator": "clip-without-effect",
    "clip_scaled_gradients": "clip-scaled-gradients",
    "discarded_at_every_round": "discarded-gradients",
    "discarded_before_the_step": "discarded-gradients",
    "eval_mode_kept": "eval-mode-kept",
    "missing_zero_grad": "missing-zero-grad",
}


def test_every_program_has_its_rule() -> None:
    assert sorted(RULES) == sorted(path.stem for path in PROGRAMS.glob("*.py"))


@pytest.mark.parametrize("program", RULES)
def test_what_a_rule_says_happens(program: str) -> None:
    source = (PROGRAMS / f"{program}.py").read_text(encoding="utf-8")
    assert {one.rule for one in check_source(source)} == {RULES[program]}
    assert _happens(source)


@pytest.mark.parametrize("program", RULES)
def test_it_happens_no_longer_after_the_fix(program: str) -> None:
    source = (PROGRAMS / f"{program}.py").read_text(encoding="utf-8")
    fixed = fix_source(source, check_source(source), Applicability.DISPLAY)
    assert fixed.applied
    assert check_source(fixed.text) == []
    assert not _happens(fixed.text)


def _happens(source: str) -> bool:
    """Whether what the program looks for happens. Nothing that it changes of torch outlives it."""
    torch.manual_seed(0)
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile(source, "<program>", "exec"), names)
    return bool(names["happens"])
