"""By which names parameters, groups and fragments of names leave the code that makes them: by words, before any parse.

A coarse forerunner of what `extract` does with values. It takes no account of order, of branches or of what is
overwritten, and when in doubt a name carries: then more is read than need be, and nothing is missed.
"""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from optimlint.knowledge.optimizers import says_optimizer
from optimlint.nodes import children

_FRAGMENT = re.compile(r"[\w.]*(?:bias|norm|gamma|beta|bn|ln)[\w.]*", re.IGNORECASE)
_HANDS_BACK = frozenset(
    {
        "OrderedDict", "cast", "chain", "copy", "cycle", "deepcopy", "defaultdict", "deque", "dict", "enumerate",
        "filter", "from_iterable", "fromkeys", "frozenset", "initialize", "islice", "iter", "list", "map", "next",
        "partial", "prepare", "reversed", "set", "setup", "sorted", "tee", "tuple", "zip",
    }
)  # fmt: skip
"""Functions of others whose results hold what they are given; any other function uses it, and what it returns is its
own."""
_METHODS_OF_COLLECTIONS = frozenset(
    {
        "copy", "difference", "get", "intersection", "items", "join", "keys", "lower", "pop", "popitem", "replace",
        "rsplit", "setdefault", "split", "splitlines", "strip", "symmetric_difference", "union", "values",
    }
)  # fmt: skip
_MODULE_STREAMS = frozenset({"children", "modules", "named_children", "named_modules"})
_MUTATORS = frozenset({"add", "append", "appendleft", "extend", "extendleft", "insert", "setdefault", "update"})
_CALLED_UNNAMED = frozenset(
    {"__iter__", "__next__", "__getitem__", "__enter__", "__call__", "__getattr__", "__getattribute__", "__new__"}
)
_READ = frozenset(
    {
        ast.AnnAssign, ast.Assign, ast.AsyncFor, ast.AsyncFunctionDef, ast.AugAssign, ast.Call, ast.For,
        ast.FunctionDef, ast.Global, ast.Lambda, ast.NamedExpr, ast.Return, ast.Yield, ast.YieldFrom,
        ast.comprehension, ast.withitem,
    }
)  # fmt: skip
"""The nodes that bind, return or hand on: all that `_read` knows, so that the others are passed over once."""
_MOST_ROUNDS = 8


class CannotFollow(Exception):
    """Something leaves by no name: the whole source has to be read."""


class Carriers:
    """What is known of a source, and grows while its functions are followed.

    `words` are the names, attributes and functions that carry something, `watched` attributes that carry nothing but
    whose uses matter, `called` the functions and classes that are given something. `defined` are all functions and
    classes of the source, `builders` those of others that return groups, by their last names.
    """

    __slots__ = ("builders", "called", "defined", "watched", "words")

    def __init__(self, defined: frozenset[str], builders: frozenset[str] = frozenset()) -> None:
        self.defined = defined
        self.builders = builders
        self.words: set[str] = set()
        self.watched: set[str] = set()
        self.called: set[str] = set()


def follow(nodes: Sequence[ast.AST], carriers: Carriers, name: str | None, parameters: Iterable[str] = ()) -> None:
    """Note what leaves the code that consists of `nodes`: the function `name`, whose `parameters` carry something, or,
    without a name, what stands outside of functions. Raises CannotFollow."""
    code = _Code(carriers, name is not None, set(parameters))
    read = [node for node in nodes if type(node) in _READ]
    for _ in range(_MOST_ROUNDS):
        code.seen.clear()
        before = (len(code.local), len(carriers.words), len(carriers.called), code.returns)
        for node in read:
            _read(code, node)
        if before == (len(code.local), len(carriers.words), len(carriers.called), code.returns):
            break
    if name is not None and code.returns:
        if name in _CALLED_UNNAMED:
            raise CannotFollow
        carriers.words.add(name)
    carriers.words |= code.shared & code.local


@dataclass(slots=True)
class _Code:
    """One function, or the code outside of functions, while it is followed."""

    carriers: Carriers
    has_locals: bool
    local: set[str]
    """The local names that carry something."""
    shared: set[str] = field(default_factory=set)
    """Names that the function binds for others, by `global`."""
    returns: bool = False
    optimizers: dict[str, dict[int, bool]] = field(default_factory=dict)
    """The attributes that are given optimizers, on which lines, and whether over parameters without groups."""
    seen: dict[int, bool] = field(default_factory=dict)

    def bind(self, name: str) -> None:
        """Note that a name carries something."""
        (self.local if self.has_locals else self.carriers.words).add(name)


def _read(code: _Code, node: ast.AST) -> None:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                _note_optimizer(code, target, value)
                if _carries(code, value):
                    _bind(code, target)
        case (
            ast.AugAssign(target=target, value=value)
            | ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.NamedExpr(target=target, value=value)
            | ast.For(target=target, iter=value)
            | ast.AsyncFor(target=target, iter=value)
            | ast.comprehension(target=target, iter=value)
            | ast.withitem(optional_vars=ast.expr() as target, context_expr=value)
        ):
            if _carries(code, value):
                _bind(code, target)
        case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value) | ast.YieldFrom(value=value):
            code.returns |= _carries(code, value)
        case ast.Call():
            _read_call(code, node)
        case ast.Global(names=names):
            code.shared.update(names)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            _read_defaults(code, node)
        case _:
            return


