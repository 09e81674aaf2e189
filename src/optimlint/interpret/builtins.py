"""Models of Python's builtin functions. They return None if the general rules for calls apply instead."""

from optimlint.facts.conditions import UnknownTest, both
from optimlint.interpret.edits import escape, settle, spread
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
from optimlint.interpret.models.streams import arguments_of
from optimlint.interpret.origins import take_from
from optimlint.interpret.quantifiers import evaluate_quantifier
from optimlint.interpret.readings import find_emptied, note_partial, read_stream, takes_ids
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    Constant,
    DraftPart,
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
from optimlint.knowledge.optimizer_words import MODULES
from optimlint.syntax import tree


def _name(node: tree.Call) -> str:
    """The last part of the callee's name; "" if it has none."""
    match node.func:
        case tree.Name(value=name) | tree.Attribute(attr=tree.Name(value=name)):
            return name
        case _:
            return ""


def quantified(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values | None:
    """`any(…)` and `all(…)`."""
    return evaluate_quantifier(frame, state, node, _name(node)) if len(node.args) == 1 else None


def id_of(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values:
    """`id(p)` identifies a parameter."""
    shown = [look_at(frame, state, argument.value) for argument in node.args]
    ids = ids_of(shown[0]) if len(shown) == 1 else ()
    return ids or (frame.world.unknown(node, frame.context),)


def open_scope(frame: Frame, state: State, node: tree.Call, owners: Values) -> None:
    """`locals()`, `eval(…)` and similar functions may use every name of the scope."""
    frame.world.has_dynamic_lookup = True
    for (scope, _), values in list(frame.world.bound.items()):
        if scope == frame.scope:
            frame.consume(values, FlowKind.OPAQUE, node)
    frame.consume(union(*state.bindings.values()), FlowKind.OPAQUE, node)


def super_call(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values:
    """`super()`: the instance of the class."""
    if frame.class_value is not None:
        return (frame.class_value.instance,)
    return (frame.world.unknown(node, frame.context),)


def number(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values:
    """`int(x)`, `float(x)`: the argument itself if it is a number or unknown, else a value derived from it."""
    held = _summed(frame, state, node)
    return held if len(held) == 1 and isinstance(held[0], Constant | Entity) else derived(frame, node, held)


def total(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values:
    """`sum(…)`. It may only count its elements."""
    return derived(frame, node, _summed(frame, state, node))


def _summed(frame: Frame, state: State, node: tree.Call) -> Values:
    held: Values = ()
    for argument in node.args:
        before, frame.is_counting = frame.is_counting, frame.is_counting or _is_count(argument.value)
        values = evaluate(frame, state, argument.value)
        frame.is_counting = before
        read_stream(frame, state, argument.value, values)
        held = union(held, values)
    return held


def _is_count(node: tree.Expression) -> bool:
    """Whether a sum only counts: it adds numbers of elements, or ones."""
    if not isinstance(node, tree.GeneratorExp | tree.ListComp):
        return False
    match node.elt:
        case tree.Integer():
            return True
        case tree.Call(func=tree.Attribute(attr=tree.Name(value="numel" | "nelement"))):
            return True
        case _:
            return False


def filtered(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values | None:
    """`filter(lambda p: p.requires_grad, model.parameters())`: a new one-shot stream."""
    if len(node.args) != 2:
        return None
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


def dict_call(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values:
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


def lazy(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values:
    """`zip`, `map` and `enumerate` read their arguments. `zip` and `enumerate` yield tuples of the elements. The
    results of `map` are unknown, except those of `map(id, …)`."""
    name = _name(node)
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


def get_attribute(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values | None:
    """`getattr(model, name)`: the attribute if the name is literal, else an unknown part of the object."""
    if len(node.args) < 2:
        return None
    arguments = arguments_of(frame, state, node)
    found: list[Value] = []
    for owner in arguments[0]:
        if isinstance(owner, Entity) and len(arguments[1]) == 1 and isinstance(arguments[1][0], Constant):
            found.extend(load_attribute(frame, state, owner, str(arguments[1][0].value)))
        elif isinstance(owner, Entity) and owner.qualified_name is not None and owner.qualified_name in MODULES:
            found.append(_optimizer_class(frame, node))
        elif len(arguments) == 2 or isinstance(owner, Entity):
            frame.world.has_dynamic_lookup = True
            if isinstance(owner, Entity):
                take_from(frame, node, owner)
            found.extend(derived(frame, node, (owner,)))
        else:
            found.extend(derived(frame, node, (owner,)))
    return tuple(dict.fromkeys(found))


def _optimizer_class(frame: Frame, node: tree.Call) -> OptimizerClass:
    text = frame.world.layout.text(node)
    return frame.world.make(node, "optimizer class", frame.context, lambda: OptimizerClass((), text))


def default_dict_call(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values:
    """`defaultdict(…)`: a dict."""
    frame.consume(union(*arguments_of(frame, state, node)), FlowKind.ARGUMENT, node)
    return (new_mapping(frame, state, node),)
