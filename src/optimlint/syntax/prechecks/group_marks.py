"""Pre-checks on Python's AST that refine two guesses of the byte scan: that a piece of code makes parameter groups
because it contains `"params"`, and that it distinguishes parameters because it contains `"bias"` or `.ndim`.

Checkpoints, configuration files and tensors contain the same words. In doubt the guess stays.
"""

import ast
from collections.abc import Iterator, Sequence

from optimlint.knowledge.fragments import names_bias_or_norm
from optimlint.knowledge.parameter_names import QUOTED_NAMES
from optimlint.syntax.prechecks.python_tree import children, walk

_PARAMS = "params"
_ONLY_READS = frozenset(("get", "pop", "getattr", "hasattr", "startswith", "endswith", "split", "join", "format"))
"""Functions that are passed a key or a name and make nothing of it."""
_FILLS = frozenset(("append", "extend", "insert", "remove", "pop", "clear"))
_NO_PARAMETERS = frozenset(("state_dict", "model_dump", "asdict"))
"""Functions whose result is a dict, which no group accepts as its parameters."""
_MOST_ARGUMENTS = 3
"""How many parameters a function has at most that is called with one parameter of a model: `self`, its name, itself."""


def makes_groups(nodes: Sequence[ast.AST]) -> bool:
    """Whether one of the nodes of a piece of code may make or change a group, given that the piece has `"params"`."""
    read = set(_read_only(nodes))
    return any(_may_make_group(node, read) for node in nodes)


def _may_make_group(node: ast.AST, read: set[ast.AST]) -> bool:
    match node:
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return any(_is_params(key) and not _holds_no_parameters(value) for key, value in pairs)
        case ast.Subscript(slice=index, ctx=ast.Store() | ast.Del()):
            return _is_params(index)
        case ast.Call(func=ast.Attribute(value=ast.Subscript(slice=index), attr=method)) if method in _FILLS:
            return _is_params(index)
        case ast.Constant():
            return _is_params(node) and node not in read
        case _:
            return False


def _read_only(nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The strings whose place in the code shows that no group is made with them: keys and subscripts, which are judged
    by themselves, arguments of functions that only read, compared strings, pieces of text, and statements."""
    yield from _never_values(nodes)
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=arguments) if name in _ONLY_READS:
                yield from arguments
            case ast.Compare(left=left, comparators=others):
                yield from (left, *others)
            case ast.FormattedValue(value=value):
                yield value


def _never_values(nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Keys, subscripts, pieces of text, and statements."""
    for node in nodes:
        match node:
            case ast.Dict(keys=keys):
                yield from (key for key in keys if key is not None)
            case ast.Subscript(slice=value) | ast.Expr(value=value):
                yield value
            case ast.JoinedStr(values=pieces):
                yield from pieces


def _is_params(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == _PARAMS


def _holds_no_parameters(node: ast.expr) -> bool:
    """Whether a value is certainly not a parameter or a collection of parameters."""
    match node:
        case ast.Constant() | ast.JoinedStr() | ast.Dict() | ast.DictComp():
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _NO_PARAMETERS
        case _:
            return False


def lists_twice(nodes: Sequence[ast.AST]) -> bool:
    """Whether one statement takes the parameters of one model twice."""
    return any(_takes_twice(part) for node in nodes for part in _expressions(node))


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions of a statement, without those of statements inside it."""
    if isinstance(node, ast.stmt):
        yield from (part for part in children(node) if isinstance(part, ast.expr | ast.withitem))


def _takes_twice(part: ast.AST) -> bool:
    owners = [
        ast.dump(node.func.value)
        for node in walk(part)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.endswith("parameters")
    ]
    return len(set(owners)) < len(owners)


def tells_parameters_apart(nodes: Sequence[ast.AST]) -> bool:
    """Whether one of the nodes of a piece of code may distinguish parameters by their names or dimensions, given that
    the piece contains such names or asks for dimensions: a name in a test, a collection or a variable, or the
    dimensions of something that a loop or a small function binds."""
    unused = set(_never_tests(nodes))
    if any(_is_name(node) and node not in unused for node in nodes):
        return True
    bound = {name for node in nodes for name in _bound_by(node)}
    return any(_asks_dimensions(node, bound) for node in nodes)


def _never_tests(nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The strings that cannot become a test of parameter names: keys, subscripts, names of attributes to look up,
    pieces of text, and statements."""
    yield from _never_values(nodes)
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id="getattr" | "hasattr" | "setattr" | "delattr"), args=arguments):
                yield from arguments
            case ast.Call(func=ast.Attribute(attr="get" | "pop"), args=[first, *_]):
                yield first


def _is_name(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and names_bias_or_norm(node.value)):
        return False
    quoted = f'"{node.value}"'.encode("utf-8", "surrogatepass")
    return any(names.search(quoted) for names in QUOTED_NAMES)


def _bound_by(node: ast.AST) -> Iterator[str]:
    """The names that this node binds: the targets of a loop or a comprehension, and the parameters of
    a function or lambda that is small enough to be a predicate over parameters."""
    match node:
        case ast.For(target=target) | ast.AsyncFor(target=target) | ast.comprehension(target=target):
            yield from (one.id for one in walk(target) if isinstance(one, ast.Name))
        case ast.arguments(args=arguments) if len(arguments) <= _MOST_ARGUMENTS:
            yield from (one.arg for one in arguments)


def _asks_dimensions(node: ast.AST, bound: set[str]) -> bool:
    """Whether `p.ndim`, `p.dim()` or `len(p.shape)` is asked of something bound, or of what it contains."""
    match node:
        case ast.Attribute(value=owner, attr="ndim" | "dim" | "ndimension"):
            return _root(owner) in bound
        case ast.Call(func=ast.Name(id="len"), args=[measured]):
            return _root(measured) in bound and any(
                isinstance(one, ast.Attribute) and one.attr in ("shape", "size") for one in walk(measured)
            )
        case _:
            return False


def _root(node: ast.AST) -> str:
    """The first name of `item[1].data`; "" if something else comes first."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
