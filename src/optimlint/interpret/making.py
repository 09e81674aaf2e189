"""Create the abstract values of nodes: one object per allocation site, however often the node is read."""

from dataclasses import replace

from optimlint.facts.conditions import (
    NEVER,
    Always,
    Condition,
    UnknownTest,
    both,
)
from optimlint.interpret.edits import settle
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import SequenceKind
from optimlint.interpret.reaching import flag_of
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    PARAMS,
    Constant,
    DraftPart,
    Element,
    Entity,
    Entry,
    Item,
    Mapping,
    OptimizerValue,
    Sequence,
    Truth,
    Value,
    Values,
    union,
)
from optimlint.syntax import tree


def constant(frame: Frame, node: tree.Expression, value: str | int | float | bool | None) -> Constant:
    constant = frame.world.make(node, "constant", frame.context, lambda: Constant(value, node))
    constant.scope, constant.order = frame.scope, frame.world.order(node)
    return constant


def new_sequence(frame: Frame, state: State, node: tree.Node, kind: SequenceKind) -> Sequence:
    """The collection that `node` creates."""
    made = frame.world.make(
        node,
        "sequence",
        frame.context,
        lambda: Sequence(node, frame.scope, state.branch, frame.world.order(node), kind, context=frame.context),
    )
    _stand(frame, made, state)
    return made


def new_mapping(frame: Frame, state: State, node: tree.Node) -> Mapping:
    """The dict that `node` creates."""
    made = frame.world.make(
        node,
        "mapping",
        frame.context,
        lambda: Mapping(node, frame.scope, state.branch, frame.world.order(node), context=frame.context),
    )
    made.is_made_for_each = state.in_parameter_loop
    _stand(frame, made, state)
    return made


def _stand(frame: Frame, made: Sequence | Mapping, state: State) -> None:
    """Record where a collection is created, and the tests that decide about it."""
    settle(made, state)
    frame.world.flows.add(state.guards, made, FlowKind.DECIDES, made.node)


def narrowed(frame: Frame, parts: tuple[DraftPart, ...], node: tree.Node) -> tuple[DraftPart, ...]:
    unknown = UnknownTest(frame.world.layout.code(node))
    return tuple(DraftPart(part.owner, both(part.condition, unknown)) for part in parts)


def merge(frame: Frame, made: Mapping, values: Values) -> None:
    """`**values` in a dict display or a call."""
    for value in values:
        if isinstance(value, Mapping):
            for key, entry in value.entries.items():
                before = made.entries.get(key) if len(values) > 1 else None
                if before is not None:
                    made.entries[key] = _either(made, before, entry, key)
                else:
                    is_changed = entry.is_changed or (len(values) > 1 and key != PARAMS)
                    made.entries[key] = replace(entry, is_changed=is_changed)
            made.others.update(value.others)
            # An unknown key may be `params`.
            is_replaced = PARAMS in made.entries and PARAMS not in value.entries and value.is_open
            made.is_open = made.is_open or value.is_open or len(values) > 1
            made.is_escaped = made.is_escaped or value.is_escaped or is_replaced or len(values) > 1
            frame.world.flows.add((value,), made, FlowKind.MADE_FROM, made.node)
        else:
            made.is_open = True
            made.is_escaped = made.is_escaped or PARAMS in made.entries
            frame.consume((value,), FlowKind.OPAQUE, made.node)


def _either(made: Mapping, first: Entry, second: Entry, key: str) -> Entry:
    """The entry for a key that several dicts of a choice have: the union of the values. For parameters it is all of
    them, since a comprehension uses each in turn."""
    if key != PARAMS:
        return Entry(union(first.values, second.values), second.key_node, second.value_node, is_changed=True)
    both = Sequence(made.node, made.scope, made.branch, made.order, SequenceKind.TUPLE, context=made.context)
    for number, values in enumerate((first.values, second.values)):
        both.items[number] = Item(values, True, made.branch, made.node)
    return Entry((both,), second.key_node, second.value_node, first.is_changed or second.is_changed)


def condition_of(frame: Frame, values: Values, node: tree.Expression) -> Condition:
    """The condition that the values of a test represent; an unknown test if it is not about parameters."""
    if len(values) == 1:
        match values[0]:
            case Truth(condition=condition):
                return condition
            case Constant(value=constant):
                return Always() if constant else NEVER
            case Entity() as entity:
                return UnknownTest(entity.representative().text)
    if (flag := flag_of(frame, values)) is not None:
        return flag[0]
    return UnknownTest(frame.world.layout.code(node))


def truth(frame: Frame, node: tree.Node, condition: Condition, values: Values = ()) -> Values:
    """The value of a test, with the collections that it depends on."""
    asked: list[Value] = []
    for value in values:
        match value:
            case Truth():
                asked.extend(value.asked_of)
            case Element() | OptimizerValue():
                continue
            case _:
                asked.append(value)
    return (Truth(condition, node, tuple(asked)),)
