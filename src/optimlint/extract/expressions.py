"""Expressions: what each may stand for, and what evaluating it reads."""

from collections.abc import Callable

import libcst as cst

from optimlint.extract.collections import derived, held_by, parts_of, subscript, under_path
from optimlint.extract.filters import evaluate_boolean, evaluate_comparison, evaluate_negation
from optimlint.extract.frame import Frame, load, load_attribute, store
from optimlint.extract.state import State, join
from optimlint.extract.values import (
    ClassValue,
    Constant,
    DraftPart,
    Element,
    Entity,
    Entry,
    FunctionValue,
    Item,
    Mapping,
    OptimizerValue,
    Sequence,
    Stream,
    Truth,
    Value,
    Values,
    consume,
    contents,
    union,
)
from optimlint.extract.world import ExhaustedDraft, RepeatDraft
from optimlint.facts.conditions import Always, Condition, GradientTest, UnknownTest, both
from optimlint.facts.names import Scope, ScopeKind

_MOST_ALTERNATIVES = 24
"""How many values a name may hold before nothing is known of it any more."""


def evaluate(frame: Frame, state: State, node: cst.BaseExpression) -> Values:
    """What `node` may stand for. Nothing is consumed yet: that depends on what is done with it."""
    evaluator = _EVALUATORS.get(type(node))
    values = evaluator(frame, state, node) if evaluator is not None else (frame.world.unknown(node, frame.context),)
    if len(values) > _MOST_ALTERNATIVES:
        consume(values)
        return (frame.world.unknown(node, frame.context),)
    return values


def evaluate_index(frame: Frame, state: State, node: cst.Subscript) -> Values:
    """What stands between the brackets."""
    values: Values = ()
    for element in node.slice:
        match element.slice:
            case cst.Index(value=value):
                values = union(values, evaluate(frame, state, value))
            case cst.Slice(lower=lower, upper=upper, step=step):
                for bound in (lower, upper, step):
                    if bound is not None:
                        evaluate(frame, state, bound)
    return values


def combine_text(values: Values) -> str:
    """Code that means the values, names followed: equal text is equal value."""
    texts = []
    for value in values:
        match value:
            case Constant(value=constant):
                texts.append(repr(constant))
            case Entity():
                texts.append(value.representative().text)
            case Element(text=text):
                texts.append(text)
            case _:
                texts.append(f"<{id(value)}>")
    return texts[0] if len(texts) == 1 else f"({' | '.join(texts)})"


def _name(frame: Frame, state: State, node: cst.Name) -> Values:
    match node.value:
        case "True" | "False" | "None" as literal:
            return (_constant(frame, node, {"True": True, "False": False, "None": None}[literal]),)
        case name:
            return load(frame, state, name)


def _constant(frame: Frame, node: cst.BaseExpression, value: str | int | float | bool | None) -> Constant:
    constant = frame.world.make(node, "constant", frame.context, lambda: Constant(value, node))
    constant.scope, constant.order = frame.scope, frame.world.order(node)
    return constant


def _string(frame: Frame, state: State, node: cst.SimpleString | cst.ConcatenatedString) -> Values:
    known = frame.world.known(node, "constant", frame.context)
    if isinstance(known, Constant):
        return (known,)
    value = _plain_text(node)
    if value is None:
        value = node.evaluated_value
    if isinstance(value, str):
        return (_constant(frame, node, value),)
    if isinstance(node, cst.ConcatenatedString):
        for part in (node.left, node.right):
            evaluate(frame, state, part)
    return (frame.world.unknown(node, frame.context),)


def _plain_text(node: cst.SimpleString | cst.ConcatenatedString) -> str | None:
    """What a plain literal says; None for one that has to be evaluated."""
    if not isinstance(node, cst.SimpleString):
        return None
    code = node.value
    return code[1:-1] if code[0] in "\"'" and code[1:2] != code[0] and "\\" not in code else None


def _formatted(frame: Frame, state: State, node: cst.FormattedString) -> Values:
    """An f-string looks at values without using them; around a parameter's name it is a name still."""
    held: list[Value] = []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringExpression):
            held.extend(evaluate(frame, state, part.expression))
    names = [value for value in held if isinstance(value, Element) and value.what == "name"]
    if names and not names[0].is_full_name:
        return (names[0],)
    return derived(frame, node, tuple(value for value in held if isinstance(value, Entity)))


