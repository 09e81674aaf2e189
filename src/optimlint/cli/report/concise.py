"""One line per finding, for pipes, editors and `grep`: `path:line:column: CODE name message`, or `path:line: syntax
error: message`."""

from optimlint.cli.report.report import Report
from optimlint.cli.report.style import Paint, Style, painter
from optimlint.diagnostic import Diagnostic
from optimlint.workspace.display import visible
from optimlint.workspace.places import place, syntax_error


def render(report: Report) -> str:
    """The report as lines."""
    paint = painter(is_colored=report.is_colored)
    return "".join(f"{_line(one, report.folder, paint)}\n" for one in report.diagnostics)


def _line(one: Diagnostic, folder: str, paint: Paint) -> str:
    from optimlint.rules import UNPARSEABLE  # The rules load here, with the first finding.

    if one.rule == UNPARSEABLE.name:
        where, _, what = syntax_error(one, folder).partition(": ")
        return f"{paint(where, Style.PLACE)}: {what}"
    where, code = place(one.path, one.range, folder), paint(one.code, Style.FINDING)
    return f"{paint(where, Style.PLACE)}: {code} {one.rule} {visible(one.message)}"
