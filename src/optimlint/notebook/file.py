"""Parse a notebook file: its code cells, and the position of each piece of their source in the JSON.

`json.loads` gives no positions. So the objects that lead to the sources are walked here, and everything else, such as
megabytes of output, is left to the standard library's scanner.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.diagnostic import START, Position, Range
from optimlint.text import Unparseable


@dataclass(frozen=True, slots=True)
class Piece:
    """One string of a cell's source: its text, and the offsets of its JSON including quotes."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A code cell with its 1-based number among all cells. `pieces` is None if its source is neither a string nor a
    list of strings; `is_python` is False if the cell names another language."""

    number: int
    pieces: tuple[Piece, ...] | None
    is_list: bool
    is_python: bool

    @property
    def text(self) -> str:
        """The cell's source."""
        return "".join(piece.text for piece in self.pieces or ())


@dataclass(frozen=True, slots=True)
class NotebookFile:
    """The text of a notebook file and its code cells. `is_python` is from the kernel metadata."""

    text: str
    cells: tuple[CodeCell, ...]
    is_python: bool


def read_file(source: str | bytes) -> NotebookFile | Unparseable:
    """Parse a notebook of nbformat 4 or older; if that fails, the error. Never raises."""
    try:
        text = source if isinstance(source, str) else source.decode("utf-8")
        return _read_notebook(_Cursor(text))
    except UnicodeDecodeError as error:
        return Unparseable(START, f"not a notebook: cannot be decoded as utf-8: {error.reason}")
    except json.JSONDecodeError as error:
        place = Position(error.lineno, error.colno)
        return Unparseable(Range(place, place), f"not a notebook: {error.msg[:1].lower()}{error.msg[1:]}")
    except ValueError as error:  # a number of some thousand digits
        return Unparseable(START, f"not a notebook: {error}")
    except RecursionError:
        return Unparseable(START, "not a notebook: its JSON is nested too deeply")


def raw_offset(file: NotebookFile, cell: CodeCell, offset: int, *, is_behind: bool = False) -> int:
    """Map an offset in a cell's source to one in the file's text. With `is_behind` it is the offset after the character
    before. At the end of the source it is the closing quote."""
    pieces = cell.pieces or ()
    for piece in pieces:
        if offset < len(piece.text) or piece is pieces[-1]:
            atoms = ATOM.findall(file.text, piece.start + 1, piece.end - 1)
            return piece.start + 1 + sum(map(len, atoms[: offset + is_behind]))
        offset -= len(piece.text)
    raise ValueError("a cell without a source has no places")


ATOM = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL)
"""The JSON representation of one character in a string."""

Json = dict[str, "Json"] | list["Json"] | str | float | bool | None

_SPACE = re.compile(r"[ \t\r\n]+")


