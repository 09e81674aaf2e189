"""Values as code: names followed, so that equal text is equal value."""

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
"""Lists in lists are written out so far: a list of pairs is. What is deeper is known by its own code only."""
LONGEST_TEXT = 10_000
"""Characters of a text that is put together and still tells values apart: a loop could double it for ever."""


def combine_text(world: World, values: Values, depth: int = 0) -> str:
    """Code that means one of the values."""
    texts = [_text(world, value, depth) for value in values]
    return texts[0] if len(texts) == 1 else f"({' | '.join(texts)})"


def operand_text(world: World, values: Values) -> str:
    """Code that means one of the values, in brackets where it is more than one word."""
    text = combine_text(world, values)
    return f"({text})" if " " in text and not text.startswith("(") else text


def joined_text(separator: str, texts: list[str]) -> str | None:
    """The texts in one, None where that is too long."""
    length = sum(map(len, texts)) + len(separator) * len(texts)
    return separator.join(texts) if length <= LONGEST_TEXT else None


def operator_text(world: World, operator: tree.Node) -> str:
    """An operator as written, without the blanks around it."""
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
    """The items as code; a list with too much in it is known by its own code only."""
    texts: list[str] = []
    length = 0
    for values, _ in held_by(value):
        texts.append(combine_text(world, values, depth + 1))
        length += len(texts[-1])
        if length > LONGEST_TEXT:
            return world.layout.code(value.node)
    return f"[{', '.join(texts)}]"