def _number(frame: Frame, state: State, node: cst.Integer | cst.Float) -> Values:
    known = frame.world.known(node, "constant", frame.context)
    if isinstance(known, Constant):
        return (known,)
    return (_constant(frame, node, node.evaluated_value),)


def _attribute(frame: Frame, state: State, node: cst.Attribute) -> Values:
    found: Values = ()
    attribute = node.attr.value
    for value in evaluate(frame, state, node.value):
        found = union(found, attribute_of(frame, state, value, attribute, node))
    return found


def attribute_of(frame: Frame, state: State, value: Value, attribute: str, node: cst.Attribute) -> Values:
    """What `value.attribute` may be."""
    match value:
        case Entity():
            values = load_attribute(frame, state, value, attribute)
            return tuple(_bound(frame, one, value) for one in values)
        case ClassValue() if attribute in ("from_pretrained", "from_config", "load_from_checkpoint"):
            return (frame.world.child(value.instance, attribute),)
        case ClassValue():
            return _class_attribute(frame, state, value, attribute, node)
        case Element(what="module"):
            condition = UnknownTest(f"{value.text}.{attribute}")
            parts = tuple(DraftPart(part.owner, both(part.condition, condition)) for part in value.parts)
            if attribute in ("weight", "bias"):
                return (Element("param", parts, f"{value.text}.{attribute}"),)
            return (Element("module", parts, f"{value.text}.{attribute}"),)
        case Element(what="param") if attribute == "requires_grad":
            return (Truth(GradientTest(), node),)
        case Element(what="param" | "pair") if attribute in ("data", "T"):
            return (value,)
        case Element():
            return (frame.world.unknown(node, frame.context),)
        case OptimizerValue():
            return (frame.world.unknown(node, frame.context),)
        case Sequence() | Mapping():
            return derived(frame, node, (value,))
        case _:
            return (frame.world.unknown(node, frame.context),)


def _bound(frame: Frame, value: Value, owner: Entity) -> Value:
    if isinstance(value, FunctionValue) and value.bound is None and owner.own_class is not None:
        own = frame.class_value or owner.own_class
        role = f"bound to {owner.number} of {own.scope.name}"
        return frame.world.make(value.node, role, (), lambda: FunctionValue(value.node, value.scope, owner, own))
    return value


def _class_attribute(frame: Frame, state: State, value: ClassValue, attribute: str, node: cst.Attribute) -> Values:
    method = value.methods.get(attribute)
    if method is not None:
        return (FunctionValue(method, Scope(ScopeKind.FUNCTION, attribute, value.scope)),)
    values = frame.world.attributes.get((value.instance.representative().number, attribute), ())
    return values or (frame.world.unknown(node, frame.context),)


def _subscript(frame: Frame, state: State, node: cst.Subscript) -> Values:
    owners = evaluate(frame, state, node.value)
    index = evaluate_index(frame, state, node)
    is_slice = any(isinstance(element.slice, cst.Slice) for element in node.slice)
    found: Values = ()
    for owner in owners:
        match owner:
            case Sequence() if is_slice:
                found = union(found, (_sliced(frame, state, owner, node),))
            case Sequence() | Mapping():
                found = union(found, subscript(frame, state, owner, index, node))
            case Stream() if owner.what == "param":
                found = union(
                    found, (Element("param", _narrowed(frame, owner.parts, node), frame.world.layout.text(node)),)
                )
            case Element(what="pair") if index and isinstance(index[0], Constant) and index[0].value in (0, 1):
                what = "param" if index[0].value else "name"
                found = union(found, (Element(what, owner.parts, owner.text, owner.is_full_name),))
            case Element(what="name") if owner.text.endswith(")"):
                # `n.split(".")[-1]`: the part of the name behind the last dot.
                is_last = frame.world.layout.text(node).replace(" ", "").endswith("[-1]")
                what = "last name" if is_last else "unknown name"
                found = union(found, (Element(what, owner.parts, frame.world.layout.text(node)),))
            case Entity():
                found = union(found, load_attribute(frame, state, owner, f"[{combine_text(index)}]"))
            case _:
                found = union(found, (frame.world.unknown(node, frame.context),))
    return found or (frame.world.unknown(node, frame.context),)


