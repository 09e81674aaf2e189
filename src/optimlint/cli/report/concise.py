"""One line a finding, for pipes, editors and `grep`: `path:line:column: CODE name message`."""

from optimlint.cli.report import Report
from optimlint.cli.report.places import place
from optimlint.cli.report.style import Style, painter
from optimlint.cli.terminal import visible


def render(report: Report) -> str:
    """The report as lines."""
    paint = painter(is_colored=report.is_colored)
    return "".join(
        f"{paint(place(one.path, one.range, report.folder), Style.PLACE)}: "
        f"{paint(one.code, Style.FINDING)} {one.rule} {visible(one.message)}\n"
        for one in report.diagnostics
    )
