"""Tests of parameters and their names, as conditions that can be compared."""

import re

from optimlint.facts.conditions import (
    NEVER,
    Always,
    And,
    Condition,
    DimensionTest,
    NameTest,
    NameTestKind,
    Not,
    Or,
    UnknownTest,
    both,
    either,
    negate,
)
from optimlint.facts.groups import FilterKind
from optimlint.interpret.assignments import assign_to
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.frame import Frame
from optimlint.interpret.iteration import iterate
from optimlint.interpret.making import condition_of, truth
from optimlint.interpret.models.collections import derived, held_by
from optimlint.interpret.models.identities import ID, among
from optimlint.interpret.models.partial_texts import template_in, template_test
from optimlint.interpret.models.texts import operand_text, operator_text
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    Constant,
    DraftPart,
    Element,
    Entity,
    Mapping,
    Sequence,
    Stream,
    Truth,
    Value,
    Values,
    union,
)
from optimlint.interpret.world import FilterDraft
from optimlint.syntax import tree

_NAMES = ("name", "last name")
_PARTS = ("first name", "inner name")
_SPLIT = re.compile(r"""\.(split|rsplit|partition|rpartition)\(\s*["']\.["']\s*(?:,\s*(?:maxsplit\s*=\s*)?1\s*)?\)$""")
_MOST_FRAGMENTS = 64
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


def _unknown_test(frame: Frame, state: State, node: tree.Node) -> UnknownTest:
    """A test that cannot be read: its code with loop variables by their kind, so that two loops' tests can be compared,
    and the objects that other names in it mean, so that they are compared only where they ask the same."""
    about: dict[int, None] = {}

    def general(match: re.Match[str]) -> str:
        for value in state.bindings.get(match[0], ()):
            match value:
                case Element(what=what):
                    return f"<{what}>"
                case Entity():
                    about[value.representative().number] = None
                case Sequence() | Mapping():
                    about[-frame.world.order(value.node)] = None
        return match[0]

    code = _IDENTIFIER.sub(general, frame.world.layout.code(node))
    return UnknownTest(code, about=tuple(about))


def _element(values: Values, *kinds: str) -> Element | None:
    if len(values) == 1 and isinstance(values[0], Element) and values[0].what in kinds:
        return values[0]
    return None


def by_default(values: Values) -> Values:
    """The values, with the default of a function's parameter in its place."""
    return union(*(value.default if isinstance(value, Entity) and value.default else (value,) for value in values))


def _strings(values: Values) -> list[str] | None:
    """The literal strings that values are, or that one collection holds; None for anything else."""
    values = by_default(values)
    if not values:
        return None
    texts: list[str] = []
    for value in values:
        match value:
            case Constant(value=str(text)):
                texts.append(text)
            case Sequence(is_open=False, is_mapping=False):
                for held, _ in held_by(value):
                    if len(held) != 1 or not isinstance(held[0], Constant) or not isinstance(held[0].value, str):
                        return None
                    texts.append(held[0].value)
            case _:
                return None
    return texts if len(texts) <= _MOST_FRAGMENTS else None


def name_test(element: Element, kind: NameTestKind, text: str) -> NameTest:
    """A test of a full name, or of its last part."""
    if element.what == "last name" and kind is NameTestKind.EQUALS:
        return NameTest(NameTestKind.ENDS, text)
    return NameTest(kind, text)


def part_of_name(owner: Element, index: Values) -> str:
    """What `n.split(".")[1]` is of the name: its first part, its last, or one between; "unknown name" for the rest."""
    match index:
        case (Constant(value=int(number)),):
            called = _SPLIT.search(owner.text)
        case _:
            called = None
    if called is None:
        return "unknown name"
    is_once = "," in called[0] or "partition" in called[1]
    last = {"split": -1, "rsplit": 1, "partition": 3, "rpartition": 2}[called[1]]
    if number == -1 and not (is_once and called[1] in ("split", "partition")):
        return "last name"
    if number == 0 and not (is_once and called[1].startswith("r")):
        return "first name"
    if is_once:
        return "last name" if number == last and called[1].startswith("r") else "unknown name"
    return "inner name"


