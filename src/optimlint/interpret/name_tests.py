"""Single tests of a parameter or its name, as conditions."""

import re

from optimlint.facts.conditions import (
    And,
    Condition,
    DimensionTest,
    NameTest,
    NameTestKind,
    Not,
    UnknownTest,
    both,
    either,
    negate,
    tests,
)
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import Aspect
from optimlint.interpret.making import truth
from optimlint.interpret.models.contents import held_by
from optimlint.interpret.models.partial_texts import template_in, template_test
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    Constant,
    DraftPart,
    Element,
    Entity,
    Mapping,
    Sequence,
    Stream,
    Value,
    Values,
    union,
)
from optimlint.syntax import tree

NAME_KINDS = (Aspect.NAME, Aspect.LAST_NAME)
PART_KINDS = (Aspect.FIRST_NAME, Aspect.INNER_NAME)
_SPLIT = re.compile(r"""\.(split|rsplit|partition|rpartition)\(\s*["']\.["']\s*(?:,\s*(?:maxsplit\s*=\s*)?1\s*)?\)$""")
MOST_FRAGMENTS = 64
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


def unknown_test(frame: Frame, state: State, node: tree.Node) -> UnknownTest:
    """A test that cannot be interpreted: its code, with loop variables replaced by their aspect, so that tests of
    different loops can be compared. `about` identifies the objects that other names refer to, so that tests are only
    equal if they concern the same objects."""
    about: dict[int, None] = {}

    def general(match: re.Match[str]) -> str:
        for value in state.bindings.get(match[0], ()):
            match value:
                case Element(what=what):
                    return f"<{what.value}>"
                case Entity():
                    about[value.representative().number] = None
                case Sequence() | Mapping():
                    about[-frame.world.order(value.node)] = None
        return match[0]

    code = _IDENTIFIER.sub(general, frame.world.layout.code(node))
    return UnknownTest(code, about=tuple(about))


def element_among(values: Values, *kinds: Aspect) -> Element | None:
    """The only value, if it is a parameter or name of these kinds; else None."""
    if len(values) == 1 and isinstance(values[0], Element) and values[0].what in kinds:
        return values[0]
    return None


def by_default(values: Values) -> Values:
    """The values, with function parameters replaced by their defaults."""
    return union(*(value.default if isinstance(value, Entity) and value.default else (value,) for value in values))


def strings_in(values: Values) -> list[str] | None:
    """The literal strings that the values are, or that collections among them hold. None for anything else, and for too
    many strings."""
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
    return texts if len(texts) <= MOST_FRAGMENTS else None


def name_test(element: Element, kind: NameTestKind, text: str) -> Condition:
    """A test of a full name, or of its last part: `in_proj_bias` ends with `bias` and is none."""
    if element.what is Aspect.LAST_NAME and kind is NameTestKind.EQUALS:
        return either((NameTest(NameTestKind.EQUALS, text), NameTest(NameTestKind.ENDS, f".{text}")))
    return NameTest(kind, text)


def part_of_name(owner: Element, index: Values) -> Aspect:
    """Which part of the name `n.split(".")[1]` is: the first, the last, or one between them; else unknown."""
    match index:
        case (Constant(value=int(number)),):
            called = _SPLIT.search(owner.text)
        case _:
            called = None
    if called is None:
        return Aspect.UNKNOWN_NAME
    is_once = "," in called[0] or "partition" in called[1]
    last = {"split": -1, "rsplit": 1, "partition": 3, "rpartition": 2}[called[1]]
    if number == -1 and not (is_once and called[1] in ("split", "partition")):
        return Aspect.LAST_NAME
    if number == 0 and not (is_once and called[1].startswith("r")):
        return Aspect.FIRST_NAME
    if is_once:
        return Aspect.LAST_NAME if number == last and called[1].startswith("r") else Aspect.UNKNOWN_NAME
    return Aspect.INNER_NAME


def part_test(
    frame: Frame, state: State, node: tree.Expression, subject: Element, kind: NameTestKind, texts: list[str]
) -> Condition:
    """A test of one part between dots, as a test of the full name: a name that passes contains the part, at an unknown
    position."""
    if subject.what is Aspect.FIRST_NAME and kind in (NameTestKind.EQUALS, NameTestKind.STARTS):
        end = "." if kind is NameTestKind.EQUALS else ""
        return either(tuple(NameTest(NameTestKind.STARTS, f"{text}{end}") for text in texts))
    dot = "." if kind in (NameTestKind.EQUALS, NameTestKind.STARTS) and subject.what is Aspect.INNER_NAME else ""
    known = either(tuple(NameTest(NameTestKind.CONTAINS, f"{dot}{text}") for text in texts))
    return both(known, made_positive(unknown_test(frame, state, node)))


def unknown_truth(frame: Frame, state: State, node: tree.Expression, values: Values) -> Values:
    """The value of a test that cannot be interpreted."""
    return truth(frame, node, unknown_test(frame, state, node), values)


def made_positive(test: UnknownTest) -> UnknownTest:
    """The test without its negation: `not in` becomes `in`, `!=` becomes `==`."""
    code = test.text.replace(" not in ", " in ").replace("!=", "==").replace(" is not ", " is ")
    return UnknownTest(code, about=test.about)


def test_by_template(
    frame: Frame, state: State, node: tree.Expression, subject: Element, kind: NameTestKind, text: Values
) -> Condition | None:
    """A test for a partly known text, such as `f"layer.{i}." in n`: the known piece as a condition, combined with an
    unknown test. None if no piece is known."""
    template = template_in(text)
    if not template or subject.what is not Aspect.NAME:
        return None
    known = template_test(template, kind)
    return both(known, made_positive(unknown_test(frame, state, node))) if known is not None else None


def parts_of_names(value: Value) -> tuple[tuple[DraftPart, ...], bool]:
    """The parameters whose names a collection holds, and whether all of its elements are known."""
    if not isinstance(value, Sequence) or value.is_open:
        return (), False
    parts: list[DraftPart] = []
    for values, _ in held_by(value):
        for held in values:
            if not isinstance(held, Element | Stream) or held.what not in (Aspect.NAME, Aspect.PAIR):
                return (), False
            parts.extend(held.parts)
    return tuple(dict.fromkeys(parts)), True


def dimension_test(
    frame: Frame, state: State, node: tree.Expression, operator: tree.CompOp, right: Values
) -> Condition | None:
    """`p.ndim < 2`, `p.dim() >= 2`, `len(p.shape) == 1`; None for other tests."""
    if len(right) != 1 or not isinstance(right[0], Constant) or not isinstance(right[0].value, int | float):
        return None
    subject = _dimension_subject(node)
    if subject is None:
        return None
    if element_among(evaluate(frame, state, subject), Aspect.PARAMETER) is None:
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


def asks_dimension(condition: Condition) -> bool:
    """Whether a condition depends on the number of dimensions of a parameter."""
    return any(isinstance(test, DimensionTest) for test in tests(condition))
