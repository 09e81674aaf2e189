"""Text to nodes with the offsets at which they stand; what cannot be parsed safely is said, not tried."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import libcst as cst

from optimlint.diagnostic import START, Range
from optimlint.facts.names import Comment
from optimlint.nesting import unsafe_nesting
from optimlint.syntax import tree
from optimlint.syntax.explain import explained
from optimlint.syntax.indentation import without_tabs
from optimlint.syntax.lower import Lowered, UnknownSyntax, lower
from optimlint.syntax.outline import FunctionOutline, Outline, whole
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
    """The nodes of a source, and its text."""

    module: tree.Module
    layout: "Layout"


class CannotLower(Exception):
    """The body of a function that LibCST refuses, though Python takes it. `path` is the file that it is in, "" for the
    source that is checked."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason)
        self.path = path


@dataclass(frozen=True, slots=True)
class _Text:
    """One file's text, and the offset at which it begins among all."""

    base: int
    path: str
    lines: Lines


class Layout:
    """The texts that nodes stand in, asked by the nodes; and what functions' bodies have left to say when they are
    lowered. The source that is checked comes first, with the path ""; files that it needs follow, so that one offset
    means one place."""

    __slots__ = ("_bases", "_comments", "_parts", "has_trusted_positions", "source")

    def __init__(self, text: str) -> None:
        self.source = text
        """All texts, each on lines of its own."""
        self._parts = [_Text(0, "", Lines(text))]
        self._bases = [0]
        self._comments: dict[int, Comment] = {}
        self.has_trusted_positions = True
        """Whether the positions of all that has been lowered are surely those of the texts."""

    def add(self, path: str, text: str) -> int:
        """Put the text of another file behind the others: the offset at which it begins."""
        base = len(self.source) + 1
        self.source = f"{self.source}\n{text}"
        self._parts.append(_Text(base, path, Lines(text)))
        self._bases.append(base)
        return base

    @property
    def checked(self) -> str:
        """The text of the source that is checked."""
        return self.source if len(self._bases) == 1 else self.source[: self._bases[1] - 1]

    def comments(self, path: str = "") -> tuple[Comment, ...]:
        """The comments in what has been lowered of a file, in order."""
        return tuple(
            comment for place in sorted(self._comments) if (comment := self._comments[place]).range.path == path
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """The files whose texts were added."""
        return tuple(part.path for part in self._parts[1:])

    def take(self, lowered: Lowered, is_trusted: bool) -> None:
        """Note what was lowered, and where its nodes stand."""
        self.has_trusted_positions &= is_trusted
        self._comments.update((node.start, self._comment(node)) for node in lowered.comments)

    def _comment(self, node: tree.Comment) -> Comment:
        line_start = self._line_start(node.start)
        before = self.source[line_start : node.start]
        code = before.rstrip(" \t\f")
        return Comment(self.range(node), node.value, before[len(code) :], not code)

    def _line_start(self, offset: int) -> int:
        return max(self.source.rfind("\n", 0, offset), self.source.rfind("\r", 0, offset)) + 1

    def span(self, node: tree.Node) -> tuple[int, int]:
        """The offsets at which `node` starts and ends."""
        return node.start, node.end

    def range(self, node: tree.Node) -> Range:
        """The range of `node` in the text."""
        return self.between(node.start, node.end)

    def between(self, start: int, end: int) -> Range:
        """The range between two offsets of one file."""
        part = self._part(start)
        found = part.lines.range(start - part.base, end - part.base)
        return replace(found, path=part.path) if part.path else found

    def path_at(self, offset: int) -> str:
        """The file that an offset is in, "" for the source that is checked."""
        return self._part(offset).path

    def _part(self, offset: int) -> _Text:
        return self._parts[bisect_right(self._bases, offset) - 1]

    def text(self, node: tree.Node) -> str:
        """The code of `node` as it stands in the text."""
        return self.source[node.start : node.end]

    def code(self, node: tree.Node) -> str:
        """The same on one line, each run of white space a blank."""
        return " ".join(self.text(node).split())

    def text_between(self, start: int, end: int) -> str:
        """The text between two offsets."""
        return self.source[start:end]

    def code_between(self, start: int, end: int) -> str:
        """The same on one line, each run of white space a blank."""
        return " ".join(self.source[start:end].split())

    def indentation(self, node: tree.Node) -> str | None:
        """The white space before `node` on its line; None where something else stands there."""
        before = self.source[self._line_start(node.start) : node.start]
        return before if not before.strip(" \t") else None


def code_words(text: str) -> Iterator[tuple[str, int]]:
    """The words of the code and their offsets: no comments, and of strings only those that are one word."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "word":
            yield match[0], match.start()
        elif match.lastgroup == "skip" and (word := match[0].strip("\"'")).isidentifier():
            yield word, match.start()


def parse(source: str, outline: Outline | None = None) -> Parsed | Unparseable:
    """The nodes of `source`, of which functions may lower their bodies later; a value that says where and why there are
    none. Raises for nothing; but a body that is asked for may raise CannotLower or RecursionError."""
    outline = outline or whole(source)
    lowered = _lower(outline.skeleton)
    if isinstance(lowered, Unparseable):
        return lowered
    layout = Layout(source)
    return Parsed(_module(*lowered, outline, layout, 0), layout)


def parse_at(layout: Layout, outline: Outline, base: int) -> tree.Module | Unparseable:
    """The nodes of some lines of a file whose text is among those of `layout`; they begin at the offset `base`."""
    lowered = _lower(outline.skeleton)
    return lowered if isinstance(lowered, Unparseable) else _module(*lowered, outline, layout, base)


def _module(lowered: Lowered, even: Outline, outline: Outline, layout: Layout, base: int) -> tree.Module:
    """The nodes of a text that begins at `base`, at their places, with what lowers the bodies of its functions."""
    _place(lowered, even, layout, lambda offset: base + outline.offset_in_source(offset))
    if outline.functions:
        for node in lowered.nodes:
            if isinstance(node, tree.FunctionDef) and node.name.start - base in outline.functions:
                at = outline.functions[node.name.start - base]
                node.lowering = partial(_lower_body, outline.text, at, layout, base)
    return lowered.module


def _lower_body(source: str, at: FunctionOutline, layout: Layout, base: int) -> tree.Suite:
    """The body of a function, from its text alone. Its lines are not dedented, which would change strings in them, but
    stand in a block as they did."""
    text = source[at.start : at.end]
    head = "if 1:\n" if text[:1] in (" ", "\t") else ""
    lowered = _lower(head + text)
    if isinstance(lowered, Unparseable):
        raise CannotLower(lowered.reason, layout.path_at(base))
    least, shift = base + at.start, base + at.start - len(head)
    _place(*lowered, layout, lambda offset: max(least, offset + shift), shift)
    for node in tree.walk(lowered[0].module):
        if isinstance(node, tree.FunctionDef):
            return node.body
    raise CannotLower("a function that is none", layout.path_at(base))


def _lower(text: str) -> tuple[Lowered, Outline] | Unparseable:
    """The nodes of a text, and the text that was parsed in its place, where LibCST refuses its white space."""
    if (unsafe := unsafe_nesting(text)) is not None:
        return unsafe
    even = whole(text)
    lowered = _parsed(text)
    if isinstance(lowered, Exception) and (without := without_tabs(text)) is not None:
        even, lowered = without, _parsed(without.skeleton)
    match lowered:
        case RecursionError():
            return Unparseable(START, "not parsed: nested too deeply")
        case UnknownSyntax():
            reason = f"could not be checked: this version does not know LibCST's `{lowered}`"
            return Unparseable(START, reason, is_own_fault=True)
        case Exception():
            return explained(lowered, text)
    return lowered, even


def _parsed(text: str) -> Lowered | Exception:
    try:
        return lower(cst.parse_module(text), text)
    except Exception as error:  # noqa: BLE001  LibCST raises several kinds (ValueError for null bytes, for one).
        return error


def _place(
    lowered: Lowered, even: Outline, layout: Layout, offset_in_source: Callable[[int], int], shift: int | None = None
) -> None:
    """Move the nodes from where they stand in what the tree writes to where they stand in the source; by `shift`, if
    that is all, but what the source does not have."""
    if shift is not None and lowered.written is None and not even.cuts:
        least = offset_in_source(0)
        for node in lowered.nodes:
            start, end = node.start + shift, node.end + shift
            node.start, node.end = (start, end) if start > least else (max(start, least), max(end, least))
        layout.take(lowered, is_trusted=True)
        return
    written = None if lowered.written is None else _align(lowered.written, even.skeleton)
    last = len(even.skeleton)

    def place(offset: int) -> int:
        if written is not None:
            offset = written[min(offset, len(written) - 1)]
        return offset_in_source(even.offset_in_source(min(offset, last)))

    for node in lowered.nodes:
        node.start, node.end = place(node.start), place(node.end)
    layout.take(lowered, lowered.written is None or written is not None)


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
