"""Lower LibCST's tree to the nodes that the interpreter reads, with their offsets in the source.

LibCST nodes have no positions. LibCST computes them by generating the code of the whole tree again, which takes nearly
half as long as parsing. Here a single visit of each node does both: it adds up the lengths of the node's tokens
(`templates`) and keeps the fields that `tree` has.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import libcst as cst
from libcst._nodes import op as operators

from optimlint.syntax import tree
from optimlint.syntax.templates import TEMPLATES

# What a template word stands for. Plain numbers, because comparing enum members takes three times as long.
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
_RELATIVE = 16
_KEYWORD = 17  # of two letters, written only where the field behind it holds something

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
    "relative": (_RELATIVE, "relative", 0),
    "names": (_NAMES, "names", 0),
    "capture": (_CAPTURE, "name", 0),
    "guard": (_KEYWORD, "guard", len("if")),
    "as": (_KEYWORD, "pattern", len("as")),
    "rest": (_KEYWORD, "rest", len("**")),
}
_WORD = re.compile(r"<([^>]+)>|'([^']+)'|(\S+)")
_ABSENT, _WHITE_SPACE = cst.MaybeSentinel.DEFAULT, cst.SimpleWhitespace
_MARKS = frozenset((cst.Comma, cst.Colon, cst.Dot, cst.Semicolon, cst.AssignEqual))
"""Punctuation of one character with white space around it. Every third node is one, and none is kept."""

_CALLED_OTHERWISE: dict[str, type[tree.Node]] = {
    "TryStar": tree.Try,
    "ExceptStarHandler": tree.ExceptHandler,
}
"""LibCST kinds that are merged into another kind of `tree`."""
_LAYOUT = (
    cst.Newline,
    cst.TrailingWhitespace,
    cst.BaseParenthesizableWhitespace,
    cst.EmptyLine,
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
    cst.Asynchronous,
    cst.ParamSlash,
)
"""White space and punctuation. Only comments in them are kept."""

_NOT_KEPT = -1
_PART = -2  # of a node of a kind that nobody asks about


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to read one kind of node: its steps (kind of step, field, length, index of the argument that it fills), the
    class to create (None if the node is dropped), and default arguments."""

    steps: tuple[tuple[int, str, int, int], ...]
    makes: type[tree.Node] | None
    empty: tuple[object, ...]
    is_expression: bool
    is_text: bool
    """Whether it is an expression without children: a name, a number or a string."""


