"""Layers that every forward pass creates anew, so that they are never trained."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from optimlint.facts.modules import FreshLayer
from optimlint.interpret.classes.class_uses import dotted, owner_of
from optimlint.interpret.classes.gradients import switches_off
from optimlint.interpret.classes.torch_classes import made_by, without_moves
from optimlint.interpret.values import ClassValue
from optimlint.interpret.world import World
from optimlint.knowledge.layers import NORMS
from optimlint.knowledge.summaries import same_module
from optimlint.syntax import tree
from optimlint.syntax.tree import children, walk

_MEASURES = frozenset({"shape", "size", "numel", "dim", "ndim"})
"""Attributes and methods of a tensor that do not depend on its values."""
_MOST_METHODS = 60


@dataclass(frozen=True, slots=True)
class _Place:
    """What is known about the code at a place: gradients may be disabled (`is_quiet`), a test decides whether it runs
    (`is_tested`), or it may run only once (`is_once`)."""

    is_quiet: bool = False
    is_tested: bool = False
    is_once: bool = False


@dataclass(slots=True)
class _Method:
    """A method that every forward pass runs: its name for `self`, and the place and parent of each node."""

    node: tree.FunctionDef
    owner: str
    places: dict[tree.Node, _Place] = field(default_factory=dict)
    parents: dict[tree.Node, tree.Node] = field(default_factory=dict)


def find_fresh_layers(world: World, value: ClassValue) -> Iterator[FreshLayer]:
    """The layers that `forward`, or a method that it always calls, both creates and calls."""
    ran = _run_each_time(value.methods)
    own = {method for method in value.methods.values() if value.node.start <= method.start < value.node.end}
    for one in ran:
        if one.node in own:
            yield from _found_in(world, value, one, ran)
    if ran:
        yield from _lambdas(world, value, ran)


def _run_each_time(methods: Mapping[str, tree.FunctionDef]) -> list[_Method]:
    """`forward`, and the methods that every call of it runs."""
    found: dict[str, _Method] = {}
    pending = ["forward"]
    while pending and len(found) < _MOST_METHODS:
        name = pending.pop()
        if name in found or name not in methods:
            continue
        method = found[name] = _Method(methods[name], owner_of(methods[name]))
        _place_all(method)
        for node, place in _with_places(method):
            called = _own(method.owner, node.func) if isinstance(node, tree.Call) else None
            if called is not None and not place.is_once and not place.is_quiet:
                pending.append(called)
    return list(found.values())


def _place_all(method: _Method) -> None:
    quiet = any(switches_off(one.decorator) for one in method.node.decorators)
    pending: list[tuple[tree.Node, _Place]] = [(method.node.body, _Place(is_quiet=quiet))]
    while pending:
        node, place = pending.pop()
        method.places[node] = place
        inner = _inside(node, place)
        for child in children(node):
            method.parents[child] = node
            pending.append((child, inner))


def _inside(node: tree.Node, place: _Place) -> _Place:
    """The place of the code inside a node."""
    match node:
        case tree.With(items=items) if any(switches_off(item.item) for item in items):
            return replace(place, is_quiet=True)
        case tree.If(test=test):
            return replace(place, is_tested=True, is_once=place.is_once or _asks_whether_made(test))
        case tree.IfExp(test=test):
            return replace(place, is_tested=True, is_once=place.is_once or _asks_whether_made(test))
        case tree.ExceptHandler():
            return replace(place, is_once=True)
        case tree.FunctionDef():
            return replace(place, is_tested=True)
        case _:
            return place


def _asks_whether_made(test: tree.Expression) -> bool:
    """Whether a test may ask if something was created before: `self.x is None`, `not hasattr(…)`, `key not in
    cache`."""
    for node in walk(test):
        match node:
            case tree.Name(value="None" | "hasattr" | "getattr"):
                return True
            case tree.In() | tree.NotIn():
                return True
            case tree.UnaryOperation(operator=tree.Not()):
                return True
    return False


def _with_places(method: _Method) -> Iterator[tuple[tree.Node, _Place]]:
    for node in walk(method.node.body):
        yield node, method.places[node]


def _own(owner: str, node: tree.Expression) -> str | None:
    name = dotted(node)
    return name.partition(".")[2] if name.startswith(f"{owner}.") and name.count(".") == 1 else None


def _found_in(world: World, value: ClassValue, method: _Method, ran: list[_Method]) -> Iterator[FreshLayer]:
    for node, place in _with_places(method):
        if place.is_quiet or place.is_once:
            continue
        match node:
            case tree.Call(func=tree.Call() as func) if not _is_measured(method, node):
                yield from _fact(world, value, method.node, func, node)
            case tree.Assign(targets=[tree.AssignTarget(target=tree.Name(value=name))], value=tree.Call() as made):
                used = _only_called(method, name)
                if used is not None and not _is_measured(method, used):
                    yield from _fact(world, value, method.node, made, used)
            case tree.Assign(targets=[tree.AssignTarget(target=tree.Attribute() as target)], value=tree.Call() as made):
                attribute = _own(method.owner, target)
                used = _called_attribute(value, ran, attribute) if attribute and not place.is_tested else None
                if used is not None:
                    yield from _fact(world, value, method.node, made, used)


def _fact(
    world: World, value: ClassValue, method: tree.FunctionDef, made: tree.Expression, used: tree.Call
) -> Iterator[FreshLayer]:
    layer = made_by(world, value.scope, made)
    if layer is None or layer.is_parameter or layer.kind in ("ModuleList", "ModuleDict", "ParameterList"):
        return
    range_of = world.layout.range
    yield FreshLayer(
        range_of(layer.call),
        value.node.name.value,
        method.name.value,
        world.layout.code(layer.call.func),
        range_of(used),
        layer.kind in NORMS,
    )


def _is_measured(method: _Method, call: tree.Call) -> bool:
    """Whether the code uses nothing of a call's result but its shape."""
    parent = method.parents.get(call)
    if isinstance(parent, tree.Attribute):
        return parent.attr.value in _MEASURES
    if isinstance(parent, tree.Assign) and isinstance(parent.targets[0].target, tree.Name):
        name = parent.targets[0].target.value
        uses = [one for one in _uses(method, name) if not isinstance(method.parents.get(one), tree.AssignTarget)]
        around = [method.parents.get(one) for one in uses]
        return bool(uses) and all(isinstance(one, tree.Attribute) and one.attr.value in _MEASURES for one in around)
    return isinstance(parent, tree.Expr)


