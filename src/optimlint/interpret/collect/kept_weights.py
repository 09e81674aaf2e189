""" "Best" weights that are kept by reference, so that further training changes them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from optimlint.facts.kept import Keeping, KeptWeights
from optimlint.facts.names import ScopeKind
from optimlint.interpret.classes.class_uses import dotted
from optimlint.interpret.collect.copying import Copying, copying_in
from optimlint.interpret.collect.improvements import SAYS_BETTER, Improvement, improvement
from optimlint.interpret.literals import text_of
from optimlint.interpret.world import World
from optimlint.knowledge.optimizer_words import says_optimizer
from optimlint.knowledge.training import may_be_optimizer
from optimlint.knowledge.words import says_no_model
from optimlint.model_marks import may_keep_weights
from optimlint.syntax import tree
from optimlint.syntax.tree import children, walk

_TRAINS = re.compile(r"train|fit|step|epoch|update|learn|optim|backward", re.IGNORECASE)
_OF_MODELS = frozenset(
    {"state_dict", "load_state_dict", "parameters", "named_parameters", "eval", "train", "zero_grad"}
)
_LOOKS = frozenset({"print", "len", "isinstance", "type", "id"})
_DEEPEST = 6


@dataclass(slots=True)
class _Code:
    """A function body, or a module without its functions and classes: all nodes, and the parent of each."""

    body: tree.Node
    parents: dict[tree.Node, tree.Node] = field(default_factory=dict)
    nodes: list[tree.Node] = field(default_factory=list)

    def around(self, node: tree.Node) -> Iterator[tree.Node]:
        """The ancestors of a node, innermost first."""
        current = self.parents.get(node)
        while current is not None:
            yield current
            current = self.parents.get(current)


@dataclass(frozen=True, slots=True)
class _Alias:
    """A reference to a model's weights: what kind, of which model, and the expression that a fix would copy."""

    keeping: Keeping
    model: tree.Expression
    value: tree.Expression


@dataclass(frozen=True, slots=True)
class _Place:
    """Where weights are kept: a name or attribute, and the literal key if they are in a dict."""

    name: str
    key: str = ""


def kept_weights(world: World, module: tree.Module) -> Iterator[KeptWeights]:
    """The weights that are kept by reference, in the order of the source."""
    if not may_keep_weights(_encoded(world.layout.checked)):
        return
    copying = copying_in(world, module)
    found: list[KeptWeights] = []
    for body, around in _bodies(world, module):
        code = _read(body)
        for statement in code.nodes:
            if isinstance(statement, tree.Assign | tree.AnnAssign):
                found += _kept_by(world, code, around, statement, copying)
    yield from sorted(found, key=lambda one: one.range.order)


def _bodies(world: World, module: tree.Module) -> Iterator[tuple[tree.Node, tree.Node | None]]:
    """The module, and each function body that may keep weights together with the class of a method."""
    yield module, None
    classes = {value.scope: value.node for value in world.classes.values()}
    whole = _encoded(world.layout.checked)
    for draft in world.functions.values():
        node = draft.node
        start, end = world.layout.span(node)
        is_checked = end <= len(world.layout.checked)
        if is_checked and may_keep_weights(_encoded(world.layout.text_between(start, end)), whole):
            parent = draft.scope.parent
            is_method = parent is not None and parent.kind is ScopeKind.CLASS
            yield node.body, classes.get(parent) if is_method and parent is not None else None


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _read(body: tree.Node) -> _Code:
    code = _Code(body)
    pending: list[tree.Node] = [body]
    while pending:
        node = pending.pop()
        code.nodes.append(node)
        if node is not body and isinstance(node, tree.FunctionDef | tree.ClassDef):
            continue
        for child in reversed(children(node)):
            code.parents[child] = node
            pending.append(child)
    return code


def _kept_by(
    world: World, code: _Code, around: tree.Node | None, statement: tree.Assign | tree.AnnAssign, copying: Copying
) -> Iterator[KeptWeights]:
    for target, given in _pairs(statement):
        place = _place(target)
        alias = _alias_of(code, around, place.name, given) if place.name else None
        test = improvement(statement, code.around(statement)) if alias is not None else None
        if alias is None or test is None or not _goes_on(code, statement, test, alias, place.name):
            continue
        uses = list(_uses(code, around, place, test))
        if not uses or _is_bound_again(code, test, place, statement):
            continue
        layout = world.layout
        can_copy = copying.text and not alias.value.lpar
        yield KeptWeights(
            layout.range(target),
            layout.code(target),
            layout.code(alias.model),
            alias.keeping,
            layout.range(test.test),
            tuple(layout.range(use) for use in uses),
            layout.range(alias.value) if can_copy else None,
            copying.text,
            copying.addition,
            copying.addition_text,
        )


