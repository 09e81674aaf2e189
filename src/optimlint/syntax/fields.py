"""The parts of a formatted string. Older Pythons do not tell where its fields stand, so that these are looked for."""

import re
from collections.abc import Callable

from optimlint.syntax import tree
from optimlint.syntax.tokens import STRING, CannotConvert

_LITERAL = re.compile(r"(?:[^{}\\]|\\N\{[^{}]*\}|\\[^{}]|\\(?=[{}])|\{\{|\}\})*+", re.DOTALL)
_RAW_LITERAL = re.compile(r"(?:[^{}]|\{\{|\}\})*+", re.DOTALL)
_SPECIFICATION = re.compile(r"[^{}]*+", re.DOTALL)
_IN_FIELD = re.compile(rf"{STRING}|[(\[{{]|[)\]}}]|[!=<>]=|[=!:]", re.DOTALL)
_SAYS_ITSELF = re.compile(r"=\s*(?=[}!:])")
_CONVERSION = re.compile(r"!\s*(\w+)\s*")

_Inner = Callable[[int, int], tree.Expression]
_Part = tree.FormattedStringText | tree.FormattedStringExpression


def fields_of(text: str, start: int, end: int, inner: _Inner, *, is_raw: bool) -> tuple[_Part, ...]:
    """The parts of a formatted string whose quotes stand before and behind two offsets; `inner` reads the expression
    that stands between two others."""
    return _parts(text, start, end, inner, _RAW_LITERAL if is_raw else _LITERAL)[0]


def _parts(text: str, at: int, end: int, inner: _Inner, literal: re.Pattern[str]) -> tuple[tuple[_Part, ...], int]:
    """The parts up to what is no part any more, and where that stands."""
    parts: list[_Part] = []
    while True:
        match = literal.match(text, at, end)
        if match is not None and match.end() > at:
            parts.append(tree.FormattedStringText(at, match.end(), match[0]))
            at = match.end()
        if at == end or text[at] != "{":
            break
        part = _field(text, at, end, inner)
        parts.append(part)
        at = part.end
    if at != end and literal is not _SPECIFICATION:
        raise CannotConvert("a brace that is none")
    return tuple(parts), at


def _field(text: str, start: int, end: int, inner: _Inner) -> tree.FormattedStringExpression:
    stop = at = _end_of_expression(text, start + 1, end)
    itself = _SAYS_ITSELF.match(text, at, end)
    at = itself.end() if itself else at
    conversion = _CONVERSION.match(text, at, end)
    at = conversion.end() if conversion else at
    specification: tuple[_Part, ...] | None = None
    if text[at : at + 1] == ":":
        specification, at = _parts(text, at + 1, end, inner, _SPECIFICATION)
    if at >= end or text[at] != "}":
        raise CannotConvert("a field without an end")
    expression = inner(start + 1, stop)
    return tree.FormattedStringExpression(
        start, at + 1, expression, conversion[1] if conversion else None, specification
    )


def _end_of_expression(text: str, start: int, end: int) -> int:
    depth = 0
    for match in _IN_FIELD.finditer(text, start, end):
        word = match[0]
        if word in ("(", "[", "{"):
            depth += 1
        elif word in (")", "]", "}"):
            if depth == 0:
                return match.start()
            depth -= 1
        elif depth == 0 and (word in ("!", ":") or (word == "=" and _SAYS_ITSELF.match(text, match.start(), end))):
            return match.start()
    raise CannotConvert("a field without an end")
