"""Reviewdog's diagnostic format, `reviewdog -f=rdjson`: comments on a review, with what its author may accept.

Columns count bytes of UTF-8 there. A fix is one suggestion, whatever number of edits it has, since each suggestion is
accepted by itself.
"""

from optimlint.cli.report.located import Located, failure_text, message_of, unreported
from optimlint.cli.report.report import Report
from optimlint.diagnostic import Diagnostic, Fix, Position, Range, Severity
from optimlint.text import split_lines
from optimlint.workspace.display import visible
from optimlint.workspace.documentation_links import documentation, page_of
from optimlint.workspace.finding_json import Json, document, strict
from optimlint.workspace.outcome import Failure
from optimlint.workspace.places import place


def render(report: Report) -> str:
    """The report as a JSON object."""
    page = _Page(report)
    site = documentation()
    listed: Json = [
        *(page.finding(diagnostic) for diagnostic in report.diagnostics),
        *(page.failure(failure) for failure in unreported(report)),
    ]
    result: Json = {"source": {"name": "optimlint", **({"url": site} if site else {})}, "diagnostics": listed}
    return document(result)


class _Page:
    """What the findings have in common: the root that paths are told from, and the lines that columns count in."""

    def __init__(self, report: Report) -> None:
        self._located = Located(report)
        self._folder = report.folder
        self._lines: dict[str, list[str]] = {}

    def finding(self, diagnostic: Diagnostic) -> Json:
        """One finding, with the evidence in its message."""
        path = diagnostic.path
        rows = [message_of(diagnostic)]
        rows += [f"{place(path, one.range, self._folder)}: {visible(one.message)}" for one in diagnostic.related]
        address = page_of(diagnostic.rule)
        suggestions: list[Json] = [one for one in (self._suggestion(path, fix) for fix in diagnostic.fixes) if one]
        return {
            "message": "\n".join(rows),
            "location": {"path": self._path(path), "range": self._range(path, self._located.range(diagnostic))},
            "severity": _SEVERITIES[diagnostic.severity],
            "code": {"value": diagnostic.rule, **({"url": address} if address else {})},
            **({"suggestions": suggestions} if suggestions else {}),
        }

    def failure(self, failure: Failure) -> Json:
        """What could not be checked."""
        return {
            "message": f"not checked: {failure_text(failure)}",
            "location": {"path": self._path(failure.path)},
            "severity": "ERROR",
        }

    def _suggestion(self, path: str, fix: Fix) -> Json:
        edit = self._located.texts.raw_edit(path, fix.edits)
        return None if edit is None else {"range": self._range(path, edit.range), "text": strict(edit.text)}

    def _path(self, path: str) -> str:
        return strict(self._located.path(path))

    def _range(self, path: str, at: Range) -> Json:
        return {"start": self._position(path, at.start), "end": self._position(path, at.end)}

    def _position(self, path: str, position: Position) -> Json:
        if path not in self._lines:
            self._lines[path] = split_lines(self._located.texts.text(path, None) or "")
        lines = self._lines[path]
        line = lines[position.line - 1] if position.line <= len(lines) else ""
        before = line[: position.column - 1]
        # What is said of a place behind the text stays behind it.
        beyond = position.column - 1 - len(before)
        return {"line": position.line, "column": len(before.encode("utf-8", "surrogatepass")) + beyond + 1}


_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}
