"""What optimizers get, a line for each: for folders, where all of it is too much."""

from collections.abc import Iterable

from optimlint.workspace.groups_in_short import in_short
from optimlint.workspace.optimizer_groups import FoundOptimizer
from optimlint.workspace.paths import shown


def lines_report(found: Iterable[FoundOptimizer], folder: str) -> str:
    """`train.py:15:16: AdamW: 3 groups · decay 0.01 / 0.0 · lr args.lr · in no group: ...`"""
    return "".join(f"{_place(one, folder)}: {in_short(one.optimizer)}\n" for one in found)


def _place(found: FoundOptimizer, folder: str) -> str:
    range = found.optimizer.range
    cell = f"cell {range.cell}:" if range.cell else ""
    return f"{shown(found.path, folder)}:{cell}{range.start.line}:{range.start.column}"
