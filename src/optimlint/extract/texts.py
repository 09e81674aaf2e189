"""Values as code: names followed, so that equal text is equal value."""

import libcst as cst

from optimlint.extract.collections import held_by
from optimlint.extract.values import (
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
from optimlint.extract.world import World

_DEEPEST = 6


def combine_text(world: World, values: Values, depth: int = 0) -> str:
    """Code that means one of the values."""
    texts = [_text(world, value, depth) for value in values]
    return texts[0] if len(texts) == 1 else f"({' | '.join(texts)})"


def operand_text(world: World, values: Values) -> str:
    """Code that means one of the values, in brackets where it is more than one word."""
    text = combine_text(world, values)
    return f"({text})" if " " in text and not text.startswith("(") else text


def operator_text(world: World, operator: cst.CSTNode) -> str:
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
            held = (combine_text(world, values, depth + 1) for values, _ in held_by(value))
            return f"[{', '.join(held)}]"
        case OptimizerValue(call=node):
            return world.layout.code(node)
        case FunctionValue(node=cst.FunctionDef(name=name)) | ClassValue(node=cst.ClassDef(name=name)):
            return name.value
        case _:
            return world.layout.code(value.node)
