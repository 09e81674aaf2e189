"""What torch said of a program, and what optimlint said of the same text, as values that can be compared."""

import multiprocessing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any  # What comes through a pipe has any type.

from runner import Request, look_at

from optimlint.effective import EffectiveGroup, EffectiveSetting
from optimlint.facts.conditions import (
    Always,
    And,
    Condition,
    DimensionTest,
    GradientTest,
    NameTest,
    NameTestKind,
    Not,
    Or,
)
from optimlint.facts.groups import Expression, Number

TIME_LIMIT = 120
_PROCESSES = multiprocessing.get_context("forkserver")
# The first step of an optimizer would load the second of these, in each process anew.
_PROCESSES.set_forkserver_preload(["torch", "torch._dynamo"])


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as torch knows it, by the name that its module gives it."""

    name: str
    dimensions: int
    requires_grad: bool


@dataclass(frozen=True, slots=True)
class RealGroup:
    """One of `optimizer.param_groups`."""

    names: tuple[str, ...]
    weight_decay: float | None
    lr: float


@dataclass(frozen=True, slots=True)
class Reality:
    """What a program did; runner.py tells what each field holds. `models` is keyed by expression and path."""

    exception: str | None
    groups: tuple[RealGroup, ...]
    parameters: tuple[Parameter, ...]
    moved: frozenset[str]
    decayed: frozenset[str]
    values: dict[str, float | None]
    models: dict[tuple[str, tuple[str, ...]], dict[str, str]]

    @property
    def names(self) -> frozenset[str]:
        """Every parameter of the model."""
        return frozenset(parameter.name for parameter in self.parameters)


def run(source: str, groups: tuple[EffectiveGroup, ...] = ()) -> Reality:
    """Runs a program's text in a process of its own, with what is needed to compare it with `groups`."""
    expressions = sorted({text for group in groups for text in _expressions(group)})
    models = sorted({(part.model.text, part.model.path) for group in groups for part in group.parts if part.model})
    said = _run_apart(Request(source, tuple(expressions), tuple(models)))
    return Reality(
        said["exception"],
        tuple(RealGroup(tuple(one["names"]), one["weight_decay"], one["lr"]) for one in said.get("groups", ())),
        tuple(Parameter(name, one["dimensions"], one["requires_grad"]) for name, one in said["parameters"].items()),
        frozenset(said.get("moved", ())),
        frozenset(said.get("decayed", ())),
        said["values"],
        dict(zip(models, said["models"], strict=False)),
    )


def _run_apart(request: Request) -> dict[str, Any]:
    """What `look_at` says, from a process of its own. The process that it is forked from has loaded torch already."""
    ours, theirs = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=_send, args=(request, theirs))
    process.start()
    theirs.close()
    try:
        assert ours.poll(TIME_LIMIT), "the program does not end"
        said: dict[str, Any] = ours.recv()
        return said
    finally:
        process.kill()
        process.join()


def _send(request: Request, connection: "Connection[object, object]") -> None:
    connection.send(look_at(request))


def holds(condition: Condition, parameter: Parameter) -> bool | None:
    """Whether a parameter meets a condition; None where optimlint does not know what the condition asks."""
    match condition:
        case Always():
            return True
        case NameTest(kind, text):
            return _matches(kind, text, parameter.name)
        case DimensionTest(least):
            return parameter.dimensions >= least
        case GradientTest():
            return parameter.requires_grad
        case Not(operand):
            held = holds(operand, parameter)
            return None if held is None else not held
        case And(operands):
            return _all([holds(operand, parameter) for operand in operands])
        case Or(operands):
            opposite = _all([None if (held := holds(one, parameter)) is None else not held for one in operands])
            return None if opposite is None else not opposite
    return None


def expected_names(group: EffectiveGroup, reality: Reality) -> set[str] | None:
    """The names that `group` says it holds, as `model` calls them; None where it says that it does not know."""
    if not group.is_readable:
        return None
    of_name = {parameter.name: parameter for parameter in reality.parameters}
    names: set[str] = set()
    for part in group.parts:
        if part.model is None:
            return None
        for name, whole in reality.models[part.model.text, part.model.path].items():
            real = of_name[whole]
            held = holds(part.condition, Parameter(name, real.dimensions, real.requires_grad))
            if held is None:
                return None
            names |= {whole} if held else set()
    return names


def value_of(setting: EffectiveSetting, reality: Reality) -> float | None:
    """The number that a setting stands for in the program that ran; None where nobody knows."""
    match setting.value:
        case Number(value):
            return value
        case Expression():
            return reality.values[setting.text]
    return None


def _expressions(group: EffectiveGroup) -> list[str]:
    settings = (group.weight_decay, group.learning_rate)
    return [setting.text for setting in settings if isinstance(setting.value, Expression)]


def _matches(kind: NameTestKind, text: str, name: str) -> bool:
    match kind:
        case NameTestKind.CONTAINS:
            return text in name
        case NameTestKind.EQUALS:
            return name == text
        case NameTestKind.STARTS:
            return name.startswith(text)
        case NameTestKind.ENDS:
            return name.endswith(text)


def _all(held: list[bool | None]) -> bool | None:
    """Kleene's conjunction: one False decides, else one unknown leaves it open."""
    return False if False in held else None if None in held else True