class _Cursor:
    """A position in a JSON text that moves as values are read. Raises JSONDecodeError for invalid JSON."""

    __slots__ = ("_decoder", "place", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 1 if text.startswith("\ufeff") else 0
        self._decoder = json.JSONDecoder()
        self.skip_space()

    def sees(self, character: str) -> bool:
        """Whether `character` is next."""
        return self.text.startswith(character, self.place)

    def skip_space(self) -> None:
        """Move to the next character that is not white space."""
        if (space := _SPACE.match(self.text, self.place)) is not None:
            self.place = space.end()

    def take(self, character: str) -> None:
        """Move past `character`, which must be next, and the white space after it."""
        if not self.sees(character):
            raise json.JSONDecodeError(f"`{character}` is expected here", self.text, self.place)
        self.place += 1
        self.skip_space()

    def value(self) -> Json:
        """Read the value here, of any kind."""
        value: Json
        value, self.place = self._decoder.raw_decode(self.text, self.place)
        return value

    def members(self) -> Iterator[str]:
        """The keys of the object here. The cursor is at the value of each yielded key, and the caller must read it."""
        for _ in self._items("{", "}"):
            key_at = self.place
            key = self.value()
            if not isinstance(key, str):
                raise json.JSONDecodeError("a key is expected here", self.text, key_at)
            self.skip_space()
            self.take(":")
            yield key

    def elements(self) -> Iterator[None]:
        """Iterate over the array here. The cursor is at each element in turn, and the caller must read it."""
        return self._items("[", "]")

    def _items(self, opening: str, closing: str) -> Iterator[None]:
        self.take(opening)
        if not self.sees(closing):
            yield
            self.skip_space()
            while not self.sees(closing):
                self.take(",")
                yield
                self.skip_space()
        self.place += 1


def _read_notebook(cursor: _Cursor) -> NotebookFile | Unparseable:
    cells: list[CodeCell | None] | None = None
    metadata: Json = None
    if cursor.sees("{"):
        for key in cursor.members():
            if key in {"cells", "worksheets"} and cursor.sees("["):
                cells = []
                _read_cells(cursor, cells) if key == "cells" else _read_worksheets(cursor, cells)
            elif key == "metadata":
                metadata = cursor.value()
            else:
                cursor.value()
    else:
        cursor.value()
    cursor.skip_space()
    if cursor.place < len(cursor.text):
        raise json.JSONDecodeError("nothing more is expected here", cursor.text, cursor.place)
    if cells is None:
        return Unparseable(START, "not a notebook: it has no list of cells")
    return NotebookFile(cursor.text, tuple(cell for cell in cells if cell), _is_python(metadata))


def _read_worksheets(cursor: _Cursor, cells: list[CodeCell | None]) -> None:
    """Read the cells of nbformat 3, which are in worksheets."""
    for _ in cursor.elements():
        if not cursor.sees("{"):
            cursor.value()
            continue
        for key in cursor.members():
            if key == "cells" and cursor.sees("["):
                _read_cells(cursor, cells)
            else:
                cursor.value()


def _read_cells(cursor: _Cursor, cells: list[CodeCell | None]) -> None:
    """Append the cells of the array here; None for those that are not code."""
    for _ in cursor.elements():
        if cursor.sees("{"):
            cells.append(_read_cell(cursor, len(cells) + 1))
        else:
            cursor.value()
            cells.append(None)


def _read_cell(cursor: _Cursor, number: int) -> CodeCell | None:
    pieces: list[Piece] | None = []
    is_list = False
    others: dict[str, Json] = {}
    for key in cursor.members():
        if key in {"source", "input"}:
            is_list = cursor.sees("[")
            pieces = _read_pieces(cursor)
        else:
            others[key] = cursor.value()
    if others.get("cell_type") != "code":
        return None
    return CodeCell(number, None if pieces is None else tuple(pieces), is_list, _is_python_cell(others))


def _read_pieces(cursor: _Cursor) -> list[Piece] | None:
    """The strings of the source here; None if it contains anything else."""
    if not cursor.sees("["):
        piece = _read_piece(cursor)
        return None if piece is None else [piece]
    pieces = [_read_piece(cursor) for _ in cursor.elements()]
    whole = [piece for piece in pieces if piece is not None]
    return whole if len(whole) == len(pieces) else None


def _read_piece(cursor: _Cursor) -> Piece | None:
    start = cursor.place
    value = cursor.value()
    return Piece(value, start, cursor.place) if isinstance(value, str) else None


def _is_python(metadata: Json) -> bool:
    """Whether a notebook's metadata name no language other than Python."""
    kernel = _member(metadata, "kernelspec")
    languages = [_member(_member(metadata, "language_info"), "name"), _member(kernel, "language")]
    named = [language for language in languages if isinstance(language, str) and language]
    if named:
        return any("python" in language.lower() for language in named)
    name = _member(kernel, "name")
    return not isinstance(name, str) or _OTHER_KERNEL.match(name) is None


_OTHER_KERNEL = re.compile(r"(?:ir|bash|deno|javascript|julia.*|octave|scala|xcpp.*|\.net-.*)$")
"""Names of common kernels of other languages, for notebooks that name no language."""


def _is_python_cell(members: dict[str, Json]) -> bool:
    """Whether a cell names no other language, as nbformat 3 and some editors allow."""
    language = members.get("language") or _member(_member(members.get("metadata"), "vscode"), "languageId")
    return not isinstance(language, str) or "python" in language.lower()


def _member(value: Json, key: str) -> Json:
    return value.get(key) if isinstance(value, dict) else None
