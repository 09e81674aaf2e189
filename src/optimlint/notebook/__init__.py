"""Notebooks: code cells as one Python source, ranges mapped back to (cell, line), fixes spliced into the JSON. Pure.

Pages with code blocks and scripts of cells are read in the same way, and told by their lines.
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
