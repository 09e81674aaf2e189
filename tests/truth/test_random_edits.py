"""Groups that are edited before and after an optimizer takes them, under torch, against what optimlint says of them.

Where optimlint is certain, it must be right, in one of its choices where branches decide: as many groups as torch has,
in torch's order, each with the parameters, the learning rate and the decay that torch gives it, unless it says of one
of these that it does not know it. So that "unknown" is no way out, there are edits that it promises to follow, and a
floor for how often it is certain.
"""

import os
import sys
import warnings
from collections.abc import Callable
from types import ModuleType

import pytest
import torch
from edit_sources import ELSEWHERE, programs
from group_sources import build_model, names_within
from reality import Parameter, RealGroup, Reality, expected_names, value_of

from optimlint import Options
from optimlint.check import read_facts
from optimlint.effective import EffectiveGroup, EffectiveOptimizer, effective_optimizers
from optimlint.facts import FileFacts

COUNT = max(700, int(os.environ.get("TRUTH_EXAMPLES", "0")))
SEED = 20_240_917
CERTAIN_FLOOR = 0.5
"""The share of the programs that run at all of which optimlint must be certain."""

Maker = Callable[[torch.nn.Module, bool], torch.optim.Optimizer]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module that the programs import and of which the checker sees nothing."""
    module = ModuleType("elsewhere")
    exec(ELSEWHERE, module.__dict__)
    monkeypatch.setitem(sys.modules, "elsewhere", module)


def test_what_is_certain_is_so() -> None:
    ran = certain = known = 0
    wrong: list[str] = []
    for program in programs(SEED, COUNT):
        said = _said_of(program.source)
        is_run = False
        for is_on in (True, False):
            reality = _run(program.source, said, is_on)
            if reality is None:
                continue
            is_run = True
            if said.is_certain:
                wrong += [f"{problem}\nis_on={is_on}\n{program.source}" for problem in _compare(said, reality)]
        if not is_run:
            continue
        ran += 1
        certain += said.is_certain
        known += said.is_certain and _is_fully_known(said)
        if program.is_followed and not (said.is_certain and _is_fully_known(said)):
            wrong.append(f"not sure of what it promises to follow\n{program.source}")
    print(f"{ran} programs ran, certain of {certain}, every value known in {known}")
    assert not wrong, f"{len(wrong)} of {ran}:\n" + "\n".join(wrong[:5])
    assert ran >= 500
    assert certain >= CERTAIN_FLOOR * ran
    assert known >= 0.4 * ran


def test_the_programs_are_the_same_every_time() -> None:
    assert programs(SEED, 300) == programs(SEED, 300)


def _said_of(source: str) -> EffectiveOptimizer:
    """What optimlint says of the optimizer that is returned: of several of that name, the last."""
    facts = read_facts(source, Options(reads_all=True))
    assert isinstance(facts, FileFacts)
    said = effective_optimizers(facts)
    return [one for one in said if one.place == "optimizer"][-1]


def _is_fully_known(said: EffectiveOptimizer) -> bool:
    return all(
        group.is_readable and "unknown" not in (group.weight_decay.text, group.learning_rate.text)
        for choice in said.choices
        for group in choice
    )


def _compare(said: EffectiveOptimizer, reality: Reality) -> list[str]:
    """What is wrong with what optimlint says: one of the choices has to be what torch has."""
    found = [_compare_groups(groups, reality) for groups in said.choices]
    return min(found, key=len, default=["certain, and no choice"])


def _compare_groups(groups: tuple[EffectiveGroup, ...], reality: Reality) -> list[str]:
    if len(groups) != len(reality.groups):
        return [f"{len(groups)} groups said, torch has {len(reality.groups)}"]
    problems = []
    for index, (group, real) in enumerate(zip(groups, reality.groups, strict=True)):
        names = expected_names(group, reality)
        if names is not None and sorted(names) != sorted(real.names):
            problems.append(f"group {index}: {group.parameters} said, torch has {real.names}")
        if value_of(group.weight_decay, reality) not in (real.weight_decay, None):
            problems.append(f"group {index}: decay {group.weight_decay.text} said, torch has {real.weight_decay}")
        if value_of(group.learning_rate, reality) not in (real.lr, None):
            problems.append(f"group {index}: lr {group.learning_rate.text} said, torch has {real.lr}")
    return problems


def _run(source: str, said: EffectiveOptimizer, is_on: bool) -> Reality | None:
    """What torch makes of a source; None where it refuses the groups, or an edit is not possible."""
    model = build_model()
    made = _make_optimizer(source, model, is_on)
    if made is None or any(not {"lr", "weight_decay"} <= group.keys() for group in made.param_groups):
        return None
    name_of = {id(parameter): name for name, parameter in model.named_parameters()}
    choices = said.choices if said.is_certain else ()
    parts = [part for choice in choices for group in choice for part in group.parts if part.model]
    return Reality(
        None,
        tuple(
            RealGroup(tuple(name_of[id(p)] for p in group["params"]), group["weight_decay"], group["lr"])
            for group in made.param_groups
        ),
        tuple(Parameter(name, one.dim(), one.requires_grad) for name, one in model.named_parameters()),
        frozenset(),
        frozenset(),
        _Values(),
        {(part.model.text, part.model.path): names_within(part.model.text, model) for part in parts if part.model},
    )


class _Values(dict[str, float | None]):
    """No expression of these programs has a value that would be known outside of them."""

    def __missing__(self, key: str) -> None:
        return None


def _make_optimizer(source: str, model: torch.nn.Module, is_on: bool) -> torch.optim.Optimizer | None:
    names: dict[str, Maker] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of parameters that stand twice in one group.
        exec(source, names)
        try:
            return names["make_optimizer"](model, is_on)
        except Exception:  # noqa: BLE001  An edit that is not possible here, or groups that torch refuses.
            return None
