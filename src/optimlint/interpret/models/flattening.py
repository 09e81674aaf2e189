"""Record schedulers and loops that set all groups of an optimizer to one learning rate."""

from collections.abc import Iterator

from optimlint.interpret.drafts import FlatteningDraft
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.frame import Frame
from optimlint.interpret.state import State
from optimlint.interpret.values import Entity, OptimizerValue, Values
from optimlint.knowledge.schedulers import RATE_OF_ALL
from optimlint.syntax import tree
from optimlint.syntax.tree import walk

_DEEPEST = 8


def note_scheduler(frame: Frame, state: State, node: tree.Call, qualified_name: str | None) -> None:
    """Record a scheduler that sets one rate for all groups: `OneCycleLR(optimizer, max_lr=0.1)`."""
    told = RATE_OF_ALL.get(qualified_name or "")
    if told is None or not node.args:
        return
    keyword, position = told
    optimizers = evaluate(frame, state, node.args[0].value)
    for index, argument in enumerate(node.args):
        is_named = argument.keyword is not None and argument.keyword.value == keyword
        if is_named or (argument.keyword is None and index == position and not argument.star):
            for value in optimizers:
                if isinstance(value, OptimizerValue) and isinstance(argument.value, _Scalar):
                    frame.world.flattenings[node] = FlatteningDraft(node, value.call, argument.value, True)


def note_loop(
    frame: Frame, state: State, target: tree.Subscript, owners: Values, given: tree.Expression | None
) -> None:
    """Record a loop that sets all groups of an optimizer to one rate: `for g in optimizer.param_groups: g["lr"] =
    rate`."""
    loop = state.region[-1].node if state.region else None
    if given is None or not isinstance(loop, tree.For) or not _is_over_groups(loop, target):
        return
    names = {part.value for part in walk(given) if isinstance(part, tree.Name)}
    if isinstance(target.value, tree.Name) and target.value.value in names:
        return
    if any(isinstance(node, tree.Continue) or _binds(node, names) for node in walk(loop.body)):
        return  # `continue` may skip groups, and a value computed in the loop may differ between them.
    statements = [small for line in loop.body.body if isinstance(line, tree.SimpleStatementLine) for small in line.body]
    if frame.statement not in statements:
        return  # A nested statement may apply to some groups only.
    for optimizer in _optimizers(owners):
        frame.world.flattenings[target] = FlatteningDraft(target, optimizer, given, False)


def _binds(node: tree.Node, names: set[str]) -> bool:
    return isinstance(node, tree.AssignTarget) and isinstance(node.target, tree.Name) and node.target.value in names


def _is_over_groups(loop: tree.For, target: tree.Subscript) -> bool:
    match loop.target, loop.iter, target.value:
        case tree.Name(value=one), tree.Attribute(attr=tree.Name(value="param_groups")), tree.Name(value=other):
            return one == other
        case _:
            return False


def _optimizers(owners: Values) -> Iterator[tree.Call | Entity]:
    """The constructor calls of the optimizers, or the function parameters, whose groups the values may be."""
    for owner in owners:
        current = owner if isinstance(owner, Entity) else None
        for _ in range(_DEEPEST):
            if current is None:
                break
            if current.groups_of is not None:
                yield current.groups_of.call
                break
            if current.attribute == "param_groups" and current.parent is not None and current.parent.parent is None:
                yield current.parent
            current = current.parent


_Scalar = tree.Integer | tree.Float | tree.BinaryOperation | tree.Name | tree.Attribute