def _narrowed(frame: Frame, parts: tuple[DraftPart, ...], node: cst.CSTNode) -> tuple[DraftPart, ...]:
    unknown = UnknownTest(" ".join(frame.world.layout.text(node).split()))
    return tuple(DraftPart(part.owner, both(part.condition, unknown)) for part in parts)


def _sliced(frame: Frame, state: State, owner: Sequence, node: cst.Subscript) -> Sequence:
    """A slice: some of the items, nobody knows which, unless they are items one by one."""
    made = new_sequence(frame, state, node, "list")
    values = tuple(
        Element(held.what, _narrowed(frame, held.parts, node), frame.world.layout.text(node))
        if isinstance(held, Element | Stream)
        else held
        for values, _ in held_by(owner)
        for held in values
    )
    made.is_open = not all(isinstance(value, Element) for value in values)
    made.items[id(node)] = Item(values, False, state.branch, node)
    made.dependencies.append(owner)
    return made


def new_sequence(frame: Frame, state: State, node: cst.CSTNode, kind: str) -> Sequence:
    """The collection that `node` makes."""
    made = frame.world.make(
        node,
        "sequence",
        frame.context,
        lambda: Sequence(node, frame.scope, state.branch, frame.world.order(node), kind, context=frame.context),
    )
    made.branch = state.branch
    for guard in state.guards:
        if guard not in made.dependencies and guard is not made:
            made.dependencies.append(guard)
    return made


def _display(frame: Frame, state: State, node: cst.List | cst.Tuple | cst.Set) -> Values:
    made = new_sequence(frame, state, node, type(node).__name__.lower())
    for element in node.elements:
        values = under_path(state, evaluate(frame, state, element.value))
        is_spread = isinstance(element, cst.StarredElement)
        made.items[id(element)] = Item(values, is_spread, state.branch, element.value)
        for value in values:
            if isinstance(value, Mapping):
                value.is_listed = True
            feed(value, made)
    return (made,)


def feed(value: Value, made: Value) -> None:
    """Note that `made` is made of `value`."""
    if isinstance(value, Constant | Sequence | Mapping) and made not in value.feeds:
        value.feeds.append(made)


def new_mapping(frame: Frame, state: State, node: cst.CSTNode) -> Mapping:
    """The dict that `node` makes."""
    made = frame.world.make(
        node,
        "mapping",
        frame.context,
        lambda: Mapping(node, frame.scope, state.branch, frame.world.order(node), context=frame.context),
    )
    made.branch = state.branch
    for guard in state.guards:
        if guard not in made.dependencies:
            made.dependencies.append(guard)
    return made


def _dict(frame: Frame, state: State, node: cst.Dict) -> Values:
    made = new_mapping(frame, state, node)
    for element in node.elements:
        if isinstance(element, cst.StarredDictElement):
            merge(made, evaluate(frame, state, element.value), state)
            continue
        keys = evaluate(frame, state, element.key)
        values = under_path(state, evaluate(frame, state, element.value))
        key = keys[0].value if len(keys) == 1 and isinstance(keys[0], Constant) else None
        if isinstance(key, str):
            made.entries[key] = Entry(values, element.key, element.value)
        else:
            made.others[id(element)] = values
        for value in values:
            feed(value, made)
    return (made,)


def merge(made: Mapping, values: Values, state: State) -> None:
    """`**values` in a dict display or a call."""
    for value in values:
        if isinstance(value, Mapping):
            made.entries.update(value.entries)
            made.is_open = made.is_open or value.is_open or len(values) > 1
            made.dependencies.append(value)
        else:
            made.is_open = True
            consume((value,))


def iterate(frame: Frame, state: State, node: cst.BaseExpression, values: Values) -> Values:
    """What a loop's target holds while `values`, written as `node`, are read one by one."""
    read_stream(frame, state, node, values)
    found: list[Value] = []
    for value in values:
        match value:
            case Stream(what=what, parts=parts):
                found.append(Element(what, parts, frame.world.layout.text(node), value.is_full_names))
            case Sequence(is_mapping=True):
                parts, _ = parts_of((value,))
                method = node.func.attr.value if _is_method_call(node) else ""
                found.append(Element("pair" if method == "items" else "name", parts, frame.world.layout.text(node)))
            case Sequence():
                for held, item in held_by(value):
                    is_spread = item is not None and item.is_spread
                    found.extend(_element(frame, one, node, is_spread) for one in held)
            case Mapping():
                found.append(frame.world.unknown(node, frame.context))
            case Element(what="module"):
                found.append(Element("module", _narrowed(frame, value.parts, node), frame.world.layout.text(node)))
            case _:
                found.append(
                    frame.world.child(value, "[each]") if isinstance(value, Entity) else frame.world.unknown(node)
                )
    return _merged(found)


