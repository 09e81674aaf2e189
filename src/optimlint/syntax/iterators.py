"""Whether some name keeps an iterator of parameters and is read twice: what the scan of the bytes can only suspect."""

import ast
from collections.abc import Iterable, Sequence

from optimlint.syntax.python_tree import children, walk

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
    """Whether some of `nodes`, which are one function or what stands outside of functions, gives a name an iterator of
    parameters that is read in two further places: there for a name, in all of `module` for an attribute."""
    kept = [target for node in nodes for target in _keeping(node)]
    return any(_is_read_twice(target, nodes, module) for target in kept)


def _keeping(node: ast.AST) -> Iterable[ast.expr]:
    """What a statement gives an iterator to."""
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
    """Whether a value may be, or hold, an iterator of parameters that has not been read yet."""
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
