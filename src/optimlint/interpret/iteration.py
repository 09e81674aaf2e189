"""Iteration by loops and comprehensions."""

from optimlint.facts.conditions import Always, both
from optimlint.interpret.assignments import assign_to
from optimlint.interpret.edits import note_reading, read_once, spread
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import Aspect, SequenceKind
from optimlint.interpret.making import condition_of, narrowed, new_sequence
from optimlint.interpret.models.contents import (
    held_by,
    is_group_collection,
    merged_elements,
    parts_of,
    under_path,
    with_parts,
)
from optimlint.interpret.readings import is_computed, read_stream
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    DraftPart,
    Element,
    Entity,
    Item,
    Mapping,
    Sequence,
    Stream,
    Value,
    Values,
    union,
)
from optimlint.syntax import tree


def iterate(frame: Frame, state: State, node: tree.Expression, values: Values, *, acts: bool = False) -> Values:
    """The values of a loop's target over `values`, which are those of `node`. `acts` means that the loop does more with
    parameters than collect them."""
    read_stream(frame, state, node, values, acts=acts)
    found: list[Value] = []
    for value in values:
        match value:
            case Stream(what=what, parts=parts):
                if note_reading(value, node, state.branch) and not isinstance(node, tree.Name | tree.Attribute):
                    parts = narrowed(frame, parts, node)  # Something else may have read some of it.
                text = frame.world.layout.text(node)
                found.append(Element(what, parts, text, value.is_full_names, value.is_every_module))
            case Sequence(is_mapping=True):
                parts, _ = parts_of((value,))
                method = _method_called(node)
                found.append(
                    Element(Aspect.PAIR if method == "items" else Aspect.NAME, parts, frame.world.layout.text(node))
                )
            case Sequence():
                for held, item in held_by(value, version=read_once(frame, value, node)):
                    is_spread = item is not None and item.is_spread
                    found.extend(_element(frame, one, node, is_spread) for one in held)
            case Mapping():
                found.append(frame.world.unknown(node, frame.context))
            case Element(what=Aspect.MODULE):
                found.append(Element(Aspect.MODULE, narrowed(frame, value.parts, node), frame.world.layout.text(node)))
            case _:
                found.append(
                    frame.world.child(value, "[each]") if isinstance(value, Entity) else frame.world.unknown(node)
                )
    return merged_elements(found)


def _method_called(node: tree.Expression) -> str:
    """The name of the method in a method call; "" for anything else."""
    match node:
        case tree.Call(func=tree.Attribute(attr=tree.Name(value=method))):
            return method
        case _:
            return ""


def _element(frame: Frame, value: Value, node: tree.Expression, is_spread: bool) -> Value:
    """What a collection yields for one of its values: the value, or its elements if it was spread into the
    collection."""
    if is_spread and isinstance(value, Entity) and value.qualified_name is None:
        return frame.world.child(value, "[each]")
    if isinstance(value, Stream):
        return Element(value.what, value.parts, frame.world.layout.text(node), value.is_full_names)
    return value


def comprehension(frame: Frame, state: State, node: tree.ListComp | tree.SetComp | tree.GeneratorExp) -> Values:
    inner = state.copy()
    is_lazy = isinstance(node, tree.GeneratorExp)
    if is_lazy:
        inner.within(node, is_loop=True)
    conditions, dependencies, is_ambiguous = _read_clauses(frame, inner, node.for_in, is_computed(node.elt))
    values = under_path(inner, evaluate(frame, inner, node.elt))
    state.read = inner.read
    if isinstance(node, tree.GeneratorExp) and (lazy := _lazy_stream(frame, node, values)) is not None:
        frame.world.flows.add(dependencies, lazy, FlowKind.MADE_FROM, node)
        return (lazy,)
    made = new_sequence(frame, state, node, SequenceKind.GENERATOR if is_lazy else SequenceKind.LIST)
    is_copy = not is_lazy and _is_copy(node) and len(dependencies) == 1 and is_group_collection(dependencies[0])
    if inner.path != state.path and any(isinstance(value, Element) for value in values):
        values = tuple(value for value in values if not isinstance(value, Entity))
    values = _noted(values, conditions, node.for_in.iter if node.for_in.inner_for_in is None else None)
    made.items[node] = Item(values, False, state.branch, node.elt, is_many=True)
    if is_copy:
        made.items[node] = spread(frame, dependencies, state.branch, node.for_in.iter)
    # It is unknown which groups a test selects.
    is_choice = _has_test(node.for_in) and any(is_group_collection(value) for value in dependencies)
    made.is_open = made.is_open or is_ambiguous or is_choice
    made.is_reduced = made.is_reduced or is_choice
    for value in dependencies if is_choice else ():
        if isinstance(value, Sequence) and not value.is_given:
            value.is_reduced = True
    frame.world.flows.add(dependencies, made, FlowKind.MADE_FROM, node)
    for value in values:
        if isinstance(value, Mapping):
            value.is_listed = True
    return (made,)


