"""Pre-check on Python's AST: may a function create a scheduler and never step it? Refines a guess of the byte scan."""

import ast
from collections.abc import Iterator

from optimlint.knowledge.schedulers import LOOKED_AT, SHOWING, is_named_scheduler
from optimlint.syntax.prechecks.python_tree import walk


def leaves_schedulers(module: ast.Module) -> bool:
    """Whether some function, or the module itself, binds a name to a scheduler and then only reads it."""
    makers = {
        node.name
        for node in walk(module)
        if isinstance(node, ast.FunctionDef) and any(_is_made(one) for one in walk(node))
    }
    scopes: list[ast.AST] = [module, *(one for one in walk(module) if isinstance(one, ast.FunctionDef))]
    return any(_leaves(scope, makers) for scope in scopes)


def _leaves(scope: ast.AST, makers: set[str]) -> bool:
    nodes = walk(scope)
    names = {name for node in nodes for name in _bound(node, makers)}
    if not names:
        return False
    looked_at = {id(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr in LOOKED_AT}
    looked_at |= {
        id(node.value.value) for node in nodes if isinstance(node, ast.Expr) and isinstance(node.value, ast.Attribute)
    }
    looked_at |= {
        id(one) for node in nodes if isinstance(node, ast.Call) and _last(node) in SHOWING for one in node.args
    }
    used = {
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in looked_at
    }
    return not names <= used


def _bound(node: ast.AST, makers: set[str]) -> Iterator[str]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_made(value):
            yield name
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as value) if _is_made(value):
            yield name
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Call() as value) if _last(value) in makers:
            yield from (one.id for one in targets if isinstance(one, ast.Name))


def _is_made(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and is_named_scheduler(_last(node))


def _last(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
