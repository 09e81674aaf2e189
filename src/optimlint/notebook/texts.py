"""The Python code of a file, for queries from other files."""

from optimlint.notebook.file import read_file
from optimlint.notebook.magics import plain_python
from optimlint.repository.sources import python_of
from optimlint.text import Unparseable
from optimlint.trigger import NOTEBOOK, suffix_of


def code_of(path: str, content: bytes) -> tuple[str, ...]:
    """The Python of a file as one text. For a notebook the texts of its cells follow."""
    if suffix_of(path) != NOTEBOOK:
        return python_of(path, content)
    notebook = read_file(content)
    if isinstance(notebook, Unparseable):
        return (content.decode("utf-8", "replace"),)
    cells = [plain_python(cell.text).text for cell in notebook.cells if cell.is_python and notebook.is_python]
    return ("\n".join(cells), *cells)
