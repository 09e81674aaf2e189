"""Models of library functions that copy collections or build parameter groups."""

from optimlint.facts.conditions import UnknownTest
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import Aspect, SequenceKind
from optimlint.interpret.making import new_sequence
from optimlint.interpret.models.collections import call_method, derived
from optimlint.interpret.models.contents import is_group_collection, is_group_mapping, parts_of
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    DraftPart,
    Element,
    Entity,
    Entry,
    Item,
    Mapping,
    Sequence,
    Value,
    Values,
    union,
)
from optimlint.knowledge.catalog import find_group_builder, find_name_builder
from optimlint.syntax import tree


def copied(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values | None:
    """The result of `copy(groups)`; None without an argument."""
    return _copies(frame, state, node, is_deep=False) if node.args else None


def deep_copied(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values | None:
    """The result of `deepcopy(names)`; None without an argument. A deep copy of parameters belongs to no known
    model."""
    return _copies(frame, state, node, is_deep=True) if node.args else None


def _copies(frame: Frame, state: State, node: tree.Call, *, is_deep: bool) -> Values:
    found: Values = ()
    for value in evaluate(frame, state, node.args[0].value):
        match value:
            case Entity():
                found = union(found, (frame.world.unknown(node, frame.context),))
            case Sequence() | Mapping() if is_deep and _holds_parameters(value):
                found = union(found, derived(frame, node, (value,)))
            case Sequence() | Mapping():
                found = union(found, call_method(frame, state, value, "copy", node, []) or (value,))
            case _:
                found = union(found, (value,))
    return found


def _holds_parameters(value: Value) -> bool:
    return is_group_mapping(value) or is_group_collection(value) or bool(parts_of((value,))[0])


def known_builder(
    frame: Frame, state: State, node: tree.Call, callee: Entity, arguments: list[Values]
) -> Values | None:
    """The result of a library function that returns parameter groups or full names for a model; None for other
    functions."""
    name = callee.qualified_name
    if name is None:
        return None
    is_own = name in frame.world.options.group_builders
    if not is_own and find_name_builder(name) is None and find_group_builder(name) is None:
        return None
    models = [value for values in arguments[:1] for value in values if isinstance(value, Entity)]
    made = new_sequence(frame, state, node, SequenceKind.LIST)
    made.is_open = True
    made.is_unreadable_builder = not (is_own or find_group_builder(name) is not None)
    if made.is_unreadable_builder:
        return (made,)
    group = frame.world.make(
        node, "group", frame.context, lambda: Mapping(node, frame.scope, state.branch, frame.world.order(node))
    )
    parts = tuple(DraftPart(model.representative(), UnknownTest(frame.world.layout.text(node))) for model in models)
    group.entries["params"] = Entry((Element(Aspect.PARAMETER, parts, frame.world.layout.text(node)),), node, None)
    group.is_open = group.is_listed = True
    made.items[node] = Item((group,), False, state.branch, node)
    frame.consume(tuple(value for values in arguments for value in values), FlowKind.ARGUMENT, node)
    return (made,)