def _part_test(
    frame: Frame, state: State, node: tree.Expression, subject: Element, kind: NameTestKind, texts: list[str]
) -> Condition:
    """A test of one part between dots: a full name that passes has that part in it, at a place that nobody knows."""
    if subject.what == "first name" and kind in (NameTestKind.EQUALS, NameTestKind.STARTS):
        end = "." if kind is NameTestKind.EQUALS else ""
        return either(tuple(NameTest(NameTestKind.STARTS, f"{text}{end}") for text in texts))
    dot = "." if kind in (NameTestKind.EQUALS, NameTestKind.STARTS) and subject.what == "inner name" else ""
    known = either(tuple(NameTest(NameTestKind.CONTAINS, f"{dot}{text}") for text in texts))
    return both(known, _positive(_unknown_test(frame, state, node)))


def evaluate_comparison(frame: Frame, state: State, node: tree.Comparison) -> Values:
    """`"bias" in n`, `n == "bias"`, `p.ndim < 2`, `p.requires_grad is True`, `n in names`."""
    left = evaluate(frame, state, node.left)
    if len(node.comparisons) != 1:
        held = left
        for target in node.comparisons:
            held = union(held, evaluate(frame, state, target.comparator))
        return _unknown(frame, state, node, held)
    operator, comparator = node.comparisons[0].operator, node.comparisons[0].comparator
    right = evaluate(frame, state, comparator)
    is_negated = isinstance(operator, tree.NotIn | tree.NotEqual | tree.IsNot)
    condition = _compare(frame, state, node, operator, left, right, comparator)
    if condition is None:
        if not any(isinstance(value, Element | Truth) for value in (*left, *right)) and not state.in_parameter_loop:
            return derived(frame, node, tuple(value for value in (*left, *right) if isinstance(value, Entity)))
        condition = _positive(_unknown_test(frame, state, node))
    return truth(frame, node, negate(condition) if is_negated else condition, (*left, *right))


def _unknown(frame: Frame, state: State, node: tree.Expression, values: Values) -> Values:
    return truth(frame, node, _unknown_test(frame, state, node), values)


def _positive(test: UnknownTest) -> UnknownTest:
    """The test that a negated comparison is the opposite of."""
    code = test.text.replace(" not in ", " in ").replace("!=", "==").replace(" is not ", " is ")
    return UnknownTest(code, about=test.about)


def _template_test(
    frame: Frame, state: State, node: tree.Expression, subject: Element, kind: NameTestKind, text: Values
) -> Condition | None:
    """A test for a text of which a part is known (`f"layer.{i}." in n`): the part decides, and so does what nobody
    knows."""
    template = template_in(text)
    if not template or subject.what != "name":
        return None
    known = template_test(template, kind)
    return both(known, _positive(_unknown_test(frame, state, node))) if known is not None else None


def _compare(
    frame: Frame,
    state: State,
    node: tree.Comparison,
    operator: tree.CompOp,
    left: Values,
    right: Values,
    comparator: tree.Expression,
) -> Condition | None:
    """The positive form of the comparison; None where it is not understood."""
    if (dimension := _dimension_test(frame, state, node.left, operator, right)) is not None:
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
    if len(left) > 1 and _element(right, *_NAMES) is not None:
        _note_alternatives(frame, node, right, comparator)
    subject = _element(right, *_NAMES)
    fragments = _strings(left)
    if subject is not None and fragments is not None and all(isinstance(value, Constant) for value in left):
        return either(tuple(name_test(subject, NameTestKind.CONTAINS, text) for text in fragments))
    if subject is not None:
        return _template_test(frame, state, node, subject, NameTestKind.CONTAINS, left)
    if (part := _element(right, *_PARTS)) is not None and fragments:
        return _part_test(frame, state, node, part, NameTestKind.CONTAINS, fragments)
    if (part := _element(left, *_PARTS)) is not None:
        texts = _strings(right) if all(isinstance(value, Sequence) for value in right) else None
        return _part_test(frame, state, node, part, NameTestKind.EQUALS, texts) if texts else None
    subject = _element(left, *_NAMES)
    if subject is None and (identity := _element(left, ID, "param")) is not None:
        return among(identity, right)
    if subject is None:
        return None
    is_negated = isinstance(node.comparisons[0].operator, tree.NotIn)
    if len(right) == 1 and isinstance(right[0], Constant) and isinstance(right[0].value, str):
        code = frame.world.layout.code
        text = f"{code(comparator)}{' not' if is_negated else ''} in {code(node.left)}"
        _note(frame, node, FilterKind.REVERSED, subject, node.left, is_negated, right, comparator, text)
        return None
    names = _strings(right)
    if names is not None:
        _note_member(frame, node, subject, is_negated, right, comparator)
        return either(tuple(name_test(subject, NameTestKind.EQUALS, text) for text in names))
    return _among_names(right)


