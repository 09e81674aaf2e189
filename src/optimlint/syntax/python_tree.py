"""The nodes of Python's own trees, in half the time that `ast.walk` takes, and without the half of them that nobody
asks for."""

import ast

_NEVER_ASKED = frozenset({"ctx", "op", "ops", "type_comment", "type_ignores"})
"""The fields of operators, of what a name is used for, and of types that are told in comments."""
_FIELDS = {
    kind: tuple(name for name in kind._fields if name not in _NEVER_ASKED)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""The other fields of every kind of node, in order."""


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""The fields with the statements of a statement, and with what holds such."""


def walk(node: ast.AST) -> list[ast.AST]:
    """`node` and every node below it, the nearest first."""
    nodes = [node]
    for one in nodes:  # They grow meanwhile.
        nodes += children(one)
    return nodes


def classes(module: ast.Module) -> list[ast.ClassDef]:
    """All classes of a module, wherever they stand: in statements alone, so that no expression is looked at."""
    nodes: list[ast.AST] = [module]
    for one in nodes:  # They grow meanwhile.
        for name in _BLOCKS:
            nodes += getattr(one, name, ())
    return [one for one in nodes if isinstance(one, ast.ClassDef)]


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below `node`."""
    found: list[ast.AST] = []
    for name in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif type(value) is list:
            found += [one for one in value if isinstance(one, ast.AST)]
    return found
