"""Parse text to nodes with source offsets. Text that is not safe to parse is reported, not tried."""

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
"""Tokens that can nest, and strings and comments, which are skipped."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The nodes of a source, and its texts."""

    module: tree.Module
    layout: "Layout"


class CannotLower(Exception):
    """LibCST rejects the body of a function that Python accepts. `path` is the file, "" for the checked source."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason)
        self.path = path


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of one file, and its offset in the joined text."""

    base: int
    path: str
    lines: Lines


class Layout:
    """The texts that nodes refer to, joined so that one offset identifies one place in any file.

    The checked source comes first, with path "". Other files are appended when they are needed. Comments are added as
    bodies are lowered.
    """

    __slots__ = ("_bases", "_comments", "_parts", "has_trusted_positions", "source")

    def __init__(self, text: str) -> None:
        self.source = text
        """All texts, each starting on a new line."""
        self._parts = [_Text(0, "", Lines(text))]
        self._bases = [0]
        self._comments: dict[int, Comment] = {}
        self.has_trusted_positions = True
        """Whether the positions of all that has been lowered are surely those of the texts."""

    def add(self, path: str, text: str) -> int:
        """Append the text of another file and return the offset at which it begins."""
        base = len(self.source) + 1
        self.source = f"{self.source}\n{text}"
        self._parts.append(_Text(base, path, Lines(text)))
        self._bases.append(base)
        return base

    @property
    def checked(self) -> str:
        """The text of the checked source."""
        return self.source if len(self._bases) == 1 else self.source[: self._bases[1] - 1]

    def comments(self, path: str = "") -> tuple[Comment, ...]:
        """The comments of a file, in order, as far as it has been lowered."""
        return tuple(
            comment for place in sorted(self._comments) if (comment := self._comments[place]).range.path == path
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the appended files."""
        return tuple(part.path for part in self._parts[1:])

    def take(self, lowered: Lowered, is_trusted: bool) -> None:
        """Add the comments of lowered nodes, and record whether their positions can be trusted."""
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
        """The start and end offsets of `node`."""
        return node.start, node.end

    def range(self, node: tree.Node) -> Range:
        """The range of `node`."""
        return self.between(node.start, node.end)

    def between(self, start: int, end: int) -> Range:
        """The range between two offsets of one file."""
        part = self._part(start)
        found = part.lines.range(start - part.base, end - part.base)
        return replace(found, path=part.path) if part.path else found

    def path_at(self, offset: int) -> str:
        """The file that an offset lies in, "" for the checked source."""
        return self._part(offset).path

    def _part(self, offset: int) -> _Text:
        return self._parts[bisect_right(self._bases, offset) - 1]

    def text(self, node: tree.Node) -> str:
        """The source code of `node`."""
        return self.source[node.start : node.end]

    def code(self, node: tree.Node) -> str:
        """The source code of `node` on one line, with each run of white space replaced by a space."""
        return " ".join(self.text(node).split())

    def text_between(self, start: int, end: int) -> str:
        """The source code between two offsets."""
        return self.source[start:end]

    def code_between(self, start: int, end: int) -> str:
        """The source code between two offsets on one line, with each run of white space replaced by a space."""
        return " ".join(self.source[start:end].split())

    def indentation(self, node: tree.Node) -> str | None:
        """The white space before `node` on its line; None if anything else precedes it."""
        before = self.source[self._line_start(node.start) : node.start]
        return before if not before.strip(" \t") else None


def code_words(text: str) -> Iterator[tuple[str, int]]:
    """The words of the code with their offsets. Comments are skipped; strings count only if they are a single word."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "word":
            yield match[0], match.start()
        elif match.lastgroup == "skip" and (word := match[0].strip("\"'")).isidentifier():
            yield word, match.start()


def parse(source: str, outline: Outline | None = None) -> Parsed | Unparseable:
    """Parse `source`; if that fails, the error. Raises nothing, but asking for a body that is lowered later may raise
    CannotLower or RecursionError."""
    outline = outline or whole(source)
    lowered = _lower(outline.skeleton)
    if isinstance(lowered, Unparseable):
        return lowered
    layout = Layout(source)
    return Parsed(_module(*lowered, outline, layout, 0), layout)


def parse_at(layout: Layout, outline: Outline, base: int) -> tree.Module | Unparseable:
    """Parse some lines of a file whose text is in `layout`, starting at offset `base`."""
    lowered = _lower(outline.skeleton)
    return lowered if isinstance(lowered, Unparseable) else _module(*lowered, outline, layout, base)


def _module(lowered: Lowered, even: Outline, outline: Outline, layout: Layout, base: int) -> tree.Module:
    """Move lowered nodes to their offsets in the layout, and attach the function that lowers each cut body."""
    _place(lowered, even, layout, lambda offset: base + outline.offset_in_source(offset))
    if outline.functions:
        for node in lowered.nodes:
            if isinstance(node, tree.FunctionDef) and node.name.start - base in outline.functions:
                at = outline.functions[node.name.start - base]
                node.lowering = partial(_lower_body, outline.text, at, layout, base)
    return lowered.module


def _lower_body(source: str, at: FunctionOutline, layout: Layout, base: int) -> tree.Suite:
    """Lower the body of one function from its text alone. An indented function is put in an `if` block instead of being
    dedented, which would change multi-line strings."""
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
    """Lower a text. Returns also an outline of the text that was actually parsed, which differs if LibCST rejects its
    tabs."""
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
    except Exception as error:  # noqa: BLE001  LibCST raises various exceptions (ValueError for null bytes).
        return error


def _place(
    lowered: Lowered, even: Outline, layout: Layout, offset_in_source: Callable[[int], int], shift: int | None = None
) -> None:
    """Move the nodes from offsets in the generated text to offsets in the source. If `shift` is given and the texts
    agree, adding it is enough; nodes before the start of the source are clamped."""
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
    """Map each offset of `written` to one of `text`, if LibCST dropped only white space; None otherwise."""
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
