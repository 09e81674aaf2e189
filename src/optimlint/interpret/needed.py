"""Which calls of functions in other files are read: those whose result or effect may matter.

A function is read if it, or a function that it calls by name in its module, mentions parameters, groups, optimizers or
training operations; if it is passed such a value, or an object whose parameters the code takes; or if an earlier pass
took parameters of its result. Otherwise its result is unknown, and reading it would change no fact.
"""

import re
from collections.abc import Iterable

from optimlint.interpret.frame import Frame
from optimlint.interpret.interest import is_followed
from optimlint.interpret.kinds import SequenceKind
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    Element,
    Entity,
    FunctionValue,
    Mapping,
    OptimizerClass,
    Sequence,
    Truth,
    Value,
    Values,
)
from optimlint.interpret.world import World
from optimlint.syntax import tree


def is_needed(frame: Frame, callee: FunctionValue, given: Iterable[Values]) -> bool:
    """Whether to read the body of a function for a call with these arguments."""
    world = frame.world
    node = callee.node
    if not callee.scope.module or world.options.reads_all or not isinstance(node, tree.FunctionDef):
        return True
    if node in world.needed or frame.machine.others.leads(callee):
        return True
    values = [value for held in given for value in held]
    if any(_matters(world, value) for value in values if not isinstance(value, Entity)):
        return True
    objects = [value for value in (*values, callee.bound) if isinstance(value, Entity)]
    is_passed = any(_is_of_interest(world, value) for value in objects)
    return is_passed and (world.training.is_on or _may_return_argument(world, node))


def _may_return_argument(world: World, node: tree.FunctionDef) -> bool:
    """Whether a `return` of a function begins or ends with one of its parameters, as in `return model.module`."""
    names = [one.name.value for one in (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params)]
    if not names:
        return False
    named = "|".join(map(re.escape, names))
    returned = rf"\breturn[ \t]+\(?(?:{named})\b(?!\()|\breturn[ \t][^\n]*\b(?:{named})[\w.]*[ \t)]*$"
    return re.search(returned, world.layout.source[node.start : node.end], re.MULTILINE) is not None


def shows_by_call(world: World, returns: Values, given: Iterable[Values]) -> bool:
    """Whether to read a function again with the arguments of a call: what it returned when read by itself is made of
    what is followed, or may be if the arguments are."""
    if any(isinstance(value, OptimizerClass | Truth) or _shows(world, value) for value in returns):
        return True
    return any(isinstance(value, Sequence | Mapping) for value in returns) and any(
        _matters(world, value) for values in given for value in values
    )


def _shows(world: World, value: Value) -> bool:
    match value:
        case Constant(value=constant):
            return constant is not None and not isinstance(constant, bool)
        case Sequence(kind=SequenceKind.TUPLE, items=items):
            return any(_is_known(world, one) for item in items.values() for one in item.values)
        case _:
            return is_followed(value)


def _is_known(world: World, value: Value) -> bool:
    match value:
        case Entity():
            entity = value.representative()
            is_made = bool(entity.makers or entity.architecture or entity.own_class or entity.made_by)
            return is_made or _is_of_interest(world, entity)
        case Constant(value=constant):
            return isinstance(constant, str)
        case _:
            return is_followed(value)


def _matters(world: World, value: Value) -> bool:
    match value:
        case Element() | FunctionValue() | ClassValue():
            return True
        case Entity():
            return _is_of_interest(world, value)
        case _:
            return is_followed(value)


def _is_of_interest(world: World, entity: Entity) -> bool:
    """Whether an object, or one that it is a part of, is a model or optimizer according to the last pass."""
    current: Entity | None = entity
    while current is not None:
        current = current.representative()
        if current in world.objects_of_interest:
            return True
        current = current.parent
    return False
