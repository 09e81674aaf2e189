"""The offsets at which the nodes of a LibCST tree stand, by adding up the lengths of what they are written with.

LibCST keeps no positions. Its own way to learn them writes the whole tree out again, which takes nearly half as long
as parsing it; adding up lengths takes a tenth of that. `TEMPLATES` says, for each kind of node, what it is written
with, in order; it follows the `_codegen_impl` of LibCST's classes, and a test compares both on every fixture.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst
from libcst._nodes import op as operators

from optimlint.extract.templates import TEMPLATES

Spans = dict[int, tuple[int, int]]
"""Half-open character offsets by `id` of the node."""


# What a word of a template adds. Plain numbers, since an enum's members take three times as long to compare.
_NODE = 0
_LITERAL = 1
_NODES = 2
_TEXT = 3
_INDENTATION = 4
_OWN_INDENTATION = 5
_NEWLINE = 6
_INDENT = 7
_DEDENT = 8
_ANNOTATION = 9
_IF = 10
_ORELSE = 11
_CONVERSION = 12
_FORMAT = 13
_NAMES = 14
_CAPTURE = 15
_KEYWORD = 16  # of two letters, written only where the field behind it holds something

_SPECIAL: dict[str, tuple[int, str, int]] = {
    "indentation": (_INDENTATION, "", 0),
    "own indentation": (_OWN_INDENTATION, "indent", 0),
    "newline": (_NEWLINE, "value", 0),
    "indent": (_INDENT, "indent", 0),
    "dedent": (_DEDENT, "", 0),
    "annotation": (_ANNOTATION, "annotation", len(":")),
    "returns": (_ANNOTATION, "returns", len("->")),
    "if": (_IF, "", 0),
    "orelse": (_ORELSE, "orelse", 0),
    "conversion": (_CONVERSION, "conversion", 0),
    "format": (_FORMAT, "format_spec", 0),
    "names": (_NAMES, "names", 0),
    "capture": (_CAPTURE, "name", 0),
    "guard": (_KEYWORD, "guard", len("if")),
    "as": (_KEYWORD, "pattern", len("as")),
    "rest": (_KEYWORD, "rest", len("**")),
}
_Template = tuple[tuple[int, str, int], ...]
_KNOWN: dict[type[cst.CSTNode], _Template] = {}
_ABSENT, _WHITE_SPACE, _NAME = cst.MaybeSentinel.DEFAULT, cst.SimpleWhitespace, cst.Name
_WORD = re.compile(r"<([^>]+)>|'([^']+)'|(\S+)")
_UNRECORDED = frozenset(
    {
        cst.Newline,
        cst.TrailingWhitespace,
        cst.SimpleWhitespace,
        cst.EmptyLine,
        cst.ParenthesizedWhitespace,
        cst.LeftParen,
        cst.RightParen,
        cst.LeftSquareBracket,
        cst.RightSquareBracket,
        cst.LeftCurlyBrace,
        cst.RightCurlyBrace,
        cst.Comma,
        cst.Colon,
        cst.Dot,
        cst.Semicolon,
        cst.AssignEqual,
    }
)
"""Layout and punctuation, of which nobody asks where it stands."""


class UnknownSyntax(Exception):
    """A node of a kind that has no template, from a LibCST that knows more than this module."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Where the nodes of a tree stand in the text that the tree writes, parentheses included, and its comments, in
    order. `is_exact` says whether the source is that text: LibCST drops a few characters, such as form feeds."""

    spans: Spans
    comments: list[cst.Comment]
    is_exact: bool


def measure(module: cst.Module, text: str) -> Measured:
    """The spans of a tree that was parsed from `text`. Raises UnknownSyntax."""
    measuring = _Measure(module, text)
    end = measuring.node(module, 0)
    # LibCST takes back the line end of the last line where the source has none.
    taken_back = 0 if module.has_trailing_newline else len(module.default_newline)
    return Measured(measuring.spans, measuring.comments, measuring.is_exact and end - taken_back == len(text))


class _Measure:
    """One walk over a tree, in the order in which it is written."""

    def __init__(self, module: cst.Module, text: str) -> None:
        self._text = text
        self.is_exact = True
        """Whether each name, number, string and comment so far stands in the text where it is expected."""
        self.spans: Spans = {}
        self.comments: list[cst.Comment] = []
        self._elif: cst.CSTNode | None = None
        """The node that was last met right behind another `if`: written with `elif`, if it is an `if`."""
        self._indents: list[int] = []
        self._indentation = 0
        self._default_indent = len(module.default_indent)
        self._default_newline = len(module.default_newline)

    def node(self, node: cst.CSTNode, at: int) -> int:
        """The offset behind `node`, which begins at `at`. Nested as deeply as the tree, which `nesting` limits."""
        kind = node.__class__
        start = at
        for step, name, length in _KNOWN.get(kind) or _template(kind):
            if step == _NODE:
                value = getattr(node, name)
                if value is None or value is _ABSENT:
                    continue
                of = value.__class__
                if of is _WHITE_SPACE:
                    at += len(value.value)
                elif of is _NAME and not value.lpar:
                    self.is_exact &= self._text.startswith(value.value, at)
                    end = at + len(value.value)
                    self.spans[id(value)] = (at, end)
                    at = end
                else:
                    at = self.node(value, at)
            elif step == _LITERAL:
                at += length
            elif step == _NODES:
                for one in getattr(node, name):
                    at = self.node(one, at)
            elif step == _TEXT:
                value = getattr(node, name)
                if value.__class__ is str:
                    self.is_exact &= self._text.startswith(value, at)
                    at += len(value)
            else:
                at = self._special(step, node, getattr(node, name) if name else None, length, at)
        if kind not in _UNRECORDED:
            self.spans[id(node)] = (start, at)
            if kind is cst.Comment:
                self.comments.append(node)  # type: ignore[arg-type]  # The kind has just been compared.
        return at

    def _special(self, step: int, node: cst.CSTNode, value: object, length: int, at: int) -> int:
        """The offset behind what depends on more than one field, or on the place of the node."""
        if step == _INDENTATION:
            return at + self._indentation
        if step == _OWN_INDENTATION:
            return at + (self._indentation if value else 0)
        if step == _NEWLINE:
            return at + (len(value) if isinstance(value, str) else self._default_newline)
        if step == _INDENT:
            self._indents.append(self._indentation)
            self._indentation += len(value) if isinstance(value, str) else self._default_indent
        elif step == _DEDENT:
            self._indentation = self._indents.pop()
        elif step == _IF:
            return at + len("elif" if node is self._elif else "if")
        elif step == _CAPTURE and value is None:
            return at + len("_")
        elif step == _KEYWORD and value is not None:
            return at + length
        elif step == _ANNOTATION and isinstance(value, cst.Annotation):
            return self._annotation(value, length, at)
        elif isinstance(value, cst.CSTNode):  # what stands behind `else` or `as`, or the star of an import
            self._elif = value if step == _ORELSE else self._elif
            return self.node(value, at)
        elif isinstance(value, str):
            return at + len("!") + len(value)
        elif isinstance(value, Sequence):
            return self._all(value, at + (len(":") if step == _FORMAT else 0))
        return at

    def _all(self, nodes: Sequence[cst.CSTNode], at: int) -> int:
        for node in nodes:
            at = self.node(node, at)
        return at

    def _annotation(self, annotation: cst.Annotation, indicator: int, at: int) -> int:
        """`: int` or `-> int`; which of the two, only the node around it knows."""
        start = at
        before = annotation.whitespace_before_indicator
        if isinstance(before, cst.CSTNode):
            at = self.node(before, at)
        at = self.node(annotation.whitespace_after_indicator, at + indicator)
        at = self.node(annotation.annotation, at)
        self.spans[id(annotation)] = (start, at)
        return at


def _template(kind: type[cst.CSTNode]) -> _Template:
    words = TEMPLATES.get(kind.__name__) or _operator_template(kind)
    if words is None:
        raise UnknownSyntax(kind.__name__)
    steps: list[tuple[int, str, int]] = []
    for special, literal, field in _WORD.findall(words):
        if special:
            steps.append(_SPECIAL[special])
        elif literal:
            steps.append((_LITERAL, "", len(literal)))
        elif field.startswith("$"):
            steps.append((_TEXT, field[1:], 0))
        elif field.endswith("*"):
            steps.append((_NODES, field[:-1], 0))
        else:
            steps.append((_NODE, field, 0))
    _KNOWN[kind] = tuple(steps)
    return _KNOWN[kind]


def _operator_template(kind: type[cst.CSTNode]) -> str | None:
    """The template of an operator or a punctuation mark: its tokens, and white space where it has such a field."""
    if issubclass(kind, operators._BaseOneTokenOp):
        return f"whitespace_before '{kind()._get_token()}' whitespace_after"
    if issubclass(kind, operators._BaseTwoTokenOp):
        first, second = kind()._get_tokens()
        return f"whitespace_before '{first}' whitespace_between '{second}' whitespace_after"
    if issubclass(kind, cst.BaseUnaryOp):
        return f"'{kind()._get_token()}' whitespace_after"
    return None
