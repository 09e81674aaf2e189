"""Values of literals. LibCST accepts some literals that Python rejects, such as `"\\x"`. Their value is unknown, as is
that of an integer with thousands of digits."""

import ast
import warnings
from collections.abc import Iterator

from optimlint.syntax import tree


def said(literal: tree.SimpleString) -> str | bytes | None:
    """The value of a string literal; None if it is unknown. Most literals are not evaluated for that."""
    code = literal.value
    if code[0] not in "\"'" or "\\" in code:
        return _evaluated(literal)
    width = 3 if code[:3] == code[0] * 3 else 1
    return code[width:-width]


def text_of(literal: tree.SimpleString) -> str:
    """The text of a literal; "" for bytes, or if it is unknown."""
    text = said(literal)
    return text if isinstance(text, str) else ""


def literals_of(node: tree.String) -> Iterator[tree.String]:
    """The literals of an implicit concatenation. LibCST nests them, and evaluates them in quadratic time."""
    while isinstance(node, tree.ConcatenatedString):
        yield node.left
        node = node.right
    yield node


def number_of(literal: tree.Integer | tree.Float) -> int | float | None:
    """The value of a number; None if it is unknown or too large for a `float`."""
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