def _among_names(values: Values) -> Condition | None:
    """`n in decay`, where `decay` was filled with names by tests that are known."""
    if len(values) != 1 or not isinstance(values[0], Sequence | Mapping):
        return None
    parts, is_readable = parts_of_names(values[0])
    if not is_readable or len({part.owner for part in parts}) > 1:
        return None
    return either(tuple(part.condition for part in parts)) if parts else None


def parts_of_names(value: Value) -> tuple[tuple[DraftPart, ...], bool]:
    """The parameters whose names a collection holds."""
    if not isinstance(value, Sequence) or value.is_open:
        return (), False
    parts: list[DraftPart] = []
    for values, _ in held_by(value):
        for held in values:
            if not isinstance(held, Element | Stream) or held.what not in ("name", "pair"):
                return (), False
            parts.extend(held.parts)
    return tuple(dict.fromkeys(parts)), True


def _note_member(
    frame: Frame,
    node: tree.Comparison,
    subject: Element,
    is_negated: bool,
    names: Values,
    names_node: tree.Expression,
) -> None:
    code, listed = frame.world.layout.code(node.left), frame.world.layout.code(names_node)
    fragment = "nd" if code != "nd" else "fragment"
    test = f"any({fragment} in {code} for {fragment} in {listed})"
    kind = FilterKind.MEMBER
    _note(frame, node, kind, subject, node.left, is_negated, names, names_node, f"not {test}" if is_negated else test)


def _note(
    frame: Frame,
    node: tree.Node,
    kind: FilterKind,
    subject: Element,
    subject_node: tree.Node,
    is_negated: bool,
    names: Values,
    names_node: tree.Node | None,
    replacement: str = "",
) -> None:
    owners = tuple(dict.fromkeys(part.owner for part in subject.parts if part.owner is not None))
    is_full = subject.what == "name" and subject.is_full_name
    frame.world.filters[id(node)] = FilterDraft(
        kind,
        node,
        frame.world.layout.code(subject_node),
        is_full,
        is_negated,
        names,
        names_node,
        frame.scope,
        owners,
        replacement,
    )


def _equality(frame: Frame, state: State, node: tree.Comparison, left: Values, right: Values) -> Condition | None:
    left_node = node.left
    for one, other in ((left, right), (right, left)):
        subject = _element(one, *_NAMES)
        texts = _strings(other)
        if subject is not None and texts is not None and all(isinstance(value, Constant) for value in other):
            return either(tuple(name_test(subject, NameTestKind.EQUALS, text) for text in texts))
        if subject is not None:
            return _template_test(frame, state, node, subject, NameTestKind.EQUALS, other)
        part = _element(one, *_PARTS)
        if part is not None and texts and all(isinstance(value, Constant) for value in other):
            return _part_test(frame, state, node, part, NameTestKind.EQUALS, texts)
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
    subject = _element(evaluate(frame, state, node.func.value), *_NAMES)
    texts = _strings(evaluate(frame, state, node.args[0].value))
    if subject is None or texts is None or len(texts) != 1:
        return None
    return name_test(subject, NameTestKind.CONTAINS, texts[0])


def _dimension_test(
    frame: Frame, state: State, node: tree.Expression, operator: tree.CompOp, right: Values
) -> Condition | None:
    """`p.ndim < 2`, `p.dim() >= 2`, `len(p.shape) == 1`."""
    if len(right) != 1 or not isinstance(right[0], Constant) or not isinstance(right[0].value, int | float):
        return None
    subject = _dimension_subject(node)
    if subject is None:
        return None
    if _element(evaluate(frame, state, subject), "param") is None:
        return None
    number = int(right[0].value)
    match operator:
        case tree.LessThan():
            return negate(DimensionTest(number))
        case tree.LessThanEqual():
            return negate(DimensionTest(number + 1))
        case tree.GreaterThan():
            return DimensionTest(number + 1)
        case tree.GreaterThanEqual():
            return DimensionTest(number)
        case tree.Equal() | tree.NotEqual():
            return And((DimensionTest(number), Not(DimensionTest(number + 1))))
        case _:
            return None