class UnknownSyntax(Exception):
    """A node kind without a template, from a LibCST newer than this module."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """A module, all its nodes, and its comments in order. Offsets are in the text that LibCST's tree generates.
    `written` is that text if it differs from the source: LibCST drops a few characters, such as form feeds."""

    module: tree.Module
    nodes: list[tree.Node]
    comments: list[tree.Comment]
    written: str | None


def lower(module: cst.Module, text: str) -> Lowered:
    """Lower a tree that was parsed from `text`. Raises UnknownSyntax."""
    lowering = _Lowering(module, text)
    made = lowering.node(module, 0)
    assert isinstance(made, tree.Module)
    # If the source has no final line end, LibCST does not generate one either.
    taken_back = 0 if module.has_trailing_newline else len(module.default_newline)
    is_exact = lowering.is_exact and made.end - taken_back == len(text)
    return Lowered(made, lowering.nodes, lowering.comments, None if is_exact else module.code)


class _Lowering:
    """One visit of a tree, in source order."""

    def __init__(self, module: cst.Module, text: str) -> None:
        self._text = text
        self.is_exact = True
        """Whether each name, number, string and comment so far was found in the text at its computed offset."""
        self.nodes: list[tree.Node] = []
        self.comments: list[tree.Comment] = []
        self._end = 0
        """The offset behind the node that was read last."""
        self._elif: cst.CSTNode | None = None
        """The node that was last met right behind another `if`: written with `elif`, if it is an `if`."""
        self._indents: list[int] = []
        self._indentation = 0
        self._default_indent = len(module.default_indent)
        self._default_newline = len(module.default_newline)

    def node(self, node: cst.CSTNode, at: int) -> tree.Node | None:
        """Lower `node`, which begins at offset `at`; None if nothing of it is kept. Recurses as deeply as the tree,
        which `nesting` limits."""
        kind = node.__class__
        plan = _PLANS.get(kind) or _plan(kind)
        if plan.is_text and not node.lpar:  # type: ignore[attr-defined]
            return self._text_node(plan, node.value, at)  # type: ignore[attr-defined]
        start = at
        arguments = list(plan.empty)
        parts: list[tree.Node] = []
        for step, name, length, place in plan.steps:
            if step == _LITERAL:
                at += length
                continue
            value = getattr(node, name) if name else None
            if step == _NODE:
                if value is None or value is _ABSENT:
                    continue
                if value.__class__ is _WHITE_SPACE:
                    at += len(value.value)
                    continue
                if (skipped := self._length_of_layout(value)) is not None:
                    at += skipped
                    continue
                value = self.node(value, at)
                at = self._end
            elif step == _NODES:
                if not value:
                    value = ()
                else:
                    value = self._all(value, at)
                    at = self._end
            elif step == _TEXT:
                if value.__class__ is str:
                    self.is_exact &= self._text.startswith(value, at)
                    at += len(value)
            else:
                value = self._special(step, node, value, length, at)
                at = self._end
            if place >= 0:
                arguments[place] = value
            elif place == _PART:
                parts += value if isinstance(value, tuple) else [value] if isinstance(value, tree.Node) else []
        self._end = at
        if plan.makes is None:
            return None
        if parts:
            arguments[0] = tuple(parts)
        if plan.is_expression:
            arguments.insert(0, len(node.lpar))  # type: ignore[attr-defined]
        made = plan.makes(start, at, *arguments)
        self.nodes.append(made)
        if made.__class__ is tree.Comment:
            self.comments.append(made)
        return made

    def _text_node(self, plan: _Plan, value: str, at: int) -> tree.Node:
        """A node without children."""
        self.is_exact &= self._text.startswith(value, at)
        self._end = at + len(value)
        made: tree.Node = plan.makes(at, self._end, 0, value)  # type: ignore[misc, call-arg]
        self.nodes.append(made)
        return made

    def _length_of_layout(self, node: cst.CSTNode) -> int | None:
        """The length of punctuation or of a line end; None if it may contain a comment, or is something else."""
        kind: type = node.__class__  # To ask `isinstance` of LibCST's classes takes ten times as long.
        if kind in _MARKS:
            mark = cast(cst.Comma, node)
            before, behind = mark.whitespace_before, mark.whitespace_after
            if before.__class__ is _WHITE_SPACE and behind.__class__ is _WHITE_SPACE:
                return len(before.value) + 1 + len(behind.value)
        elif kind is cst.TrailingWhitespace:
            end = cast(cst.TrailingWhitespace, node)
            if end.comment is None and end.newline.value is None:
                return len(end.whitespace.value) + self._default_newline
        return None

    def _all(self, nodes: Sequence[cst.CSTNode], at: int) -> tuple[tree.Node, ...]:
        self._end = at
        made = [self.node(one, self._end) for one in nodes]
        return tuple(one for one in made if one is not None)

    def _special(self, step: int, node: cst.CSTNode, value: object, length: int, at: int) -> object:
        """Lower a field that depends on other fields or on the node's context."""
        self._end = at
        if step == _INDENTATION:
            self._end += self._indentation
        elif step == _OWN_INDENTATION:
            self._end += self._indentation if value else 0
        elif step == _NEWLINE:
            self._end += len(value) if isinstance(value, str) else self._default_newline
        elif step == _INDENT:
            self._indents.append(self._indentation)
            self._indentation += len(value) if isinstance(value, str) else self._default_indent
        elif step == _DEDENT:
            self._indentation = self._indents.pop()
        elif step == _IF:
            self._end += len("elif" if node is self._elif else "if")
        elif step == _CAPTURE and value is None:
            self._end += len("_")
        elif step == _KEYWORD:
            self._end += length if value is not None else 0
        elif step == _ANNOTATION and isinstance(value, cst.Annotation):
            return self._annotation(value, length, at)
        elif isinstance(value, cst.CSTNode):  # what stands behind `else` or `as`, or the star of an import
            self._elif = value if step == _ORELSE else self._elif
            return self.node(value, at)
        elif isinstance(value, str):
            self._end += len("!") + len(value)
            return value
        elif isinstance(value, Sequence):
            made = self._all(value, at + (len(":") if step == _FORMAT else 0))
            return len(value) if step == _RELATIVE else made
        return None

    def _annotation(self, annotation: cst.Annotation, indicator: int, at: int) -> tree.Annotation:
        """`: int` or `-> int`. The caller passes the length of the indicator, because only the enclosing node
        determines it."""
        self._end = at
        before = annotation.whitespace_before_indicator
        if isinstance(before, cst.CSTNode):
            self.node(before, at)
        self.node(annotation.whitespace_after_indicator, self._end + indicator)
        made = self.node(annotation.annotation, self._end)
        assert isinstance(made, tree.Expression)
        around = tree.Annotation(at, self._end, made)
        self.nodes.append(around)
        return around


