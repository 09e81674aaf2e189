"""Where and why a text is no Python, in words that help.

LibCST knows newer syntax than the Python that runs it, and Python words its complaints better. So Python is asked, and
believed but where it only stumbles at what LibCST has read.
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
"""How LibCST's parser tells where it stopped: a line that counts from 1, a column that counts from 0."""

_OF_THE_TOKENIZER = "tokenizer error: "
"""What LibCST says of characters that are no tokens. It tells no place then."""

_UNKNOWN_TO_OLDER_PYTHON = re.compile(
    r"invalid syntax$|invalid syntax\. Maybe you meant '==' or ':='|expected '\('$"
    r"|multiple exception types must be parenthesized|f-string|iterable unpacking"
)
"""What a Python says that does not know a syntax: `type X = int`, `def f[T]()`, `except A, B`, quotes in f-strings; and
what one says that knows `type X[T = int]` but looks for what else is wrong below."""

_INVALID = "invalid syntax"
"""LibCST lists the tokens that it expected, which helps nobody."""

_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(_CLOSED_BY.values())


@dataclass(frozen=True, slots=True)
class _Complaint:
    line: int
    column: int
    reason: str
    is_own: bool = False
    """Whether it is a shortcoming of LibCST, and the text may be Python."""


def explained(error: Exception, text: str) -> Unparseable:
    """Where and why a text that LibCST refuses with `error` is no Python."""
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
    # The place is that of the token behind the one that does not fit.
    lines = Lines(text)
    behind = lines.offset(Position(min(int(place[1]), lines.count), int(place[2]) + 1))
    at = lines.position(max(len(text[:behind].rstrip()) - 1, 0))
    return _Complaint(at.line, at.column, _INVALID)


def _line_of_no_token(text: str) -> int | None:
    """The first line with what is no token, or with a bracket that closes nothing; None where there is none."""
    open_brackets: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            # Since Python 3.12 a character that is no token is an operator of no kind.
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
