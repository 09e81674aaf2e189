"""Tests of parameters and their names, as conditions that can be compared."""

from optimlint.facts.conditions import (
    NEVER,
    Always,
    Condition,
    NameTest,
    NameTestKind,
    both,
    either,
    negate,
)
from optimlint.facts.groups import FilterKind
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.filter_notes import (
    note_alternatives,
    note_chained,
    note_constant,
    note_dimension,
    note_filter,
    note_member,
    spine,
)
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import WITH_PARAMETER, Aspect
from optimlint.interpret.making import condition_of, truth
from optimlint.interpret.models.collections import derived
from optimlint.interpret.models.identities import among
from optimlint.interpret.models.texts import operand_text, operator_text
from optimlint.interpret.models.wrappers import note_name_test
from optimlint.interpret.name_tests import (
    NAME_KINDS,
    PART_KINDS,
    asks_dimension,
    dimension_test,
    element_among,
    made_positive,
    name_test,
    part_test,
    parts_of_names,
    strings_in,
    test_by_template,
    unknown_test,
    unknown_truth,
)
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    Constant,
    Element,
    Entity,
    Mapping,
    Sequence,
    Stream,
    Truth,
    Values,
    union,
)
from optimlint.syntax import tree


def evaluate_comparison(frame: Frame, state: State, node: tree.Comparison) -> Values:
    """`"bias" in n`, `n == "bias"`, `p.ndim < 2`, `p.requires_grad is True`, `n in names`."""
    left = evaluate(frame, state, node.left)
    if len(node.comparisons) != 1:
        held = left
        for target in node.comparisons:
            held = union(held, evaluate(frame, state, target.comparator))
        return unknown_truth(frame, state, node, held)
    operator, comparator = node.comparisons[0].operator, node.comparisons[0].comparator
    right = evaluate(frame, state, comparator)
    is_negated = isinstance(operator, tree.NotIn | tree.NotEqual | tree.IsNot)
    condition = _compare(frame, state, node, operator, left, right, comparator)
    if condition is None:
        if not any(isinstance(value, Element | Truth) for value in (*left, *right)) and not state.in_parameter_loop:
            return derived(frame, node, tuple(value for value in (*left, *right) if isinstance(value, Entity)))
        condition = made_positive(unknown_test(frame, state, node))
    return truth(frame, node, negate(condition) if is_negated else condition, (*left, *right))


def _compare(
    frame: Frame,
    state: State,
    node: tree.Comparison,
    operator: tree.CompOp,
    left: Values,
    right: Values,
    comparator: tree.Expression,
) -> Condition | None:
    """A comparison as a condition, in its positive form; None if it cannot be interpreted."""
    if (dimension := dimension_test(frame, state, node.left, operator, right)) is not None:
        return dimension
    match operator:
        case tree.In() | tree.NotIn():
            return _membership(frame, state, node, left, right, comparator)
        case tree.Equal() | tree.NotEqual() | tree.Is() | tree.IsNot():
            return _equality(frame, state, node, left, right)
        case tree.GreaterThan() | tree.GreaterThanEqual() if _is_found(node.left):
            return _found_test(frame, state, node.left)
        case _:
            return None


def _membership(
    frame: Frame, state: State, node: tree.Comparison, left: Values, right: Values, comparator: tree.Expression
) -> Condition | None:
    if len(left) > 1 and element_among(right, *NAME_KINDS) is not None:
        note_alternatives(frame, node, right, comparator)
    subject = element_among(right, *NAME_KINDS)
    fragments = strings_in(left)
    if subject is not None and fragments is not None and all(isinstance(value, Constant) for value in left):
        return either(tuple(name_test(subject, NameTestKind.CONTAINS, text) for text in fragments))
    if subject is not None:
        return test_by_template(frame, state, node, subject, NameTestKind.CONTAINS, left)
    if (part := element_among(right, *PART_KINDS)) is not None and fragments:
        return part_test(frame, state, node, part, NameTestKind.CONTAINS, fragments)
    if (part := element_among(left, *PART_KINDS)) is not None:
        texts = strings_in(right) if all(isinstance(value, Sequence) for value in right) else None
        return part_test(frame, state, node, part, NameTestKind.EQUALS, texts) if texts else None
    subject = element_among(left, *NAME_KINDS)
    if subject is None and (identity := element_among(left, Aspect.ID, Aspect.PARAMETER)) is not None:
        return among(identity, right)
    if subject is None:
        return None
    is_negated = isinstance(node.comparisons[0].operator, tree.NotIn)
    if len(right) == 1 and isinstance(right[0], Constant) and isinstance(right[0].value, str):
        code = frame.world.layout.code
        text = f"{code(comparator)}{' not' if is_negated else ''} in {code(node.left)}"
        note_filter(frame, node, FilterKind.REVERSED, subject, node.left, is_negated, right, comparator, text)
        return None
    names = strings_in(right)
    if names is not None:
        note_member(frame, node, subject, is_negated, right, comparator)
        return either(tuple(name_test(subject, NameTestKind.EQUALS, text) for text in names))
    return _among_names(right)


