"""Pre-check on Python's AST: may a class keep parameters where torch does not find them, or create layers in `forward`?
Refines a guess of the byte scan."""

import ast
from collections.abc import Iterator

from optimlint.knowledge.layers import CONTAINERS, LAYERS
from optimlint.syntax.python_tree import classes, walk

_MAKERS = frozenset((*LAYERS, "Parameter", "Sequential"))
_FILLING = frozenset({"append", "extend", "insert", "add"})


def hides_weights(module: ast.Module) -> bool:
    """Whether some class of the module may."""
    return any(node.bases and _hides(node) for node in classes(module))


def _hides(node: ast.ClassDef) -> bool:
    methods = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return any(_keeps(method) for method in methods) or _makes_as_it_runs(methods)


def _keeps(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method stores a parameter or a layer in an attribute in a form that torch may not register: in a
    collection, or as the result of a further operation."""
    is_filled = False
    for node in walk(method):
        match node:
            case ast.Assign(targets=targets, value=value):
                stored = any(isinstance(one, ast.Attribute | ast.Subscript) for one in targets)
                is_collection = _is_collection(value)
                if stored and _last(value) not in CONTAINERS and _holds(value, within_parameter=not is_collection):
                    return True
                is_filled |= is_collection and _holds(value, within_parameter=False)
                is_filled |= any(isinstance(one, ast.Subscript) for one in targets) and _makes(value)
                if (
                    stored
                    and any(isinstance(one, ast.Name) for one in _spine(value))
                    and not isinstance(value, ast.Name)
                ):
                    is_filled |= _has_parameter_name(method, value)
            case ast.AnnAssign(target=ast.Attribute(), value=ast.expr() as value):
                if _last(value) not in CONTAINERS and _holds(value, within_parameter=not _is_collection(value)):
                    return True
            case ast.AugAssign(value=value):
                is_filled |= _holds(value, within_parameter=False)
            case ast.Call(func=ast.Attribute(attr=name), args=args) if name in _FILLING:
                is_filled |= any(_makes(one) or isinstance(one, ast.Name) for one in args) and _makes_any(method)
            case ast.Call(func=ast.Name(id="setattr"), args=[_, _, value]):
                if _last(value) != "Parameter" and _holds(value, within_parameter=True):
                    return True
    return is_filled


def _has_parameter_name(method: ast.AST, value: ast.expr) -> bool:
    """Whether a value is computed from a name that is bound to a `Parameter`."""
    names = {one.id for one in _spine(value) if isinstance(one, ast.Name)}
    return any(
        isinstance(node, ast.Assign)
        and _last(node.value) == "Parameter"
        and any(isinstance(one, ast.Name) and one.id in names for one in node.targets)
        for node in walk(method)
    )


def _makes_any(method: ast.AST) -> bool:
    return any(isinstance(node, ast.expr) and _makes(node) for node in walk(method))


def _holds(value: ast.expr, *, within_parameter: bool) -> bool:
    """Whether a value contains a call that makes a parameter (or, in a collection, a layer), but is not itself such a
    call."""
    wanted = frozenset({"Parameter"}) if within_parameter else _MAKERS
    if within_parameter:
        return _last(value) != "Parameter" and any(_last(one) in wanted for one in _spine(value))
    return any(_last(one) in wanted for one in walk(value))


def _spine(value: ast.expr) -> Iterator[ast.AST]:
    """The operands of an expression, through method calls and arithmetic."""
    pending: list[ast.AST] = [value]
    while pending:
        node = pending.pop()
        yield node
        match node:
            case ast.Call(func=ast.Attribute(value=inner)) | ast.Attribute(value=inner) | ast.UnaryOp(operand=inner):
                pending.append(inner)
            case ast.BinOp(left=left, right=right):
                pending += [left, right]
            case ast.IfExp(body=body, orelse=orelse):
                pending += [body, orelse]


def _is_collection(value: ast.expr) -> bool:
    match value:
        case ast.List() | ast.Tuple() | ast.Dict() | ast.ListComp() | ast.DictComp() | ast.Set():
            return True
        case ast.BinOp(left=left):
            return _is_collection(left)
        case ast.Call():
            return _last(value) in ("list", "dict", "tuple", "set", "OrderedDict", "defaultdict")
        case _:
            return False


def _last(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
        case _:
            return ""


def _makes(node: ast.AST) -> bool:
    return any(_last(one) in _MAKERS for one in walk(node))


def _makes_as_it_runs(methods: list[ast.FunctionDef | ast.AsyncFunctionDef]) -> bool:
    """Whether `forward`, or a method that it may call, creates a layer."""
    by_name = {one.name: one for one in methods}
    seen: set[str] = set()
    pending = ["forward"]
    while pending:
        name = pending.pop()
        if name in seen or name not in by_name:
            continue
        seen.add(name)
        for node in walk(by_name[name]):
            if _last(node) in _MAKERS and _last(node) != "Parameter":
                return True
            if isinstance(node, ast.Attribute) and node.attr in by_name:
                pending.append(node.attr)
    kept = (node for one in methods for node in walk(one) if isinstance(node, ast.Assign))
    return any(isinstance(node.value, ast.Lambda) and _makes(node.value) for node in kept)
