"""Binary operators on lists, strings and numbers."""

from optimlint.interpret.edits import spread
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import Aspect, SequenceKind
from optimlint.interpret.making import constant, merge, narrowed, new_mapping, new_sequence
from optimlint.interpret.models.contents import held_by, parts_of
from optimlint.interpret.models.partial_texts import template_of_percent, template_of_sum, with_template
from optimlint.interpret.models.texts import joined_text, operand_text, operator_text
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    Constant,
    Element,
    Item,
    Mapping,
    Sequence,
    Template,
    Values,
)
from optimlint.syntax import tree


def binary(frame: Frame, state: State, node: tree.BinaryOperation) -> Values:
    operands = _left_spine(node)
    evaluated = [evaluate(frame, state, operand) for operand in operands]
    if isinstance(node.operator, tree.Add | tree.BitOr | tree.Subtract):
        if any(isinstance(value, Sequence) for values in evaluated for value in values):
            return (_concatenated(frame, state, node, operands, evaluated),)
        if isinstance(node.operator, tree.Add) and (joined := _joined_strings(evaluated)) is not None:
            return (constant(frame, node, joined),)
        if isinstance(node.operator, tree.BitOr) and any(
            isinstance(v, Mapping) for values in evaluated for v in values
        ):
            made = new_mapping(frame, state, node)
            for values in evaluated:
                merge(frame, made, values)
            return (made,)
    if isinstance(node.operator, tree.Modulo | tree.Add):
        names = [value for values in evaluated for value in values if isinstance(value, Element)]
        if names and names[-1].what in (Aspect.NAME, Aspect.LAST_NAME):
            return (Element(Aspect.NAME, names[-1].parts, names[-1].text, names[-1].is_full_name),)
    return with_template(_arithmetic(frame, node, evaluated), _template(node, evaluated))


def _template(node: tree.BinaryOperation, evaluated: list[Values]) -> Template:
    """The template of a concatenated or `%`-formatted string; () if nothing is known about it."""
    match node.operator, evaluated[0]:
        case tree.Add(), _:
            return template_of_sum(evaluated)
        case tree.Modulo(), (Constant(value=str(text)),):
            return template_of_percent(text)
        case _:
            return ()


def _left_spine(node: tree.BinaryOperation) -> list[tree.Expression]:
    """The operands of a chain of one operator, without recursion."""
    operands: list[tree.Expression] = []
    current: tree.Expression = node
    while isinstance(current, tree.BinaryOperation) and type(current.operator) is type(node.operator):
        operands.append(current.right)
        current = current.left
    return [current, *reversed(operands)]


def _joined_strings(evaluated: list[Values]) -> str | None:
    texts = [values[0].value for values in evaluated if len(values) == 1 and isinstance(values[0], Constant)]
    strings = [text for text in texts if isinstance(text, str)]
    return joined_text("", strings) if len(strings) == len(evaluated) else None


def _concatenated(
    frame: Frame,
    state: State,
    node: tree.BinaryOperation,
    operands: list[tree.Expression],
    evaluated: list[Values],
) -> Sequence:
    kind = SequenceKind.SET if isinstance(node.operator, tree.BitOr) else SequenceKind.LIST
    made = new_sequence(frame, state, node, kind)
    if isinstance(node.operator, tree.Subtract):
        _subtract(frame, state, made, node, evaluated)
        return made
    for operand, values in zip(operands, evaluated, strict=True):
        made.items[operand] = spread(frame, values, state.branch, operand)
    return made


def _subtract(frame: Frame, state: State, made: Sequence, node: tree.BinaryOperation, evaluated: list[Values]) -> None:
    """Evaluate `everything - some`: a selection of the first operand by an unknown condition."""
    parts, is_readable = parts_of(evaluated[0])
    held = (one for one in (Aspect.NAME, Aspect.ID) if not is_readable and _holds(evaluated[0], one))
    what = next(held, Aspect.PARAMETER)
    element = Element(what, narrowed(frame, parts, node), frame.world.layout.text(node))
    made.items[node] = Item((element,), False, state.branch, node)
    made.is_open = not parts
    frame.world.flows.add((value for values in evaluated for value in values), made, FlowKind.MADE_FROM, node)


def _holds(values: Values, kind: Aspect) -> bool:
    """Whether lists among the values contain names or ids of parameters."""
    return any(
        isinstance(one, Element) and one.what is kind
        for value in values
        if isinstance(value, Sequence)
        for held, _ in held_by(value)
        for one in held
    )


def _arithmetic(frame: Frame, node: tree.BinaryOperation, evaluated: list[Values]) -> Values:
    """A number, or an entity whose text is the operation, so that equal code means equal value. `x * 1` is `x`."""
    numbers = [_only_number(values) for values in evaluated]
    known = [number for number in numbers if number is not None]
    symbol = operator_text(frame.world, node.operator)
    if len(known) == len(numbers) and (result := calculate(symbol, *known)) is not None:
        return (constant(frame, node, result),)
    if isinstance(node.operator, tree.Multiply) and len(evaluated) == 2 and 1.0 in numbers:
        return evaluated[1 - numbers.index(1.0)]
    text = joined_text(f" {symbol} ", [operand_text(frame.world, values) for values in evaluated])
    if text is None:
        return (frame.world.unknown(node, frame.context),)
    entity = frame.world.make(node, "arithmetic", frame.context, lambda: frame.world.entity(text))
    frame.world.flows.add((value for values in evaluated for value in values), entity, FlowKind.MADE_FROM, node)
    return (entity,)


def _only_number(values: Values) -> float | None:
    if len(values) == 1 and isinstance(values[0], Constant):
        value = values[0].value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def calculate(symbol: str, result: float, *others: float) -> float | None:
    """The result of the operator, applied from left to right; None if it cannot be computed or is not supported."""
    for number in others:
        match symbol:
            case "+":
                result += number
            case "-":
                result -= number
            case "*":
                result *= number
            case "/" if number:
                result /= number
            case "**" if 0 <= number <= 16 and abs(result) < 1e6:
                result = result**number
            case _:
                return None
    return result
