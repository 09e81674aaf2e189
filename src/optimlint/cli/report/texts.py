"""The texts that ranges count in: a file's, or those of a notebook's cells."""

from collections.abc import Mapping

from optimlint.notebook.file import read_file
from optimlint.text import Unparseable, decode


class Texts:
    """The texts of files and of the cells of notebooks, each read once."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents
        self._texts: dict[str, dict[int | None, str]] = {}

    def text(self, path: str, cell: int | None) -> str | None:
        """The text that ranges in this file, or this cell of it, count in; None where there is none."""
        if path not in self._texts:
            content = self._contents.get(path)
            self._texts[path] = {} if content is None else _texts(content, is_notebook=cell is not None)
        return self._texts[path].get(cell)


def _texts(content: bytes, *, is_notebook: bool) -> dict[int | None, str]:
    if not is_notebook:
        decoded = decode(content)
        return {} if isinstance(decoded, Unparseable) else {None: decoded.text}
    notebook = read_file(content)
    return {} if isinstance(notebook, Unparseable) else {cell.number: cell.text for cell in notebook.cells}
