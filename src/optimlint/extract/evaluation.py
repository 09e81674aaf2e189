"""The one door to evaluating an expression, whatever its kind: expressions hold expressions."""

from collections.abc import Callable, Mapping
from functools import cache

from optimlint.extract.frame import Frame
from optimlint.extract.state import State
from optimlint.extract.values import Values, consume, union
from optimlint.syntax import tree

_MOST_ALTERNATIVES = 24
"""How many values a name may hold before nothing is known of it any more."""


def evaluate(frame: Frame, state: State, node: tree.Expression) -> Values:
    """What `node` may stand for. Nothing is consumed yet: that depends on what is done with it."""
    evaluator = _evaluators().get(type(node))
    values = evaluator(frame, state, node) if evaluator is not None else (frame.world.unknown(node, frame.context),)
    if len(values) > _MOST_ALTERNATIVES:
        consume(values)
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


@cache
def _evaluators() -> Mapping[type, Callable[..., Values]]:
    """The reader of each kind of expression; they evaluate what is in it through here, hence the late import."""
    from optimlint.extract.expressions import EVALUATORS

    return EVALUATORS
