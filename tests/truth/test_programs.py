"""Small training programs under real torch: with the bug, and with optimlint's fix, against what optimlint said.

Each program is run in a process of its own. What torch did stands in the table below, written out; the test compares it
with the run, and the run with the diagnostics and with `effective_optimizers` of the same text. Then the text is fixed
through the public functions, and the same is asked of the fixed text.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from reality import Reality, expected_names, run, value_of

from optimlint import Applicability, Options, check_source, fix_source
from optimlint.check import read_facts
from optimlint.effective import EffectiveOptimizer, effective_optimizers
from optimlint.facts import FileFacts

PROGRAMS = Path(__file__).with_name("programs")

Groups = tuple[tuple[int, float, float], ...]
"""Of each group the number of parameters, the weight decay and the learning rate."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is true of a program, and what the message `says` of it, as a pattern.

    `still` are the parameters that do not move in training; `fixed` are the groups after the fix, None without one.
    `call` says which optimizer of the text is meant, where there are several. `is_known` is False where optimlint says
    that it does not know which parameters the groups hold.
    """

    program: str
    rule: str | None
    groups: Groups = ()
    exception: str | None = None
    still: frozenset[str] = frozenset()
    fixed: Groups | None = None
    call: int = 0
    is_known: bool = True
    says: str = ""


CASES = (
    Case(
        "seed",
        "bypassed-param-groups",
        ((6, 0.01, 2e-5),),
        fixed=((2, 0.002, 2e-5), (4, 0.0, 2e-5)),
        says=r"by 0\.01, .*0\.002 and 0\.0 are never applied",
    ),
    Case(
        "exhausted_iterator",
        "exhausted-parameters",
        ((2, 0.05, 1e-3), (0, 0.0, 1e-3)),
        still=frozenset({"0.bias", "2.bias"}),
        fixed=((2, 0.05, 1e-3), (2, 0.0, 1e-3)),
        says="gets no parameters",
    ),
    Case(
        "exhausted_in_a_group",
        "exhausted-parameters",
        ((0, 0.0, 0.01), (2, 0.0, 0.1)),
        still=frozenset({"body.weight", "body.bias"}),
        fixed=((2, 0.0, 0.01), (2, 0.0, 0.1)),
        is_known=False,  # `map` reads when it is read itself, so that nobody knows when the iterator is empty
        says="below, before the optimizer takes the group",
    ),
    Case(
        "exhausted_collections",
        "exhausted-parameters",
        ((2, 1e-4, 0.1), (0, 0.0, 0.1)),
        still=frozenset({"hidden.bias", "out.bias"}),
        fixed=((2, 1e-4, 0.1), (2, 0.0, 0.1)),
    ),
    Case(
        "both_negated",
        "overlapping-groups",
        exception="ValueError",
        fixed=((1, 0.01, 5e-5), (3, 0.0, 5e-5)),
        says="in both groups",
    ),
    Case("appended_overlap", "overlapping-groups", exception="ValueError", says="`head"),
    Case("listed_twice", "overlapping-groups", ((4, 0.5, 0.1),), still=frozenset({"1.weight", "1.bias"})),
    Case(
        "unknown_key",
        "ignored-group-key",
        ((1, 0.01, 3e-5), (3, 0.01, 3e-5)),
        fixed=((1, 0.1, 3e-5), (3, 0.0, 3e-5)),
        says=r"0\.1 is never applied.* 0\.01",
    ),
    Case(
        "missing_quarter",
        "uncovered-parameters",
        ((1, 0.01, 1e-5), (1, 0.0, 1e-5), (1, 0.01, 1e-3)),
        still=frozenset({"head.bias"}),
        says="names with `bias` but without `encoder`",
    ),
    Case(
        "forgotten_module",
        "uncovered-parameters",
        ((2, 0, 1e-5), (2, 0, 1e-3)),
        still=frozenset({"mixer.weight", "mixer.bias"}),
        says="mixer",
    ),
    Case(
        "string_no_decay",
        "string-no-decay",
        ((0, 0.1, 1e-3), (5, 0.0, 1e-3)),
        fixed=((3, 0.1, 1e-3), (2, 0.0, 1e-3)),
        says="`b`, `i`, `a`, `s`",
    ),
    Case(
        "inherited_adamw",
        "inherited-decay",
        ((2, 0.05, 1e-4), (2, 0.01, 1e-4)),
        fixed=((2, 0.05, 1e-4), (2, 0.0, 1e-4)),
        says=r"0\.01",
    ),
    Case("inherited_adam", None, ((2, 0.05, 1e-4), (2, 0, 1e-4))),
    Case(
        "exact_names",
        "exact-name-filter",
        ((8, 0.02, 1e-3), (0, 0.0, 1e-3)),
        fixed=((2, 0.02, 1e-3), (6, 0.0, 1e-3)),
        says="no parameter is called `bias`",
    ),
    Case("unmatched_norm1", "unmatched-no-decay", ((4, 0.1, 1e-3), (4, 0.0, 1e-3))),
    Case("unmatched_sequential", "unmatched-no-decay", ((4, 0.1, 1e-3), (4, 0.0, 1e-3))),
    Case(
        "always_true",
        "always-true-name-test",
        ((3, 0.0, 0.1), (0, 5e-4, 0.1)),
        fixed=((2, 0.0, 0.1), (1, 5e-4, 0.1)),
    ),
    Case(
        "reversed_test",
        "always-true-name-test",
        ((4, 0.01, 1e-3), (0, 0.0, 1e-3)),
        fixed=((2, 0.01, 1e-3), (2, 0.0, 1e-3)),
        is_known=False,
    ),
    Case(
        "and_of_parameters",
        "always-true-name-test",
        ((2, 0, 1e-3),),
        still=frozenset({"encoder.weight", "encoder.bias"}),
        fixed=((4, 0, 1e-3),),
    ),
    Case("equal_groups", "same-decay-groups", ((2, 0.01, 2e-5), (2, 0.01, 2e-5)), says=r"args\.weight_decay"),
    Case(
        "inverted",
        "inverted-decay",
        ((2, 0.03, 2e-5), (2, 0.0, 2e-5)),
        fixed=((2, 0.0, 2e-5), (2, 0.03, 2e-5)),
        says=r"0\.03.* 0\.0",
    ),
    Case(
        "unused_no_decay",
        "unused-no-decay",
        ((4, 0.02, 1e-4),),
        fixed=((1, 0.02, 1e-4), (3, 0.0, 1e-4)),
        says=r"0\.02",
    ),
    Case("unused_groups", "unused-param-groups", ((4, 0.01, 1e-3),), says=r"0\.04 and 0\.0"),
    Case("overwritten", "overwritten-optimizer", ((4, 0.001, 0.01),), call=1),
    Case(
        "uncalled_builder",
        "uncalled-group-builder",
        ((4, 0.01, 1e-3),),
        fixed=((2, 0.04, 1e-3), (2, 0.0, 1e-3)),
        says=r"0\.01",
    ),
    Case(
        "right_layerwise",
        None,
        ((1, 0.01, 1e-5), (1, 0.0, 1e-5), (1, 0.01, 1e-3), (1, 0.0, 1e-3)),
        still=frozenset({"table.weight"}),
    ),
    Case("right_sets", None, ((1, 0.1, 6e-4), (4, 0.0, 6e-4))),
    Case("right_positional", None, ((2, 1e-4, 0.1), (2, 1e-4, 1.0))),
    Case("right_dimensions", None, ((2, 0.1, 3e-4), (4, 0.0, 3e-4))),
    Case("right_branches", None, ((2, 0.2, 1e-3), (2, 0.0, 1e-3))),
)


def test_every_program_has_its_case() -> None:
    assert sorted(case.program for case in CASES) == sorted(path.stem for path in PROGRAMS.glob("*.py"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.program)
def test_program(case: Case) -> None:
    source = (PROGRAMS / f"{case.program}.py").read_text(encoding="utf-8")
    assert _rules(source) == ([case.rule] if case.rule else [])
    assert not case.says or any(re.search(case.says, one.message) for one in check_source(source))
    reality = _compare(source, case.call, is_known=case.is_known)
    assert reality.exception == case.exception
    assert _shape(reality) == case.groups
    if case.exception is None:
        assert reality.names - reality.moved == case.still
        assert reality.decayed == _in_decaying_groups(reality)


@pytest.mark.parametrize("case", [case for case in CASES if case.rule], ids=lambda case: case.program)
def test_fixed_program(case: Case) -> None:
    source = (PROGRAMS / f"{case.program}.py").read_text(encoding="utf-8")
    fixed = fix_source(source, check_source(source), Applicability.UNSAFE)
    assert bool(fixed.applied) == (case.fixed is not None)
    if case.fixed is None:
        assert fixed.text == source
        return
    assert _rules(fixed.text) == []
    reality = _compare(fixed.text, case.call)
    assert reality.exception is None
    assert _shape(reality) == case.fixed
    assert reality.moved == reality.names
    assert reality.decayed == _in_decaying_groups(reality)
    assert sum(count for count, _, _ in case.fixed) == len(reality.names)


def _rules(source: str) -> list[str]:
    return sorted({diagnostic.rule for diagnostic in check_source(source)})


def _compare(source: str, call: int, *, is_known: bool = True) -> Reality:
    """Runs the text and holds what happened against what `effective_optimizers` says would happen."""
    said = _effective(source)[call]
    assert said.is_certain and len(said.choices) == 1
    (groups,) = said.choices
    reality = run(source, groups)
    names = [expected_names(group, reality) for group in groups]
    assert (None not in names) == is_known
    if reality.exception is not None:
        counted = Counter(name for group in names for name in group or ())
        assert max(counted.values()) > 1, "torch refuses groups that optimlint holds to be apart"
        return reality
    assert len(groups) == len(reality.groups)
    for group, expected, real in zip(groups, names, reality.groups, strict=True):
        assert expected in (set(real.names), None)
        assert value_of(group.weight_decay, reality) in (real.weight_decay, None)
        assert value_of(group.learning_rate, reality) in (real.lr, None)
    _compare_left_out(said, reality)
    return reality


def _compare_left_out(said: EffectiveOptimizer, reality: Reality) -> None:
    """Parameters in no group are said to be so, and none where the groups' models have none."""
    taken = {name for group in reality.groups for name in group.names}
    left_out = {one.name for one in reality.parameters if one.requires_grad} - taken
    of_models = {name for names in reality.models.values() for name in names.values()}
    if said.left_out.words:
        assert left_out
    elif said.left_out.is_certain:
        assert not left_out & of_models


def _effective(source: str) -> tuple[EffectiveOptimizer, ...]:
    facts = read_facts(source, Options(reads_all=True))
    assert isinstance(facts, FileFacts)
    return effective_optimizers(facts)


def _shape(reality: Reality) -> Groups:
    return tuple((len(group.names), group.weight_decay or 0.0, group.lr) for group in reality.groups)


def _in_decaying_groups(reality: Reality) -> set[str]:
    return {name for group in reality.groups if group.weight_decay for name in group.names}
