"""`functools.partial` of an optimizer class or of a function."""

from dataclasses import replace

from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.following import followed
from optimlint.interpret.frame import Frame
from optimlint.interpret.models.optimizers import partially_given
from optimlint.interpret.models.streams import arguments_of
from optimlint.interpret.origins import Given
from optimlint.interpret.state import State
from optimlint.interpret.values import FunctionValue, Values, union
from optimlint.syntax import tree


def partial_call(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values | None:
    """The result of `partial(…)`; None if it is given neither an optimizer class nor a known function."""
    found = partially_given(frame, state, node, owners)
    return found if found is not None else _function(frame, state, node)


def _function(frame: Frame, state: State, node: tree.Call) -> Values | None:
    """`partial(groups, decay=0.1)`: the function with these arguments bound; None if it is unknown."""
    if not node.args or any(one.star for one in node.args):
        return None
    callees = followed(frame, evaluate(frame, state, node.args[0].value))
    callee = callees[0] if len(callees) == 1 else None
    if not isinstance(callee, FunctionValue) or not isinstance(callee.node, tree.FunctionDef):
        return None
    given = Given.of(node, arguments_of(frame, state, node))
    frame.consume(union(*given.all), FlowKind.ARGUMENT, node)
    made = frame.world.make(node, ("partial", callee.node), frame.context, lambda: replace(callee))
    made.given = (*callee.given, *given.positional[1:])
    made.given_by_name = {**callee.given_by_name, **given.keywords}
    return (made,)
