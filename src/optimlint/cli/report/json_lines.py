"""The objects of the JSON list, one a line, for tools that read while they wait."""

import json

from optimlint.cli.report import Report
from optimlint.cli.report.json import to_json


def render(report: Report) -> str:
    """A line of JSON for each finding."""
    return "".join(json.dumps(to_json(diagnostic)) + "\n" for diagnostic in report.diagnostics)
