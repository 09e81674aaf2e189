"""What literals say. LibCST reads some that Python refuses, such as `"\\x"`, and nobody reads an integer of thousands
of digits: of these nothing is known."""

import warnings
from collections.abc import Iterator

import libcst as cst


def said(literal: cst.SimpleString) -> str | bytes | None:
    """What a literal says; most need not be evaluated for that."""
    code = literal.value
    if code[0] not in "\"'" or "\\" in code:
        return _evaluated(literal)
    width = 3 if code[:3] == code[0] * 3 else 1
    return code[width:-width]


def text_of(literal: cst.SimpleString) -> str:
    """The text of a literal; "" for bytes, and for what nobody can read."""
    text = said(literal)
    return text if isinstance(text, str) else ""


def literals_of(node: cst.BaseString) -> Iterator[cst.BaseString]:
    """The literals that stand side by side. LibCST nests them, and evaluates them in quadratic time."""
    while isinstance(node, cst.ConcatenatedString):
        yield node.left
        node = node.right
    yield node


def number_of(literal: cst.Integer | cst.Float) -> int | float | None:
    """The number that a literal is, as far as a `float` can hold it."""
    try:
        number = int(literal.value) if literal.value.isdecimal() else literal.evaluated_value
        return number if isinstance(float(number), float) else None
    except (ValueError, OverflowError, SyntaxError):
        return None


def _evaluated(literal: cst.SimpleString) -> str | bytes | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            return literal.evaluated_value
    except (ValueError, SyntaxError):
        return None