_PLANS: dict[type[cst.CSTNode], _Plan] = {}
_TEXT_ONLY = TEMPLATES["Name"]
_OTHERS = (tree.Other, tree.OtherExpression, tree.OtherStatement)


def _plan(kind: type[cst.CSTNode]) -> _Plan:
    words = TEMPLATES.get(kind.__name__) or _operator_template(kind)
    if words is None:
        raise UnknownSyntax(kind.__name__)
    makes = _target(kind)
    is_expression = makes is not None and issubclass(makes, tree.Expression)
    fields = tree.part_fields(makes) if makes is not None else ()
    empty: tuple[object, ...] = ((),) if makes in _OTHERS else (None,) * len(fields)
    steps: list[tuple[int, str, int, int]] = []
    for special, literal, field in _WORD.findall(words):
        if special:
            step, name, length = _SPECIAL[special]
        elif literal:
            step, name, length = _LITERAL, "", len(literal)
        elif field.startswith("$"):
            step, name, length = _TEXT, field[1:], 0
        elif field.endswith("*"):
            step, name, length = _NODES, field[:-1], 0
        else:
            step, name, length = _NODE, field, 0
        if makes in _OTHERS:
            place = _PART if step not in (_LITERAL, _TEXT) and name not in ("lpar", "rpar") else _NOT_KEPT
        else:
            place = fields.index(name) if name in fields and step != _KEYWORD else _NOT_KEPT
        steps.append((step, name, length, place))
    is_text = words == _TEXT_ONLY and makes is not None and fields == ("value",)
    _PLANS[kind] = _Plan(tuple(steps), makes, empty, is_expression, is_text)
    return _PLANS[kind]


def _target(kind: type[cst.CSTNode]) -> type[tree.Node] | None:
    """The class that a LibCST kind is lowered to; None if it is dropped."""
    if issubclass(kind, _LAYOUT):
        return None
    own = _CALLED_OTHERWISE.get(kind.__name__) or getattr(tree, kind.__name__, None)
    if own is not None:
        return own
    if issubclass(kind, cst.BaseExpression):
        return tree.OtherExpression
    if issubclass(kind, cst.BaseSmallStatement):
        return tree.OtherStatement
    if _operator_template(kind) is not None or kind is cst.NotEqual:
        return tree.OtherOperator
    return tree.Other


def _operator_template(kind: type[cst.CSTNode]) -> str | None:
    """The template of an operator or punctuation mark: its tokens, with its white space fields around them."""
    if issubclass(kind, operators._BaseOneTokenOp):
        return f"whitespace_before '{kind()._get_token()}' whitespace_after"
    if issubclass(kind, operators._BaseTwoTokenOp):
        first, second = kind()._get_tokens()
        return f"whitespace_before '{first}' whitespace_between '{second}' whitespace_after"
    if issubclass(kind, cst.BaseUnaryOp):
        return f"'{kind()._get_token()}' whitespace_after"
    return None