def _dimension_subject(node: tree.Expression) -> tree.Expression | None:
    match node:
        case tree.Attribute(value=subject, attr=tree.Name(value="ndim")):
            return subject
        case tree.Call(func=tree.Attribute(value=subject, attr=tree.Name(value="dim" | "ndimension")), args=[]):
            return subject
        case tree.Call(func=tree.Name(value="len"), args=[tree.Arg(value=inner)]):
            match inner:
                case tree.Attribute(value=subject, attr=tree.Name(value="shape")):
                    return subject
                case tree.Call(func=tree.Attribute(value=subject, attr=tree.Name(value="size")), args=[]):
                    return subject
    return None


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
    """`a and b`, `a or b`: a condition where one is about parameters, else either value."""
    operands = _spine(node)
    region = state.region
    evaluated = [evaluate(frame, state, operands[0])]
    state.within(node)
    evaluated += [evaluate(frame, state, operand) for operand in operands[1:]]
    state.region = region
    values = union(*evaluated)
    streams = [value for value in values if isinstance(value, Stream)]
    if len(streams) == len(evaluated) and all(stream.what in ("param", "pair") for stream in streams):
        _note_chained(frame, node, operands, streams)
        return (streams[-1] if isinstance(node.operator, tree.And) else streams[0],)
    if not any(isinstance(value, Truth) for value in values):
        return values
    if constants := [operand for operand, held in zip(operands, evaluated, strict=True) if _is_bare_string(held)]:
        _note_constant(frame, state, node, operands, constants)
    conditions = [condition_of(frame, held, operand) for operand, held in zip(operands, evaluated, strict=True)]
    if any(asks_dimension(condition) for condition in conditions):
        _note_dimension(frame, operands)
    if isinstance(node.operator, tree.Or):
        return truth(frame, node, either(tuple(conditions)), values)
    joined: Condition = Always()
    for condition in conditions:
        joined = both(joined, condition)
    return truth(frame, node, joined, values)


def _spine(node: tree.BooleanOperation) -> list[tree.Expression]:
    operands: list[tree.Expression] = []
    current: tree.Expression = node
    while isinstance(current, tree.BooleanOperation) and type(current.operator) is type(node.operator):
        operands.append(current.right)
        current = current.left
        if current.lpar if hasattr(current, "lpar") else False:
            break
    return [current, *reversed(operands)]


def _is_bare_string(values: Values) -> bool:
    return len(values) == 1 and isinstance(values[0], Constant) and isinstance(values[0].value, str)


def _note_constant(
    frame: Frame,
    state: State,
    node: tree.BooleanOperation,
    operands: list[tree.Expression],
    constants: list[tree.Expression],
) -> None:
    """`"bias" or "bn" in n`: the string alone is true for every name."""
    for operand in operands:
        found = _tested_name(frame, state, operand)
        if found is None:
            continue
        subject, subject_node, is_negated = found
        code = frame.world.layout.code(subject_node)
        joint = "and" if isinstance(node.operator, tree.And) else "or"
        how = "not in" if is_negated else "in"
        tests = [
            f"{frame.world.layout.code(one)} {how} {code}" if one in constants else frame.world.layout.code(one)
            for one in operands
        ]
        text = f" {joint} ".join(tests)
        names = evaluate(frame, state, constants[0])
        replacement = f"({text})" if node.lpar else text
        _note(frame, node, FilterKind.CONSTANT, subject, subject_node, False, names, constants[0], replacement)
        return


def _tested_name(frame: Frame, state: State, node: tree.Expression) -> tuple[Element, tree.Expression, bool] | None:
    """The name that an operand asks about, and whether it asks for its absence."""
    match node:
        case tree.Comparison(comparisons=[target]) if isinstance(target.operator, tree.In | tree.NotIn):
            subject_node, is_negated = target.comparator, isinstance(target.operator, tree.NotIn)
        case tree.Call(func=tree.Attribute(value=subject_node)):
            is_negated = False
        case tree.UnaryOperation(expression=inner):
            found = _tested_name(frame, state, inner)
            return (found[0], found[1], not found[2]) if found is not None else None
        case _:
            return None
    subject = _element(evaluate(frame, state, subject_node), *_NAMES)
    return (subject, subject_node, is_negated) if subject is not None else None