def _merged(found: list[Value]) -> Values:
    """The values, with the elements of one kind as one."""
    elements: dict[tuple[str, bool], Element] = {}
    others: list[Value] = []
    for value in found:
        if not isinstance(value, Element):
            others.append(value)
            continue
        key = (value.what, value.is_full_name)
        known = elements.get(key)
        parts = tuple(dict.fromkeys((*known.parts, *value.parts))) if known is not None else value.parts
        elements[key] = Element(value.what, parts, value.text, value.is_full_name)
    return (*elements.values(), *dict.fromkeys(others))


def _is_method_call(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)


def _element(frame: Frame, value: Value, node: cst.BaseExpression, is_spread: bool) -> Value:
    """What a collection yields for one of the values in it: of what was spread into it, the elements."""
    if is_spread and isinstance(value, Entity) and value.qualified_name is None:
        return frame.world.child(value, "[each]")
    if isinstance(value, Stream):
        return Element(value.what, value.parts, frame.world.layout.text(node), value.is_full_names)
    return value


def read_stream(frame: Frame, state: State, node: cst.BaseExpression, values: Values, is_count: bool = False) -> None:
    """Note that a one-shot iterator is read here, and whether some path has read it before."""
    if not isinstance(node, cst.Name | cst.Attribute):
        return
    for value in values:
        if isinstance(value, Stream | Sequence) and _is_one_shot(value):
            _note_reading(frame, state, node, value, is_count or frame.is_counting)


def _is_one_shot(value: Stream | Sequence) -> bool:
    if isinstance(value, Stream):
        return value.is_one_shot
    if value.kind not in ("generator", "zip", "map", "chain", "enumerate"):
        return False
    return any(isinstance(one, Stream) for one in (*value.dependencies, *contents(value)))


def _note_reading(frame: Frame, state: State, node: cst.CSTNode, value: Stream | Sequence, is_count: bool) -> None:
    """A second reading finds nothing. One that only counts is no finding, unless more is read after it."""
    key = id(value)
    first = state.read.get(key)
    if first is None and isinstance(node, cst.Attribute) and not frame.scope.name.endswith("__init__"):
        first = frame.world.initial_reads.get(key)
    if frame.scope.name.endswith("__init__"):
        frame.world.initial_reads.setdefault(key, node)
    if first is None:
        state.read[key] = node
        return
    if first is node or frame.is_repeated:
        return
    if is_count:
        state.read.setdefault(-key, node)
        return
    at = state.read.get(-key, node)
    draft = ExhaustedDraft(value, frame.world.layout.text(at), at, first, frame.scope)
    frame.world.exhausted.setdefault(key, draft)


def element_of(frame: Frame, values: Values, index: int, count: int, target: cst.BaseExpression) -> Values:
    """What the target at `index` of `count` gets when `values` are unpacked."""
    found: list[Value] = []
    for value in values:
        match value:
            case Element(what="pair", parts=parts) if count == 2:
                text = frame.world.layout.text(target)
                found.append(Element("name" if index == 0 else "param", parts, text, value.is_full_name))
            case Element(what="module pair", parts=parts) if count == 2:
                text = frame.world.layout.text(target)
                found.append(Element("module name" if index == 0 else "module", parts, text, False))
            case Sequence() if not value.is_mapping:
                items = list(value.items.values())
                for one in contents(value):
                    if isinstance(one, Mapping) and value not in one.dependencies:
                        one.dependencies.append(value)
                if len(items) == count and not any(item.is_spread for item in items):
                    found.extend(items[index].values)
                else:
                    found.extend(one for held, _ in held_by(value) for one in held)
            case Entity():
                found.append(frame.world.child(value, f"[{index}]"))
            case _:
                found.append(frame.world.unknown(target, frame.context))
    return tuple(dict.fromkeys(found)) or (frame.world.unknown(target, frame.context),)


