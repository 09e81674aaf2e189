"""Where the nodes of sources stand in their texts."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from optimlint.diagnostic import Range
from optimlint.facts.names import Comment
from optimlint.syntax import tree
from optimlint.text import Lines

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
    """The body of a function that cannot be lowered by itself."""


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

    def line_starts(self, base: int) -> list[int]:
        """The offsets at which the lines of the text begin that begins at `base`."""
        starts = self._parts[bisect_right(self._bases, base) - 1].lines.starts
        return [base + start for start in starts] if base else starts

    def take_comments(self, places: Iterable[tuple[int, int]]) -> None:
        """Note the comments in what was lowered, by their offsets."""
        self._comments.update((start, self._comment(start, end)) for start, end in places)

    def _comment(self, start: int, end: int) -> Comment:
        before = self.source[self._line_start(start) : start]
        code = before.rstrip(" \t\f")
        return Comment(self.between(start, end), self.source[start:end], before[len(code) :], not code)

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
        part = self._parts[bisect_right(self._bases, start) - 1]
        found = part.lines.range(start - part.base, end - part.base)
        return replace(found, path=part.path) if part.path else found

    def text(self, node: tree.Node) -> str:
        """The code of `node` as it stands in the text."""
        return self.source[node.start : node.end]

    def code(self, node: tree.Node) -> str:
        """The same on one line, each run of white space a blank."""
        return " ".join(self.text(node).split())

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
