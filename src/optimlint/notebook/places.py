"""Map ranges of notebook cells to the notebook's file, for hosts that show files and do not know cells."""

from dataclasses import dataclass

from optimlint.diagnostic import Edit, Range
from optimlint.notebook.file import CodeCell, NotebookFile, raw_offset
from optimlint.notebook.fix import splice_cells
from optimlint.text import Lines


@dataclass(frozen=True, slots=True)
class RawPlaces:
    """The mapping from cells to lines and columns of one notebook file."""

    file: NotebookFile
    lines: Lines
    cells: dict[int, CodeCell]

    def range(self, place: Range) -> Range | None:
        """The range of the file for a range of a cell; None if there is no such cell."""
        if place.cell is None:
            return place
        cell = self.cells.get(place.cell)
        if cell is None or not cell.pieces:
            return None
        in_cell = Lines(cell.text)
        start, end = in_cell.offset(place.start), in_cell.offset(place.end)
        raw_start = raw_offset(self.file, cell, start)
        # A range that ends with a string of the list ends before its closing quote, not in the next string.
        raw_end = raw_offset(self.file, cell, end - 1, is_behind=True) if end > start else raw_start
        return self.lines.range(raw_start, max(raw_start, raw_end))

    def edit(self, edits: tuple[Edit, ...]) -> Edit | None:
        """One edit of the file that makes all `edits` of its cells; None if one does not fit."""
        after = splice_cells(self.file.text, edits)
        return None if after is None else smallest_edit(self.file.text, after, self.lines)


def raw_places(file: NotebookFile) -> RawPlaces:
    """The places of a notebook."""
    return RawPlaces(file, Lines(file.text), {cell.number: cell for cell in file.cells})


def smallest_edit(before: str, after: str, lines: Lines) -> Edit:
    """The smallest edit that turns `before`, with `lines`, into `after`: without the common prefix and suffix."""
    shorter = min(len(before), len(after))
    start = _common(before, after, shorter)
    end = _common(before[::-1], after[::-1], shorter - start)
    return Edit(lines.range(start, len(before) - end), after[start : len(after) - end])


def _common(one: str, other: str, most: int) -> int:
    """The length of the common prefix of two texts, at most `most`."""
    if one[:most] == other[:most]:
        return most
    low, high = 0, most  # The first `low` characters are equal, the first `high` are not.
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle)
    return low
