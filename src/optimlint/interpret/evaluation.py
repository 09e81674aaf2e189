"""Evaluate an expression of any kind. Used wherever expressions contain expressions."""

from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame
from optimlint.interpret.state import State
from optimlint.interpret.values import Values, union
from optimlint.syntax import tree

_MOST_ALTERNATIVES = 24
"""The most values that an expression may have; with more it becomes unknown."""


def evaluate(frame: Frame, state: State, node: tree.Expression) -> Values:
    """The values that `node` may have. They are not consumed yet: that depends on how the result is used."""
    values = frame.machine.evaluate(frame, state, node)
    if len(values) > _MOST_ALTERNATIVES:
        frame.consume(values, FlowKind.OPAQUE, node)
        return (frame.world.unknown(node, frame.context),)
    return values


def look_at(frame: Frame, state: State, node: tree.Expression) -> Values:
    """The values that `node` may have, where it is only displayed or asserted."""
    before, frame.is_looking = frame.is_looking, True
    values = evaluate(frame, state, node)
    frame.is_looking = before
    return values


def evaluate_index(frame: Frame, state: State, node: tree.Subscript) -> Values:
    """The values of the index of a subscript. The bounds of slices are only evaluated."""
    values: Values = ()
    for element in node.slice:
        match element.slice:
            case tree.Index(value=value):
                values = union(values, evaluate(frame, state, value))
            case tree.Slice(lower=lower, upper=upper, step=step):
                for bound in (lower, upper, step):
                    if bound is not None:
                        evaluate(frame, state, bound)
    return values
