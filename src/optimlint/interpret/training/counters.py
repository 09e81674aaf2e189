"""Tests of counters, for code that runs only every n-th time."""

from collections.abc import Collection

from optimlint.interpret.branches import TurnKind
from optimlint.syntax import tree
from optimlint.syntax.tree import walk

_OTHER = {TurnKind.THEN: TurnKind.OTHERWISE, TurnKind.OTHERWISE: TurnKind.THEN}


def periodic_arm(test: tree.Expression) -> TurnKind | None:
    """The arm of an `if` that runs every n-th time; None if the test is not the remainder of a counter."""
    match test:
        case tree.UnaryOperation(operator=tree.Not(), expression=inner):
            return _OTHER[arm] if (arm := periodic_arm(inner)) is not None else None
        case tree.BooleanOperation(left=left, right=right):
            first, second = periodic_arm(left), periodic_arm(right)
            return first if first is not None else second
        case tree.Comparison(left=left, comparisons=[tree.ComparisonTarget(operator=operator, comparator=right)]):
            if not any(_is_remainder(one) for one in (left, right)):
                return None
            return TurnKind.OTHERWISE if isinstance(operator, tree.NotEqual | tree.GreaterThan) else TurnKind.THEN
        case _:
            return TurnKind.OTHERWISE if _is_remainder(test) else None


def _is_remainder(node: tree.Expression) -> bool:
    """Whether an expression is a remainder: `step % n`."""
    return isinstance(node, tree.BinaryOperation) and isinstance(node.operator, tree.Modulo)


def asks_for_one_round(test: tree.Expression, counters: Collection[str]) -> bool:
    """Whether a test is true in one iteration of a loop only: `epoch == epochs - 1`, with the counter `epoch`."""
    match test:
        case tree.Comparison(left=left, comparisons=[tree.ComparisonTarget(operator=tree.Equal(), comparator=right)]):
            sides = (left, right)
            if any(isinstance(one, tree.String) or _is_remainder(one) for one in sides):
                return False
            return any(isinstance(node, tree.Name) and node.value in counters for one in sides for node in walk(one))
        case _:
            return False
