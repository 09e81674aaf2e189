"""Pre-check on Python's AST: may a class keep parameters where torch does not find them, or create layers in `forward`?
Refines a guess of the byte scan."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from optimlint.knowledge.layers import CONTAINERS, LAYERS
from optimlint.syntax.prechecks.python_tree import classes, walk

_MAKERS = frozenset((*LAYERS, "Parameter", "Sequential"))
_MAKES = re.compile(rf"(?<!self\.)\b(?:{'|'.join(sorted(_MAKERS))})\s*\(")
_LAYERS = _MAKERS - {"Parameter"}
_ATTRIBUTE = re.compile(r"\.(\w+)")
_LOOKING = frozenset({"len", "enumerate", "zip", "range"})
_FILLING = frozenset({"append", "extend", "insert", "add"})


_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Codes = Mapping[_Function, str]
"""The source text of each function: a word is found faster in a text than in a tree."""


def hides_weights(module: ast.Module, codes: _Codes) -> bool:
    """Whether some class of the module may. `codes` has the texts of its functions."""
    return any(node.bases and _hides(node, codes) for node in classes(module))


def _hides(node: ast.ClassDef, codes: _Codes) -> bool:
    methods = [one for one in node.body if isinstance(one, _Function)]
    making = [one for one in methods if one not in codes or _MAKES.search(codes[one])]
    if not making:
        return False
    registered = frozenset(name for method in making for name in _registered(method))
    return any(_keeps(method, registered) for method in making) or _makes_as_it_runs(methods, making, codes)


def _registered(method: _Function) -> Iterator[str]:
    """The names and attributes that a method binds to a container that registers its items."""
    for node in walk(method):
        if isinstance(node, ast.Assign) and _last(node.value) in CONTAINERS:
            yield from filter(None, map(_dotted, node.targets))


def _dotted(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return f"{owner}.{name}"
        case _:
            return ""


def _only_registers(nodes: list[ast.AST]) -> frozenset[str]:
    """The names that a method only fills, reads items of, and passes as a whole to such a container."""
    harmless: set[ast.AST] = set()
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name() as filled, attr=name)) if name in _FILLING:
                harmless.add(filled)
            case ast.Subscript(value=ast.Name() as filled, slice=index) if not isinstance(index, ast.Slice):
                harmless.add(filled)
            case ast.For(iter=ast.Name() as filled):
                harmless.add(filled)
        if isinstance(node, ast.Call) and (_last(node) in CONTAINERS or _last(node) in _LOOKING):
            harmless.update(one.value if isinstance(one, ast.Starred) else one for one in node.args)
    names = [node for node in nodes if isinstance(node, ast.Name)]
    return frozenset(one.id for one in names) - {
        one.id for one in names if isinstance(one.ctx, ast.Load) and one not in harmless
    }


def _keeps(method: _Function, registered: frozenset[str]) -> bool:
    """Whether a method stores a parameter or a layer in an attribute in a form that torch may not register: in a
    collection that is none of the `registered` containers, or as the result of a further operation."""
    nodes = walk(method)
    spared, numbers = registered | _only_registers(nodes), _numbers(nodes)
    is_filled = False
    for node in nodes:
        match node:
            case ast.Assign(targets=targets, value=value):
                stored = any(isinstance(one, ast.Attribute | ast.Subscript) for one in targets)
                is_collection = _is_collection(value)
                if stored and _last(value) not in CONTAINERS and _holds(value, within_parameter=not is_collection):
                    return True
                counts = not all(_filled(one) in spared for one in targets)
                is_filled |= counts and is_collection and _holds(value, within_parameter=False)
                is_filled |= counts and any(isinstance(one, ast.Subscript) for one in targets) and _makes(value)
                if (
                    stored
                    and any(isinstance(one, ast.Name) for one in _spine(value))
                    and not isinstance(value, ast.Name)
                ):
                    is_filled |= _has_parameter_name(method, value)
            case ast.AnnAssign(target=ast.Attribute(), value=ast.expr() as value):
                if _last(value) not in CONTAINERS and _holds(value, within_parameter=not _is_collection(value)):
                    return True
            case ast.AugAssign(target=target, value=value):
                is_filled |= _filled(target) not in spared and _holds(value, within_parameter=False)
            case ast.Call(func=ast.Attribute(attr=name, value=target), args=args) if name in _FILLING:
                fills = any(_makes(one) or (isinstance(one, ast.Name) and one.id not in numbers) for one in args)
                is_filled |= fills and _filled(target) not in spared and _makes_any(method)
            case ast.Call(func=ast.Name(id="setattr"), args=[_, _, value]):
                if _last(value) != "Parameter" and _holds(value, within_parameter=True):
                    return True
    return is_filled


def _numbers(nodes: list[ast.AST]) -> frozenset[str]:
    """The names that are bound to results of arithmetic only."""
    stored = Counter(one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    computed = Counter(
        node.targets[0].id
        for node in nodes
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.BinOp | ast.Constant)
        and not any(isinstance(one, ast.Call | ast.List) for one in walk(node.value))
    )
    return frozenset(name for name, times in computed.items() if times == stored[name])


def _filled(target: ast.expr) -> str:
    """The collection that an assignment fills: its target, or what the target subscripts."""
    return _dotted(target.value if isinstance(target, ast.Subscript) else target)


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
    if within_parameter and isinstance(value, ast.IfExp):
        return any(_holds(one, within_parameter=True) for one in (value.body, value.orelse))
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
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"))):
            return ""  # `self.LayerNorm(x)` calls a layer that exists.
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
        case _:
            return ""


def _makes(node: ast.AST) -> bool:
    return any(_last(one) in _MAKERS for one in walk(node))


def _makes_as_it_runs(methods: list[_Function], making: list[_Function], codes: _Codes) -> bool:
    """Whether `forward`, or a method that it may call, creates a layer."""
    makers = {one.name for one in making if any(_last(node) in _LAYERS for node in walk(one))}
    return not makers.isdisjoint(_run_by_forward(methods, codes) if makers != {"__init__"} else ()) or any(
        isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and _makes(node.value)
        for one in making
        for node in (walk(one) if "lambda" in codes.get(one, "lambda") else ())
    )


def _run_by_forward(methods: list[_Function], codes: _Codes) -> frozenset[str]:
    """The names of the methods that `forward` may call, directly or through others."""
    by_name = {one.name: one for one in methods}
    seen: set[str] = set()
    pending = ["forward"]
    while pending:
        name = pending.pop()
        if name not in seen and name in by_name:
            seen.add(name)
            method = by_name[name]
            code = codes[method] if method in codes else ast.unparse(method)
            pending += by_name.keys() & set(_ATTRIBUTE.findall(code))
    return frozenset(seen)