def _comprehension(frame: Frame, state: State, node: cst.ListComp | cst.SetComp | cst.GeneratorExp) -> Values:
    inner = state.copy()
    conditions, dependencies = _read_clauses(frame, inner, node.for_in)
    is_ambiguous = len(evaluate(frame, state.copy(), node.for_in.iter)) > 1
    values = under_path(inner, evaluate(frame, inner, node.elt))
    state.read = inner.read
    if isinstance(node, cst.GeneratorExp) and (lazy := _lazy_stream(frame, node, values)) is not None:
        lazy.dependencies = list(dependencies)
        return (lazy,)
    made = new_sequence(frame, state, node, "generator" if isinstance(node, cst.GeneratorExp) else "list")
    if inner.path != state.path and any(isinstance(value, Element) for value in values):
        values = tuple(value for value in values if not isinstance(value, Entity))
    values = _noted(values, conditions, node.for_in.iter if node.for_in.inner_for_in is None else None)
    made.items[id(node)] = Item(values, False, state.branch, node.elt)
    made.is_open = made.is_open or is_ambiguous
    for value in dependencies:
        if value not in made.dependencies:
            made.dependencies.append(value)
        feed(value, made)
    for value in values:
        if isinstance(value, Mapping):
            value.is_listed = True
        feed(value, made)
    return (made,)


def _noted(values: Values, condition: cst.BaseExpression | None, source: cst.BaseExpression | None) -> Values:
    """The elements with the code of the filter that chose them, and of what they were read from."""
    return tuple(
        Element(
            value.what,
            tuple(
                DraftPart(part.owner, part.condition, condition or part.condition_node, source or part.source_node)
                for part in value.parts
            ),
            value.text,
            value.is_full_name,
        )
        if isinstance(value, Element)
        else value
        for value in values
    )


def _lazy_stream(frame: Frame, node: cst.GeneratorExp, values: Values) -> Stream | None:
    """A generator of a stream's own elements is a one-shot stream in its turn."""
    element = _as_element(values)
    if element is not None and element.what in ("param", "pair", "name"):
        made = frame.world.make(node, "stream", frame.context, lambda: Stream(node, element.what, element.parts, True))
        made.parts = element.parts
        return made
    return None


def _as_element(values: Values) -> Element | None:
    """The element that a generator yields; of a name and its parameter, the pair."""
    match values:
        case (Element() as element,):
            return element
        case (Sequence(kind="tuple") as held,):
            one = [value for item in held.items.values() for value in item.values]
            match one:
                case [Element(what="name"), Element(what="param", parts=parts, text=text)]:
                    return Element("pair", parts, text)
    return None


def _read_clauses(
    frame: Frame, state: State, clause: cst.CompFor
) -> tuple[cst.BaseExpression | None, tuple[Value, ...]]:
    """The `for … in … if …` of a comprehension: binds its names, and narrows the path by its tests."""
    from optimlint.extract.assignments import assign_to
    from optimlint.extract.filters import condition_of

    dependencies: Values = ()
    tests: list[cst.BaseExpression] = []
    is_outermost = state.path == Always()
    current: cst.CompFor | None = clause
    hidden = Frame(frame.world, frame.scope, frame.class_value, (*frame.context, id(clause)), frame.outer_names)
    hidden.is_repeated = frame.is_repeated
    while current is not None:
        iterated = evaluate(frame, state, current.iter)
        elements = iterate(frame, state, current.iter, iterated)
        if any(isinstance(value, Element) for value in elements):
            state.in_parameter_loop = True
        dependencies = union(dependencies, tuple(value for value in iterated if not isinstance(value, Element)))
        assign_to(hidden, state, current.target, elements, current, None)
        for test in current.ifs:
            values = evaluate(frame, state, test.test)
            dependencies = union(dependencies, tuple(value for value in values if not isinstance(value, Element)))
            state.path = both(state.path, condition_of(frame, values, test.test))
            tests.append(test.test)
        current = current.inner_for_in
    return tests[0] if is_outermost and len(tests) == 1 else None, dependencies


