"""Notebooks: join the code cells to one Python source, map ranges back to cell and line, and splice fixes into the
JSON. Pure.

Pages with code blocks and scripts with cell markers are handled the same way; their findings have line numbers of the
file.
"""

from optimlint.notebook.check import (
    NotebookFacts,
    check_cells,
    check_notebook,
    check_notebook_facts,
    read_notebook,
)
from optimlint.notebook.fix import fix_notebook, raw_lines

__all__ = [
    "NotebookFacts",
    "check_cells",
    "check_notebook",
    "check_notebook_facts",
    "fix_notebook",
    "raw_lines",
    "read_notebook",
]
