"""The output formats. Each is a module with a pure function `render(report: Report) -> str` and a line in `FORMATS`."""

import importlib

from optimlint.cli.report.report import Report

__all__ = ["FORMATS", "Report", "render", "render_statistics"]

FORMATS: dict[str, str] = {
    "full": "optimlint.cli.report.full",
    "concise": "optimlint.cli.report.concise",
    "json": "optimlint.cli.report.json",
    "json-lines": "optimlint.cli.report.json_lines",
    "github": "optimlint.cli.report.github",
    "gitlab": "optimlint.cli.report.gitlab",
    "sarif": "optimlint.cli.report.sarif",
    "junit": "optimlint.cli.report.junit",
    "rdjson": "optimlint.cli.report.rdjson",
    "markdown": "optimlint.cli.report.markdown",
}
"""The formats by name, with the modules that render them."""


def render(name: str, report: Report) -> str:
    """The report in the named format."""
    rendered: str = importlib.import_module(FORMATS[name]).render(report)
    return rendered


def render_statistics(name: str, report: Report) -> str:
    """The number of findings per rule: a table for the formats that people read (full, concise, github, markdown), JSON
    or JSON lines for all others."""
    from optimlint.cli.report import statistics

    match name:
        case "full" | "concise" | "github":
            return statistics.render_table(report)
        case "markdown":
            return statistics.render_markdown(report)
        case "json-lines":
            return statistics.render_json_lines(report)
        case _:
            return statistics.render_json(report)
