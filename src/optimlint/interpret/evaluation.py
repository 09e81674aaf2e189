"""The one door to evaluating an expression, whatever its kind: expressions hold expressions."""

from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame
from optimlint.interpret.state import State
from optimlint.interpret.values import Values, union
from optimlint.syntax import tree

_MOST_ALTERNATIVES = 24
"""How many values a name may hold before nothing is known of it any more."""


def evaluate(frame: Frame, state: State, node: tree.Expression) -> Values:
    """What `node` may stand for. Nothing is consumed yet: that depends on what is done with it."""
    values = frame.machine.evaluate(frame, state, node)
    if len(values) > _MOST_ALTERNATIVES:
        frame.consume(values, FlowKind.OPAQUE, node)
        return (frame.world.unknown(node, frame.context),)
    return values


def look_at(frame: Frame, state: State, node: tree.Expression) -> Values:
    """What `node` may stand for, where it is only shown, or made sure of."""
    before, frame.is_looking = frame.is_looking, True
    values = evaluate(frame, state, node)
    frame.is_looking = before
    return values


def evaluate_index(frame: Frame, state: State, node: tree.Subscript) -> Values:
    """What stands between the brackets."""
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