def _note_alternatives(frame: Frame, node: tree.Comparison, right: Values, comparator: tree.Expression) -> None:
    """`("bias" or "norm") in n` asks for the first string alone."""
    subject = _element(right, *_NAMES)
    if subject is None or not isinstance(node.left, tree.BooleanOperation):
        return
    how = "not in" if isinstance(node.comparisons[0].operator, tree.NotIn) else "in"
    joint = "and" if how == "not in" else "or"
    operands = [frame.world.layout.code(operand) for operand in _spine(node.left)]
    text = f" {joint} ".join(f"{operand} {how} {frame.world.layout.code(comparator)}" for operand in operands)
    names_node = _spine(node.left)[-1]
    _note(frame, node, FilterKind.CONSTANT, subject, comparator, False, (), names_node, f"({text})")


def asks_dimension(condition: Condition) -> bool:
    """Whether a condition asks how many dimensions a parameter has."""
    match condition:
        case DimensionTest():
            return True
        case Not(operand=operand):
            return asks_dimension(operand)
        case And(operands=operands) | Or(operands=operands):
            return any(asks_dimension(operand) for operand in operands)
        case _:
            return False


def _note_dimension(frame: Frame, operands: list[tree.Expression]) -> None:
    """A test of dimensions beside a test of names may cover what the names miss."""
    for operand in operands:
        inner = operand.expression if isinstance(operand, tree.UnaryOperation) else operand
        if (draft := frame.world.filters.get(id(inner))) is not None:
            draft.has_dimension_test = True


def _note_chained(
    frame: Frame, node: tree.BooleanOperation, operands: list[tree.Expression], streams: list[Stream]
) -> None:
    text = f"[{', '.join(f'*{frame.world.layout.code(operand)}' for operand in operands)}]"
    parts = tuple(part for stream in streams for part in stream.parts)
    subject = Element("param", parts, frame.world.layout.code(node))
    _note(frame, node, FilterKind.CHAINED_STREAMS, subject, node, False, (), None, text)


def evaluate_quantifier(frame: Frame, state: State, node: tree.Call, name: str) -> Values:
    """`any(nd in n for nd in no_decay)`, `all(nd not in n for nd in no_decay)`, `any(["bias" in n, p.ndim < 2])`."""
    argument = node.args[0].value
    if isinstance(argument, tree.GeneratorExp | tree.ListComp | tree.SetComp) and argument.for_in.inner_for_in is None:
        return _quantified(frame, state, node, name, argument)
    values = evaluate(frame, state, argument)
    if len(values) == 1 and isinstance(values[0], Sequence):
        held = [one for one, _ in held_by(values[0])]
        if held and all(len(one) == 1 and isinstance(one[0], Truth) for one in held):
            conditions = [condition_of(frame, one, node) for one in held]
            return truth(frame, node, _combine(name, conditions), values)
    if state.in_parameter_loop or any(isinstance(value, Stream) for value in values):
        return _unknown(frame, state, node, values)
    return derived(frame, node, values)


def _combine(name: str, conditions: list[Condition]) -> Condition:
    if name == "any":
        return either(tuple(conditions)) if conditions else NEVER
    joined: Condition = Always()
    for condition in conditions:
        joined = both(joined, condition)
    return joined


def _quantified(
    frame: Frame, state: State, node: tree.Call, name: str, generator: tree.GeneratorExp | tree.ListComp | tree.SetComp
) -> Values:

    iterated = evaluate(frame, state, generator.for_in.iter)
    fragments = _fragments(iterated)
    inner = state.copy()
    hidden = frame.nested(node)
    if fragments is None:
        assign_to(
            hidden, inner, generator.for_in.target, iterate(frame, inner, generator.for_in.iter, iterated), node, None
        )
        values = evaluate(frame, inner, generator.elt)
        for test in generator.for_in.ifs:
            values = union(values, evaluate(frame, inner, test.test))
        if any(isinstance(value, Truth) for value in values) or state.in_parameter_loop:
            return _unknown(frame, state, node, (*iterated, *values))
        return derived(frame, node, (*iterated, *values))
    conditions: list[Condition] = []
    values = ()
    for fragment in fragments:
        assign_to(hidden, inner, generator.for_in.target, (fragment,), node, None)
        values = evaluate(frame, inner, generator.elt)
        condition = condition_of(frame, values, generator.elt)
        for test in generator.for_in.ifs:
            condition = both(condition, condition_of(frame, evaluate(frame, inner, test.test), test.test))
        conditions.append(condition)
    _note_quantifier(frame, inner, node, generator, iterated)
    return truth(frame, node, _combine(name, conditions), (*iterated, *values))


