"""What the rules about parameters that are never trained claim, held against real torch.

A program leaves `seen` behind: what torch did, as plain values. What it should be stands in the table, with the bug and
after optimlint's fix; a rule that offers none has it after `repair`, an edit by hand that does what its page says.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from optimlint import Applicability, Options, check_source, fix_source

PROGRAMS = Path(__file__).with_name("programs") / "never_trained"

Seen = dict[str, object]


@dataclass(frozen=True, slots=True)
class Case:
    """What torch shows of a program: with the bug, and without."""

    program: str
    rule: str
    seen: Seen
    fixed: Seen
    repair: tuple[tuple[str, str], ...] = ()


CASES = (
    Case(
        "moved_parameter",
        "unregistered-parameter",
        {"is trained": False, "is saved": False},
        {"is trained": True, "is saved": True},
    ),
    Case(
        "scaled_parameter",
        "unregistered-parameter",
        {"is saved": False, "moves": False},
        {"is saved": True, "moves": True},
    ),
    Case(
        "list_of_layers",
        "unregistered-parameter",
        {"has a gradient": True, "is saved": False, "moves": False},
        {"has a gradient": True, "is saved": True, "moves": True},
        (("[nn.Linear(3, 1) for _ in range(2)]", "nn.ModuleList([nn.Linear(3, 1) for _ in range(2)])"),),
    ),
    Case("module_asked", "requires-grad-no-effect", {"moves": True}, {"moves": False}),
    Case("misspelt_switch", "requires-grad-no-effect", {"moves": True}, {"moves": False}),
    Case(
        "best_state",
        "best-weights-alias",
        {"is best": False, "is last": True},
        {"is best": True, "is last": False},
    ),
    Case(
        "warm_up",
        "unused-scheduler",
        {"rate": 0.001},
        {"rate": 0.1},
        (("    optimizer.step()\n", "    optimizer.step()\n    scheduler.step()\n"),),
    ),
    Case(
        "one_cycle",
        "flattened-rates",
        {"rates differ": False},
        {"rates differ": True},
        (("max_lr=1e-3", "max_lr=[1e-5, 1e-3]"),),
    ),
    Case("wrapped_names", "wrapped-name-filter", {"in the slow group": 0}, {"in the slow group": 2}),
    Case(
        "layer_in_forward",
        "layer-made-in-forward",
        {"answers alike": False, "parameters": 2},
        {"answers alike": True, "parameters": 4},
        (
            ("self.stem = nn.Linear(3, 3)", "self.stem = nn.Linear(3, 3); self.out = nn.Linear(3, 1)"),
            ("nn.Linear(3, 1)(self", "self.out(self"),
        ),
    ),
    Case(
        "norm_in_forward",
        "layer-made-in-forward",
        {"answers alike": True, "parameters": 2},
        {"answers alike": True, "parameters": 4},
        (
            ("self.stem = nn.Linear(3, 3)", "self.stem = nn.Linear(3, 3); self.norm = nn.LayerNorm(3)"),
            ("nn.LayerNorm(3)(self", "self.norm(self"),
        ),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.program)
def test_program(case: Case) -> None:
    source = (PROGRAMS / f"{case.program}.py").read_text(encoding="utf-8")
    options = Options(rules=frozenset({case.rule}))
    assert _seen(source) == case.seen
    assert {one.rule for one in check_source(source, options=options)} == {case.rule}
    fixed = source
    for old, new in case.repair:
        assert old in fixed
        fixed = fixed.replace(old, new)
    if not case.repair:
        fixed = fix_source(source, check_source(source, options=options), Applicability.UNSAFE).text
    assert _seen(fixed) == case.fixed
    assert not check_source(fixed, options=options)


def _seen(source: str) -> object:
    """What a program leaves behind, run in this process."""
    torch.manual_seed(0)
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile(source, "<program>", "exec"), names)
    return names["seen"]
