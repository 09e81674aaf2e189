"""Values as code with resolved names, so that equal text means equal value."""

from optimlint.interpret.models.contents import held_by
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    Element,
    Entity,
    FunctionValue,
    OptimizerClass,
    OptimizerValue,
    Sequence,
    Value,
    Values,
)
from optimlint.interpret.world import World
from optimlint.syntax import tree

_DEEPEST = 2
"""Nested lists are written out up to this depth, which suffices for a list of pairs. Deeper ones are represented by
their source code."""
LONGEST_TEXT = 10_000
"""The longest text that is composed, in characters. Without a limit, a loop could double it forever."""


def combine_text(world: World, values: Values, depth: int = 0) -> str:
    """Code for one of the values."""
    texts = [_text(world, value, depth) for value in values]
    return texts[0] if len(texts) == 1 else f"({' | '.join(texts)})"


def operand_text(world: World, values: Values) -> str:
    """Code for one of the values, in parentheses if it has several words."""
    text = combine_text(world, values)
    return f"({text})" if " " in text and not text.startswith("(") else text


def joined_text(separator: str, texts: list[str]) -> str | None:
    """The texts joined; None if the result is too long."""
    length = sum(map(len, texts)) + len(separator) * len(texts)
    return separator.join(texts) if length <= LONGEST_TEXT else None


def operator_text(world: World, operator: tree.Node) -> str:
    """An operator as written, without surrounding white space."""
    return world.layout.text(operator).strip()


def _text(world: World, value: Value, depth: int) -> str:
    match value:
        case Constant(value=constant):
            return repr(constant)
        case Entity():
            return value.representative().text
        case Element(text=text) | OptimizerClass(text=text):
            return text
        case Sequence(is_open=False, is_mapping=False) if depth < _DEEPEST:
            return _list_text(world, value, depth)
        case OptimizerValue(call=node):
            return world.layout.code(node)
        case FunctionValue(node=tree.FunctionDef(name=name)) | ClassValue(node=tree.ClassDef(name=name)):
            return name.value
        case _:
            return world.layout.code(value.node)


def _list_text(world: World, value: Sequence, depth: int) -> str:
    """The items as code; the source code of the list if they are too long."""
    texts: list[str] = []
    length = 0
    for values, _ in held_by(value):
        texts.append(combine_text(world, values, depth + 1))
        length += len(texts[-1])
        if length > LONGEST_TEXT:
            return world.layout.code(value.node)
    return f"[{', '.join(texts)}]"
