"""Places in words."""

from typing import TYPE_CHECKING

from optimlint.cli.paths import shown

if TYPE_CHECKING:
    from optimlint.diagnostic import Range


def place(path: str, at: "Range", folder: str) -> str:
    """`train.py:3:5`, or `notes.ipynb:cell 2:3:5`."""
    cell = f"cell {at.cell}:" if at.cell else ""
    return f"{shown(path, folder)}:{cell}{at.start.line}:{at.start.column}"
