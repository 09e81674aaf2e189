"""Where in a notebook's file the places of its cells are, for hosts that show files and know nothing of cells."""

from dataclasses import dataclass

from optimlint.diagnostic import Edit, Range
from optimlint.notebook.file import CodeCell, NotebookFile, raw_offset
from optimlint.notebook.fix import splice_cells
from optimlint.text import Lines


@dataclass(frozen=True, slots=True)
class RawPlaces:
    """The places of one notebook, as lines and columns of its file."""

    file: NotebookFile
    lines: Lines
    cells: dict[int, CodeCell]

    def range(self, place: Range) -> Range | None:
        """The stretch of the file that holds a stretch of a cell; None where the notebook has no such cell."""
        if place.cell is None:
            return place
        cell = self.cells.get(place.cell)
        if cell is None or not cell.pieces:
            return None
        in_cell = Lines(cell.text)
        start, end = in_cell.offset(place.start), in_cell.offset(place.end)
        raw_start = raw_offset(self.file, cell, start)
        # What ends with a string of the list ends before its closing quote, not in the next string.
        raw_end = raw_offset(self.file, cell, end - 1, is_behind=True) if end > start else raw_start
        return self.lines.range(raw_start, max(raw_start, raw_end))

    def edit(self, edits: tuple[Edit, ...]) -> Edit | None:
        """The one edit of the file that makes all `edits` of its cells; None where one has no place in them."""
        after = splice_cells(self.file.text, edits)
        return None if after is None else smallest_edit(self.file.text, after, self.lines)


def raw_places(file: NotebookFile) -> RawPlaces:
    """The places of a notebook."""
    return RawPlaces(file, Lines(file.text), {cell.number: cell for cell in file.cells})


def smallest_edit(before: str, after: str, lines: Lines) -> Edit:
    """What makes `after` of `before`, whose `lines` are given: without what both begin and end with."""
    shorter = min(len(before), len(after))
    start = _common(before, after, shorter)
    end = _common(before[::-1], after[::-1], shorter - start)
    return Edit(lines.range(start, len(before) - end), after[start : len(after) - end])


def _common(one: str, other: str, most: int) -> int:
    """How many characters, of at most so many, two texts have in common at their beginnings."""
    if one[:most] == other[:most]:
        return most
    low, high = 0, most  # The first `low` characters are equal, the first `high` are not.
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle)
    return low
