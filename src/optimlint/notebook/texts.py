"""The Python that other files see in a file, for whoever asks what it uses."""

from optimlint.notebook.file import read_file
from optimlint.notebook.magics import plain_python
from optimlint.repository.sources import python_of
from optimlint.text import Unparseable
from optimlint.trigger import NOTEBOOK, suffix_of


def code_of(path: str, content: bytes) -> tuple[str, ...]:
    """The Python of a file as one text; of a notebook, behind it, each of its cells."""
    if suffix_of(path) != NOTEBOOK:
        return python_of(path, content)
    notebook = read_file(content)
    if isinstance(notebook, Unparseable):
        return (content.decode("utf-8", "replace"),)
    cells = [plain_python(cell.text).text for cell in notebook.cells if cell.is_python and notebook.is_python]
    return ("\n".join(cells), *cells)
