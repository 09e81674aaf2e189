"""Find the test of an improvement that guards a statement: the statement is in an arm of the `if`, or follows an early
exit for the case without improvement."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from optimlint.interpret.classes.class_uses import dotted
from optimlint.syntax import tree
from optimlint.syntax.tree import walk

SAYS_BETTER = re.compile(r"best|improv|better", re.IGNORECASE)
_COUNTS = re.compile(r"epoch|step|iter|fold|round", re.IGNORECASE)
_ORDERED = (tree.LessThan, tree.LessThanEqual, tree.GreaterThan, tree.GreaterThanEqual)
_LEAVES = (tree.Break, tree.Continue, tree.Return, tree.Raise)


@dataclass(frozen=True, slots=True)
class Improvement:
    """A test whether something improved, and the statements that run if it did."""

    test: tree.Expression
    arm: tuple[tree.Node, ...]

    def nodes(self) -> Iterator[tree.Node]:
        """All nodes of the arm."""
        for part in self.arm:
            yield from walk(part)


def improvement(statement: tree.Node, around: Iterable[tree.Node]) -> Improvement | None:
    """The test of an improvement that guards a statement; None if there is none before the innermost loop. `around`
    yields the ancestors of the statement, innermost first."""
    inner = statement
    for node in around:
        match node:
            case tree.If(body=body, test=test) if body is inner:
                if _asks_better(test, (body,)) or _begins(node, body):
                    return Improvement(test, (body,))
            case tree.If(test=test) if node.orelse is inner:
                if _asks_better(test, (inner,), needs_bound=True):
                    return Improvement(test, (inner,))
            case tree.IndentedBlock(body=statements):
                guarded = _behind_guard(inner, statements)
                if guarded is not None:
                    return guarded
            case tree.For() | tree.While():
                return None
            case _:
                pass
        inner = node
    return None


def _behind_guard(inner: tree.Node, statements: tuple[tree.Node, ...]) -> Improvement | None:
    """The test of an early exit above the statement, such as `if score <= best: continue`; None without one."""
    number = next((number for number, one in enumerate(statements) if one is inner), 0)
    for place in range(number - 1, -1, -1):
        match statements[place]:
            case tree.If(test=test, body=tree.IndentedBlock(body=body), orelse=None) if body and _leaves(body[-1]):
                arm = statements[place + 1 :]
                if _asks_better(test, arm, needs_bound=True):
                    return Improvement(test, arm)
    return None


def _leaves(statement: tree.Node) -> bool:
    return isinstance(statement, tree.SimpleStatementLine) and isinstance(statement.body[-1], _LEAVES)


def _asks_better(test: tree.Expression, arm: tuple[tree.Node, ...], *, needs_bound: bool = False) -> bool:
    """Whether a test asks for an improvement: it compares with a value that the arm then rebinds. Without
    `needs_bound`, names such as `best` or `is_best` suffice."""
    bound = _bound_in(arm)
    for part in walk(test):
        match part:
            case tree.Comparison(left=left, comparisons=[tree.ComparisonTarget(operator=operator, comparator=right)]):
                names = [dotted(_whole(one)) for one in (left, right)]
                if isinstance(operator, _ORDERED) and any(one in bound or _is_best(one, needs_bound) for one in names):
                    return True
                if isinstance(operator, tree.Equal) and not needs_bound and _is_extreme(left, right):
                    return True
            case tree.Call(args=args) if any(_is_taken_for_best(dotted(one.value), bound) for one in args):
                return True
            case tree.Name(value=name) if name.startswith(("is_best", "improved", "is_improved")) and not needs_bound:
                return True
    return False


def _begins(node: tree.If, body: tree.Node) -> bool:
    """Whether the `if` handles the first score, such as `if best is None: best = score`, and another arm binds the same
    name."""
    match node.test:
        case tree.Comparison(left=left, comparisons=[tree.ComparisonTarget(operator=tree.Is(), comparator=right)]):
            name = dotted(left)
            is_none = dotted(right) == "None" and SAYS_BETTER.search(name) is not None
            return is_none and node.orelse is not None and name in _bound_in((body,)) & _bound_in((node.orelse,))
        case _:
            return False


def _whole(node: tree.Expression) -> tree.Expression:
    """The object of a subscript; any other expression itself."""
    return node.value if isinstance(node, tree.Subscript) else node


def _bound_in(arm: tuple[tree.Node, ...]) -> set[str]:
    """The names and attributes that an arm binds. Assignments of literal numbers, which reset counters, do not
    count."""
    targets: list[tree.Expression] = []
    for part in (node for one in arm for node in walk(one)):
        match part:
            case tree.Assign(value=tree.Number()):
                continue
            case tree.Assign():
                targets += [one.target for one in part.targets]
            case tree.AnnAssign(target=target):
                targets.append(target)
    elements = [one.value for target in targets if isinstance(target, tree.Tuple) for one in target.elements]
    return {name for one in (*targets, *elements) if (name := dotted(one))}


def _is_best(name: str, needs_bound: bool) -> bool:
    return bool(name) and not needs_bound and SAYS_BETTER.search(name) is not None


def _is_taken_for_best(name: str, bound: set[str]) -> bool:
    return name in bound and SAYS_BETTER.search(name) is not None


def _is_extreme(left: tree.Expression, right: tree.Expression) -> bool:
    """Whether a test is of the form `score == max(scores)`, other than for a counter."""
    extremes = [one for one in (left, right) if isinstance(one, tree.Call) and dotted(one.func) in ("max", "min")]
    names = [dotted(one) for one in (left, right) if one not in extremes]
    return len(extremes) == 1 and bool(extremes[0].args) and not any(_COUNTS.search(name) for name in names)
