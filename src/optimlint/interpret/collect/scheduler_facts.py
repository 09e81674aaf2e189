"""Schedulers that are bound to a name and never stepped."""

from collections.abc import Iterator, Sequence

from optimlint.facts.models import exposed
from optimlint.facts.names import Scope, ScopeKind
from optimlint.facts.schedulers import IdleScheduler, StartRate
from optimlint.interpret.classes.class_uses import dotted
from optimlint.interpret.classes.torch_classes import qualified
from optimlint.interpret.literals import number_of
from optimlint.interpret.world import MODULE, World
from optimlint.knowledge.schedulers import LOOKED_AT, SHOWING, is_scheduler, warms_up_from_zero
from optimlint.model_marks import may_leave_schedulers
from optimlint.syntax import tree
from optimlint.syntax.tree import children, walk

_DYNAMIC = frozenset({"locals", "globals", "vars", "exec", "eval"})
_FRACTIONS = frozenset({"OneCycleLR", "LinearLR", "CyclicLR"})


def idle_schedulers(world: World, module: tree.Module) -> Iterator[IdleScheduler]:
    """The unused schedulers, in the order of the source."""
    text = world.layout.checked.encode("utf-8", "surrogatepass")
    if not may_leave_schedulers(text) or not _trains(world):
        return
    found = list(_left_in(world, module, MODULE, module))
    for draft in world.functions.values():
        start, end = world.layout.span(draft.node)
        if end <= len(world.layout.checked) and may_leave_schedulers(text, world.layout.text_between(start, end)):
            found += _left_in(world, draft.node.body, draft.scope, module)
    yield from sorted(found, key=lambda one: one.range.order)


def _trains(world: World) -> bool:
    """Whether the code, without its comments, mentions training."""
    return any(word in ("backward", "step") or word.endswith("Trainer") for word in world.mentions)


def _left_in(world: World, body: tree.Node, scope: Scope, module: tree.Module) -> Iterator[IdleScheduler]:
    """The unused schedulers that one scope binds. A use in an inner function counts as well."""
    made = dict[str, tuple[tree.Node, tree.Call]]()
    for node in _own_nodes(body):
        match node:
            case tree.Assign(targets=[tree.AssignTarget(target=tree.Name() as single)], value=tree.Call() as call):
                if _is_scheduler(world, scope, call):
                    made.setdefault(single.value, (single, call))
            case tree.AnnAssign(target=tree.Name() as single, value=tree.Call() as call):
                if _is_scheduler(world, scope, call):
                    made.setdefault(single.value, (single, call))
            case tree.Assign(targets=[tree.AssignTarget(target=tree.Tuple() as several)], value=tree.Call() as call):
                for element, inner in _returned(world, call, several, module):
                    if isinstance(element, tree.Name):
                        made.setdefault(element.value, (element, inner))
    if not made or _looks_up(body):
        return
    for name, (target, call) in made.items():
        looks = _looks(body, name)
        if looks is not None:
            yield _fact(world, scope, name, target, call, looks)


def _own_nodes(body: tree.Node) -> Iterator[tree.Node]:
    """The nodes of one scope, without the bodies of inner functions and classes."""
    pending = [body]
    while pending:
        node = pending.pop()
        yield node
        if node is body or not isinstance(node, tree.FunctionDef | tree.ClassDef | tree.Lambda):
            pending += reversed(children(node))


def _is_scheduler(world: World, scope: Scope, call: tree.Call) -> bool:
    name = qualified(world, scope, call.func)
    return is_scheduler(name) and not _is_constant(name, call)


def _is_constant(name: str, call: tree.Call) -> bool:
    """Whether a schedule keeps the rate constant."""
    if name.endswith(".ConstantLR"):
        return True
    return any(isinstance(one.value, tree.SimpleString) and "constant" in one.value.value for one in call.args)