def _place(target: tree.Expression) -> _Place:
    """The target of an assignment: a name, an attribute, or either with a literal key. The name is "" for anything
    else."""
    match target:
        case tree.Subscript(
            value=owner, slice=[tree.SubscriptElement(slice=tree.Index(value=tree.SimpleString() as key))]
        ):
            return _Place(dotted(owner), text_of(key))
        case _:
            return _Place(dotted(target))


def _pairs(statement: tree.Assign | tree.AnnAssign) -> Iterator[tuple[tree.Expression, tree.Expression]]:
    if isinstance(statement, tree.AnnAssign):
        if statement.value is not None:
            yield statement.target, statement.value
        return
    for one in statement.targets:
        match one.target, statement.value:
            case tree.Tuple(elements=targets), tree.Tuple(elements=values) if len(targets) == len(values):
                yield from ((target.value, value.value) for target, value in zip(targets, values, strict=True))
            case target, value:
                yield target, value


def _alias_of(code: _Code, around: tree.Node | None, place: str, given: tree.Expression) -> _Alias | None:
    """What an assigned expression keeps if it refers to a model or its weights, such as `model.state_dict()`; None for
    copies and for anything else. `place` is the assigned target, and `around` the block that it is in."""
    if (state := _state_of(given)) is not None:
        keeping = Keeping.STATE if isinstance(given, tree.Call) and given.func is state[1] else Keeping.SHALLOW
        return _Alias(keeping, state[0], given)
    match given:
        case tree.Dict(elements=elements) | tree.Tuple(elements=elements) | tree.List(elements=elements):
            for element in elements:
                if (state := _state_of(element.value)) is not None:
                    return _Alias(Keeping.STATE, state[0], element.value)
        case tree.DictComp(value=value, for_in=tree.CompFor(iter=tree.Call(func=tree.Attribute(value=inner)))):
            state = _state_of(inner)
            if state is not None and (copies := _copies(value)) is not None:
                return _Alias(Keeping.ON_CPU if copies else Keeping.SHALLOW, state[0], given)
        case tree.IfExp(body=body, orelse=orelse):
            states = [_state_of(body), _state_of(orelse)]
            if states[0] is not None and states[1] is not None:
                return _Alias(Keeping.STATE, states[1][0], given)
        case tree.Name() | tree.Attribute() if SAYS_BETTER.search(place):
            name = dotted(given)
            nodes = code.nodes if around is None or "." not in name else walk(around)
            if _is_model(nodes, place, name):
                return _Alias(Keeping.MODEL, given, given)
    return None


def _state_of(node: tree.Expression) -> tuple[tree.Expression, tree.Expression] | None:
    """The model and the called function, if an expression is `model.state_dict()` or a shallow copy of it; None
    otherwise."""
    for _ in range(_DEEPEST):
        match node:
            case tree.Call(func=tree.Attribute(value=model, attr=tree.Name(value="state_dict")) as func):
                name = dotted(model)
                return None if says_no_model(name) else (model, func)
            case tree.Call(func=tree.Attribute(value=inner, attr=tree.Name(value="copy")), args=[]):
                node = inner
            case tree.Call(func=func, args=[argument]) if dotted(func) in ("dict", "OrderedDict", "copy.copy", "copy"):
                node = argument.value
            case _:
                return None
    return None


def _copies(value: tree.Expression) -> bool | None:
    """Whether the value of a comprehension copies tensors that are on a GPU: True for `v.cpu()`, False for `v`,
    `v.detach()` or `v.data`, None for anything that may always copy."""
    is_moved = False
    for _ in range(_DEEPEST):
        match value:
            case tree.Name():
                return is_moved
            case tree.Call(func=tree.Attribute(value=inner, attr=tree.Name(value="cpu"))):
                is_moved, value = True, inner
            case tree.Call(func=tree.Attribute(value=inner, attr=tree.Name(value="detach"))):
                value = inner
            case tree.Attribute(value=inner, attr=tree.Name(value="data")):
                value = inner
            case _:
                return None
    return None


def _is_model(nodes: Iterable[tree.Node], place: str, name: str) -> bool:
    """Whether a name refers to a model: a method of models is called on it, or it is passed to a call together with an
    optimizer."""
    if not name or name == place or name in ("None", "True", "False"):
        return False
    for node in nodes:
        match node:
            case tree.Call(func=tree.Attribute(value=inner, attr=tree.Name(value=method))) if method in _OF_MODELS:
                if dotted(inner) in (place, name):
                    return True
            case tree.Call(args=args) if name in (given := [dotted(one.value) for one in args]):
                if any(_is_optimizer(one) for one in given):
                    return True
    return False


