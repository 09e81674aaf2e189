"""Functions of Python itself."""

from optimlint.facts.conditions import UnknownTest, both
from optimlint.interpret.edits import escape, note_edit, settle, spread
from optimlint.interpret.evaluation import evaluate, look_at
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame, load_attribute
from optimlint.interpret.functions import call_function
from optimlint.interpret.iteration import iterate
from optimlint.interpret.kinds import Aspect, SequenceKind
from optimlint.interpret.making import condition_of, merge, new_mapping, new_sequence
from optimlint.interpret.models.collections import PARAMS, derived
from optimlint.interpret.models.contents import is_group_collection, parts_of, under_path
from optimlint.interpret.models.identities import ids_of
from optimlint.interpret.models.inspection import INSPECTORS, prints
from optimlint.interpret.models.streams import arguments_of
from optimlint.interpret.origins import take_from
from optimlint.interpret.quantifiers import evaluate_quantifier
from optimlint.interpret.readings import find_emptied, note_partial, read_stream, takes_ids
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    Constant,
    DraftPart,
    EditKind,
    Element,
    Entity,
    Entry,
    FunctionValue,
    Item,
    Mapping,
    OptimizerClass,
    Sequence,
    Stream,
    Value,
    Values,
    union,
)
from optimlint.syntax import tree

_COLLECTORS = {
    "list": SequenceKind.LIST,
    "tuple": SequenceKind.TUPLE,
    "set": SequenceKind.SET,
    "sorted": SequenceKind.LIST,
    "frozenset": SequenceKind.SET,
    "reversed": SequenceKind.LIST,
    "deque": SequenceKind.LIST,
}
_PURE = {"sum", "max", "min", "abs", "round", "int", "float", "bool", "range", "divmod", "hash", "iter"}
_OPENERS = {"locals", "globals", "vars", "eval", "exec"}


def looked_at(frame: Frame, state: State, node: tree.Call) -> list[Values]:
    """The arguments of a call that only shows them."""
    return [look_at(frame, state, argument.value) for argument in node.args]


def call_builtin(frame: Frame, state: State, node: tree.Call, name: str) -> Values | None:
    """A call of a function that Python brings along; None for any other name."""
    args = node.args
    if name in ("any", "all") and len(args) == 1:
        return evaluate_quantifier(frame, state, node, name)
    if name == "filter" and len(args) == 2:
        return _filter(frame, state, node)
    if name in _COLLECTORS:
        return collected(frame, state, node, name)
    if name == "dict":
        return _dict_call(frame, state, node)
    if name in ("map", "zip", "enumerate"):
        return _lazy(frame, state, node, name)
    if name == "getattr" and len(args) >= 2:
        return _getattr(frame, state, node)
    if name == "next" and args:
        return union(*[iterate(frame, state.copy(), arg.value, evaluate(frame, state, arg.value)) for arg in args[:1]])
    if name == "super":
        return (_super(frame, node),)
    if name in INSPECTORS or prints(name):
        arguments = looked_at(frame, state, node)
        if name == "id" and len(arguments) == 1 and (ids := ids_of(arguments[0])):
            return ids
        return (frame.world.unknown(node, frame.context),)
    if name in _PURE:
        return _aggregate(frame, state, node, name)
    if name in _OPENERS:
        frame.world.has_dynamic_lookup = True
        for (scope, _), values in list(frame.world.bound.items()):
            if scope == frame.scope:
                frame.consume(values, FlowKind.OPAQUE, node)
        frame.consume(union(*state.bindings.values()), FlowKind.OPAQUE, node)
    return None


def _super(frame: Frame, node: tree.Call) -> Value:
    if frame.class_value is not None:
        return frame.class_value.instance
    return frame.world.unknown(node, frame.context)


def _aggregate(frame: Frame, state: State, node: tree.Call, name: str) -> Values:
    """`sum`, `max` and their like give a value made of what they read."""
    held: Values = ()
    for argument in node.args:
        before, frame.is_counting = frame.is_counting, frame.is_counting or _is_count(name, argument.value)
        values = evaluate(frame, state, argument.value)
        frame.is_counting = before
        read_stream(frame, state, argument.value, values)
        held = union(held, values)
    if name in ("int", "float") and len(held) == 1 and isinstance(held[0], Constant | Entity):
        return held
    return derived(frame, node, held)