def _returned(
    world: World, call: tree.Call, target: tree.Tuple, module: tree.Module
) -> Iterator[tuple[tree.Expression, tree.Call]]:
    """The targets of an unpacking that receive a scheduler which a function of this source returns in a tuple, each
    with the call that creates it."""
    name = call.func.value if isinstance(call.func, tree.Name) else ""
    functions = [one for one in module.body if isinstance(one, tree.FunctionDef) and one.name.value == name]
    if len(functions) != 1 or any(isinstance(one.value, tree.StarredElement) for one in target.elements):
        return
    scope = Scope(ScopeKind.FUNCTION, name, MODULE)
    made: dict[str, tree.Call] = {}
    returns: list[tree.Expression | None] = []
    for node in _own_nodes(functions[0].body):
        match node:
            case tree.Assign(targets=[tree.AssignTarget(target=tree.Name(value=bound))], value=tree.Call() as value):
                if _is_scheduler(world, scope, value):
                    made[bound] = value
            case tree.Return(value=value):
                returns.append(value)
    for index, element in enumerate(target.elements):
        given = [_item(value, index, len(target.elements)) for value in returns]
        calls = [made.get(one.value) if isinstance(one, tree.Name) else None for one in given]
        first = calls[0] if calls else None
        if first is not None and all(calls):
            yield element.value, first


def _item(value: tree.Expression | None, index: int, count: int) -> tree.Expression | None:
    is_known = isinstance(value, tree.Tuple) and len(value.elements) == count
    return value.elements[index].value if is_known and isinstance(value, tree.Tuple) else None


def _looks_up(body: tree.Node) -> bool:
    """Whether the code uses dynamic name lookup, `global` or `nonlocal`, so that uses of a name cannot be followed."""
    for node in walk(body):
        match node:
            case tree.Call(func=tree.Name(value=name)) if name in _DYNAMIC:
                return True
            case tree.Global() | tree.Nonlocal():
                return True
    return False


def _looks(body: tree.Node, name: str) -> Sequence[tree.Node] | None:
    """Where a name is read without effect, as in `print(scheduler)`; None if there is any other use."""
    found: list[tree.Node] = []
    pending: list[tree.Node] = [body]
    while pending:
        node = pending.pop()
        match node:
            case tree.Expr(value=tree.Attribute(value=tree.Name(value=owner)) as named) if owner == name:
                found.append(named)  # A method that is not called.
                continue
            case tree.AnnAssign(target=tree.Name(value=bound), value=value) if bound == name:
                pending += [value] if value is not None else []
                continue
            case tree.Attribute(value=tree.Name(value=owner), attr=tree.Name(value=attribute)) if owner == name:
                if attribute not in LOOKED_AT:
                    return None
                found.append(node)
                continue
            case tree.AssignTarget(target=tree.Name(value=bound)) if bound == name:
                continue
            case tree.AssignTarget(target=tree.Tuple(elements=elements)):
                pending += [one for one in elements if dotted(one.value) != name]
                continue
            case tree.Call(func=tree.Name(value=function), args=args) if function in SHOWING:
                found += [one for one in args if dotted(one.value) == name]
                pending += [one for one in args if dotted(one.value) != name]
                continue
            case tree.Arg(value=value):
                pending.append(value)
                continue
            case tree.Name(value=value) if value == name:
                return None
        pending += reversed(children(node))
    return found


def _fact(
    world: World, scope: Scope, name: str, target: tree.Node, call: tree.Call, looks: Sequence[tree.Node]
) -> IdleScheduler:
    layout = world.layout
    kind = dotted(call.func).rpartition(".")[2]
    start = StartRate.OPTIMIZERS
    if warms_up_from_zero(kind):
        start = StartRate.OPTIMIZERS if _has_no_warm_up(call) else StartRate.ZERO
    elif kind in _FRACTIONS:
        start = StartRate.FRACTION
    return IdleScheduler(
        layout.range(target),
        name,
        kind,
        start,
        tuple(layout.range(one) for one in looks),
        exposed(scope, name),
    )


def _has_no_warm_up(call: tree.Call) -> bool:
    """Whether no number of warm-up steps is known: it is 0 or not a literal."""
    given = next(
        (one.value for one in call.args if one.keyword is not None and one.keyword.value in _STEPS),
        call.args[1].value if len(call.args) > 1 and call.args[1].keyword is None else None,
    )
    return not isinstance(given, tree.Integer) or number_of(given) == 0


_STEPS = frozenset({"num_warmup_steps", "warmup_steps"})
