"""The documents open in the editor, including unsaved changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lsprotocol import types

from optimlint.hosts.server.places import Encoding, Places

_SUFFIXES = (".py", ".pyi")


@dataclass(frozen=True, slots=True)
class Part:
    """A text in the editor: a file or a cell of a notebook. Cells that are not Python only take part in the numbering
    of cells."""

    uri: str
    text: str = ""
    version: int | None = None
    is_python: bool = True


@dataclass(frozen=True, slots=True)
class Whole:
    """A unit of checking: a file, or a notebook with all its cells."""

    uri: str
    parts: tuple[Part, ...]
    is_notebook: bool = False

    def part(self, cell: int | None) -> Part:
        """The part that a range in this cell belongs to."""
        return self.parts[(cell or 1) - 1]

    def cell_of(self, uri: str) -> int | None:
        """The 1-based number of the cell with this URI; None for a file."""
        return next(index for index, part in enumerate(self.parts, 1) if part.uri == uri) if self.is_notebook else None


class Documents:
    """The open texts, updated by the editor's notifications."""

    __slots__ = ("_cells", "_notebook_of", "_parts", "encoding")

    def __init__(self) -> None:
        self.encoding: Encoding = types.PositionEncodingKind.Utf16
        self._parts: dict[str, Part] = {}
        self._cells: dict[str, list[str]] = {}
        self._notebook_of: dict[str, str] = {}

    def whole(self, uri: str) -> Whole | None:
        """The file or notebook with this URI, or the notebook that contains the cell with it; None if it is not
        open."""
        uri = self._notebook_of.get(uri, uri)
        if uri in self._cells:
            cells = (self._parts.get(cell) or Part(cell, is_python=False) for cell in self._cells[uri])
            return Whole(uri, tuple(cells), is_notebook=True)
        return Whole(uri, (self._parts[uri],)) if uri in self._parts else None

    def __iter__(self) -> Iterator[str]:
        """The URIs of all open Python files and notebooks."""
        yield from self._cells
        yield from (uri for uri in self._parts if uri not in self._notebook_of)

    def open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Add a file; a file that is not Python is ignored."""
        item = params.text_document
        if _is_python(item) or item.uri.endswith(_SUFFIXES):
            self._put(item)

    def change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Apply changes of a file."""
        self._change(params.text_document, params.content_changes)

    def close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Remove a file."""
        self._drop(params.text_document.uri)

    def open_notebook(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """Add a notebook with its cells."""
        notebook = params.notebook_document
        self._put_cells(notebook.uri, [cell.document for cell in notebook.cells])
        for item in params.cell_text_documents:
            self._put(item)

    def change_notebook(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """Apply changes of a notebook: cells added, removed, moved or edited."""
        uri = params.notebook_document.uri
        changed = params.change.cells
        if changed is None or uri not in self._cells:
            return
        if structure := changed.structure:
            cells = self._cells[uri]
            array = structure.array
            new = [cell.document for cell in array.cells or ()]
            self._put_cells(uri, [*cells[: array.start], *new, *cells[array.start + array.delete_count :]])
            for gone in structure.did_close or ():
                self._parts.pop(gone.uri, None)
            for item in structure.did_open or ():
                self._put(item)
        for content in changed.text_content or ():
            self._change(content.document, content.changes)

    def close_notebook(self, params: types.DidCloseNotebookDocumentParams) -> None:
        """Remove a notebook with its cells."""
        for cell in self._cells.pop(params.notebook_document.uri, ()):
            self._drop(cell)

    def _put(self, item: types.TextDocumentItem) -> None:
        is_python = _is_python(item) or item.uri not in self._notebook_of
        self._parts[item.uri] = Part(item.uri, item.text, item.version, is_python)

    def _put_cells(self, uri: str, cells: list[str]) -> None:
        for gone in set(self._cells.get(uri, ())) - set(cells):
            self._drop(gone)
        self._cells[uri] = cells
        self._notebook_of.update(dict.fromkeys(cells, uri))

    def _drop(self, uri: str) -> None:
        self._parts.pop(uri, None)
        self._notebook_of.pop(uri, None)

    def _change(
        self,
        document: types.VersionedTextDocumentIdentifier,
        changes: Sequence[types.TextDocumentContentChangeEvent],
    ) -> None:
        if (part := self._parts.get(document.uri)) is None:
            return
        text = part.text
        for change in changes:
            text = changed(text, change, self.encoding)
        self._parts[document.uri] = replace(part, text=text, version=document.version)


def changed(text: str, change: types.TextDocumentContentChangeEvent, encoding: Encoding) -> str:
    """The text after one change."""
    if not isinstance(change, types.TextDocumentContentChangePartial):
        return change.text
    places = Places(text, encoding)
    return text[: places.offset(change.range.start)] + change.text + text[places.offset(change.range.end) :]


def _is_python(item: types.TextDocumentItem) -> bool:
    return item.language_id == "python"
