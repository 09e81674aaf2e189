"""Positions in the editor's units: lines and columns from 0, columns in UTF-16 code units unless the editor asked for
others.

An editor ends a line where Python does, at \\n, \\r\\n or a lone \\r, and not at form feeds and similar characters,
where `str.splitlines` and pygls do.
"""

from lsprotocol import types

from optimlint.diagnostic import Position, Range
from optimlint.text import Lines

Encoding = types.PositionEncodingKind | str


class Places:
    """Convert positions in one text between optimlint's units and the editor's."""

    __slots__ = ("_encoding", "_lines", "_text")

    def __init__(self, text: str, encoding: Encoding) -> None:
        self._text = text
        self._lines = Lines(text)
        self._encoding = encoding

    def for_editor(self, place: Range) -> types.Range:
        """A range in the editor's units."""
        return types.Range(self._position(place.start), self._position(place.end))

    def from_editor(self, position: types.Position) -> Position:
        """A position of the editor in optimlint's units; one beyond the text is moved to the end of its line or of the
        text."""
        if position.line >= self._lines.count:
            return self._lines.position(len(self._text))
        column = 1
        seen = 0
        for character in self.line(position.line + 1):
            seen += _units(character, self._encoding)
            if seen > position.character:
                break
            column += 1
        return Position(position.line + 1, column)

    def offset(self, position: types.Position) -> int:
        """The offset in code points of a position of the editor."""
        return self._lines.offset(self.from_editor(position))

    def line(self, number: int) -> str:
        """The line with this 1-based number, without its line end."""
        start = self._lines.line_start(number)
        end = self._lines.line_start(number + 1) if number < self._lines.count else len(self._text)
        return self._text[start:end].rstrip("\r\n")

    def _position(self, position: Position) -> types.Position:
        if position.line > self._lines.count:  # The start of the line after the last one.
            position = self._lines.position(len(self._text))
        before = self.line(position.line)[: position.column - 1]
        return types.Position(position.line - 1, _units(before, self._encoding))


def _units(text: str, encoding: Encoding) -> int:
    match encoding:
        case types.PositionEncodingKind.Utf8:
            return len(text.encode("utf-8", "surrogatepass"))
        case types.PositionEncodingKind.Utf32:
            return len(text)
        case _:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