def _among_names(values: Values) -> Condition | None:
    """`n in decay`, where known tests decided which names are in `decay`; None if they are unknown."""
    if len(values) != 1 or not isinstance(values[0], Sequence | Mapping):
        return None
    parts, is_readable = parts_of_names(values[0])
    if not is_readable or len({part.owner for part in parts}) > 1:
        return None
    return either(tuple(part.condition for part in parts)) if parts else None


def _equality(frame: Frame, state: State, node: tree.Comparison, left: Values, right: Values) -> Condition | None:
    left_node = node.left
    for one, other in ((left, right), (right, left)):
        subject = element_among(one, *NAME_KINDS)
        texts = strings_in(other)
        if subject is not None and texts is not None and all(isinstance(value, Constant) for value in other):
            if subject.is_full_name and subject.what is Aspect.NAME:
                note_name_test(frame, state, node, subject, texts)
            return either(tuple(name_test(subject, NameTestKind.EQUALS, text) for text in texts))
        if subject is not None:
            return test_by_template(frame, state, node, subject, NameTestKind.EQUALS, other)
        part = element_among(one, *PART_KINDS)
        if part is not None and texts and all(isinstance(value, Constant) for value in other):
            if part.what is Aspect.FIRST_NAME:
                note_name_test(frame, state, node, part, texts)
            return part_test(frame, state, node, part, NameTestKind.EQUALS, texts)
        match one, other:
            case (Truth(condition=condition),), (Constant(value=bool() | 0 | 1 as is_true),):
                return condition if is_true else negate(condition)
    if _is_found(left_node) and len(right) == 1 and isinstance(right[0], Constant) and right[0].value in (-1, 0):
        found = _found_test(frame, state, left_node)
        return negate(found) if found is not None else None
    return None


def _is_found(node: tree.Expression) -> bool:
    return (
        isinstance(node, tree.Call)
        and isinstance(node.func, tree.Attribute)
        and node.func.attr.value in ("find", "count")
        and len(node.args) == 1
    )


def _found_test(frame: Frame, state: State, node: tree.Expression) -> Condition | None:
    """`n.find("bias") != -1`, `n.count("bias") > 0`."""
    if not isinstance(node, tree.Call) or not isinstance(node.func, tree.Attribute):
        return None
    subject = element_among(evaluate(frame, state, node.func.value), *NAME_KINDS)
    texts = strings_in(evaluate(frame, state, node.args[0].value))
    if subject is None or texts is None or len(texts) != 1:
        return None
    return name_test(subject, NameTestKind.CONTAINS, texts[0])


def evaluate_negation(frame: Frame, state: State, node: tree.UnaryOperation) -> Values:
    """`not test`, `-1`."""
    values = evaluate(frame, state, node.expression)
    if isinstance(node.operator, tree.Not):
        if len(values) == 1 and isinstance(values[0], Truth):
            return truth(frame, node, negate(values[0].condition), values)
        if state.in_parameter_loop:
            return truth(frame, node, negate(condition_of(frame, values, node.expression)), values)
        return derived(frame, node, tuple(value for value in values if isinstance(value, Entity)))
    if isinstance(node.operator, tree.Minus) and len(values) == 1 and isinstance(values[0], Constant):
        number = values[0].value
        if isinstance(number, int | float) and not isinstance(number, bool):
            return (frame.world.make(node, "constant", frame.context, lambda: Constant(-number, node)),)
    text = f"{operator_text(frame.world, node.operator)}{operand_text(frame.world, values)}"
    return (frame.world.make(node, "arithmetic", frame.context, lambda: frame.world.entity(text)),)


