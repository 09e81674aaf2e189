"""Evaluate expressions: the values that they may have, and what evaluating them reads."""

from collections.abc import Callable
from dataclasses import replace

from optimlint.facts.conditions import Condition, both, negate
from optimlint.interpret.attributes import attribute_of
from optimlint.interpret.calls import evaluate_call
from optimlint.interpret.edits import escape, exact, is_single, spread
from optimlint.interpret.evaluation import evaluate, evaluate_index, look_at
from optimlint.interpret.filters import evaluate_boolean, evaluate_comparison, evaluate_negation
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.following import literals
from optimlint.interpret.frame import Frame, load, load_attribute, store
from optimlint.interpret.iteration import comprehension, dict_comprehension
from optimlint.interpret.kinds import Aspect, SequenceKind
from optimlint.interpret.literals import literals_of, number_of, said
from optimlint.interpret.making import condition_of, constant, merge, narrowed, new_mapping, new_sequence
from optimlint.interpret.models.arithmetic import binary
from optimlint.interpret.models.collections import PARAMS, derived, literal_slice
from optimlint.interpret.models.contents import held_by, under_path
from optimlint.interpret.models.partial_texts import template_of_formatted, with_template
from optimlint.interpret.models.picking import slice_condition, subscript
from optimlint.interpret.models.texts import LONGEST_TEXT, combine_text
from optimlint.interpret.name_tests import part_of_name
from optimlint.interpret.properties import computed
from optimlint.interpret.readings import find_emptied, read_stream
from optimlint.interpret.state import State, join
from optimlint.interpret.training.acts import note_gradient
from optimlint.interpret.training.notes import Notes
from optimlint.interpret.values import (
    Constant,
    DraftPart,
    Element,
    Entity,
    Entry,
    FunctionValue,
    Item,
    Mapping,
    Sequence,
    Stream,
    Truth,
    Value,
    Values,
    union,
)
from optimlint.syntax import tree

_DISPLAYS: dict[type, SequenceKind] = {
    tree.List: SequenceKind.LIST,
    tree.Tuple: SequenceKind.TUPLE,
    tree.Set: SequenceKind.SET,
}


def _name(frame: Frame, state: State, node: tree.Name) -> Values:
    match node.value:
        case "True" | "False" | "None" as literal:
            return (constant(frame, node, {"True": True, "False": False, "None": None}[literal]),)
        case name:
            return literals(frame, load(frame, state, name))


def _string(frame: Frame, state: State, node: tree.SimpleString | tree.ConcatenatedString) -> Values:
    known = frame.world.known(node, "constant", frame.context)
    if isinstance(known, Constant):
        return (known,)
    parts = list(literals_of(node))
    held = [said(part) if isinstance(part, tree.SimpleString) else None for part in parts]
    texts = [text for text in held if isinstance(text, str)]
    if len(texts) == len(parts):
        return (constant(frame, node, "".join(texts)),)
    for part in parts if len(parts) > 1 else ():
        evaluate(frame, state, part)
    return (frame.world.unknown(node, frame.context),)


def _formatted(frame: Frame, state: State, node: tree.FormattedString) -> Values:
    """An f-string displays values without using them. If it contains part of a parameter's name, it is treated as that
    part."""
    expressions = [part.expression for part in node.parts if isinstance(part, tree.FormattedStringExpression)]
    evaluated = [look_at(frame, state, expression) for expression in expressions]
    held = [value for values in evaluated for value in values]
    names = [value for value in held if isinstance(value, Element) and value.what in (Aspect.NAME, Aspect.LAST_NAME)]
    if names and not names[0].is_full_name:
        return (Element(Aspect.NAME, names[0].parts, names[0].text, is_full_name=False),)
    made = derived(frame, node, tuple(value for value in held if isinstance(value, Entity)))
    return with_template(made, template_of_formatted(node, evaluated))


def _number(frame: Frame, state: State, node: tree.Integer | tree.Float) -> Values:
    known = frame.world.known(node, "constant", frame.context)
    if isinstance(known, Constant):
        return (known,)
    number = number_of(node)
    return (frame.world.unknown(node, frame.context) if number is None else constant(frame, node, number),)


def _attribute(frame: Frame, state: State, node: tree.Attribute) -> Values:
    found: Values = ()
    attribute = node.attr.value
    owners = evaluate(frame, state, node.value)
    if attribute == "grad":
        note_gradient(frame, state, node, owners)
    for value in owners:
        held = computed(frame, state, node, attribute_of(frame, state, value, attribute, node))
        found = union(found, literals(frame, held))
    return found