def _is_count(name: str, node: tree.Expression) -> bool:
    """Whether `sum` counts: of what is read, only numbers of elements, or ones, are added up."""
    if name != "sum" or not isinstance(node, tree.GeneratorExp | tree.ListComp):
        return False
    match node.elt:
        case tree.Integer():
            return True
        case tree.Call(func=tree.Attribute(attr=tree.Name(value="numel" | "nelement"))):
            return True
        case _:
            return False


def _filter(frame: Frame, state: State, node: tree.Call) -> Values:
    """`filter(lambda p: p.requires_grad, model.parameters())`: a one-shot stream of its own."""
    test, source = node.args[0].value, node.args[1].value
    values = evaluate(frame, state, source)
    elements = iterate(frame, state, source, values)
    parts: list[DraftPart] = []
    what = Aspect.PARAMETER
    for element in elements:
        if not isinstance(element, Element):
            continue
        what = element.what
        condition = _predicate(frame, state, test, element)
        parts.extend(DraftPart(part.owner, both(part.condition, condition), test) for part in element.parts)
    tests = evaluate(frame, state, test) if not isinstance(test, tree.Lambda) else ()
    if not parts:
        frame.consume(tests, FlowKind.OPAQUE, node)
        return derived(frame, node, values)
    made = frame.world.make(node, "stream", frame.context, lambda: Stream(node, what, tuple(parts), True))
    made.parts, made.what = tuple(dict.fromkeys(parts)), what
    frame.world.flows.add((*values, *tests), made, FlowKind.MADE_FROM, node)
    return (made,)


def _predicate(frame: Frame, state: State, test: tree.Expression, element: Element):  # type: ignore[no-untyped-def]
    values = evaluate(frame, state, test)
    if len(values) == 1 and isinstance(values[0], FunctionValue):
        inner = state.copy()
        inner.in_parameter_loop = True
        result = call_function(frame, inner, None, values[0], [(element,)], {})
        if result is not None:
            return condition_of(frame, result, test)
    return UnknownTest(frame.world.layout.text(test))


def collected(frame: Frame, state: State, node: tree.Call, name: str) -> Values:
    """`list(…)`, `tuple(…)`, `set(…)`: a new list of what the argument gives."""
    made = new_sequence(frame, state, node, _COLLECTORS[name])
    for argument in node.args:
        values = evaluate(frame, state, argument.value)
        if argument.keyword is not None:
            frame.consume(values, FlowKind.ARGUMENT, argument)
            continue
        read_stream(frame, state, argument.value, values)
        made.items[argument] = spread(frame, values, state.branch, argument.value)
        if all(isinstance(value, Entity) for value in values):
            made.is_open = True
    if name == "reversed":
        made.kind = SequenceKind.ITERATOR
        note_edit(frame, state, made, node, EditKind.REVERSE)
    elif name == "sorted":
        note_edit(frame, state, made, node, EditKind.LOST)
    return (made,)


def _dict_call(frame: Frame, state: State, node: tree.Call) -> Values:
    """`dict(params=…, lr=…)`, `dict(model.named_parameters())`, `dict(base, lr=…)`."""
    positional = [argument for argument in node.args if argument.keyword is None and argument.star == ""]
    if len(positional) == len(node.args) == 1:
        values = evaluate(frame, state, positional[0].value)
        parts, _ = parts_of(values)
        if parts and not any(isinstance(value, Mapping) for value in values):
            read_stream(frame, state, positional[0].value, values)
            pairs = new_sequence(frame, state, node, SequenceKind.DICT)
            pairs.is_mapping = True
            pairs.items[node] = spread(frame, values, state.branch, node)
            return (pairs,)
    made = new_mapping(frame, state, node)
    for argument in node.args:
        values = under_path(state, evaluate(frame, state, argument.value))
        if argument.keyword is not None:
            if argument.keyword.value == PARAMS:
                find_emptied(frame, state, argument.value, values)
            made.entries[argument.keyword.value] = Entry(values, argument.keyword, argument.value)
        else:
            merge(frame, made, values)
    return (made,)


