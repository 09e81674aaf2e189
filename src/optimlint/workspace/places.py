"""Source locations as text."""

from typing import TYPE_CHECKING

from optimlint.workspace.display import visible
from optimlint.workspace.paths import shown

if TYPE_CHECKING:
    from optimlint.diagnostic import Diagnostic, Range


def place(path: str, at: "Range", folder: str) -> str:
    """`train.py:3:5`, or `notes.ipynb:cell 2:3:5`. `path` is used if the range names no file itself."""
    cell = f"cell {at.cell}:" if at.cell else ""
    return f"{shown(at.path or path, folder)}:{cell}{at.start.line}:{at.start.column}"


def line_of(path: str, at: "Range", folder: str) -> str:
    """`train.py:3`, or `notes.ipynb:cell 2:3`."""
    cell = f"cell {at.cell}:" if at.cell else ""
    return f"{shown(path, folder)}:{cell}{at.start.line}"


def syntax_error(diagnostic: "Diagnostic", folder: str) -> str:
    """A syntax error on one line, as compilers print it. It has no code frame."""
    where = line_of(diagnostic.path, diagnostic.range, folder)
    return f"{where}: {visible(diagnostic.message)} ({diagnostic.code} {diagnostic.rule})"


def place_in_words(at: "Range") -> str:
    """`line 3`, or `cell 2, line 3`."""
    cell = f"cell {at.cell}, " if at.cell else ""
    return f"{cell}line {at.start.line}"
