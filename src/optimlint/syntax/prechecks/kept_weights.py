"""Pre-check on Python's AST: may code that tests for an improvement keep the model's weights by reference? Refines a
guess of the byte scan."""

import ast
import re
from collections.abc import Iterator

from optimlint.syntax.prechecks.python_tree import walk

_LEAVES = (ast.Break, ast.Continue, ast.Return, ast.Raise)
_SAYS_BETTER = re.compile(r"best|improv|better", re.IGNORECASE)
_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def keeps_weights(module: ast.Module) -> bool:
    """Whether an `if` whose test compares, calls or reads a flag has an arm that binds a name to weights or to the best
    model, or an arm that leaves the block before later statements do so."""
    return any(
        isinstance(node, ast.If) and _may_ask_better(node.test) and any(map(_keeps, _statements(node, behind)))
        for node, behind in _with_those_behind(module)
    )


def _with_those_behind(module: ast.Module) -> Iterator[tuple[ast.AST, list[ast.stmt]]]:
    """All statements in blocks. Each comes with the statements after it in its block if it is an `if` whose body ends
    by leaving, otherwise with none."""
    for parent in walk(module):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if type(block) is list:
                for number, node in enumerate(block):
                    leaves = isinstance(node, ast.If) and isinstance(node.body[-1], _LEAVES)
                    yield node, block[number + 1 :] if leaves else []


def _may_ask_better(test: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Name)
        or (isinstance(node, ast.Call) and _speaks_of_best(node))
        or (isinstance(node, ast.Compare) and any(isinstance(one, _ORDERED) for one in node.ops))
        for node in walk(test)
        if not isinstance(node, ast.Name) or node.id.startswith(("is_best", "improved", "is_improved"))
    )


def _speaks_of_best(call: ast.Call) -> bool:
    """Whether a call is given what by its name is the best, or takes an extreme: `max(scores)`."""
    if _last(call.func) in ("max", "min"):
        return True
    return any(_SAYS_BETTER.search(_last(node)) for one in call.args for node in walk(one))


def _statements(node: ast.If, behind: list[ast.stmt]) -> Iterator[ast.AST]:
    for statement in (*node.body, *node.orelse, *behind):
        yield from walk(statement)


def _keeps(node: ast.AST) -> bool:
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    values = node.value.elts if isinstance(node.value, ast.Tuple | ast.List) else [node.value]
    if any(_is_state(value) for value in values):
        return True
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    says_best = any("best" in _last(target).lower() for one in targets for target in walk(one))
    return says_best and any(isinstance(value, ast.Name | ast.Attribute) for value in values)


def _is_state(value: ast.expr) -> bool:
    """Whether a value may alias what `state_dict()` returns."""
    match value:
        case ast.Dict(values=values):
            return any(_is_state(one) for one in values)
        case ast.Call(func=ast.Attribute(attr="state_dict")):
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return _is_state(body) and _is_state(orelse)
        case ast.Call(func=ast.Attribute(attr="copy", value=inner), args=[]):
            return _is_state(inner)
        case ast.Call(args=[inner]) if _last(value.func) in ("dict", "OrderedDict", "copy"):
            return _is_state(inner)
        case ast.DictComp(generators=[ast.comprehension(iter=ast.Call(func=ast.Attribute(value=inner)))]):
            return _is_state(inner)
        case _:
            return False


def _last(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
