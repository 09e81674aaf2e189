"""Join cells to one source, and map its ranges back to the cells."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from optimlint.diagnostic import Diagnostic, Edit, Fix, Position, Range, Related
from optimlint.notebook.magics import CellKind, Plain, unknown_use
from optimlint.text import Lines, Unparseable


@dataclass(frozen=True, slots=True)
class Section:
    """What one cell contributes to the joined source."""

    cell: int
    plain: Plain

    def as_unread(self) -> "Section":
        """A stand-in for a cell that does not parse: it may do anything with the names in it."""
        return Section(self.cell, Plain(CellKind.PYTHON, unknown_use(self.plain.text)))

    def as_read(self, text: str) -> "Section":
        """The cell with `text` as its readable replacement."""
        return Section(self.cell, replace(self.plain, text=text))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a line of the joined source comes from: the cell, the line in it, and the indentation that was removed."""

    cell: int
    line: int
    indent: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """Sections joined to one source, and the origin of each line."""

    text: str
    origins: tuple[Origin, ...]


def join(sections: Iterable[Section]) -> Joined:
    """Concatenate the sections."""
    texts: list[str] = []
    origins: list[Origin] = []
    for section in sections:
        text = section.plain.text
        text += "" if text.endswith(("\n", "\r")) or not text else "\n"
        indents = section.plain.indents
        count = Lines(text).count - 1
        texts.append(text)
        origins += [
            Origin(section.cell, line + 1, indents[line] if line < len(indents) else "") for line in range(count)
        ]
    return Joined("".join(texts), tuple(origins))


def to_cells(diagnostic: Diagnostic, origins: tuple[Origin, ...]) -> Diagnostic:
    """Map a diagnostic of the joined source to the notebook's cells."""
    return replace(
        diagnostic,
        range=range_to_cell(diagnostic.range, origins),
        related=tuple(Related(range_to_cell(one.range, origins), one.message) for one in diagnostic.related),
        fixes=tuple(
            Fix(fix.title, tuple(_edit_to_cell(edit, origins) for edit in fix.edits), fix.applicability)
            for fix in diagnostic.fixes
        ),
    )


def error_to_cell(error: Unparseable, origins: tuple[Origin, ...]) -> Unparseable:
    """Map an error in the joined source to its cell."""
    return replace(error, range=range_to_cell(error.range, origins))


def error_to_source(error: Unparseable, cell: int, origins: tuple[Origin, ...]) -> Unparseable:
    """Map an error in a cell to the joined source."""
    above = next((line for line, origin in enumerate(origins) if origin.cell == cell), 0)
    start, end = (replace(place, line=place.line + above) for place in (error.range.start, error.range.end))
    return replace(error, range=Range(start, end))


def range_to_cell(place: Range, origins: tuple[Origin, ...]) -> Range:
    """Map a range of the joined source to the cell that it starts in; it is cut at the end of that cell."""
    if not origins or place.path:
        return place
    start = origins[min(place.start.line, len(origins)) - 1]
    index = min(place.end.line, len(origins)) - 1
    while origins[index].cell != start.cell:
        index -= 1
    end = origins[index]
    is_behind = index != place.end.line - 1
    return Range(
        Position(start.line, place.start.column + len(start.indent)),
        Position(end.line + 1, 1) if is_behind else Position(end.line, place.end.column + len(end.indent)),
        start.cell,
    )


def _edit_to_cell(edit: Edit, origins: tuple[Origin, ...]) -> Edit:
    if not origins or edit.range.path:
        return edit
    indent = origins[min(edit.range.start.line, len(origins)) - 1].indent
    return Edit(range_to_cell(edit.range, origins), edit.text.replace("\n", "\n" + indent))