def _dict_comprehension(frame: Frame, state: State, node: cst.DictComp) -> Values:
    inner = state.copy()
    _, dependencies = _read_clauses(frame, inner, node.for_in)
    keys = evaluate(frame, inner, node.key)
    values = under_path(inner, evaluate(frame, inner, node.value))
    state.read = inner.read
    made = new_sequence(frame, state, node, "dict")
    made.is_mapping = any(isinstance(value, Element) for value in (*values, *keys))
    made.items[id(node)] = Item(values, False, state.branch, node.value)
    made.dependencies.extend(value for value in dependencies if value not in made.dependencies)
    return (made,)


def _binary(frame: Frame, state: State, node: cst.BinaryOperation) -> Values:
    operands = _left_spine(node)
    evaluated = [evaluate(frame, state, operand) for operand in operands]
    if isinstance(node.operator, cst.Add | cst.BitOr | cst.Subtract):
        if any(isinstance(value, Sequence) for values in evaluated for value in values):
            return (_concatenated(frame, state, node, operands, evaluated),)
        if isinstance(node.operator, cst.Add) and (joined := _joined_strings(evaluated)) is not None:
            return (_constant(frame, node, joined),)
        if isinstance(node.operator, cst.BitOr) and any(isinstance(v, Mapping) for values in evaluated for v in values):
            made = new_mapping(frame, state, node)
            for values in evaluated:
                merge(made, values, state)
            return (made,)
    if isinstance(node.operator, cst.Modulo | cst.Add):
        names = [value for values in evaluated for value in values if isinstance(value, Element)]
        if names and names[-1].what == "name":
            return (Element("name", names[-1].parts, names[-1].text, names[-1].is_full_name),)
    return _arithmetic(frame, node, evaluated)


def _left_spine(node: cst.BinaryOperation) -> list[cst.BaseExpression]:
    """The operands of a chain of one operator, without recursion."""
    operands: list[cst.BaseExpression] = []
    current: cst.BaseExpression = node
    while isinstance(current, cst.BinaryOperation) and type(current.operator) is type(node.operator):
        operands.append(current.right)
        current = current.left
    return [current, *reversed(operands)]


def _joined_strings(evaluated: list[Values]) -> str | None:
    texts = [values[0].value for values in evaluated if len(values) == 1 and isinstance(values[0], Constant)]
    strings = [text for text in texts if isinstance(text, str)]
    return "".join(strings) if len(strings) == len(evaluated) else None


def _concatenated(
    frame: Frame,
    state: State,
    node: cst.BinaryOperation,
    operands: list[cst.BaseExpression],
    evaluated: list[Values],
) -> Sequence:
    made = new_sequence(frame, state, node, "list")
    if isinstance(node.operator, cst.Subtract):
        _subtract(frame, state, made, node, evaluated)
        return made
    sources: dict[tuple[DraftPart, ...], cst.CSTNode] = {}
    for operand, values in zip(operands, evaluated, strict=True):
        made.items[id(operand)] = Item(values, True, state.branch, operand)
        parts, is_readable = parts_of(values)
        if is_readable and parts and all(isinstance(part.condition, Always) for part in parts):
            first = sources.setdefault(parts, operand)
            if first is not operand:
                frame.world.repeated[id(node)] = RepeatDraft(node, first, operand, frame.scope)
        for value in values:
            feed(value, made)
    return made


def _subtract(frame: Frame, state: State, made: Sequence, node: cst.BinaryOperation, evaluated: list[Values]) -> None:
    """`everything - some`: a choice of the first, which nobody can read."""
    parts, is_readable = parts_of(evaluated[0])
    what = "name" if not is_readable and _holds_names(evaluated[0]) else "param"
    element = Element(what, _narrowed(frame, parts, node), frame.world.layout.text(node))
    made.items[id(node)] = Item((element,), False, state.branch, node)
    made.is_open = not parts
    made.dependencies.extend(value for values in evaluated for value in values if value not in made.dependencies)


def _holds_names(values: Values) -> bool:
    return any(
        isinstance(one, Element) and one.what == "name"
        for value in values
        if isinstance(value, Sequence)
        for held, _ in held_by(value)
        for one in held
    )


