"""Which attributes of `self` a method reads, and whether a gradient can reach them: not under `torch.no_grad()`, and
not if the result is detached."""

from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice

from optimlint.knowledge.summaries import only_shows
from optimlint.knowledge.words import DETACHING, GRADIENT_SWITCHES, WITHOUT_GRADIENT
from optimlint.syntax import tree
from optimlint.syntax.tree import children, walk

_MOST_USES = 200
"""The most uses of one local variable that are examined."""


@dataclass(slots=True)
class Reads:
    """The attributes of `self` that a method reads, and the methods that it calls on `super()`, each with whether a
    gradient can reach it from there."""

    attributes: dict[str, bool] = field(default_factory=dict)
    inherited: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class _Method:
    """The state of reading one method. `quiet` are local variables that may hold a context manager which disables
    gradients. `uses` lists for each local variable, in order, its bindings (None) and its reads, with whether a
    gradient can reach them."""

    owner: str
    quiet: set[str]
    uses: dict[str, list[tuple[int, bool | None]]]
    order: dict[tree.Node, int]
    reads: Reads = field(default_factory=Reads)
    doubtful: set[str] = field(default_factory=set)
    """Attributes that one arm of an `if` reads with a gradient and the other one without."""


def reads_of(method: tree.FunctionDef, owner: str, *, has_gradient: bool = True) -> Reads:
    """The reads of a method that is called with gradients enabled, or disabled."""
    one = _Method(owner, _quiet_names(method), {}, {})
    _note_uses(one, method)
    _read(one, method.body, has_gradient and not _is_quiet(one, method))
    one.reads.attributes.update(dict.fromkeys(one.doubtful & one.reads.attributes.keys(), False))
    return one.reads


def _is_quiet(one: _Method, method: tree.FunctionDef) -> bool:
    """Whether a decorator or statement of the method disables gradients."""
    if any(_switches_off(one, decorator.decorator) for decorator in method.decorators):
        return True
    statements = (node.value for node in walk(method.body) if isinstance(node, tree.Expr))
    calls = (value for value in statements if isinstance(value, tree.Call) and not _switches_on(value))
    return any(last_name(call.func) == "set_grad_enabled" for call in calls)


def _quiet_names(method: tree.FunctionDef) -> set[str]:
    """The local variables that may hold a context manager which disables gradients."""
    found: set[str] = set()
    for node in walk(method.body):
        if isinstance(node, tree.Assign) and any(map(_is_switch, walk(node.value))):
            found |= {one.target.value for one in node.targets if isinstance(one.target, tree.Name)}
    return found


def _is_switch(node: tree.Node) -> bool:
    match node:
        case tree.Name(value=name) | tree.Attribute(attr=tree.Name(value=name)):
            return name.endswith(GRADIENT_SWITCHES)
        case _:
            return False


def _switches_on(call: tree.Call) -> bool:
    """Whether a call enables gradients: `set_grad_enabled(True)`, `inference_mode(False)`."""
    wanted = {"set_grad_enabled": "True", "inference_mode": "False"}.get(last_name(call.func))
    argument = call.args[0].value if len(call.args) == 1 else None
    return isinstance(argument, tree.Name) and argument.value == wanted


def last_name(node: tree.Node) -> str:
    """The name that a name or an attribute ends with; "" for anything else."""
    match node:
        case tree.Name(value=name) | tree.Attribute(attr=tree.Name(value=name)):
            return name
        case _:
            return ""


def switches_off(node: tree.Expression, quiet: Collection[str] = ()) -> bool:
    """Whether a context manager or decorator may disable gradients; `quiet` are variables that do."""
    if isinstance(node, tree.Call) and _switches_on(node):
        return False
    return any(_is_switch(part) or (isinstance(part, tree.Name) and part.value in quiet) for part in walk(node))


def _switches_off(one: _Method, node: tree.Expression) -> bool:
    return switches_off(node, one.quiet)


