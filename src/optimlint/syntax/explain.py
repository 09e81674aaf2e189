"""Why and where a text is not valid Python, as a helpful message.

LibCST accepts newer syntax than the Python that runs it, but Python's messages are better. Python's message is used
unless it is about syntax that LibCST has parsed.
"""

import ast
import io
import re
import tokenize
import warnings
from dataclasses import dataclass

import libcst as cst

from optimlint.diagnostic import Position, Range
from optimlint.text import Lines, Unparseable

_PLACE = re.compile(r"error at (\d+):(\d+)")
"""LibCST's error position: a 1-based line and a 0-based column."""

_OF_THE_TOKENIZER = "tokenizer error: "
"""LibCST's message for characters that form no token. It comes without a position."""

_UNKNOWN_TO_OLDER_PYTHON = re.compile(
    r"invalid syntax$|invalid syntax\. Maybe you meant '==' or ':='|expected '\('$"
    r"|multiple exception types must be parenthesized|f-string|iterable unpacking"
)
"""Messages of a Python that does not know a syntax: `type X = int`, `def f[T]()`, `except A, B`, quotes in f-strings,
and `type X[T = int]`."""

_INVALID = "invalid syntax"
"""Replaces LibCST's message, a list of expected tokens that helps nobody."""

_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(_CLOSED_BY.values())


@dataclass(frozen=True, slots=True)
class _Complaint:
    line: int
    column: int
    reason: str
    is_own: bool = False
    """Whether this is a limitation of LibCST, so that the text may be valid Python."""


def explained(error: Exception, text: str) -> Unparseable:
    """The error to report for a text that LibCST rejected with `error`."""
    own, other = _complaint_of_python(text), _complaint_of_libcst(error, text)
    if own is None:
        line, column = (other.line, other.column) if other else (1, 1)
        return _broken(text, _Complaint(line, column, "not parsed: only Python itself can read this", is_own=True))
    stumbles = other is not None and other.line > own.line and _UNKNOWN_TO_OLDER_PYTHON.match(own.reason)
    return _broken(text, other if other is not None and stumbles else own)


def _complaint_of_python(text: str) -> _Complaint | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(text)
    except SyntaxError as error:
        return _Complaint(error.lineno or 1, error.offset or 1, error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return _Complaint(text.partition("\0")[0].count("\n") + 1 if "\0" in text else 1, 1, str(error))
    return None


def _complaint_of_libcst(error: Exception, text: str) -> _Complaint | None:
    if not isinstance(error, cst.ParserSyntaxError):
        return None
    said = str(error.message).strip().splitlines()[0]
    if said.startswith(_OF_THE_TOKENIZER):
        line = _line_of_no_token(text)
        return None if line is None else _Complaint(line, 1, _INVALID)
    place = _PLACE.search(said)
    if place is None:
        return _Complaint(error.editor_line, error.editor_column, _INVALID)
    # LibCST reports the position of the token after the offending one.
    lines = Lines(text)
    behind = lines.offset(Position(min(int(place[1]), lines.count), int(place[2]) + 1))
    at = lines.position(max(len(text[:behind].rstrip()) - 1, 0))
    return _Complaint(at.line, at.column, _INVALID)


def _line_of_no_token(text: str) -> int | None:
    """The first line with an invalid character or an unmatched closing bracket; None if there is none."""
    open_brackets: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            # Since Python 3.12 an invalid character is a generic operator token.
            is_none = token.type == tokenize.ERRORTOKEN or token.exact_type == tokenize.OP
            if is_none and token.string.strip():
                return token.start[0]
            if token.type == tokenize.OP and token.string in _CLOSED_BY:
                open_brackets.append(_CLOSED_BY[token.string])
            elif token.type == tokenize.OP and token.string in _CLOSING and open_brackets[-1:] != [token.string]:
                return token.start[0]
            elif token.type == tokenize.OP and token.string in _CLOSING:
                open_brackets.pop()
    except tokenize.TokenError as error:
        line: int = error.args[1][0]
        return line
    except SyntaxError as error:
        return error.lineno
    return None


def _broken(text: str, complaint: _Complaint) -> Unparseable:
    line = min(max(complaint.line, 1), Lines(text).count)
    place = Position(line, max(complaint.column, 1))
    return Unparseable(
        Range(place, place), complaint.reason if complaint.is_own else f"syntax error: {complaint.reason}"
    )