def _uses(method: _Method, name: str) -> list[tree.Name]:
    return [node for node in walk(method.node.body) if isinstance(node, tree.Name) and node.value == name]


def _only_called(method: _Method, name: str) -> tree.Call | None:
    """The first call of a local variable; None if it is used in any way other than calling and moving it."""
    first: tree.Call | None = None
    for use in _uses(method, name):
        parent = method.parents.get(use)
        match parent:
            case tree.AssignTarget():
                continue
            case tree.Call(func=func) if func is use:
                first = first or parent
            case tree.Attribute(attr=tree.Name(value=word)) if word in same_module() - {"requires_grad_", "eval"}:
                continue
            case _:
                return None
    return first


def _called_attribute(value: ClassValue, ran: list[_Method], attribute: str) -> tree.Call | None:
    """The first call of an attribute in the forward pass; None if it is used in any way other than calling and moving
    it."""
    first: tree.Call | None = None
    methods = {one.node: one for one in ran}
    for node in value.methods.values():
        method = methods.get(node) or _Method(node, owner_of(node))
        if not method.places:
            _place_all(method)
        for part in walk(node.body):
            if not isinstance(part, tree.Attribute) or _own(method.owner, part) != attribute:
                continue
            parent = method.parents.get(part)
            match parent:
                case tree.AssignTarget():
                    continue
                case tree.Call(func=func) if func is part:
                    first = first or (parent if node in methods else None)
                case tree.Attribute(attr=tree.Name(value=word)) if word in same_module() - {"requires_grad_", "eval"}:
                    continue
                case _:
                    return None
    return first


def _lambdas(world: World, value: ClassValue, ran: list[_Method]) -> Iterator[FreshLayer]:
    """Layers that a lambda creates at each call, if the lambda is stored in an attribute that the forward pass
    calls."""
    called = {_own(one.owner, node.func) for one in ran for node in walk(one.node.body) if isinstance(node, tree.Call)}
    for method in value.methods.values():
        owner = owner_of(method)
        if not value.node.start <= method.start < value.node.end:
            continue
        for node in walk(method.body):
            match node:
                case tree.Assign(
                    targets=[tree.AssignTarget(target=target)], value=tree.Lambda(body=tree.Call(func=made) as body)
                ) if _own(owner, target) in called - {None} and isinstance(made, tree.Call):
                    if without_moves(made) is not None:
                        yield from _fact(world, value, method, made, body)
