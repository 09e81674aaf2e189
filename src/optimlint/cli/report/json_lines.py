"""The objects of the JSON list, one a line, for tools that read while they wait."""

from optimlint.cli.report.json import document, to_json
from optimlint.cli.report.report import Report


def render(report: Report) -> str:
    """A line of JSON for each finding."""
    return "".join(document(to_json(diagnostic), indent=None) for diagnostic in report.diagnostics)
