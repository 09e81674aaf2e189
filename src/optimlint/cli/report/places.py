"""Where diagnostics stand: places in words, and the texts that ranges count in."""

from collections.abc import Mapping

from optimlint.cli.paths import shown
from optimlint.diagnostic import Range
from optimlint.text import Unparseable, decode


def place(path: str, at: Range, folder: str) -> str:
    """`train.py:3:5`, or `notes.ipynb:cell 2:3:5`."""
    cell = f"cell {at.cell}:" if at.cell else ""
    return f"{shown(path, folder)}:{cell}{at.start.line}:{at.start.column}"


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
    from optimlint.notebook.file import read_file

    if not is_notebook:
        decoded = decode(content)
        return {} if isinstance(decoded, Unparseable) else {None: decoded.text}
    notebook = read_file(content)
    return {} if isinstance(notebook, Unparseable) else {cell.number: cell.text for cell in notebook.cells}
