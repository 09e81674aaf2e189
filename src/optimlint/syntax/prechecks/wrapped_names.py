"""Pre-check on Python's AST: does code read the parameter names of a model that may be wrapped? Refines a guess of the
byte scan."""

import ast
from collections.abc import Iterator

from optimlint.knowledge.layers import NAME_PREFIXES
from optimlint.syntax.prechecks.python_tree import walk

_ASKED = "named_parameters"
_WRAPPERS = frozenset(name.rpartition(".")[2] for name in NAME_PREFIXES)


def asks_wrapped(module: ast.Module) -> bool:
    """Whether `named_parameters` is read from a name that may hold a wrapped model."""
    nodes = walk(module)
    asked = {_dotted(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr == _ASKED}
    return bool(asked) and not asked.isdisjoint(_wrapped(nodes))


def _wrapped(nodes: list[ast.AST]) -> frozenset[str]:
    """The names and attributes that may hold a wrapper or a wrapped model, directly or through other names."""
    held = set(_WRAPPERS)
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            held.update(one.asname for one in node.names if one.asname and one.name in _WRAPPERS)
    given = [pair for node in nodes for pair in _assigned(node)]
    count = 0
    while count < len(held):
        count = len(held)
        held.update(target for target, sources in given if not held.isdisjoint(sources))
    return frozenset(held)


def _assigned(node: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    """The targets of an assignment, each with the names that its value may come from."""
    targets: list[ast.expr] = []
    match node:
        case ast.Assign(value=value):
            targets += node.targets
        case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
            targets.append(node.target)
        case _:
            return
    sources = frozenset(filter(None, map(_name, _parts(value))))
    for target in targets:
        for one in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
            if name := _dotted(one):
                yield name, sources


def _parts(value: ast.expr) -> Iterator[ast.expr]:
    """An expression with its arms and elements; for a call, the function, its receiver and the arguments."""
    pending = [value]
    while pending:
        one = pending.pop()
        yield one
        match one:
            case ast.IfExp(body=body, orelse=orelse):
                pending += [body, orelse]
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.BoolOp(values=elements):
                pending += elements
            case ast.Call(func=func, args=arguments):
                pending += [func, *arguments]
                if isinstance(func, ast.Attribute):
                    pending.append(func.value)
            case ast.Starred(value=inner) | ast.NamedExpr(value=inner):
                pending.append(inner)


def _name(node: ast.AST) -> str:
    """The dotted name of an expression; only the last part if that is a wrapper's name."""
    name = _dotted(node)
    last = name.rpartition(".")[2]
    return last if last in _WRAPPERS else name


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
