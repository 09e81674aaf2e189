"""Walk Python's AST in half the time of `ast.walk`, skipping nodes that are never used."""

import ast

_NEVER_ASKED = frozenset({"ctx", "op", "ops", "type_comment", "type_ignores"})
"""Fields that are skipped: operators, expression contexts and type comments."""
_FIELDS = {
    kind: tuple(name for name in kind._fields if name not in _NEVER_ASKED)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""The remaining fields of every node kind, in order."""


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""The fields that contain statements, directly or in handlers and cases."""


def walk(node: ast.AST) -> list[ast.AST]:
    """`node` and its descendants, breadth first."""
    nodes = [node]
    for one in nodes:  # They grow meanwhile.
        nodes += children(one)
    return nodes


def classes(module: ast.Module) -> list[ast.ClassDef]:
    """All classes of a module outside expressions."""
    nodes: list[ast.AST] = [module]
    for one in nodes:  # They grow meanwhile.
        for name in _BLOCKS:
            nodes += getattr(one, name, ())
    return [one for one in nodes if isinstance(one, ast.ClassDef)]


def children(node: ast.AST) -> list[ast.AST]:
    """The direct children of `node`."""
    found: list[ast.AST] = []
    for name in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif type(value) is list:
            found += [one for one in value if isinstance(one, ast.AST)]
    return found