def _read_defaults(code: _Code, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
    """Parameters whose defaults carry something."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = arguments.defaults
    pairs = [*zip(positional[len(positional) - len(defaults) :], defaults, strict=True)]
    pairs += [(one, value) for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value]
    code.local |= {one.arg for one, value in pairs if _carries(code, value)}


def _read_call(code: _Code, call: ast.Call) -> None:
    """What a call adds to a collection, or hands to a function of the source."""
    match call.func:
        case ast.Attribute(value=receiver, attr=method) if method in _MUTATORS and _any_carries(code, _given(call)):
            _bind(code, receiver)
        case _:
            pass
    _carries(code, call)


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _note_optimizer(code: _Code, target: ast.expr, value: ast.expr) -> None:
    """Note an attribute that is given optimizers twice, one of them over all parameters: then it matters who uses it
    in between."""
    match target, value:
        case ast.Attribute(attr=attribute), ast.Call() if says_optimizer(_called(value)[0]):
            places = code.optimizers.setdefault(attribute, {})
            places[value.lineno] = any(_takes_parameters(one) for one in value.args)
            if len(places) > 1 and any(places.values()):
                code.carriers.watched.add(attribute)
        case _:
            return


def _takes_parameters(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _called(node)[0].endswith("parameters")


def _bind(code: _Code, target: ast.expr) -> None:
    match target:
        case ast.Name(id=name):
            if name != "self":
                code.bind(name)
        case ast.Attribute(attr=attribute):
            code.carriers.words.add(attribute)
        case ast.Subscript(value=value) | ast.Starred(value=value) | ast.Call(func=ast.Attribute(value=value)):
            _bind(code, value)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                _bind(code, element)
        case _:
            return


def _carries(code: _Code, node: ast.AST) -> bool:
    """Whether the value of an expression may be, or hold, something that is followed. All of it is looked at, since a
    call in it may hand something on."""
    known = code.seen.get(id(node))
    if known is None:
        known = code.seen[id(node)] = _evaluate(code, node)
    return known


def _any_carries(code: _Code, nodes: Iterable[ast.AST | None]) -> bool:
    carrying = [_carries(code, node) for node in nodes if node is not None]
    return any(carrying)


def _evaluate(code: _Code, node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, str) and _FRAGMENT.fullmatch(value) is not None
        case ast.Name(id=name):
            return name in code.local or name in code.carriers.words
        case ast.Attribute(value=value, attr=attribute):
            is_part = _carries(code, value) and attribute in ("weight", "bias", "data")
            return is_part or attribute in code.carriers.words or attribute == "param_groups"
        case ast.Call():
            return _evaluate_call(code, node)
        case ast.Subscript(value=value, slice=index):
            _carries(code, index)
            return _carries(code, value) and not _is_setting(node)
        case ast.Dict(keys=keys, values=values):
            has_params = any(isinstance(key, ast.Constant) and key.value == "params" for key in keys)
            return _any_carries(code, values) or has_params
        case ast.IfExp(test=test, body=body, orelse=orelse):
            _carries(code, test)
            return _any_carries(code, (body, orelse))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            _any_carries(code, node.generators)
            return _carries(code, node.elt)
        case ast.DictComp(key=key, value=value, generators=loops):
            _any_carries(code, loops)
            return _any_carries(code, (key, value))
        case ast.Compare() | ast.JoinedStr() | ast.UnaryOp() | ast.BinOp(op=ast.Mult() | ast.Div() | ast.Mod()):
            # A truth, a number or a text of its own: whoever reads it has no use of the parameters.
            _any_carries(code, children(node))
            return False
        case _:
            return _any_carries(code, children(node))


def _is_setting(node: ast.Subscript) -> bool:
    """Whether it is a setting of an optimizer's group, as `optimizer.param_groups[0]["lr"]` is."""
    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if not isinstance(key, str) or key == "params":
        return False
    owner: ast.expr = node.value
    while isinstance(owner, ast.Subscript):
        owner = owner.value
    return isinstance(owner, ast.Attribute) and owner.attr == "param_groups"


def _evaluate_call(code: _Code, call: ast.Call) -> bool:
    carriers = code.carriers
    given = _given(call)
    has_given = _any_carries(code, given)
    called, receiver = _called(call)
    has_receiver = receiver is not None and _carries(code, receiver)
    if has_given or has_receiver:
        names = (_name_of(one) for one in given)
        carriers.called.update(name for name in (called, *names) if name in carriers.defined)
    if called in carriers.words or called in code.local:
        return True
    if called in carriers.defined:
        return has_given
    if called == "getattr" and len(given) > 1:
        return isinstance(given[1], ast.Constant) and given[1].value in (*carriers.words, "param_groups")
    if "param" in called or called in _MODULE_STREAMS or called in carriers.builders:
        return True
    if has_receiver and called in _METHODS_OF_COLLECTIONS:
        return True
    return (has_given or any(one.arg == "params" for one in call.keywords)) and called in _HANDS_BACK


def _called(call: ast.Call) -> tuple[str, ast.expr | None]:
    """The last name of what is called, and what it is a method of."""
    match call.func:
        case ast.Attribute(value=receiver, attr=name):
            return name, receiver
        case ast.Name(id=name):
            return name, None
        case _:
            return "", call.func


def _name_of(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
