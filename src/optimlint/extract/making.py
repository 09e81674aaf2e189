"""The values that nodes of the tree make, each one object however often its node is read."""

import libcst as cst

from optimlint.extract.frame import Frame
from optimlint.extract.reaching import flag_of
from optimlint.extract.state import State
from optimlint.extract.values import (
    Constant,
    DraftPart,
    Element,
    Entity,
    Mapping,
    OptimizerValue,
    Sequence,
    Truth,
    Value,
    Values,
    consume,
)
from optimlint.facts.conditions import (
    NEVER,
    Always,
    Condition,
    UnknownTest,
    both,
)


def constant(frame: Frame, node: cst.BaseExpression, value: str | int | float | bool | None) -> Constant:
    constant = frame.world.make(node, "constant", frame.context, lambda: Constant(value, node))
    constant.scope, constant.order = frame.scope, frame.world.order(node)
    return constant


def new_sequence(frame: Frame, state: State, node: cst.CSTNode, kind: str) -> Sequence:
    """The collection that `node` makes."""
    made = frame.world.make(
        node,
        "sequence",
        frame.context,
        lambda: Sequence(node, frame.scope, state.branch, frame.world.order(node), kind, context=frame.context),
    )
    _stand(made, state)
    return made


def new_mapping(frame: Frame, state: State, node: cst.CSTNode) -> Mapping:
    """The dict that `node` makes."""
    made = frame.world.make(
        node,
        "mapping",
        frame.context,
        lambda: Mapping(node, frame.scope, state.branch, frame.world.order(node), context=frame.context),
    )
    made.is_made_for_each = state.in_parameter_loop
    _stand(made, state)
    return made


def _stand(made: Sequence | Mapping, state: State) -> None:
    """Note where a collection is made: under which arms, and under which tests."""
    made.branch = state.branch
    if isinstance(made, Mapping):
        made.path = state.path
    for guard in state.guards:
        if guard not in made.dependencies and guard is not made:
            made.dependencies.append(guard)


def feed(value: Value, made: Value) -> None:
    """Note that `made` is made of `value`."""
    if isinstance(value, Constant | Sequence | Mapping) and made not in value.feeds:
        value.feeds.append(made)


def narrowed(frame: Frame, parts: tuple[DraftPart, ...], node: cst.CSTNode) -> tuple[DraftPart, ...]:
    unknown = UnknownTest(frame.world.layout.code(node))
    return tuple(DraftPart(part.owner, both(part.condition, unknown)) for part in parts)


def merge(made: Mapping, values: Values, state: State) -> None:
    """`**values` in a dict display or a call."""
    for value in values:
        if isinstance(value, Mapping):
            made.entries.update(value.entries)
            made.is_open = made.is_open or value.is_open or len(values) > 1
            made.dependencies.append(value)
        else:
            made.is_open = True
            consume((value,))


def condition_of(frame: Frame, values: Values, node: cst.BaseExpression) -> Condition:
    """The condition that a test's value stands for; an unknown one where it is not about parameters."""
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


def truth(frame: Frame, node: cst.CSTNode, condition: Condition, values: Values = ()) -> Values:
    """The value of a test, made of the collections that it is asked of."""
    dependencies: list[Value] = []
    for value in values:
        match value:
            case Truth():
                dependencies.extend(value.dependencies)
            case Element() | OptimizerValue():
                continue
            case _:
                dependencies.append(value)
    return (Truth(condition, node, dependencies),)
