"""The interface between modules and their importers: functions and attributes that give out parameter groups, and
functions whose callers choose the model."""

from collections.abc import Collection, Iterator

from optimlint.facts.models import Argument
from optimlint.facts.names import ScopeKind
from optimlint.interpret.drafts import FunctionDraft
from optimlint.interpret.functions import filled_parameters
from optimlint.interpret.values import (
    PARAMS,
    ClassValue,
    Entity,
    FunctionValue,
    Mapping,
    Sequence,
    Stream,
    Value,
    contents,
)
from optimlint.interpret.world import World


def group_exports(world: World, modules: Collection[str]) -> frozenset[str]:
    """The names through which other files get parameter groups of these modules: functions and methods that return
    groups or add them to a list argument, and attributes that hold groups."""
    return frozenset((*_makers(world, modules), *_attributes(world, modules)))


def _makers(world: World, modules: Collection[str]) -> Iterator[str]:
    mappings = [one for one in world.made.values() if isinstance(one, Mapping) and PARAMS in one.entries]
    making = {one.scope for one in mappings}
    found = set[object]()
    for draft in world.functions.values():
        if draft.scope.module in modules and _is_reached_by_name(draft):
            is_filler = draft.scope in making and bool(filled_parameters(draft))
            if is_filler or any(map(_holds_groups, draft.returns)):
                found.add(draft.node)
                yield draft.node.name.value
    if found:
        for (scope, name), values in world.bound.items():
            is_of_module = scope.kind is ScopeKind.MODULE and scope.module in modules
            if is_of_module and any(isinstance(one, FunctionValue) and one.node in found for one in values):
                yield name


def _attributes(world: World, modules: Collection[str]) -> Iterator[str]:
    instances = {one.instance.representative().number for one in world.classes.values() if one.scope.module in modules}
    for (number, attribute), values in world.attributes.items():
        if number in instances and any(map(_holds_groups, values)):
            yield attribute


def model_takers(world: World, modules: Collection[str]) -> frozenset[str]:
    """The functions and classes of these modules that take parameters of a model which only their callers know. Reading
    the callers shows the model's class, and so what else the model has."""
    streams = (one for one in world.made.values() if isinstance(one, Stream))
    owners = dict.fromkeys(part.owner for one in streams for part in one.parts if part.owner is not None)
    found: dict[str, None] = {}
    pending = [root for owner in owners if (root := _whole(owner)) is not owner.representative()]
    seen = set[Entity]()
    while pending:
        one = pending.pop().representative()
        if one in seen:
            continue
        seen.add(one)
        pending += one.sources
        if one.argument is not None and not one.sources and not one.makers:
            found.update(dict.fromkeys(_called(one.argument, world, modules)))
    return frozenset(found)


def _whole(owner: Entity) -> Entity:
    """The outermost model that something is a part of, up to an attribute of an instance of a class with source
    code."""
    current = owner.representative()
    while current.parent is not None and current.parent.representative().own_class is None:
        current = current.parent.representative()
    return current


def _called(argument: Argument, world: World, modules: Collection[str]) -> Iterator[str]:
    """The names under which a function is called: for an `__init__` also the names of subclasses in the modules."""
    if argument.module in modules:
        yield argument.function
    for one in world.classes.values():
        bases = [base for base in one.bases if isinstance(base, ClassValue)]
        if one.scope.module in modules and any(
            (base.node.name.value, base.scope.module) == (argument.function, argument.module) for base in bases
        ):
            yield one.node.name.value


def _is_reached_by_name(draft: FunctionDraft) -> bool:
    """Whether it is a module-level function, or a method of a module-level class."""
    around = draft.scope.parent
    if around is not None and around.kind is ScopeKind.CLASS:
        around = around.parent
    return around is not None and around.kind is ScopeKind.MODULE


def _holds_groups(value: Value) -> bool:
    """Whether a value is or contains a list of parameter groups. Lists may contain themselves."""
    pending, seen = [value], set[Value]()
    while pending:
        match pending.pop():
            case Mapping(entries=entries) if PARAMS in entries:
                return True
            case Sequence() as found if found not in seen:
                seen.add(found)
                pending += contents(found)
    return False