def _arithmetic(frame: Frame, node: cst.BinaryOperation, evaluated: list[Values]) -> Values:
    """A number, or code of which equal text is equal value; `x * 1` is `x`."""
    numbers = [_only_number(values) for values in evaluated]
    known = [number for number in numbers if number is not None]
    if len(known) == len(numbers) and (result := _calculate(node.operator, known)) is not None:
        return (_constant(frame, node, result),)
    if isinstance(node.operator, cst.Multiply) and len(evaluated) == 2 and 1.0 in numbers:
        return evaluated[1 - numbers.index(1.0)]
    text = f" {type(node.operator).__name__} ".join(combine_text(values) for values in evaluated)
    entity = frame.world.make(node, "arithmetic", frame.context, lambda: frame.world.entity(text))
    entity.dependencies = [
        value for values in evaluated for value in values if not isinstance(value, Element | OptimizerValue)
    ]
    return (entity,)


def _only_number(values: Values) -> float | None:
    if len(values) == 1 and isinstance(values[0], Constant):
        value = values[0].value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def _calculate(operator: cst.BaseBinaryOp, numbers: list[float]) -> float | None:
    result = numbers[0]
    for number in numbers[1:]:
        match operator:
            case cst.Add():
                result += number
            case cst.Subtract():
                result -= number
            case cst.Multiply():
                result *= number
            case cst.Divide() if number:
                result /= number
            case cst.Power() if 0 <= number <= 16 and abs(result) < 1e6:
                result = result**number
            case _:
                return None
    return result


def _conditional(frame: Frame, state: State, node: cst.IfExp) -> Values:
    values = evaluate(frame, state, node.test)
    then, otherwise = state.copy(), state.copy()
    if any(isinstance(value, Truth) for value in values) and state.in_parameter_loop:
        from optimlint.extract.filters import condition_of
        from optimlint.facts.conditions import negate

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


def _chosen_constant(frame: Frame, node: cst.BaseExpression, held: Constant, condition: Condition) -> Constant:
    chosen = frame.world.make(node, "chosen", frame.context, lambda: Constant(held.value, held.node))
    chosen.condition = condition
    return chosen


def _lambda(frame: Frame, state: State, node: cst.Lambda) -> Values:
    """A lambda reads what its body reads, whoever calls it."""
    inner = state.copy()
    for parameter in (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params):
        inner.bindings[parameter.name.value] = (frame.world.unknown(parameter, frame.context),)
    consume(evaluate(frame, inner, node.body))
    return (FunctionValue(node, frame.scope),)


def _starred(frame: Frame, state: State, node: cst.StarredElement) -> Values:
    return evaluate(frame, state, node.value)


def _named(frame: Frame, state: State, node: cst.NamedExpr) -> Values:
    values = evaluate(frame, state, node.value)
    if isinstance(node.target, cst.Name):
        store(frame, state, node.target.value, values, None)
    return values


def _await(frame: Frame, state: State, node: cst.Await) -> Values:
    return evaluate(frame, state, node.expression)


def _yield(frame: Frame, state: State, node: cst.Yield) -> Values:
    frame.is_generator = True
    match node.value:
        case cst.From(item=item):
            values = evaluate(frame, state, item)
        case cst.BaseExpression() as value:
            values = evaluate(frame, state, value)
        case _:
            values = ()
    consume(values)
    consume(state.guards)
    frame.returns = union(frame.returns, values)
    return (frame.world.unknown(node, frame.context),)


def _call(frame: Frame, state: State, node: cst.Call) -> Values:
    from optimlint.extract.calls import evaluate_call

    return evaluate_call(frame, state, node)


_EVALUATORS: dict[type, Callable[..., Values]] = {
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Subscript: _subscript,
    cst.SimpleString: _string,
    cst.ConcatenatedString: _string,
    cst.FormattedString: _formatted,
    cst.Integer: _number,
    cst.Float: _number,
    cst.List: _display,
    cst.Tuple: _display,
    cst.Set: _display,
    cst.Dict: _dict,
    cst.ListComp: _comprehension,
    cst.SetComp: _comprehension,
    cst.GeneratorExp: _comprehension,
    cst.DictComp: _dict_comprehension,
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: evaluate_boolean,
    cst.UnaryOperation: evaluate_negation,
    cst.Comparison: evaluate_comparison,
    cst.IfExp: _conditional,
    cst.Lambda: _lambda,
    cst.StarredElement: _starred,
    cst.NamedExpr: _named,
    cst.Await: _await,
    cst.Yield: _yield,
}
