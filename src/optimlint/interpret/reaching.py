"""Translate tests of branches to arms. Two branches that test the same, with unchanged names, have the same outcome in
a run."""

from collections.abc import Iterator

from optimlint.facts.arms import EVERYWHERE, NOWHERE, Reach, arm
from optimlint.facts.conditions import Condition, either, negate
from optimlint.interpret.frame import Frame
from optimlint.interpret.literals import said
from optimlint.interpret.state import State
from optimlint.interpret.values import Constant, Entity, Mapping, Sequence, Stream, Value, Values
from optimlint.syntax import tree
from optimlint.syntax.tree import walk

_DEEPEST = 12
"""The deepest nesting of a test that is split into its operands; deeper ones are one question."""
_LONGEST = 300
"""The longest code of a question that is compared as text; longer code is identified by its offset."""
_NEGATIVE = (tree.NotEqual, tree.IsNot, tree.NotIn)


def reach_where(frame: Frame, state: State, test: tree.Expression, depth: int = 0) -> Reach:
    """The runs in which a test holds."""
    match test:
        case tree.UnaryOperation(operator=tree.Not(), expression=inner) if depth < _DEEPEST:
            return reach_where(frame, state, inner, depth + 1).negated()
        case tree.BooleanOperation(left=left, operator=operator, right=right) if depth < _DEEPEST:
            first, second = (reach_where(frame, state, one, depth + 1) for one in (left, right))
            return first.both(second) if isinstance(operator, tree.And) else first.either(second)
        case tree.Comparison(left=left, comparisons=[tree.ComparisonTarget(operator=operator, comparator=right)]):
            found = _compared(frame, state, left, operator, right)
            return found.negated() if isinstance(operator, _NEGATIVE) else found
        case tree.Name(value="True"):
            return EVERYWHERE
        case tree.Name(value="False"):
            return NOWHERE
        case tree.Name(value=name) if (flag := flag_of(frame, state.bindings.get(name, ()))) is not None:
            return flag[1]
    return arm(_question(frame, state, test))


def reach_of_case(frame: Frame, state: State, statement: tree.Match, case: tree.MatchCase) -> Reach:
    """The runs in which a subject matches a `case`. Its guard is a further test."""
    subject = _question(frame, state, statement.subject)
    match case.pattern:
        case tree.MatchAs(pattern=None):
            found = EVERYWHERE
        case tree.MatchValue(value=value):
            found = arm(subject, _answer(frame, value) or frame.world.layout.code(value))
        case tree.MatchOr(patterns=patterns) if all(isinstance(one.pattern, tree.MatchValue) for one in patterns):
            found = NOWHERE
            for one in patterns:
                found = found.either(arm(subject, _answer(frame, one.pattern) or frame.world.layout.code(one.pattern)))
        case pattern:
            found = arm(f"{subject} matches {frame.world.order(pattern)}")
    return found if case.guard is None else found.both(reach_where(frame, state, case.guard))


def lists_asked(state: State, test: tree.Expression) -> frozenset[object]:
    """The lists that a test names."""
    names = (part.value for part in walk(test) if isinstance(part, tree.Name))
    values = (value for name in names for value in state.bindings.get(name, ()))
    return frozenset(value for value in values if isinstance(value, Sequence))


def flag_of(frame: Frame, values: Values) -> tuple[Condition, Reach] | None:
    """When a flag is true that has one value at first and is set to the other on some paths: the condition on loop
    variables, and the runs. None for anything else."""
    flags = [value for value in values if isinstance(value, Constant) and isinstance(value.value, bool)]
    if len(flags) < 2 or len(flags) != len(values):
        return None
    first, *later = sorted(flags, key=lambda flag: frame.world.order(flag.node))
    set_at = [flag.set_at for flag in later if flag.set_at is not None and flag.value is not first.value]
    if len(set_at) < len(later):
        return None
    condition = either(tuple(condition for condition, _ in set_at))
    reach = NOWHERE
    for _, one in set_at:
        reach = reach.either(one)
    return (negate(condition), reach.negated()) if first.value else (condition, reach)


def _compared(
    frame: Frame, state: State, left: tree.Expression, operator: tree.CompOp, right: tree.Expression
) -> Reach:
    """The runs in which the positive form of a comparison holds. Comparisons with different literals exclude each
    other."""
    match operator:
        case tree.Equal() | tree.NotEqual() | tree.Is() | tree.IsNot():
            for subject, literal in ((left, right), (right, left)):
                if (answer := _answer(frame, literal)) is not None:
                    return arm(_question(frame, state, subject), answer)
            word = "=="
        case tree.In() | tree.NotIn():
            if isinstance(right, tree.List | tree.Tuple | tree.Set):
                answers = [_answer(frame, one.value) for one in right.elements]
                if answers and None not in answers:
                    found, subject_text = NOWHERE, _question(frame, state, left)
                    for one in answers:
                        found = found.either(arm(subject_text, one or ""))
                    return found
            word = "in"
        case _:
            word = frame.world.layout.code(operator)
    return arm(f"{_question(frame, state, left)} {word} {_question(frame, state, right)}")


def _answer(frame: Frame, node: tree.Node) -> str | None:
    """The text of a literal; None for anything else. A plain truth test is another question."""
    match node:
        case tree.SimpleString() if isinstance(text := said(node), str):
            return repr(text)
        case tree.Integer() | tree.Name(value="None" | "True" | "False"):
            return frame.world.layout.code(node)
        case _:
            return None


def _question(frame: Frame, state: State, node: tree.Expression) -> str:
    """The code of an expression, with the identities of the values of its names. Rebinding a name gives a new
    question."""
    code = frame.world.layout.code(node)
    if len(code) > _LONGEST:
        return f"at {frame.world.order(node)}"
    return " ".join((code, *_versions(frame, state, node)))


def _versions(frame: Frame, state: State, node: tree.Expression) -> Iterator[str]:
    for part in walk(node):
        match part:
            case tree.Name(value=name) if name in state.bindings:
                yield _version(frame, state.bindings[name])
            case tree.Attribute(value=tree.Name(value=name), attr=tree.Name(value=attribute)):
                for owner in state.bindings.get(name, ()):
                    if isinstance(owner, Entity):
                        place = f"{owner.representative().number}.{attribute}"
                        yield _version(frame, state.bindings.get(place, ()))


def _version(frame: Frame, values: Values) -> str:
    return ",".join(str(_number(frame, value)) for value in values)


def _number(frame: Frame, value: Value) -> int:
    match value:
        case Entity():
            return value.representative().number
        case Constant() | Sequence() | Mapping() | Stream():
            return frame.world.order(value.node)
        case _:
            return -1
