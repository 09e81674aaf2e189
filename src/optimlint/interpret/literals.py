"""What literals say. LibCST reads some that Python refuses, such as `"\\x"`, and nobody reads an integer of thousands
of digits: of these nothing is known."""

import ast
import warnings
from collections.abc import Iterator

from optimlint.syntax import tree


def said(literal: tree.SimpleString) -> str | bytes | None:
    """What a literal says; most need not be evaluated for that."""
    code = literal.value
    if code[0] not in "\"'" or "\\" in code:
        return _evaluated(literal)
    width = 3 if code[:3] == code[0] * 3 else 1
    return code[width:-width]


def text_of(literal: tree.SimpleString) -> str:
    """The text of a literal; "" for bytes, and for what nobody can read."""
    text = said(literal)
    return text if isinstance(text, str) else ""


def literals_of(node: tree.String) -> Iterator[tree.String]:
    """The literals that stand side by side. LibCST nests them, and evaluates them in quadratic time."""
    while isinstance(node, tree.ConcatenatedString):
        yield node.left
        node = node.right
    yield node


def number_of(literal: tree.Integer | tree.Float) -> int | float | None:
    """The number that a literal is, as far as a `float` can hold it."""
    try:
        number = int(literal.value) if literal.value.isdecimal() else ast.literal_eval(literal.value)
        return number if isinstance(float(number), float) else None
    except (ValueError, OverflowError, SyntaxError):
        return None


def _evaluated(literal: tree.SimpleString) -> str | bytes | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            value = ast.literal_eval(literal.value)
            return value if isinstance(value, str | bytes) else None
    except (ValueError, SyntaxError):
        return None
