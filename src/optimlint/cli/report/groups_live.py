"""What a run has in the place of an optimizer that the code makes, below what the code says of it."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from optimlint.workspace.display import visible

if TYPE_CHECKING:
    from rich.console import Console

    from optimlint.live import LiveOptimizer, Report
    from optimlint.live.beside import Pair


def print_pair(console: "Console", pair: "Pair | None", report: "Report") -> None:
    """The optimizer of the run, and where it differs."""
    if pair is None:
        _say(console, "the report has no matching optimizer", "yellow")
        return
    _print_live(console, report.optimizers[pair.live], report)
    for difference in pair.differences:
        _say(console, f"differs: {difference}", "red")
    if not pair.differences:
        _say(console, "no differences in what can be compared", "green")


def print_rest(console: "Console", met: Collection[int], report: "Report", *, is_first: bool) -> None:
    """The optimizers that the code does not make, and what is wrong with any of them."""
    for index, optimizer in enumerate(report.optimizers):
        if index not in met:
            if not is_first:
                console.print()
            console.print("not created in these files")
            _print_live(console, optimizer, report)
            is_first = False
    if report.problems:
        console.print()
        console.print("problems of the run")
        for problem in report.problems:
            _say(console, str(problem), "red")


def _print_live(console: "Console", optimizer: "LiveOptimizer", report: "Report") -> None:
    from rich.padding import Padding

    from optimlint.live.rich_table import table
    from optimlint.live.rows import title

    _say(console, f"in the run: {title(optimizer, report)}", "bold")
    console.print(Padding(table(optimizer), (0, 0, 0, 2)))


def _say(console: "Console", text: str, style: str) -> None:
    from rich.padding import Padding
    from rich.text import Text

    console.print(Padding(Text(visible(text), style), (0, 0, 0, 2)))
