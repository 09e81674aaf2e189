"""The texts that ranges refer to: that of a file, or those of a notebook's cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from optimlint.diagnostic import START, Edit, Range
from optimlint.fix import splice, with_line_ends
from optimlint.notebook.file import read_file
from optimlint.notebook.places import RawPlaces, raw_places, smallest_edit
from optimlint.text import Lines, Unparseable, decode, line_end_at
from optimlint.trigger import NOTEBOOK, suffix_of


class Texts:
    """The texts of files and of notebook cells, each read once."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents
        self._sources: dict[str, _Source] = {}

    def text(self, path: str, cell: int | None) -> str | None:
        """The text that ranges in this file, or in this cell of it, refer to; None if there is none."""
        source = self._source(path)
        return source.text if cell is None else source.cells.get(cell)

    def whole(self, path: str) -> str | Mapping[int, str]:
        """The text of a file, or for a notebook the texts of its cells by number."""
        source = self._source(path)
        return source.cells if source.raw else source.text or ""

    def raw_range(self, path: str, place: Range) -> Range:
        """The range in the file's own text, mapped from a notebook cell if it is in one."""
        raw = self._source(path).raw
        found = raw.range(place) if raw else None
        return found or (place if place.cell is None else START)

    def raw_edits(self, path: str, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
        """`edits` as edits of the file's own text; empty if they do not fit it."""
        source = self._source(path)
        if source.raw is not None or source.text is None:
            merged = self.raw_edit(path, edits)
            return () if merged is None else (merged,)
        lines, text = Lines(source.text), source.text
        ends = [line_end_at(text, lines.offset(edit.range.start)) for edit in edits]
        return tuple(replace(edit, text=with_line_ends(edit.text, end)) for edit, end in zip(edits, ends, strict=True))

    def raw_edit(self, path: str, edits: tuple[Edit, ...]) -> Edit | None:
        """One edit of the file's own text that makes all of `edits`; None if they do not fit it."""
        source = self._source(path)
        if not edits or source.text is None:
            return None
        if source.raw is not None:
            return source.raw.edit(edits)
        after = splice(source.text, edits)
        return None if after is None else smallest_edit(source.text, after, Lines(source.text))

    def _source(self, path: str) -> "_Source":
        if path not in self._sources:
            content = self._contents.get(path)
            self._sources[path] = _Source() if content is None else _read(content, path)
        return self._sources[path]


@dataclass(frozen=True, slots=True)
class _Source:
    """One file: its text, and for a notebook its cells with their places in the file."""

    text: str | None = None
    cells: Mapping[int, str] = field(default_factory=dict)
    raw: RawPlaces | None = None


def _read(content: bytes, path: str) -> _Source:
    if suffix_of(path) == NOTEBOOK:
        notebook = read_file(content)
        if isinstance(notebook, Unparseable):
            return _Source(content.decode("utf-8", "replace"))
        cells = {cell.number: cell.text for cell in notebook.cells}
        return _Source(notebook.text, cells, raw_places(notebook))
    decoded = decode(content)
    return _Source() if isinstance(decoded, Unparseable) else _Source(decoded.text)