def _subscript(frame: Frame, state: State, node: tree.Subscript) -> Values:
    owners = evaluate(frame, state, node.value)
    index = evaluate_index(frame, state, node)
    is_slice = any(isinstance(element.slice, tree.Slice) for element in node.slice)
    found: Values = ()
    for owner in owners:
        match owner:
            case Sequence() if is_slice:
                found = union(found, (_sliced(frame, state, owner, node),))
            case Sequence() | Mapping():
                found = union(found, subscript(frame, owner, index, combine_text(frame.world, index), node))
            case Stream() if owner.what is Aspect.PARAMETER:
                parts = narrowed(frame, owner.parts, node)
                found = union(found, (Element(Aspect.PARAMETER, parts, frame.world.layout.text(node)),))
            case Element(what=Aspect.PAIR) if index and isinstance(index[0], Constant) and index[0].value in (0, 1):
                what = Aspect.PARAMETER if index[0].value else Aspect.NAME
                found = union(found, (Element(what, owner.parts, owner.text, owner.is_full_name),))
            case Element(what=Aspect.NAME) if owner.text.endswith(")"):
                what = part_of_name(owner, index if not is_slice else ())
                found = union(found, (Element(what, owner.parts, frame.world.layout.text(node), False),))
            case Entity():
                key = combine_text(frame.world, index) if not is_slice else _slice_text(frame, state, node)
                is_short = len(key) + len(owner.text) <= LONGEST_TEXT
                item = load_attribute(frame, state, owner, f"[{key}]") if is_short else ()
                found = union(found, item or (frame.world.unknown(node, frame.context),))
            case _:
                found = union(found, (frame.world.unknown(node, frame.context),))
    return found or (frame.world.unknown(node, frame.context),)


def _slice_text(frame: Frame, state: State, node: tree.Subscript) -> str:
    """The bounds of a slice as text. Equal texts mean equal bounds."""
    said: list[str] = []
    for element in node.slice:
        if isinstance(element.slice, tree.Slice):
            step = (element.slice.step,) if element.slice.step is not None else ()
            bounds = (element.slice.lower, element.slice.upper, *step)
            texts = [combine_text(frame.world, evaluate(frame, state, one)) if one else "" for one in bounds]
            said.append(":".join(texts))
        elif isinstance(element.slice, tree.Index):
            said.append(combine_text(frame.world, evaluate(frame, state, element.slice.value)))
    return ", ".join(said)


def _sliced(frame: Frame, state: State, owner: Sequence, node: tree.Subscript) -> Sequence:
    """A slice of a list: its items, if they are known one by one. Otherwise its parameters with a condition on their
    position, or some unknown selection of them."""
    made = new_sequence(frame, state, node, SequenceKind.LIST)
    frame.world.flows.add((owner,), made, FlowKind.MADE_FROM, node)
    owner.is_reduced = owner.is_reduced or not owner.is_given
    known, part = exact(owner), literal_slice(frame, state, node)
    if part is not None and known is not None and all(map(is_single, known)):
        made.items.update((number, replace(item, number=0)) for number, item in enumerate(known[part]))
        return made
    held = [(one, item) for values, item in held_by(owner) for one in values]
    condition = slice_condition(frame, state, owner, node)
    values = tuple(
        Element(one.what, _at_positions(frame, one.parts, condition, node), frame.world.layout.text(node))
        if isinstance(one, Element | Stream)
        else one
        for one, item in held
        if not _is_listed(one, item)
    )
    parts = _slices(frame, state, [one for one, item in held if _is_listed(one, item)], node)
    made.is_open = bool(parts) or not all(isinstance(value, Element) for value in values)
    made.items[node] = Item(values, False, state.branch, node, is_many=True)
    if parts:
        made.items[(node, "the same of each")] = Item(parts, True, state.branch, node)
    made.is_reduced = True
    return made


def _is_listed(value: Value, item: Item | None) -> bool:
    """Whether a list was created from the elements of a value, as by `list(model.layers)`."""
    return isinstance(value, Entity) and value.qualified_name is None and item is not None and item.is_spread


def _slices(frame: Frame, state: State, values: list[Value], node: tree.Subscript) -> Values:
    """The slice of each value itself: `list(model.layers)[:6]` contains what `model.layers[:6]` contains."""
    key = f"[{_slice_text(frame, state, node)}]"
    return tuple(
        frame.world.child(value, key)
        if len(key) + len(value.text) <= LONGEST_TEXT
        else frame.world.unknown(node, frame.context)
        for value in values
        if isinstance(value, Entity)
    )


def _at_positions(
    frame: Frame, parts: tuple[DraftPart, ...], condition: Condition | None, node: tree.Subscript
) -> tuple[DraftPart, ...]:
    if condition is None:
        return narrowed(frame, parts, node)
    return tuple(replace(part, condition=both(part.condition, condition)) for part in parts)


def _display(frame: Frame, state: State, node: tree.List | tree.Tuple | tree.Set) -> Values:
    made = new_sequence(frame, state, node, _DISPLAYS[type(node)])
    for element in node.elements:
        values = under_path(state, evaluate(frame, state, element.value))
        is_spread = isinstance(element, tree.StarredElement)
        if is_spread:
            read_stream(frame, state, element.value, values)
        if is_spread:
            made.items[element] = spread(frame, values, state.branch, element.value)
        else:
            made.items[element] = Item(values, False, state.branch, element.value)
        for value in values:
            if isinstance(value, Mapping):
                value.is_listed = True
    return (made,)


