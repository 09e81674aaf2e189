"""Decode bytes to text and convert offsets to positions, so that all other code works on one `str`."""

import codecs
import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.diagnostic import START, Edit, Position, Range

_LINE_END = re.compile(r"\r\n|\r|\n")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Unparseable:
    """A source, or a notebook cell, that could not be read: where and why. A value, not an exception."""

    range: Range
    reason: str
    is_own_fault: bool = False
    """Whether optimlint itself failed on a source that may be valid."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A source as text, with what is needed to write it back byte for byte."""

    text: str
    encoding: str
    byte_order_mark: bytes

    def encode(self, text: str) -> bytes:
        """`text` in this source's encoding. Raises UnicodeEncodeError for characters that it cannot represent."""
        return self.byte_order_mark + text.encode(self.encoding)


def decode(source: bytes) -> Decoded | Unparseable:
    """Decode a Python source by its byte-order mark or coding cookie (PEP 263), by default as UTF-8."""
    mark = codecs.BOM_UTF8 if source.startswith(codecs.BOM_UTF8) else b""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    except (SyntaxError, UnicodeDecodeError, ValueError) as error:
        return Unparseable(START, f"cannot be decoded: {error}")
    encoding = "utf-8" if mark else encoding
    try:
        return Decoded(source[len(mark) :].decode(encoding), encoding, mark)
    except (UnicodeDecodeError, ValueError, LookupError) as error:
        before = source[: error.start] if isinstance(error, UnicodeDecodeError) else b""
        line = before.count(b"\n") + 1
        place = Position(line, 1)
        return Unparseable(Range(place, place), f"cannot be decoded as {encoding}: {_reason(error)}")


def _reason(error: UnicodeDecodeError | ValueError | LookupError) -> str:
    """Why bytes cannot be decoded, without the codec's name and position."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte 0x{error.object[error.start]:02x}: {error.reason}"
    return str(error)


class Lines:
    """Convert offsets of one text to positions and back. Lines end as in Python: at \\n, \\r\\n or a lone \\r."""

    __slots__ = ("_ends", "_length", "_starts")

    def __init__(self, text: str) -> None:
        line_ends = [match.span() for match in _LINE_END.finditer(text)]
        self._starts = [0, *(end for _, end in line_ends)]
        self._ends = [*(start for start, _ in line_ends), len(text)]
        self._length = len(text)

    @property
    def count(self) -> int:
        """The number of lines. A text that ends with a line end has an empty last line."""
        return len(self._starts)

    def line_start(self, line: int) -> int:
        """The offset of the start of a line, counted from 1."""
        return self._starts[line - 1]

    def line_end(self, line: int) -> int:
        """The offset of the end of a line, counted from 1, before its line end."""
        return self._ends[line - 1]

    def position(self, offset: int) -> Position:
        """The position of a 0-based offset in code points."""
        index = bisect_right(self._starts, offset) - 1
        return Position(index + 1, offset - self._starts[index] + 1)

    def offset(self, position: Position) -> int:
        """The 0-based offset of a position, clamped to the end of the text."""
        if position.line > len(self._starts):
            return self._length
        return min(self._starts[position.line - 1] + position.column - 1, self._length)

    def has(self, position: Position) -> bool:
        """Whether a position exists: not past the end of its line, nor past the last line. The start of the line after
        the last counts as the end of the text."""
        if position.line == self.count + 1:
            return position.column == 1
        if not 1 <= position.line <= self.count or position.column < 1:
            return False
        return self._starts[position.line - 1] + position.column - 1 <= self._ends[position.line - 1]

    def range(self, start: int, end: int) -> Range:
        """The range between two offsets."""
        return Range(self.position(start), self.position(end))


def split_lines(text: str) -> list[str]:
    """The lines of a text with their line ends, as Python counts them (`str.splitlines` splits at more characters)."""
    return _LINE.findall(text)


def line_end_at(text: str, offset: int) -> str:
    """The line end of the line at `offset`; for a last line without one, that of the line before."""
    match = _LINE_END.search(text, offset)
    if match is None:
        before = _LINE_END.findall(text[:offset])
        return before[-1] if before else "\n"
    # An offset inside a CR LF pair belongs to the line that the pair ends.
    return "\r\n" if match.group() == "\n" and text[match.start() - 1 : match.start()] == "\r" else match.group()


def apply_edits(text: str, edits: tuple[Edit, ...]) -> str:
    """`text` with edits applied that do not overlap."""
    lines = Lines(text)
    for edit in sorted(edits, key=lambda edit: edit.range.order, reverse=True):
        start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
        text = text[:start] + edit.text + text[end:]
    return text


def places(word: bytes, source: bytes) -> Iterator[int]:
    """The offsets of all occurrences of a word."""
    place = source.find(word)
    while place != -1:
        yield place
        place = source.find(word, place + 1)
