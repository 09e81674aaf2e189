"""Format a report for rich: `rich.print(report)`."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from optimlint.live.rows import header, heading, rows, title
from optimlint.live.values import LiveOptimizer, Seen


def renderable(report: Seen) -> RenderableType:
    """A table for each optimizer, followed by the problems."""
    parts: list[RenderableType] = []
    for optimizer in report.optimizers:
        parts += [Text(title(optimizer, report), "bold"), table(optimizer), Text()]
    parts.append(Text(heading(report), "bold red" if report.problems else "green"))
    for problem in report.problems:
        line = Text.assemble((problem.kind.value, "red"), f": {problem.message}")
        parts.append(Padding(line, (0, 0, 0, 2)))
    return Group(*parts)


def table(optimizer: LiveOptimizer) -> Table:
    """The groups of an optimizer as a table."""
    made = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    *numbers, last = header(optimizer)
    for column in numbers:
        made.add_column(column, justify="right")
    made.add_column(last, overflow="fold")
    for row in rows(optimizer):
        made.add_row(*map(Text, row))
    return made