def _read(one: _Method, start: tree.Node, has_gradient: bool) -> None:
    """Record the reads below a node."""
    for node, is_reached in _walk(one, start, has_gradient):
        match node:
            case tree.Attribute(value=tree.Name(value=one.owner), attr=tree.Name(value=name)):
                _note(one.reads.attributes, name, is_reached)
            case tree.Attribute(value=tree.Call(func=tree.Name(value="super")), attr=tree.Name(value=name)):
                _note(one.reads.inherited, name, is_reached)
            case tree.If(body=body, orelse=tree.Else(body=other)) if is_reached:
                _note_doubtful(one, body, other)


def _note_doubtful(one: _Method, *arms: tree.Suite) -> None:
    """Record the attributes that only one of two arms reads without gradients."""
    if not any(_begins_quiet(one, arm) for arm in arms):
        return
    first, second = (_read_in(one, arm) for arm in arms)
    one.doubtful |= {name for name in first.keys() & second.keys() if first[name] != second[name]}


def _begins_quiet(one: _Method, arm: tree.Suite) -> bool:
    """Whether a statement at the top level of the arm disables gradients."""
    withs = (statement for statement in arm.body if isinstance(statement, tree.With))
    return any(_switches_off(one, item.item) for statement in withs for item in statement.items)


def _read_in(one: _Method, arm: tree.Suite) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for node, is_reached in _walk(one, arm, True):
        match node:
            case tree.Attribute(value=tree.Name(value=one.owner), attr=tree.Name(value=name)):
                _note(found, name, is_reached)
    return found


def _note(found: dict[str, bool], name: str, has_gradient: bool) -> None:
    found[name] = found.get(name, False) or has_gradient


def _walk(one: _Method, start: tree.Node, has_gradient: bool) -> Iterator[tuple[tree.Node, bool]]:
    """All nodes below `start`, with whether a gradient can reach what they read."""
    pending = [(start, has_gradient)]
    while pending:
        node, is_reached = pending.pop()
        yield node, is_reached
        if not is_reached:
            pending += [(child, False) for child in reversed(children(node))]
            continue
        pending += reversed(_below(one, node))


def _below(one: _Method, node: tree.Node) -> list[tuple[tree.Node, bool]]:
    """The children of a node that a gradient reaches, each with whether a gradient reaches it."""
    match node:
        case tree.With(items=items, body=body):
            is_quiet = any(_switches_off(one, item.item) for item in items)
            return [*((item, True) for item in items), (body, not is_quiet)]
        case tree.FunctionDef(body=body, decorators=decorators):
            return [(body, not any(_switches_off(one, decorator.decorator) for decorator in decorators))]
        case tree.Attribute(value=value, attr=tree.Name(value=name)) if name in WITHOUT_GRADIENT or name in DETACHING:
            return [(value, False)]
        case tree.Comparison(
            left=left, comparisons=[tree.ComparisonTarget(operator=tree.Is() | tree.IsNot(), comparator=right)]
        ):
            return [(left, False), (right, False)]
        case tree.Call(func=tree.Name(value=name), args=args) if only_shows(name):
            return [(argument, False) for argument in args]
        case tree.If(test=tree.Name() | tree.Attribute() as test, body=body, orelse=orelse):
            return [(test, False), (body, True), *([(orelse, True)] if orelse else [])]
        case tree.Assign(targets=targets, value=value):
            pairs = [pair for target in targets for pair in _pairs(target.target, value)]
            found = [(part, not _are_detached(one, list(_bound(target)))) for target, part in pairs]
            return [*found, *((target, True) for target in targets)]
        case tree.For(target=target, iter=iterated, body=body, orelse=orelse):
            names = list(_bound(target))
            tail = [(orelse, True)] if orelse is not None else []
            return [(iterated, not _are_detached(one, names)), (target, True), (body, True), *tail]
        case tree.CompFor(target=target, iter=iterated, ifs=ifs, inner_for_in=inner):
            names = list(_bound(target))
            tests = [(test, True) for test in ifs]
            within = [(inner, True)] if inner is not None else []
            return [(iterated, not _are_detached(one, names)), (target, True), *tests, *within]
        case _:
            return [(child, True) for child in children(node)]


