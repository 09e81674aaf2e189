"""Record the tests of parameter names that rules check: which fragments a test searches for, and how."""

from optimlint.facts.groups import FilterKind
from optimlint.interpret.drafts import FilterDraft
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import Aspect
from optimlint.interpret.name_tests import NAME_KINDS, element_among
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    Element,
    Stream,
    Values,
)
from optimlint.syntax import tree


def note_member(
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
    shown = f"not {test}" if is_negated else test
    note_filter(frame, node, kind, subject, node.left, is_negated, names, names_node, shown)


def note_filter(
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
    is_full = subject.what is Aspect.NAME and subject.is_full_name
    frame.world.filters[node] = FilterDraft(
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


def spine(node: tree.BooleanOperation) -> list[tree.Expression]:
    operands: list[tree.Expression] = []
    current: tree.Expression = node
    while isinstance(current, tree.BooleanOperation) and type(current.operator) is type(node.operator):
        operands.append(current.right)
        current = current.left
        if current.lpar if hasattr(current, "lpar") else False:
            break
    return [current, *reversed(operands)]


def note_constant(
    frame: Frame,
    state: State,
    node: tree.BooleanOperation,
    operands: list[tree.Expression],
    constants: list[tree.Expression],
) -> None:
    """`"bias" or "bn" in n`: the string alone is always true."""
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
        note_filter(frame, node, FilterKind.CONSTANT, subject, subject_node, False, names, constants[0], replacement)
        return


def _tested_name(frame: Frame, state: State, node: tree.Expression) -> tuple[Element, tree.Expression, bool] | None:
    """The name that an operand tests, its expression, and whether the test is negated; None if it tests no name."""
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
    subject = element_among(evaluate(frame, state, subject_node), *NAME_KINDS)
    return (subject, subject_node, is_negated) if subject is not None else None


def note_alternatives(frame: Frame, node: tree.Comparison, right: Values, comparator: tree.Expression) -> None:
    """`("bias" or "norm") in n` only tests the first string."""
    subject = element_among(right, *NAME_KINDS)
    if subject is None or not isinstance(node.left, tree.BooleanOperation):
        return
    how = "not in" if isinstance(node.comparisons[0].operator, tree.NotIn) else "in"
    joint = "and" if how == "not in" else "or"
    operands = [frame.world.layout.code(operand) for operand in spine(node.left)]
    text = f" {joint} ".join(f"{operand} {how} {frame.world.layout.code(comparator)}" for operand in operands)
    names_node = spine(node.left)[-1]
    note_filter(frame, node, FilterKind.CONSTANT, subject, comparator, False, (), names_node, f"({text})")


def note_dimension(frame: Frame, operands: list[tree.Expression]) -> None:
    """Record that a test of dimensions is combined with a name test. It may cover what the names miss."""
    for operand in operands:
        inner = operand.expression if isinstance(operand, tree.UnaryOperation) else operand
        if (draft := frame.world.filters.get(inner)) is not None:
            draft.has_dimension_test = True


def note_chained(
    frame: Frame, node: tree.BooleanOperation, operands: list[tree.Expression], streams: list[Stream]
) -> None:
    text = f"[{', '.join(f'*{frame.world.layout.code(operand)}' for operand in operands)}]"
    parts = tuple(part for stream in streams for part in stream.parts)
    subject = Element(Aspect.PARAMETER, parts, frame.world.layout.code(node))
    note_filter(frame, node, FilterKind.CHAINED_STREAMS, subject, node, False, (), None, text)


def note_quantifier(
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
    subject = element_among(evaluate(frame, state, target.comparator), *NAME_KINDS)
    if subject is None or not isinstance(target.operator, tree.In | tree.NotIn):
        return
    is_negated = isinstance(target.operator, tree.NotIn)
    iterable = generator.for_in.iter
    note_filter(frame, node, FilterKind.ANY_FRAGMENT, subject, target.comparator, is_negated, iterated, iterable)
