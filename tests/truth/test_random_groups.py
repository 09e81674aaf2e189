"""Random group lists, executed under torch in this process, against what optimlint reads of their text.

The sources are written by group_sources.py. Of each, every parameter of the model must be in the groups that optimlint
says, with the weight decay and the learning rate that it says; torch must refuse exactly those in which a
parameter is in two groups; and the truth table must know which parameters are in none and which in two.
"""

import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from unittest.mock import patch

import torch
from group_sources import MODEL_CLASS, build_model, names_within, sources
from hypothesis import HealthCheck, given, note, settings
from reality import Parameter, RealGroup, Reality, expected_names, value_of

from optimlint import Options
from optimlint.analysis.coverage import coverage, holders
from optimlint.analysis.coverage.condition_logic import Parameter as FilteredParameter
from optimlint.check import read_facts
from optimlint.effective import EffectiveGroup, effective_optimizers
from optimlint.facts import FileFacts
from optimlint.facts.conditions import Always
from optimlint.facts.groups import ParamGroup, Part
from optimlint.facts.models import ModelClass
from optimlint.facts.optimizers import AllParameters, Groups

EXAMPLES = int(os.environ.get("TRUTH_EXAMPLES", "500"))


thorough = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@thorough
@given(sources())
def test_groups_are_what_torch_makes_of_them(source: str) -> None:
    note(source)
    groups = _said_of(source)
    reality = _execute(source, groups)
    assert len(groups) == len(reality.groups)
    for group, real in zip(groups, reality.groups, strict=True):
        assert expected_names(group, reality) == set(real.names), group.parameters
        assert value_of(group.weight_decay, reality) == real.weight_decay
        assert value_of(group.learning_rate, reality) == real.lr


@thorough
@given(sources())
def test_the_truth_table_knows_which_parameters_are_in_none_and_which_in_two(source: str) -> None:
    note(source)
    groups, reality = _listed(source), _execute(source, ())
    for found in coverage(groups, classes=_classes(groups)):
        base = ".".join(found.model.path)
        counted = {
            one.name: sum(one.name in real.names for real in reality.groups)
            for one in reality.parameters
            if one.requires_grad and (not base or one.name == base or one.name.startswith(f"{base}."))
        }
        assert found.is_known
        alone = {name for name, times in counted.items() if times == 0}
        said = {name for hole in found.uncovered for name in hole.sub_modules}
        # The class does not tell how many dimensions a bare parameter has: the table may allow for any number.
        assert bool(alone) <= bool(found.uncovered)
        assert bool(found.uncovered) <= (bool(alone) or said == {"scale"})
        if not base:
            assert said - {"scale"} == {name.split(".")[0] for name in alone} - {"scale"}
        is_twice = max(counted.values(), default=0) > 1
        assert is_twice <= (found.overlap is not None) <= (is_twice or "scale" in counted)


@thorough
@given(sources())
def test_every_parameter_is_held_by_the_groups_that_torch_puts_it_in(source: str) -> None:
    note(source)
    groups, reality = _listed(source), _execute(source, ())
    for identity, _ in _classes(groups):
        for one in reality.parameters:
            held = holders(groups, identity, FilteredParameter(one.name, one.dimensions, one.requires_grad))
            assert held == tuple(index for index, real in enumerate(reality.groups) if one.name in real.names)


def _listed(source: str) -> tuple[ParamGroup, ...]:
    """The groups that the one optimizer of a source is given."""
    facts = read_facts(source, Options(reads_all=True))
    assert isinstance(facts, FileFacts)
    (call,) = facts.optimizer_calls
    match call.params:
        case Groups(lists=(one,)):
            return one.groups
        case AllParameters(model, place, group):
            return (group or ParamGroup((Part(model, Always()),), (), place),)
        case params:
            raise AssertionError(f"not the groups of one list: {params}")


def _classes(groups: tuple[ParamGroup, ...]) -> tuple[tuple[int, ModelClass], ...]:
    """The class of the one model, by all of its identities."""
    models = [part.model for group in groups for part in group.parts if part.model is not None]
    return tuple((identity, MODEL_CLASS) for identity in dict.fromkeys(model.identity for model in models))


def _said_of(source: str) -> tuple[EffectiveGroup, ...]:
    """The groups of the one optimizer of a source, which optimlint must be sure of."""
    facts = read_facts(source, Options(reads_all=True))
    assert isinstance(facts, FileFacts)
    (said,) = effective_optimizers(facts)
    assert said.is_certain and len(said.choices) == 1
    return said.choices[0]


def _execute(source: str, groups: tuple[EffectiveGroup, ...]) -> Reality:
    """What the source does with a fresh model. `exception` is set where torch refuses the groups, which are told all
    the same, with the settings that torch would have filled in."""
    model = build_model()
    exception = None
    try:
        made = _make_optimizer(source, model)
    except ValueError as error:
        exception = type(error).__name__
        with patch.object(torch.optim.Optimizer, "add_param_group", _accept_group):
            made = _make_optimizer(source, model)
    name_of = {id(parameter): name for name, parameter in model.named_parameters()}
    real = tuple(
        RealGroup(tuple(name_of[id(p)] for p in group["params"]), group["weight_decay"], group["lr"])
        for group in made.param_groups
    )
    counted = Counter(name for group in real for name in set(group.names))
    assert (exception is not None) == (max(counted.values(), default=0) > 1)
    return Reality(
        exception,
        real,
        tuple(Parameter(name, one.dim(), one.requires_grad) for name, one in model.named_parameters()),
        frozenset(),
        frozenset(),
        {},
        {
            (part.model.text, part.model.path): names_within(part.model.text, model)
            for group in groups
            for part in group.parts
            if part.model
        },
    )


def _make_optimizer(source: str, model: torch.nn.Module) -> torch.optim.Optimizer:
    names: dict[str, Callable[[torch.nn.Module], torch.optim.Optimizer]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of parameters that stand twice in one group, which is compared here.
        exec(source, names)
        return names["make_optimizer"](model)


def _accept_group(optimizer: torch.optim.Optimizer, group: dict[str, object]) -> None:
    """What torch does with a group, save the refusal of a parameter that is in another group."""
    parameters = group["params"]
    assert isinstance(parameters, Iterable)
    optimizer.param_groups.append(optimizer.defaults | group | {"params": list(parameters)})
