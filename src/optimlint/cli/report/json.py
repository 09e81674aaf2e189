"""A JSON list of the findings, for tools: a promise, documented in the guide.

Each element has `code`, `name`, `severity`, `message`, `filename` (absolute), `cell` (the 1-based number among all the
notebook's cells, or null), `location` and `end_location` (`row` and `column`, 1-based, in code points; the end is
exclusive), `related`, `fix` (null, or the preferred one) and `url` (the rule's page, or null where the package names no
site of its documentation). The list is sorted by file and place.
"""

from optimlint.cli.report.report import Report
from optimlint.workspace.finding_json import document, to_json


def render(report: Report) -> str:
    """The report as a JSON list, with a line end."""
    return document([to_json(diagnostic) for diagnostic in report.diagnostics])