def _lazy(frame: Frame, state: State, node: tree.Call, name: str) -> Values:
    """`zip`, `map` and `enumerate` read what they are given; what they yield is not followed."""
    evaluated = []
    for argument in node.args:
        evaluated.append(evaluate(frame, state, argument.value))
        read_stream(frame, state, argument.value, evaluated[-1], acts=not takes_ids(node))
        note_partial(frame, argument.value)
    held = union(*evaluated)
    if name == "map":
        frame.consume(tuple(value for value in held if is_group_collection(value)), FlowKind.ARGUMENT, node)
        if not takes_ids(node):
            escape(frame, state, held, node)
        mapped = new_sequence(frame, state, node, SequenceKind(name))
        frame.world.flows.add(held, mapped, FlowKind.MADE_FROM, node)
        if takes_ids(node) and len(node.args) == 2:
            ids = ids_of(iterate(frame, state.copy(), node.args[1].value, evaluated[1]))
            mapped.items[node] = Item(ids, False, state.branch, node)
        mapped.is_open = not any(item.values for item in mapped.items.values())
        return (mapped,)
    made = new_sequence(frame, state, node, SequenceKind(name))
    frame.world.flows.add(held, made, FlowKind.MADE_FROM, node)
    together = frame.world.make(
        node,
        "together",
        frame.context,
        lambda: Sequence(
            node, frame.scope, state.branch, frame.world.order(node), SequenceKind.TUPLE, context=frame.context
        ),
    )
    settle(together, state)
    if name == "enumerate":
        index = frame.world.make(node, "index", frame.context, lambda: frame.world.entity("index"))
        together.items[0] = Item((index,), False, state.branch, node)
    for argument, values in list(zip(node.args, evaluated, strict=True))[: 1 if name == "enumerate" else None]:
        each = iterate(frame, state.copy(), argument.value, values)
        together.items[argument] = Item(each, False, state.branch, argument.value)
    made.items[node] = Item((together,), False, state.branch, node)
    made.is_open = True
    return (made,)


def _getattr(frame: Frame, state: State, node: tree.Call) -> Values:
    arguments = arguments_of(frame, state, node)
    found: list[Value] = []
    for owner in arguments[0]:
        if isinstance(owner, Entity) and len(arguments[1]) == 1 and isinstance(arguments[1][0], Constant):
            found.extend(load_attribute(frame, state, owner, str(arguments[1][0].value)))
        elif (
            isinstance(owner, Entity)
            and owner.qualified_name is not None
            and _is_optimizer_module(owner.qualified_name)
        ):
            found.append(_optimizer_class(frame, node))
        elif len(arguments) == 2 or isinstance(owner, Entity):
            frame.world.has_dynamic_lookup = True
            if isinstance(owner, Entity):
                take_from(frame, node, owner)
            found.extend(derived(frame, node, (owner,)))
        else:
            found.extend(derived(frame, node, (owner,)))
    return tuple(dict.fromkeys(found))


def _is_optimizer_module(qualified_name: str) -> bool:
    return qualified_name in ("torch.optim", "bitsandbytes.optim", "timm.optim", "apex.optimizers", "torch_optimizer")


def _optimizer_class(frame: Frame, node: tree.Call) -> OptimizerClass:
    text = frame.world.layout.text(node)
    return frame.world.make(node, "optimizer class", frame.context, lambda: OptimizerClass((), text))


def ordered_dict_call(frame: Frame, state: State, node: tree.Call, last: str) -> Values:
    """`OrderedDict(…)` and `defaultdict(…)`: a dict."""
    if last == "OrderedDict":
        return _dict_call(frame, state, node)
    frame.consume(union(*arguments_of(frame, state, node)), FlowKind.ARGUMENT, node)
    return (new_mapping(frame, state, node),)