def _dict(frame: Frame, state: State, node: tree.Dict) -> Values:
    made = new_mapping(frame, state, node)
    for element in node.elements:
        if not isinstance(element, tree.DictElement):
            merge(frame, made, evaluate(frame, state, element.value))
            continue
        keys = evaluate(frame, state, element.key)
        values = under_path(state, evaluate(frame, state, element.value))
        key = keys[0].value if len(keys) == 1 and isinstance(keys[0], Constant) else None
        if isinstance(key, str):
            if key == PARAMS:
                find_emptied(frame, state, element.value, values)
            made.entries[key] = Entry(values, element.key, element.value)
        else:
            made.others[element] = values
    return (made,)


def _conditional(frame: Frame, state: State, node: tree.IfExp) -> Values:
    values = evaluate(frame, state, node.test)
    then, otherwise = state.copy().within(node.body), state.copy().within(node.orelse)
    if any(isinstance(value, Truth) for value in values) and state.in_parameter_loop:
        condition = condition_of(frame, values, node.test)
        then.path, otherwise.path = both(state.path, condition), both(state.path, negate(condition))
        then.guards = otherwise.guards = union(state.guards, values)
    first = under_path(then, evaluate(frame, then, node.body))
    second = under_path(otherwise, evaluate(frame, otherwise, node.orelse))
    joined = join(then, otherwise)
    state.bindings, state.read = joined.bindings, joined.read
    if len(first) == len(second) == 1 and isinstance(first[0], Constant) and isinstance(second[0], Constant):
        if first[0].value == second[0].value:
            return first
        if then.path != state.path:
            chosen = ((node.body, first[0], then.path), (node.orelse, second[0], otherwise.path))
            return tuple(_chosen_constant(frame, *one) for one in chosen)
    return union(first, second)


def _chosen_constant(frame: Frame, node: tree.Expression, held: Constant, condition: Condition) -> Constant:
    chosen = frame.world.make(node, "chosen", frame.context, lambda: Constant(held.value, held.node))
    chosen.condition = condition
    return chosen


def _lambda(frame: Frame, state: State, node: tree.Lambda) -> Values:
    """A lambda. What its body reads is consumed, whoever calls it."""
    inner = state.copy().within(node, is_loop=True)
    training, frame.world.training = frame.world.training, Notes()  # It is unknown when it is called.
    for parameter in (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params):
        inner.bindings[parameter.name.value] = (frame.world.unknown(parameter, frame.context),)
    frame.consume(evaluate(frame, inner, node.body), FlowKind.RETURNED, node)
    frame.world.training = training
    return (FunctionValue(node, frame.scope),)


def _starred(frame: Frame, state: State, node: tree.StarredElement) -> Values:
    return evaluate(frame, state, node.value)


def _named(frame: Frame, state: State, node: tree.NamedExpr) -> Values:
    values = evaluate(frame, state, node.value)
    if isinstance(node.target, tree.Name):
        store(frame, state, node.target.value, values, None)
    return values


def _await(frame: Frame, state: State, node: tree.Await) -> Values:
    return evaluate(frame, state, node.expression)


def _yield(frame: Frame, state: State, node: tree.Yield) -> Values:
    frame.is_generator = True
    match node.value:
        case tree.From(item=item):
            values = evaluate(frame, state, item)
        case tree.Expression() as value:
            values = evaluate(frame, state, value)
        case _:
            values = ()
    frame.consume(values, FlowKind.RETURNED, node)
    frame.consume(state.guards, FlowKind.DECIDES, node)
    escape(frame, state, values, node)
    frame.returns = union(frame.returns, values)
    return (frame.world.unknown(node, frame.context),)


def _call(frame: Frame, state: State, node: tree.Call) -> Values:

    return evaluate_call(frame, state, node)


EVALUATORS: dict[type, Callable[..., Values]] = {
    tree.Name: _name,
    tree.Attribute: _attribute,
    tree.Call: _call,
    tree.Subscript: _subscript,
    tree.SimpleString: _string,
    tree.ConcatenatedString: _string,
    tree.FormattedString: _formatted,
    tree.Integer: _number,
    tree.Float: _number,
    tree.List: _display,
    tree.Tuple: _display,
    tree.Set: _display,
    tree.Dict: _dict,
    tree.ListComp: comprehension,
    tree.SetComp: comprehension,
    tree.GeneratorExp: comprehension,
    tree.DictComp: dict_comprehension,
    tree.BinaryOperation: binary,
    tree.BooleanOperation: evaluate_boolean,
    tree.UnaryOperation: evaluate_negation,
    tree.Comparison: evaluate_comparison,
    tree.IfExp: _conditional,
    tree.Lambda: _lambda,
    tree.StarredElement: _starred,
    tree.NamedExpr: _named,
    tree.Await: _await,
    tree.Yield: _yield,
}
