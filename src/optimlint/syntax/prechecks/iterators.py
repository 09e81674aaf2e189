"""Pre-check on Python's AST: may a name hold a one-shot iterator of parameters that is read twice? Refines a guess of
the byte scan."""

import ast
from collections.abc import Iterable, Sequence

from optimlint.syntax.prechecks.python_tree import children, walk

_READS_AT_ONCE = frozenset(
    {
        "all",
        "any",
        "dict",
        "float",
        "frozenset",
        "int",
        "len",
        "list",
        "max",
        "min",
        "next",
        "set",
        "sorted",
        "sum",
        "tuple",
    }
)


def reads_iterator_twice(nodes: Sequence[ast.AST], module: ast.Module) -> bool:
    """Whether one of `nodes` binds an iterator of parameters to a target that is read at least twice more. `nodes` are
    one function, or the code outside functions. Reads of a name are counted in `nodes`, reads of an attribute in the
    whole module."""
    kept = [target for node in nodes for target in _keeping(node)]
    return any(_is_read_twice(target, nodes, module) for target in kept)


def _keeping(node: ast.AST) -> Iterable[ast.expr]:
    """The targets to which a statement assigns an iterator of parameters."""
    match node:
        case ast.Assign(targets=targets, value=value) if _may_be_iterator(value):
            return targets
        case ast.AnnAssign(target=target, value=ast.expr() as value) if _may_be_iterator(value):
            return (target,)
        case ast.NamedExpr(target=target, value=value) if _may_be_iterator(value):
            return (target,)
        case _:
            return ()


def _may_be_iterator(node: ast.AST) -> bool:
    """Whether a value may be, or contain, an unread iterator of parameters."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            if name in _READS_AT_ONCE:
                return False
            return name.endswith("parameters") or any(map(_may_be_iterator, children(node)))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.Compare():
            return False
        case _:
            return any(map(_may_be_iterator, children(node)))


def _is_read_twice(target: ast.expr, nodes: Sequence[ast.AST], module: ast.Module) -> bool:
    match target:
        case ast.Name(id=name):
            contexts = [node.ctx for node in nodes if isinstance(node, ast.Name) and node.id == name]
        case ast.Attribute(attr=name):
            contexts = [node.ctx for node in walk(module) if isinstance(node, ast.Attribute) and node.attr == name]
        case _:
            return True
    return sum(isinstance(context, ast.Load) for context in contexts) > 1
