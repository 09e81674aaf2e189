"""Apply fixes to a notebook by splicing them into its JSON text. Everything but the edited characters stays byte for
byte."""

import json
from dataclasses import dataclass
from itertools import accumulate

from optimlint.diagnostic import Applicability, Diagnostic, Edit
from optimlint.fix import Fixed, apply_fixes, is_still_parseable, with_line_ends
from optimlint.notebook.file import ATOM, CodeCell, NotebookFile, read_file
from optimlint.notebook.magics import CellKind, plain_python
from optimlint.text import Lines, Unparseable, line_end_at


def fix_notebook(
    source: str | bytes, diagnostics: list[Diagnostic], applicability: Applicability = Applicability.SAFE
) -> Fixed:
    """Apply the first fix of each diagnostic that is at least as safe as `applicability`.

    Like `fix_source`, for diagnostics of `check_notebook`. The result is the notebook's JSON, including a byte-order
    mark if it had one; encode it as UTF-8 to write the file. Only edited lines of cells change: indentation, key order,
    escapes, outputs and the end of the file stay.
    """
    text = source if isinstance(source, str) else source.decode("utf-8", "surrogateescape")
    return apply_fixes(text, diagnostics, applicability, splice_cells, _is_sound)


def raw_lines(source: str | bytes) -> dict[int, tuple[int, ...]]:
    """For each code cell by number, the line of the notebook file for each of its lines. For hosts that show files and
    do not know cells."""
    file = read_file(source)
    if isinstance(file, Unparseable):
        return {}
    lines = Lines(file.text)
    return {cell.number: tuple(_raw_lines_of(cell, lines)) for cell in file.cells if cell.pieces}


def splice_cells(text: str, edits: tuple[Edit, ...]) -> str | None:
    """Apply edits of cells to the notebook's text; None if an edit does not fit."""
    file = read_file(text)
    if isinstance(file, Unparseable):
        return None
    cells = {cell.number: cell for cell in file.cells}
    by_cell: dict[int | None, list[Edit]] = {}
    for edit in edits:
        by_cell.setdefault(edit.range.cell, []).append(edit)
    if any(number not in cells for number in by_cell):
        return None
    for number in sorted((number for number in by_cell if number is not None), reverse=True):
        cell = cells[number]
        rendered = _rendered(file, cell, by_cell[number])
        if rendered is None or not cell.pieces:
            return None
        text = text[: cell.pieces[0].start] + rendered + text[cell.pieces[-1].end :]
    return text


_Character = tuple[str, str]
"""A character and its JSON representation in the file."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One string of a source during editing. `lead` is the text between it and the previous string."""

    characters: tuple[_Character, ...]
    lead: str


def _raw_lines_of(cell: CodeCell, lines: Lines) -> list[int]:
    """The line of the file for each line of the cell. A string with several lines is on one line."""
    found: list[int] = []
    pieces = cell.pieces or ()
    starts = [0, *accumulate(len(piece.text) for piece in pieces)]
    in_cell = Lines(cell.text)
    for line in range(1, in_cell.count + 1):
        offset = in_cell.line_start(line)
        piece = next((piece for piece, end in zip(pieces, starts[1:], strict=True) if offset < end), pieces[-1])
        found.append(lines.position(piece.start).line)
    return found


def _rendered(file: NotebookFile, cell: CodeCell, edits: list[Edit]) -> str | None:
    """The JSON of a cell's source, from its first string to its last, after the edits."""
    rows = _rows(file, cell)
    lines = Lines(cell.text)
    if not rows or not all(lines.has(edit.range.start) and lines.has(edit.range.end) for edit in edits):
        return None
    written = {character: raw for row in rows for character, raw in row.characters}
    escapes_all = file.text.isascii() and "\\u" in file.text
    for edit in sorted(edits, key=lambda edit: edit.range.order, reverse=True):
        start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
        new = with_line_ends(edit.text, line_end_at(cell.text, start))
        characters = [(one, written.get(one) or json.dumps(one, ensure_ascii=escapes_all)[1:-1]) for one in new]
        rows = _edited(rows, start, end, tuple(characters), _separator(file, cell) if cell.is_list else None)
    tokens = ['"' + "".join(raw for _, raw in row.characters) + '"' for row in rows]
    return tokens[0] + "".join(row.lead + token for row, token in zip(rows[1:], tokens[1:], strict=True))


def _rows(file: NotebookFile, cell: CodeCell) -> list[_Row]:
    """The strings of the source; empty if their JSON is not understood."""
    rows: list[_Row] = []
    behind = 0
    for piece in cell.pieces or ():
        atoms = ATOM.findall(file.text, piece.start + 1, piece.end - 1)
        if len(atoms) != len(piece.text):
            return []
        rows.append(_Row(tuple(zip(piece.text, atoms, strict=True)), file.text[behind : piece.start] if behind else ""))
        behind = piece.end
    return rows


def _separator(file: NotebookFile, cell: CodeCell) -> str:
    """The text that the file puts between two strings of a source list."""
    pieces = cell.pieces or ()
    if len(pieces) > 1:
        return file.text[pieces[0].end : pieces[1].start]
    return "," + file.text[file.text.rindex("[", 0, pieces[0].start) + 1 : pieces[0].start]


def _edited(rows: list[_Row], start: int, end: int, new: tuple[_Character, ...], separator: str | None) -> list[_Row]:
    """Replace the characters between two offsets. If a separator is given, the touched text gets one row per line."""
    ends = list(accumulate(len(row.characters) for row in rows))
    first = next((index for index, row_end in enumerate(ends) if start < row_end), len(rows) - 1)
    last = max(first, next(index for index, row_end in enumerate(ends) if end <= row_end))
    before = rows[first].characters[: start - (ends[first] - len(rows[first].characters))]
    after = rows[last].characters[end - (ends[last] - len(rows[last].characters)) :]
    characters = (*before, *new, *after)
    parts = [characters] if separator is None else _by_lines(characters)
    touched = [_Row(part, separator or "") for part in parts]
    if touched:
        touched[0] = _Row(touched[0].characters, rows[first].lead)
    return [*rows[:first], *touched, *rows[last + 1 :]] or [_Row((), rows[0].lead)]


def _by_lines(characters: tuple[_Character, ...]) -> list[tuple[_Character, ...]]:
    parts: list[list[_Character]] = [[]]
    for character in characters:
        parts[-1].append(character)
        if character[0] == "\n":
            parts.append([])
    return [tuple(part) for part in parts if part]


def _is_sound(before: str, after: str) -> bool:
    """Whether the notebook still has the same cells and every edited cell still parses."""
    old, new = read_file(before), read_file(after)
    if isinstance(old, Unparseable) or isinstance(new, Unparseable):
        return False
    if [cell.number for cell in old.cells] != [cell.number for cell in new.cells]:
        return False
    edited = [(one, other) for one, other in zip(old.cells, new.cells, strict=True) if one.text != other.text]
    return all(_is_sound_cell(one.text, other.text) for one, other in edited)


def _is_sound_cell(before: str, after: str) -> bool:
    old, new = plain_python(before), plain_python(after)
    return old.kind is new.kind is not CellKind.OTHER and is_still_parseable(old.text, new.text)