def _goes_on(code: _Code, statement: tree.Node, test: Improvement, alias: _Alias, place: str) -> bool:
    """Whether training changes the model after it was kept: in a later iteration of the loop, or when the method is
    called again."""
    if any(isinstance(node, tree.Break | tree.Return | tree.Raise) for node in test.nodes()) and not (
        "." in place and _loop(code, statement) is None
    ):
        return False
    loop = _loop(code, statement)
    model = dotted(alias.model).removesuffix(".module")
    if loop is None:
        return "." in place and not isinstance(code.body, tree.Module)
    if not model or _binds(loop, model):
        return False
    return any(_trains(node, model) for node in walk(loop.body))


def _loop(code: _Code, statement: tree.Node) -> tree.For | tree.While | None:
    return next((node for node in code.around(statement) if isinstance(node, tree.For | tree.While)), None)


def _binds(loop: tree.For | tree.While, model: str) -> bool:
    """Whether each iteration of a loop may have its own model."""
    first = model.split(".")[0]
    names = {model, first} - {"self"}
    parts: list[tree.Node] = [loop.target] if isinstance(loop, tree.For) else []
    for node in walk(loop.body):
        if isinstance(node, tree.AssignTarget | tree.For):
            parts.append(node.target)
    for part in parts:
        elements = [one.value for one in part.elements] if isinstance(part, tree.Tuple) else [part]
        if any(dotted(one) in names for one in elements):
            return True
    return False


def _trains(node: tree.Node, model: str) -> bool:
    """Whether a call may train the model: `backward`, `step`, or a function with a telling name that may have access to
    the model."""
    if not isinstance(node, tree.Call):
        return False
    name = dotted(node.func)
    last = name.rpartition(".")[2] or (node.func.attr.value if isinstance(node.func, tree.Attribute) else "")
    if last in ("backward", "step"):
        return True
    switches_mode = last == "train" and not node.args and name.rpartition(".")[0] == model
    if switches_mode or not (_TRAINS.search(last) or any(_is_optimizer(dotted(one.value)) for one in node.args)):
        return False
    given = {dotted(one.value) for one in node.args}
    return model in given or name.startswith(("self.", f"{model}."))


def _is_optimizer(name: str) -> bool:
    return says_optimizer(name) or may_be_optimizer(name)


def _uses(code: _Code, around: tree.Node | None, place: _Place, test: Improvement) -> Iterator[tree.Node]:
    """Where the kept weights are loaded, saved or returned, outside of the arm of the test."""
    inside = set(test.nodes())
    whole: Iterable[tree.Node] = code.nodes if "." not in place.name or around is None else walk(around)
    for node in whole:
        if node in inside:
            continue
        match node:
            case tree.Call(func=func, args=args) if dotted(func) not in _LOOKS and not _is_log(func):
                yield from (one for one in args if _holds(one.value, place))
            case tree.Return(value=tree.Expression() as value) if _holds(value, place):
                yield node
            case tree.Call(func=tree.Attribute(value=inner, attr=tree.Name(value="state_dict"))) if _is_place(
                inner, place
            ):
                yield node


def _is_log(func: tree.Expression) -> bool:
    last = dotted(func).rpartition(".")[2]
    return last in ("info", "debug", "warning", "log", "format", "write", "append")


def _holds(value: tree.Expression, place: _Place) -> bool:
    """Whether an expression is the kept weights, a display with them, a subscript or copy of them, or the dict that
    contains them."""
    for _ in range(_DEEPEST):
        if _is_place(value, place) or dotted(value) == place.name:
            return True
        match value:
            case tree.Tuple(elements=elements) | tree.List(elements=elements):
                return any(_is_place(one.value, place) for one in elements)
            case tree.Dict(elements=pairs):
                return any(_is_place(one.value, place) for one in pairs)
            case tree.Subscript(value=inner) if not (place.key and dotted(inner) == place.name):
                value = inner
            case tree.Call(func=tree.Attribute(value=inner, attr=tree.Name(value="state_dict" | "copy"))):
                value = inner
            case _:
                return False
    return False


def _is_place(value: tree.Expression, place: _Place) -> bool:
    found = _place(value)
    return found == place or (found.name == place.name and not place.key)


def _is_bound_again(code: _Code, test: Improvement, place: _Place, statement: tree.Node) -> bool:
    """Whether a later assignment in the same arm binds the place again."""
    later = (node for node in test.nodes() if isinstance(node, tree.Assign) and node.start > statement.start)
    return any(_place(target) == place for node in later for target, _ in _pairs(node))
