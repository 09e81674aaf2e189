"""Places in words."""

from typing import TYPE_CHECKING

from optimlint.workspace.display import visible
from optimlint.workspace.paths import shown

if TYPE_CHECKING:
    from optimlint.diagnostic import Diagnostic, Range


def place(path: str, at: "Range", folder: str) -> str:
    """`train.py:3:5`, or `notes.ipynb:cell 2:3:5`; `path` is the file of a range that names no other."""
    cell = f"cell {at.cell}:" if at.cell else ""
    return f"{shown(at.path or path, folder)}:{cell}{at.start.line}:{at.start.column}"


def line_of(path: str, at: "Range", folder: str) -> str:
    """`train.py:3`, or `notes.ipynb:cell 2:3`."""
    cell = f"cell {at.cell}:" if at.cell else ""
    return f"{shown(path, folder)}:{cell}{at.start.line}"


def syntax_error(diagnostic: "Diagnostic", folder: str) -> str:
    """What is no Python, in one line as compilers write it. No code is around it that could be shown."""
    where = line_of(diagnostic.path, diagnostic.range, folder)
    return f"{where}: {visible(diagnostic.message)} ({diagnostic.code} {diagnostic.rule})"


def place_in_words(at: "Range") -> str:
    """`line 3`, or `cell 2, line 3`."""
    cell = f"cell {at.cell}, " if at.cell else ""
    return f"{cell}line {at.start.line}"