def _pairs(target: tree.Expression, value: tree.Expression) -> list[tuple[tree.Expression, tree.Expression]]:
    """The individual assignments: `a, b = x, y` is two."""
    match target, value:
        case tree.Tuple(elements=targets), tree.Tuple(elements=values) if len(targets) == len(values):
            return [(one.value, other.value) for one, other in zip(targets, values, strict=True)]
        case _:
            return [(target, value)]


def _bound(target: tree.Expression) -> Iterator[tree.Name]:
    """The variables that a target binds."""
    match target:
        case tree.Name():
            yield target
        case tree.Tuple(elements=elements) | tree.List(elements=elements):
            for element in elements:
                if isinstance(element.value, tree.Name):
                    yield element.value


def _note_uses(one: _Method, method: tree.FunctionDef) -> None:
    """Record the bindings and reads of the method's local variables in order of execution: a value before its target, a
    loop before the element expression."""
    number = 0
    pending: list[tuple[tree.Node, bool, bool]] = [(method.body, True, False)]
    while pending:
        node, is_reached, is_target = pending.pop()
        number += 1
        if isinstance(node, tree.Name):
            one.uses.setdefault(node.value, []).append((number, None if is_target else is_reached))
            one.order[node] = number
            continue
        pending += reversed(_in_order(one, node, is_reached, is_target))


def _in_order(one: _Method, node: tree.Node, is_reached: bool, is_target: bool) -> list[tuple[tree.Node, bool, bool]]:
    match node:
        case tree.Assign(targets=targets, value=value):
            return [(value, is_reached, False), *((target.target, True, True) for target in targets)]
        case tree.For(target=target, iter=iterated, body=body, orelse=orelse):
            tail = [(orelse, is_reached, False)] if orelse is not None else []
            return [(iterated, is_reached, False), (target, True, True), (body, is_reached, False), *tail]
        case tree.GeneratorExp(elt=elt, for_in=for_in) | tree.ListComp(elt=elt, for_in=for_in):
            return [(for_in, is_reached, False), (elt, is_reached, False)]
        case tree.CompFor(target=target, iter=iterated, inner_for_in=inner):
            within = [(inner, is_reached, False)] if inner is not None else []
            return [(iterated, is_reached, False), (target, True, True), *within]
        case tree.Attribute(value=value, attr=tree.Name(value=name)):
            is_looked_at = name in WITHOUT_GRADIENT or name in DETACHING
            return [(value, is_reached and not is_looked_at, False)]
        case tree.With(items=items, body=body):
            is_quiet = any(_switches_off(one, item.item) for item in items)
            return [*((item, is_reached, False) for item in items), (body, is_reached and not is_quiet, False)]
        case tree.Tuple() | tree.List() | tree.Element() if is_target:
            return [(child, True, True) for child in children(node)]
        case tree.Del():
            return []
        case tree.Arg(value=value):
            return [(value, is_reached, False)]
        case _:
            return [(child, is_reached, False) for child in children(node)]


def _are_detached(one: _Method, names: list[tree.Name]) -> bool:
    """Whether the names, until they are bound again, are only read where no gradient can reach them."""
    return bool(names) and all(_is_detached(one, name) for name in names)


def _is_detached(one: _Method, name: tree.Name) -> bool:
    uses, place = one.uses.get(name.value, []), one.order.get(name)
    if place is None:
        return False
    found: list[bool] = []
    first = bisect_right(uses, place, key=lambda use: use[0])
    for _, is_reached in islice(uses, first, first + _MOST_USES):
        if is_reached is not None:
            found.append(is_reached)
        elif found:
            break
    return bool(found) and not any(found)
