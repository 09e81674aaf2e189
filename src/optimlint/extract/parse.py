"""Text to a LibCST tree with the offsets of its nodes; what cannot be parsed safely is said, not tried."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from optimlint.diagnostic import START, Range
from optimlint.extract.explain import explained
from optimlint.extract.indentation import without_tabs
from optimlint.extract.spans import Measured, UnknownSyntax, measure
from optimlint.facts.names import Comment
from optimlint.nesting import unsafe_nesting
from optimlint.slicing import Slice
from optimlint.text import Lines, Unparseable

_TOKEN = re.compile(
    r"""(?P<skip>[rRbBfFuUtT]{0,2}(?:'''(?:[^\\]|\\.)*?'''|\"""(?:[^\\]|\\.)*?\"""|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
    r"""|\#[^\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comma>,)|(?P<end>[\n;])"""
    r"""|(?P<link>\b(?:or|and|if|not|lambda|in|is|await)\b|\.(?=\s*[A-Za-z_])|[-+*/%@&|^<>~]=?|==)|(?P<word>\w+)""",
    re.DOTALL | re.VERBOSE,
)
"""The tokens that nest, and those that only look like it: strings and comments."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree and the places of its nodes in the text it came from."""

    module: cst.Module
    layout: "Layout"
    has_trusted_positions: bool


class Layout:
    """The half-open character offsets of every node, its parentheses included."""

    __slots__ = ("_even", "_lines", "_part", "_spans", "_text", "_written", "comments")

    def __init__(
        self, measured: Measured, text: str, part: Slice, even: Slice, written: list[int] | None = None
    ) -> None:
        """`part` is what was read of `text`, and `even` what was parsed in its place; `written` tells for each offset
        in what the tree writes the offset in that, where they differ."""
        self._spans = measured.spans
        self._part = part
        self._even = even
        self._written = written
        self._text = text
        self._lines = Lines(text)
        self.comments = tuple(self._comment(node) for node in measured.comments)

    def _comment(self, node: cst.Comment) -> Comment:
        start, _ = self.span(node)
        line_start = max(self._text.rfind("\n", 0, start), self._text.rfind("\r", 0, start)) + 1
        before = self._text[line_start:start]
        code = before.rstrip(" \t\f")
        return Comment(self.range(node), node.value, before[len(code) :], not code)

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """The offsets at which `node` starts and ends."""
        start, end = self._spans[id(node)]
        return self._place(start), self._place(end)

    def _place(self, offset: int) -> int:
        if self._written is not None:
            offset = self._written[min(offset, len(self._written) - 1)]
        offset = self._even.offset_in_source(min(offset, len(self._even.text)))
        return self._part.offset_in_source(offset)

    def is_cut(self, function: cst.FunctionDef) -> bool:
        """Whether the body of a function was left out, so that nothing is known of it."""
        cut = self._part.cut_functions
        return bool(cut) and self.span(function.name)[0] in cut

    def range(self, node: cst.CSTNode) -> Range:
        """The range of `node` in the text."""
        return self._lines.range(*self.span(node))

    def between(self, start: int, end: int) -> Range:
        """The range between two offsets."""
        return self._lines.range(start, end)

    def text(self, node: cst.CSTNode) -> str:
        """The code of `node` as it stands in the text."""
        start, end = self.span(node)
        return self._text[start:end]

    def code(self, node: cst.CSTNode) -> str:
        """The same on one line, each run of white space a blank."""
        return " ".join(self.text(node).split())

    def indentation(self, node: cst.CSTNode) -> str | None:
        """The white space before `node` on its line; None where something else stands there."""
        start, _ = self.span(node)
        line_start = max(self._text.rfind("\n", 0, start), self._text.rfind("\r", 0, start)) + 1
        before = self._text[line_start:start]
        return before if not before.strip(" \t") else None


def code_words(text: str) -> Iterator[tuple[str, int]]:
    """The words of the code and their offsets: no comments, and of strings only those that are one word."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "word":
            yield match[0], match.start()
        elif match.lastgroup == "skip" and (word := match[0].strip("\"'")).isidentifier():
            yield word, match.start()


def parse(source: str, part: Slice | None = None) -> Parsed | Unparseable:
    """The tree of `source`, or of a part of it; a value that says where and why there is none. Raises for nothing."""
    part = part or Slice(source)
    text = part.text
    if (unsafe := unsafe_nesting(text)) is not None:
        return unsafe
    even = Slice(text)
    tree = _tree(text)
    if isinstance(tree, Exception) and (without := without_tabs(text)) is not None:
        even, tree = without, _tree(without.text)
    match tree:
        case RecursionError():
            return Unparseable(START, "not parsed: nested too deeply")
        case UnknownSyntax():
            reason = f"could not be checked: this version does not know LibCST's `{tree}`"
            return Unparseable(START, reason, is_own_fault=True)
        case Exception():
            return explained(tree, text)
    module, measured = tree
    if measured.is_exact:
        return Parsed(module, Layout(measured, source, part, even), True)
    written = _align(module.code, even.text)
    return Parsed(module, Layout(measured, source, part, even, written), written is not None)


def _tree(text: str) -> tuple[cst.Module, Measured] | Exception:
    """The tree of `text` with the places of its nodes, or what prevented that."""
    try:
        module = cst.parse_module(text)
        return module, measure(module, text)
    except Exception as error:  # noqa: BLE001  LibCST raises several kinds (ValueError for null bytes, for one).
        return error


def _align(written: str, text: str) -> list[int] | None:
    """For each offset in `written` the one in `text`, where LibCST dropped white space only; None where it did more."""
    to_text: list[int] = []
    place = 0
    for character in written:
        while place < len(text) and text[place] != character and text[place] in "\f\r\n \t\x00\ufeff":
            place += 1
        if place == len(text) or text[place] != character:
            return None
        to_text.append(place)
        place += 1
    if text[place:].strip():
        return None
    return [*to_text, place]
