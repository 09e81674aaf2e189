"""The output formats. Each is a module with `render(report: Report) -> str`, pure, and a line in `FORMATS`."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimlint.cli.outcome import Failure
    from optimlint.diagnostic import Diagnostic

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
"""The formats by the names that users choose them by, and the modules that render them."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that a format may tell: the diagnostics, sorted, with the contents, by path, of the files they are about.

    Paths are shown relative to `folder`, and to platforms relative to `root`, the repository around it. `columns` is
    how wide the reader's terminal is; `failures` are what could not be done, lest a platform take it for clean;
    `known` are findings that are not told, among which the others keep their fingerprints.
    """

    diagnostics: "tuple[Diagnostic, ...]"
    contents: Mapping[str, bytes]
    folder: str
    is_colored: bool = False
    columns: int = 80
    failures: "tuple[Failure, ...]" = ()
    root: str | None = None
    known: "tuple[Diagnostic, ...]" = ()


def render(name: str, report: Report) -> str:
    """The report in the format of that name."""
    rendered: str = importlib.import_module(FORMATS[name]).render(report)
    return rendered


def render_statistics(name: str, report: Report) -> str:
    """How many findings each rule has, for the reader that the format of that name is made for."""
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