def _is_copy(node: tree.ListComp | tree.SetComp | tree.GeneratorExp) -> bool:
    """`[group for group in groups]`."""
    clause = node.for_in
    match node.elt, clause.target:
        case tree.Name(value=first), tree.Name(value=second):
            return first == second and not clause.ifs and clause.inner_for_in is None
        case _:
            return False


def _has_test(clause: tree.CompFor | None) -> bool:
    while clause is not None:
        if clause.ifs:
            return True
        clause = clause.inner_for_in
    return False


def _noted(values: Values, condition: tree.Expression | None, source: tree.Expression | None) -> Values:
    """The elements, with the code of the test that selected them and of what they were read from."""

    def note(part: DraftPart) -> DraftPart:
        return DraftPart(part.owner, part.condition, condition or part.condition_node, source or part.source_node)

    return with_parts(values, note)


def _lazy_stream(frame: Frame, node: tree.GeneratorExp, values: Values) -> Stream | None:
    """The one-shot stream that a generator of a stream's elements is; None for other generators."""
    element = _as_element(values)
    if element is not None and element.what in (Aspect.PARAMETER, Aspect.PAIR, Aspect.NAME):
        made = frame.world.make(node, "stream", frame.context, lambda: Stream(node, element.what, element.parts, True))
        made.parts = element.parts
        return made
    return None


def _as_element(values: Values) -> Element | None:
    """The element that a generator yields. A tuple of a name and its parameter is a pair. None for anything else."""
    match values:
        case (Element() as element,):
            return element
        case (Sequence(kind=SequenceKind.TUPLE) as held,):
            one = [value for item in held.items.values() for value in item.values]
            match one:
                case [Element(what=Aspect.NAME), Element(what=Aspect.PARAMETER, parts=parts, text=text)]:
                    return Element(Aspect.PAIR, parts, text)
    return None


def _read_clauses(
    frame: Frame, state: State, clause: tree.CompFor, acts: bool
) -> tuple[tree.Expression | None, tuple[Value, ...], bool]:
    """Read the `for … in … if …` clauses of a comprehension: bind their targets and add their tests to the path.
    Returns the test if it is the only condition, the values that the result depends on, and whether the first iterable
    may be one of several values."""

    dependencies: Values = ()
    tests: list[tree.Expression] = []
    is_outermost = state.path == Always()
    is_ambiguous = False
    current: tree.CompFor | None = clause
    hidden = frame.nested(clause)
    while current is not None:
        iterated = evaluate(frame, state, current.iter)
        if current is clause:
            is_ambiguous = len(iterated) > 1
        elements = iterate(frame, state, current.iter, iterated, acts=acts)
        state.within(current, is_loop=True)
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
    return tests[0] if is_outermost and len(tests) == 1 else None, dependencies, is_ambiguous


def dict_comprehension(frame: Frame, state: State, node: tree.DictComp) -> Values:
    inner = state.copy()
    _, dependencies, _ = _read_clauses(frame, inner, node.for_in, is_computed(node.value))
    keys = evaluate(frame, inner, node.key)
    values = under_path(inner, evaluate(frame, inner, node.value))
    state.read = inner.read
    made = new_sequence(frame, state, node, SequenceKind.DICT)
    made.is_mapping = any(isinstance(value, Element) for value in (*values, *keys))
    made.items[node] = Item(values, False, state.branch, node.value, is_many=True)
    frame.world.flows.add(dependencies, made, FlowKind.MADE_FROM, node)
    return (made,)