def evaluate_boolean(frame: Frame, state: State, node: tree.BooleanOperation) -> Values:
    """`a and b`, `a or b`: a condition if an operand is one, else either value."""
    operands = spine(node)
    region = state.region
    evaluated = [evaluate(frame, state, operands[0])]
    state.within(node)
    evaluated += [evaluate(frame, state, operand) for operand in operands[1:]]
    state.region = region
    values = union(*evaluated)
    streams = [value for value in values if isinstance(value, Stream)]
    if len(streams) == len(evaluated) and all(stream.what in WITH_PARAMETER for stream in streams):
        note_chained(frame, node, operands, streams)
        return (streams[-1] if isinstance(node.operator, tree.And) else streams[0],)
    if not any(isinstance(value, Truth) for value in values):
        return values
    if constants := [operand for operand, held in zip(operands, evaluated, strict=True) if _is_bare_string(held)]:
        note_constant(frame, state, node, operands, constants)
    conditions = [condition_of(frame, held, operand) for operand, held in zip(operands, evaluated, strict=True)]
    if any(asks_dimension(condition) for condition in conditions):
        note_dimension(frame, operands)
    if isinstance(node.operator, tree.Or):
        return truth(frame, node, either(tuple(conditions)), values)
    joined: Condition = Always()
    for condition in conditions:
        joined = both(joined, condition)
    return truth(frame, node, joined, values)


def _is_bare_string(values: Values) -> bool:
    return len(values) == 1 and isinstance(values[0], Constant) and isinstance(values[0].value, str)


def evaluate_name_method(
    frame: Frame, state: State, node: tree.Call, element: Element, method: str, arguments: list[Values]
) -> Values:
    """The result of calling a method of a parameter's name."""
    code = frame.world.layout.text(node)
    match method:
        case "startswith" | "endswith" if arguments:
            texts = strings_in(arguments[0])
            kind = NameTestKind.STARTS if method == "startswith" else NameTestKind.ENDS
            if method == "startswith" and (element.is_full_name or element.what is Aspect.FIRST_NAME):
                note_name_test(frame, state, node, element, texts)
            if texts is not None and element.what in NAME_KINDS:
                if element.what is Aspect.LAST_NAME:
                    kind = NameTestKind.CONTAINS if kind is NameTestKind.STARTS else kind
                condition = either(tuple(NameTest(kind, text) for text in texts))
                return truth(frame, node, condition, arguments[0])
            if texts and element.what in PART_KINDS:
                return truth(frame, node, part_test(frame, state, node, element, kind, texts), arguments[0])
            if (partly := test_by_template(frame, state, node, element, kind, arguments[0])) is not None:
                return truth(frame, node, partly, arguments[0])
            return unknown_truth(frame, state, node, arguments[0])
        case "lower" | "strip" | "casefold" | "replace" | "removeprefix" | "lstrip" | "rstrip" | "upper":
            is_full = element.is_full_name and method in ("lower", "strip", "casefold")
            return (Element(element.what, element.parts, element.text, is_full),)
        case "split" | "rsplit" | "partition" | "rpartition":
            what = Aspect.NAME if element.what is Aspect.NAME else Aspect.UNKNOWN_NAME
            return (Element(what, element.parts, code, False),)
        case "__contains__" if arguments and (texts := strings_in(arguments[0])) is not None:
            return truth(frame, node, either(tuple(name_test(element, NameTestKind.CONTAINS, one) for one in texts)))
        case _:
            return unknown_truth(frame, state, node, union(*arguments))


def evaluate_predicate(frame: Frame, state: State, node: tree.Call, outcomes: list[tuple[Condition, Values]]) -> Values:
    """The condition under which a function of this source returns a true value for a parameter, from each `return` and
    the tests that lead to it."""
    conditions = []
    values: Values = ()
    for path, returned in outcomes:
        conditions.append(both(path, condition_of(frame, returned, node)))
        values = union(values, returned)
    return truth(frame, node, either(tuple(conditions)) if conditions else NEVER, values)
