"""Format a report as HTML for a notebook: a table in the notebook's own colors, light or dark, without external
resources."""

from collections.abc import Iterator
from html import escape

from optimlint.live.rows import header, heading, rows, title
from optimlint.live.values import LiveOptimizer, Seen

_NUMBER = "text-align: right; vertical-align: top; white-space: nowrap"
_NAMES = "text-align: left; vertical-align: top; overflow-wrap: anywhere"


def html(report: Seen) -> str:
    """A table for each optimizer, followed by the problems."""
    return "".join(_parts(report))


def _parts(report: Seen) -> Iterator[str]:
    yield '<div class="optimlint-live">'
    for optimizer in report.optimizers:
        yield f"<p><strong>{escape(title(optimizer, report))}</strong></p>"
        yield from _table(optimizer)
    yield f"<p><strong>{escape(heading(report))}</strong></p>"
    if report.problems:
        yield "<ul>"
        for problem in report.problems:
            yield f"<li><code>{escape(problem.kind.value)}</code>: {escape(problem.message)}</li>"
        yield "</ul>"
    yield "</div>"


def _table(optimizer: LiveOptimizer) -> Iterator[str]:
    yield "<table><thead><tr>"
    *numbers, last = header(optimizer)
    for column in numbers:
        yield f'<th scope="col" style="{_NUMBER}">{escape(column)}</th>'
    yield f'<th scope="col" style="{_NAMES}">{escape(last)}</th></tr></thead><tbody>'
    for *cells, names in rows(optimizer):
        shown = "".join(f'<td style="{_NUMBER}">{escape(cell)}</td>' for cell in cells)
        yield f'<tr>{shown}<td style="{_NAMES}">{escape(names)}</td></tr>'
    yield "</tbody></table>"
