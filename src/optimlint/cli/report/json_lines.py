"""The objects of the JSON list, one a line, for tools that read while they wait."""

from optimlint.cli.report.report import Report
from optimlint.workspace.finding_json import document, to_json


def render(report: Report) -> str:
    """A line of JSON for each finding."""
    return "".join(document(to_json(diagnostic), indent=None) for diagnostic in report.diagnostics)