def _fragments(values: Values) -> list[Constant] | None:
    """The strings that a collection yields; a plain string yields its characters."""
    texts: list[Constant] = []
    for value in by_default(values):
        match value:
            case Constant(value=str(text)):
                texts.extend(Constant(character, value.node) for character in dict.fromkeys(text))
            case Sequence(is_open=False, is_mapping=False):
                for held, _ in held_by(value):
                    if len(held) != 1 or not isinstance(held[0], Constant) or not isinstance(held[0].value, str):
                        return None
                    texts.append(held[0])
            case _:
                return None
    return texts if 0 < len(texts) <= _MOST_FRAGMENTS else None


def _note_quantifier(
    frame: Frame,
    state: State,
    node: tree.Call,
    generator: tree.GeneratorExp | tree.ListComp | tree.SetComp,
    iterated: Values,
) -> None:
    comparison = generator.elt
    if isinstance(comparison, tree.UnaryOperation):
        comparison = comparison.expression
    if not isinstance(comparison, tree.Comparison) or len(comparison.comparisons) != 1:
        return
    target = comparison.comparisons[0]
    subject = _element(evaluate(frame, state, target.comparator), *_NAMES)
    if subject is None or not isinstance(target.operator, tree.In | tree.NotIn):
        return
    is_negated = isinstance(target.operator, tree.NotIn)
    iterable = generator.for_in.iter
    _note(frame, node, FilterKind.ANY_FRAGMENT, subject, target.comparator, is_negated, iterated, iterable)


def evaluate_name_method(
    frame: Frame, state: State, node: tree.Call, element: Element, method: str, arguments: list[Values]
) -> Values:
    """What a method of a parameter's name gives."""
    code = frame.world.layout.text(node)
    match method:
        case "startswith" | "endswith" if arguments:
            texts = _strings(arguments[0])
            kind = NameTestKind.STARTS if method == "startswith" else NameTestKind.ENDS
            if texts is not None and element.what in _NAMES:
                if element.what == "last name":
                    kind = NameTestKind.CONTAINS if kind is NameTestKind.STARTS else kind
                condition = either(tuple(NameTest(kind, text) for text in texts))
                return truth(frame, node, condition, arguments[0])
            if texts and element.what in _PARTS:
                return truth(frame, node, _part_test(frame, state, node, element, kind, texts), arguments[0])
            if (partly := _template_test(frame, state, node, element, kind, arguments[0])) is not None:
                return truth(frame, node, partly, arguments[0])
            return _unknown(frame, state, node, arguments[0])
        case "lower" | "strip" | "casefold" | "replace" | "removeprefix" | "lstrip" | "rstrip" | "upper":
            is_full = element.is_full_name and method in ("lower", "strip", "casefold")
            return (Element(element.what, element.parts, element.text, is_full),)
        case "split" | "rsplit" | "partition" | "rpartition":
            return (Element("name" if element.what == "name" else "unknown name", element.parts, f"{code}", False),)
        case "__contains__" if arguments and (texts := _strings(arguments[0])) is not None:
            return truth(frame, node, either(tuple(name_test(element, NameTestKind.CONTAINS, one) for one in texts)))
        case _:
            return _unknown(frame, state, node, union(*arguments))


def evaluate_predicate(frame: Frame, state: State, node: tree.Call, outcomes: list[tuple[Condition, Values]]) -> Values:
    """What a function of this source says of a parameter: each `return` under the tests that lead to it."""
    conditions = []
    values: Values = ()
    for path, returned in outcomes:
        conditions.append(both(path, condition_of(frame, returned, node)))
        values = union(values, returned)
    return truth(frame, node, either(tuple(conditions)) if conditions else NEVER, values)
