"""Find lists, tuples and dicts on `self` that hold parameters or modules, which torch then does not register."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from optimlint.facts.models import exposed
from optimlint.facts.modules import Hiding, Unregistered
from optimlint.facts.names import Scope
from optimlint.interpret.classes.class_uses import dotted, frozen_attributes, owner_of, used_attributes
from optimlint.interpret.classes.torch_classes import Made, made_by, qualified
from optimlint.interpret.values import ClassValue
from optimlint.interpret.world import World
from optimlint.knowledge.layers import CONTAINERS, REGISTERING
from optimlint.knowledge.summaries import takes_nothing_on
from optimlint.knowledge.words import LIST_FILLING
from optimlint.syntax import tree
from optimlint.syntax.tree import walk

_REGISTERING = frozenset((*REGISTERING, "setattr", "__setattr__"))
_OWN_REGISTERS = frozenset({"_modules", "_parameters", "__dict__"})
_OVERRIDES = frozenset({"parameters", "named_parameters", "modules", "children", "state_dict", "configure_optimizers"})
"""Methods with which a class defines itself what its parameters are or who trains them."""
_TAKES_ON = frozenset({"parameters", "named_parameters", "state_dict", "load_state_dict"})
_EMPTY = frozenset({"list", "dict", "tuple", "set", "OrderedDict", "defaultdict"})
_DEEPEST = 8


@dataclass(slots=True)
class _Kept:
    """An attribute with a plain collection: where it is assigned, and the parameters and modules that are put in it."""

    target: tree.Node
    display: tree.Expression | None
    made: list[Made] = field(default_factory=list)
    is_other: bool = False
    """Whether it also holds, or may hold, something other than a plain collection."""
    is_single: bool = False
    """Whether it is a display with one element, a common way to hide a module on purpose."""


@dataclass(slots=True)
class _Reading:
    world: World
    scope: Scope
    kept: dict[str, _Kept] = field(default_factory=dict)
    local: dict[str, list[Made]] = field(default_factory=dict)
    """The parameters and modules in the local variables of the current method: collections, and single ones."""
    lists: set[str] = field(default_factory=set)
    """The local variables that hold a plain collection."""


def find_collections(world: World, value: ClassValue) -> Iterator[Unregistered]:
    """The unregistered collections whose parameters `forward`, or a method that it calls, uses."""
    methods = value.methods
    reading = _Reading(world, value.scope)
    for method in _own_methods(value):
        reading.local, reading.lists = {}, set()
        for node in walk(method.body):
            _read(reading, owner_of(method), node)
    found = {name: one for name, one in reading.kept.items() if one.made and not one.is_other and not one.is_single}
    if not found or _registers(methods.values()):
        return
    used = used_attributes(methods, {})
    frozen = frozen_attributes(methods, {}, found, world.layout.text)
    for name, one in found.items():
        if used.get(name) and name not in frozen and not _is_taken_on(world, value, name, used):
            yield _fact(world, value, name, one)


def _own_methods(value: ClassValue) -> list[tree.FunctionDef]:
    body = value.node.body.body if isinstance(value.node.body, tree.IndentedBlock) else ()
    return [one for one in body if isinstance(one, tree.FunctionDef)]


def _read(reading: _Reading, owner: str, node: tree.Node) -> None:
    match node:
        case tree.Assign(
            targets=[tree.AssignTarget(target=tree.Tuple(elements=targets))], value=tree.Tuple(elements=values)
        ) if len(targets) == len(values):
            for target, given in zip(targets, values, strict=True):
                _assign(reading, owner, target.value, given.value)
        case tree.Assign(targets=targets, value=given):
            for one in targets:
                if len(targets) == 1 or not isinstance(one.target, tree.Name):  # `layer = self.layer = …` registers it.
                    _assign(reading, owner, one.target, given)
        case tree.AnnAssign(target=tree.Name(value=name), value=tree.Expression() as given):
            _bind_local(reading, name, given)
        case tree.AnnAssign(target=target, value=tree.Expression() as given):
            _assign(reading, owner, target, given)
        case tree.AugAssign(target=target, value=given):
            _fill(reading, owner, target, list(_made_in(reading, given)))
        case tree.Call(func=tree.Attribute(value=target, attr=tree.Name(value=method)), args=args) if (
            method in LIST_FILLING
        ):
            _fill(reading, owner, target, [one for argument in args for one in _made_in(reading, argument.value)])


def _bind_local(reading: _Reading, name: str, given: tree.Expression) -> None:
    if _is_collection(reading, given):
        reading.local[name] = list(_made_in(reading, given))
        reading.lists.add(name)
        return
    made = made_by(reading.world, reading.scope, given)
    reading.local[name] = [made] if made is not None else []
    reading.lists.discard(name)


def _assign(reading: _Reading, owner: str, target: tree.Expression, given: tree.Expression) -> None:
    """Read `self.xs = […]`, `self.xs[key] = nn.Linear(…)`, `self.first = layer`, or one of several in a tuple."""
    match target:
        case tree.Name(value=bound):
            _bind_local(reading, bound, given)
        case tree.Subscript(value=inner):
            _fill(reading, owner, inner, list(_made_in(reading, given)))
        case tree.Attribute() if (name := _own(owner, target)) is not None:
            local = given.value if isinstance(given, tree.Name) else ""
            if _is_collection(reading, given) or local in reading.lists:
                display = given if _is_collection(reading, given) else None
                one = reading.kept.setdefault(name, _Kept(target, display))
                one.made += _made_in(reading, given)
                one.is_single |= _is_single(given)
            elif dotted(given) != "None":
                reading.kept.setdefault(name, _Kept(target, None)).is_other = True
                # The attribute registers it. A list that also contains it hides nothing.
                reading.local.pop(local, None)
        case _:
            return


def _fill(reading: _Reading, owner: str, target: tree.Expression, made: list[Made]) -> None:
    match target:
        case tree.Name(value=name) if name in reading.lists:
            reading.local[name] += made
        case tree.Attribute() if (kept := reading.kept.get(_own(owner, target) or "")) is not None:
            kept.made += made
            kept.is_single = False


def _own(owner: str, node: tree.Expression) -> str | None:
    name = dotted(node)
    return name.partition(".")[2] if name.startswith(f"{owner}.") and name.count(".") == 1 else None


def _is_collection(reading: _Reading, node: tree.Expression) -> bool:
    match node:
        case tree.List() | tree.Tuple() | tree.Dict() | tree.ListComp() | tree.DictComp() | tree.Set():
            return True
        case tree.Call(func=func):
            return dotted(func).rpartition(".")[2] in _EMPTY
        case tree.BinaryOperation(left=left, operator=tree.Multiply() | tree.Add()):
            return isinstance(left, tree.List)
        case _:
            return False


def _is_single(node: tree.Expression) -> bool:
    return isinstance(node, tree.List | tree.Tuple) and len(node.elements) == 1


def _made_in(reading: _Reading, node: tree.Expression, depth: int = 0) -> Iterator[Made]:
    """The parameters and modules that a collection expression creates, or that its local variables hold."""
    if depth > _DEEPEST:
        return
    match node:
        case tree.List(elements=elements) | tree.Tuple(elements=elements) | tree.Set(elements=elements):
            for one in elements:
                yield from _made_in(reading, one.value, depth + 1)
        case tree.Dict(elements=pairs):
            for pair in pairs:
                yield from _made_in(reading, pair.value, depth + 1)
        case tree.ListComp(elt=elt) | tree.GeneratorExp(elt=elt) | tree.DictComp(value=elt):
            yield from _made_in(reading, elt, depth + 1)
        case tree.BinaryOperation(left=left, right=right):
            yield from _made_in(reading, left, depth + 1)
            yield from _made_in(reading, right, depth + 1)
        case tree.Call(func=func, args=args) if dotted(func).rpartition(".")[2] in _EMPTY:
            for argument in args:
                yield from _made_in(reading, argument.value, depth + 1)
        case tree.Name(value=name):
            yield from reading.local.get(name, ())
        case _:
            made = made_by(reading.world, reading.scope, node)
            if made is not None:
                yield made


def _registers(methods: Iterable[tree.FunctionDef]) -> bool:
    """Whether the class registers something under a computed name, or overrides how its parameters are found."""
    for method in methods:
        if method.name.value in _OVERRIDES:
            return True
        for node in walk(method.body):
            match node:
                case tree.Call(func=tree.Name(value=name) | tree.Attribute(attr=tree.Name(value=name))) if (
                    name in _REGISTERING
                ):
                    return True
                case tree.Attribute(attr=tree.Name(value=name)) if name in _OWN_REGISTERS:
                    return True
    return False


def _is_taken_on(world: World, value: ClassValue, name: str, used: dict[str, bool]) -> bool:
    """Whether something else may get the collection: a container, an optimizer, or other code."""
    if _is_read_outside(world, value, name):
        return True
    for method in value.methods.values():
        owner = owner_of(method)
        is_forward = method.name.value == "forward" or method.name.value in used
        words = world.words_in(method)
        if name not in words:
            continue
        if not is_forward and not _TAKES_ON.isdisjoint(words):
            return True
        if any(_gives(world, value.scope, node, owner, name, is_forward) for node in walk(method.body)):
            return True
    return False


def _is_read_outside(world: World, value: ClassValue, name: str) -> bool:
    """Whether code outside of the class reads the attribute on an object other than `self`."""
    start, end = world.layout.span(value.node)
    text = world.layout.source
    outside = (at for at in world.mentions.get(name, ()) if not start <= at < end)
    return any(text[at - 1 : at] == "." and text[max(at - 5, 0) : at] != "self." for at in outside)


def _gives(world: World, scope: Scope, node: tree.Node, owner: str, name: str, is_forward: bool) -> bool:
    match node:
        case tree.Call(func=func, args=args):
            last = (qualified(world, scope, func) or dotted(func)).rpartition(".")[2]
            if last in CONTAINERS or last.startswith("ParameterList"):
                return any(_mentions(argument, owner, name) for argument in args)
            if is_forward or takes_nothing_on(last) or last in _EMPTY:
                return False
            return any(_is_passed(argument.value, owner, name) for argument in args)
        case tree.Return(value=tree.Expression() as value) if not is_forward:
            return _own(owner, value) == name
        case _:
            return False


def _is_passed(node: tree.Expression, owner: str, name: str) -> bool:
    """Whether an argument is the attribute `name` of the object, or a list, tuple, sum or comprehension that mentions
    it."""
    match node:
        case tree.Attribute():
            return _own(owner, node) == name
        case tree.BinaryOperation() | tree.ListComp() | tree.GeneratorExp() | tree.List() | tree.Tuple():
            return _mentions(node, owner, name)
        case _:
            return False


def _mentions(node: tree.Node, owner: str, name: str) -> bool:
    return any(isinstance(one, tree.Attribute) and _own(owner, one) == name for one in walk(node))


def _fact(world: World, value: ClassValue, name: str, one: _Kept) -> Unregistered:
    layout = world.layout
    made = {each.call: each for each in one.made}.values()
    kinds = {each.kind == "Parameter" for each in made}
    display = one.display if isinstance(one.display, tree.List | tree.ListComp) and len(kinds) == 1 else None
    first = next(iter(made))
    written = layout.text(first.call.func)
    prefix = written.rpartition(".")[0]
    container = ("ParameterList" if first.is_parameter else "ModuleList") if prefix else ""
    return Unregistered(
        Hiding.COLLECTION,
        layout.range(one.target),
        value.node.name.value,
        name,
        tuple(layout.range(each.call) for each in made),
        tuple(each.kind for each in made),
        exposed=exposed(value.scope, f"self.{name}"),
        display=layout.range(display) if display is not None and container and not display.lpar else None,
        display_text=layout.text(display) if display is not None else "",
        container=f"{prefix}.{container}" if container else "",
    )
