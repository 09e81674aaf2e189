"""Format a report as text, for `print`, logs and warnings."""

import textwrap
from collections.abc import Iterator

from optimlint.live.rows import header, heading, rows, title
from optimlint.live.values import LiveOptimizer, Seen

_WIDTH = 120
_LEAST_NAMES = 30
"""The minimum width of the column of names, however wide the other columns are."""


def text(report: Seen) -> str:
    """A table for each optimizer, followed by the problems."""
    return "\n".join(_lines(report))


def _lines(report: Seen) -> Iterator[str]:
    for optimizer in report.optimizers:
        yield title(optimizer, report)
        yield from _table(optimizer)
        yield ""
    yield heading(report)
    for problem in report.problems:
        yield from textwrap.wrap(str(problem), _WIDTH, initial_indent="  ", subsequent_indent="    ")


def _table(optimizer: LiveOptimizer) -> Iterator[str]:
    """The lines of a table: numbers aligned to the right, names to the left and wrapped."""
    table = [header(optimizer), *rows(optimizer)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)][:-1]
    indent = sum(widths) + 2 * len(widths) + 2
    for row in table:
        numbers = "".join(f"{cell:>{width}}  " for cell, width in zip(row, widths, strict=False))
        names = textwrap.wrap(row[-1], max(_LEAST_NAMES, _WIDTH - indent), break_on_hyphens=False)
        yield f"  {numbers}{names[0]}"
        for line in names[1:]:
            yield " " * indent + line
